use super::*;

fn prediction(status: &str, error: Option<&str>) -> Arc<Prediction> {
    let json = serde_json::json!({ "id": "p1", "status": status, "error": error });
    Arc::new(serde_json::from_value(json).unwrap())
}

#[test]
fn the_error_is_one_word_and_can_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn each_ending_is_a_kind_of_its_own_and_carries_the_prediction() {
    for (status, kind, text) in [
        (
            "failed",
            ErrorKind::Failed,
            "prediction p1 failed: no prompt",
        ),
        (
            "canceled",
            ErrorKind::Canceled,
            "prediction p1 was canceled: no prompt",
        ),
        (
            "aborted",
            ErrorKind::Aborted,
            "prediction p1 was aborted before it started: no prompt",
        ),
    ] {
        let error = Error::ended(prediction(status, Some("no prompt")));
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
        assert_eq!(error.prediction().unwrap().id, "p1");
        assert_eq!(error.into_prediction().unwrap().status.to_string(), status);
    }
}

#[test]
fn an_ending_without_a_reason_says_so() {
    for none in [None, Some("")] {
        let error = Error::ended(prediction("failed", none));
        assert!(error.to_string().contains("no reason given"), "{error}");
    }
}

#[test]
fn a_reason_of_many_lines_is_one_line_and_whole_in_the_prediction() {
    let reason = format!(
        "Traceback:\n  File \"predict.py\"\r\n\u{1b}[31m{}",
        "x".repeat(500)
    );
    let error = Error::ended(prediction("failed", Some(&reason)));
    let text = error.to_string();
    let start = r#"prediction p1 failed: Traceback: File "predict.py" \u{1b}[31mxxx"#;
    assert!(text.starts_with(start) && text.ends_with("x…"), "{text}");
    let whole = error.into_prediction().unwrap().error;
    assert_eq!(whole.unwrap().to_string(), reason);
}

#[test]
fn a_decode_error_names_the_place() {
    let error = crate::json::from_value::<Prediction>(
        &serde_json::json!({"id": "p", "status": 3}),
        "the body",
    )
    .unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Decode, Some("status"))
    );
    assert!(
        error
            .to_string()
            .starts_with("the body is not as expected at `status`"),
        "{error}"
    );
}

#[test]
fn a_decode_error_does_not_repeat_the_value() {
    let error =
        crate::json::from_value::<Vec<u8>>(&serde_json::json!(["my, expected secret"]), "it")
            .unwrap_err();
    assert_eq!(
        error.to_string(),
        "it is not as expected at `[0]`: invalid type: string, expected u8"
    );
}

#[test]
fn what_was_attempted_goes_before_the_text_and_keeps_the_kind() {
    let error = Error::invalid("too large").during("uploading input.image");
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (
            ErrorKind::InvalidRequest,
            "uploading input.image: too large"
        )
    );
}

#[test]
fn only_a_transient_failure_that_left_nothing_behind_is_safe_to_retry() {
    use ErrorKind::*;
    for (kind, safe) in [
        (Connect, true),
        (Timeout, true),
        (RateLimited, true),
        (Server, true),
        (OutcomeUnknown, false),
        (Canceled, false),
        (InvalidRequest, false),
        (Authentication, false),
        (Decode, false),
    ] {
        let error = || Error::new(kind, "x");
        assert_eq!(error().is_safe_to_retry(), safe, "{kind:?}");
        assert_eq!(error().is_transient(), safe, "{kind:?}");
        assert!(!error().in_create().is_transient(), "{kind:?}");
        assert_eq!(error().in_create().is_safe_to_retry(), safe, "{kind:?}");
        for known in [
            error().with_job_id(PREDICTION, "p1"),
            error().with_job_id(TRAINING, "t1"),
            error().with_prediction(prediction("starting", None)),
        ] {
            assert!(!known.is_safe_to_retry(), "{kind:?}");
        }
    }
}

#[test]
fn debug_is_the_message_and_its_causes_and_the_alternate_form_lists_the_parts() {
    let io = || std::io::Error::other("disk full");
    let error = Error::new(ErrorKind::File, "could not save out.png").with_source(io());
    assert_eq!(
        format!("{error:?}"),
        "could not save out.png\n  caused by: disk full"
    );
    let repeated = Error::new(ErrorKind::File, "could not save out.png: disk full");
    assert_eq!(
        format!("{:?}", repeated.with_source(io())),
        "could not save out.png: disk full"
    );

    let parts = format!(
        "{:#?}",
        Error::ended(prediction("failed", Some("no prompt")))
    );
    let start = "Error {\n    kind: Failed,\n    message: \"prediction p1 failed: no prompt\",";
    assert!(parts.starts_with(start), "{parts}");
    assert!(
        parts.contains("prediction_id: Some(\n        \"p1\""),
        "{parts}"
    );
}

#[test]
fn error_of_a_request_keeps_it_behind_what_failed_and_what_to_do() {
    let request = replicate_api::Error::new(ErrorKind::RateLimited, "slow down");
    let error = Error::from(request).during("could not get prediction p1");
    let text = error.advising("it may still be running").to_string();
    let expected = "could not get prediction p1: slow down; try again later, with fewer requests \
                    at once; it may still be running";
    assert_eq!(text, expected);
}

#[test]
fn id_and_snapshot_are_those_of_a_prediction_or_of_a_training() {
    let error = Error::ended(prediction("failed", None));
    assert_eq!(
        (error.prediction_id(), error.training_id()),
        (Some("p1"), None)
    );
    let json = serde_json::json!({ "id": "t1", "status": "failed" });
    let training: Training = serde_json::from_value(json).unwrap();
    let error = Error::training_ended(Arc::new(training));
    assert_eq!(
        (error.prediction_id(), error.training_id()),
        (None, Some("t1"))
    );
    assert!(error.training().is_some() && error.prediction().is_none());
    let error = Error::new(ErrorKind::Timeout, "x").with_job_id(TRAINING, "t2");
    assert_eq!(
        (error.prediction_id(), error.training_id()),
        (None, Some("t2"))
    );
}

#[test]
fn end_of_a_prediction_differs_from_that_of_a_wait() {
    assert!(Error::ended(prediction("canceled", None)).is_terminal());
    let unusable =
        Error::new(ErrorKind::Decode, "x").with_prediction(prediction("succeeded", None));
    assert!(unusable.is_terminal());
    let waiting = Error::new(ErrorKind::Timeout, "x");
    assert!(!waiting.is_terminal());
    assert!(
        !waiting
            .with_prediction(prediction("processing", None))
            .is_terminal()
    );
}

#[test]
fn only_a_create_of_known_outcome_without_an_id_has_created_nothing() {
    assert!(Error::new(ErrorKind::Canceled, "x").nothing_was_created());
    assert!(Error::new(ErrorKind::Connect, "x").nothing_was_created());
    assert!(!Error::new(ErrorKind::OutcomeUnknown, "x").nothing_was_created());
    assert!(!Error::ended(prediction("canceled", None)).nothing_was_created());
}

#[test]
fn token_that_a_server_repeats_is_redacted() {
    let token = replicate_api::Token::new("r8_secret_token").unwrap();
    let reason = "no r8_secret_token";
    let error = Error::ended(prediction("failed", Some(reason))).redacted(&token.into());
    assert_eq!(error.to_string(), "prediction p1 failed: no ***");
}

#[test]
fn no_form_of_debug_shows_a_body() {
    let body = Bytes::from_static(b"the body");
    let error = Error::ended(prediction("failed", None)).with_body(Some(body));
    let shown = format!("{error:?} {error:#?}");
    assert!(!shown.contains("the body"), "{shown}");
    assert_eq!(error.body().unwrap(), "the body");
}
