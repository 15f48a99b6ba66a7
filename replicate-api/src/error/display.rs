//! `Display` and `Debug` for [`Error`].

use std::fmt::{self, Write as _};

use chrono::SecondsFormat;

use super::{Error, ErrorKind, chain};
use crate::token::TOKENS_PAGE;

/// Maximum length of the API's own text in an error, in characters.
const DETAIL_SHOWN: usize = 400;

/// What failed, why, what to do; the request in parentheses at the end.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        if let Some(context) = &parts.context {
            printable(f, context)?;
            f.write_str(": ")?;
        }
        if self.kind() == ErrorKind::OutcomeUnknown && parts.cause.is_some() {
            f.write_str("the outcome is unknown: ")?;
        }
        self.fmt_failure(f)?;
        if let Some(advice) = parts.advice.clone().or_else(|| self.usual_advice()) {
            write!(f, "; {advice}")?;
        }
        self.fmt_request(f)
    }
}

impl Error {
    fn fmt_failure(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        let mut separator = "";
        if let Some(status) = parts.status
            && !status.is_success()
        {
            write!(f, "{}", status.as_u16())?;
            if let Some(reason) = status.canonical_reason() {
                write!(f, " {reason}")?;
            }
            separator = ": ";
        }
        if !parts.message.is_empty() {
            f.write_str(separator)?;
            printable(f, &parts.message)?;
            separator = ": ";
        }
        if let Some(detail) = self.detail() {
            f.write_str(separator)?;
            // More may follow in the same sentence.
            let detail = detail.trim_end();
            one_line(f, detail.strip_suffix('.').unwrap_or(detail))?;
            separator = ": ";
        }
        if separator.is_empty() && parts.context.is_none() {
            write!(f, "{}", self.kind())?;
        }
        Ok(())
    }

    /// The request, and what its support needs to know.
    fn fmt_request(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        let mut notes = Vec::new();
        if let (Some(method), Some(url)) = (&parts.method, &parts.url) {
            notes.push(format!("{method} {url}"));
        }
        if let Some(id) = &parts.created_id {
            notes.push(format!("the response shows the id {id}"));
        }
        if let Some(id) = &parts.request_id {
            notes.push(format!("request id {id}"));
        }
        if parts.attempts > 1 {
            notes.push(format!("{} attempts", parts.attempts));
        }
        if let (ErrorKind::OutcomeUnknown, Some(at)) = (self.kind(), parts.sent_at) {
            let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
            notes.push(format!("sent at {at}"));
        }
        if notes.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", notes.join(", "))
    }

    pub(super) fn usual_advice(&self) -> Option<String> {
        Some(match self.kind() {
            ErrorKind::Authentication => {
                format!("check the token and its permissions: {TOKENS_PAGE}")
            }
            ErrorKind::PaymentRequired => "see https://replicate.com/account/billing".to_owned(),
            ErrorKind::RateLimited => match self.retry_after() {
                Some(wait) => format!("try again in {} s", wait.as_secs_f64().ceil()),
                None => "try again later, with fewer requests at once".to_owned(),
            },
            ErrorKind::OutcomeUnknown => {
                "check whether it exists before you retry: a second create may be billed too"
                    .to_owned()
            }
            ErrorKind::Redirect => "check the base URL".to_owned(),
            _ => return None,
        })
    }
}

/// Reads like an error, for one that leaves `main`; `{:#?}` lists the parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        if f.alternate() {
            let mut debug = f.debug_struct("Error");
            debug.field("kind", &self.kind());
            debug.field("message", &self.to_string());
            debug.field("cause", &parts.cause);
            debug.field("status", &parts.status);
            debug.field("path", &parts.path);
            debug.field("attempts", &parts.attempts);
            debug.field("sent_at", &parts.sent_at);
            debug.field("prediction_id", &self.prediction_id());
            let size = parts.body.as_ref().map(|body| body.len());
            debug.field("body_bytes", &size);
            return debug.finish_non_exhaustive();
        }
        write!(f, "{self}")?;
        let mut above = self.to_string();
        for error in chain(self).skip(1) {
            let cause = error.to_string();
            // A message often ends with that of its cause.
            if !above.contains(&cause) {
                write!(f, "\n  caused by: {cause}")?;
            }
            above = cause;
        }
        Ok(())
    }
}

/// Writes a text of our own, whole. It may repeat a server's words, so that control characters
/// become spaces.
fn printable(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let plain = |c: char| c == '\n' || !c.is_control();
    (text.chars()).try_for_each(|c| f.write_char(if plain(c) { c } else { ' ' }))
}

/// Writes `text` on one line, truncated if it is long.
fn one_line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let mut left = DETAIL_SHOWN;
    let mut separator = "";
    for word in words.by_ref().filter(|word| !word.is_empty()) {
        f.write_str(separator)?;
        separator = " ";
        let length = word.chars().count();
        if length > left {
            let end = word
                .char_indices()
                .nth(left)
                .map_or(word.len(), |(at, _)| at);
            return write!(f, "{}…", &word[..end]);
        }
        f.write_str(word)?;
        left = left.saturating_sub(length + 1);
    }
    Ok(())
}
