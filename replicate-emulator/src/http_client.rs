//! The HTTP client for webhooks and Cog servers.

use std::{error::Error, sync::OnceLock};

use reqwest::Client;

/// A client that is built when it is first needed: with TLS it reads every certificate that this
/// machine trusts, which would be most of an emulator's start.
#[derive(Debug, Default)]
pub(crate) struct HttpClient(OnceLock<Result<Client, String>>);

impl HttpClient {
    /// The client, or why it could not be built.
    pub(crate) fn get(&self) -> Result<&Client, String> {
        let built = self.0.get_or_init(|| {
            Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| format!("could not build an HTTP client: {}", causes(&error)))
        });
        built.as_ref().map_err(Clone::clone)
    }

    #[cfg(test)]
    pub(crate) fn fail(&self, why: &str) {
        assert!(self.0.set(Err(why.to_owned())).is_ok(), "not used so far");
    }

    #[cfg(test)]
    pub(crate) fn is_built(&self) -> bool {
        self.0.get().is_some()
    }
}

/// An error with its causes, in one line.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
