//! The description of every construct that the generator supports, and the code for it, which the
//! tests of the generated crate compile and call.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::document::{self, Notes};
use super::previous::Previous;
use super::{calls, generate, passes, write};

const DESCRIPTION: &str = "replicate-api/src/constructs/description.json";
const GENERATED: &str = "replicate-api/src/constructs/generated.rs";

/// Writes the code; with `check`, fails if it is out of date.
pub(super) fn update(root: &Path, check: bool) -> Result<()> {
    let source = root.join(DESCRIPTION);
    if !source.is_file() {
        return Ok(());
    }
    let bytes = document::read(&source.to_string_lossy())?;
    let code = code(&bytes)?;
    let path = root.join(GENERATED);
    if super::existing(&path)? == code {
        return Ok(());
    }
    if check {
        bail!("{GENERATED} is older than {DESCRIPTION}; run `cargo xtask codegen`");
    }
    super::write(&path, &code)
}

fn code(bytes: &[u8]) -> Result<String> {
    let document = document::parse(bytes, DESCRIPTION)?;
    let mut notes = Notes::default();
    let lowered = passes::apply(document, &Previous::default(), &mut notes)?;
    let calls = calls::collect(&lowered, &mut notes);
    notes.check(true).context(DESCRIPTION)?;
    let code = write::code(generate::types(&lowered)?, &calls, &lowered);
    Ok(format!(
        "// Written by `cargo xtask codegen` from {DESCRIPTION}.\n\n\
         #![allow(unused_imports, unused_mut, missing_docs, clippy::all)]\n\n{code}"
    ))
}
