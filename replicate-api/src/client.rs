use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Method, StatusCode};

use crate::answer::Answer;
use crate::error::Error;
use crate::generated::{Client, OPERATIONS, Operation};
use crate::transport::{CallKind, Outgoing, Transport};

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

    /// A client that takes its token from the variable `REPLICATE_API_TOKEN`, and its base
    /// address from `REPLICATE_BASE_URL` where that is set. Without a token the first call
    /// fails, and says so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when a value is malformed.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::from_transport(
            Transport::builder().from_env()?.build()?,
        ))
    }

    /// A client over this transport.
    pub fn from_transport(transport: Transport) -> Self {
        Self {
            baseurl: transport.base_url().as_str().to_owned(),
            client: transport.http().clone(),
            inner: transport,
        }
    }

    /// What this client sends its requests through.
    pub fn transport(&self) -> &Transport {
        &self.inner
    }
}

impl ClientHooks<Transport> for Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let operation = operation(info.operation_id);
        let kind = operation.map_or_else(
            || CallKind::of(request.method()),
            |operation| {
                CallKind::of(request.method())
                    .with_idempotent(operation.idempotent)
                    .with_streamed(operation.streamed)
            },
        );
        if kind.streamed {
            return Ok(self
                .inner
                .execute(request, kind)
                .await
                .unwrap_or_else(Error::into_response));
        }
        Ok(match self.inner.send(Outgoing::new(request, kind)).await {
            Ok(answer) => hand_over(answer, operation),
            Err(error) => error.into_response(),
        })
    }
}

fn operation(name: &str) -> Option<&'static Operation> {
    let at = OPERATIONS
        .binary_search_by(|operation| operation.name.cmp(name))
        .ok()?;
    OPERATIONS.get(at)
}

/// Gives an answer to the generated operation, which takes the statuses that the description
/// lists and no other: a success under another number is one all the same.
fn hand_over(answer: Answer, operation: Option<&Operation>) -> reqwest::Response {
    let status = answer.context.status;
    let listed = operation.and_then(|operation| listed(operation, status));
    answer.into_response_with(listed.unwrap_or(status))
}

/// The status to hand over in the place of one that is not listed.
fn listed(operation: &Operation, status: StatusCode) -> Option<StatusCode> {
    let successes = operation
        .responses
        .iter()
        .filter_map(|code| code.parse().ok());
    let mut successes = successes.filter(StatusCode::is_success).peekable();
    let first = *successes.peek()?;
    (!successes.any(|success| success == status)).then_some(first)
}

/// A method that the `http` crate has no name for. The names come from the API's description,
/// so that they are tokens.
#[allow(dead_code, reason = "a description may have nothing that needs it")]
pub(crate) fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap_or(Method::GET)
}
