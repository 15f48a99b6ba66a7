use clap::Args;
use replicate::ModelRef;
use replicate::types::Prediction;

use super::SessionCommand;
use super::run::RunArgs;
use crate::error::{CliError, Result};
use crate::prediction;
use crate::session::Session;

/// Run a prediction's model again, with the same input and changes to it
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate rerun gm3qorzdhgbfurvjtvhg6dckhu
  replicate rerun gm3qorzdhgbfurvjtvhg6dckhu seed=7 -o again.png")]
pub(crate) struct Rerun {
    /// The prediction's id, or the URL of its page
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    args: RunArgs,
}

impl SessionCommand for Rerun {
    async fn execute(self, session: &Session) -> Result<()> {
        let id = prediction::id(&self.id)?;
        let reading = session.client.predictions().get(&id);
        let reading = session.before_create("reading the prediction", reading);
        let earlier = reading.await??;
        let reference = reference(&earlier)?;
        if earlier.data_removed == Some(true) && earlier.input.is_empty() {
            let message = format!("the input of prediction {id} was deleted");
            return Err(CliError::not_found(message)
                .hint("inputs are deleted an hour after the prediction: use replicate run"));
        }
        let parsed = self.args.creation.parse_again(reference, earlier.input)?;
        self.args.run(session, parsed).await
    }
}

/// Reference that the prediction ran: its version, or the model if the version has no id.
fn reference(prediction: &Prediction) -> Result<ModelRef> {
    let version = prediction.version.as_str();
    let is_id = version.len() == 64 && version.bytes().all(|digit| digit.is_ascii_hexdigit());
    let text = match (prediction.model.as_deref().unwrap_or_default(), is_id) {
        ("", true) => version.to_owned(),
        ("", false) => {
            let message = format!("prediction {} does not name its model", prediction.id);
            return Err(CliError::usage(message));
        }
        (model, true) => format!("{model}:{version}"),
        (model, false) => model.to_owned(),
    };
    Ok(text.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn version_runs_again_unless_it_has_no_id() {
        let id = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
        let of = |model: Option<&str>, version: &str| {
            let prediction =
                json!({"id": "a", "status": "succeeded", "model": model, "version": version});
            reference(&serde_json::from_value(prediction).expect("a prediction"))
                .map(|reference| reference.to_string())
        };
        let named = format!("acme/app:{id}");
        for (model, version, expected) in [
            (Some("acme/app"), id, Some(named.as_str())),
            (Some("acme/app"), "hidden", Some("acme/app")),
            (None, id, Some(id)),
            (None, "hidden", None),
        ] {
            assert_eq!(of(model, version).ok().as_deref(), expected, "{version}");
        }
    }
}
