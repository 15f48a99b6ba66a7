//! Servers and a client for one case, and what is held against its promise.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use replicate::{Client, Error, FileInput};
use replicate_test_support::{Listener, Script};
use serde_json::json;

use crate::case::{Act, Case, asked, quick, shown};
use crate::names::Names;
use crate::operation::{MODEL, Operation, input, json_reply, prediction};
use crate::promise::{Ending, Row};
use crate::witness;

const API: &str = "api.localhost";
const FILES: &str = "files.localhost";

/// A host that is not the API's and has nothing to do with the fault: it may not be asked
/// anything, or nothing with the token.
pub(crate) fn elsewhere(operation: Operation) -> Listener {
    Listener::start(std::iter::repeat_n(Script::reply(operation.reply()), 20)).unwrap()
}

struct Servers {
    api: Listener,
    files: Listener,
    client: Client,
    /// Where a download goes.
    address: String,
}

fn whole(case: &Case, operation: Operation) -> Vec<Script> {
    let mut scripts = case.scripts.clone();
    let rest = match scripts.last() {
        Some(last) if case.forever => last.clone(),
        _ => Script::reply(operation.reply()),
    };
    scripts.extend(std::iter::repeat_n(rest, 40));
    scripts
}

fn serve(case: &Case, operation: Operation) -> Servers {
    let scripts = whole(case, operation);
    let (api, files) = if operation.is_foreign() {
        let files = Listener::start(scripts).unwrap();
        let origin = match case.trouble {
            Some(_) => format!("http://{FILES}"),
            None => files.url(),
        };
        (Listener::start(stream_api(case, &origin)).unwrap(), files)
    } else {
        (
            Listener::start(scripts).unwrap(),
            Listener::start([]).unwrap(),
        )
    };
    let base = match case.trouble {
        Some(_) => format!("http://{API}"),
        None => api.url(),
    };
    let mut builder = quick(Client::builder().token(witness::TOKEN).base_url(base));
    let mut address = format!("{}/out.txt", files.url());
    if let Some(trouble) = case.trouble {
        let known = HashMap::from([(API, api.address()), (FILES, files.address())]);
        let faulted = if operation.is_foreign() { FILES } else { API };
        let names = Arc::new(Names::new(known, faulted, trouble));
        builder = builder.http(move |http| http.dns_resolver(Arc::clone(&names)));
        address = format!("http://{FILES}/out.txt");
    }
    let client = (case.setup)(builder).build().unwrap();
    Servers {
        api,
        files,
        client,
        address,
    }
}

/// What the API answers to whoever wants a stream: the prediction, and then how it is going.
fn stream_api(case: &Case, origin: &str) -> Vec<Script> {
    let created = case.created.clone().unwrap_or_else(|| {
        let mut created = prediction("starting", json!(null));
        created["urls"]["stream"] = json!(format!("{origin}/stream/p1"));
        created
    });
    let created = Script::reply(json_reply(201, &created));
    let mut scripts = vec![created.clone()];
    if case.act == Act::Twice {
        scripts.push(created);
    }
    let answers = match case.asked.as_slice() {
        [] => vec![asked("succeeded")],
        answers => answers.to_vec(),
    };
    let last = answers.last().cloned().unwrap();
    let rest = std::iter::repeat_n(last, 40);
    scripts.extend(answers.into_iter().chain(rest).map(Script::reply));
    scripts
}

async fn act(case: &Case, operation: Operation, servers: &Servers) -> Result<String, Error> {
    let Servers {
        client, address, ..
    } = servers;
    match case.act {
        Act::Usual => operation.call(client, address).await,
        Act::Run => client.run(MODEL).input(input()).poll_only().text().await,
        Act::RunWithUpload => {
            let file = FileInput::bytes(vec![b'x'; 400_000], "text/plain");
            let input = json!({ "file": file });
            client.run(MODEL).input(input).poll_only().text().await
        }
        Act::Wait => {
            let prediction = client.wait("p1").await?;
            client.output(&prediction)?.text()
        }
        Act::Twice => {
            operation.call(client, address).await?;
            tokio::time::sleep(Duration::from_millis(60)).await;
            operation.call(client, address).await
        }
        Act::ReadSome => {
            let mut stream = client.download(address).stream();
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

/// Plays a case and holds what came of it against the promise.
pub(crate) async fn play(row: &Row, operation: Operation, case: Case, elsewhere: &Listener) {
    let place = format!(
        "{} {} ({}), {}: {}",
        row.fault,
        row.name,
        row.situation,
        operation.name(),
        case.variant
    );
    let servers = serve(&case, operation);
    let begun = Instant::now();
    let acting = tokio::time::timeout(case.limit, act(&case, operation, &servers));
    let Ok(result) = acting.await else {
        panic!("{place}: no end after {:?}", begun.elapsed());
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
        (promised, result) => panic!("{place}: promised {promised:?}, got {result:?}"),
    }
    count_creates(&place, operation, &case, &servers);
    search(&place, servers, elsewhere, result.as_ref().err()).await;
}

fn count_creates(place: &str, operation: Operation, case: &Case, servers: &Servers) {
    let received = servers.api.received();
    let creates = received
        .iter()
        .filter(|request| request.method == "POST" && !request.target.ends_with("/cancel"))
        .count();
    let allowed = case.creates + usize::from(case.act == Act::RunWithUpload);
    let sent = received
        .iter()
        .map(|r| format!("{} {}", r.method, r.target));
    let sent: Vec<_> = sent.collect();
    assert!(creates <= allowed, "{place}: {creates} creates: {sent:?}");
    if operation.creates() && case.act == Act::Usual && case.trouble.is_none() {
        // A request that was not read whole is one too.
        assert!(servers.api.connections() <= allowed, "{place}: {sent:?}");
        assert!(servers.api.connections() > 0, "{place}: nothing was sent");
    }
}

/// Looks for the token where it must not be.
async fn search(place: &str, servers: Servers, elsewhere: &Listener, error: Option<&Error>) {
    if let Some(error) = error {
        let told = witness::told(error);
        assert!(!witness::shows(&told), "{place}: {told}");
    }
    let shown = shown(&servers.client);
    assert!(!witness::shows(&shown), "{place}: {shown}");
    for server in [&servers.files, elsewhere] {
        for request in server.received() {
            let text = format!("{request:?} {}", request.text());
            assert!(!witness::shows(&text), "{place}: {text}");
            assert_eq!(request.header("authorization"), None, "{place}");
        }
    }
    for request in servers.api.received() {
        let token = request.header("authorization");
        assert_eq!(
            token,
            Some(&*format!("Bearer {}", witness::TOKEN)),
            "{place}"
        );
        let rest = format!("{} {}", request.target, request.text());
        assert!(!witness::shows(&rest), "{place}: {rest}");
    }
    let files = servers.files;
    drop(servers.client);
    // What no request could be read of counts as well.
    for server in [&files, elsewhere] {
        let bytes = server.bytes();
        assert!(!witness::shows(&String::from_utf8_lossy(&bytes)), "{place}");
    }
    let (_, found) = witness::traced();
    assert!(found.is_empty(), "{place}: {found:?}");
}
