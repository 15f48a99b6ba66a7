//! A call that is canceled before it was sent is not sent; a create that may have been sent is
//! waited for.

use std::future::pending;
use std::time::Duration;

use replicate_api::{
    CancellationToken, Error, ErrorKind, RequestOptions, Response, SendGate, Token, Transport,
};
use replicate_test_support::{Gate, Reply, Script};

use crate::{PREDICTION, TOKEN, create, listener, read, transport};

fn cancelable(transport: &Transport) -> (Transport, CancellationToken) {
    let token = CancellationToken::new();
    let options = RequestOptions::new().with_cancellation_token(token.clone());
    (transport.with_options(options), token)
}

/// Cancels a call once `begun`, and returns its error, which must come at once.
async fn cancel(
    transport: &Transport,
    call: impl AsyncFnOnce(&Transport) -> Result<Response, Error>,
    begun: impl Future<Output = ()>,
) -> Error {
    let (transport, token) = cancelable(transport);
    let canceling = async {
        begun.await;
        token.cancel();
    };
    let call = tokio::time::timeout(Duration::from_secs(5), call(&transport));
    let (result, ()) = futures::join!(call, canceling);
    result.expect("it ends at once").unwrap_err()
}

#[tokio::test]
async fn create_that_waits_for_its_token_is_not_sent() {
    let listener = listener([]);
    let transport = Transport::builder()
        .base_url(listener.url())
        .token_supplier(pending::<Result<Token, Error>>)
        .build()
        .unwrap();
    let error = cancel(&transport, create, tokio::task::yield_now()).await;
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn create_whose_connection_is_not_ready_is_not_sent() {
    // The server takes no part in the TLS handshake.
    let silent = listener([Script::new().hold()]);
    let base = silent.url().replace("http://", "https://");
    let transport = Transport::builder().token(TOKEN).base_url(base);
    let connected = silent.wait_for_connections(1);
    let error = cancel(&transport.build().unwrap(), create, connected).await;
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert!(!error.is_safe_to_retry());
}

#[tokio::test]
async fn create_that_may_have_been_sent_is_waited_for() {
    let gate = Gate::new();
    let script = Script::new().read_request().wait_for(&gate);
    let listener = listener([script.write(Reply::json(201, PREDICTION))]);
    let (transport, token) = cancelable(&transport(&listener));
    let canceling = async {
        listener.wait_for_requests(1).await;
        token.cancel();
        gate.open();
    };
    let (response, ()) = futures::join!(create(&transport), canceling);
    assert_eq!(response.unwrap().status(), 201);
}

#[tokio::test]
async fn read_ends_at_once() {
    let listener = listener([Script::new().read_request().hold()]);
    let sent = listener.wait_for_requests(1);
    let error = cancel(&transport(&listener), read, sent).await;
    assert_eq!(error.kind(), ErrorKind::Canceled);
}

#[tokio::test]
async fn canceled_token_sends_nothing() {
    let listener = listener([]);
    let (transport, token) = cancelable(&transport(&listener));
    token.cancel();
    for result in [create(&transport).await, read(&transport).await] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Canceled);
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn gate_reports_whether_an_abandoned_create_was_sent() {
    let listener = listener([Script::new().read_request().hold()]);
    let gate = SendGate::new();
    let options = RequestOptions::new().with_send_gate(gate.clone());
    let transport = transport(&listener).with_options(options);
    assert!(!gate.may_have_been_sent());
    tokio::select! {
        () = listener.wait_for_requests(1) => {}
        result = create(&transport) => panic!("it has ended: {:?}", result.map(drop)),
    }
    assert!(!gate.close(), "it was sent");
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled, "the gate is closed");
    assert_eq!(listener.received().len(), 1);
}
