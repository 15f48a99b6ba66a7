//! The stream of a prediction: server-sent events, from the start or from where a reader stopped.

use std::{io, sync::Arc, time::Duration};

use axum::{body::Body, response::IntoResponse};
use futures::stream;
use http::{HeaderMap, header};

use crate::{
    call::Call,
    job::{Job, Kind, StreamEvent},
    problem::Problem,
    response::{Reply, no_content},
    routes::Operation,
    state::State,
};

/// Interval of the comments that keep an idle connection open.
const QUIET: Duration = Duration::from_secs(15);

pub(crate) fn get(call: &Call) -> Reply {
    call.state.expire();
    let job = find(call)?;
    let from = position(&call.parts.headers);
    let over =
        job.with_state(|current| current.status.is_terminal() && from >= current.events.len());
    if over && from > 0 {
        // The reader has everything: with 204 it does not reconnect.
        return no_content();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let events = follow(Arc::clone(&call.state), job, from);
    Ok((headers, Body::from_stream(events)).into_response())
}

/// The URL has the prediction's id, and a key that only the owner knows.
fn find(call: &Call) -> Result<Arc<Job>, Problem> {
    let missing = || Problem::not_found("The stream does not exist or was deleted.");
    let (id, given) = call.parameter(0).split_once('-').ok_or_else(missing)?;
    let job = call.state.predictions.get(id).ok_or_else(missing)?;
    let known = match &job.kind {
        Kind::Prediction { stream_key, .. } => stream_key.as_deref() == Some(given),
        Kind::Training { .. } => false,
    };
    if known && !job.with_state(|current| current.data_removed) {
        Ok(job)
    } else {
        Err(missing())
    }
}

/// Number of events that the reader has received. `Last-Event-ID` is `TIMESTAMP:N` with the number
/// of the last.
fn position(headers: &HeaderMap) -> usize {
    headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|id| id.rsplit_once(':'))
        .and_then(|(_, number)| number.parse::<usize>().ok())
        .map_or(0, |number| number.saturating_add(1))
}

/// The events from number `from` until the last.
fn follow(
    state: Arc<State>,
    job: Arc<Job>,
    from: usize,
) -> impl futures::Stream<Item = io::Result<String>> {
    let changed = job.subscribe();
    stream::unfold(
        (state, job, changed, from),
        |(state, job, mut changed, from)| async move {
            loop {
                changed.mark_unchanged();
                let (text, next, over) = job.with_state(|current| {
                    let text = written(&current.events, from);
                    let next = current.events.len().max(from);
                    (text, next, current.status.is_terminal())
                });
                if !text.is_empty() {
                    return Some((Ok(text), (state, job, changed, next)));
                }
                if over {
                    return None;
                }
                tokio::select! {
                    _ = changed.changed() => {}
                    () = state.stop.cancelled() => return None,
                    _ = state.outages.hits(Operation::StreamsGet) => {
                        let error = io::ErrorKind::ConnectionReset.into();
                        return Some((Err(error), (state, job, changed, from)));
                    }
                    () = tokio::time::sleep(QUIET) => {
                        let comment = ": still here\n\n".to_owned();
                        return Some((Ok(comment), (state, job, changed, from)));
                    }
                }
            }
        },
    )
}

fn written(events: &[StreamEvent], from: usize) -> String {
    let mut text = String::new();
    for (number, event) in events.iter().enumerate().skip(from) {
        text.push_str("event: ");
        text.push_str(event.kind);
        text.push_str(&format!("\nid: {}:{number}\n", event.at));
        // A line break within the data begins another `data` line, and so would a lone CR.
        let lines = event.data.replace("\r\n", "\n").replace('\r', "\n");
        for line in lines.split('\n') {
            text.push_str("data: ");
            text.push_str(line);
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn line_breaks_become_data_lines() {
        let event = StreamEvent {
            kind: "output",
            at: 7,
            data: " a\nb\r\n\rc".to_owned(),
        };
        assert_eq!(
            written(&[event], 0),
            "event: output\nid: 7:0\ndata:  a\ndata: b\ndata: \ndata: c\n\n"
        );
    }

    #[test]
    fn last_event_id_is_the_number_of_the_last_event() {
        let position = |id: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("last-event-id", HeaderValue::from_static(id));
            position(&headers)
        };
        assert_eq!(position("1690212292:0"), 1);
        assert_eq!(position("1690212292:41"), 42);
        assert_eq!(position("odd"), 0);
        assert_eq!(position("1:18446744073709551615"), usize::MAX);
    }
}
