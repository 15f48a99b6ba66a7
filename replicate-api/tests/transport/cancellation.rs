//! A call that is canceled before it was sent is not sent; a create that may have been sent is
//! waited for.

use std::future::pending;
use std::time::Duration;

use replicate_api::{
    CancellationToken, Error, ErrorKind, RequestOptions, SendGate, Token, Transport,
};
use replicate_test_support::{Gate, Reply, Script};

use crate::{PREDICTION, TOKEN, builder, create, listener, read, transport};

const SOON: Duration = Duration::from_secs(5);

/// Cancels the create once `begun`, and returns its error, which must come at once.
async fn cancel(transport: &Transport, begun: impl Future<Output = ()>) -> Error {
    let token = CancellationToken::new();
    let options = RequestOptions::new().with_cancellation_token(token.clone());
    let transport = transport.with_options(options);
    let canceling = async {
        begun.await;
        token.cancel();
    };
    let (result, ()) = futures::join!(tokio::time::timeout(SOON, create(&transport)), canceling);
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
    let error = cancel(&transport, tokio::task::yield_now()).await;
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn create_whose_connection_is_not_ready_is_not_sent() {
    // The server takes no part in the TLS handshake.
    let silent = listener([Script::new().hold()]);
    let base = silent.url().replace("http://", "https://");
    let transport = Transport::builder()
        .token(TOKEN)
        .base_url(base)
        .build()
        .unwrap();
    let connected = async {
        silent.wait_for_connections(1).await;
    };
    let error = cancel(&transport, connected).await;
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert!(!error.is_safe_to_retry());
}

#[tokio::test]
async fn create_that_may_have_been_sent_is_waited_for() {
    let gate = Gate::new();
    let script = Script::new()
        .read_request()
        .wait_for(&gate)
        .write(Reply::json(201, PREDICTION));
    let listener = listener([script]);
    let token = CancellationToken::new();
    let options = RequestOptions::new().with_cancellation_token(token.clone());
    let transport = transport(&listener).with_options(options);
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
    let token = CancellationToken::new();
    let options = RequestOptions::new().with_cancellation_token(token.clone());
    let transport = transport(&listener).with_options(options);
    let canceling = async {
        listener.wait_for_requests(1).await;
        token.cancel();
    };
    let (result, ()) = futures::join!(tokio::time::timeout(SOON, read(&transport)), canceling);
    let error = result.expect("it ends at once").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
}

#[tokio::test]
async fn canceled_token_sends_nothing() {
    let listener = listener([]);
    let token = CancellationToken::new();
    token.cancel();
    let options = RequestOptions::new().with_cancellation_token(token);
    let transport = transport(&listener).with_options(options);
    for error in [
        create(&transport).await.unwrap_err(),
        read(&transport).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Canceled);
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn gate_reports_whether_an_abandoned_create_was_sent() {
    let listener = listener([Script::new().read_request().hold()]);
    let gate = SendGate::new();
    let options = RequestOptions::new().with_send_gate(gate.clone());
    let transport = builder(&listener).build().unwrap().with_options(options);
    {
        let creating = create(&transport);
        tokio::pin!(creating);
        assert!(!gate.may_have_been_sent());
        tokio::select! {
            () = listener.wait_for_requests(1) => {}
            result = &mut creating => panic!("it has ended: {:?}", result.map(drop)),
        }
        assert!(!gate.close(), "it was sent");
    }
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled, "the gate is closed");
    assert_eq!(listener.received().len(), 1);
}
