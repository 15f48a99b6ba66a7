//! Every operation under every fault: it ends with the right result, or with the error that is
//! promised, in time, and creates nothing twice.
//!
//! `cargo test -p replicate-tests --test faults -- --nocapture table` prints what is promised;
//! each cell of it is a test, named by the fault and the operation. Traces, errors and sockets
//! are searched for the token all the while.

#[path = "faults/answers.rs"]
mod answers;
#[path = "faults/bench.rs"]
mod bench;
#[path = "faults/case.rs"]
mod case;
#[path = "faults/contents.rs"]
mod contents;
#[path = "faults/every_operation.rs"]
mod every_operation;
#[path = "faults/names.rs"]
mod names;
#[path = "faults/operation.rs"]
mod operation;
#[path = "faults/promise.rs"]
mod promise;
#[path = "faults/secrets.rs"]
mod secrets;
#[path = "faults/table.rs"]
mod table;
#[path = "faults/wire.rs"]
mod wire;
#[path = "faults/witness.rs"]
mod witness;

use case::Case;
use operation::Operation;
use promise::{Ending, Row, rows};
use replicate_test_support::Injector;

fn cases(row: &Row, operation: Operation, injector: &mut Injector, elsewhere: &str) -> Vec<Case> {
    match (row.fault, row.name) {
        (1, _) => wire::refused(row, operation),
        (2, _) => wire::name_not_found(row, operation),
        (3, _) => wire::inside_the_headers(row, operation, injector),
        (4, _) => wire::inside_the_body(row, operation, injector),
        (5, _) => wire::unfinished_chunks(row, operation, injector),
        (6, "silence inside the body") => wire::silence(row, operation, injector),
        (6, _) => wire::slow(row, operation, injector),
        (7, "429 with a wait past the deadline") => answers::asked_too_much(row, operation),
        (7, _) => answers::rate_limited(row, operation),
        (8, _) => answers::server_errors(row, operation),
        (9, _) => answers::malformed_json(row, operation),
        (10, _) => answers::wrong_content_type(row, operation),
        (11, _) => answers::endless(row, operation),
        (12, _) => answers::gzip_bomb(row, operation),
        (13, _) => answers::redirects(row, operation, elsewhere),
        (14, _) => answers::inside_an_event(row, injector),
        (15, "UTF-8 split") => contents::split_utf8(operation, injector),
        (15, _) => contents::invalid_utf8(operation),
        (16, _) => contents::line_ends(injector),
        (17, _) => contents::only_comments(),
        (18, _) => contents::odd_fields(),
        (19, _) => contents::without_done(row),
        (20, _) => contents::statuses(row, operation),
        (21, _) => contents::unknown_fields(operation),
        (22, "fields null or missing") => contents::null_or_missing(operation),
        (22, "no stream address") => contents::no_stream_address(),
        (22, "optional fields of a wrong type") => contents::wrong_optional_types(operation),
        (22, _) => contents::wrong_required_types(operation),
        (23, _) => contents::cycles(),
        (24, _) => contents::other_hosts(operation, elsewhere),
        (25, _) => contents::gone_while_polling(operation),
        (26, _) => answers::skewed_clock(row, operation),
        (27, _) => contents::output_deleted(operation),
        (28, _) => wire::half_a_request(row, operation, injector),
        (29, _) => wire::stale(row, operation),
        (30, "401 or 403 in the middle of a wait") => contents::refused_while_polling(operation),
        (30, _) => answers::refusals(row, operation),
        (fault, name) => panic!("no such fault: {fault} {name}"),
    }
}

async fn check(fault: u8, operation: Operation) {
    witness::watch();
    let mut injector = Injector::new(u64::from(fault) * 100 + operation as u64);
    let mut played = 0;
    for row in rows(fault) {
        if let Ending::None(_) = row.ending(operation) {
            continue;
        }
        let elsewhere = bench::elsewhere(operation);
        let cases = cases(row, operation, &mut injector, &elsewhere.url());
        assert!(!cases.is_empty(), "no case of {row:?}");
        played += cases.len();
        // All at once, since most of them wait most of the time.
        let playing = cases
            .into_iter()
            .map(|case| bench::play(row, operation, case, &elsewhere));
        futures::future::join_all(playing).await;
    }
    let promised = rows(fault).any(|row| !matches!(row.ending(operation), Ending::None(_)));
    assert_eq!(promised, played > 0);
}

macro_rules! faults {
    ($($number:literal $name:ident: $($test:ident $operation:ident)*;)*) => {
        $(mod $name {
            $(
                #[tokio::test]
                async fn $test() {
                    crate::check($number, crate::Operation::$operation).await;
                }
            )*
        })*

        /// The cells that are tests.
        const TESTED: &[(u8, Operation)] = &[$($(($number, Operation::$operation)),*),*];
    };
}

#[rustfmt::skip]
faults! {
    1 a_refused_connection: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    2 a_name_that_is_not_found: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    3 a_reset_inside_the_headers: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    4 a_cut_inside_the_body: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    5 chunks_without_an_end: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    6 one_byte_at_a_time: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    7 too_many_requests: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    8 a_failing_server: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    9 malformed_json: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream;
    10 a_wrong_content_type: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    11 an_endless_body: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    12 a_gzip_bomb: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    13 a_redirect_to_another_host: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    14 a_stream_dropped_inside_an_event: ends_a_stream_as_promised Stream;
    15 split_or_invalid_utf8: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    16 odd_line_ends: ends_a_stream_as_promised Stream;
    17 only_comments: ends_a_stream_as_promised Stream;
    18 odd_ids_and_retries: ends_a_stream_as_promised Stream;
    19 a_stream_without_done: ends_a_stream_as_promised Stream;
    20 an_unknown_status: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_a_stream_as_promised Stream;
    21 unknown_fields: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream;
    22 null_missing_or_wrong_fields: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream;
    23 pages_in_a_cycle: ends_a_list_as_promised List;
    24 addresses_on_another_host: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    25 a_404_while_polling: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_stream_as_promised Stream;
    26 a_skewed_clock: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    27 a_deleted_output: ends_a_get_as_promised Get ends_a_download_as_promised Download;
    28 a_request_cut_at_half: ends_a_create_as_promised Create ends_an_upload_as_promised Upload;
    29 a_stale_connection: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
    30 a_refusal: ends_a_create_as_promised Create ends_a_get_as_promised Get ends_a_list_as_promised List ends_a_cancel_as_promised Cancel ends_an_upload_as_promised Upload ends_a_stream_as_promised Stream ends_a_download_as_promised Download;
}
