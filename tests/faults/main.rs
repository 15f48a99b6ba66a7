//! Every operation under every fault: it ends with the correct result or the expected error, in
//! time, and creates nothing twice.
//!
//! Each cell of the table in `docs/reliability.md` is a test, named by its fault and operation;
//! `cargo test -p replicate-tests --test faults -- --nocapture table` prints the table. Traces,
//! errors and sockets are searched for the token throughout.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use replicate_test_support::Injector;

mod case;
mod connection;
mod contents;
mod dns;
mod every_operation;
mod expectations;
mod harness;
mod http2;
mod leak_detector;
mod operation;
#[path = "../it/operations.rs"]
mod operations;
mod responses;
mod secrets;
mod table;

use expectations::{Cases, Ending, ROWS, Row, Setup};
use operation::Operation;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of the tests wait most of the time.
    arguments.test_threads.get_or_insert(8);
    if arguments.nocapture && !arguments.list {
        println!("{}", table::table());
    }
    leak_detector::install();
    let mut trials: Vec<Trial> = ROWS.iter().flat_map(cells).collect();
    trials.extend([
        trial("page_shows_the_table", table::page_shows_the_table),
        trial("every_fault_has_a_row", table::every_fault_has_a_row),
        trial("token_in_a_trace_is_found", leak_detector::finds_a_token),
        trial(
            "rejected_token_is_not_shown",
            secrets::rejected_token_is_not_shown,
        ),
        async_trial("faults_are_traced_at_every_level", traces_something),
        async_trial(
            "no_fault_of_any_operation_shows_the_token",
            every_operation::no_fault_shows_the_token_or_creates_twice,
        ),
        async_trial(
            "nothing_made_from_a_client_shows_the_token",
            secrets::nothing_made_from_a_client_shows_the_token,
        ),
        async_trial(
            "webhook_secret_is_returned_and_never_shown",
            secrets::webhook_secret_is_returned_and_never_shown,
        ),
        async_trial(
            "no_fault_of_the_secrets_route_shows_it",
            secrets::no_fault_of_the_secrets_route_shows_it,
        ),
    ]);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

fn async_trial<F>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial
where
    F: Future<Output = ()>,
{
    trial(name, || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(test());
    })
}

/// The tests of a row: one for each operation that the fault can meet, and for each protocol.
fn cells(row: &'static Row) -> Vec<Trial> {
    let mut trials = Vec::new();
    let protocols = [("", Some(row.cases)), ("_over_http2", row.http2)];
    for (protocol, cases) in protocols {
        let Some(cases) = cases else { continue };
        for operation in Operation::ALL {
            let ending = match row.ending(operation) {
                Ending::Result => "returns_its_result".to_owned(),
                Ending::Error(kind) => format!("is_{kind:?}"),
                Ending::None(_) => continue,
            };
            let fault = slug(&format!("{:02} {} {}", row.number, row.name, row.situation));
            let name = format!("{fault}::{}_{ending}{protocol}", operation.name());
            let test = move || check(row, operation, cases, !protocol.is_empty());
            trials.push(async_trial(&name, test));
        }
    }
    trials
}

/// A name without spaces, so that it can be given as a filter.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_lowercase()
}

async fn check(row: &'static Row, operation: Operation, cases: Cases, http2: bool) {
    let mut injector = Injector::new(u64::from(row.number) * 100 + operation as u64);
    let third_party = harness::third_party_host(operation);
    let cases = cases(&mut Setup {
        row,
        operation,
        injector: &mut injector,
        third_party: &third_party.url(),
    });
    assert!(!cases.is_empty(), "no case of {row:?}");
    // At once, since most of them wait most of the time.
    let running = cases.into_iter().map(|mut case| {
        case.http2 = http2;
        harness::run_case(row, operation, case, &third_party)
    });
    futures::future::join_all(running).await;
}

/// The search for the token in the traces means something only if there are traces.
async fn traces_something() {
    let row = ROWS.last().unwrap();
    check(row, Operation::Get, row.cases, false).await;
    let (lines, found) = leak_detector::traced();
    assert!(lines > 50, "{lines} lines");
    assert!(found.is_empty(), "{found:?}");
}
