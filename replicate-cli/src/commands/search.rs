use clap::Args;
use serde_json::Value;

use crate::error::CliError;
use crate::record::{full_name, text_at};
use crate::session::Session;
use crate::table::{self, Column};
use crate::terminal;

/// Search models, collections and pages
#[derive(Args, Debug)]
pub(crate) struct Search {
    /// The query
    #[arg(required = true)]
    words: Vec<String>,
    /// Show at most N models, 1 to 50
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50))]
    limit: Option<u32>,
}

const MODELS: [Column; 2] = [
    Column::id("MODEL", |item| full_name(&item["model"])),
    Column::new("DESCRIPTION", |item| text_at(item, "/model/description")),
];

const COLLECTIONS: [Column; 2] = [
    Column::id("COLLECTION", |item| text_at(item, "/slug")),
    Column::new("DESCRIPTION", |item| text_at(item, "/description")),
];

const PAGES: [Column; 2] = [
    Column::new("PAGE", |item| text_at(item, "/name")),
    Column::id("URL", |item| text_at(item, "/href")),
];

impl Search {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let mut search = session.client.search(self.words.join(" "));
        if let Some(limit) = self.limit {
            search = search.limit(limit);
        }
        let response = session.unless_interrupted(search.with_response()).await??;
        if !session.is_interactive() {
            return session.write_json(response.body());
        }
        let found: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let parts: [(&str, &[Column]); 3] = [
            ("models", &MODELS),
            ("collections", &COLLECTIONS),
            ("pages", &PAGES),
        ];
        let tables: Vec<String> = parts
            .iter()
            .filter_map(|(part, columns)| {
                let items = found[*part].as_array().filter(|items| !items.is_empty())?;
                Some(table::render(columns, items, terminal::width()))
            })
            .collect();
        if tables.is_empty() {
            session.note("nothing found");
            return Ok(());
        }
        session.page(&tables.join("\n"))
    }
}
