use serde_json::json;

use super::*;
use replicate_emulator::{Emulator, Fault, Status};

/// An emulator on a thread of its own runtime, and a client of it.
fn emulated() -> (tokio::runtime::Runtime, Emulator, Client) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = runtime.block_on(Emulator::start()).unwrap();
    let client = crate::Client::builder()
        .token("t")
        .base_url(emulator.url())
        .build()
        .unwrap();
    (runtime, emulator, Client::from_client(client).unwrap())
}

#[test]
fn models_run_stream_and_wait_without_an_async_runtime() {
    let (_runtime, emulator, replicate) = emulated();
    let input = json!({ "prompt": "Once upon a", "max_tokens": 3 });
    assert_eq!(
        replicate.run("emulator/text").input(&input).text().unwrap(),
        "Once upon a"
    );

    let created = replicate
        .predictions()
        .create("emulator/text")
        .input(&input)
        .send()
        .unwrap();
    let done = replicate.wait(&created).unwrap();
    assert_eq!(
        replicate.client().output(&done).unwrap().text().unwrap(),
        "Once upon a"
    );
    assert_eq!(
        replicate.predictions().get(&created.id).unwrap().id,
        created.id
    );

    #[cfg(feature = "stream")]
    {
        let events = replicate
            .stream("emulator/text")
            .input(&input)
            .send()
            .unwrap();
        let text: String = events.map(|event| event.unwrap().to_string()).collect();
        assert_eq!(text, "Once upon a");
    }
    let listed = replicate
        .predictions()
        .list()
        .collect::<Result<Vec<_>>>()
        .unwrap();
    assert_eq!(listed.len(), emulator.predictions().len());
    assert_eq!(
        replicate
            .call(replicate.client().account().get())
            .unwrap()
            .username,
        emulator.account()
    );
}

#[cfg(feature = "files")]
#[test]
fn files_go_up_and_come_down() {
    let (_runtime, _emulator, replicate) = emulated();
    let file = replicate
        .files()
        .create(crate::FileInput::bytes(&b"hello"[..], "text/plain").name("a.txt"))
        .unwrap();
    assert_eq!(replicate.files().get(&file.id).unwrap().id, file.id);
    assert_eq!(replicate.files().list().count(), 1);
    replicate.files().delete(&file.id).unwrap();

    let output = replicate
        .run("emulator/image")
        .input(json!({ "prompt": "x" }))
        .send()
        .unwrap();
    let picture = output.file().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.png");
    assert_eq!(
        replicate.save(&picture, &path).unwrap(),
        replicate.bytes(&picture).unwrap().len() as u64
    );
    assert!(std::fs::read(path).unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn a_blocking_call_inside_an_async_runtime_is_an_error() {
    let client = crate::Client::new("t").unwrap();
    let replicate = Client::from_client(client).unwrap();
    let error = replicate.run("acme/app").text().unwrap_err();
    assert!(
        error.to_string().contains("inside an async runtime"),
        "{error}"
    );
    drop(replicate);
}

#[cfg(feature = "stream")]
#[test]
fn what_is_dropped_is_cancelled_before_its_client_is_gone() {
    let (_runtime, emulator, replicate) = emulated();
    // Long enough that a client which does not wait is gone first.
    let slowly = Fault::latency(std::time::Duration::from_millis(300));
    emulator
        .inject_fault(slowly.on("predictions.cancel"))
        .unwrap();
    let events = replicate
        .stream("emulator/slow")
        .input(json!({ "seconds": 3600 }))
        .with(|run| run.cancel_on_drop())
        .send()
        .unwrap();
    drop(events);
    drop(replicate);
    assert_eq!(emulator.predictions()[0].status, Status::Canceled);
}
