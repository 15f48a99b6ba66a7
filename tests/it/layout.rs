//! The shape of the workspace: which crate depends on which, how long files are, which tests run.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::{root, rust_files};

mod imports;

/// The crates of this workspace that the crate in a folder depends on, tests aside.
fn dependencies(package: &str) -> BTreeSet<String> {
    let manifest = root().join(package).join("Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    let (_, section) = manifest.split_once("\n[dependencies]\n").unwrap();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section
        .split('\n')
        .filter_map(|line| line.split(['.', ' ', '=']).next());
    let own = names.filter(|name| name.starts_with("replicate"));
    own.map(str::to_owned).collect()
}

#[test]
fn crates_depend_on_lower_ones_only() {
    for (package, allowed) in [
        ("replicate-api", [].as_slice()),
        ("replicate", &["replicate-api"]),
        ("replicate-emulator", &[]),
        ("replicate-cli", &["replicate", "replicate-emulator"]),
        ("tests", &[]),
    ] {
        let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
        assert_eq!(dependencies(package), allowed, "{package}");
    }
}

/// A circle of files cannot be read one after the other, nor changed one without the others.
#[test]
fn no_circle_of_imports_grows() {
    for (source, limit) in [
        ("replicate-api/src/lib.rs", 5),
        ("replicate/src/lib.rs", 5),
        ("replicate-emulator/src/lib.rs", 5),
        ("replicate-cli/src/main.rs", 3),
        ("xtask/src/main.rs", 5),
    ] {
        let circles = imports::Crate::read(&root().join(source)).circles(limit);
        assert!(circles.is_empty(), "{source}: {circles:#?}");
    }
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let files = rust_files("");
    assert!(files.len() > 50, "{files:?}");
    let is_generated = |path: &PathBuf| {
        path.iter()
            .any(|part| part.to_string_lossy().starts_with("generated"))
    };
    let long: Vec<String> = files
        .iter()
        .filter(|path| !is_generated(path))
        .map(|path| (path, std::fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// A file of tests that `main.rs` does not name is not compiled, and nothing says so.
#[test]
fn each_test_file_is_a_module_of_its_binary() {
    for folder in ["replicate-api/tests/it", "tests/faults", "tests/it"] {
        let main = root().join(folder).join("main.rs");
        let main = std::fs::read_to_string(main).unwrap();
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let listed = main.contains(&format!("mod {name};"));
            assert!(
                listed || path.is_dir() || name == "main",
                "{folder}: {name}"
            );
        }
    }
}
