//! A delete that is repeated gets a 404, and has succeeded.

use replicate_api::{Error, ErrorKind, Response};
use replicate_test_support::{Listener, Script};

use crate::{client, empty, json_reply, listener, rate_limited, reset};

async fn delete(listener: &Listener) -> Result<Response<()>, Error> {
    let delete = client(listener).models_delete();
    delete.model_owner("me").model_name("mine").send().await
}

fn missing() -> Script {
    json_reply(404, r#"{"detail":"no such model"}"#)
}

#[tokio::test]
async fn repeated_delete_that_gets_404_has_succeeded() {
    for fault in [reset(), empty(502)] {
        let listener = listener([fault, missing()]);
        assert_eq!(delete(&listener).await.unwrap().status(), 204);
        assert_eq!(listener.received().len(), 2);
    }
}

#[tokio::test]
async fn delete_that_gets_404_first_or_after_a_429_is_not_found() {
    for scripts in [vec![missing()], vec![rate_limited("0"), missing()]] {
        let listener = Listener::start(scripts).unwrap();
        let error = delete(&listener).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
