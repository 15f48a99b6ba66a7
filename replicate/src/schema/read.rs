//! Reads an OpenAPI document, which is not trusted: references are followed once on each path,
//! and the number of steps is limited.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::{Input, OutputSchema, SchemaError, ValueKind, ValueSchema};

/// Maximum number of schemas, choices and defaults, each piece of one counted.
const MAX_STEPS: usize = 100_000;

const MAX_DEPTH: usize = 64;

/// Length of a text of the schema that counts as one step.
const STEP_LENGTH: usize = 1024;

type Result<T, E = SchemaError> = std::result::Result<T, E>;

/// Reads the input and the output of a version's document; `None` if it does not describe an
/// input.
pub(super) fn document(document: &Value) -> Result<Option<(ValueSchema, OutputSchema)>> {
    let named = |name: &str| {
        let schemas = document.get("components")?.get("schemas")?;
        schemas.get(name).filter(|schema| !schema.is_null())
    };
    let Some(input) = named("Input") else {
        return Ok(None);
    };
    let place = Place::root("components.schemas.Input");
    let mut reader = Reader::new(document);
    let input = reader.value(input, place)?;
    if !matches!(input.kind, ValueKind::Object | ValueKind::Any) {
        return Err(place.error(format!("expected an object, found {}", input.type_name())));
    }
    let output = match named("Output") {
        Some(output) => reader.output(output, Place::root("components.schemas.Output"))?,
        None => OutputSchema::default(),
    };
    Ok(Some((input, output)))
}

/// Reads the schema of one value, with the definitions that it refers to.
#[cfg(feature = "schemars")]
pub(super) fn value(root: &Value) -> Result<ValueSchema> {
    Reader::new(root).value(root, Place::root("#"))
}

fn target<'d>(root: &'d Value, reference: &str) -> Option<&'d Value> {
    let pointer = reference.strip_prefix('#')?;
    let decoded = percent_encoding::percent_decode_str(pointer).decode_utf8();
    root.pointer(&decoded.ok()?)
}

#[derive(Clone, Copy)]
struct Place<'p> {
    path: &'p str,
    /// How many schemas it is inside of.
    depth: usize,
}

impl<'p> Place<'p> {
    fn root(path: &'p str) -> Self {
        Self { path, depth: 0 }
    }

    fn inside(self, path: &'p str) -> Self {
        let depth = self.depth + 1;
        Self { path, depth }
    }

    fn error(self, reason: impl Into<String>) -> SchemaError {
        SchemaError::new(self.path, reason)
    }
}

/// The keywords of a schema, and those of the schemas that it refers to.
type Keywords<'d> = BTreeMap<&'d str, &'d Value>;

#[derive(Default)]
struct Merged<'d> {
    keywords: Keywords<'d>,
    properties: BTreeMap<&'d str, &'d Value>,
    required: Vec<&'d str>,
    nullable: bool,
}

/// Result of collecting the keywords of a schema.
enum Outcome {
    Merged,
    /// It leads to a schema that it is a part of, and has no end.
    Recursive,
}

struct Reader<'d> {
    root: &'d Value,
    steps: usize,
    /// The references that lead to the present schema.
    references: Vec<&'d str>,
}

impl<'d> Reader<'d> {
    fn new(root: &'d Value) -> Self {
        Self {
            root,
            steps: 0,
            references: Vec::new(),
        }
    }

    fn count(&mut self, steps: usize, place: Place<'_>) -> Result<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS {
            return Err(place.error("the schema is too large"));
        }
        Ok(())
    }

    fn value(&mut self, schema: &'d Value, place: Place<'_>) -> Result<ValueSchema> {
        let outer = self.references.len();
        let mut merged = Merged::default();
        let value = match self.merge(schema, &mut merged, outer, place)? {
            Outcome::Merged => self.build(&merged, place)?,
            Outcome::Recursive => ValueSchema::default(),
        };
        self.references.truncate(outer);
        Ok(value)
    }

    fn output(&mut self, schema: &'d Value, place: Place<'_>) -> Result<OutputSchema> {
        let mut merged = Merged::default();
        self.merge(schema, &mut merged, 0, place)?;
        self.references.clear();
        let says = |keyword, value| merged.keywords.get(keyword).is_some_and(|it| *it == value);
        Ok(OutputSchema {
            is_iterator: says("x-cog-array-type", "iterator"),
            is_joined: says("x-cog-array-display", "concatenate"),
            schema: self.value(schema, place)?,
        })
    }

    /// Collects the keywords of a schema: those of its references and of `allOf` first, then its
    /// own, which win. `outer` is how many references lead to the value itself.
    fn merge(
        &mut self,
        schema: &'d Value,
        merged: &mut Merged<'d>,
        outer: usize,
        place: Place<'_>,
    ) -> Result<Outcome> {
        self.count(1, place)?;
        if place.depth > MAX_DEPTH {
            return Err(place.error("the schema is nested too deeply"));
        }
        let own = match schema {
            Value::Object(own) => own,
            Value::Bool(true) => return Ok(Outcome::Merged),
            _ => return Err(place.error("expected an object")),
        };
        let inside = place.inside(place.path);
        if let Some(reference) = own.get("$ref").and_then(Value::as_str) {
            let shown = || crate::escape::escape(reference);
            if let Some(known) = self.references.iter().position(|known| *known == reference) {
                if known >= outer {
                    return Err(place.error(format!("`{}` refers to itself", shown())));
                }
                return Ok(Outcome::Recursive);
            }
            let Some(target) = target(self.root, reference) else {
                return Err(place.error(format!("the reference `{}` leads nowhere", shown())));
            };
            self.references.push(reference);
            if let Outcome::Recursive = self.merge(target, merged, outer, inside)? {
                return Ok(Outcome::Recursive);
            }
        }
        for part in list(own.get("allOf")) {
            if let Outcome::Recursive = self.merge(part, merged, outer, inside)? {
                return Ok(Outcome::Recursive);
            }
        }
        for (keyword, value) in own {
            match keyword.as_str() {
                "$ref" | "allOf" => {}
                "properties" => {
                    let Value::Object(properties) = value else {
                        let path = format!("{}.properties", place.path);
                        return Err(SchemaError::new(path, "expected an object"));
                    };
                    self.count(properties.len(), place)?;
                    let properties = properties.iter();
                    merged
                        .properties
                        .extend(properties.map(|(key, schema)| (key.as_str(), schema)));
                    merged.keywords.insert(keyword, value);
                }
                "required" => {
                    let keys = list(Some(value)).iter().filter_map(Value::as_str);
                    merged.required.extend(keys);
                    self.count(merged.required.len(), place)?;
                }
                "nullable" => merged.nullable |= *value == true,
                keyword => {
                    merged.keywords.insert(keyword, value);
                }
            }
        }
        self.unwrap_optional(merged, outer, place)
    }

    /// Merges the one alternative beside null, which is how Cog writes an optional input.
    fn unwrap_optional(
        &mut self,
        merged: &mut Merged<'d>,
        outer: usize,
        place: Place<'_>,
    ) -> Result<Outcome> {
        for keyword in ["anyOf", "oneOf"] {
            let alternatives = list(merged.keywords.get(keyword).copied());
            self.count(alternatives.len(), place)?;
            merged.nullable |= alternatives.iter().any(is_null);
            let mut others = alternatives.iter().filter(|one| !is_null(one));
            if let (Some(only), None) = (others.next(), others.next()) {
                merged.keywords.remove(keyword);
                let mut inner = Merged::default();
                let inside = place.inside(place.path);
                if let Outcome::Recursive = self.merge(only, &mut inner, outer, inside)? {
                    return Ok(Outcome::Recursive);
                }
                inner.keywords.append(&mut merged.keywords);
                inner.properties.append(&mut merged.properties);
                inner.required.append(&mut merged.required);
                inner.nullable |= merged.nullable;
                *merged = inner;
            }
        }
        Ok(Outcome::Merged)
    }

    fn build(&mut self, merged: &Merged<'d>, place: Place<'_>) -> Result<ValueSchema> {
        let keywords = &merged.keywords;
        let more_fields = keywords.get("additionalProperties");
        let mut value = ValueSchema {
            title: self.text(keywords, "title", place)?,
            description: self
                .text(keywords, "description", place)?
                // pydantic writes this of every enum.
                .filter(|text| text != "An enumeration."),
            format: self.text(keywords, "format", place)?,
            pattern: self.text(keywords, "pattern", place)?,
            nullable: merged.nullable,
            deprecated: flag(keywords, "deprecated"),
            accepts_unknown_fields: more_fields.is_some_and(|more| **more != false),
            #[cfg(feature = "schemars")]
            is_closed: more_fields.is_some_and(|more| **more == false),
            accept: self.accepted(keywords, place)?,
            ..ValueSchema::default()
        };
        value.secret = flag(keywords, "x-cog-secret")
            || flag(keywords, "writeOnly")
            || value.format.as_deref() == Some("password");
        if let Some(default) = keywords.get("default").filter(|default| !default.is_null()) {
            self.count(size(default), place)?;
            value.default = Some((*default).clone());
        }
        let constant = keywords
            .get("const")
            .map(|value| std::slice::from_ref(*value));
        let choices = constant.unwrap_or_else(|| list(keywords.get("enum").copied()));
        self.count(choices.iter().map(size).sum(), place)?;
        value.nullable |= choices.iter().any(Value::is_null);
        value.choices = choices.iter().filter(|it| !it.is_null()).cloned().collect();
        limits(keywords, &mut value);
        self.shape(merged, value, place)
    }

    /// Adds the type, and what is inside of it.
    fn shape(
        &mut self,
        merged: &Merged<'d>,
        mut value: ValueSchema,
        place: Place<'_>,
    ) -> Result<ValueSchema> {
        let keywords = &merged.keywords;
        for keyword in ["anyOf", "oneOf"] {
            for (number, one) in list(keywords.get(keyword).copied()).iter().enumerate() {
                if is_null(one) {
                    continue;
                }
                let path = format!("{}.{keyword}[{number}]", place.path);
                let alternative = self.value(one, place.inside(&path))?;
                value.nullable |= alternative.nullable;
                value.secret |= alternative.secret;
                value.alternatives.push(alternative);
            }
        }
        if !value.alternatives.is_empty() {
            value.kind = ValueKind::Union;
            return Ok(value);
        }
        let names = match keywords.get("type") {
            Some(Value::Array(names)) => names,
            Some(name) => std::slice::from_ref(*name),
            None => &[],
        };
        let mut kinds: Vec<ValueKind> = Vec::new();
        for name in names.iter().filter_map(Value::as_str) {
            let kind = kind(name, &value);
            if name == "null" {
                value.nullable = true;
            } else if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        value.kind = match kinds.as_slice() {
            [] => untyped_kind(merged, &value),
            [only] => *only,
            _ => ValueKind::Union,
        };
        let is = |kind| value.kind == kind || kinds.contains(&kind);
        let (is_list, is_object) = (
            is(ValueKind::List) || kinds.is_empty(),
            is(ValueKind::Object),
        );
        if is_list && let Some(items) = keywords.get("items").filter(|items| !items.is_array()) {
            let path = format!("{}.items", place.path);
            value.items = Some(Box::new(self.value(items, place.inside(&path))?));
        }
        if is_object {
            value.fields = self.fields(merged, place)?;
        }
        if value.kind == ValueKind::Union {
            let mut items = value.items.take();
            let mut fields = std::mem::take(&mut value.fields);
            let mut alternative = |kind| ValueSchema {
                kind,
                title: None,
                description: None,
                default: None,
                items: items.take_if(|_| kind == ValueKind::List),
                fields: match kind {
                    ValueKind::Object => std::mem::take(&mut fields),
                    _ => Vec::new(),
                },
                ..value.clone()
            };
            value.alternatives = kinds.into_iter().map(&mut alternative).collect();
        }
        Ok(value)
    }

    fn fields(&mut self, merged: &Merged<'d>, place: Place<'_>) -> Result<Vec<Input>> {
        let mut fields = Vec::new();
        for (key, schema) in &merged.properties {
            let path = format!("{}.properties.{key}", place.path);
            let order = schema.get("x-order").and_then(Value::as_f64);
            let field = Input {
                key: (*key).to_owned(),
                required: merged.required.contains(key),
                schema: self.value(schema, place.inside(&path))?,
            };
            fields.push((order.unwrap_or(f64::INFINITY), field));
        }
        fields.sort_by(|one, other| one.0.total_cmp(&other.0));
        Ok(fields.into_iter().map(|(_, field)| field).collect())
    }

    fn text(
        &mut self,
        keywords: &Keywords<'d>,
        keyword: &str,
        place: Place<'_>,
    ) -> Result<Option<String>> {
        let Some(Value::String(text)) = keywords.get(keyword) else {
            return Ok(None);
        };
        self.count(text.len() / STEP_LENGTH, place)?;
        Ok(Some(text.clone()))
    }

    /// The types of files in `x-cog-accept`: a text with commas, or a list.
    fn accepted(&mut self, keywords: &Keywords<'d>, place: Place<'_>) -> Result<Vec<String>> {
        let Some(accepted) = keywords.get("x-cog-accept") else {
            return Ok(Vec::new());
        };
        self.count(size(accepted), place)?;
        let texts: Vec<&str> = match accepted {
            Value::String(text) => text.split(',').collect(),
            other => list(Some(*other))
                .iter()
                .filter_map(Value::as_str)
                .collect(),
        };
        let texts = texts.into_iter().map(str::trim).filter(|it| !it.is_empty());
        Ok(texts.map(str::to_owned).collect())
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null")
}

fn flag(keywords: &Keywords<'_>, keyword: &str) -> bool {
    keywords.get(keyword).is_some_and(|it| **it == true)
}

/// The items of a list; of anything else, none.
fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

fn kind(name: &str, value: &ValueSchema) -> ValueKind {
    match name {
        "string" if value.format.as_deref() == Some("uri") => ValueKind::File,
        "string" => ValueKind::Text,
        "integer" => ValueKind::Integer,
        "number" => ValueKind::Number,
        "boolean" => ValueKind::Boolean,
        "array" => ValueKind::List,
        "object" => ValueKind::Object,
        _ => ValueKind::Any,
    }
}

/// The type of a schema that does not name one.
fn untyped_kind(merged: &Merged<'_>, value: &ValueSchema) -> ValueKind {
    let all = |is: fn(&Value) -> bool| !value.choices.is_empty() && value.choices.iter().all(is);
    match value.format.as_deref() {
        Some("uri") => ValueKind::File,
        _ if all(Value::is_string) => ValueKind::Text,
        _ if all(|choice| choice.is_i64() || choice.is_u64()) => ValueKind::Integer,
        _ if all(Value::is_number) => ValueKind::Number,
        _ if all(Value::is_boolean) => ValueKind::Boolean,
        _ if merged.keywords.contains_key("properties") => ValueKind::Object,
        _ if merged.keywords.contains_key("items") => ValueKind::List,
        _ => ValueKind::Any,
    }
}

fn limits(keywords: &Keywords<'_>, value: &mut ValueSchema) {
    let number = |keyword: &str| match keywords.get(keyword) {
        Some(Value::Number(number)) => Some(Number::clone(number)),
        _ => None,
    };
    let length = |keyword: &str| keywords.get(keyword)?.as_f64().map(|length| length as u64);
    value.minimum = number("minimum");
    value.maximum = number("maximum");
    value.exclusive_minimum = number("exclusiveMinimum");
    value.exclusive_maximum = number("exclusiveMaximum");
    // OpenAPI 3.0 has a flag beside the limit.
    if flag(keywords, "exclusiveMinimum") {
        value.exclusive_minimum = value.minimum.take();
    }
    if flag(keywords, "exclusiveMaximum") {
        value.exclusive_maximum = value.maximum.take();
    }
    value.min_length = length("minLength").or_else(|| length("minItems"));
    value.max_length = length("maxLength").or_else(|| length("maxItems"));
}

/// Cost of a value, in steps.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len() / STEP_LENGTH,
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(size).sum::<usize>(),
        _ => 1,
    }
}
