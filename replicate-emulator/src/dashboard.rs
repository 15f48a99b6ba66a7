//! Pages for a browser: the models, recent predictions, how to connect. Plain HTML without scripts.

use std::{fmt::Write as _, sync::Arc};

use axum::{body::Body, response::Response};
use http::{HeaderValue, header};
use serde_json::Value;

use crate::{
    call::Call,
    catalog::Entry,
    job::{Job, JobState},
    problem::Problem,
    resources::{models, predictions},
    response::Reply,
    state::State,
};

/// The number of predictions on the home page.
const RECENT: usize = 25;
/// The most characters of a text.
const SHOWN: usize = 200;

/// `/`
pub(crate) fn home(call: &Call) -> Reply {
    let state = &call.state;
    state.expire();
    let mut body = format!(
        "<p class=lead>The whole HTTP API of Replicate on this machine, with simulated models. \
         It needs no account, costs nothing, and forgets everything when it stops.</p>\n\
         <p>The API: <code>{url}/v1</code> · {tokens} · account <code>{account}</code></p>\n\
         <nav><a href=\"#predictions\">Recent predictions</a> <a href=\"#models\">Models</a> \
         <a href=\"#clients\">Point a client at it</a> \
         <a href=\"#faults\">Inject faults</a></nav>\n",
        url = escape(&state.url),
        account = escape(&state.account),
        tokens = if state.token.is_some() {
            "only one token is accepted"
        } else {
            "any token is accepted"
        },
    );
    let jobs = state.predictions.newest(RECENT);
    // Once there is a prediction, the predictions are at the top.
    if jobs.is_empty() {
        clients(&mut body, state);
        model_table(&mut body, state);
        recent(&mut body, &jobs);
    } else {
        recent(&mut body, &jobs);
        model_table(&mut body, state);
        clients(&mut body, state);
    }
    faults(&mut body);
    page("A local Replicate", &body)
}

fn model_table(body: &mut String, state: &State) {
    body.push_str(
        "<h2 id=models>Models</h2>\n<table>\n<tr><th>Name<th>What it does<th>Called by<th class=n>Runs</tr>\n",
    );
    let mut entries = state.catalog.all();
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

/// Fault injection.
fn faults(body: &mut String) {
    body.push_str(
        "<h2 id=faults>Inject faults</h2>\n\
         <p>For tests of what your program does when calls fail, or when time passes.</p>\n\
         <pre># The next create fails. Kinds: status, latency, rate_limit, drop, cut_body, replica_lag.\n\
         curl -H \"Authorization: Bearer $REPLICATE_API_TOKEN\" \\\n  \
         $REPLICATE_BASE_URL/emulator/faults \\\n  \
         --json '{&quot;status&quot;: 503, &quot;on&quot;: &quot;models.predictions.create&quot;, \
         &quot;times&quot;: 1}'\n\
         # Skip an hour: outputs expire.\n\
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
        let row = job.with_state(|current| {
            format!(
                "<tr><td class=n><a href=\"/p/{id}\"><code>{id:.10}…</code></a>\
                 <td class={status}>{status}\
                 <td class=n><a href=\"/{model}\">{model}</a>\
                 <td>{input}<td>{output}<td class=n>{created}</tr>\n",
                id = escape(&job.id),
                status = current.status,
                model = escape(&job.model),
                input = short(&current.input),
                output = output(job, current),
                created = job.created_at.format("%H:%M:%S"),
            )
        });
        body.push_str(&row);
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
    state.expire();
    let id = call.parameter(0);
    let job = state.predictions.get(id).ok_or_else(|| {
        Problem::not_found(format!("Prediction `{id}` does not exist or was deleted."))
    })?;
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
        body.push_str("<p>Its input is not known.</p>\n");
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
    body.push_str("<h2>Input</h2>\n<table>\n<tr><th>Name<th>Type<th>Default<th>Description</tr>\n");
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
    // Outputs of models are shown here: if escaping ever failed, nothing of them would run.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"),
    );
    Ok(response)
}

/// How each client connects. Everyone on this machine can open the page, so that it never shows a
/// token that was chosen.
fn clients(body: &mut String, state: &State) {
    let url = escape(&state.url);
    let (token, note) = if state.token.is_some() {
        (
            "TOKEN",
            " Replace <code>TOKEN</code> with the token given with <code>--token</code>: no \
             other is accepted, and this page does not show it.",
        )
    } else {
        ("local", " Any token is accepted.")
    };
    let _ = write!(
        body,
        "<h2 id=clients>Point a client at it</h2>\n\
         <p>In the shell where your program runs.{note}</p>\n\
         <pre>export REPLICATE_BASE_URL={url}\nexport REPLICATE_API_TOKEN={token}</pre>\n\
         <dl>\n"
    );
    for (client, remark, example) in [
        (
            "Command line",
            "",
            "replicate run emulator/text \"Once upon a time\"".to_owned(),
        ),
        (
            "Python",
            "",
            "import replicate\n\
             words = replicate.run(\"emulator/text\", input={\"prompt\": \"Once upon a time\"})\n\
             print(\"\".join(words))"
                .to_owned(),
        ),
        (
            "Node",
            "takes the URL as an option, not from the variable",
            format!(
                "const replicate = new Replicate({{ baseUrl: \"{}/v1\" }});\n\
                 const input = {{ prompt: \"Once upon a time\" }};\n\
                 const words = await replicate.run(\"emulator/text\", {{ input }});",
                state.url
            ),
        ),
        (
            "Rust",
            "",
            "let replicate = replicate::Client::from_env()?;\n\
             let input = json!({ \"prompt\": \"Once upon a time\" });\n\
             let words = replicate.run(\"emulator/text\").input(input).text().await?;"
                .to_owned(),
        ),
        (
            "curl",
            "a picture; this page shows it then",
            "curl $REPLICATE_BASE_URL/v1/models/emulator/image/predictions \\\n  \
             -H \"Authorization: Bearer $REPLICATE_API_TOKEN\" -H \"Prefer: wait\" \\\n  \
             --json '{\"input\": {\"prompt\": \"a red bicycle\"}}'"
                .to_owned(),
        ),
    ] {
        let remark = if remark.is_empty() {
            String::new()
        } else {
            format!("<span>{remark}</span>")
        };
        let _ = writeln!(
            body,
            "<dt>{client}{remark}<dd><pre>{}</pre>",
            escape(&example)
        );
    }
    body.push_str("</dl>\n");
}

/// A document around `body`, which is HTML.
fn document(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
         <meta name=viewport content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n\
         <header><a href=\"/\">replicate-emulator</a></header>\n\
         <main>\n<h1>{title}</h1>\n{body}</main>\n</html>\n"
    )
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

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; }
header { padding: .6rem 1.2rem; border-bottom: 1px solid var(--line); }
header a { font-weight: 600; text-decoration: none; color: inherit; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.2rem 4rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.lead { font-size: 1.1rem; }
pre { background: var(--soft); padding: .7rem .9rem; overflow: auto; border-radius: 6px; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
nav a { margin-right: 1rem; }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem 1rem; }
dt { font-weight: 600; padding-top: .6rem; } dt span { display: block; font: 12px/1.4 system-ui, sans-serif; }
dd, dd pre { margin: 0; min-width: 0; }
@media (max-width: 40rem) { dl { display: block; } dd { margin-bottom: .8rem; } }
@media (prefers-color-scheme: dark) { a { color: #8ab4ff; } }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; overflow-wrap: anywhere; }
.n, td[class] { white-space: nowrap; }
tr { border-bottom: 1px solid var(--line); }
td img { height: 72px; border-radius: 4px; } .large img { max-width: 100%; border-radius: 6px; }
.succeeded { color: light-dark(#2a7d2e, #6ecf73); }
.failed, .aborted { color: light-dark(#c0392b, #ff8a7a); }
.canceled { color: light-dark(#8f5a0b, #e0a84e); }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_cannot_become_a_tag_or_end_an_attribute() {
        let escaped = escape("<script a='b\"'>&amp;");
        assert_eq!(escaped, "&lt;script a=&#39;b&quot;&#39;&gt;&amp;amp;");
    }
}
