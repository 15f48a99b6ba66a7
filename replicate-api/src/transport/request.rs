use super::multipart::MultipartFactory;
use crate::options::RequestTraits;

/// What is to be sent.
#[derive(Debug)]
pub(crate) struct TransportRequest {
    pub(crate) request: reqwest::Request,
    pub(crate) kind: RequestTraits,
    /// Where the body of each attempt comes from, if not from the request.
    pub(crate) form: Option<MultipartFactory>,
}

impl TransportRequest {
    pub(crate) fn new(request: reqwest::Request, kind: RequestTraits) -> Self {
        Self {
            request,
            kind,
            form: None,
        }
    }
}
