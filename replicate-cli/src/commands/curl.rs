//! A create as it is sent: its body, and a command for curl that works.

use std::time::Duration;

use replicate::ModelRef;
use serde_json::{Value, json};

use super::creation::ValidatedRequest;
use crate::error::{CliError, Result};
use crate::inputs::assemble::value_at;
use crate::inputs::files::{FileSlot, Source};
use crate::schema::read::Model;

/// Files up to this size are written into the request, larger ones are uploaded: 256 KiB.
const MAX_INLINE_BYTES: u64 = 256 * 1024;

const AUTHORIZATION: &str = "  -H \"Authorization: Bearer $REPLICATE_API_TOKEN\" \\";

pub(super) struct Options<'a> {
    /// The base URL, without a slash at its end.
    pub(super) base: &'a str,
    pub(super) model: &'a Model,
    pub(super) webhook: Option<&'a str>,
    pub(super) cancel_after: Option<Duration>,
}

pub(super) fn body(request: &ValidatedRequest, input: Value, options: &Options<'_>) -> Value {
    let mut body = json!({"input": input});
    let version = request.target.reference.version();
    if let Some(version) = version.or(options.model.latest_version.as_deref()) {
        body["version"] = version.into();
    }
    if let Some(url) = options.webhook {
        body["webhook"] = url.into();
    }
    body
}

/// A shell command that creates the prediction. The token and secret inputs are left as
/// variables.
pub(super) fn command(request: &ValidatedRequest, options: &Options<'_>) -> Result<String> {
    let path = match &request.target.reference {
        ModelRef::Model { owner, name } if options.model.latest_version.is_none() => {
            format!("/models/{owner}/{name}/predictions")
        }
        ModelRef::Deployment { owner, name } => {
            format!("/deployments/{owner}/{name}/predictions")
        }
        _ => "/predictions".to_owned(),
    };
    let mut script = Script::default();
    let mut input = request.assembled.input.clone();
    for secret in &request.assembled.secrets {
        let variable = secret.variable.clone().unwrap_or_else(|| {
            let name = secret.key.join("_").to_uppercase();
            let key = secret.key.join(".");
            script
                .lines
                .push(format!("# set {name} to the value of {key}"));
            name
        });
        if let Some(place) = value_at(&mut input, &secret.key, None) {
            *place = script.insert(format!("${{{variable}}}"));
        }
    }
    for slot in &request.assembled.files {
        let file = script.file(slot, options.base)?;
        if let Some(place) = value_at(&mut input, &slot.key, slot.index) {
            *place = file;
        }
    }
    let url = format!("{}{path}", options.base);
    script.create(&url, options, &body(request, input, options));
    Ok(script.lines.join("\n"))
}

#[derive(Default)]
struct Script {
    lines: Vec<String>,
    /// Expression that the shell substitutes for a marker in the body.
    inserted: Vec<String>,
}

impl Script {
    /// A value of the body that the shell fills in.
    fn insert(&mut self, expansion: String) -> Value {
        self.inserted.push(expansion);
        Value::String(marker(self.inserted.len() - 1))
    }

    /// The value of a file: a small one is written into the body, a larger one is uploaded first.
    fn file(&mut self, slot: &FileSlot, base: &str) -> Result<Value> {
        let Source::Path(path) = &slot.source else {
            return Err(CliError::usage(format!(
                "the content of `{}` came from a pipe, which a curl command cannot read again",
                slot.key.join(".")
            ))
            .hint("pass a file"));
        };
        let path = path.to_str().ok_or_else(|| {
            CliError::usage(format!("the file name `{}` is not UTF-8", path.display()))
        })?;
        let media_type = slot.source.media_type();
        let media_type = media_type.unwrap_or("application/octet-stream");
        let size = slot.source.size().map_err(CliError::usage)?;
        if size <= MAX_INLINE_BYTES {
            let encoded = format!("$(base64 < {} | tr -d '\\n')", quoted(path));
            return Ok(self.insert(format!("data:{media_type};base64,{encoded}")));
        }
        let variable = format!("file_{}", self.inserted.len() + 1);
        let url = quoted(&format!("{base}/files"));
        let path = path.replace('"', "\\\"");
        let field = quoted(&format!("content=@\"{path}\";type={media_type}"));
        self.lines.extend([
            format!("{variable}=$(curl -fsS {url} \\"),
            AUTHORIZATION.to_owned(),
            format!("  -F {field} \\"),
            "  | sed -n 's/.*\"get\": *\"\\([^\"]*\\)\".*/\\1/p')".to_owned(),
        ]);
        Ok(self.insert(format!("${{{variable}}}")))
    }

    fn create(&mut self, url: &str, options: &Options<'_>, body: &Value) {
        self.lines.extend([
            format!("curl -X POST {} \\", quoted(url)),
            AUTHORIZATION.to_owned(),
            "  -H 'Content-Type: application/json' \\".to_owned(),
        ]);
        let seconds = options.cancel_after.map(|time| time.as_secs_f64().ceil());
        let header = seconds.map(|seconds| format!("  -H 'Cancel-After: {seconds}s' \\"));
        self.lines.extend(header);
        let body = body.to_string();
        if self.inserted.is_empty() {
            self.lines.push(format!("  -d {}", quoted(&body)));
            return;
        }
        // The shell fills a document in, however long it becomes.
        let mut document = body
            .replace('\\', "\\\\")
            .replace('$', "\\$")
            .replace('`', "\\`");
        for (index, expansion) in self.inserted.iter().enumerate() {
            document = document.replace(&marker(index), expansion);
        }
        let document = format!("  --data-binary @- <<INPUT\n{document}\nINPUT");
        self.lines.push(document);
    }
}

/// A text that no input has.
fn marker(index: usize) -> String {
    format!("\u{e000}{index}\u{e001}")
}

/// The text as one word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
