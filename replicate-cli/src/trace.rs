//! `--verbose`: each request and its response on standard error, from the library's traces.

use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::terminal;

/// Writes what the library traces: calls, the responses of their attempts, and retries. URLs
/// are without queries there.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// The base URL of the API, whose URLs are not secret.
    base: String,
    last_id: AtomicU64,
    attempts: Mutex<HashMap<u64, Attempt>>,
}

/// An attempt that is under way.
#[derive(Debug)]
struct Attempt {
    started: Instant,
    handles: usize,
    fields: Fields,
}

#[derive(Debug, Default)]
struct Fields(HashMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The line of an event: its message, and its fields.
    fn line(&self) -> String {
        let mut line = self.get("message").unwrap_or_default().to_owned();
        let mut names: Vec<_> = self.0.keys().filter(|name| **name != "message").collect();
        names.sort();
        for name in names {
            // Nothing else keeps a `String` from being written to.
            let _ = write!(line, " {name}={}", self.0[name]);
        }
        line
    }
}

impl Trace {
    /// Traces for the rest of the command.
    pub(crate) fn install(base: &str) {
        let trace = Self {
            base: base.trim_end_matches('/').to_owned(),
            ..Self::default()
        };
        // A second one has no effect.
        let _ = tracing::subscriber::set_global_default(trace);
    }

    /// The URL of a stream or a file is a capability: only its host is shown.
    fn shown(&self, url: &str) -> String {
        if url.starts_with(&self.base) {
            return url.to_owned();
        }
        let mut parts = url.splitn(4, '/');
        let host: Vec<&str> = parts.by_ref().take(3).collect();
        format!("{}/...", host.join("/"))
    }

    fn attempts(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Attempt>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Trace {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("replicate") && *metadata.level() <= Level::DEBUG
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(method), Some(url)) =
            (fields.get("http.request.method"), fields.get("url.full"))
        {
            terminal::say(format!("> {method} {}", self.shown(url)));
        }
        if attributes.metadata().name() == "attempt" {
            let attempt = Attempt {
                started: Instant::now(),
                handles: 1,
                fields,
            };
            self.attempts().insert(id, attempt);
        }
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        if let Some(attempt) = self.attempts().get_mut(&id.into_u64()) {
            values.record(&mut attempt.fields);
        }
    }

    fn record_follows_from(&self, _id: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        terminal::say(format!("* {}", fields.line()));
    }

    fn enter(&self, _id: &Id) {}

    fn exit(&self, _id: &Id) {}

    fn clone_span(&self, id: &Id) -> Id {
        if let Some(attempt) = self.attempts().get_mut(&id.into_u64()) {
            attempt.handles += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut attempts = self.attempts();
        let Some(attempt) = attempts.get_mut(&id.into_u64()) else {
            return false;
        };
        attempt.handles -= 1;
        if attempt.handles > 0 {
            return false;
        }
        let closed = attempts.remove(&id.into_u64());
        drop(attempts);
        let Some(attempt) = closed else { return true };
        let status = attempt.fields.get("http.response.status_code");
        let outcome = status.or_else(|| attempt.fields.get("error.type"));
        if let Some(outcome) = outcome {
            let time = attempt.started.elapsed().as_millis();
            terminal::say(format!("< {outcome} ({time} ms)"));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_give_access_are_not_shown() {
        let trace = Trace {
            base: "https://api.example/v1".to_owned(),
            ..Trace::default()
        };
        let own = "https://api.example/v1/models/a/b";
        assert_eq!(trace.shown(own), own);
        let stream = "https://stream.example/v1/secret";
        assert_eq!(trace.shown(stream), "https://stream.example/...");
    }
}
