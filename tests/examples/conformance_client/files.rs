//! Files: uploaded, given as inputs, taken as outputs.

use replicate::{Client, ErrorKind, FileInput, FileStrategy};
use serde_json::json;

use crate::{Case, Outcome, cases};

pub(super) const CASES: [Case; 4] = cases! {
    file_upload
    file_input_upload
    file_input_inline
    file_output
};

fn words(content: &'static str) -> FileInput {
    FileInput::bytes(content.as_bytes(), "text/plain").name("words.txt")
}

async fn file_upload(client: Client) -> Outcome {
    let metadata = json!({ "purpose": "conformance" });
    let made = client
        .files()
        .create(words("some words"))
        .metadata(metadata.as_object().unwrap().clone())
        .await?;
    assert_eq!(made.size, Some(10));
    assert_eq!(Some(&made.metadata), metadata.as_object());
    assert_eq!(
        made.checksums.unwrap().sha256.as_deref(),
        Some("050777a35dcd48838062824126e60a0780dc322c5b1f84c3a32636cc7466b1b6")
    );
    assert_eq!(client.files().get(&made.id).await?.id, made.id);
    let all = client.files().list().page().await?;
    assert!(all.results.iter().any(|file| file.id == made.id));
    client.files().delete(&made.id).await?;
    let gone = client.files().get(&made.id).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    Ok(())
}

async fn reversed(client: Client, strategy: FileStrategy) -> Outcome {
    let output = client
        .run("emulator/reverse")
        .input(json!({ "file": words("stressed") }))
        .file_strategy(strategy)
        .await?;
    assert_eq!(output.file()?.bytes().await?, "desserts");
    Ok(())
}

async fn file_input_upload(client: Client) -> Outcome {
    reversed(client, FileStrategy::Upload).await
}

async fn file_input_inline(client: Client) -> Outcome {
    reversed(client, FileStrategy::Inline).await
}

async fn file_output(client: Client) -> Outcome {
    let output = client
        .run("emulator/image")
        .input(json!({ "prompt": "a red bicycle", "num_outputs": 2 }))
        .await?;
    let files = output.files()?;
    assert_eq!(files.len(), 2);
    let folder = tempfile::tempdir()?;
    for file in files {
        assert_eq!(file.media_type().as_deref(), Some("image/png"));
        let path = folder.path().join(file.name());
        file.save(&path).await?;
        assert!(std::fs::read(path)?.starts_with(b"\x89PNG"));
    }
    Ok(())
}
