use clap::Args;
use serde_json::Value;

use crate::commands::show;
use crate::error::CliError;
use crate::record::{Field, age_at, full_name, text_at};
use crate::session::Session;

/// Show a model
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// owner/name
    name: String,
}

impl Show {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        show(
            session,
            session.client.models().get(&self.name).raw(),
            fields,
        )
        .await
    }
}

fn fields(model: &Value) -> Vec<Field> {
    vec![
        ("model", full_name(model)),
        ("description", text_at(model, "/description")),
        ("visibility", text_at(model, "/visibility")),
        ("runs", text_at(model, "/run_count")),
        ("official", text_at(model, "/is_official")),
        ("version", text_at(model, "/latest_version/id")),
        ("published", age_at(model, "/latest_version/created_at")),
        ("page", text_at(model, "/url")),
        ("code", text_at(model, "/github_url")),
        ("paper", text_at(model, "/paper_url")),
        ("license", text_at(model, "/license_url")),
    ]
}
