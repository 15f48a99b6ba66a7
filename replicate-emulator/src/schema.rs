//! The interface of a model as Cog describes it, and the validation of inputs.

use std::sync::OnceLock;

use jsonschema::{
    JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value, json};

use crate::{problem::InvalidField, schema_walk};

/// The interface of a version.
#[derive(Debug)]
pub(crate) struct Interface {
    /// `openapi_schema` as served.
    pub(crate) document: Value,
    /// Compiled at the first check, since most models of an emulator never run.
    input: OnceLock<Option<Validator>>,
    training: OnceLock<Option<Validator>>,
    defaults: Map<String, Value>,
    /// The output is a list that grows item by item.
    pub(crate) iterator: bool,
    /// Inputs that are not in the schema are ignored, as the API does for models on Cog.
    ignores_unknown: bool,
}

impl Interface {
    /// Reads a document with `components.schemas.Input` and `.Output`. An invalid schema accepts
    /// everything.
    pub(crate) fn new(document: Value) -> Self {
        let schemas = &document["components"]["schemas"];
        let defaults = schemas["Input"]["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone())))
            .filter(|(_, value)| !value.is_null())
            .collect();
        Self {
            input: OnceLock::new(),
            training: OnceLock::new(),
            defaults,
            iterator: schemas["Output"]["x-cog-array-type"] == "iterator",
            ignores_unknown: false,
            document,
        }
    }

    /// The interface in the document of a Cog server.
    pub(crate) fn from_cog(document: Value) -> Self {
        Self {
            ignores_unknown: true,
            ..Self::new(document)
        }
    }

    /// Whether an operation of a Cog server responds with server-sent events.
    pub(crate) fn streams_events(&self) -> bool {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        paths
            .filter_map(|(_, path)| path.as_object())
            .flat_map(|operations| operations.values())
            .any(|operation| operation["x-cog-streaming"] == true)
    }

    /// The input without what is ignored.
    pub(crate) fn known_inputs(&self, input: &Value) -> Value {
        let schema = &self.document["components"]["schemas"]["Input"];
        let properties = schema["properties"].as_object();
        let open =
            schema["additionalProperties"] == true || schema["additionalProperties"].is_object();
        match (input, properties) {
            (Value::Object(given), Some(known)) if self.ignores_unknown && !open => given
                .iter()
                .filter(|(name, _)| known.contains_key(*name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            _ => input.clone(),
        }
    }

    /// The interface of a model with these schemas.
    pub(crate) fn of(input: Value, output: Value, training: Option<Value>) -> Self {
        let mut schemas = json!({"Input": input, "Output": output});
        if let Some(training) = training {
            schemas["TrainingInput"] = training;
        }
        Self::new(json!({
            "openapi": "3.0.2",
            "info": {"title": "Cog", "version": "0.1.0"},
            "paths": {},
            "components": {"schemas": schemas},
        }))
    }

    /// Whether the output has files.
    pub(crate) fn gives_files(&self) -> bool {
        let output = &self.document["components"]["schemas"]["Output"];
        schema_walk::has_files(&self.document, output)
    }

    /// Compiles each schema. The error names the first invalid one, and why it is invalid.
    pub(crate) fn compile(&self) -> Result<(), (&'static str, String)> {
        for name in ["Input", "TrainingInput", "Output"] {
            validator(&self.document, name).map_err(|why| (name, why))?;
        }
        Ok(())
    }

    pub(crate) fn check(&self, input: &Value) -> Vec<InvalidField> {
        self.check_against(&self.input, "Input", &self.known_inputs(input))
    }

    pub(crate) fn check_training(&self, input: &Value) -> Vec<InvalidField> {
        self.check_against(&self.training, "TrainingInput", input)
    }

    /// The violations of the schema `name`. An input that cannot be checked in a limited number of
    /// steps is accepted.
    fn check_against(
        &self,
        made: &OnceLock<Option<Validator>>,
        name: &str,
        input: &Value,
    ) -> Vec<InvalidField> {
        let schema = &self.document["components"]["schemas"][name];
        if !schema_walk::can_check(&self.document, schema, input) {
            return Vec::new();
        }
        let validator = made.get_or_init(|| validator(&self.document, name).ok().flatten());
        validator
            .as_ref()
            .map_or_else(Vec::new, |v| invalid_fields(v, input, "input"))
    }

    /// The input with the schema's defaults where nothing was given.
    pub(crate) fn with_defaults(&self, input: Map<String, Value>) -> Map<String, Value> {
        let mut full = self.defaults.clone();
        full.extend(input);
        full
    }
}

/// The validator of the schema with this name, if there is one, or why the schema is invalid.
fn validator(document: &Value, name: &str) -> Result<Option<Validator>, String> {
    let Some(schema) = document["components"]["schemas"].get(name) else {
        return Ok(None);
    };
    if !schema_walk::can_check(document, schema, &Value::Null) {
        return Err("it refers to itself for the same value".to_owned());
    }
    let mut components = document["components"].clone();
    spell_out_nullable(&mut components);
    let schema = json!({
        "$ref": format!("#/components/schemas/{name}"),
        "components": components,
    });
    build(&schema).map(Some)
}

/// A validator that checks formats, `uri` among them.
pub(crate) fn body_validator(schema: &Value) -> Option<Validator> {
    build(schema).ok()
}

fn build(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .should_validate_formats(true)
        .with_format("uri", |text: &str| reqwest::Url::parse(text).is_ok())
        .build(schema)
        .map_err(|error| error.to_string())
}

/// OpenAPI 3.0 has `nullable: true` where JSON Schema has the type `null`.
fn spell_out_nullable(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(spell_out_nullable);
            if map.get("nullable") == Some(&Value::Bool(true)) {
                map.remove("nullable");
                let inner = Value::Object(std::mem::take(map));
                map.insert("anyOf".to_owned(), json!([inner, {"type": "null"}]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spell_out_nullable),
        _ => {}
    }
}

/// All violations in `value`, whose path begins with `root`.
pub(crate) fn invalid_fields(
    validator: &Validator,
    value: &Value,
    root: &str,
) -> Vec<InvalidField> {
    validator
        .iter_errors(value)
        .map(|error| invalid_field(&error, root))
        .collect()
}

fn invalid_field(error: &ValidationError<'_>, root: &str) -> InvalidField {
    let path = error.instance_path().as_str().replace('/', ".");
    let field = format!("{root}{path}").trim_start_matches('.').to_owned();
    let (rule, description) = match error.kind() {
        ValidationErrorKind::Required { property } => (
            "required",
            format!("{} is required", property.as_str().unwrap_or_default()),
        ),
        ValidationErrorKind::Type { kind } => (
            "invalid_type",
            format!(
                "Invalid type. Expected: {}, given: {}",
                expected_types(kind),
                type_of(error.instance())
            ),
        ),
        ValidationErrorKind::Minimum { limit } => (
            "number_gte",
            format!("Must be greater than or equal to {limit}"),
        ),
        ValidationErrorKind::Maximum { limit } => (
            "number_lte",
            format!("Must be less than or equal to {limit}"),
        ),
        ValidationErrorKind::Enum { options } => ("enum", format!("Must be one of {options}")),
        ValidationErrorKind::Format { format } => {
            ("format", format!("Does not match format '{format}'"))
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => (
            "additional_property_not_allowed",
            format!("Unknown: {}", unexpected.join(", ")),
        ),
        kind => (kind.keyword(), error.masked_with("The value").to_string()),
    };
    InvalidField {
        r#type: rule.to_owned(),
        field: if field.is_empty() {
            "(root)".to_owned()
        } else {
            field
        },
        description,
    }
}

fn expected_types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => {
            let names = several.iter().map(|one: JsonType| one.to_string());
            names.collect::<Vec<_>>().join(" or ")
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface() -> Interface {
        Interface::of(
            json!({
                "type": "object",
                "required": ["text"],
                "properties": {
                    "text": {"type": "string"},
                    "width": {"type": "integer", "minimum": 1, "default": 64},
                    "image": {"type": "string", "format": "uri"},
                    "seed": {"type": "integer", "nullable": true},
                },
            }),
            json!({"type": "string"}),
            None,
        )
    }

    fn rules(input: Value) -> Vec<(String, String)> {
        let fields = interface().check(&input);
        fields.into_iter().map(|f| (f.field, f.r#type)).collect()
    }

    #[test]
    fn each_violation_has_its_field_and_rule() {
        let pair = |field: &str, rule: &str| vec![(field.to_owned(), rule.to_owned())];
        assert_eq!(rules(json!({})), pair("input", "required"));
        assert_eq!(
            rules(json!({"text": 1})),
            pair("input.text", "invalid_type")
        );
        assert_eq!(
            rules(json!({"text": "a", "width": 0})),
            pair("input.width", "number_gte")
        );
        assert_eq!(
            rules(json!({"text": "a", "image": "no URL"})),
            pair("input.image", "format")
        );
        let good = json!({"text": "a", "seed": null, "image": "data:,x", "other": 1});
        assert_eq!(rules(good), []);
    }

    #[test]
    fn a_schema_is_compiled_at_its_first_check_and_once() {
        let interface = interface();
        assert!(interface.input.get().is_none());
        interface.check(&json!({}));
        let made = std::ptr::from_ref(interface.input.get().expect("made"));
        interface.check(&json!({}));
        let again = std::ptr::from_ref(interface.input.get().expect("made"));
        assert_eq!(made, again);
        assert!(interface.training.get().is_none());
    }

    #[test]
    fn a_schema_may_refer_to_itself_within_a_limited_number_of_steps() {
        let reference = json!({"$ref": "#/components/schemas/Input"});
        let array = json!({"type": "array", "items": reference});
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        let of = |input| Interface::of(input, json!({}), None);

        let recursive = of(array.clone());
        assert_eq!(recursive.compile(), Ok(()));
        assert_eq!(recursive.check(&deep).len(), 1, "the innermost is a number");

        // Both branches apply at every level: 2¹⁰⁰ steps.
        let wide = of(json!({"anyOf": [array, array]}));
        assert_eq!(wide.compile(), Ok(()));
        assert_eq!(wide.check(&json!(1)).len(), 1);
        assert_eq!(wide.check(&deep).len(), 0, "it is not checked");

        let endless = of(json!({"anyOf": [reference, reference]}));
        let why = "it refers to itself for the same value".to_owned();
        assert_eq!(endless.compile(), Err(("Input", why)));
        assert_eq!(endless.check(&json!({"text": 1})).len(), 0);
    }

    #[test]
    fn an_invalid_schema_accepts_everything() {
        let invalid = Interface::of(json!({"type": 7}), json!(null), None);
        assert!(invalid.check(&json!({"x": 1})).is_empty());
    }
}
