//! `cargo xtask codegen` and `cargo xtask spec merge` as a maintainer uses them, on a frozen
//! description of another API: nothing here depends on what Replicate's API is today.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const DESCRIPTION: &str = "openapi/replicate.json";
const OVERLAY: &str = "openapi/overlay.yaml";
const GENERATED: &str = "replicate-api/src/generated.rs";

/// A folder with what codegen reads and writes.
struct Checkout(tempfile::TempDir);

impl Checkout {
    /// The frozen description with its corrections and the code for it.
    fn new() -> Self {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checkout");
        let checkout = Self::with(&fixture, &[DESCRIPTION, OVERLAY]);
        checkout.write(GENERATED, "");
        checkout.success(&["codegen"], &[]);
        checkout
    }

    fn with(folder: &Path, files: &[&str]) -> Self {
        let checkout = Self(tempfile::tempdir().unwrap());
        for file in files {
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            checkout.write(file, &text);
        }
        checkout
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{from:?} is not in {file}");
        self.write(file, &text.replacen(from, to, 1));
    }

    fn description(&self) -> Value {
        serde_json::from_str(&self.read(DESCRIPTION)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .current_dir(self.0.path())
            .args(arguments);
        command
    }

    /// Runs the command; its output must contain these parts.
    #[track_caller]
    fn success(&self, arguments: &[&str], parts: &[&str]) -> String {
        self.run(arguments, true, parts)
    }

    #[track_caller]
    fn failure(&self, arguments: &[&str], parts: &[&str]) -> String {
        self.run(arguments, false, parts)
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], success: bool, parts: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let text = printed(&output);
        assert_eq!(output.status.success(), success, "{text}");
        for part in parts {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
        text
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        let mut command = Command::new("git");
        let command = command.args(identity).args(arguments);
        let output = command.current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{}", printed(&output));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "A"]);
    }

    /// Generates from this description into a folder of its own; returns the code.
    #[track_caller]
    fn generate(&self, description: &Value, parts: &[&str]) -> String {
        self.write("given.json", &description.to_string());
        let arguments = ["codegen", "--spec", "given.json", "--out", "deep/out"];
        self.success(&arguments, parts);
        let files: Vec<_> = std::fs::read_dir(self.path("deep/out")).unwrap().collect();
        assert_eq!(files.len(), 1, "one file and no other: {files:?}");
        self.read("deep/out/generated.rs")
    }
}

fn printed(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(&[&out[..], err].concat()).into_owned()
}

fn remove(value: &mut Value, key: &str) {
    assert!(value.as_object_mut().unwrap().remove(key).is_some());
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries = map.iter().rev();
            Value::Object(entries.map(|(k, v)| (k.clone(), reversed(v))).collect())
        }
        Value::Array(list) => list.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

#[test]
fn check_names_what_is_out_of_date() {
    let checkout = Checkout::new();
    let check = ["codegen", "--check"];
    checkout.success(&check, &["is up to date: 10 operations"]);
    checkout.replace(GENERATED, "pub fn account_get", "pub fn acount_get");
    checkout.failure(
        &check,
        &["line ", "pub fn acount_get", "pub fn account_get"],
    );
    checkout.success(&["codegen"], &[]);
    checkout.replace(GENERATED, "\n", "\r\n");
    checkout.failure(&check, &["line 1 "]);
    for (file, end) in [(DESCRIPTION, "\n"), (OVERLAY, "# A remark.\n")] {
        checkout.success(&["codegen"], &[]);
        checkout.write(file, &(checkout.read(file) + end));
        checkout.failure(&check, &[&format!("is older than {file}")]);
    }
}

#[test]
fn code_is_written_even_if_the_reader_of_the_summary_is_gone() {
    let checkout = Checkout::new();
    let code = checkout.read(GENERATED);
    checkout.write(GENERATED, "");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = checkout.command(&["codegen"]).stdout(writer).status();
    assert!(status.unwrap().success());
    assert_eq!(checkout.read(GENERATED), code);
}

#[test]
fn overlay_target_without_match_is_an_error_for_our_spec_and_a_warning_for_others() {
    let checkout = Checkout::new();
    let action = "actions:\n  - target: $.paths['/gone']\n    remove: true\n";
    checkout.replace(OVERLAY, "actions:\n", action);
    let what = "openapi/overlay.yaml: nothing in";
    checkout.failure(&["codegen"], &[what, "matches $.paths['/gone']"]);
    let warning = format!("warning: {what} given.json matches $.paths['/gone']");
    checkout.generate(&checkout.description(), &[&warning]);
}

#[test]
fn same_description_generates_the_same_code_in_whatever_order_it_is() {
    let checkout = Checkout::new();
    let first = checkout.generate(&checkout.description(), &[]);
    assert_eq!(first, checkout.generate(&checkout.description(), &[]));
    let mut other = checkout.description();
    let map = other.as_object_mut().unwrap();
    map["paths"] = reversed(&map["paths"]);
    map["components"] = reversed(&map["components"]);
    let other = checkout.generate(&other, &[]);
    let code = |text: &str| text.split_once("#![allow").unwrap().1.to_string();
    assert_eq!(code(&first), code(&other));
}

#[test]
fn another_description_is_reported_and_the_checkout_is_not_modified() {
    let checkout = Checkout::new();
    let before = checkout.read(GENERATED);
    let mut changed = checkout.description();
    remove(&mut changed["paths"], "/account");
    changed["servers"][0]["url"] = json!("https://elsewhere.example");
    let lines = [
        "BREAKING altered server of all 9 operations",
        "BREAKING removed operation account_get: GET /account\n",
    ];
    checkout.generate(&changed, &lines);
    assert_eq!(before, checkout.read(GENERATED));
}

#[test]
fn summary_shows_the_whole_change_since_the_last_commit_however_often_code_is_generated() {
    let checkout = Checkout::new();
    checkout.git(&["init", "--quiet"]);
    checkout.commit();
    checkout.replace(DESCRIPTION, "kitchen.example/v1", "kitchen.example/v2");
    checkout.replace(DESCRIPTION, "\"note\"", "\"remark\"");
    let lines = [
        "BREAKING altered server of all 10 operations: https://kitchen.example/v1 → https://kitchen.example/v2\n",
        "BREAKING renamed field OrderRequest.note → remark: Option<String>\n",
    ];
    checkout.success(&["codegen"], &lines);
    checkout.success(&["codegen"], &lines);
    checkout.commit();
    let printed = checkout.success(&["codegen"], &[]);
    assert!(!printed.contains("BREAKING"), "{printed}");
    checkout.success(&["codegen", "--since", "HEAD~1"], &lines);
    let given = ["codegen", "--spec", DESCRIPTION, "--since", "HEAD~1"];
    checkout.success(&given, &lines);
    let error = "error: no openapi/replicate.json at nowhere";
    checkout.failure(&["codegen", "--since", "nowhere"], &[error]);
}

#[test]
fn without_git_the_code_is_written_and_a_warning_says_that_changes_are_not_reported() {
    let checkout = Checkout::new();
    checkout.replace(DESCRIPTION, "\"note\"", "\"remark\"");
    let warning = "warning: changes are not reported: no openapi/replicate.json at HEAD";
    checkout.success(&["codegen"], &[warning]);
    assert!(checkout.read(GENERATED).contains("pub remark:"));
}

#[test]
fn reference_to_nothing_is_reported_with_its_place_and_the_operation_is_generated() {
    let checkout = Checkout::new();
    let mut changed = checkout.description();
    let schemas = &mut changed["components"]["schemas"];
    remove(schemas, "schemas_photo_response");
    let lines = [
        "#/paths/~1photos/post/responses/201/content/application~1json/schema: the reference \
         #/components/schemas/schemas_photo_response points at nothing",
        "BREAKING altered response photos_create: Photo → ",
    ];
    let code = checkout.generate(&changed, &lines);
    assert!(code.contains("pub fn photos_create"));
}

#[test]
fn byte_order_mark_is_ignored() {
    let checkout = Checkout::new();
    let text = checkout.read(DESCRIPTION);
    checkout.write("given.json", &format!("\u{feff}{text}"));
    let given = ["codegen", "--spec", "given.json"];
    checkout.success(&given, &["given.json generates 10 operations"]);
    let merge = ["spec", "merge", "given.json"];
    checkout.success(&merge, &["has this structure already"]);
}

#[test]
fn nothing_is_written_if_nothing_can_be_generated() {
    let checkout = Checkout::new();
    for text in ["{", "[]", "{\"openapi\": \"3.1.0\", \"paths\": {}}"] {
        checkout.write("broken.json", text);
        let arguments = ["codegen", "--spec", "broken.json", "--out", "out"];
        let printed = checkout.failure(&arguments, &[]);
        assert!(printed.starts_with("error: "), "{printed}");
        assert!(!checkout.path("out").exists());
    }
}

#[test]
fn merged_description_is_generated_and_places_without_prose_are_listed() {
    let checkout = Checkout::new();
    let mut newer = checkout.description();
    newer["info"]["description"] = "Not ours.".into();
    newer["paths"]["/pause"] = json!({ "post": { "operationId": "orders.pause",
        "summary": "Not ours.", "responses": { "204": { "description": "Not ours." } } } });
    checkout.write("newer.json", &newer.to_string());
    let lines = [
        "undescribed  #/paths/~1pause/post/summary\n",
        "undescribed  #/paths/~1pause/post/description\n",
        "undescribed  #/paths/~1pause/post/responses/204/description\n",
    ];
    checkout.success(&["spec", "merge", "newer.json"], &lines);
    assert!(!checkout.read(DESCRIPTION).contains("Not ours."));
    checkout.success(&["codegen"], &["written: 11 operations"]);
    assert!(checkout.read(GENERATED).contains("pub fn orders_pause"));
}

/// Needs a folder with published descriptions; see CONTRIBUTING.
#[test]
#[ignore = "needs REPLICATE_REFERENCE"]
fn published_descriptions_generate_code_that_compiles() {
    let folder = std::env::var_os("REPLICATE_REFERENCE").expect("REPLICATE_REFERENCE is not set");
    let folder = Path::new(&folder).join("api");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let checkout = Checkout::with(workspace, &[DESCRIPTION, OVERLAY, GENERATED]);
    for (file, operations) in [("openapi-2026-03.json", 37), ("openapi-2025-02.json", 27)] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let description = serde_json::from_str(&text).unwrap();
        let code = checkout.generate(&description, &[&format!("{operations} operations")]);
        compiles(workspace, &code).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    let newest = folder.join("openapi-2026-03.json");
    let printed = checkout.success(&["spec", "merge", newest.to_str().unwrap()], &[]);
    assert_eq!(
        printed,
        "openapi/replicate.json has this structure already\n"
    );
}

/// Checks that the code compiles in the place of the crate's own.
fn compiles(workspace: &Path, code: &str) -> Result<(), String> {
    let copy = Checkout::with(workspace, &["Cargo.lock", "Cargo.toml"]);
    let mut cp = Command::new("cp");
    let cp = cp.arg("-R").arg(workspace.join("replicate-api"));
    assert!(cp.arg(copy.0.path()).status().unwrap().success());
    // Its tests are not part of the crate.
    let manifest = copy.read("replicate-api/Cargo.toml");
    let manifest = manifest.split("[dev-dependencies]").next().unwrap();
    copy.write("replicate-api/Cargo.toml", manifest);
    copy.write(GENERATED, code);
    let manifest = copy.read("Cargo.toml");
    let manifest = manifest.lines().map(|line| match line.split(' ').next() {
        Some("members") => "members = [\"replicate-api\"]\n".to_string(),
        Some("default-members") => String::new(),
        _ => format!("{line}\n"),
    });
    copy.write("Cargo.toml", &manifest.collect::<String>());
    let target = std::env::current_exe().unwrap();
    let mut folders = target.ancestors();
    let target = folders.find(|folder| folder.ends_with("target")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "-p", "replicate-api"])
        .env("CARGO_TARGET_DIR", target.join("codegen-check"))
        .env("RUSTFLAGS", "--cap-lints=allow")
        .current_dir(copy.0.path())
        .output()
        .unwrap();
    let success = output.status.success();
    success.then_some(()).ok_or_else(|| printed(&output))
}
