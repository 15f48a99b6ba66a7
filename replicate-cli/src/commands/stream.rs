use clap::Args;
use futures::TryStreamExt;
use replicate::StreamEvent;
use replicate::types::Prediction;
use serde_json::json;

use super::creation::CreationArguments;
use super::online;
use crate::cli::Global;
use crate::events;
use crate::failure::{Exit, Failure};
use crate::job;
use crate::schema::{OutputForm, Schema};
use crate::session::Session;
use crate::terminal;

/// Run a model, or follow a running prediction, and print its text as it comes
#[derive(Args, Debug)]
pub(crate) struct Stream {
    /// owner/name, owner/name:version, a version's id, or deployments/owner/name
    #[arg(
        value_name = "REF",
        required_unless_present = "id",
        conflicts_with = "id"
    )]
    reference: Option<String>,
    /// Follow this prediction, which runs already
    #[arg(long, value_name = "ID", conflicts_with_all = ["inputs", "input", "cancel_after", "webhook", "dry_run"])]
    id: Option<String>,
    #[command(flatten)]
    creation: CreationArguments,
    /// Write the model's logs to standard error as they come
    #[arg(long)]
    logs: bool,
}

impl Stream {
    pub(crate) fn execute(self, global: &Global) -> Result<Exit, Failure> {
        match (self.reference.as_deref(), self.id.as_deref()) {
            (Some(reference), _) => self.create(global, reference),
            (None, Some(id)) => online(global, async |session| self.attach(session, id).await),
            (None, None) => Err(Failure::usage(
                "give a model, or --id with a prediction's id",
            )),
        }
    }

    fn create(&self, global: &Global, reference: &str) -> Result<Exit, Failure> {
        let wanted = self.creation.read(reference)?;
        online(global, async |session| {
            let checked = wanted.check(session).await?;
            if self.creation.printed(session, &checked)? {
                return Ok(());
            }
            check_form(checked.schema())?;
            let (creation, _) = self.creation.creation(session, checked).await?;
            let created = job::create(session, creation).await?;
            tokio::select! {
                biased;
                () = session.interrupted.cancelled() => {}
                done = self.follow(session, &created.prediction) => return done,
            }
            Err(job::cancel(session, &created.prediction.id).await)
        })
    }

    /// Follows a prediction that somebody else has created, and leaves it as it is.
    async fn attach(&self, session: &Session, id: &str) -> Result<(), Failure> {
        let work = async {
            let prediction = session.client.predictions().get(id).await?;
            self.follow(session, &prediction).await
        };
        tokio::select! {
            biased;
            () = session.interrupted.cancelled() => {
                Err(Failure::interrupted(format!("interrupted; the prediction {id} goes on"))
                    .hint(format!("to end it: replicate predictions cancel {id}")))
            }
            done = work => done,
        }
    }

    /// Prints what a prediction tells until it is over.
    async fn follow(&self, session: &Session, prediction: &Prediction) -> Result<(), Failure> {
        let printing = self.print_events(session, prediction);
        let ended = match session.time_left(None) {
            Some(left) => tokio::time::timeout(left, printing).await,
            None => Ok(printing.await),
        };
        match ended {
            Ok(Ok(ended)) if ended.status.as_str() == "succeeded" => Ok(()),
            Ok(Ok(ended)) => job::wait(session, &ended, None, false).await?.result,
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(Failure::not_in_time(&prediction.id)),
        }
    }

    async fn print_events(
        &self,
        session: &Session,
        prediction: &Prediction,
    ) -> Result<Prediction, Failure> {
        let mut events = session.client.stream_prediction(prediction).await?;
        let mut last = String::new();
        loop {
            let event = match events.try_next().await {
                Ok(event) => event,
                Err(error) => {
                    events::end_line(&last)?;
                    return Err(error.into());
                }
            };
            match event {
                Some(event) if session.json => {
                    terminal::write_line(json_line(&event))?;
                    if let StreamEvent::Done(done) = event {
                        return Ok(done.into_prediction());
                    }
                }
                Some(StreamEvent::Output(text)) => {
                    terminal::write_data(events::displayed(&text))?;
                    last = text.into_text();
                }
                Some(StreamEvent::Logs(text)) if self.logs => {
                    terminal::say(text.trim_end_matches('\n'));
                }
                Some(StreamEvent::Done(done)) => {
                    events::end_line(&last)?;
                    return Ok(done.into_prediction());
                }
                Some(_) => {}
                None => return Ok(events.prediction().clone()),
            }
        }
    }
}

/// Refuses a model that gives files at its end: its prediction would have no stream.
fn check_form(schema: Option<&Schema>) -> Result<(), Failure> {
    match schema.map(Schema::output) {
        Some(OutputForm::Files | OutputForm::SeveralFiles) => Err(Failure::usage(
            "this model gives files when it is done, and has no stream",
        )
        .hint("run it instead: replicate run")),
        _ => Ok(()),
    }
}

/// An event as a line of JSON.
fn json_line(event: &StreamEvent) -> String {
    let line = match event {
        StreamEvent::Output(text) => json!({"event": "output", "data": text.text()}),
        StreamEvent::Logs(text) => json!({"event": "logs", "data": text.text()}),
        StreamEvent::Done(done) => {
            let reason = match done.status.as_str() {
                "succeeded" => "completed",
                status => status,
            };
            json!({"event": "done", "reason": reason})
        }
        _ => json!({"event": "unknown"}),
    };
    line.to_string()
}
