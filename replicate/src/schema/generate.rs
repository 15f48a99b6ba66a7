//! Writes a model's types as Rust source.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Input, ModelSchema, OutputKind};
use crate::error::{Error, ErrorKind, Result};

mod docs;
mod names;
#[cfg(test)]
mod tests;
mod types;
mod write;

/// Options of the generated source.
///
/// ```
/// use replicate::schema::GenerateOptions;
///
/// let options = GenerateOptions::new("acme/app").version("5c7d5dc6");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerateOptions {
    model: String,
    version: Option<String>,
}

impl GenerateOptions {
    /// For the model `owner/name`; its latest version is run.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            version: None,
        }
    }

    /// Runs this version of the model, which keeps its schema forever.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    fn reference(&self) -> String {
        match &self.version {
            Some(version) => format!("{}:{version}", self.model),
            None => self.model.clone(),
        }
    }
}

/// The line before the inputs of a summary, and the beginning of the line after them.
const INPUTS: &str = "// Inputs:";
const OUTPUT: &str = "// Output: ";

/// Writes Rust source for a model: `Input` with its defaults and a method to set each field, an
/// enum for each list of choices, `Output`, and a function `run`.
///
/// The source is a module of its own, formatted, and the same for the same schema. It needs the
/// crates `replicate` (with its feature `files` if the model takes files), `serde` (with
/// `derive`) and `serde_json`.
///
/// - A required input is an argument of `Input::new`. One with a default has that value; any
///   other is an `Option`, and not sent if it is `None`.
/// - A file is a [`FileInput`](crate::FileInput) in the input and a
///   [`FileOutput`](crate::FileOutput) in the output; a secret is a
///   [`Secret`](crate::Secret).
/// - A name that is a keyword of Rust, begins with a digit, is not ASCII, or is taken, is
///   changed in Rust only; the key that is sent is not.
///
/// The command `replicate models types owner/name` writes the same.
///
/// ```
/// use replicate::schema::{GenerateOptions, ModelSchema, generate};
/// use serde_json::json;
///
/// let document = json!({ "components": { "schemas": {
///     "Input": { "required": ["prompt"], "properties": { "prompt": { "type": "string" } } },
///     "Output": { "type": "string", "format": "uri" },
/// } } });
/// let schema = ModelSchema::new(document)?.unwrap();
/// let source = generate(&schema, &GenerateOptions::new("acme/app"))?;
/// assert!(source.contains("pub fn new(prompt: impl Into<String>) -> Self"));
/// assert!(source.contains("pub type Output = ::replicate::FileOutput;"));
/// # Ok::<(), replicate::Error>(())
/// ```
///
/// # Errors
/// [`InvalidRequest`](ErrorKind::InvalidRequest) if the model's name or version has a line break
/// in it; [`Other`](ErrorKind::Other) if the source that was written is not valid Rust.
pub fn generate(schema: &ModelSchema, options: &GenerateOptions) -> Result<String> {
    let reference = options.reference();
    if reference.contains(char::is_control) {
        return Err(Error::invalid(
            "invalid model: it contains a control character",
        ));
    }
    let tokens = tokens(schema, options);
    let file = syn::parse2(tokens).map_err(|error| {
        let message = format!("could not write the types of {reference}: {error}");
        Error::new(ErrorKind::Other, message)
    })?;
    let header = header(schema, options);
    Ok(format!(
        "{header}\n{}",
        spaced(&prettyplease::unparse(&file))
    ))
}

/// The source with an empty line after each item and each method.
fn spaced(source: &str) -> String {
    let mut spaced = String::with_capacity(source.len());
    let mut previous = "";
    for line in source.lines() {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let ends = match previous.trim_start() {
            "}" => indent(previous) <= 4,
            ended => indent(previous) == 0 && ended.ends_with(';'),
        };
        if ends && line.trim_start() != "}" && indent(line) == indent(previous) {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        previous = line;
    }
    spaced
}

fn header(schema: &ModelSchema, options: &GenerateOptions) -> String {
    let reference = options.reference();
    let lines = summary(schema).join("\n");
    format!(
        "\
// Types of the model {reference}.
//
// Written by `replicate models types {reference}`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
{lines}
"
    )
}

/// Summary of what the generated types depend on, a line for each input and one for the output.
fn summary(schema: &ModelSchema) -> Vec<String> {
    let mut lines = vec![INPUTS.to_owned()];
    let inputs = schema.inputs().iter();
    lines.extend(inputs.map(|input| format!("// - {}", docs::summary(input))));
    let output = schema.output();
    let kind = match output.kind() {
        OutputKind::StreamedText => "text, streamed".to_owned(),
        _ => docs::shape(output.schema()),
    };
    lines.push(format!("{OUTPUT}{}", docs::plain(&kind)));
    lines
}

/// Returns the changes of a model since a source was generated for it, a sentence each;
/// empty if the source is what [`generate`] writes now.
///
/// ```
/// # use replicate::schema::{GenerateOptions, ModelSchema, changes, generate};
/// # use serde_json::json;
/// # let schema = |input| {
/// #     let document = json!({ "components": { "schemas": { "Input": input } } });
/// #     ModelSchema::new(document).map(Option::unwrap)
/// # };
/// let old = schema(json!({ "properties": { "seed": { "type": "integer" } } }))?;
/// let new = schema(json!({ "properties": { "seed": { "type": "string" } } }))?;
/// let options = GenerateOptions::new("acme/app");
/// let source = generate(&old, &options)?;
/// assert!(changes(&source, &old, &options)?.is_empty());
/// let changes = changes(&source, &new, &options)?;
/// assert_eq!(changes, ["the input `seed` was `integer`, and is `text`"]);
/// # Ok::<(), replicate::Error>(())
/// ```
///
/// # Errors
/// The errors of [`generate`].
pub fn changes(
    source: &str,
    schema: &ModelSchema,
    options: &GenerateOptions,
) -> Result<Vec<String>> {
    let source = source.replace("\r\n", "\n");
    let generated = generate(schema, options)?;
    if source == generated {
        return Ok(Vec::new());
    }
    let (old, new) = (Summary::of(&source), Summary::of(&generated));
    let mut changes = Vec::new();
    if old.model != new.model {
        changes.push(format!(
            "the model was `{}`, and is `{}`",
            old.model, new.model
        ));
    }
    for (key, was) in &old.inputs {
        match new.inputs.iter().find(|(known, _)| known == key) {
            None => changes.push(format!("the input `{key}` was removed")),
            Some((_, is)) if is != was => {
                changes.push(format!("the input `{key}` was `{was}`, and is `{is}`"));
            }
            Some(_) => {}
        }
    }
    for (key, is) in &new.inputs {
        if !old.inputs.iter().any(|(known, _)| known == key) {
            changes.push(format!("the input `{key}` was added: {is}"));
        }
    }
    if old.output != new.output {
        changes.push(format!(
            "the output was `{}`, and is `{}`",
            old.output, new.output
        ));
    }
    if changes.is_empty() {
        changes.push("only descriptions, or the code around the types, have changed".to_owned());
    }
    Ok(changes)
}

/// The parsed header of a generated source.
struct Summary<'a> {
    model: &'a str,
    inputs: Vec<(&'a str, &'a str)>,
    output: &'a str,
}

impl<'a> Summary<'a> {
    fn of(source: &'a str) -> Self {
        let find = |prefix: &str| source.lines().find_map(|line| line.strip_prefix(prefix));
        let model = find("// Types of the model ").unwrap_or("not known");
        let inputs = source.lines().skip_while(|line| *line != INPUTS).skip(1);
        let inputs = inputs.map_while(|line| line.strip_prefix("// - "));
        Self {
            model: model.trim_end_matches('.'),
            inputs: inputs.filter_map(|line| line.split_once(": ")).collect(),
            output: find(OUTPUT).unwrap_or("not known"),
        }
    }
}

fn tokens(schema: &ModelSchema, options: &GenerateOptions) -> TokenStream {
    let reference = options.reference();
    let constant_doc = match &options.version {
        Some(_) => "The model and the version that [`run`] runs.",
        None => "The model that [`run`] runs, by its latest version.",
    };
    let mut writer = write::Writer::default();
    let input = writer.input(schema);
    let output = writer.output(schema);
    let call = match schema.output().kind() {
        OutputKind::Text | OutputKind::StreamedText if !schema.output().schema().is_nullable() => {
            quote!(text)
        }
        _ => quote!(json),
    };
    let items = writer.items();
    let run_doc = "Runs the model and returns its output: creates one prediction, which may be \
                   billed, and waits until it is done.";
    let docs = docs::attributes([run_doc, "", "# Errors", "The errors of `replicate::Run`."]);
    let constant_docs = docs::attributes([constant_doc]);
    quote! {
        #constant_docs
        #[allow(dead_code)]
        pub const MODEL: &str = #reference;

        #input
        #output
        #items

        #docs
        #[allow(dead_code)]
        pub async fn run(
            client: &::replicate::Client,
            input: &Input,
        ) -> ::replicate::Result<Output> {
            client.run(MODEL).input(input).#call().await
        }
    }
}

/// Whether an optional input gets the schema's default: one that is valid, and can be written.
fn has_default(schema: &ModelSchema, input: &Input) -> bool {
    let Some(default) = input.schema().default_value() else {
        return false;
    };
    let fits = schema.fits(input, default);
    fits && !input.is_required() && !input.schema().is_deprecated()
}
