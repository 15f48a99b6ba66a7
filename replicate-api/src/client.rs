use crate::error::Error;
use crate::generated::Client;
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

    /// The transport that this client sends its requests through.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }
}
