//! Servers and a client for one case, and the checks of what came of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use futures::TryStreamExt;
use replicate::{Client, Error, FileInput};
use replicate_test_support::{Http2Reply, Listener, Reply, Script};
use serde_json::json;

use crate::case::{Action, Case, prediction_reply, quick};
use crate::dns::Resolver;
use crate::expectations::{Ending, Row};
use crate::leak_detector;
use crate::operation::{MODEL, Operation, input, json_reply, prediction};

const API: &str = "api.localhost";
const FILES: &str = "files.localhost";

/// A host that is not the API's and has nothing to do with the fault: it may get no request, or
/// none with the token.
pub(crate) fn third_party_host(operation: Operation) -> Listener {
    Listener::start(std::iter::repeat_n(Script::reply(operation.reply()), 20)).unwrap()
}

struct Servers {
    api: Listener,
    files: Listener,
    client: Client,
    /// The URL of a download.
    file_url: String,
}

fn scripts(case: &Case, operation: Operation) -> Vec<Script> {
    let mut scripts = case.scripts.clone();
    let rest = match scripts.last() {
        Some(last) if case.always => last.clone(),
        _ => complete(case, operation.reply()),
    };
    scripts.extend(std::iter::repeat_n(rest, 40));
    scripts
}

/// The script that sends this response, over the protocol of the case.
fn complete(case: &Case, reply: Reply) -> Script {
    match case.http2 {
        true => Script::http2(Http2Reply::new(&reply)),
        false => Script::reply(reply),
    }
}

fn start_servers(case: &Case, operation: Operation) -> Servers {
    let scripts = scripts(case, operation);
    // Where names are resolved with a fault, the servers have names.
    let url = |server: &Listener, name: &str| match case.dns_fault {
        Some(_) => format!("http://{name}"),
        None => server.url(),
    };
    let faulted = Listener::start(scripts).unwrap();
    let (api, files) = if operation.is_foreign() {
        let api = stream_api(case, &url(&faulted, FILES));
        (Listener::start(api).unwrap(), faulted)
    } else {
        (faulted, Listener::start([]).unwrap())
    };
    let builder = Client::builder().token(leak_detector::TOKEN);
    let mut builder = quick(builder.base_url(url(&api, API)));
    let file_url = format!("{}/out.txt", url(&files, FILES));
    if let Some(dns_fault) = case.dns_fault {
        let known = HashMap::from([(API, api.address()), (FILES, files.address())]);
        let faulted = if operation.is_foreign() { FILES } else { API };
        let resolver = Arc::new(Resolver::new(known, faulted, dns_fault));
        builder = builder.http(move |http| http.dns_resolver(Arc::clone(&resolver)));
    }
    if case.http2 {
        // Each request on a connection of its own, as the scripts have it.
        builder = builder.http(|http| http.http2_prior_knowledge().pool_max_idle_per_host(0));
    }
    let client = (case.setup)(builder).build().unwrap();
    Servers {
        api,
        files,
        client,
        file_url,
    }
}

/// The API's responses to a stream: the created prediction, and the polls after it.
fn stream_api(case: &Case, origin: &str) -> Vec<Script> {
    let created = case.created.clone().unwrap_or_else(|| {
        let mut created = prediction("starting", json!(null));
        created["urls"]["stream"] = json!(format!("{origin}/stream/p1"));
        created
    });
    let created = complete(case, json_reply(201, &created));
    let mut scripts = vec![created.clone()];
    if case.action == Action::Twice {
        scripts.push(created);
    }
    let replies = match case.polled.as_slice() {
        [] => vec![prediction_reply("succeeded")],
        replies => replies.to_vec(),
    };
    let last = replies.last().cloned().unwrap();
    let rest = std::iter::repeat_n(last, 40);
    let replies = replies.into_iter().chain(rest);
    scripts.extend(replies.map(|reply| complete(case, reply)));
    scripts
}

async fn perform(case: &Case, operation: Operation, servers: &Servers) -> Result<String, Error> {
    let Servers {
        client, file_url, ..
    } = servers;
    match case.action {
        Action::Usual => operation.call(client, file_url).await,
        Action::Run => client.run(MODEL).input(input()).poll_only().text().await,
        Action::RunWithUpload => {
            let file = FileInput::bytes(vec![b'x'; 400_000], "text/plain");
            let input = json!({ "file": file });
            client.run(MODEL).input(input).poll_only().text().await
        }
        Action::Wait => {
            let prediction = client.wait("p1").await?;
            client.output(&prediction)?.text()
        }
        Action::Twice => {
            operation.call(client, file_url).await?;
            operation.call(client, file_url).await
        }
        Action::ReadSome => {
            let mut stream = client.download(file_url).stream();
            let mut size = 0;
            while size < 1024 * 1024 {
                size += stream.try_next().await?.map_or(0, |chunk| chunk.len());
            }
            drop(stream);
            servers.files.wait_for_closed(1).await;
            Ok("a mebibyte".to_owned())
        }
    }
}

/// Runs a case and compares what came of it with what is expected.
pub(crate) async fn run_case(row: &Row, operation: Operation, case: Case, third_party: &Listener) {
    let fault = format!("{} {} ({})", row.number, row.name, row.situation);
    let place = format!("{fault}, {}: {}", operation.name(), case.variant);
    let servers = start_servers(&case, operation);
    let start = Instant::now();
    let running = tokio::time::timeout(case.limit, perform(&case, operation, &servers));
    let Ok(result) = running.await else {
        panic!("{place}: no end after {:?}", start.elapsed());
    };
    match (row.ending(operation), &result) {
        (Ending::Result, Ok(outcome)) => {
            let expected = case.outcome.clone().unwrap_or_else(|| operation.outcome());
            assert_eq!(*outcome, expected, "{place}");
        }
        (Ending::Error(kind), Err(error)) => {
            assert_eq!(error.kind(), kind, "{place}: {error:?}");
            assert!(!error.to_string().is_empty(), "{place}");
            (case.check)(error);
        }
        (expected, result) => panic!("{place}: expected {expected:?}, got {result:?}"),
    }
    count_creates(&place, operation, &case, &servers);
    search(&place, servers, third_party, result.as_ref().err()).await;
}

fn count_creates(place: &str, operation: Operation, case: &Case, servers: &Servers) {
    let received = servers.api.received();
    let creates = received
        .iter()
        .filter(|request| request.method == "POST" && !request.target.ends_with("/cancel"))
        .count();
    let allowed = case.creates + usize::from(case.action == Action::RunWithUpload);
    let sent = servers.api.request_lines();
    assert!(creates <= allowed, "{place}: {creates} creates: {sent:?}");
    if operation.creates() && case.action == Action::Usual && case.dns_fault.is_none() {
        // A request that was not read completely counts too.
        assert!(servers.api.connections() <= allowed, "{place}: {sent:?}");
        assert!(servers.api.connections() > 0, "{place}: nothing was sent");
    }
}

/// Searches for the token where it must not be.
async fn search(place: &str, servers: Servers, third_party: &Listener, error: Option<&Error>) {
    if let Some(error) = error {
        let text = leak_detector::text_of(error);
        assert!(!leak_detector::shows(&text), "{place}: {text}");
    }
    let client = &servers.client;
    let shown = format!("{client:?} {client:#?}");
    assert!(!leak_detector::shows(&shown), "{place}: {shown}");
    for server in [&servers.files, third_party] {
        for request in server.received() {
            let text = format!("{request:?} {}", request.text());
            assert!(!leak_detector::shows(&text), "{place}: {text}");
            assert_eq!(request.header("authorization"), None, "{place}");
        }
    }
    let token = format!("Bearer {}", leak_detector::TOKEN);
    for request in servers.api.received() {
        assert_eq!(request.header("authorization"), Some(&*token), "{place}");
        let rest = format!("{} {}", request.target, request.text());
        assert!(!leak_detector::shows(&rest), "{place}: {rest}");
    }
    let files = servers.files;
    drop(servers.client);
    // Bytes that are not a complete request count too.
    for server in [&files, third_party] {
        let bytes = server.bytes();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!leak_detector::shows(&text), "{place}");
    }
    let (_, found) = leak_detector::traced();
    assert!(found.is_empty(), "{place}: {found:?}");
}
