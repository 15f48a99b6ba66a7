//! The client: its transport and settings, and what its clones share.

use std::fmt;
use std::sync::Arc;

use replicate_api::{RequestOptions, Token, Transport};

use crate::error::{Error, Result};
use crate::settings::Settings;

mod calls;
mod shared;

use shared::Shared;
pub(crate) use shared::{AccountState, Claims};

/// A client of Replicate.
///
/// Cloning is cheap, and the clones share connections and settings. `Debug` shows no token.
///
/// ```
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> replicate::Result<()> {
/// # let emulator = replicate_emulator::Emulator::start().await.unwrap();
/// # unsafe {
/// #     std::env::set_var("REPLICATE_API_TOKEN", "t");
/// #     std::env::set_var("REPLICATE_BASE_URL", emulator.url());
/// # }
/// let replicate = replicate::Client::from_env()?;
/// let haiku = replicate
///     .run("emulator/text")
///     .input(json!({ "prompt": "A haiku about llamas" }))
///     .text()
///     .await?;
/// println!("{haiku}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) api: replicate_api::Client,
    pub(crate) settings: Settings,
    pub(crate) shared: Arc<Shared>,
}

impl Client {
    /// Creates a client over an existing transport, for instance one shared with a
    /// [`replicate_api::Client`].
    pub fn from_transport(transport: Transport) -> Self {
        Self {
            api: replicate_api::Client::from_transport(transport),
            settings: Settings::default(),
            shared: Arc::default(),
        }
    }

    /// The generated client, over the same transport: every operation of the API.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// let hardware = replicate.api().hardware_list().send().await?;
    /// # });
    /// ```
    pub fn api(&self) -> &replicate_api::Client {
        &self.api
    }

    pub(crate) fn transport(&self) -> &Transport {
        self.api.transport()
    }

    pub(crate) fn with_transport(&self, transport: Transport) -> Self {
        Self {
            api: replicate_api::Client::from_transport(transport),
            settings: self.settings.clone(),
            shared: Arc::clone(&self.shared),
        }
    }

    /// A client for another account: it sends this token. Connections and all other settings are
    /// shared; rate limits, the retry budget and the model cache are not.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// # let tenant = "r8_of_a_tenant";
    /// use replicate::Token;
    ///
    /// let tenant = replicate.with_token(Token::new(tenant)?);
    /// println!("{}", tenant.run("emulator/slow").text().await?);
    /// # });
    /// ```
    #[must_use]
    pub fn with_token(&self, token: Token) -> Self {
        self.with_options(RequestOptions::new().with_token(token))
    }

    /// A client whose requests have these options: timeout, retry policy, headers, token.
    /// Connections and all other settings are shared.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// use std::time::Duration;
    /// use replicate::RequestOptions;
    ///
    /// let quick = RequestOptions::new().with_timeout(Duration::from_secs(5));
    /// let account = replicate.with_options(quick).account().get().await?;
    /// # });
    /// ```
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        self.with_transport(self.transport().with_options(options))
    }

    /// The token that is sent, where it comes from a supplier, and what is known of its account.
    /// A caller that continues with that token calls the supplier once. Where a supplier fails, the
    /// account is that of a client without a token: the next request reports the failure.
    pub(crate) async fn account_state(&self) -> (Option<Token>, Arc<AccountState>) {
        let transport = self.transport();
        let token = transport.supplied_token().await.unwrap_or_default();
        let key = match &token {
            Some(token) => transport.with_token(token.clone()).token_key(),
            None => transport.token_key(),
        };
        (token, self.shared.accounts.get(key))
    }

    /// This client, with the token that its account was found by.
    pub(crate) async fn with_account_state(&self) -> (Self, Arc<AccountState>) {
        let (token, account) = self.account_state().await;
        let client = token.map_or_else(|| self.clone(), |token| self.with_token(token));
        (client, account)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("transport", self.transport())
            .field("settings", &self.settings)
            .finish()
    }
}

impl From<Transport> for Client {
    fn from(transport: Transport) -> Self {
        Self::from_transport(transport)
    }
}

impl TryFrom<replicate_api::TransportBuilder> for Client {
    type Error = Error;

    fn try_from(builder: replicate_api::TransportBuilder) -> Result<Self> {
        Ok(Self::from_transport(builder.build()?))
    }
}
