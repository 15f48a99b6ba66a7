//! Reads an OpenAPI document, which is not trusted: references are followed once on each path,
//! and the number of steps is limited.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::{Input, OutputSchema, SchemaError, ValueKind, ValueSchema};

/// Maximum number of schemas, choices and defaults, each piece of one counted.
const MAX_STEPS: usize = 100_000;

/// Maximum nesting of schemas.
const MAX_DEPTH: usize = 64;

/// Length of a text of the schema that counts as one step.
const STEP_LENGTH: usize = 1024;

/// Contents of a version's schema document.
pub(super) struct Document {
    pub(super) inputs: Vec<Input>,
    pub(super) accepts_unknown: bool,
    pub(super) output: OutputSchema,
}

/// Reads a version's document; `None` if it does not describe an input.
pub(super) fn document(document: &Value) -> Result<Option<Document>, SchemaError> {
    let named = |name: &str| {
        let schemas = document.get("components")?.get("schemas")?;
        schemas.get(name).filter(|schema| !schema.is_null())
    };
    let Some(input) = named("Input") else {
        return Ok(None);
    };
    let path = "components.schemas.Input";
    let mut reader = Reader {
        root: document,
        steps: 0,
        references: Vec::new(),
    };
    let input = reader.value(input, path, 0)?;
    if !matches!(input.kind, ValueKind::Object | ValueKind::Any) {
        let reason = format!("expected an object, found {}", input.type_name());
        return Err(SchemaError::new(path, reason));
    }
    let output = match named("Output") {
        Some(output) => reader.output(output, "components.schemas.Output")?,
        None => OutputSchema {
            schema: ValueSchema::default(),
            is_iterator: false,
            is_joined: false,
        },
    };
    Ok(Some(Document {
        inputs: input.fields,
        accepts_unknown: input.accepts_unknown_fields,
        output,
    }))
}

/// Reads the schema of one value, with the definitions that it refers to.
#[cfg(feature = "schemars")]
pub(super) fn value(root: &Value) -> Result<ValueSchema, SchemaError> {
    let mut reader = Reader {
        root,
        steps: 0,
        references: Vec::new(),
    };
    reader.value(root, "#", 0)
}

/// The target of a reference within a document.
fn target<'d>(root: &'d Value, reference: &str) -> Option<&'d Value> {
    let pointer = reference.strip_prefix('#')?;
    let decoded = percent_encoding::percent_decode_str(pointer).decode_utf8();
    root.pointer(&decoded.ok()?)
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

struct Reader<'d> {
    root: &'d Value,
    steps: usize,
    /// The references that lead to the present schema.
    references: Vec<&'d str>,
}

/// Result of merging a schema.
enum Outcome {
    Merged,
    /// It leads to a schema that it is a part of.
    Recursive,
}

impl<'d> Reader<'d> {
    fn count(&mut self, steps: usize, path: &str) -> Result<(), SchemaError> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS {
            return Err(SchemaError::new(path, "the schema is too large"));
        }
        Ok(())
    }

    fn value(
        &mut self,
        schema: &'d Value,
        path: &str,
        depth: usize,
    ) -> Result<ValueSchema, SchemaError> {
        let outer = self.references.len();
        let mut merged = Merged::default();
        let outcome = self.merge(schema, &mut merged, outer, path, depth)?;
        let value = match outcome {
            Outcome::Merged => self.build(&merged, path, depth)?,
            Outcome::Recursive => ValueSchema::default(),
        };
        self.references.truncate(outer);
        Ok(value)
    }

    fn output(&mut self, schema: &'d Value, path: &str) -> Result<OutputSchema, SchemaError> {
        let mut merged = Merged::default();
        self.merge(schema, &mut merged, 0, path, 0)?;
        self.references.clear();
        let says = |keyword, value| merged.keywords.get(keyword).is_some_and(|it| *it == value);
        Ok(OutputSchema {
            is_iterator: says("x-cog-array-type", "iterator"),
            is_joined: says("x-cog-array-display", "concatenate"),
            schema: self.value(schema, path, 0)?,
        })
    }

    /// Collects the keywords of a schema: those of its references and of `allOf` first, then its
    /// own, which win. `outer` is how many references lead to the value itself.
    fn merge(
        &mut self,
        schema: &'d Value,
        merged: &mut Merged<'d>,
        outer: usize,
        path: &str,
        depth: usize,
    ) -> Result<Outcome, SchemaError> {
        self.count(1, path)?;
        if depth > MAX_DEPTH {
            return Err(SchemaError::new(path, "the schema is nested too deeply"));
        }
        let own = match schema {
            Value::Object(own) => own,
            Value::Bool(true) => return Ok(Outcome::Merged),
            _ => return Err(SchemaError::new(path, "expected an object")),
        };
        if let Some(reference) = own.get("$ref").and_then(Value::as_str) {
            if let Some(place) = self.references.iter().position(|known| *known == reference) {
                if place >= outer {
                    let reason = format!("`{}` refers to itself", crate::escape::escape(reference));
                    return Err(SchemaError::new(path, reason));
                }
                return Ok(Outcome::Recursive);
            }
            let target = target(self.root, reference).ok_or_else(|| {
                let reference = crate::escape::escape(reference);
                SchemaError::new(path, format!("the reference `{reference}` leads nowhere"))
            })?;
            self.references.push(reference);
            if let Outcome::Recursive = self.merge(target, merged, outer, path, depth + 1)? {
                return Ok(Outcome::Recursive);
            }
        }
        for part in list(own.get("allOf")) {
            if let Outcome::Recursive = self.merge(part, merged, outer, path, depth + 1)? {
                return Ok(Outcome::Recursive);
            }
        }
        for (keyword, value) in own {
            match keyword.as_str() {
                "$ref" | "allOf" => {}
                "properties" => {
                    let Value::Object(properties) = value else {
                        let place = format!("{path}.properties");
                        return Err(SchemaError::new(place, "expected an object"));
                    };
                    self.count(properties.len(), path)?;
                    let properties = properties.iter();
                    merged
                        .properties
                        .extend(properties.map(|(key, schema)| (key.as_str(), schema)));
                    merged.keywords.insert(keyword, value);
                }
                "required" => {
                    let keys = list(Some(value)).iter().filter_map(Value::as_str);
                    merged.required.extend(keys);
                    self.count(merged.required.len(), path)?;
                }
                "nullable" => merged.nullable |= *value == true,
                keyword => {
                    merged.keywords.insert(keyword, value);
                }
            }
        }
        self.unwrap_optional(merged, outer, path, depth)
    }

    /// Merges the one alternative beside null, which is how Cog writes an optional input.
    fn unwrap_optional(
        &mut self,
        merged: &mut Merged<'d>,
        outer: usize,
        path: &str,
        depth: usize,
    ) -> Result<Outcome, SchemaError> {
        for keyword in ["anyOf", "oneOf"] {
            let alternatives = list(merged.keywords.get(keyword).copied());
            let is_null = |one: &&Value| one.get("type").is_some_and(|name| name == "null");
            self.count(alternatives.len(), path)?;
            merged.nullable |= alternatives.iter().any(|one| is_null(&one));
            let mut others = alternatives.iter().filter(|one| !is_null(one));
            if let (Some(only), None) = (others.next(), others.next()) {
                merged.keywords.remove(keyword);
                let mut inner = Merged::default();
                if let Outcome::Recursive = self.merge(only, &mut inner, outer, path, depth + 1)? {
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

    fn build(
        &mut self,
        merged: &Merged<'d>,
        path: &str,
        depth: usize,
    ) -> Result<ValueSchema, SchemaError> {
        let keywords = &merged.keywords;
        let flag = |keyword: &str| keywords.get(keyword).is_some_and(|it| **it == true);
        let mut value = ValueSchema {
            title: self.text(keywords, "title", path)?,
            description: self
                .text(keywords, "description", path)?
                // pydantic writes this of every enum.
                .filter(|text| text != "An enumeration."),
            format: self.text(keywords, "format", path)?,
            pattern: self.text(keywords, "pattern", path)?,
            nullable: merged.nullable,
            deprecated: flag("deprecated"),
            accepts_unknown_fields: keywords
                .get("additionalProperties")
                .is_some_and(|more| **more != false),
            #[cfg(feature = "schemars")]
            is_closed: keywords
                .get("additionalProperties")
                .is_some_and(|more| **more == false),
            accept: self.accepted(keywords, path)?,
            ..ValueSchema::default()
        };
        value.secret = flag("x-cog-secret")
            || flag("writeOnly")
            || value.format.as_deref() == Some("password");
        if let Some(default) = keywords.get("default").filter(|default| !default.is_null()) {
            self.count(size(default), path)?;
            value.default = Some((*default).clone());
        }
        let constant = keywords
            .get("const")
            .map(|value| std::slice::from_ref(*value));
        let choices = constant.unwrap_or_else(|| list(keywords.get("enum").copied()));
        self.count(choices.iter().map(size).sum(), path)?;
        value.nullable |= choices.iter().any(Value::is_null);
        value.choices = choices.iter().filter(|it| !it.is_null()).cloned().collect();
        limits(keywords, &mut value);
        self.shape(merged, value, path, depth)
    }

    /// Adds the type, and what is inside of it.
    fn shape(
        &mut self,
        merged: &Merged<'d>,
        mut value: ValueSchema,
        path: &str,
        depth: usize,
    ) -> Result<ValueSchema, SchemaError> {
        let keywords = &merged.keywords;
        for keyword in ["anyOf", "oneOf"] {
            for (number, one) in list(keywords.get(keyword).copied()).iter().enumerate() {
                if one.get("type").is_some_and(|name| name == "null") {
                    continue;
                }
                let place = format!("{path}.{keyword}[{number}]");
                let alternative = self.value(one, &place, depth + 1)?;
                value.nullable |= alternative.nullable;
                value.secret |= alternative.secret;
                value.alternatives.push(alternative);
            }
        }
        if !value.alternatives.is_empty() {
            value.kind = ValueKind::Union;
            return Ok(value);
        }
        let names: Vec<&str> = match keywords.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        value.nullable |= names.contains(&"null");
        let mut kinds: Vec<ValueKind> = names
            .iter()
            .filter(|name| **name != "null")
            .map(|name| kind(name, &value))
            .collect();
        kinds.dedup();
        value.kind = match kinds.as_slice() {
            [] => untyped_kind(merged, &value),
            [only] => *only,
            _ => ValueKind::Union,
        };
        if keywords.contains_key("items") && (kinds.is_empty() || kinds.contains(&ValueKind::List))
        {
            let place = format!("{path}.items");
            if let Some(items) = keywords.get("items").filter(|items| !items.is_array()) {
                value.items = Some(Box::new(self.value(items, &place, depth + 1)?));
            }
        }
        if value.kind == ValueKind::Object || kinds.contains(&ValueKind::Object) {
            value.fields = self.fields(merged, path, depth)?;
        }
        if value.kind == ValueKind::Union {
            self.count(kinds.len() * size_of_parts(&value), path)?;
            value.alternatives = kinds
                .into_iter()
                .map(|kind| alternative(&value, kind))
                .collect();
            value.items = None;
            value.fields = Vec::new();
        }
        Ok(value)
    }

    fn fields(
        &mut self,
        merged: &Merged<'d>,
        path: &str,
        depth: usize,
    ) -> Result<Vec<Input>, SchemaError> {
        let mut fields = Vec::new();
        for (key, schema) in &merged.properties {
            let place = format!("{path}.properties.{key}");
            let order = schema.get("x-order").and_then(Value::as_f64);
            let field = Input {
                key: (*key).to_owned(),
                required: merged.required.contains(key),
                schema: self.value(schema, &place, depth + 1)?,
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
        path: &str,
    ) -> Result<Option<String>, SchemaError> {
        let Some(Value::String(text)) = keywords.get(keyword) else {
            return Ok(None);
        };
        self.count(text.len() / STEP_LENGTH, path)?;
        Ok(Some(text.clone()))
    }

    /// The types of files in `x-cog-accept`: a text with commas, or a list.
    fn accepted(
        &mut self,
        keywords: &Keywords<'d>,
        path: &str,
    ) -> Result<Vec<String>, SchemaError> {
        let Some(accepted) = keywords.get("x-cog-accept") else {
            return Ok(Vec::new());
        };
        self.count(size(accepted), path)?;
        let texts: Vec<&str> = match accepted {
            Value::String(text) => text.split(',').collect(),
            other => list(Some(*other))
                .iter()
                .filter_map(Value::as_str)
                .collect(),
        };
        let texts = texts
            .into_iter()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        Ok(texts.map(str::to_owned).collect())
    }
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
    if keywords
        .get("exclusiveMinimum")
        .is_some_and(|it| **it == true)
    {
        value.exclusive_minimum = value.minimum.take();
    }
    if keywords
        .get("exclusiveMaximum")
        .is_some_and(|it| **it == true)
    {
        value.exclusive_maximum = value.maximum.take();
    }
    value.min_length = length("minLength").or_else(|| length("minItems"));
    value.max_length = length("maxLength").or_else(|| length("maxItems"));
}

/// One type of several, with the rules of the whole.
fn alternative(value: &ValueSchema, kind: ValueKind) -> ValueSchema {
    ValueSchema {
        kind,
        title: None,
        description: None,
        default: None,
        alternatives: Vec::new(),
        ..value.clone()
    }
}

/// Cost of a copy of a schema, in steps.
fn size_of_parts(value: &ValueSchema) -> usize {
    let fields = value
        .fields
        .iter()
        .map(|field| size_of_parts(&field.schema));
    let items = value.items.iter().map(|items| size_of_parts(items));
    let alternatives = value.alternatives.iter().map(size_of_parts);
    let choices = value.choices.iter().map(size).sum::<usize>();
    1 + choices + fields.sum::<usize>() + items.sum::<usize>() + alternatives.sum::<usize>()
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
