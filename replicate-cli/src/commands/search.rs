use clap::Args;
use replicate::resources;

use super::{SessionCommand, print_body, with_option};
use crate::error::Result;
use crate::record::Cell::{Text, With};
use crate::record::full_name;
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
    Column::id("MODEL", With(|item| full_name(&item["model"]))),
    Column::new("DESCRIPTION", Text("/model/description")),
];

const COLLECTIONS: [Column; 2] = [
    Column::id("COLLECTION", Text("/slug")),
    Column::new("DESCRIPTION", Text("/description")),
];

const PAGES: [Column; 2] = [
    Column::new("PAGE", Text("/name")),
    Column::id("URL", Text("/href")),
];

impl SessionCommand for Search {
    async fn execute(self, session: &Session) -> Result<()> {
        let search = session.client.search(self.words.join(" "));
        let search = with_option(search, self.limit, resources::Search::limit);
        let response = session.unless_interrupted(search.with_response()).await??;
        print_body(session, response.body(), |found| {
            let parts: [(&str, &[Column]); 3] = [
                ("models", &MODELS),
                ("collections", &COLLECTIONS),
                ("pages", &PAGES),
            ];
            let tables = parts.iter().filter_map(|(part, columns)| {
                let items = found[*part].as_array().filter(|items| !items.is_empty())?;
                Some(table::render(columns, items, terminal::width()))
            });
            let tables: Vec<String> = tables.collect();
            if tables.is_empty() {
                session.note("nothing found");
                return Ok(());
            }
            session.page(&tables.join("\n"))
        })
    }
}
