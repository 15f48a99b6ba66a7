//! A delete that is repeated gets a 404, and has succeeded.

use replicate_api::{Error, ErrorKind, Method, Response};
use replicate_test_support::{Listener, Reply, Script};

use crate::{client, listener, transport};

async fn delete(listener: &Listener) -> Result<Response, Error> {
    transport(listener)
        .request(Method::DELETE, "/models/me/mine")
        .send()
        .await
}

fn missing() -> Script {
    Script::reply(Reply::json(404, r#"{"detail":"no such model"}"#))
}

#[tokio::test]
async fn repeated_delete_that_gets_404_has_succeeded() {
    for fault in [
        Script::new().read_request().reset(),
        Script::reply(Reply::new(502).body("")),
    ] {
        let listener = listener([fault, missing()]);
        assert_eq!(delete(&listener).await.unwrap().status(), 204);
        assert_eq!(listener.received().len(), 2);
    }
}

#[tokio::test]
async fn generated_delete_that_is_repeated_has_succeeded_too() {
    let listener = listener([Script::new().read_request().reset(), missing()]);
    let client = client(&listener);
    client
        .models_versions_delete()
        .model_owner("me")
        .model_name("mine")
        .version_id("v")
        .send()
        .await
        .unwrap();
    assert_eq!(
        listener.received()[1].target,
        "/v1/models/me/mine/versions/v"
    );
}

#[tokio::test]
async fn first_delete_that_gets_404_is_not_found() {
    let listener = listener([missing()]);
    assert_eq!(
        delete(&listener).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn delete_that_gets_404_after_a_429_is_not_found() {
    let busy = Reply::new(429).header("retry-after", "0").body("");
    let listener = listener([Script::reply(busy), missing()]);
    assert_eq!(
        delete(&listener).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}
