//! Redirects, and where plain http may go.

use replicate_api::{ErrorKind, Method, Token, Transport};
use replicate_test_support::{Reply, Script};

use crate::{TOKEN, create, listener, read, transport};

#[tokio::test]
async fn redirect_of_a_call_is_not_followed() {
    let foreign = listener([Script::reply(Reply::json(200, "{}"))]);
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/v1/account?secret=1", foreign.url());
        let moved = Reply::new(status).header("location", &to).body("");
        let listener = listener([Script::reply(moved.clone()), Script::reply(moved)]);
        let error = read(&transport(&listener)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert!(error.to_string().contains(&foreign.url()), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        let error = create(&transport(&listener)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert_eq!(error.cause(), Some(ErrorKind::Redirect));
    }
    assert_eq!(foreign.connections(), 0);
}

#[tokio::test]
async fn redirect_without_a_location_is_an_error() {
    let listener = listener([Script::reply(Reply::new(302).body(""))]);
    let error = read(&transport(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
}

#[test]
fn token_does_not_travel_unencrypted_to_another_machine() {
    for base in [
        "http://api.example",
        "http://10.1.2.3:8080",
        "http://[2001:db8::1]/v1",
    ] {
        let error = Transport::builder()
            .token(TOKEN)
            .base_url(base)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{base}");
        assert!(error.to_string().contains("use https://"), "{error}");
        let supplied = Transport::builder()
            .token_supplier(async || Token::new(TOKEN))
            .base_url(base);
        assert_eq!(
            supplied.build().unwrap_err().kind(),
            ErrorKind::Configuration
        );
    }
}

#[test]
fn plain_http_is_for_this_machine_and_for_those_who_allow_it() {
    for base in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1"] {
        Transport::builder()
            .token(TOKEN)
            .base_url(base)
            .build()
            .unwrap();
    }
    let allowed = Transport::builder()
        .token(TOKEN)
        .base_url("http://api.example");
    allowed.allow_insecure_http(true).build().unwrap();
    Transport::builder()
        .base_url("http://api.example")
        .build()
        .unwrap();
}

#[tokio::test]
async fn authorization_of_the_callers_does_not_travel_unencrypted_either() {
    let transport = Transport::builder()
        .base_url("http://api.example")
        .build()
        .unwrap();
    let request = transport
        .request(Method::GET, "/account")
        .header("authorization", "Bearer x");
    let error = request.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn client_without_a_token_says_what_to_set_and_where_to_get_one() {
    let listener = listener([]);
    let transport = Transport::builder()
        .base_url(listener.url())
        .build()
        .unwrap();
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(
        error.to_string(),
        format!(
            "no API token is set; set REPLICATE_API_TOKEN, or pass a token; get one at \
             https://replicate.com/account/api-tokens (GET {}/v1/account)",
            listener.url()
        )
    );
    assert_eq!(listener.connections(), 0);
}

#[test]
fn malformed_settings_are_errors_when_the_transport_is_built() {
    let of = |builder: replicate_api::TransportBuilder| builder.build().unwrap_err();
    let error = of(Transport::builder().token("r8 x"));
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let error = of(Transport::builder().base_url("api.replicate.com"));
    assert!(
        error.to_string().contains("https://api.replicate.com/v1"),
        "{error}"
    );
    let error = of(Transport::builder().user_agent_suffix("a\nb"));
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
