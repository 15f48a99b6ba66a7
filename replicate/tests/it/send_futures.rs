//! Every future and stream of the crate can be moved between threads.

use std::future::IntoFuture;
use std::time::Duration;

use replicate::{Client, FileInput, Method};

fn future<F: IntoFuture<IntoFuture: Send>>(_: F) {}
fn stream<S: futures::Stream + Send>(_: S) {}
fn value<T: Send + Sync + 'static>(_: &T) {}

#[test]
fn every_future_and_stream_is_send() {
    let client = Client::new("t").unwrap();
    value(&client);
    runs(&client);
    resources(&client);
    files(&client);
    streams(&client);
}

fn runs(client: &Client) {
    let run = || {
        client
            .run("a/b")
            .on_progress(|_| {})
            .cancel_on_drop()
            .timeout(Duration::from_secs(1))
    };
    value(&run());
    future(run());
    future(run().text());
    future(run().json::<u8>());
    future(run().prediction());
    future(run().start());
    let (handle, training) = (client.prediction("p"), client.training("t"));
    value(&handle);
    value(&training);
    future(handle.refresh());
    future(handle.wait().cancel_on_drop());
    future(handle.output());
    future(handle.cancel());
    future(training.wait());
    future(client.shutdown());
    future(client.wait("p").on_progress(|_| {}));
    let request = || client.request(Method::GET, "/account");
    future(request().send());
    future(request().json::<u8>());
}

fn resources(client: &Client) {
    future(client.account().get());
    future(client.account().get().with_response());
    future(client.predictions().create("a/b"));
    future(client.predictions().create("a/b").with_response());
    future(client.predictions().get("p"));
    future(client.predictions().cancel("p"));
    future(client.predictions().list().page());
    future(client.predictions().list().page().with_response());
    stream(client.predictions().list().items());
    stream(client.predictions().list().pages());
    stream(client.models().search("x").items());
    future(client.models().get("a/b"));
    future(client.models().readme("a/b"));
    future(client.models().schema("a/b"));
    future(client.deployments().delete("a/b"));
    future(client.trainings().create("a/b:1a2b3c", "a/c"));
    future(
        client
            .trainings()
            .create("a/b:1a2b3c", "a/c")
            .with_response(),
    );
    future(client.trainings().create("a/b:1a2b3c", "a/c").start());
    future(client.trainings().wait("t"));
    future(client.search("x"));
    future(client.search("x").with_response());
}

fn files(client: &Client) {
    let upload = || {
        client
            .files()
            .create(FileInput::bytes(&b"x"[..], "text/plain"))
    };
    future(upload());
    future(upload().with_response());
    let file = client.download("https://replicate.delivery/x.png");
    value(&file);
    future(file.bytes());
    future(file.save("x"));
    future(file.save_new("x"));
    stream(file.stream());
}

fn streams(client: &Client) {
    fn yields<
        F: IntoFuture<Output = replicate::Result<replicate::EventStream>, IntoFuture: Send>,
    >(
        _: F,
    ) {
    }
    yields(client.stream("a/b").cancel_on_drop());
    yields(client.stream_prediction("p"));
    fn is_send<T: Send>() {}
    is_send::<replicate::EventStream>();
    is_send::<replicate::TextStream>();
}
