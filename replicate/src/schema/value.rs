//! The schema of one value.

use std::fmt;

use serde_json::{Number, Value};

use super::{Input, MASK};

/// Maximum number of choices that `Display` lists.
const CHOICES_LISTED: usize = 20;

/// The type of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueKind {
    /// Text that is not the URL of a file.
    Text,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// True or false.
    Boolean,
    /// A file: its URL as the API sees it, a [`FileInput`](crate::FileInput) for a caller.
    File,
    /// A list; [`items`](ValueSchema::items) is the schema of its items.
    List,
    /// An object; [`fields`](ValueSchema::fields) are its known fields.
    Object,
    /// One of several types; [`alternatives`](ValueSchema::alternatives) are their schemas.
    Union,
    /// Any JSON, or a type that the schema does not state.
    #[default]
    Any,
}

/// Type and constraints of an input, a list item, an object field or an output.
///
/// `Display` writes it in a few words: `integer, 1 to 4`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueSchema {
    pub(super) kind: ValueKind,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) default: Option<Value>,
    pub(super) choices: Vec<Value>,
    pub(super) format: Option<String>,
    pub(super) pattern: Option<String>,
    pub(super) minimum: Option<Number>,
    pub(super) maximum: Option<Number>,
    pub(super) exclusive_minimum: Option<Number>,
    pub(super) exclusive_maximum: Option<Number>,
    /// Of the characters of a text, or the items of a list.
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) nullable: bool,
    pub(super) deprecated: bool,
    pub(super) secret: bool,
    pub(super) accept: Vec<String>,
    pub(super) items: Option<Box<ValueSchema>>,
    pub(super) fields: Vec<Input>,
    pub(super) accepts_unknown_fields: bool,
    pub(super) alternatives: Vec<ValueSchema>,
    /// Whether an object has no other fields.
    #[cfg(feature = "schemars")]
    pub(super) is_closed: bool,
}

impl ValueSchema {
    /// The type.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The title, which Cog derives from the name.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Description by the model's author.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The value that an input has where it is not given.
    pub fn default_value(&self) -> Option<&Value> {
        self.default.as_ref()
    }

    /// The values to choose from; empty if any value of the type is accepted.
    pub fn choices(&self) -> &[Value] {
        &self.choices
    }

    /// The format as the schema names it, such as `uri` or `date-time`.
    pub fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    /// The regular expression that a text has to match, somewhere in it.
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// The least number.
    pub fn minimum(&self) -> Option<&Number> {
        self.minimum.as_ref()
    }

    /// The greatest number.
    pub fn maximum(&self) -> Option<&Number> {
        self.maximum.as_ref()
    }

    /// The number that every value is greater than.
    pub fn exclusive_minimum(&self) -> Option<&Number> {
        self.exclusive_minimum.as_ref()
    }

    /// The number that every value is less than.
    pub fn exclusive_maximum(&self) -> Option<&Number> {
        self.exclusive_maximum.as_ref()
    }

    /// The least number of characters of a text, or of items of a list.
    pub fn min_length(&self) -> Option<u64> {
        self.min_length
    }

    /// The greatest number of characters of a text, or of items of a list.
    pub fn max_length(&self) -> Option<u64> {
        self.max_length
    }

    /// Whether the schema names null as a value.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// Whether the model's author advises against it.
    pub fn is_deprecated(&self) -> bool {
        self.deprecated
    }

    /// Whether it is a secret, such as the key of another service: it is not to be shown.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// The media types and extensions that a file may have, such as `image/*` and `.zip`; empty
    /// if any file is accepted.
    pub fn accepted_files(&self) -> &[String] {
        &self.accept
    }

    /// The schema of a list's items; `None` if it is not a list, or its items can be anything.
    pub fn items(&self) -> Option<&ValueSchema> {
        self.items.as_deref()
    }

    /// The known fields of an object.
    pub fn fields(&self) -> &[Input] {
        &self.fields
    }

    pub(super) fn field(&self, key: &str) -> Option<&Input> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The schemas of a [union](ValueKind::Union), of which a value matches one.
    pub fn alternatives(&self) -> &[ValueSchema] {
        &self.alternatives
    }

    /// Whether a value may be of this type: it is the type, or that of one alternative.
    pub fn accepts(&self, kind: ValueKind) -> bool {
        self.kind == kind || self.alternatives.iter().any(|one| one.accepts(kind))
    }

    /// Whether it takes a file or a list of files.
    pub fn takes_file(&self) -> bool {
        self.accepts(ValueKind::File) || self.items().is_some_and(ValueSchema::takes_file)
    }

    /// The type in a few words, such as `integer`, `list of files` or `text or number`.
    pub fn type_name(&self) -> String {
        match self.kind {
            ValueKind::Text if self.secret => "secret".to_owned(),
            ValueKind::Text => "text".to_owned(),
            ValueKind::Integer => "integer".to_owned(),
            ValueKind::Number => "number".to_owned(),
            ValueKind::Boolean => "true or false".to_owned(),
            ValueKind::File => "file".to_owned(),
            ValueKind::Object => "object".to_owned(),
            ValueKind::Any => "any JSON".to_owned(),
            ValueKind::List => match self.items() {
                Some(items) => format!("list of {}", items.plural()),
                None => "list".to_owned(),
            },
            ValueKind::Union => {
                let mut names: Vec<String> = Vec::new();
                for name in self.alternatives.iter().map(ValueSchema::type_name) {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                names.join(" or ")
            }
        }
    }

    /// The type in a sentence, such as `an integer`.
    #[cfg(any(feature = "schemars", feature = "validate"))]
    pub(super) fn type_with_article(&self) -> String {
        let name = self.type_name();
        match self.kind {
            ValueKind::Integer | ValueKind::Object => format!("an {name}"),
            ValueKind::Text | ValueKind::Boolean | ValueKind::Union | ValueKind::Any => name,
            ValueKind::Number | ValueKind::File | ValueKind::List => format!("a {name}"),
        }
    }

    fn plural(&self) -> String {
        match self.kind {
            ValueKind::Boolean => "booleans".to_owned(),
            ValueKind::Any => "any JSON".to_owned(),
            ValueKind::List => format!("lists{}", &self.type_name()["list".len()..]),
            ValueKind::Union => format!("({})", self.type_name()),
            _ => format!("{}s", self.type_name()),
        }
    }

    /// The limits in a few words, such as `1 to 4` or `at most 10 characters`; `None` if there
    /// are none.
    pub fn range(&self) -> Option<String> {
        let unit = match self.kind {
            ValueKind::Text => Some("character"),
            ValueKind::List => Some("item"),
            _ => None,
        };
        if let Some(unit) = unit {
            let (least, most) = (self.min_length, self.max_length);
            let shown = |length: Option<u64>| length.map(|length| length.to_string());
            let range = between(shown(least), shown(most))?;
            let plural = if most.or(least) == Some(1) { "" } else { "s" };
            return Some(format!("{range} {unit}{plural}"));
        }
        let shown = |number: &Option<Number>| number.as_ref().map(plain);
        let closed = between(shown(&self.minimum), shown(&self.maximum));
        let over = shown(&self.exclusive_minimum).map(|least| format!("more than {least}"));
        let under = shown(&self.exclusive_maximum).map(|most| format!("less than {most}"));
        let parts: Vec<String> = closed.into_iter().chain(over).chain(under).collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }
}

fn between(least: Option<String>, most: Option<String>) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("exactly {least}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (Some(least), None) => Some(format!("at least {least}")),
        (None, Some(most)) => Some(format!("at most {most}")),
        (None, None) => None,
    }
}

/// A limit as a person writes it: Cog writes `1.0` for the limit of an integer.
fn plain(number: &Number) -> String {
    let text = number.to_string();
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

impl fmt::Display for ValueSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.choices.is_empty() {
            f.write_str(&self.type_name())?;
        } else {
            f.write_str("one of ")?;
            for (number, choice) in self.choices.iter().take(CHOICES_LISTED).enumerate() {
                let comma = if number > 0 { ", " } else { "" };
                match choice {
                    _ if self.secret => write!(f, "{comma}{MASK}")?,
                    Value::String(text) => write!(f, "{comma}{}", crate::escape::escape(text))?,
                    other => write!(f, "{comma}{other}")?,
                }
            }
            if self.choices.len() > CHOICES_LISTED {
                write!(f, " and {} more", self.choices.len() - CHOICES_LISTED)?;
            }
        }
        if let Some(range) = self.range() {
            write!(f, ", {range}")?;
        }
        if !self.accept.is_empty() {
            write!(f, " ({})", crate::escape::escape(&self.accept.join(", ")))?;
        }
        Ok(())
    }
}
