//! The webhook of a create.

use std::fmt;

use crate::error::{Error, Result};
use crate::escape::escape;
use crate::types::WebhookEvent;

/// The methods of a builder that set the [`Webhook`] in this field.
macro_rules! webhook_methods {
    ($($webhook:ident).+) => {
        /// Has Replicate report progress to `url`, by `POST` requests, at new
        /// output and at the end; [`webhook_events`](Self::webhook_events) chooses other events.
        /// Verify the signature of each webhook before you use it.
        ///
        /// API: <https://replicate.com/docs/topics/webhooks/setup-webhook>
        pub fn webhook(mut self, url: impl Into<String>) -> Self {
            self.$($webhook).+.set_url(url);
            self
        }

        /// The events at which Replicate calls the [`webhook`](Self::webhook). Default, and for an
        /// empty list: new output and the end. Without a webhook the create is refused before
        /// anything is sent.
        pub fn webhook_events<E: Into<crate::types::WebhookEvent>>(
            mut self,
            events: impl IntoIterator<Item = E>,
        ) -> Self {
            self.$($webhook).+.set_events(events);
            self
        }
    };
}
pub(crate) use webhook_methods;

/// Where Replicate reports progress to, and at which events, as a caller described it.
#[derive(Clone, Default)]
pub(crate) struct Webhook {
    url: Option<String>,
    events: Vec<WebhookEvent>,
}

/// Does not show the URL, which may have a secret in it.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl Webhook {
    pub(crate) fn set_url(&mut self, url: impl Into<String>) {
        self.url = Some(url.into());
    }

    pub(crate) fn set_events<E: Into<WebhookEvent>>(
        &mut self,
        events: impl IntoIterator<Item = E>,
    ) {
        self.events = events.into_iter().map(Into::into).collect();
    }

    /// Refuses events without a URL to report them to.
    pub(crate) fn check(&self) -> Result<()> {
        let Some(url) = &self.url else {
            return match self.events.is_empty() {
                true => Ok(()),
                false => Err(Error::invalid(
                    "webhook events without a webhook URL: set the URL too",
                )),
            };
        };
        match reqwest::Url::parse(url) {
            Ok(parsed) if matches!(parsed.scheme(), "https" | "http") => Ok(()),
            _ => Err(Error::invalid(format!(
                "invalid webhook URL `{}`: expected one that starts with `https://`",
                escape(url)
            ))),
        }
    }

    /// The fields `webhook` and `webhook_events_filter` of the request. Without events the
    /// filter is left out, so that the API's default applies.
    pub(crate) fn into_fields(self) -> (Option<String>, Option<Vec<WebhookEvent>>) {
        let events = (!self.events.is_empty()).then_some(self.events);
        (self.url, events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(url: Option<&str>, events: &[WebhookEvent]) -> Webhook {
        let mut webhook = Webhook::default();
        if let Some(url) = url {
            webhook.set_url(url);
        }
        webhook.set_events(events.iter().cloned());
        webhook
    }

    #[test]
    fn a_webhook_that_could_not_be_called_is_refused() {
        let events = [WebhookEvent::Completed];
        assert!(webhook(None, &[]).check().is_ok());
        assert!(
            webhook(Some("https://example.com"), &events)
                .check()
                .is_ok()
        );
        for (refused, text) in [
            (webhook(None, &events), "without a webhook URL"),
            (webhook(Some("example.com"), &[]), "`example.com`"),
            (webhook(Some("ftp://example.com"), &[]), "`https://`"),
        ] {
            let error = refused.check().unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest);
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
