//! The metrics of a prediction, typed.

use serde_json::{Map, Value};

use crate::types::Prediction;

/// Metrics of a prediction. They depend on the model and on how the prediction ended.
///
/// Several machines' clocks are involved, so that a short time can be negative.
///
/// ```
/// # replicate_test_support::example!(async |replicate| {
/// let input = serde_json::json!({ "prompt": "a red bicycle" });
/// let output = replicate.run("emulator/image").input(input).await?;
/// if let Some(seconds) = output.metrics().predict_time {
///     println!("it ran for {seconds:.1} s");
/// }
/// # });
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// Processing time in seconds, by which most models are billed.
    pub predict_time: Option<f64>,
    /// From the create to the end, in seconds.
    pub total_time: Option<f64>,
    /// Tokens of the input, for language models.
    pub input_token_count: Option<u64>,
    /// Tokens of the output, for language models.
    pub output_token_count: Option<u64>,
    /// Output tokens a second, for language models.
    pub tokens_per_second: Option<f64>,
    /// From the start of the model to its first token, in seconds.
    pub time_to_first_token: Option<f64>,
    /// All metrics as the API sent them, those above included.
    pub all: Map<String, Value>,
}

impl Metrics {
    /// The metrics in the form in which a prediction has them.
    pub fn from_map(all: Map<String, Value>) -> Self {
        let number = |name: &str| all.get(name).and_then(Value::as_f64);
        // Some models write counts as 12.0.
        let count = |name: &str| number(name).filter(|n| *n >= 0.0).map(|n| n as u64);
        Self {
            predict_time: number("predict_time"),
            total_time: number("total_time"),
            input_token_count: count("input_token_count"),
            output_token_count: count("output_token_count"),
            tokens_per_second: number("tokens_per_second"),
            time_to_first_token: number("time_to_first_token"),
            all,
        }
    }

    /// A metric that is a number, by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.all.get(name)?.as_f64()
    }
}

impl From<&Prediction> for Metrics {
    fn from(prediction: &Prediction) -> Self {
        Self::from_map(prediction.metrics.clone().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn known_metrics_are_typed_and_others_are_kept() {
        let json = json!({
            "predict_time": 1.5, "input_token_count": 12, "output_token_count": 30.0,
            "time_to_first_token": -0.1, "image_count": 2, "nested": { "a": [1] }, "total_time": "?",
        });
        let Value::Object(all) = json else {
            unreachable!("it is an object")
        };
        let metrics = Metrics::from_map(all.clone());
        assert_eq!(metrics.predict_time, Some(1.5));
        assert_eq!(metrics.input_token_count, Some(12));
        assert_eq!(metrics.output_token_count, Some(30));
        assert_eq!(metrics.time_to_first_token, Some(-0.1));
        assert_eq!(
            (metrics.total_time, metrics.tokens_per_second),
            (None, None)
        );
        assert_eq!(metrics.get("image_count"), Some(2.0));
        assert_eq!(metrics.all, all);
    }
}
