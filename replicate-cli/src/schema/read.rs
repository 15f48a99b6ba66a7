//! Reads the schema of a model, version or deployment before it is run.

use replicate::ModelRef;
use serde_json::Value;

use super::Schema;
use crate::error::CliError;
use crate::session::Session;

/// Reads the schema of what is to be run, with the retries of every read. `None` if there is
/// none; the input is not validated then.
///
/// A failed read is an error: nothing was created, and the user learns the cause before paying.
pub(crate) async fn read_schema(
    session: &Session,
    reference: &ModelRef,
) -> Result<Option<Schema>, CliError> {
    let progress = session.progress();
    progress.set_text("reading the model's schema");
    let schema = session.client.models().schema(reference);
    let schema = session
        .unless_interrupted(progress.showing(schema))
        .await??;
    Ok(schema.and_then(|schema| Schema::new(Value::clone(&schema))))
}
