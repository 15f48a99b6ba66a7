//! Compares a caller's own types with a model's schema.

use std::fmt;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Number, Value};

use super::{
    Input, ModelSchema, SchemaError, ValueKind, ValueSchema, VersionSchema, read, suggest,
};

const CHOICES_LISTED: usize = 10;

/// Something that a model would refuse in an input of a type, or that a type could not read of a
/// model's output.
///
/// `Display` writes a sentence: ``input `width`: the model has no such input``.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    side: &'static str,
    path: String,
    reason: String,
}

impl Mismatch {
    /// The place, such as `layers[].name`; empty for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it is about the input; else it is about the output.
    pub fn is_input(&self) -> bool {
        self.side == INPUT
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "{}: {}", self.side, self.reason),
            path => write!(
                f,
                "{} `{}`: {}",
                self.side,
                crate::escape::escape(path),
                self.reason
            ),
        }
    }
}

const INPUT: &str = "input";
const OUTPUT: &str = "output";

/// Compares the caller's types with a version: `I` as it is serialized, `O` as it is read by
/// [`Output::json`](crate::Output::json). Lists what the model would refuse or `O` could not
/// read; empty if nothing is known to be wrong.
///
/// It reports a field that the model does not have, a required one that the type does not have
/// or may leave out, a type that does not fit, choices that the other does not know, and limits
/// of the type's own (`#[schemars(range(max = 10000))]`) that exceed the model's. A text field
/// fits an input with choices, and an integer one with a range: their values are only known when
/// they are sent ([`Run::validated`](crate::Run::validated)).
///
/// Needs the features `schema` and `schemars`.
///
/// ```
/// use replicate::schema::check;
/// use replicate::{FileOutput, types::Version};
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Serialize, JsonSchema)]
/// struct Input {
///     prompt: String,
///     size: f64,
/// }
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Picture {
///     image: FileOutput,
/// }
///
/// # let version: Version = serde_json::from_value(json!({
/// #     "id": "v",
/// #     "openapi_schema": { "components": { "schemas": {
/// #         "Input": { "properties": {
/// #             "prompt": { "type": "string" }, "size": { "type": "integer" },
/// #         } },
/// #         "Output": { "properties": { "image": { "type": "string", "format": "uri" } } },
/// #     } } },
/// # })).unwrap();
/// let mismatches = check::<Input, Picture>(&version)?;
/// let lines: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
/// assert_eq!(
///     lines,
///     [
///         "input `size`: the model takes an integer, the type has a number",
///         "output `image`: the model may leave it out, the type requires it",
///     ]
/// );
/// # Ok::<(), replicate::schema::SchemaError>(())
/// ```
///
/// # Errors
/// [`SchemaError`] if the version has no schema, or it cannot be read, or that of a type cannot.
pub fn check<I: JsonSchema, O: JsonSchema>(
    version: &impl VersionSchema,
) -> Result<Vec<Mismatch>, SchemaError> {
    match version.schema()? {
        Some(schema) => schema.check::<I, O>(),
        None => Err(SchemaError::new(
            "components.schemas.Input",
            "there is none",
        )),
    }
}

impl ModelSchema {
    /// Compares the caller's types with this schema, as [`check`] does.
    ///
    /// # Errors
    /// [`SchemaError`] if the schema of a type cannot be read.
    pub fn check<I: JsonSchema, O: JsonSchema>(&self) -> Result<Vec<Mismatch>, SchemaError> {
        let serialized = SchemaSettings::draft2020_12().for_serialize();
        let serialized = serialized.into_generator().into_root_schema_for::<I>();
        let read = SchemaSettings::draft2020_12().for_deserialize();
        let read = read.into_generator().into_root_schema_for::<O>();
        let (input, output) = (serialized.to_value(), read.to_value());
        let mut sent = Comparison::of(INPUT);
        sent.input(self, &read::value(&input)?);
        let mut returned = Comparison::of(OUTPUT);
        let model = self.output().schema();
        returned.value("", model, model.is_nullable(), &read::value(&output)?);
        Ok([sent.found, returned.found].concat())
    }
}

/// Finds values of one schema that another does not accept.
struct Comparison {
    side: &'static str,
    found: Vec<Mismatch>,
}

impl Comparison {
    fn of(side: &'static str) -> Self {
        let found = Vec::new();
        Self { side, found }
    }

    fn report(&mut self, path: &str, reason: impl Into<String>) {
        self.found.push(Mismatch {
            side: self.side,
            path: path.to_owned(),
            reason: reason.into(),
        });
    }

    /// A sentence about what the taker accepts and the giver has.
    fn differs(&mut self, path: &str, taken: &str, given: &str) {
        let (taken, given) = (crate::escape::escape(taken), crate::escape::escape(given));
        let sentence = match self.side {
            INPUT => format!("the model takes {taken}, the type has {given}"),
            _ => format!("the model returns {given}, the type takes {taken}"),
        };
        self.report(path, sentence);
    }

    fn input(&mut self, model: &ModelSchema, own: &ValueSchema) {
        // Of a map, or of any JSON, nothing is known before it is sent.
        if own.fields().is_empty() && matches!(own.kind(), ValueKind::Any | ValueKind::Object) {
            return;
        }
        if own.kind() != ValueKind::Object {
            return self.differs("", "an object", &own.to_string());
        }
        for input in model.inputs() {
            match own.field(input.key()) {
                None if input.is_required() => {
                    self.report(
                        input.key(),
                        "the model requires it, the type does not have it",
                    );
                }
                None => {}
                Some(field) => self.field(input.key(), field, input),
            }
        }
        for field in own.fields() {
            if model.input(field.key()).is_none() && !model.accepts_unknown_inputs() {
                let meant = suggest::nearest(field.key(), model.keys());
                let meant = meant.map(|key| format!("; did you mean `{key}`?"));
                let reason = "the model has no such input".to_owned() + &meant.unwrap_or_default();
                self.report(field.key(), reason);
            }
        }
    }

    fn field(&mut self, path: &str, given: &Input, taken: &Input) {
        if taken.is_required() && !given.is_required() {
            let reason = match self.side {
                INPUT => "the model requires it, the type may leave it out",
                _ => "the model may leave it out, the type requires it",
            };
            self.report(path, reason);
        }
        // A field of a type that is left out is an `Option`, and left out if it is `None`.
        let is_left_out = self.side == INPUT && !given.is_required();
        let may_be_null =
            given.schema().is_nullable() && !taken.schema().is_nullable() && !is_left_out;
        self.value(path, given.schema(), may_be_null, taken.schema());
    }

    fn value(&mut self, path: &str, given: &ValueSchema, may_be_null: bool, taken: &ValueSchema) {
        if may_be_null && !taken.is_nullable() && taken.kind() != ValueKind::Any {
            let reason = match self.side {
                INPUT => "the model does not take null, the type may have it",
                _ => "the model may return null, the type does not take it",
            };
            self.report(path, reason);
        }
        if given.kind() == ValueKind::Any || taken.kind() == ValueKind::Any {
            return;
        }
        if let (Some(given), Some(taken)) = (choices(given), choices(taken)) {
            let unknown: Vec<&Value> = given
                .iter()
                .filter(|it| !taken.contains(it))
                .copied()
                .collect();
            if !unknown.is_empty() {
                self.differs(path, &listed(&taken), &listed(&unknown));
            }
            return;
        }
        if given.kind() == ValueKind::Union {
            for alternative in given.alternatives() {
                self.value(path, alternative, alternative.is_nullable(), taken);
            }
            return;
        }
        if taken.kind() == ValueKind::Union && choices(taken).is_none() {
            let fits = taken.alternatives().iter().any(|one| {
                let mut comparison = Self::of(self.side);
                comparison.value(path, given, false, one);
                comparison.found.is_empty()
            });
            if !fits {
                self.differs(path, &named(taken), &named(given));
            }
            return;
        }
        match (given.kind(), taken.kind()) {
            (ValueKind::Integer, ValueKind::Number) => self.limits(path, given, taken),
            (ValueKind::File, ValueKind::Text) => {}
            // A text may be a URL. What a model returns as text is not a file.
            (ValueKind::Text, ValueKind::File) if self.side == INPUT => {}
            (ValueKind::List, ValueKind::List) => {
                self.limits(path, given, taken);
                if let (Some(given), Some(taken)) = (given.items(), taken.items()) {
                    self.value(&format!("{path}[]"), given, given.is_nullable(), taken);
                }
            }
            (ValueKind::Object, ValueKind::Object) => self.object(path, given, taken),
            (given_kind, taken_kind) if given_kind == taken_kind => {
                if self.side == OUTPUT && choices(given).is_none() && choices(taken).is_some() {
                    let any = format!("any {}", given.type_name());
                    return self.differs(path, &named(taken), &any);
                }
                self.limits(path, given, taken);
            }
            _ => self.differs(path, &named(taken), &named(given)),
        }
    }

    fn object(&mut self, path: &str, given: &ValueSchema, taken: &ValueSchema) {
        if given.fields().is_empty() || taken.fields().is_empty() {
            return;
        }
        let place = |key: &str| match path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        for field in taken.fields() {
            match given.field(field.key()) {
                Some(one) => self.field(&place(field.key()), one, field),
                None if field.is_required() => {
                    let reason = match self.side {
                        INPUT => "the model requires it, the type does not have it",
                        _ => "the type requires it, the model does not return it",
                    };
                    self.report(&place(field.key()), reason);
                }
                None => {}
            }
        }
        for field in given.fields().iter().filter(|_| taken.is_closed) {
            if taken.field(field.key()).is_none() {
                let reason = match self.side {
                    INPUT => "the model does not have it",
                    _ => "the type does not have it, and denies unknown fields",
                };
                self.report(&place(field.key()), reason);
            }
        }
    }

    /// Compares limits: those of the given side only where they are its own, and not those of an
    /// integer's size. A value that the model does not limit is not reported.
    fn limits(&mut self, path: &str, given: &ValueSchema, taken: &ValueSchema) {
        if self.side == OUTPUT {
            return;
        }
        let number = |number: Option<&Number>| number.and_then(Number::as_f64);
        let (least, most) = natural_range(given.format());
        let (given_min, given_max) = (number(given.minimum()), number(given.maximum()));
        let (taken_min, taken_max) = (number(taken.minimum()), number(taken.maximum()));
        if exceeds(taken_min, given_min.filter(|own| Some(*own) != least))
            || exceeds(given_max.filter(|own| Some(*own) != most), taken_max)
            || exceeds(given_min, taken_max)
            || exceeds(taken_min, given_max)
            || exceeds(given.max_length(), taken.max_length())
            || exceeds(taken.min_length(), given.min_length())
        {
            let range = |schema: &ValueSchema| schema.range().unwrap_or_else(|| "any".to_owned());
            self.differs(path, &range(taken), &range(given));
        }
    }
}

/// Whether a limit is greater than another, if there are both.
fn exceeds<T: PartialOrd>(one: Option<T>, other: Option<T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one > other)
}

/// The limits that schemars writes of an integer's type.
fn natural_range(format: Option<&str>) -> (Option<f64>, Option<f64>) {
    match format {
        Some("uint8") => (Some(0.0), Some(255.0)),
        Some("uint16") => (Some(0.0), Some(65_535.0)),
        Some("uint" | "uint32" | "uint64" | "uint128") => (Some(0.0), None),
        Some("int8") => (Some(-128.0), Some(127.0)),
        Some("int16") => (Some(-32_768.0), Some(32_767.0)),
        _ => (None, None),
    }
}

/// The choices of a schema, also where each is an alternative of its own.
fn choices(schema: &ValueSchema) -> Option<Vec<&Value>> {
    if !schema.choices().is_empty() {
        return Some(schema.choices().iter().collect());
    }
    if schema.kind() != ValueKind::Union {
        return None;
    }
    let alternatives = schema.alternatives().iter().map(choices);
    let all: Vec<Vec<&Value>> = alternatives.collect::<Option<_>>()?;
    Some(all.into_iter().flatten().collect())
}

fn listed(choices: &[&Value]) -> String {
    let shown = choices.iter().take(CHOICES_LISTED).map(ToString::to_string);
    let mut shown = shown.collect::<Vec<_>>().join(", ");
    if choices.len() > CHOICES_LISTED {
        shown.push_str(&format!(" and {} more", choices.len() - CHOICES_LISTED));
    }
    shown
}

/// A type with its article, or its choices.
fn named(schema: &ValueSchema) -> String {
    match choices(schema) {
        Some(choices) => format!("one of {}", listed(&choices)),
        None => schema.type_with_article(),
    }
}

#[cfg(test)]
mod tests;
