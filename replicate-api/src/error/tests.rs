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
fn an_error_is_one_word_large() {
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn the_line_names_what_was_attempted_what_came_back_and_what_to_do() {
    let message = detailed(401, "You did not pass a valid token").to_string();
    assert_eq!(
        message,
        "POST https://api.replicate.com/v1/predictions: 401 Unauthorized: You did not pass a \
         valid token; check the token and what it may do: \
         https://replicate.com/account/api-tokens"
    );
    assert!(
        detailed(402, "no credit")
            .to_string()
            .contains("/account/billing")
    );
}

#[test]
fn query_and_password_of_the_address_are_not_shown() {
    let error = error(ErrorKind::Connect);
    for text in [
        error.to_string(),
        format!("{error:?}"),
        error.url().unwrap().to_string(),
    ] {
        assert!(
            !text.contains("secret") && !text.contains("hunter2"),
            "{text}"
        );
    }
}

#[test]
fn what_the_api_says_is_put_on_one_line_and_cut_where_it_is_long() {
    let message = detailed(422, "- a\n- b\r\n\u{1b}[31m red").to_string();
    assert!(
        message.ends_with("422 Unprocessable Entity: - a - b [31m red"),
        "{message}"
    );
    assert!(detailed(422, &"é".repeat(10_000)).to_string().len() < 1000);
    assert!(detailed(422, &"word ".repeat(10_000)).to_string().len() < 1000);
}

#[test]
fn an_unknown_outcome_says_when_it_was_sent_and_keeps_its_cause() {
    let at = DateTime::from_timestamp(1_700_000_000, 0);
    let error = error(ErrorKind::Timeout)
        .with_attempts(1, at)
        .into_outcome_unknown();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::Timeout));
    let message = error.to_string();
    assert!(
        message.contains("sent at 2023-11-14T22:13:20Z"),
        "{message}"
    );
    assert!(message.ends_with("which may be billed again"), "{message}");
}

#[test]
fn a_rate_limit_says_when_to_come_back() {
    let error = detailed(429, "throttled").with_retry_after(Some(Duration::from_millis(90_100)));
    assert!(error.to_string().ends_with("try again in 91 s"), "{error}");
}

#[test]
fn debug_shows_the_body_by_its_size_alone() {
    let error = error(ErrorKind::Decode).with_body(&Bytes::from_static(b"private"));
    let debug = format!("{error:?}");
    assert!(
        debug.contains("7 bytes") && !debug.contains("private"),
        "{debug}"
    );
}

#[test]
fn a_large_body_is_kept_in_part() {
    let body = Bytes::from(vec![b' '; 1024 * 1024]);
    assert_eq!(
        error(ErrorKind::Server)
            .with_body(&body)
            .body()
            .unwrap()
            .len(),
        64 * 1024
    );
}
