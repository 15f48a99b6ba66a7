//! The shape of the workspace: which crate depends on which, how long files are, which tests run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[path = "layout/imports.rs"]
mod imports;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The crates of this workspace that a crate depends on, tests aside.
fn dependencies(package: &str) -> BTreeSet<String> {
    let folder = if package == "replicate-tests" {
        "tests"
    } else {
        package
    };
    let manifest = root().join(folder).join("Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    let (_, section) = manifest.split_once("\n[dependencies]\n").unwrap();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section
        .lines()
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
        ("replicate-tests", &[]),
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
        .filter(|path| {
            !path
                .parent()
                .is_some_and(|folder| folder.ends_with("generated"))
        })
        .map(|path| (path, std::fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
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
