//! Lists predictions.

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::COLUMNS;
use crate::error::CliError;
use crate::list::{self, JobFilter, Limit};
use crate::session::Session;
use crate::when;

/// List the account's predictions, newest first
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate predictions list --status failed --created-after 2h
  replicate predictions list --limit all --jq '.[].id'")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    filter: JobFilter,
    /// Only predictions created since this time, such as 2026-01-31, or 2h for two hours ago
    #[arg(long, visible_alias = "since", value_name = "TIME", value_parser = when::parse)]
    created_after: Option<DateTime<Utc>>,
    /// Only predictions created before this time
    #[arg(long, visible_alias = "until", value_name = "TIME", value_parser = when::parse)]
    created_before: Option<DateTime<Utc>>,
    /// Only predictions of the last 14 days with this origin
    #[arg(long)]
    source: Option<Source>,
}

/// Origin of a prediction.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Source {
    /// On the website
    Web,
}

impl ListArgs {
    pub(super) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let mut list = session.client.predictions().list();
        if let Some(time) = self.created_after {
            list = list.created_after(time);
        }
        if let Some(time) = self.created_before {
            list = list.created_before(time);
        }
        if let Some(source) = self.source {
            list = list.source(match source {
                Source::Web => "web",
            });
        }
        let list = list.decode_as::<()>();
        list::print_matching(session, list, self.limit, &self.filter, &COLUMNS).await
    }
}
