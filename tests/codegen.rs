//! `cargo xtask codegen` as a maintainer meets it: stale crates, published descriptions, and
//! descriptions that change tomorrow.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root());
    cargo
}

/// The xtask binary, built once.
fn xtask() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let arguments = [
            "build",
            "--quiet",
            "--package",
            "xtask",
            "--message-format",
            "json",
        ];
        let output = cargo().args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .unwrap()
    })
}

/// A folder with what codegen reads and checks, to be edited.
struct Checkout(tempfile::TempDir);

impl Checkout {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in ["openapi/replicate.json", "openapi/overlay.yaml", GENERATED] {
            let to = folder.path().join(file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(root().join(file), to).unwrap();
        }
        Self(folder)
    }

    fn codegen(&self, arguments: &[&str]) -> Output {
        self.run(&[&["codegen"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(xtask());
        command
            .env("CARGO_MANIFEST_DIR", self.0.path().join("xtask"))
            .current_dir(self.0.path())
            .args(arguments);
        command
    }

    fn edit(&self, file: &str, edit: impl FnOnce(String) -> String) {
        let path = self.0.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let edited = edit(text.clone());
        assert_ne!(text, edited, "the edit changed nothing");
        std::fs::write(path, edited).unwrap();
    }

    /// Generates from this description into a folder of its own; what was printed, and the code.
    fn generate(&self, description: &Value) -> (String, String) {
        let path = self.0.path().join("given.json");
        std::fs::write(&path, description.to_string()).unwrap();
        let output = self.codegen(&["--spec", "given.json", "--out", "deep/out"]);
        let printed = said(&output);
        assert!(output.status.success(), "{printed}");
        let out = self.0.path().join("deep/out");
        let files: Vec<_> = std::fs::read_dir(&out).unwrap().collect();
        assert_eq!(files.len(), 1, "one file and no other: {files:?}");
        (
            printed,
            std::fs::read_to_string(out.join("generated.rs")).unwrap(),
        )
    }
}

const GENERATED: &str = "replicate-api/src/generated.rs";

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn description() -> Value {
    let text = std::fs::read_to_string(root().join("openapi/replicate.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Checks that the code compiles in the place of the crate's own.
fn compiles(code: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let to = |file: &str| folder.path().join(file);
    copy(&root().join("replicate-api"), &to("replicate-api"));
    std::fs::copy(root().join("Cargo.lock"), to("Cargo.lock")).unwrap();
    // What its tests need is no part of the crate.
    let manifest = std::fs::read_to_string(to("replicate-api/Cargo.toml")).unwrap();
    let manifest = manifest.split("[dev-dependencies]").next().unwrap();
    std::fs::write(to("replicate-api/Cargo.toml"), manifest).unwrap();
    std::fs::write(to(GENERATED), code).unwrap();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: String = manifest
        .lines()
        .filter(|line| !line.starts_with("default-members"))
        .map(|line| match line.starts_with("members") {
            true => "members = [\"replicate-api\"]\n".to_string(),
            false => format!("{line}\n"),
        })
        .collect();
    std::fs::write(to("Cargo.toml"), manifest).unwrap();
    let target = std::env::current_exe().unwrap();
    let target = target
        .ancestors()
        .find(|folder| folder.ends_with("target"))
        .unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--quiet",
            "--offline",
            "--package",
            "replicate-api",
        ])
        .env("CARGO_TARGET_DIR", target.join("codegen-check"))
        .env("RUSTFLAGS", "--cap-lints=allow")
        .current_dir(folder.path())
        .output()
        .unwrap();
    output
        .status
        .success()
        .then_some(())
        .ok_or_else(|| said(&output))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn the_crate_is_what_the_description_gives() {
    let output = Checkout::new().codegen(&["--check"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn an_edit_of_the_generated_code_is_found_with_its_line() {
    let checkout = Checkout::new();
    checkout.edit(GENERATED, |code| {
        code.replace("\"/account\"", "\"/acount\"")
    });
    let output = checkout.codegen(&["--check"]);
    assert!(!output.status.success());
    assert!(said(&output).contains("line "), "{}", said(&output));
    assert!(said(&output).contains("account_get"), "{}", said(&output));
    let checkout = Checkout::new();
    checkout.edit(GENERATED, |code| code.replacen('\n', "\r\n", 1));
    let output = checkout.codegen(&["--check"]);
    assert!(!output.status.success());
    assert!(said(&output).contains("line 1 "), "{}", said(&output));
}

#[test]
fn the_code_is_written_though_nobody_reads_what_changed() {
    let checkout = Checkout::new();
    checkout.edit(GENERATED, |_| String::new());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = checkout.command(&["codegen"]).stdout(writer).status();
    assert!(status.unwrap().success());
    let written = std::fs::read(checkout.0.path().join(GENERATED)).unwrap();
    assert_eq!(written, std::fs::read(root().join(GENERATED)).unwrap());
}

#[test]
fn any_edit_of_the_description_or_its_corrections_makes_the_crate_stale() {
    let checkout = Checkout::new();
    checkout.edit("openapi/replicate.json", |text| format!("{text}\n"));
    let output = checkout.codegen(&["--check"]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("older than openapi/replicate.json"),
        "{}",
        said(&output)
    );

    let checkout = Checkout::new();
    checkout.edit("openapi/overlay.yaml", |text| {
        format!("# A remark.\n{text}")
    });
    let output = checkout.codegen(&["--check"]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("older than openapi/overlay.yaml"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_correction_that_corrects_nothing_is_an_error_at_home_and_a_warning_abroad() {
    let checkout = Checkout::new();
    checkout.edit("openapi/overlay.yaml", |text| {
        format!("{text}  - target: $.paths['/gone']\n    remove: true\n")
    });
    let output = checkout.codegen(&[]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("$.paths['/gone']"),
        "{}",
        said(&output)
    );
    let (printed, _) = checkout.generate(&description());
    assert!(
        printed.contains("warning: openapi/overlay.yaml: nothing matches $.paths['/gone']"),
        "{printed}"
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let checkout = Checkout::new();
    let (_, first) = checkout.generate(&description());
    let (_, second) = checkout.generate(&description());
    assert_eq!(first, second);
}

#[test]
fn the_checkout_stays_as_it_is_when_another_description_is_read() {
    let checkout = Checkout::new();
    let before = std::fs::read(checkout.0.path().join(GENERATED)).unwrap();
    let mut changed = description();
    changed["paths"].as_object_mut().unwrap().remove("/account");
    let (printed, _) = checkout.generate(&changed);
    assert!(
        printed.contains("removed  operation account_get"),
        "{printed}"
    );
    assert_eq!(
        before,
        std::fs::read(checkout.0.path().join(GENERATED)).unwrap()
    );
}

#[test]
fn what_changes_tomorrow_is_generated_named_and_compiles() {
    let mut changed = description();
    tomorrow(&mut changed);
    let (printed, code) = Checkout::new().generate(&changed);
    for line in [
        "added    operation predictions_pause: POST /predictions/{prediction_id}/pause",
        "added    operation batches_find: REPORT /batches",
        "removed  operation hardware_list",
        "added    response predictions_get 410",
        "removed  response files_get 404",
        "added    parameter models_list.owner: Option<String>",
        "added    field Prediction.cost: Option<f64>",
        "added    field Prediction.parts: Option<Vec<PredictionPartsItem>>",
        "altered  field Account.username",
        "removed  field Account.name",
        "added    value Status::Paused",
        "added    type Batch: struct",
        "schemas_batch_response/properties/either: oneOf of several types cannot be expressed",
    ] {
        assert!(printed.contains(line), "no line {line:?} in\n{printed}");
    }
    compiles(&code).unwrap_or_else(|error| panic!("{error}"));
}

/// Changes of every kind that an API makes without asking its clients.
fn tomorrow(document: &mut Value) {
    let paths = document["paths"].as_object_mut().unwrap();
    paths.remove("/hardware");
    paths.insert(
        "/predictions/{prediction_id}/pause".into(),
        json!({ "post": {
            "operationId": "predictions.pause",
            "parameters": [
                { "name": "prediction_id", "in": "path", "required": true, "schema": { "type": "string" } },
                { "name": "If-Match", "in": "header", "schema": { "type": ["string", "null"] } },
                { "name": "fields", "in": "query", "schema": { "type": "array", "items": { "enum": ["a", "b"], "type": "string" } } },
            ],
            "requestBody": { "content": {
                "application/xml": { "schema": { "type": "string" } },
                "application/json": { "schema": { "type": "object", "required": ["type"], "properties": {
                    "type": { "const": "soft" }, "until": { "type": "string", "format": "date-time" },
                    "limits": { "type": "object", "properties": { "cost": { "type": "number" } } } } } } } },
            "responses": {
                "200": { "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/schemas_prediction_response" } } } },
                "202": { "description": "", "content": { "application/json": { "schema": { "type": "object", "properties": { "queued": { "type": "boolean" } } } } } },
                "204": { "description": "" },
                "default": { "description": "" } },
        } }),
    );
    paths.insert(
        "/batches".into(),
        json!({ "report": { "operationId": "batches.find", "responses": {
            "200": { "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/schemas_batch_response" } } } } } } }),
    );
    document["components"]["schemas"]["schemas_batch_response"] = json!({
        "type": "object", "properties": {
            "self": { "type": "string" }, "Type": { "type": "integer", "minimum": 1 },
            "parent": { "anyOf": [{ "$ref": "#/components/schemas/schemas_batch_response" }, { "type": "null" }] },
            "either": { "oneOf": [{ "type": "string" }, { "type": "object", "properties": { "a": {} } }] },
            "pair": { "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }] },
            "tags": { "type": "array", "uniqueItems": true, "minItems": 2, "maxItems": 2, "items": { "type": "string" } },
            "any": true, "many": { "type": ["string", "integer", "null"] } } });
    document["paths"]["/account"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        ["properties"] = json!({ "username": { "type": "integer" }, "type": { "type": "string", "enum": ["user"] } });
    document["paths"]["/predictions/{prediction_id}"]["get"]["responses"]["410"] =
        json!({ "description": "Gone" });
    let file = document["paths"]["/files/{file_id}"]["get"]["responses"]
        .as_object_mut()
        .unwrap();
    file.remove("404");
    let parameters = document["paths"]["/models"]["get"]["parameters"]
        .as_array_mut()
        .unwrap();
    parameters.push(json!({ "name": "owner", "in": "query", "schema": { "type": "string" } }));
    let prediction = &mut document["components"]["schemas"]["schemas_prediction_response"];
    prediction["properties"]["cost"] = json!({ "type": "number", "nullable": true });
    prediction["properties"]["parts"] = json!({ "type": "array", "items": { "type": "object", "properties": { "n": { "type": "integer" } } } });
    prediction["properties"]["status"]["enum"]
        .as_array_mut()
        .unwrap()
        .push("paused".into());
}

#[test]
fn what_cannot_be_expressed_is_named_with_its_place_and_the_operation_stays() {
    let mut odd = description();
    odd["paths"]["/models"]["get"]["parameters"][0] =
        json!({ "name": "session", "in": "cookie", "required": true });
    odd["components"]["schemas"]
        .as_object_mut()
        .unwrap()
        .remove("schemas_file_response");
    let (printed, code) = Checkout::new().generate(&odd);
    for line in [
        "#/paths/~1models/get/parameters/0: cookie \"session\"",
        "#/paths/~1files~1{file_id}/get/responses/200/content/application~1json/schema: the \
         reference #/components/schemas/schemas_file_response points at nothing",
        "altered  response files_get 200: File",
    ] {
        assert!(printed.contains(line), "no line {line:?} in\n{printed}");
    }
    assert!(code.contains("pub fn models_list") && code.contains("pub fn files_get"));
}

#[test]
fn a_component_that_has_another_name_tomorrow_is_no_error() {
    let text = description().to_string();
    let text = text.replace("schemas_prediction_response", "prediction_v2");
    let (printed, _) = Checkout::new().generate(&serde_json::from_str(&text).unwrap());
    assert!(printed.contains("added    type PredictionV2"), "{printed}");
}

#[test]
fn nothing_is_written_where_nothing_can_be_generated() {
    let checkout = Checkout::new();
    for text in ["{", "[]", "{\"openapi\": \"3.1.0\", \"paths\": {}}"] {
        std::fs::write(checkout.0.path().join("broken.json"), text).unwrap();
        let output = checkout.codegen(&["--spec", "broken.json", "--out", "out"]);
        assert!(!output.status.success());
        assert!(said(&output).starts_with("error: "), "{}", said(&output));
        assert!(!checkout.0.path().join("out").exists());
    }
}

#[test]
fn published_descriptions_are_taken_as_they_are() {
    let Some(folder) = std::env::var_os("REPLICATE_REFERENCE") else {
        println!("skipped: REPLICATE_REFERENCE is not set");
        return;
    };
    for (file, operations) in [("openapi-2026-03.json", 37), ("openapi-2025-02.json", 27)] {
        let path = Path::new(&folder).join("api").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        let published = serde_json::from_str(&text).unwrap();
        let (printed, code) = Checkout::new().generate(&published);
        assert!(
            printed.contains(&format!("{operations} operations")),
            "{printed}"
        );
        compiles(&code).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    let checkout = Checkout::new();
    let newest = Path::new(&folder).join("api/openapi-2026-03.json");
    let output = checkout.run(&["spec", "merge", newest.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let printed = "openapi/replicate.json has this structure already\n";
    assert_eq!(said(&output), printed);
}

#[test]
fn a_merged_description_is_generated_and_what_it_lacks_is_listed() {
    let checkout = Checkout::new();
    let mut newer = description();
    newer["info"]["description"] = "Not ours.".into();
    newer["paths"]["/pause"] = json!({ "post": { "operationId": "predictions.pause",
        "summary": "Not ours.", "responses": { "204": { "description": "Not ours." } } } });
    std::fs::write(checkout.0.path().join("newer.json"), newer.to_string()).unwrap();
    let output = checkout.run(&["spec", "merge", "newer.json"]);
    let printed = said(&output);
    assert!(output.status.success(), "{printed}");
    for place in ["summary", "description", "responses/204/description"] {
        let line = format!("undescribed  #/paths/~1pause/post/{place}\n");
        assert!(printed.contains(&line), "{printed}");
    }
    let merged = std::fs::read_to_string(checkout.0.path().join("openapi/replicate.json"));
    assert!(!merged.unwrap().contains("Not ours."));
    let output = checkout.codegen(&[]);
    assert!(output.status.success(), "{}", said(&output));
    let line = "added    operation predictions_pause: POST /pause";
    assert!(said(&output).contains(line), "{}", said(&output));
}
