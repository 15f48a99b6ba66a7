use std::collections::BTreeMap;

use super::*;
use crate::job::Requests;

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
    use ErrorKind::*;
    for (status, kind, verb) in [
        ("failed", Failed, "failed"),
        ("canceled", Canceled, "was canceled"),
        ("aborted", Aborted, "was aborted before it started"),
    ] {
        let error = Error::ended(prediction(status, Some("no prompt")));
        let text = format!("prediction p1 {verb}: no prompt");
        assert_eq!((error.kind(), error.to_string()), (kind, text));
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
fn a_decode_error_names_the_place_and_does_not_repeat_the_value() {
    let body = serde_json::json!({ "a": ["my, expected secret"] });
    let decoded: Result<BTreeMap<String, Vec<u8>>, _> = serde_path_to_error::deserialize(body);
    let error = Error::decode("it", decoded.unwrap_err());
    let place = (error.kind(), error.path());
    assert_eq!(place, (ErrorKind::Decode, Some("a[0]")));
    assert_eq!(
        error.to_string(),
        "it is not as expected at `a[0]`: invalid type: string, expected u8"
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
fn id_and_snapshot_are_those_of_a_prediction_or_of_a_training() {
    fn ids(error: &Error) -> [Option<&str>; 2] {
        [error.prediction_id(), error.training_id()]
    }
    let error = Error::ended(prediction("failed", None));
    assert_eq!(ids(&error), [Some("p1"), None]);
    let json = serde_json::json!({ "id": "t1", "status": "failed" });
    let training: Training = serde_json::from_value(json).unwrap();
    let error = Training::ended(Arc::new(training));
    assert_eq!(ids(&error), [None, Some("t1")]);
    assert!(error.training().is_some() && error.prediction().is_none());
    let error = Error::new(ErrorKind::Timeout, "x").with_job_id(TRAINING, "t2");
    assert_eq!(ids(&error), [None, Some("t2")]);
}

#[test]
fn end_of_a_prediction_differs_from_that_of_a_wait() {
    assert!(Error::ended(prediction("canceled", None)).is_terminal());
    let error = || Error::new(ErrorKind::Timeout, "x");
    assert!(!error().is_terminal());
    for (status, is_terminal) in [("succeeded", true), ("processing", false)] {
        let error = error().with_prediction(prediction(status, None));
        assert_eq!(error.is_terminal(), is_terminal, "{status}");
    }
}

#[test]
fn only_a_create_of_known_outcome_without_an_id_has_created_nothing() {
    assert!(Error::new(ErrorKind::Canceled, "x").nothing_was_created());
    assert!(Error::new(ErrorKind::Connect, "x").nothing_was_created());
    assert!(!Error::new(ErrorKind::OutcomeUnknown, "x").nothing_was_created());
    assert!(!Error::ended(prediction("canceled", None)).nothing_was_created());
}
