//! The token is where it belongs and nowhere else: every fault is met with a token that is
//! easily found, and everything that was printed, logged, traced and sent is searched for it.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use replicate_api::{Client, Method, RetryPolicy, Timeouts, Token, Transport, Url};
use replicate_test_support::{Listener, Reply, Script};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

const SENTINEL: &str = "SENTINELsentinelSENTINEL0123456789";
const TOKEN: &str = "r8_SENTINELsentinelSENTINEL0123456789";

/// Everything that was logged or traced, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

static LOG: LazyLock<Log> = LazyLock::new(Log::default);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("log {} {}\n", record.target(), record.args());
        self.0.lock().unwrap().extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

fn listen_to_everything() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(LOG.clone())
        .finish();
    // The first test of the process does it for all.
    let _ = tracing::subscriber::set_global_default(subscriber);
    if log::set_logger(&*LOG).is_ok() {
        log::set_max_level(log::LevelFilter::Trace);
    }
}

fn builder(base: &str) -> replicate_api::TransportBuilder {
    let timeouts = Timeouts::default().with_headers(Duration::from_millis(300));
    Transport::builder()
        .token(TOKEN)
        .base_url(base)
        .timeouts(timeouts)
        .retry_policy(
            RetryPolicy::default()
                .with_backoff(Duration::from_millis(1), Duration::from_millis(1))
                .with_max_queue_time(Duration::from_secs(1)),
        )
        .http(|http| http.connection_verbose(true))
}

/// Everything that an error shows of itself, its sources too.
fn shown(error: &replicate_api::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        write!(text, " {error} {error:?}").unwrap();
        source = error.source();
    }
    if let Some(body) = error.body() {
        text.push_str(&String::from_utf8_lossy(body));
    }
    write!(text, "{:?}", error.problem()).unwrap();
    text
}

fn echo() -> String {
    format!(r#"{{"detail":"no such token: {TOKEN}","token":"{TOKEN}","id":5}}"#)
}

/// One fault of each kind: of the connection, of HTTP, of a status. Every operation meets all
/// faults in the fault tests of the workspace.
fn faults() -> [Script; 4] {
    let read = || Script::new().read_request();
    [
        read().reset(),
        read().write(&b"no http at all\r\n\r\n"[..]),
        Script::reply(Reply::new(302).header("location", "/v1/x").body(echo())),
        Script::reply(Reply::json(401, echo())),
    ]
}

#[tokio::test]
async fn no_fault_shows_the_token_in_an_error_a_log_or_a_trace() {
    listen_to_everything();
    for fault in faults() {
        let listener = Listener::start(std::iter::repeat_n(fault, 40)).unwrap();
        let transport = builder(&listener.url()).build().unwrap();
        let read = transport.request(Method::GET, "/account");
        let create = transport.request(Method::POST, "/predictions").body("{}");
        let file = format!("{}/files/f/download?key=1", transport.base_url());
        let file = transport.fetch(Url::parse(&file).unwrap());
        let errors = [
            read.send().await.unwrap_err(),
            create.send().await.unwrap_err(),
            file.send().await.map(drop).unwrap_err(),
        ];
        for error in errors {
            let shown = shown(&error);
            assert!(!shown.contains(SENTINEL), "{shown}");
        }
    }
    let log = LOG.text();
    assert!(
        log.contains("replicate_api") && log.contains("hyper_util"),
        "nothing was traced"
    );
    assert!(!log.contains(SENTINEL));
}

#[tokio::test]
async fn http2_traces_do_not_show_the_token() {
    listen_to_everything();
    // What follows the empty settings never comes.
    let settings = vec![0, 0, 0, 4, 0, 0, 0, 0, 0];
    let listener = Listener::start([Script::new().write(settings).hold()]).unwrap();
    let transport = builder(&listener.url())
        .retry_policy(RetryPolicy::never())
        .http(|http| http.http2_prior_knowledge().connection_verbose(true))
        .build()
        .unwrap();
    let error = transport
        .request(Method::GET, "/account")
        .send()
        .await
        .unwrap_err();
    assert!(!shown(&error).contains(SENTINEL));
    let log = LOG.text();
    assert!(log.contains("Headers"), "no frame was traced");
    assert!(!log.contains(SENTINEL));
}

#[tokio::test]
async fn no_other_host_gets_a_byte_of_the_token() {
    let foreign = Listener::start(std::iter::repeat_n(
        Script::reply(Reply::new(200).body("x")),
        10,
    ))
    .unwrap();
    let away = Reply::new(302)
        .header("location", &format!("{}/moved", foreign.url()))
        .body("");
    let api = Listener::start(std::iter::repeat_n(Script::reply(away), 10)).unwrap();
    let foreign_for_hook = Url::parse(&format!("{}/v1/account", foreign.url())).unwrap();
    let transport = builder(&api.url()).build().unwrap();
    let detour = builder(&api.url())
        .on_request(move |request| *request.url_mut() = foreign_for_hook.clone())
        .build()
        .unwrap();

    let url = |base: String, path: &str| Url::parse(&format!("{base}{path}")).unwrap();
    transport
        .fetch(url(foreign.url(), "/v1/files/f"))
        .send()
        .await
        .unwrap();
    transport
        .fetch(url(foreign.url(), "/s"))
        .events(None)
        .send()
        .await
        .unwrap();
    transport
        .fetch(url(api.url(), "/v1/files/f/download"))
        .send()
        .await
        .unwrap();
    transport
        .request(Method::GET, "/account")
        .send()
        .await
        .unwrap_err();
    detour
        .request(Method::GET, "/account")
        .send()
        .await
        .unwrap();
    transport
        .fetch(url(foreign.url(), "/v1/account"))
        .send()
        .await
        .unwrap();

    drop((transport, detour));
    foreign.wait_for_closed(5).await;
    assert_eq!(foreign.received().len(), 5);
    assert!(!String::from_utf8_lossy(&foreign.bytes()).contains(SENTINEL));
    assert!(
        foreign
            .received()
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[test]
fn nothing_that_holds_a_token_prints_it() {
    let token = Token::new(TOKEN).unwrap();
    let supplied = Transport::builder().token_supplier({
        let token = token.clone();
        move || std::future::ready(Ok::<_, io::Error>(token.clone()))
    });
    let builder = Transport::builder().token(TOKEN);
    let text = format!("{token:?} {supplied:?} {builder:?} {:?}", supplied);
    assert!(!text.contains(SENTINEL), "{text}");
    let transport = builder.build().unwrap();
    let request = transport.request(Method::GET, "/account");
    let fetch = transport.fetch(Url::parse("https://api.replicate.com/v1/files/f").unwrap());
    let text = format!(
        "{transport:?} {request:?} {fetch:?} {:#?}",
        Client::from_transport(transport.clone())
    );
    assert!(!text.contains(SENTINEL), "{text}");
}

#[tokio::test]
async fn failing_token_supplier_is_an_authentication_error_and_nothing_is_sent() {
    let listener = Listener::start([]).unwrap();
    let transport = Transport::builder()
        .base_url(listener.url())
        .token_supplier(|| async { Err::<Token, _>(io::Error::other("the vault is shut")) })
        .build()
        .unwrap();
    let error = transport
        .request(Method::POST, "/predictions")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), replicate_api::ErrorKind::Authentication);
    assert_eq!(error.source().unwrap().to_string(), "the vault is shut");
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn token_supplier_is_called_before_each_attempt() {
    let listener = Listener::start([
        Script::new().read_request().reset(),
        Script::reply(Reply::json(200, "{}")),
    ])
    .unwrap();
    let count = Arc::new(Mutex::new(0));
    let transport = Transport::builder()
        .base_url(listener.url())
        .token_supplier(move || {
            let mut count = count.lock().unwrap();
            *count += 1;
            std::future::ready(Token::new(format!("r8_{count}")))
        })
        .build()
        .unwrap();
    transport
        .request(Method::GET, "/account")
        .send()
        .await
        .unwrap();
    let tokens: Vec<_> = listener
        .received()
        .iter()
        .map(|r| r.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(tokens, ["Bearer r8_1", "Bearer r8_2"]);
}

/// A server that repeats what it was sent, in the response to every attempt.
fn repeating(text: &str) -> Listener {
    let reply = Reply::json(503, format!("{{\"detail\":\"not with {text}\"}}"));
    let reply = reply.header("connection", "close");
    Listener::start(std::iter::repeat_n(Script::reply(reply), 5)).unwrap()
}

#[tokio::test]
async fn authorization_of_the_caller_is_redacted_for_any_scheme() {
    for scheme in ["Token ", "bearer ", "Bearer  ", ""] {
        let listener = repeating(TOKEN);
        let transport = builder(&listener.url()).build().unwrap();
        let request = transport
            .request(Method::GET, "/account")
            .header("authorization", format!("{scheme}{TOKEN}"));
        let error = request.send().await.err().unwrap();
        assert!(!shown(&error).contains(SENTINEL), "{scheme}");
        assert!(error.to_string().contains("not with ***"), "{error}");
    }
}

#[tokio::test]
async fn token_of_an_earlier_attempt_is_not_repeated_either() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let listener = repeating(TOKEN);
    let asked = AtomicU32::new(0);
    let transport = Transport::builder()
        .base_url(listener.url())
        .retry_policy(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
        .token_supplier(move || {
            let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
            let token = if first { TOKEN } else { "r8_the_next_one" };
            async move { Token::new(token) }
        })
        .build()
        .unwrap();
    let request = transport.request(Method::GET, "/account");
    let error = request.send().await.err().unwrap();
    assert_eq!(error.attempts(), 3);
    assert!(!shown(&error).contains(SENTINEL), "{error}");
}

#[test]
fn headers_of_the_callers_are_printed_by_their_names_alone() {
    use replicate_api::RequestOptions;
    use replicate_api::header::{AUTHORIZATION, HeaderValue};
    let value = HeaderValue::from_str(TOKEN).unwrap();
    let options = RequestOptions::new().with_header(AUTHORIZATION, value.clone());
    let transport = builder("http://127.0.0.1:1").build().unwrap();
    let url = Url::parse(&format!("https://files.invalid/x?key={TOKEN}")).unwrap();
    let fetch = transport.fetch(url).header(AUTHORIZATION, value);
    let printed = format!("{options:?} {fetch:?}");
    assert!(!printed.contains(SENTINEL), "{printed}");
    assert!(printed.contains("authorization"), "{printed}");
}

#[tokio::test]
async fn response_has_the_raw_body_and_a_redacted_one() {
    let reply = Script::reply(Reply::json(200, format!("\"{TOKEN}\"")));
    let listener = Listener::start([reply]).unwrap();
    let transport = builder(&listener.url()).build().unwrap();
    let response = transport.request(Method::GET, "/account").send();
    let response = response.await.unwrap();
    assert_eq!(response.body(), &format!("\"{TOKEN}\""));
    assert_eq!(response.redacted(), "\"***\"");
}

#[test]
fn debug_of_a_client_shows_no_header_of_the_http_client() {
    let mut headers = replicate_api::header::HeaderMap::new();
    headers.insert("x-secret", SENTINEL.parse().unwrap());
    let http = move |http: reqwest::ClientBuilder| http.default_headers(headers.clone());
    let transport = Transport::builder()
        .token(TOKEN)
        .http(http)
        .build()
        .unwrap();
    let client = replicate_api::Client::from_transport(transport);
    let shown = format!("{client:?} {client:#?}");
    assert!(!shown.contains(SENTINEL), "{shown}");
}
