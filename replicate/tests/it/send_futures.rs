//! Every future and stream of the crate can be moved between threads.

use std::future::IntoFuture;

use replicate::{Client, EventStream, FileInput, Method, TextStream};

use crate::migration_guides::{
    deployments_and_trainings, files, models, predictions, runs, streams, the_rest,
};

fn future<F: IntoFuture<IntoFuture: Send>>(_: F) {}
fn stream<S: futures::Stream + Send>(_: S) {}
fn value<T: Send + Sync + 'static>(_: &T) {}
fn is_send<T: Send>() {}

/// The future of an async function, which is not called.
fn of<F: Future + Send>(_: impl FnOnce() -> F) {}

fn any<T>() -> T {
    unreachable!("nothing is called")
}

#[test]
fn futures_of_the_calls_in_the_migration_guides_are_send() {
    fn client() -> &'static Client {
        any()
    }
    of(|| runs(client(), any(), any(), any(), any(), any(), any(), any()));
    of(|| streams(client(), any(), any(), any(), any(), any()));
    of(|| files(client(), any(), any(), any()));
    of(|| models(client(), any(), any(), any(), any(), any()));
    of(|| predictions(client(), any(), any(), any(), any(), any(), any()));
    of(|| deployments_and_trainings(client(), any(), any(), any(), any(), any(), any()));
    of(|| the_rest(client(), any(), any(), any(), any(), any()));
}

#[test]
fn other_futures_and_streams_are_send() {
    let client = Client::new("t").unwrap();
    value(&client);
    let run = || client.run("a/b").on_progress(|_| {}).cancel_on_drop();
    value(&run());
    future(run().json::<u8>());
    future(run().start());
    let (handle, training) = (client.prediction("p"), client.training("t"));
    value(&handle);
    value(&training);
    future(handle.refresh());
    future(handle.wait().cancel_on_drop().on_progress(|_| {}));
    future(handle.output());
    future(handle.cancel());
    future(training.wait());
    future(client.shutdown());
    future(client.request(Method::GET, "/account").send());

    let predictions = client.predictions();
    future(predictions.create("a/b").with_response());
    future(predictions.list().page().with_response());
    stream(predictions.list().items());
    stream(predictions.list().pages());
    stream(client.models().search("x").items());
    future(client.models().schema("a/b"));
    let train = || client.trainings().create("a/b:1a2b3c", "a/c");
    future(train().with_response());
    future(train().start());
    future(client.search("x").with_response());

    let upload = FileInput::bytes(&b"x"[..], "text/plain");
    future(client.files().create(upload).with_response());
    let file = client.download("https://replicate.delivery/x.png");
    value(&file);
    future(file.save_new("x"));
    stream(file.stream());
    future(client.stream("a/b").cancel_on_drop());
    is_send::<EventStream>();
    is_send::<TextStream>();
}
