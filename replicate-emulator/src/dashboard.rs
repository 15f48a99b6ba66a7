//! Pages for a browser: the models, recent predictions, how to connect. Plain HTML without scripts.

use std::{
    fmt::Write as _,
    sync::{Arc, atomic::Ordering},
};

use axum::response::IntoResponse;
use http::header;
use serde_json::Value;

use crate::{
    call::Call,
    job::{Job, JobState},
    resources::{models, predictions},
    response::Reply,
    state::State,
};

/// The number of predictions on the home page.
const RECENT: usize = 25;
/// The most characters of a text.
const SHOWN: usize = 200;

/// A document around a page's body, which is HTML.
const PAGE: &str = include_str!("dashboard/page.html");
/// How each client connects.
const CLIENTS: &str = include_str!("dashboard/clients.html");
/// How faults are injected.
const FAULTS: &str = include_str!("dashboard/faults.html");

/// `/`
pub(crate) fn home(call: &Call) -> Reply {
    let state = &call.state;
    state.expire();
    // Everyone on this machine can open the page: it never shows a token that was chosen.
    let (token, note) = if state.token.is_some() {
        (
            "TOKEN",
            "Replace <code>TOKEN</code> with the token given with <code>--token</code>: no other \
             is accepted, and this page does not show it.",
        )
    } else {
        ("local", "Any token is accepted.")
    };
    let url = escape(&state.url);
    let mut body = format!(
        "<p class=lead>The whole HTTP API of Replicate on this machine, with simulated models. \
         It needs no account, costs nothing, and forgets everything when it stops.</p>\n\
         <p>The API: <code>{url}/v1</code> · account <code>{account}</code></p>\n\
         <nav><a href=\"#predictions\">Recent predictions</a> <a href=\"#models\">Models</a> \
         <a href=\"#clients\">Point a client at it</a> \
         <a href=\"#faults\">Inject faults</a></nav>\n",
        account = escape(&state.account),
    );
    let clients = CLIENTS.replace("{url}", &url).replace("{token}", token);
    let clients = clients.replace("{note}", note);
    let jobs = state.predictions.all();
    // Once there is a prediction, the predictions are at the top.
    if jobs.is_empty() {
        body.push_str(&clients);
        model_table(&mut body, state);
        recent_predictions(&mut body, &jobs);
    } else {
        recent_predictions(&mut body, &jobs);
        model_table(&mut body, state);
        body.push_str(&clients);
    }
    body.push_str(FAULTS);
    page("A local Replicate", &body)
}

fn model_table(body: &mut String, state: &State) {
    body.push_str(
        "<h2 id=models>Models</h2>\n<table>\n<tr><th>Name<th>What it does<th>Called by<th class=n>Runs</tr>\n",
    );
    let entries = state.catalog.all();
    for entry in entries.iter().rev().filter(|entry| entry.public) {
        let _ = writeln!(
            body,
            "<tr><td><a href=\"/{name}\">{name}</a><td>{description}<td class=n>its {by}\
             <td class=n>{runs}</tr>",
            name = escape(&entry.full_name()),
            description = escape(&entry.properties().description.unwrap_or_default()),
            by = if entry.official { "name" } else { "version" },
            runs = entry.runs.load(Ordering::Relaxed),
        );
    }
    body.push_str("</table>\n");
}

fn recent_predictions(body: &mut String, jobs: &[Arc<Job>]) {
    body.push_str("<h2 id=predictions>Recent predictions</h2>\n");
    if jobs.is_empty() {
        body.push_str("<p>None yet: run a model, and load this page again.</p>\n");
        return;
    }
    body.push_str(
        "<table>\n<tr><th>Prediction<th>Status<th>Model<th>Input<th>Output<th>Created (UTC)</tr>\n",
    );
    for job in jobs.iter().rev().take(RECENT) {
        job.with_state(|current| {
            let _ = writeln!(
                body,
                "<tr><td class=n><a href=\"/p/{id}\"><code>{id:.10}…</code></a>\
                 <td class={status}>{status}\
                 <td class=n><a href=\"/{model}\">{model}</a>\
                 <td>{input}<td>{output}<td class=n>{created}</tr>",
                id = escape(&job.id),
                status = current.status,
                model = escape(&job.model),
                input = short(&current.input),
                output = output(job, current),
                created = job.created_at.format("%H:%M:%S"),
            );
        });
    }
    body.push_str("</table>\n");
}

/// Images as images, other files as links, anything else as text.
fn output(job: &Job, current: &JobState) -> String {
    if let Some(error) = &current.error {
        return format!("<span class=failed>{}</span>", cut(error));
    }
    if current.data_removed {
        return "<i>removed</i>".to_owned();
    }
    if current.files.is_empty() {
        return match &current.output {
            Value::Null => String::new(),
            // Text that was output word by word is shown as one text.
            Value::Array(pieces) if pieces.iter().all(Value::is_string) => {
                let text: String = pieces.iter().filter_map(Value::as_str).collect();
                cut(&text)
            }
            other => short(other),
        };
    }
    let mut html = String::new();
    for file in &current.files {
        let url = format!("/outputs/{}/{}", escape(&job.id), escape(&file.name));
        let shown = if file.content_type.starts_with("image/") {
            format!("<img src=\"{url}\" alt=\"{}\">", escape(&file.name))
        } else {
            escape(&file.name)
        };
        let _ = write!(html, "<a href=\"{url}\">{shown}</a> ");
    }
    html
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text),
        other => format!("<code>{}</code>", cut(&other.to_string())),
    }
}

/// The beginning of a text, escaped.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", escape(&text[..end])),
        None => escape(text),
    }
}

/// `/p/{id}`
pub(crate) fn prediction(call: &Call) -> Reply {
    let state = &call.state;
    let job = predictions::find(call)?;
    let json: Value =
        serde_json::from_slice(&predictions::body(state, &job, predictions::View::Current))
            .unwrap_or_default();
    let logs = job.with_state(|current| current.logs.clone());
    let mut body = format!(
        "<p><b class={status}>{status}</b> · <a href=\"/{model}\">{model}</a></p>\n\
         <p class=large>{output}</p>\n<h2>As the API returns it</h2>\n<pre>{json}</pre>\n",
        status = job.status(),
        model = escape(&job.model),
        output = job.with_state(|current| output(&job, current)),
        json = escape(&format!("{json:#}")),
    );
    if !logs.is_empty() {
        let _ = writeln!(body, "<h2>Logs</h2>\n<pre>{}</pre>", escape(&logs));
    }
    page(&format!("Prediction {}", job.id), &body)
}

/// `/{owner}/{name}`
pub(crate) fn model(call: &Call) -> Reply {
    let entry = models::find(call)?;
    let properties = entry.properties();
    let description = properties.description.unwrap_or_default();
    let mut body = format!("<p class=lead>{}</p>\n", escape(&description));
    if let Some(readme) = properties.readme {
        let _ = writeln!(body, "<pre>{}</pre>", escape(&readme));
    }
    if let Some(version) = entry.latest() {
        let _ = writeln!(body, "<p>Version <code>{}</code></p>", version.id);
        if let Some(interface) = version.interface() {
            inputs(
                &mut body,
                &interface.document["components"]["schemas"]["Input"],
            );
        }
    }
    page(&entry.full_name(), &body)
}

/// The table of a model's inputs.
fn inputs(body: &mut String, schema: &Value) {
    body.push_str("<h2>Input</h2>\n<table>\n<tr><th>Name<th>Type<th>Default<th>Description</tr>\n");
    let properties = schema["properties"].as_object();
    let mut fields: Vec<(&String, &Value)> = properties.into_iter().flatten().collect();
    fields.sort_by_key(|(_, field)| field["x-order"].as_u64());
    let required = schema["required"].as_array();
    for (name, field) in fields {
        let is_required = required.is_some_and(|all| all.iter().any(|other| other == name));
        let default = match &field["default"] {
            Value::Null if is_required => "<i>required</i>".to_owned(),
            Value::Null => String::new(),
            default => format!("<code>{}</code>", cut(&default.to_string())),
        };
        let text = |key: &str| escape(field[key].as_str().unwrap_or_default());
        let _ = writeln!(
            body,
            "<tr><td><code>{name}</code><td>{kind}<td>{default}<td>{description}</tr>",
            name = escape(name),
            kind = text("type"),
            description = text("description"),
        );
    }
    body.push_str("</table>\n");
}

fn page(title: &str, body: &str) -> Reply {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        // Outputs of models are shown here: if escaping ever failed, nothing of them would run.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'",
        ),
    ];
    let page = PAGE.replace("{title}", &escape(title));
    Ok((headers, page.replace("{body}", body)).into_response())
}

/// Escapes text for HTML, between tags and in attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_cannot_become_a_tag_or_end_an_attribute() {
        let escaped = escape("<script a='b\"'>&amp;");
        assert_eq!(escaped, "&lt;script a=&#39;b&quot;&#39;&gt;&amp;amp;");
    }
}
