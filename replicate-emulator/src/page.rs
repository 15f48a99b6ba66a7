//! Pages for a browser: what this is, what it has, what was run. Plain HTML; no script, no build.

mod clients;
mod html;

use std::{fmt::Write as _, sync::Arc};

use axum::{body::Body, response::Response};
use http::{HeaderValue, header};
use serde_json::Value;

use crate::{
    call::{Call, Reply},
    catalog::Entry,
    job::{Job, State},
    problem::Problem,
    resources::{models, predictions},
    world::World,
};
use html::{document, escape};

/// How many predictions the home page shows.
const RECENT: usize = 25;
/// How much of a long text.
const SHOWN: usize = 200;

/// `/`
pub(crate) fn home(call: &Call) -> Reply {
    let world = &call.world;
    world.expire();
    let mut body = format!(
        "<p class=lead>The whole HTTP API of Replicate on this machine, with simulated models. \
         It needs no account, costs nothing, and forgets everything when it stops.</p>\n\
         <p>The API: <code>{url}/v1</code> · {tokens} · account <code>{account}</code></p>\n\
         <nav><a href=\"#predictions\">Recent predictions</a> <a href=\"#models\">Models</a> \
         <a href=\"#clients\">Point a client at it</a> \
         <a href=\"#faults\">Let things go wrong</a></nav>\n",
        url = escape(&world.url),
        account = escape(&world.account),
        tokens = if world.token.is_some() {
            "one token is accepted"
        } else {
            "any token is accepted"
        },
    );
    let jobs = world.predictions.newest(RECENT);
    // Who has run something came for that.
    if jobs.is_empty() {
        clients::write(&mut body, world);
        model_table(&mut body, world);
        recent(&mut body, &jobs);
    } else {
        recent(&mut body, &jobs);
        model_table(&mut body, world);
        clients::write(&mut body, world);
    }
    faults(&mut body);
    page("A local Replicate", &body)
}

fn model_table(body: &mut String, world: &World) {
    body.push_str(
        "<h2 id=models>Models</h2>\n<table>\n<tr><th>Name<th>What it does<th>Called by<th class=n>Runs</tr>\n",
    );
    let mut entries = world.catalog.all();
    entries.retain(|entry| entry.public);
    entries.reverse();
    for entry in entries {
        let name = escape(&entry.full_name());
        let description = entry.properties().description.unwrap_or_default();
        let runs = entry.runs.load(std::sync::atomic::Ordering::Relaxed);
        let by = if entry.official {
            "its name"
        } else {
            "its version"
        };
        let _ = writeln!(
            body,
            "<tr><td><a href=\"/{name}\">{name}</a><td>{}<td class=n>{by}<td class=n>{runs}</tr>",
            escape(&description)
        );
    }
    body.push_str("</table>\n");
}

/// What a test can do besides calling the API.
fn faults(body: &mut String) {
    body.push_str(
        "<h2 id=faults>Let things go wrong</h2>\n\
         <p>For tests of what your program does then: faults on demand, and time to skip.</p>\n\
         <pre># The next prediction is refused: status, latency, rate_limit, drop or cut_body.\n\
         curl -H \"Authorization: Bearer $REPLICATE_API_TOKEN\" \\\n  \
         $REPLICATE_BASE_URL/emulator/faults \\\n  \
         --json '{&quot;status&quot;: 503, &quot;on&quot;: &quot;models.predictions.create&quot;, \
         &quot;times&quot;: 1}'\n\
         # An hour passes: outputs are gone.\n\
         curl -H \"Authorization: Bearer $REPLICATE_API_TOKEN\" \\\n  \
         $REPLICATE_BASE_URL/emulator/time --json '{&quot;advance&quot;: 3600}'</pre>\n",
    );
}

fn recent(body: &mut String, jobs: &[Arc<Job>]) {
    body.push_str("<h2 id=predictions>Recent predictions</h2>\n");
    if jobs.is_empty() {
        body.push_str("<p>None yet: run a model, and load this page again.</p>\n");
        return;
    }
    body.push_str(
        "<table>\n<tr><th>Prediction<th>Status<th>Model<th>Input<th>Output<th>Created (UTC)</tr>\n",
    );
    for job in jobs {
        let row = job.look(|state| {
            format!(
                "<tr><td class=n><a href=\"/p/{id}\"><code>{id:.10}…</code></a>\
                 <td class={status}>{status}\
                 <td class=n><a href=\"/{model}\">{model}</a>\
                 <td>{input}<td>{output}<td class=n>{created}</tr>\n",
                id = escape(&job.id),
                status = state.status,
                model = escape(&job.model),
                input = short(&state.input),
                output = output(job, state),
                created = job.created_at.format("%H:%M:%S"),
            )
        });
        body.push_str(&row);
    }
    body.push_str("</table>\n");
}

/// Pictures as pictures, other files as links, anything else as text.
fn output(job: &Job, state: &State) -> String {
    if let Some(error) = &state.error {
        return format!("<span class=failed>{}</span>", cut(error));
    }
    if state.data_removed {
        return "<i>removed</i>".to_owned();
    }
    if state.files.is_empty() {
        return match &state.output {
            Value::Null => String::new(),
            // Words that came one by one read as one text.
            Value::Array(pieces) if pieces.iter().all(Value::is_string) => {
                let text: String = pieces.iter().filter_map(Value::as_str).collect();
                cut(&text)
            }
            other => short(other),
        };
    }
    let mut html = String::new();
    for file in &state.files {
        let address = format!("/outputs/{}/{}", escape(&job.id), escape(&file.name));
        let shown = if file.content_type.starts_with("image/") {
            format!("<img src=\"{address}\" alt=\"{}\">", escape(&file.name))
        } else {
            escape(&file.name)
        };
        let _ = write!(html, "<a href=\"{address}\">{shown}</a> ");
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
    let world = &call.world;
    world.expire();
    let id = call.parameter(0);
    let job = world.predictions.get(id).ok_or_else(|| {
        Problem::not_found(format!(
            "There is no prediction with the id `{id}` (any more)."
        ))
    })?;
    let json: Value =
        serde_json::from_slice(&predictions::body(world, &job, predictions::View::AsItIs))
            .unwrap_or_default();
    let logs = job.look(|state| state.logs.clone());
    let mut body = format!(
        "<p><b class={status}>{status}</b> · <a href=\"/{model}\">{model}</a></p>\n\
         <p class=large>{output}</p>\n<h2>As the API tells it</h2>\n<pre>{json}</pre>\n",
        status = job.status(),
        model = escape(&job.model),
        output = job.look(|state| output(&job, state)),
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
    let mut body = format!(
        "<p class=lead>{}</p>\n",
        escape(&properties.description.unwrap_or_default())
    );
    if let Some(readme) = properties.readme {
        let _ = writeln!(body, "<pre>{}</pre>", escape(&readme));
    }
    inputs(&mut body, &entry);
    page(&entry.full_name(), &body)
}

fn inputs(body: &mut String, entry: &Arc<Entry>) {
    let Some(version) = entry.latest() else {
        body.push_str("<p>It has no version yet.</p>\n");
        return;
    };
    let _ = writeln!(body, "<p>Version <code>{}</code></p>", version.id);
    let Some(interface) = version.interface() else {
        body.push_str("<p>What it takes is not known.</p>\n");
        return;
    };
    let schema = &interface.document["components"]["schemas"]["Input"];
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut fields: Vec<(&String, &Value)> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .collect();
    fields.sort_by_key(|(_, field)| field["x-order"].as_u64());
    body.push_str("<h2>Input</h2>\n<table>\n<tr><th>Name<th>Type<th>Default<th>What it is</tr>\n");
    for (name, field) in fields {
        let needed = required.iter().any(|r| r == name);
        let default = match &field["default"] {
            Value::Null if needed => "<i>required</i>".to_owned(),
            Value::Null => String::new(),
            default => format!("<code>{}</code>", cut(&default.to_string())),
        };
        let text = |key: &str| escape(field[key].as_str().unwrap_or_default());
        let _ = writeln!(
            body,
            "<tr><td><code>{}</code><td>{}<td>{default}<td>{}</tr>",
            escape(name),
            text("type"),
            text("description")
        );
    }
    body.push_str("</table>\n");
}

fn page(title: &str, body: &str) -> Reply {
    let mut response = Response::new(Body::from(document(title, body)));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    // What models wrote is shown here: should escaping ever fail, nothing of it runs.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"),
    );
    Ok(response)
}
