use crate::error::Error;
use crate::generated::Client;
use crate::options::RequestOptions;
use crate::token::Token;
use crate::transport::Transport;

impl Client {
    /// A client with this token and the defaults of [`Transport`].
    ///
    /// ```
    /// let client = replicate_api::Client::new("r8_example")?;
    /// # Ok::<(), replicate_api::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the token is
    /// malformed.
    pub fn new(token: impl AsRef<str>) -> Result<Self, Error> {
        Ok(Self::from_transport(
            Transport::builder().token(token).build()?,
        ))
    }

    /// A client that takes its token from the variable `REPLICATE_API_TOKEN`, and its base URL
    /// from `REPLICATE_BASE_URL` where that is set. Without a token the first request fails
    /// with an error that says so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when a value is malformed.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::from_transport(
            Transport::builder().from_env()?.build()?,
        ))
    }

    /// A client that sends its requests through this transport.
    pub fn from_transport(transport: Transport) -> Self {
        Self { transport }
    }

    /// A client whose requests use `options`. Connections are shared with this one, and its
    /// settings apply where `options` set nothing.
    ///
    /// ```
    /// # replicate_test_support::api_example!(async |client| {
    /// use std::time::Duration;
    /// use replicate_api::RequestOptions;
    ///
    /// let impatient = client.with_options(RequestOptions::new().with_timeout(Duration::from_secs(5)));
    /// let account = impatient.account_get().send().await?;
    /// # });
    /// ```
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self::from_transport(self.transport.with_options(options))
    }

    /// A client that sends another token, for another account. Connections are shared with this
    /// one; rate limits and the retry budget are kept for each token.
    ///
    /// ```
    /// # replicate_test_support::api_example!(async |client| {
    /// use replicate_api::Token;
    ///
    /// let tenant = client.with_token(Token::new("r8_of_a_tenant")?);
    /// let account = tenant.account_get().send().await?;
    /// # });
    /// ```
    #[must_use]
    pub fn with_token(&self, token: Token) -> Self {
        self.with_options(RequestOptions::new().with_token(token))
    }

    /// The transport that this client sends its requests through.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }
}
