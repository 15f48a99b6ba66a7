//! A description as the passes change it: operations, component schemas, and what the schemas
//! alone do not say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::document::component;
use super::idents::pascal;
use super::schemas::{component_of, references, walk};

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) title: String,
    pub(crate) description: String,
    /// The groups of operations that the description lists.
    pub(crate) tags: Vec<String>,
    pub(crate) schemas: Map<String, Value>,
    pub(crate) operations: Vec<Operation>,
    /// Components that are enums of strings, which stay open.
    pub(crate) enums: BTreeMap<String, OpenEnum>,
    /// Components that are unions with a tag.
    pub(crate) unions: BTreeMap<String, Tagged>,
    /// By type and by field, as Rust names them: also the name in JSON.
    pub(crate) fields: BTreeMap<(String, String), (Field, String)>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Operation {
    /// As the description has it: `predictions.create`.
    pub(crate) id: String,
    /// The method of the generated client: `predictions_create`.
    pub(crate) name: String,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) path: String,
    /// A JSON pointer behind `#`.
    pub(crate) place: String,
    /// The group in which it is documented.
    pub(crate) group: String,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) idempotent: bool,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) responses: Vec<Response>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// What the description says of it, but for its schema.
    pub(crate) given: Value,
    pub(crate) schema: Value,
    #[serde(skip)]
    pub(crate) place: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Body {
    pub(crate) content: Content,
    pub(crate) required: bool,
    pub(crate) description: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Response {
    /// `200`, `2XX` or `default`.
    pub(crate) code: String,
    /// Of a success that has one.
    pub(crate) content: Option<Content>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Content {
    /// The media type.
    pub(crate) media: String,
    pub(crate) schema: Value,
    /// Where the schema stands.
    #[serde(skip)]
    pub(crate) place: String,
}

/// An enum of strings, which keeps a value that it does not know.
#[derive(Clone, Debug)]
pub(crate) struct OpenEnum {
    pub(crate) description: Option<String>,
    pub(crate) values: Vec<String>,
    /// The terminal values, if the enum is a status.
    pub(crate) terminal: Vec<String>,
}

/// A union of objects with a discriminator.
#[derive(Clone, Debug)]
pub(crate) struct Tagged {
    pub(crate) description: Option<String>,
    /// The property.
    pub(crate) tag: String,
    /// Its value, and the component that it stands for.
    pub(crate) variants: Vec<(String, String)>,
}

/// What the type alone does not say about a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Never left unset.
    Required,
    /// In a type of requests and responses: required in the former alone.
    Sent,
    /// In a response: absent and null are decoded as empty.
    Plain,
    /// In a request: null differs from absent.
    Nullable,
    Optional,
}

/// Where in a call a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position<'a> {
    /// A parameter of this name in the path, the query, or a header.
    Parameter(&'a str),
    Request,
    Response,
}

impl Operation {
    /// The generated builder's type: `PredictionsCreate`.
    pub(crate) fn builder(&self) -> String {
        pascal(&self.name)
    }

    /// Identifies the operation independently of its method's name: its place and its id.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.place, self.id)
    }

    /// The outermost schemas, each with its place.
    pub(crate) fn roots(&mut self) -> impl Iterator<Item = (&mut Value, &str, Position<'_>)> {
        let parameters = self.parameters.iter_mut().map(|parameter| {
            let position = Position::Parameter(&parameter.name);
            (&mut parameter.schema, &*parameter.place, position)
        });
        let body = self.body.iter_mut();
        let body = body.map(|body| (&mut body.content, Position::Request));
        let responses = self.responses.iter_mut();
        let responses = responses.filter_map(|response| response.content.as_mut());
        let responses = responses.map(|content| (content, Position::Response));
        let contents = body.chain(responses).map(|(content, position)| {
            let Content { schema, place, .. } = content;
            (schema, &**place, position)
        });
        parameters.chain(contents)
    }

    fn received(&self) -> impl Iterator<Item = &Value> {
        let contents = self.responses.iter().flat_map(|response| &response.content);
        contents.map(|content| &content.schema)
    }
}

impl std::fmt::Display for Response {
    /// `201 Prediction`, `200 [Hardware]`, `200 text/plain`, `404`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = &self.code;
        let Some(Content { media, schema, .. }) = &self.content else {
            return f.write_str(code);
        };
        match (component_of(schema), component_of(&schema["items"])) {
            (Some(name), _) => write!(f, "{code} {name}"),
            (None, Some(name)) => write!(f, "{code} [{name}]"),
            (None, None) => write!(f, "{code} {media}"),
        }
    }
}

impl Model {
    /// Calls `f` for every schema and its place, those inside of others first.
    pub(crate) fn for_each(&mut self, mut f: impl FnMut(&mut Value, &str)) {
        for (name, schema) in &mut self.schemas {
            walk(schema, &component(name), &mut f);
        }
        for operation in &mut self.operations {
            for (schema, place, _) in operation.roots() {
                walk(schema, place, &mut f);
            }
        }
    }

    /// What kind of field this is, and its name in JSON.
    pub(crate) fn field(&self, ty: &str, field: &str) -> Option<&(Field, String)> {
        self.fields.get(&(ty.to_string(), field.to_string()))
    }

    /// The components that requests reach, directly or through others.
    pub(crate) fn sent(&self) -> BTreeSet<String> {
        let bodies = self.operations.iter().flat_map(|operation| &operation.body);
        self.reached(bodies.map(|body| &body.content.schema))
    }

    /// The components that responses reach.
    pub(crate) fn received(&self) -> BTreeSet<String> {
        self.reached(self.operations.iter().flat_map(Operation::received))
    }

    fn reached<'a>(&self, schemas: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
        let mut open = Vec::new();
        schemas.for_each(|schema| references(schema, &mut open));
        let mut found = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(schema) = self.schemas.get(&name)
                && found.insert(name)
            {
                references(schema, &mut open);
            }
        }
        found
    }

    /// The components that any schema refers to, once for each reference.
    pub(crate) fn referred(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        let components = self.schemas.values();
        components.for_each(|schema| references(schema, &mut found));
        for operation in &mut self.operations {
            let roots = operation.roots();
            roots.for_each(|(schema, ..)| references(schema, &mut found));
        }
        found
    }
}
