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
        let checkout = Self(tempfile::tempdir().unwrap());
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checkout");
        for file in [DESCRIPTION, OVERLAY] {
            checkout.write(file, &std::fs::read_to_string(fixture.join(file)).unwrap());
        }
        std::fs::create_dir_all(checkout.path(GENERATED).parent().unwrap()).unwrap();
        success(&checkout.codegen(&[]));
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

    fn edit(&self, file: &str, edit: impl FnOnce(String) -> String) {
        let text = self.read(file);
        let edited = edit(text.clone());
        assert_ne!(text, edited, "the edit changed nothing");
        self.write(file, &edited);
    }

    fn description(&self) -> Value {
        serde_json::from_str(&self.read(DESCRIPTION)).unwrap()
    }

    fn codegen(&self, arguments: &[&str]) -> Output {
        self.run(&[&["codegen"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .current_dir(self.0.path())
            .args(arguments);
        command
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        let output = Command::new("git")
            .args(identity)
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", printed(&output));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "A"]);
    }

    /// Generates from this description into a folder of its own; returns the output and the code.
    fn generate(&self, description: &Value) -> (String, String) {
        self.write("given.json", &description.to_string());
        let printed = success(&self.codegen(&["--spec", "given.json", "--out", "deep/out"]));
        let files: Vec<_> = std::fs::read_dir(self.path("deep/out")).unwrap().collect();
        assert_eq!(files.len(), 1, "one file and no other: {files:?}");
        (printed, self.read("deep/out/generated.rs"))
    }
}

fn printed(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The output of a command that succeeded.
fn success(output: &Output) -> String {
    let text = printed(output);
    assert!(output.status.success(), "{text}");
    text
}

/// The output of a command that failed.
fn failure(output: &Output) -> String {
    let text = printed(output);
    assert!(!output.status.success(), "{text}");
    text
}

#[track_caller]
fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
}

fn remove(value: &mut Value, key: &str) {
    assert!(value.as_object_mut().unwrap().remove(key).is_some());
}

#[test]
fn check_accepts_the_code_that_the_description_generates() {
    let printed = success(&Checkout::new().codegen(&["--check"]));
    assert_contains(&printed, &["is up to date: 10 operations"]);
}

#[test]
fn check_names_the_first_line_that_was_edited() {
    let checkout = Checkout::new();
    checkout.edit(GENERATED, |code| {
        code.replacen("pub fn account_get", "pub fn acount_get", 1)
    });
    let printed = failure(&checkout.codegen(&["--check"]));
    assert_contains(
        &printed,
        &["line ", "pub fn acount_get", "pub fn account_get"],
    );

    let checkout = Checkout::new();
    checkout.edit(GENERATED, |code| code.replacen('\n', "\r\n", 1));
    assert_contains(&failure(&checkout.codegen(&["--check"])), &["line 1 "]);
}

#[test]
fn check_names_the_input_that_is_newer_than_the_code() {
    for (file, end) in [(DESCRIPTION, "\n"), (OVERLAY, "# A remark.\n")] {
        let checkout = Checkout::new();
        checkout.edit(file, |text| text + end);
        let printed = failure(&checkout.codegen(&["--check"]));
        assert_contains(&printed, &[&format!("is older than {file}")]);
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
    checkout.edit(OVERLAY, |text| {
        format!("{text}  - target: $.paths['/gone']\n    remove: true\n")
    });
    let printed = failure(&checkout.codegen(&[]));
    assert_contains(&printed, &["$.paths['/gone']"]);
    let (printed, _) = checkout.generate(&checkout.description());
    let warning = "warning: openapi/overlay.yaml: nothing matches $.paths['/gone']";
    assert_contains(&printed, &[warning]);
}

#[test]
fn same_description_generates_the_same_bytes() {
    let checkout = Checkout::new();
    let (_, first) = checkout.generate(&checkout.description());
    let (_, second) = checkout.generate(&checkout.description());
    assert_eq!(first, second);
}

#[test]
fn another_description_is_reported_and_the_checkout_is_not_modified() {
    let checkout = Checkout::new();
    let before = checkout.read(GENERATED);
    let mut changed = checkout.description();
    remove(&mut changed["paths"], "/account");
    changed["servers"][0]["url"] = json!("https://elsewhere.example");
    let (printed, _) = checkout.generate(&changed);
    let lines = [
        "BREAKING altered server of all 9 operations",
        "BREAKING removed operation account_get: GET /account\n",
    ];
    assert_contains(&printed, &lines);
    assert_eq!(before, checkout.read(GENERATED));
}

#[test]
fn summary_shows_the_whole_change_since_the_last_commit_however_often_code_is_generated() {
    let checkout = Checkout::new();
    checkout.git(&["init", "--quiet"]);
    checkout.commit();
    checkout.edit(DESCRIPTION, |text| {
        text.replace("kitchen.example/v1", "kitchen.example/v2")
            .replacen("\"note\"", "\"remark\"", 1)
    });
    let lines = [
        "BREAKING altered server of all 10 operations: https://kitchen.example/v1 → https://kitchen.example/v2\n",
        "BREAKING renamed field OrderRequest.note → remark: Option<String>\n",
    ];
    for _ in 0..2 {
        assert_contains(&success(&checkout.codegen(&[])), &lines);
    }
    checkout.commit();
    let printed = success(&checkout.codegen(&[]));
    assert!(!printed.contains("BREAKING"), "{printed}");
    let printed = success(&checkout.codegen(&["--since", "HEAD~1"]));
    assert_contains(&printed, &lines);
    let given = ["--spec", DESCRIPTION, "--since", "HEAD~1"];
    assert_contains(&success(&checkout.codegen(&given)), &lines);
    let printed = failure(&checkout.codegen(&["--since", "nowhere"]));
    assert_contains(&printed, &["error: no openapi/replicate.json at nowhere"]);
}

#[test]
fn without_git_the_code_is_written_and_a_warning_says_that_changes_are_not_reported() {
    let checkout = Checkout::new();
    checkout.edit(DESCRIPTION, |text| {
        text.replacen("\"note\"", "\"remark\"", 1)
    });
    let printed = success(&checkout.codegen(&[]));
    assert_contains(
        &printed,
        &["warning: changes are not reported: no openapi/replicate.json at HEAD"],
    );
    assert_contains(&checkout.read(GENERATED), &["pub remark:"]);
}

#[test]
fn reference_to_nothing_is_reported_with_its_place_and_the_operation_is_generated() {
    let checkout = Checkout::new();
    let mut changed = checkout.description();
    remove(
        &mut changed["components"]["schemas"],
        "schemas_photo_response",
    );
    let (printed, code) = checkout.generate(&changed);
    let place = "#/paths/~1photos/post/responses/201/content/application~1json/schema";
    let reference = "#/components/schemas/schemas_photo_response";
    let lines = [
        &format!("{place}: the reference {reference} points at nothing"),
        "BREAKING altered response photos_create: Photo → ",
    ];
    assert_contains(&printed, &lines);
    assert_contains(&code, &["pub fn photos_create"]);
}

#[test]
fn byte_order_mark_is_ignored() {
    let checkout = Checkout::new();
    let text = checkout.read(DESCRIPTION);
    checkout.write("given.json", &format!("\u{feff}{text}"));
    let printed = success(&checkout.codegen(&["--spec", "given.json"]));
    assert_contains(&printed, &["given.json generates 10 operations"]);
    let printed = success(&checkout.run(&["spec", "merge", "given.json"]));
    assert_contains(&printed, &["has this structure already"]);
}

#[test]
fn nothing_is_written_if_nothing_can_be_generated() {
    let checkout = Checkout::new();
    for text in ["{", "[]", "{\"openapi\": \"3.1.0\", \"paths\": {}}"] {
        checkout.write("broken.json", text);
        let printed = failure(&checkout.codegen(&["--spec", "broken.json", "--out", "out"]));
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
    let printed = success(&checkout.run(&["spec", "merge", "newer.json"]));
    for place in ["summary", "description", "responses/204/description"] {
        let line = format!("undescribed  #/paths/~1pause/post/{place}\n");
        assert_contains(&printed, &[&line]);
    }
    assert!(!checkout.read(DESCRIPTION).contains("Not ours."));
    let printed = success(&checkout.codegen(&[]));
    assert_contains(&printed, &["written: 11 operations"]);
    assert_contains(&checkout.read(GENERATED), &["pub fn orders_pause"]);
}

/// Needs a folder with published descriptions; see CONTRIBUTING.
#[test]
#[ignore = "needs REPLICATE_REFERENCE"]
fn published_descriptions_generate_code_that_compiles() {
    let folder = std::env::var_os("REPLICATE_REFERENCE").expect("REPLICATE_REFERENCE is not set");
    let folder = Path::new(&folder).join("api");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let checkout = Checkout(tempfile::tempdir().unwrap());
    for file in [DESCRIPTION, OVERLAY, GENERATED] {
        checkout.write(
            file,
            &std::fs::read_to_string(workspace.join(file)).unwrap(),
        );
    }
    for (file, operations) in [("openapi-2026-03.json", 37), ("openapi-2025-02.json", 27)] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let (printed, code) = checkout.generate(&serde_json::from_str(&text).unwrap());
        assert_contains(&printed, &[&format!("{operations} operations")]);
        compiles(workspace, &code).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    let newest = folder.join("openapi-2026-03.json");
    let printed = success(&checkout.run(&["spec", "merge", newest.to_str().unwrap()]));
    assert_eq!(
        printed,
        "openapi/replicate.json has this structure already\n"
    );
}

/// Checks that the code compiles in the place of the crate's own.
fn compiles(workspace: &Path, code: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let to = |file: &str| folder.path().join(file);
    let crate_of_operations = workspace.join("replicate-api");
    let copied = Command::new("cp")
        .arg("-R")
        .arg(crate_of_operations)
        .arg(folder.path())
        .status();
    assert!(copied.unwrap().success());
    std::fs::copy(workspace.join("Cargo.lock"), to("Cargo.lock")).unwrap();
    // Its tests are not part of the crate.
    let manifest = std::fs::read_to_string(to("replicate-api/Cargo.toml")).unwrap();
    let manifest = manifest.split("[dev-dependencies]").next().unwrap();
    std::fs::write(to("replicate-api/Cargo.toml"), manifest).unwrap();
    std::fs::write(to(GENERATED), code).unwrap();
    let manifest = std::fs::read_to_string(workspace.join("Cargo.toml")).unwrap();
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
    let mut folders = target.ancestors();
    let target = folders.find(|folder| folder.ends_with("target")).unwrap();
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
    let success = output.status.success();
    success.then_some(()).ok_or_else(|| printed(&output))
}
