//! Searches every trace, at every level, and every text of an error for the token.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing_subscriber::fmt::format::FmtSpan;

/// The token of every test here, and the part of it that is searched for.
pub(crate) const TOKEN: &str = "r8_SENTINELsentinelSENTINEL0123456789";
pub(crate) const SENTINEL: &str = "SENTINELsentinelSENTINEL0123456789";

static LINES: AtomicUsize = AtomicUsize::new(0);
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Receives every line that is traced, and keeps those that show the token.
struct Traces;

impl Traces {
    fn search(line: String) {
        LINES.fetch_add(1, Ordering::Relaxed);
        if shows(&line) {
            FOUND.lock().unwrap().push(line);
        }
    }
}

impl io::Write for Traces {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        Self::search(String::from_utf8_lossy(line).into_owned());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// reqwest logs the bytes of connections, if it is asked to.
impl log::Log for Traces {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        Self::search(record.args().to_string());
    }

    fn flush(&self) {}
}

/// Whether a text shows the token, as it is or as base64 would begin it.
pub(crate) fn shows(text: &str) -> bool {
    text.contains(SENTINEL) || text.contains("U0VOVElORUxzZW50aW5lbFNFTlRJTkVM")
}

/// Receives every trace and log record from now on.
pub(crate) fn install() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(|| Traces)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log::set_logger(&Traces).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}

/// How many lines were traced, and those among them that show the token.
pub(crate) fn traced() -> (usize, Vec<String>) {
    (LINES.load(Ordering::Relaxed), FOUND.lock().unwrap().clone())
}

/// Every text of an error and of its sources.
pub(crate) fn text_of(error: &replicate::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.prediction());
    let mut source = error.source();
    while let Some(error) = source {
        write!(text, " {error} {error:?}").unwrap();
        source = error.source();
    }
    if let Some(body) = error.body() {
        text.push_str(&String::from_utf8_lossy(body));
    }
    write!(text, " {:?} {:?}", error.problem(), error.url()).unwrap();
    text
}

pub(crate) fn finds_a_token() {
    assert!(shows(&format!("authorization: Bearer {TOKEN}")));
    assert!(!shows("authorization: Sensitive"));
}
