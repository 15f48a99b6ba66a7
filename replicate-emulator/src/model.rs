//! Models with a schema and a closure.

use std::{fmt, future::Future, sync::Arc};

use futures::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};

use crate::context::{Context, Failure};

pub(crate) type Run =
    Arc<dyn Fn(Value, Context) -> BoxFuture<'static, Result<Value, Failure>> + Send + Sync>;

/// A model to serve: its name, its input and output, and the code of a prediction.
///
/// ```
/// use replicate_emulator::Model;
/// use serde_json::json;
///
/// let model = Model::new("acme/upper")
///     .input_schema(json!({
///         "type": "object",
///         "required": ["text"],
///         "properties": {"text": {"type": "string"}},
///     }))
///     .official(true)
///     .run(|input, context| async move {
///         context.log("raising");
///         Ok(input["text"].as_str().unwrap_or_default().to_uppercase().into())
///     });
/// ```
#[derive(Clone)]
pub struct Model {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) readme: Option<String>,
    pub(crate) official: bool,
    pub(crate) input: Value,
    pub(crate) output: Value,
    pub(crate) training: Option<Value>,
    pub(crate) example: Option<(Value, Value)>,
    pub(crate) run: Run,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("name", &self.name)
            .field("official", &self.official)
            .finish_non_exhaustive()
    }
}

impl Model {
    /// A model `owner/name`. By default it takes any object and returns it.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            readme: None,
            official: false,
            input: json!({"type": "object", "title": "Input", "properties": {}}),
            output: json!({"title": "Output"}),
            training: None,
            example: None,
            run: Arc::new(|input, _| async move { Ok(input) }.boxed()),
        }
    }

    /// The description, one sentence.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The readme, in Markdown. Default: none; `GET /models/{owner}/{name}/readme` is a 404.
    pub fn readme(mut self, readme: impl Into<String>) -> Self {
        self.readme = Some(readme.into());
        self
    }

    /// Whether it runs by its name alone (`POST /models/{owner}/{name}/predictions`). Default:
    /// false; it runs by version, and its model route is a 404.
    pub fn official(mut self, official: bool) -> Self {
        self.official = official;
        self
    }

    /// The JSON Schema of the input, `components.schemas.Input` of the version. An input that does
    /// not match is refused with 422. Defaults in it are filled in.
    pub fn input_schema(mut self, schema: Value) -> Self {
        self.input = schema;
        self
    }

    /// The JSON Schema of the output, `components.schemas.Output` of the version. With
    /// `"x-cog-array-type": "iterator"` in it, predictions stream.
    pub fn output_schema(mut self, schema: Value) -> Self {
        self.output = schema;
        self
    }

    /// The JSON Schema of a training's input. Default: a training takes any object.
    pub fn training_schema(mut self, schema: Value) -> Self {
        self.training = Some(schema);
        self
    }

    /// An example: an input, and its output.
    pub fn example(mut self, input: Value, output: Value) -> Self {
        self.example = Some((input, output));
        self
    }

    /// The code of a prediction: takes the input (valid, with defaults filled in) and returns the
    /// output. An error fails the prediction with its text, and so does a panic. A cancellation
    /// drops the future.
    pub fn run<F, R>(mut self, run: F) -> Self
    where
        F: Fn(Value, Context) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Value, Failure>> + Send + 'static,
    {
        self.run = Arc::new(move |input, context| run(input, context).boxed());
        self
    }
}
