//! What the summary of changes compares with.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::api_diff::Api;
use super::document;
use super::overlay::Overlay;
use super::{GENERATED, OVERLAY, SPECIFICATION};

/// The interface before the change, where it is known.
pub(super) struct Baseline {
    api: Option<Api>,
    warning: Option<String>,
}

impl Baseline {
    pub(super) fn none() -> Self {
        Self {
            api: None,
            warning: None,
        }
    }

    /// The files as they are in the checkout, where they can be read.
    pub(super) fn of_checkout(root: &Path) -> Self {
        let read = Self::read("the checkout", |file| {
            std::fs::read(root.join(file)).with_context(|| format!("cannot read {file}"))
        });
        read.unwrap_or_else(|error| Self {
            api: None,
            warning: Some(format!("changes are not reported: {error:#}")),
        })
    }

    /// The files as they were committed at this revision.
    pub(super) fn at_revision(root: &Path, revision: &str) -> Result<Self> {
        Self::read(revision, |file| committed(root, revision, file))
    }

    /// The files as they were last committed; without git, the code as it was before this run.
    pub(super) fn at_head(root: &Path, code: &str) -> Self {
        match Self::at_revision(root, "HEAD") {
            Ok(baseline) => baseline,
            Err(error) => {
                let warning = format!(
                    "compared with {GENERATED} only, without servers, security, deprecation and \
                     webhooks: {error:#}"
                );
                Self {
                    api: syn::parse_file(code).ok().map(|file| Api::new(&file, None)),
                    warning: Some(warning),
                }
            }
        }
    }

    fn read(name: &str, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let code = file(GENERATED)?;
        let code = syn::parse_file(&String::from_utf8_lossy(&code))
            .with_context(|| format!("cannot parse {GENERATED} of {name}"))?;
        let (description, warning) = match corrected(name, &file) {
            Ok(description) => (Some(description), None),
            Err(error) => (
                None,
                Some(format!("compared with the code only: {error:#}")),
            ),
        };
        Ok(Self {
            api: Some(Api::new(&code, description.as_ref())),
            warning,
        })
    }

    pub(super) fn api(&self) -> Option<&Api> {
        self.api.as_ref()
    }

    pub(super) fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }
}

fn corrected(name: &str, file: &impl Fn(&str) -> Result<Vec<u8>>) -> Result<Value> {
    let mut description =
        document::parse(&file(SPECIFICATION)?, &format!("{SPECIFICATION} of {name}"))?;
    Overlay::parse(&file(OVERLAY)?, &format!("{OVERLAY} of {name}"))?.apply(&mut description)?;
    Ok(description)
}

fn committed(root: &Path, revision: &str, file: &str) -> Result<Vec<u8>> {
    let output = Command::new("git")
        .arg("show")
        .arg(format!("{revision}:./{file}"))
        .current_dir(root)
        .output()
        .context("cannot run git")?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        let reason = reason.lines().next().unwrap_or_default();
        bail!("no {file} at {revision}: {reason}");
    }
    Ok(output.stdout)
}
