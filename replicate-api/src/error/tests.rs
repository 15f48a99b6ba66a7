use std::time::Duration;

use super::*;

fn url() -> Url {
    Url::parse("https://me:hunter2@api.replicate.com/v1/predictions?cursor=secret#x").unwrap()
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "").with_request(Method::POST, &url())
}

fn detailed(status: u16, detail: &str) -> Error {
    let status = StatusCode::from_u16(status).unwrap();
    let problem = ProblemDetails {
        detail: Some(detail.to_owned()),
        ..ProblemDetails::default()
    };
    error(ErrorKind::from_status(status))
        .with_response(status, &HeaderMap::new())
        .with_problem(Some(problem))
}

#[test]
fn error_is_the_size_of_one_pointer() {
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn message_has_the_failure_the_advice_and_the_request() {
    let message = detailed(401, "You did not pass a valid token").to_string();
    assert_eq!(
        message,
        "401 Unauthorized: You did not pass a valid token; check the token and its permissions: \
         https://replicate.com/account/api-tokens (POST https://api.replicate.com/v1/predictions)"
    );
    let message = detailed(402, "no credit").to_string();
    assert!(message.contains("/account/billing"), "{message}");
}

#[test]
fn query_and_password_of_the_url_are_not_shown() {
    let error = error(ErrorKind::Connect);
    for text in [
        error.to_string(),
        format!("{error:?}"),
        error.url().unwrap().to_string(),
    ] {
        let hidden = !text.contains("secret") && !text.contains("hunter2");
        assert!(hidden, "{text}");
    }
}

#[test]
fn detail_is_put_on_one_line_and_shortened() {
    let message = detailed(422, "- a\n- b\r\n\u{1b}[31m red").to_string();
    let start = "422 Unprocessable Entity: - a - b [31m red (";
    assert!(message.starts_with(start), "{message}");
    assert!(detailed(422, &"é".repeat(10_000)).to_string().len() < 1000);
    assert!(detailed(422, &"word ".repeat(10_000)).to_string().len() < 1000);
}

#[test]
fn unknown_outcome_says_when_it_was_sent_and_keeps_its_cause() {
    let at = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let error = error(ErrorKind::Timeout)
        .with_attempts(1, Some(at))
        .into_outcome_unknown();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::Timeout));
    let message = error.to_string();
    assert!(message.starts_with("the outcome is unknown: "), "{message}");
    for part in ["sent at 2023-11-14T22:13:20Z", "may be billed too"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn rate_limit_says_when_to_try_again() {
    let error = detailed(429, "throttled").with_retry_after(Some(Duration::from_millis(90_100)));
    let message = error.to_string();
    assert!(message.contains("; try again in 91 s ("), "{message}");
}

#[test]
fn debug_shows_the_body_by_its_size_alone() {
    let error = error(ErrorKind::Decode).with_body(&Bytes::from_static(b"private"));
    let debug = format!("{error:?} {error:#?}");
    assert!(debug.contains("body_bytes: Some"), "{debug}");
    assert!(!debug.contains("private"), "{debug}");
}

#[test]
fn context_comes_first_and_the_kind_stands_for_a_missing_message() {
    let error = detailed(500, "").with_context("could not upload photo.png");
    let message = error.to_string();
    assert!(
        message.starts_with("could not upload photo.png: 500 Internal Server Error"),
        "{message}"
    );
    assert!(message.ends_with(" (POST https://api.replicate.com/v1/predictions)"));
    assert_eq!(Error::new(ErrorKind::Timeout, "").to_string(), "timed out");
}

#[test]
fn debug_of_an_error_reads_like_one_with_its_sources() {
    let error = Error::new(ErrorKind::Connect, "could not connect")
        .with_source(std::io::Error::other("refused"));
    let debug = format!("{error:?}");
    assert_eq!(debug, "could not connect\n  caused by: refused");
}

#[test]
fn only_transient_failures_without_a_prediction_are_safe_to_retry() {
    let of = |kind| error(kind).with_idempotent(false);
    for (error, safe, transient) in [
        (of(ErrorKind::Connect), true, true),
        (of(ErrorKind::RateLimited), true, true),
        (of(ErrorKind::Timeout), true, true),
        (of(ErrorKind::Connect).permanent(), false, false),
        (of(ErrorKind::Connect).into_outcome_unknown(), false, false),
        (of(ErrorKind::Timeout).with_prediction_id("p"), false, true),
        (
            of(ErrorKind::Timeout).with_created_id(Some("p".into())),
            false,
            true,
        ),
        (of(ErrorKind::Canceled), false, false),
        (of(ErrorKind::InvalidRequest), false, false),
    ] {
        assert_eq!(error.is_safe_to_retry(), safe, "{error:#?}");
        assert!(!error.is_transient(), "it is an error of a create");
        assert_eq!(error.with_idempotent(true).is_transient(), transient);
    }
}

#[test]
fn predicates_see_the_cause_of_an_unknown_outcome() {
    let timeout = error(ErrorKind::Timeout).into_outcome_unknown();
    assert!(timeout.is_timeout() && !timeout.is_connect());
    let connect = error(ErrorKind::Connect).into_outcome_unknown();
    assert!(connect.is_connect() && !connect.is_timeout());
}

#[test]
fn id_that_a_create_shows_is_the_id_of_its_prediction() {
    let error = error(ErrorKind::Decode).with_created_id(Some("p1".into()));
    assert_eq!(error.prediction_id(), Some("p1"));
    let other = Url::parse("https://api.replicate.com/v1/files").unwrap();
    let error = error.with_request(Method::POST, &other);
    assert_eq!(error.prediction_id(), None);
    let error = error.with_prediction_id("p2");
    assert_eq!(error.prediction_id(), Some("p2"));
}

#[test]
fn attached_value_is_found_by_its_type() {
    let error = error(ErrorKind::Failed)
        .attach(Arc::new(1_u8))
        .attach(Arc::new("snapshot"));
    assert_eq!(error.attached::<&str>(), Some(&"snapshot"));
    assert_eq!(error.attached_arc::<u8>().as_deref(), Some(&1));
    assert_eq!(error.attached::<u64>(), None);
}

#[test]
fn large_body_is_kept_in_part() {
    let body = Bytes::from(vec![b' '; 1024 * 1024]);
    let error = error(ErrorKind::Server).with_body(&body);
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
}
