//! Redirects, and where plain http may go.

use replicate_api::{ErrorKind, Method, Token, Transport};
use replicate_test_support::{Listener, Reply, Script};

use crate::{TOKEN, assert_contains, builder_at, create, empty, listener, read, transport};

#[tokio::test]
async fn redirect_of_a_call_is_not_followed() {
    let foreign = listener([]);
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/v1/account?secret=1", foreign.url());
        let moved = Reply::new(status).header("location", &to).body("");
        let listener = Listener::always(Script::reply(moved)).unwrap();
        let error = read(&transport(&listener)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_contains(&error, &[&foreign.url()]);
        assert!(!error.to_string().contains("secret"), "{error}");
        let error = create(&transport(&listener)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert_eq!(error.cause(), Some(ErrorKind::Redirect));
    }
    assert_eq!(foreign.connections(), 0);
}

#[tokio::test]
async fn redirect_without_a_location_is_an_error() {
    let listener = listener([empty(302)]);
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
        for builder in [
            Transport::builder().token(TOKEN),
            Transport::builder().token_supplier(async || Token::new(TOKEN)),
        ] {
            let error = builder.base_url(base).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{base}");
            assert_contains(error, &["use https://"]);
        }
    }
}

#[test]
fn plain_http_is_for_this_machine_and_for_those_who_allow_it() {
    for base in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1"] {
        builder_at(base).build().unwrap();
    }
    let allowed = builder_at("http://api.example");
    allowed.allow_insecure_http(true).build().unwrap();
    let no_token = Transport::builder().base_url("http://api.example");
    no_token.build().unwrap();
}

#[tokio::test]
async fn authorization_of_the_callers_does_not_travel_unencrypted_either() {
    let transport = Transport::builder().base_url("http://api.example");
    let request = transport.build().unwrap().request(Method::GET, "/account");
    let request = request.header("authorization", "Bearer x");
    let error = request.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn client_without_a_token_says_what_to_set_and_where_to_get_one() {
    let listener = listener([]);
    let transport = Transport::builder().base_url(listener.url());
    let error = read(&transport.build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    let message = "no API token is set; set REPLICATE_API_TOKEN, or pass a token; get one at \
                   https://replicate.com/account/api-tokens";
    let request = format!("(GET {}/v1/account)", listener.url());
    assert_eq!(error.to_string(), format!("{message} {request}"));
    assert_eq!(listener.connections(), 0);
}

#[test]
fn malformed_settings_are_errors_when_the_transport_is_built() {
    let builder = Transport::builder;
    for (builder, message) in [
        (builder().token("r8 x"), "invalid API token"),
        (
            builder().base_url("api.replicate.com"),
            "https://api.replicate.com/v1",
        ),
        (builder().user_agent_suffix("a\nb"), "user agent suffix"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_contains(error, &[message]);
    }
}
