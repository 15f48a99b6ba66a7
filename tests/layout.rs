//! The workspace keeps its shape: who knows whom, how long files are, which tests run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[path = "layout/imports.rs"]
mod imports;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn metadata(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Which of our own crates each knows, tests aside.
fn known(package: &str) -> BTreeSet<String> {
    let metadata = metadata(&["--no-deps"]);
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|p| p["name"] == package).unwrap();
    let dependencies = package["dependencies"].as_array().unwrap();
    dependencies
        .iter()
        .filter(|dependency| !dependency["path"].is_null() && dependency["kind"].is_null())
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn nothing_points_up() {
    for (package, allowed) in [
        ("replicate-api", [].as_slice()),
        ("replicate", &["replicate-api"]),
        ("replicate-emulator", &[]),
        ("replicate-cli", &["replicate", "replicate-emulator"]),
        ("replicate-tests", &[]),
    ] {
        let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
        let known = known(package);
        assert!(known.is_subset(&allowed), "{package} knows {known:?}");
    }
}

/// A circle of files cannot be read one after the other, nor changed one without the others.
#[test]
fn no_circle_of_imports_has_more_than_five_files() {
    for source in [
        "replicate-api/src/lib.rs",
        "replicate/src/lib.rs",
        "replicate-emulator/src/lib.rs",
        "replicate-cli/src/main.rs",
        "xtask/src/main.rs",
    ] {
        let circles = imports::Crate::read(&root().join(source)).circles(5);
        if std::env::var("EDGES").is_ok() { eprintln!("{source}: {circles:#?}"); continue; }
        assert!(circles.is_empty(), "{source}: {circles:#?}");
    }
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') && name != "node_modules" {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let mut found = Vec::new();
    files(root(), "rs", &mut found);
    assert!(found.len() > 50, "{found:?}");
    let long: Vec<String> = found
        .iter()
        .filter(|path| !path.ends_with("generated.rs"))
        .map(|path| (path, std::fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_crate_forbids_unsafe_code() {
    let metadata = metadata(&["--no-deps"]);
    let mut roots = 0;
    for package in metadata["packages"].as_array().unwrap() {
        for target in package["targets"].as_array().unwrap() {
            let kind = target["kind"][0].as_str().unwrap();
            if kind == "lib" || kind == "bin" {
                let path = target["src_path"].as_str().unwrap();
                let code = std::fs::read_to_string(path).unwrap();
                assert!(code.contains("#![forbid(unsafe_code)]"), "{path}");
                roots += 1;
            }
        }
    }
    assert!(roots >= 6, "{roots}");
}

fn minor(version: &str) -> u32 {
    version
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse().ok())
        .unwrap_or_default()
}

#[test]
fn no_dependency_needs_a_newer_rust_than_ours_is_said_to_need() {
    let metadata = metadata(&[]);
    let packages = metadata["packages"].as_array().unwrap();
    let version = |package: &Value| package["rust_version"].as_str().map(minor);
    let own = packages
        .iter()
        .find(|package| package["name"] == "replicate")
        .unwrap();
    let newer: Vec<String> = packages
        .iter()
        .filter(|package| version(package) > version(own))
        .map(|package| format!("{} needs {}", package["name"], package["rust_version"]))
        .collect();
    assert!(packages.len() > 100);
    assert!(newer.is_empty(), "{}", newer.join("\n"));
}

#[test]
fn each_test_file_of_this_package_is_listed_and_there_are_ten_at_most() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if name.ends_with(".rs") {
            count += 1;
            assert!(
                manifest.contains(&format!("path = \"{name}\"")),
                "{name} is not listed"
            );
        }
    }
    assert!((1..=10).contains(&count), "{count} test files");
}
