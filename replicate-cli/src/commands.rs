//! The commands, and what they share.

pub(crate) mod account;
pub(crate) mod alias;
pub(crate) mod api;
pub(crate) mod auth;
pub(crate) mod batch;
pub(crate) mod collections;
pub(crate) mod completion;
pub(crate) mod creation;
mod curl;
pub(crate) mod deployments;
pub(crate) mod doctor;
pub(crate) mod files;
pub(crate) mod hardware;
pub(crate) mod help;
#[cfg(feature = "local")]
pub(crate) mod local;
pub(crate) mod model_help;
pub(crate) mod models;
pub(crate) mod predictions;
pub(crate) mod rerun;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod stream;
mod sweep;
pub(crate) mod trainings;
pub(crate) mod webhooks;

use http::{HeaderName, HeaderValue};
use replicate::{Call, Client, Error, ErrorKind, RequestOptions, Response};
use serde_json::Value;

use crate::error::{CliError, ExitCode, Result};
use crate::global::GlobalArgs;
use crate::record::{self, Field};
use crate::session::{Session, block_on};
use crate::signals::{self, Phase};
use crate::terminal;

/// A command that talks to Replicate.
pub(crate) trait SessionCommand {
    /// Checks the arguments, as far as that needs no session: a typing error is reported before
    /// one is started.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    async fn execute(self, session: &Session) -> Result<()>;
}

/// Executes a command in a session of its own.
pub(crate) fn in_session(global: &GlobalArgs, command: impl SessionCommand) -> Result<ExitCode> {
    command.check()?;
    with_session(global, async |session| command.execute(session).await)
}

/// Starts a session, and works in it.
pub(crate) fn with_session(
    global: &GlobalArgs,
    work: impl AsyncFnOnce(&Session) -> Result<()>,
) -> Result<ExitCode> {
    block_on(Box::pin(async {
        let session = Session::start(global).await?;
        work(&session).await
    }))??;
    Ok(ExitCode::Done)
}

/// A builder with one of its options, if that was given.
pub(crate) fn with_option<B, T>(builder: B, option: Option<T>, set: impl FnOnce(B, T) -> B) -> B {
    match option {
        Some(value) => set(builder, value),
        None => builder,
    }
}

/// Sends a request that changes something. An interruption stops it as long as it was not sent;
/// after that its response is awaited, since its outcome matters. `check` is the command that shows
/// whether the change was made.
pub(crate) async fn change<T>(
    session: &Session,
    check: Option<&str>,
    send: impl AsyncFnOnce(Client) -> Result<T, Error>,
) -> Result<Result<T, Error>> {
    let options = RequestOptions::new().with_cancellation_token(session.interrupted.clone());
    let sending = send(session.client.with_options(options));
    let notice = || "waiting for the response (Ctrl-C again leaves at once)".to_owned();
    signals::set_phase(Phase::Changing {
        check: check.map(str::to_owned),
    });
    let sent = session.with_notice(sending, notice).await;
    signals::set_phase(Phase::NothingCreated);
    match sent {
        Err(error) if session.interrupted.is_cancelled() => Err(match error.kind() {
            ErrorKind::Canceled => CliError::interrupted("nothing was sent"),
            _ => CliError::from(error).after_interruption(),
        }),
        result => Ok(result),
    }
}

/// Fetches one resource and prints it: its fields to a person, else its JSON as it arrived.
pub(crate) async fn show<T>(session: &Session, call: Call<T>, fields: &[Field]) -> Result<()> {
    let for_person = |resource: &Value| Ok(terminal::write_data(record::render(fields, resource))?);
    show_as(session, call, for_person).await
}

/// The same, where `for_person` prints it to a person. A response that does not decode is printed
/// nevertheless.
pub(crate) async fn show_as<T>(
    session: &Session,
    call: Call<T>,
    for_person: impl FnOnce(&Value) -> Result<()>,
) -> Result<()> {
    let body = match session.unless_interrupted(call.with_response()).await? {
        Err(error) if error.kind() == ErrorKind::Decode && error.body().is_some() => {
            error.body().cloned().unwrap_or_default()
        }
        fetched => fetched?.body().clone(),
    };
    print_body(session, &body, for_person)
}

/// Sends a request that changes something, and prints the resource that it returns.
pub(crate) async fn change_and_show<T>(
    session: &Session,
    check: &str,
    send: impl AsyncFnOnce(Client) -> Result<Response<T>, Error>,
    fields: &[Field],
) -> Result<()> {
    let response = change(session, Some(check), send).await??;
    print_one(session, response.body(), fields)
}

/// Parses the header of a request, written as `Name: value`. An error does not show the value, which
/// may be a secret.
pub(crate) fn parse_header(text: &str) -> Result<(HeaderName, HeaderValue)> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| CliError::usage("invalid header: expected `Name: value`"))?;
    let (name, value) = (name.trim(), value.trim());
    match (name.parse(), value.parse()) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        (Err(_), _) => Err(CliError::usage(format!("invalid header name `{name}`"))),
        (Ok(_), Err(_)) => Err(CliError::usage(format!(
            "invalid value of the header `{name}`"
        ))),
    }
}

/// Deletes something, and reports that.
pub(crate) async fn delete(
    session: &Session,
    what: &str,
    call: impl FnOnce(Client) -> Call<()>,
) -> Result<()> {
    change(session, None, async |client| call(client).await).await??;
    if session.json {
        return session.write_json(serde_json::json!({ "deleted": what }).to_string());
    }
    session.note(format!("deleted {what}"));
    Ok(())
}

pub(crate) fn print_one(session: &Session, body: &[u8], fields: &[Field]) -> Result<()> {
    print_body(session, body, |resource| {
        Ok(terminal::write_data(record::render(fields, resource))?)
    })
}

/// Prints a response: as `for_person` does it, else its JSON as it arrived.
pub(crate) fn print_body(
    session: &Session,
    body: &[u8],
    for_person: impl FnOnce(&Value) -> Result<()>,
) -> Result<()> {
    match serde_json::from_slice(body) {
        Ok(value) if session.is_interactive() => for_person(&value),
        _ => session.write_json(body),
    }
}

/// Opens the page of a prediction. Its URL is printed where that fails.
pub(super) fn open_prediction(session: &Session, id: &str, body: &[u8]) {
    let prediction: Value = serde_json::from_slice(body).unwrap_or_default();
    let url = prediction["urls"]["web"]
        .as_str()
        .filter(|url| is_page(url));
    match url {
        Some(url) => open_url(session, url),
        None => open_url(session, &format!("https://replicate.com/p/{id}")),
    }
}

fn is_page(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Opens a page. Its URL is printed where that fails. Nothing but a page is opened: the URL may
/// come from a server.
pub(super) fn open_url(session: &Session, url: &str) {
    if !is_page(url) {
        session.note("no page to open");
        return;
    }
    match open::that_detached(url) {
        Ok(()) => session.note(format!("opened {url}")),
        Err(error) => session.note(format!("could not open a browser ({error}); see {url}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_header_is_named_and_its_value_is_not_shown() {
        for (text, message) in [
            ("secret", "invalid header: expected `Name: value`"),
            ("a b: secret", "invalid header name `a b`"),
            ("x-key: secret\n1", "invalid value of the header `x-key`"),
        ] {
            let error = parse_header(text).expect_err(text);
            assert_eq!(error.message(), message);
        }
        assert!(parse_header("x-key: a: b").is_ok());
    }
}
