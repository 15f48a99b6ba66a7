//! Opens pages of replicate.com in a browser.

use serde_json::Value;

use crate::session::Session;

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
