//! Opens pages of replicate.com in a browser.

use serde_json::Value;

use crate::session::Session;

/// Opens the page of a prediction. Its URL is printed where that fails.
pub(super) fn open_prediction(session: &Session, id: &str, prediction: Option<&Value>) {
    let url = prediction
        .and_then(|prediction| prediction.pointer("/urls/web"))
        .and_then(Value::as_str)
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        .map_or_else(|| format!("https://replicate.com/p/{id}"), str::to_owned);
    open_url(session, &url);
}

/// Opens a page. Its URL is printed where that fails. Nothing but a page is opened: the URL may
/// come from a server.
pub(super) fn open_url(session: &Session, url: &str) {
    if !url.starts_with("https://") && !url.starts_with("http://") {
        session.note("no page to open");
        return;
    }
    match open::that_detached(url) {
        Ok(()) => session.note(format!("opened {url}")),
        Err(error) => session.note(format!("could not open a browser ({error}); see {url}")),
    }
}
