use super::multipart::MultipartFactory;
use crate::options::RequestTraits;

/// A request, as the transport takes it.
#[derive(Debug)]
pub(crate) struct TransportRequest {
    pub(crate) request: reqwest::Request,
    pub(crate) traits: RequestTraits,
    /// Makes the body of each attempt, if the request does not have it.
    pub(crate) form: Option<MultipartFactory>,
}

impl TransportRequest {
    pub(crate) fn new(request: reqwest::Request, traits: RequestTraits) -> Self {
        Self {
            request,
            traits,
            form: None,
        }
    }
}
