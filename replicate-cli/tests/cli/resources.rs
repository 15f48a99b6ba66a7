//! Commands for models, versions, deployments and files.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault};
use serde_json::json;

use crate::program::{ProgramOutput, assert_output, inject, replicate, run};

async fn at(emulator: &Emulator, arguments: &[&str]) -> ProgramOutput {
    replicate([]).args(arguments).at(emulator).run().await
}

async fn emulator() -> Emulator {
    Emulator::start().await.expect("an emulator")
}

#[tokio::test]
async fn model_is_created_updated_and_deleted() {
    let emulator = emulator().await;
    let model = run!(
        emulator,
        "models create acme/app --private --hardware cpu --description x"
    )
    .json();
    assert_eq!(model["name"], "app");
    assert_eq!(model["visibility"], "private");
    let readme = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(readme.path(), "# App\n").expect("a file");
    let path = readme.path().to_str().expect("a path");
    let updated = run!(
        emulator,
        "models update acme/app --readme {path} --description y"
    );
    assert_eq!(updated.json()["description"], "y", "{}", updated.stderr);
    assert_eq!(run!(emulator, "models readme acme/app").stdout, "# App\n");
    let unconfirmed = run!(emulator, "models delete acme/app");
    assert_output!(unconfirmed, @r"
        exit 2
        error: delete model acme/app: not confirmed
        hint: pass --yes
        ");
    assert_eq!(run!(emulator, "models show acme/app").code, 0);
    assert_output!(run!(emulator, "models delete acme/app --yes"), @r"
        exit 0
        deleted model acme/app
        ");
    assert_eq!(run!(emulator, "models show acme/app").code, 5);
}

#[tokio::test]
async fn model_create_reports_what_is_missing_or_invalid() {
    let emulator = emulator().await;
    let create = async |arguments: &[&str]| {
        at(&emulator, &[&["models", "create"], arguments].concat()).await
    };
    let missing = create(&["acme/app", "--hardware", "cpu"]).await;
    missing.exits(2);
    missing.says("--visibility");
    assert_output!(create(&["app", "--private", "--hardware", "cpu"]).await, @r"
        exit 2
        error: invalid model name `app`: expected owner/name
        ");
    let hardware = create(&["acme/app", "--public", "--hardware", "abacus"]).await;
    hardware.exits(2);
    hardware.says("abacus");
    assert_output!(run!(emulator, "models update acme/app"), @r"
        exit 2
        error: nothing to change
        hint: pass --description TEXT or another option
        ");
}

#[tokio::test]
async fn create_of_a_model_is_sent_once_if_its_outcome_is_unknown() {
    let emulator = emulator().await;
    let fault = Fault::drop_connection()
        .on("models.create")
        .after_handling();
    inject(&emulator, fault);
    let create = [
        "models",
        "create",
        "acme/app",
        "--private",
        "--hardware",
        "cpu",
    ];
    let created = at(&emulator, &create).await;
    assert_ne!(created.code, 0);
    let requests = emulator.requests();
    let creates = requests
        .iter()
        .filter(|request| request.operation == Some("models.create"));
    assert_eq!(creates.count(), 1);
}

#[tokio::test]
async fn models_show_a_version_if_one_is_named() {
    let emulator = emulator().await;
    let model = run!(emulator, "models show emulator/text").json();
    let id = model["latest_version"]["id"].as_str().expect("an id");
    let version = at(
        &emulator,
        &["models", "view", &format!("emulator/text:{id}")],
    )
    .await
    .json();
    assert_eq!(version["id"], id);
    assert!(version.get("latest_version").is_none());
    let listed = run!(emulator, "models versions list replicate/hello-world").json();
    assert!(listed[0]["id"].is_string());
    let latest = run!(emulator, "models versions show emulator/text").json();
    assert_eq!(latest["id"], id);
    let schema = run!(emulator, "models schema emulator/text").json();
    assert_eq!(schema, version["openapi_schema"]);
    let examples = run!(emulator, "models examples emulator/text").json();
    assert_eq!(examples[0]["model"], "emulator/text");
    let run = at(
        &emulator,
        &["models", "run", "emulator/text", "a b", "max_tokens=2"],
    )
    .await;
    assert_eq!(run.stdout, "a b\n", "{}", run.stderr);
}

#[tokio::test]
async fn versions_diff_shows_added_and_removed_inputs() {
    let emulator = emulator().await;
    let diff = [
        "models",
        "versions",
        "diff",
        "emulator/fail",
        "emulator/slow",
    ];
    assert_output!(at(&emulator, &diff).await, @r#"
        exit 0
        stdout: - input.after {"default":0,"description":"Seconds until it fails","maximum":86400,"minimum":0,"type":"number"}
        - input.output {"default":"","description":"What is written before the failure, word by word","type":"string"}
        - input.reason {"default":"This model always fails.","description":"What the error says","type":"string"}
        + input.seconds {"default":2,"description":"How long it takes","maximum":86400,"minimum":0,"type":"number"}
        + input.steps {"default":10,"description":"How many steps the progress bar has","maximum":10000,"minimum":1,"type":"integer"}
        "#);
    assert_output!(run!(emulator, "models versions diff emulator/text emulator/text"), @r"
        exit 0
        no differences
        ");
    let changes = at(&emulator, &[&diff[..], &["--json"]].concat())
        .await
        .json();
    assert!(
        changes
            .as_array()
            .is_some_and(|changes| !changes.is_empty())
    );
}

#[tokio::test]
async fn version_is_deleted_only_when_named() {
    let emulator = emulator().await;
    assert_output!(run!(emulator, "models versions delete emulator/text --yes"), @r"
        exit 2
        error: missing version
        hint: pass owner/name:version
        ");
}

#[tokio::test]
async fn deployment_is_created_scaled_run_and_deleted() {
    let emulator = emulator().await;
    let deployment = run!(
        emulator,
        "deployments create app --model emulator/text --hardware cpu"
    )
    .json();
    let release = &deployment["current_release"];
    assert_eq!(release["model"], "emulator/text");
    assert_eq!(release["configuration"]["min_instances"], 0);
    assert_eq!(release["configuration"]["max_instances"], 1);
    let owner = deployment["owner"].as_str().expect("an owner");
    let name = format!("{owner}/app");
    let scaled = run!(emulator, "deployments scale {name} --min 1 --max 3").json();
    assert_eq!(scaled["current_release"]["number"], 2);
    assert_eq!(
        scaled["current_release"]["configuration"]["min_instances"],
        1
    );
    let updated = run!(emulator, "deployments update {name} --max-instances 2").json();
    assert_eq!(
        updated["current_release"]["configuration"]["max_instances"],
        2
    );
    assert_eq!(
        updated["current_release"]["configuration"]["min_instances"],
        1
    );
    let run = at(
        &emulator,
        &["deployments", "run", &name, "a b", "max_tokens=2"],
    )
    .await;
    assert_eq!(run.stdout, "a b\n", "{}", run.stderr);
    let schema = run!(emulator, "deployments schema {name}").json();
    assert!(
        schema
            .pointer("/components/schemas/Input/properties/prompt")
            .is_some()
    );
    let deleted = run!(emulator, "deployments delete {name} -y --json");
    assert_eq!(
        deleted.json(),
        json!({"deleted": format!("deployment {name}")})
    );
    assert_eq!(run!(emulator, "deployments show {name}").code, 5);
}

#[tokio::test]
async fn deployment_create_refuses_an_owner_and_a_missing_model() {
    let emulator = emulator().await;
    let create = |name: &'static str, model: &'static str| {
        [
            "deployments",
            "create",
            name,
            "--model",
            model,
            "--hardware",
            "cpu",
        ]
    };
    assert_output!(at(&emulator, &create("acme/app", "emulator/text")).await, @r"
        exit 2
        error: invalid deployment name `acme/app`: it has an owner
        hint: pass the name alone: the deployment belongs to the token's account
        ");
    assert_eq!(at(&emulator, &create("app", "acme/nothing")).await.code, 5);
    assert_output!(run!(emulator, "deployments scale acme/app"), @r"
        exit 2
        error: nothing to change
        hint: pass --min-instances, --max-instances or another option
        ");
}

#[tokio::test]
async fn file_is_uploaded_downloaded_and_deleted() {
    let emulator = emulator().await;
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("note.txt"), "hello").expect("a file");
    let within = |arguments: &[&str]| {
        replicate([])
            .args(arguments)
            .at(&emulator)
            .within(directory.path())
            .run()
    };
    let file = within(&["files", "upload", "note.txt", "--metadata", "a=b"])
        .await
        .json();
    assert_eq!(
        (&file["name"], &file["size"]),
        (&json!("note.txt"), &json!(5))
    );
    assert_eq!(file["metadata"], json!({"a": "b"}));
    let id = file["id"].as_str().expect("an id");
    assert_eq!(within(&["file", "show", id]).await.json()["id"], id);
    let url = within(&["upload", "note.txt", "--jq", ".urls.get"])
        .await
        .stdout;
    assert!(url.starts_with("http"), "{url}");
    let unsigned = within(&["files", "download", id]).await;
    unsigned.exits(2);
    unsigned.says("--signature");
    let signed = emulator
        .download_url(id, Duration::from_secs(60))
        .expect("a URL");
    let saved = within(&["files", "download", &signed, "-o", "copy.txt"]).await;
    saved.exits(0);
    assert_eq!(
        std::fs::read(directory.path().join("copy.txt")).expect("a file"),
        b"hello"
    );
    let again = within(&["files", "download", &signed, "-o", "copy.txt"]).await;
    again.says("--force");
    assert_eq!(
        within(&["files", "download", &signed, "-o", "-"])
            .await
            .stdout,
        "hello"
    );
    assert_eq!(within(&["files", "delete", id]).await.code, 2);
    let deleted = within(&["files", "delete", id, "--yes"]).await;
    assert_eq!(deleted.stderr, format!("deleted file {id}\n"));
    assert_eq!(within(&["files", "show", id]).await.code, 5);
}

#[tokio::test]
async fn missing_file_is_reported_before_an_upload() {
    let emulator = emulator().await;
    let upload = run!(emulator, "files upload /nowhere/photo.jpg");
    assert_ne!(upload.code, 0);
    upload.says("/nowhere/photo.jpg");
    assert_eq!(emulator.requests().len(), 0);
}

#[tokio::test]
async fn page_of_a_model_is_named_where_no_browser_can_be_opened() {
    let emulator = emulator().await;
    let none = tempfile::tempdir().expect("a directory");
    let shown = replicate(["models", "show", "emulator/text", "--web"])
        .at(&emulator)
        .env("PATH", none.path().to_str().expect("a path"))
        .run()
        .await;
    shown.exits_with(0, "");
    let url = format!("{}/emulator/text", emulator.url());
    shown.says(&url);
}
