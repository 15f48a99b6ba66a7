//! `Debug` of everything made from a client shows neither the token nor a webhook's secret.

use replicate::webhook::Verifier;
use replicate::{Client, FileInput, Method, ModelRef, Token};
use replicate_test_support::{Injector, Listener, Reply, Script};
use serde_json::json;

use crate::case::quick;
use crate::leak_detector::{self, TOKEN};
use crate::operation::{MODEL, input, json_reply};

/// A webhook's secret with the same mark, so that the same search finds it.
const SECRET: &str = "whsec_SENTINELsentinelSENTINEL0123456789AA";

fn client(listener: &Listener) -> Client {
    quick(Client::builder().token(TOKEN).base_url(listener.url()))
        .build()
        .unwrap()
}

/// Checks a text that may be printed or logged.
fn hidden(text: &str) {
    assert!(!leak_detector::shows(text), "{text}");
}

macro_rules! hidden {
    ($($value:expr),* $(,)?) => {
        $({
            let value = $value;
            hidden(&format!("{value:?} {value:#?}"));
        })*
    };
}

pub(crate) async fn nothing_made_from_a_client_shows_the_token() {
    let listener = Listener::start([]).unwrap();
    let client = client(&listener);
    let builder = Client::builder().token(TOKEN);
    let file = FileInput::bytes(vec![1], "image/png");
    hidden!(
        builder,
        client.clone(),
        client.api(),
        Token::new(TOKEN).unwrap(),
        client.run(MODEL).input(input()),
        client.stream(MODEL).input(input()),
        client.stream_prediction("p1"),
        client.wait("p1"),
        client.download("https://files.invalid/x"),
        client.request(Method::GET, "/account"),
        client.search("words"),
        client.predictions(),
        client.predictions().create(MODEL),
        client.predictions().get("p1"),
        client.predictions().cancel("p1"),
        client.predictions().list(),
        client.predictions().list().pages(),
        client.predictions().list().items(),
        client.models().list(),
        client.files().create(file),
        client.account().get(),
        client.hardware().list(),
        client.webhooks(),
        client.trainings(),
        "acme/app".parse::<ModelRef>().unwrap(),
    );
    assert_eq!(listener.connections(), 0);
}

pub(crate) fn rejected_token_is_not_shown() {
    let wrong = format!("{TOKEN} \u{e9}");
    let error = Client::new(&wrong).unwrap_err();
    hidden(&leak_detector::text_of(&error));
    let plain = Client::builder()
        .token(TOKEN)
        .base_url("http://api.invalid");
    hidden(&leak_detector::text_of(&plain.build().unwrap_err()));
    let inside = Client::builder().base_url(format!("https://u:{TOKEN}@api.invalid"));
    hidden(&leak_detector::text_of(&inside.build().unwrap_err()));
}

pub(crate) async fn webhook_secret_is_returned_and_never_shown() {
    let good = json_reply(200, &json!({ "key": SECRET }));
    let listener = Listener::start([Script::reply(good)]).unwrap();
    let secret = client(&listener).webhooks().secret().await.unwrap();
    assert_eq!(secret.key.expose_secret(), SECRET);
    hidden!(secret);

    let verifier = Verifier::new(SECRET).unwrap();
    hidden!(verifier.clone());
    let refused = verifier.verify(&http::HeaderMap::new(), b"{}").unwrap_err();
    hidden(&format!(
        "{refused} {refused:?} {:?}",
        replicate::Error::from(refused)
    ));
    for wrong in ["whsec_", &format!("{SECRET}!"), &format!("{SECRET}\u{e9}")] {
        let error = Verifier::new(wrong).unwrap_err();
        hidden(&format!("{error} {error:?}"));
    }
    let (_, found) = leak_detector::traced();
    assert!(found.is_empty(), "{found:?}");
}

/// Responses that contain the secret and cannot be used.
fn faults() -> Vec<Script> {
    let body = format!("{{\"key\":\"{SECRET}\"");
    let reply = |status: u16, body: &str| Reply::json(status, body).header("connection", "close");
    let good = reply(200, &format!("{body}}}"));
    let mut injector = Injector::new(9);
    vec![
        injector.reset_in_head(&good),
        injector.reset_in_body(&good),
        injector.unfinished_chunks(&good),
        Script::reply(reply(200, &body)),
        Script::reply(reply(200, &format!("{{\"key\":[\"{SECRET}\"]}}"))),
        Script::reply(reply(200, &format!("{{\"key\":5,\"old\":\"{SECRET}\"}}"))),
        Script::reply(reply(200, &format!("\"{SECRET}\""))),
        Script::reply(reply(500, &format!("{body}}}"))),
        Script::reply(reply(404, &format!("{body}}}"))),
    ]
}

pub(crate) async fn no_fault_of_the_secrets_route_shows_it() {
    for (number, fault) in faults().into_iter().enumerate() {
        let listener = Listener::start(std::iter::repeat_n(fault, 10)).unwrap();
        let secret = client(&listener).webhooks().secret().await;
        let error = secret.expect_err("no response is complete");
        // `body()` contains it; nothing that is printed does.
        let mut text = format!("{error} {error:?} {error:#?}");
        let mut source = std::error::Error::source(&error);
        while let Some(below) = source {
            text.push_str(&format!(" {below} {below:?}"));
            source = below.source();
        }
        assert!(!leak_detector::shows(&text), "fault {number}: {text}");
    }
    let (_, found) = leak_detector::traced();
    assert!(found.is_empty(), "{found:?}");
}
