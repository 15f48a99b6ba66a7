use serde_json::json;

use super::*;
use crate::types::WebhookEvent;
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
    let run = || replicate.run("emulator/text").input(&input);
    assert_eq!(run().text().unwrap(), "Once upon a");

    let predictions = replicate.predictions();
    let create = predictions.create("emulator/text").input(&input);
    let created = create.send().unwrap();
    let minute = std::time::Duration::from_secs(60);
    let done = replicate.wait(&created).timeout(minute).send().unwrap();
    let output = replicate.output(&done).unwrap();
    assert_eq!(output.text().unwrap(), "Once upon a");
    let handle = run().start().unwrap();
    assert_eq!(handle.output().unwrap().to_string(), "Once upon a");
    assert_eq!(handle.cancel().unwrap().id, handle.id(), "it is done");
    assert_eq!(predictions.get(&created.id).unwrap().id, created.id);

    #[cfg(feature = "stream")]
    {
        let stream = replicate.stream("emulator/text").input(&input);
        let events = stream.send().unwrap();
        let text: String = events.map(|event| event.unwrap().to_string()).collect();
        assert_eq!(text, "Once upon a");
    }
    let listed: Result<Vec<_>> = predictions.list().collect();
    assert_eq!(listed.unwrap().len(), emulator.predictions().len());
    assert_eq!(replicate.account().unwrap().username, emulator.account());
    assert!(!replicate.hardware().unwrap().is_empty());
    assert!(replicate.models().list().next().unwrap().is_ok());
    let hello = replicate.models().get("replicate/hello-world").unwrap();
    assert_eq!(hello.name, "hello-world");
    assert_eq!(replicate.trainings().list().count(), 0);
    let readme = replicate.client().models().readme("replicate/hello-world");
    let _ = replicate.block_on(readme);
}

#[test]
fn blocking_creates_send_their_webhook_and_its_events() {
    let (_runtime, emulator, replicate) = emulated();
    // Nothing listens there.
    let url = "http://127.0.0.1:9/hook";
    let events = [WebhookEvent::Start];
    let input = json!({ "prompt": "Once upon a", "max_tokens": 3 });
    let run = replicate.run("emulator/text").input(&input).webhook(url);
    run.webhook_events(events.clone()).start().unwrap();
    let create = replicate.predictions().create("emulator/text");
    let create = create.input(&input).webhook(url);
    create.webhook_events(events.clone()).send().unwrap();
    #[cfg(feature = "stream")]
    {
        let stream = replicate.stream("emulator/text").input(&input).webhook(url);
        let _ = stream.webhook_events(events).send().unwrap();
    }
    let mut creates = emulator.requests();
    creates.retain(|request| request.method == "POST");
    for request in &creates {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["webhook"], url);
        assert_eq!(body["webhook_events_filter"], json!(["start"]));
    }
    assert_eq!(creates.len(), 2 + usize::from(cfg!(feature = "stream")));
}

#[cfg(feature = "files")]
#[test]
fn trainings_are_created_and_waited_for() {
    let (_runtime, _emulator, replicate) = emulated();
    let models = replicate.client().models();
    let model = models.create("acme", "mine").visibility("private");
    replicate.block_on(model.hardware("cpu")).unwrap();
    let version = replicate.block_on(models.get("replicate/hello-world"));
    let version = version.unwrap().latest_version.unwrap().id;
    let version = format!("replicate/hello-world:{version}");
    let create = || {
        let create = replicate.trainings().create(&version, "acme/mine");
        create.input(json!({ "input_images": "https://example.com/images.zip" }))
    };
    let training = create().send().unwrap();
    let done = replicate.trainings().wait(&training).send().unwrap();
    assert_eq!(done.status.as_str(), "succeeded");
    let handle = create().start().unwrap();
    assert_eq!(handle.wait().send().unwrap().status.as_str(), "succeeded");
    assert_eq!(replicate.trainings().list().count(), 2);
}

#[test]
fn files_go_up_and_come_down() {
    let (_runtime, _emulator, replicate) = emulated();
    let files = replicate.files();
    let file = crate::FileInput::bytes(&b"hello"[..], "text/plain").name("a.txt");
    let file = files.create(file).unwrap();
    assert_eq!(files.get(&file.id).unwrap().id, file.id);
    assert_eq!(files.list().count(), 1);
    files.delete(&file.id).unwrap();

    let run = replicate.run("emulator/image");
    let output = run.input(json!({ "prompt": "x" })).send().unwrap();
    let picture = output.file().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.png");
    let saved = picture.save(&path).unwrap();
    assert_eq!(saved, picture.bytes().unwrap().len() as u64);
    assert!(std::fs::read(path).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn blocking_calls_work_in_spawn_blocking_and_inside_async_code() {
    let (_runtime, _emulator, replicate) = emulated();
    let input = json!({ "prompt": "Once upon a", "max_tokens": 3 });
    let run = move || {
        for _ in 0..50 {
            replicate.account().unwrap();
        }
        let run = replicate.run("emulator/text").input(&input);
        run.text().unwrap()
    };
    for current_thread in [true, false] {
        let runtime = match current_thread {
            true => tokio::runtime::Builder::new_current_thread().build(),
            false => tokio::runtime::Builder::new_multi_thread().build(),
        };
        let runtime = runtime.unwrap();
        let text = runtime.block_on(async {
            let spawned = tokio::task::spawn_blocking(run.clone());
            (spawned.await.unwrap(), run())
        });
        assert_eq!(text, ("Once upon a".to_owned(), "Once upon a".to_owned()));
        // In a task, whose budget would run out.
        let run = run.clone();
        let text = runtime.block_on(async { tokio::spawn(async move { run() }).await });
        assert_eq!(text.unwrap(), "Once upon a");
    }
}

#[cfg(feature = "stream")]
#[test]
fn what_is_dropped_is_canceled_before_its_client_is_gone() {
    let (_runtime, emulator, replicate) = emulated();
    // Long enough that a client which does not wait is gone first.
    let slowly = Fault::latency(std::time::Duration::from_millis(300));
    let slowly = slowly.on("predictions.cancel");
    emulator.inject_fault(slowly).unwrap();
    let stream = replicate.stream("emulator/slow");
    let stream = stream.input(json!({ "seconds": 3600 }));
    drop(stream.with(|run| run.cancel_on_drop()).send().unwrap());
    drop(replicate);
    assert_eq!(emulator.predictions()[0].status, Status::Canceled);
}

#[cfg(feature = "stream")]
#[test]
fn what_is_dropped_inside_a_runtime_is_canceled_too() {
    let (_runtime, emulator, replicate) = emulated();
    let other = tokio::runtime::Runtime::new().unwrap();
    other.block_on(async move {
        let stream = replicate.stream("emulator/slow");
        let stream = stream.input(json!({ "seconds": 3600 }));
        drop(stream.with(|run| run.cancel_on_drop()).send().unwrap());
        drop(replicate);
    });
    assert_eq!(emulator.predictions()[0].status, Status::Canceled);
}
