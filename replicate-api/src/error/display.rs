//! The one line that an error is.

use std::fmt;

use chrono::SecondsFormat;

use super::{Error, ErrorKind};
use crate::token::TOKENS_PAGE;

/// How much of the API's own words the line repeats, in characters.
const DETAIL_SHOWN: usize = 400;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        if let (Some(method), Some(url)) = (&parts.method, &parts.url) {
            write!(f, "{method} {url}: ")?;
        }
        if self.kind() == ErrorKind::OutcomeUnknown {
            f.write_str("it is not known whether this was carried out: ")?;
        }
        self.describe_failure(f)?;
        self.describe_circumstances(f)?;
        match (&parts.advice, self.usual_advice()) {
            (Some(advice), _) => write!(f, "; {advice}"),
            (None, Some(advice)) => write!(f, "; {advice}"),
            (None, None) => Ok(()),
        }
    }
}

impl Error {
    fn describe_failure(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            write!(f, "{separator}")?;
            one_line(f, &parts.message)?;
            separator = ": ";
        }
        if let Some(detail) = self.detail() {
            write!(f, "{separator}")?;
            // More may follow in the same sentence.
            let detail = detail.trim_end();
            one_line(f, detail.strip_suffix('.').unwrap_or(detail))?;
        }
        Ok(())
    }

    fn describe_circumstances(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        let mut notes = Vec::new();
        if let Some(id) = &parts.created_id {
            notes.push(format!("the answer shows the id {id}"));
        }
        if let Some(id) = &parts.request_id {
            notes.push(format!("request id {id}"));
        }
        if parts.attempts > 1 {
            notes.push(format!("{} attempts", parts.attempts));
        }
        if let (ErrorKind::OutcomeUnknown, Some(at)) = (self.kind(), parts.sent_at) {
            notes.push(format!(
                "sent at {}",
                at.to_rfc3339_opts(SecondsFormat::Secs, true)
            ));
        }
        if notes.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", notes.join(", "))
    }

    fn usual_advice(&self) -> Option<String> {
        Some(match self.kind() {
            ErrorKind::Authentication => {
                format!("check the token and what it may do: {TOKENS_PAGE}")
            }
            ErrorKind::PaymentRequired => "see https://replicate.com/account/billing".to_owned(),
            ErrorKind::RateLimited => match self.retry_after() {
                Some(hint) => format!("try again in {} s", hint.as_secs_f64().ceil()),
                None => "try again later, with fewer requests at once".to_owned(),
            },
            ErrorKind::OutcomeUnknown => {
                "look for it before sending it again, which may be billed again".to_owned()
            }
            ErrorKind::Redirect => "check the base address".to_owned(),
            _ => return None,
        })
    }
}

/// Writes `text` without its line ends, cut where it is long.
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
