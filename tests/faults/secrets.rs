//! What the client shows of itself, besides errors: never the token, never a webhook's secret.

use replicate::webhook::Verifier;
use replicate::{Client, FileInput, Method, ModelRef, Token};
use replicate_test_support::{Injector, Listener, Reply, Script};
use serde_json::json;

use crate::case::{quick, usual_timeouts};
use crate::operation::{MODEL, input, json_reply};
use crate::witness::{self, TOKEN};

/// A webhook's secret with the same mark, so that the same search finds it.
const SECRET: &str = "whsec_SENTINELsentinelSENTINEL0123456789AA";

fn client(listener: &Listener) -> Client {
    quick(Client::builder().token(TOKEN).base_url(listener.url()))
        .build()
        .unwrap()
}

/// Checks a text that somebody may print or log.
fn hidden(text: &str) {
    assert!(!witness::shows(text), "{text}");
}

macro_rules! hidden {
    ($($value:expr),* $(,)?) => {
        $({
            let value = $value;
            hidden(&format!("{value:?} {value:#?}"));
        })*
    };
}

#[tokio::test]
async fn nothing_that_is_made_from_a_client_shows_the_token() {
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

#[test]
fn a_token_that_is_refused_is_not_shown() {
    let wrong = format!("{TOKEN} \u{e9}");
    let error = Client::new(&wrong).unwrap_err();
    hidden(&witness::told(&error));
    let plain = Client::builder()
        .token(TOKEN)
        .base_url("http://api.invalid");
    hidden(&witness::told(&plain.build().unwrap_err()));
    let inside = Client::builder().base_url(format!("https://u:{TOKEN}@api.invalid"));
    hidden(&witness::told(&inside.build().unwrap_err()));
}

#[tokio::test]
async fn the_webhook_secret_is_given_and_never_shown() {
    witness::watch();
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
    let (_, found) = witness::traced();
    assert!(found.is_empty(), "{found:?}");
}

/// Answers that hold the secret and cannot be used.
fn faults() -> Vec<Script> {
    let body = format!("{{\"key\":\"{SECRET}\"");
    let whole = |status: u16, body: &str| Reply::json(status, body).header("connection", "close");
    let good = whole(200, &format!("{body}}}"));
    let mut injector = Injector::new(9);
    vec![
        injector.reset_in_head(&good),
        injector.reset_in_body(&good),
        injector.unfinished_chunks(&good),
        Script::reply(whole(200, &body)),
        Script::reply(whole(200, &format!("{{\"key\":[\"{SECRET}\"]}}"))),
        Script::reply(whole(200, &format!("{{\"key\":5,\"old\":\"{SECRET}\"}}"))),
        Script::reply(whole(200, &format!("\"{SECRET}\""))),
        Script::reply(whole(500, &format!("{body}}}"))),
        Script::reply(whole(404, &format!("{body}}}"))),
    ]
}

#[tokio::test]
async fn no_fault_of_the_secrets_own_route_shows_it() {
    witness::watch();
    for (number, fault) in faults().into_iter().enumerate() {
        let listener = Listener::start(std::iter::repeat_n(fault, 10)).unwrap();
        let client = quick(Client::builder().token(TOKEN).base_url(listener.url()))
            .timeouts(usual_timeouts())
            .build()
            .unwrap();
        let error = client
            .webhooks()
            .secret()
            .await
            .expect_err("no secret came whole");
        // Who asks for the body gets it; what is printed does not hold it.
        let mut told = format!("{error} {error:?} {error:#?}");
        let mut source = std::error::Error::source(&error);
        while let Some(below) = source {
            told.push_str(&format!(" {below} {below:?}"));
            source = below.source();
        }
        assert!(!witness::shows(&told), "fault {number}: {told}");
    }
    let (_, found) = witness::traced();
    assert!(found.is_empty(), "{found:?}");
}
