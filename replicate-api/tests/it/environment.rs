//! What is taken from the environment. A variable is the whole process's, so that each case
//! runs this test program anew.

use replicate_api::{Error, RetryPolicy, Transport};
use replicate_test_support::{Listener, Reply, Script};
use tokio::process::Command;
use tokio::runtime::Runtime;

use crate::{TOKEN, assert_contains, json_reply, read};

/// What the child does: builds a transport from the environment, calls, prints how it went.
#[test]
fn child() {
    if std::env::var_os("IS_CHILD").is_none() {
        return;
    }
    let outcome = Runtime::new().unwrap().block_on(async {
        let builder = Transport::builder().from_env()?;
        let transport = builder.retry_policy(RetryPolicy::never()).build()?;
        read(&transport).await?;
        Ok::<_, Error>(transport.base_url().to_string())
    });
    match outcome {
        Ok(base) => print!("<<ok {base}>>"),
        Err(error) => print!("<<{:?} {error}>>", error.kind()),
    }
}

async fn run(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "environment::child", "--nocapture"])
        .env("IS_CHILD", "1");
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "REPLICATE_BASE_URL",
    ] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
        .env_remove("REPLICATE_API_TOKEN")
        .env_remove("REPLICATE_API_KEY")
        .envs(variables.iter().copied());
    let output = command.output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, rest) = text.split_once("<<").unwrap();
    rest.split_once(">>").unwrap().0.to_owned()
}

fn listener() -> Listener {
    Listener::always(json_reply(200, "{}")).unwrap()
}

#[tokio::test]
async fn token_and_base_url_come_from_their_variables() {
    let listener = listener();
    let base = format!("{}/", listener.url());
    let variables = [
        ("REPLICATE_API_TOKEN", TOKEN),
        ("REPLICATE_BASE_URL", &base),
    ];
    assert_eq!(run(&variables).await, format!("ok {}/v1", listener.url()));
    let token = format!("Bearer {TOKEN}");
    assert_eq!(
        listener.received()[0].header("authorization"),
        Some(&*token)
    );
}

#[tokio::test]
async fn missing_or_empty_token_fails_the_first_call_and_says_what_to_do() {
    let listener = listener();
    let base = listener.url();
    for token in [None, Some(""), Some(" ")] {
        let mut variables = vec![("REPLICATE_BASE_URL", &*base)];
        variables.extend(token.map(|token| ("REPLICATE_API_TOKEN", token)));
        let outcome = run(&variables).await;
        let page = "https://replicate.com/account/api-tokens";
        let start = "Authentication no API token is set";
        assert_contains(outcome, &[start, "set REPLICATE_API_TOKEN", page]);
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn token_under_another_name_is_not_used_and_named_in_the_error() {
    let listener = listener();
    let variables = [
        ("REPLICATE_API_KEY", TOKEN),
        ("REPLICATE_BASE_URL", &*listener.url()),
    ];
    let outcome = run(&variables).await;
    let named = "no API token is set; REPLICATE_API_KEY is set, but REPLICATE_API_TOKEN";
    assert_contains(&outcome, &[named]);
    assert!(!outcome.contains(TOKEN), "{outcome}");
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn malformed_value_is_an_error_that_names_its_variable() {
    let outcome = run(&[("REPLICATE_API_TOKEN", "r8_se cret")]).await;
    assert_contains(&outcome, &["Configuration REPLICATE_API_TOKEN: "]);
    assert!(!outcome.contains("cret"), "{outcome}");
    let outcome = run(&[("REPLICATE_BASE_URL", "api.replicate.com")]).await;
    assert_contains(outcome, &["Configuration REPLICATE_BASE_URL: "]);
}

#[tokio::test]
async fn loopback_is_reached_without_the_proxy_of_the_environment() {
    let (proxy, api) = (listener(), listener());
    for variable in ["HTTP_PROXY", "ALL_PROXY"] {
        let variables = [
            ("REPLICATE_API_TOKEN", TOKEN),
            ("REPLICATE_BASE_URL", &*api.url()),
            (variable, &*proxy.url()),
        ];
        assert!(run(&variables).await.starts_with("ok "));
        assert_eq!(api.take()[0].target, "/v1/account");
    }
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn proxy_of_the_environment_is_used_for_https() {
    let refused = Script::new().read_head().write(Reply::new(403).body(""));
    let proxy = Listener::start([refused]).unwrap();
    let variables = [
        ("REPLICATE_API_TOKEN", TOKEN),
        ("HTTPS_PROXY", &*proxy.url()),
    ];
    let outcome = run(&variables).await;
    assert!(outcome.starts_with("Connect "), "{outcome}");
    proxy.wait_for_closed(1).await;
    assert_eq!(proxy.received()[0].method, "CONNECT");
    assert_eq!(proxy.received()[0].target, "api.replicate.com:443");
    assert!(!String::from_utf8_lossy(&proxy.bytes()).contains(TOKEN));
}

#[tokio::test]
async fn connect_error_names_the_proxy_without_its_password() {
    let addr = Listener::refused().unwrap();
    let proxy = format!("http://me:hunter2@{addr}");
    let variables = [("REPLICATE_API_TOKEN", TOKEN), ("HTTPS_PROXY", &*proxy)];
    let outcome = run(&variables).await;
    let named = format!("{addr} (HTTPS_PROXY)");
    assert_contains(&outcome, &["Connect could not connect", &named]);
    assert!(!outcome.contains("hunter2"), "{outcome}");
}
