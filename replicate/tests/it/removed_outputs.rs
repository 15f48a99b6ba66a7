//! Predictions whose output was deleted before anybody read it.

use replicate::{Client, Error, ErrorKind};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

fn client(listener: &Listener) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(listener.url())
        .build()
        .unwrap()
}

fn prediction(status: &str, output: Value, removed: bool) -> Reply {
    let prediction =
        json!({ "id": "p1", "status": status, "output": output, "data_removed": removed });
    Reply::json(200, prediction.to_string()).header("connection", "close")
}

fn serve(replies: impl IntoIterator<Item = Reply>) -> Listener {
    Listener::start(replies.into_iter().map(Script::reply)).unwrap()
}

fn check(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(
        error.to_string().contains("deleted an hour after"),
        "{error}"
    );
    let prediction = error.prediction().unwrap();
    assert_eq!(
        (prediction.id.as_str(), prediction.data_removed),
        ("p1", Some(true))
    );
}

#[tokio::test]
async fn a_success_whose_output_was_deleted_is_not_a_success_with_null() {
    let gone = || prediction("succeeded", Value::Null, true);
    let listener = serve([prediction("starting", Value::Null, false), gone()]);
    check(
        &client(&listener)
            .run("acme/app:1a2b3c4d")
            .await
            .unwrap_err(),
    );

    let listener = serve([prediction("processing", Value::Null, false), gone()]);
    check(&client(&listener).wait("p1").await.unwrap_err());

    let listener = serve([gone()]);
    check(&client(&listener).wait("p1").await.unwrap_err());

    let listener = serve([gone()]);
    let known = client(&listener).predictions().get("p1").await.unwrap();
    check(&client(&listener).wait(&known).await.unwrap_err());
}

#[tokio::test]
async fn null_that_was_given_and_output_that_is_still_there_are_successes() {
    for (output, removed) in [(Value::Null, false), (json!("text"), true)] {
        let listener = serve([prediction("succeeded", output.clone(), removed)]);
        let read = client(&listener).run("acme/app:1a2b3c4d").await.unwrap();
        assert_eq!(*read.value(), output);
    }
    let listener = serve([prediction("failed", Value::Null, true)]);
    let error = client(&listener).wait("p1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
}
