use super::form::FormSource;
use super::options::CallKind;

/// What is to be sent.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) request: reqwest::Request,
    pub(crate) kind: CallKind,
    /// Where the body of each attempt comes from, if not from the request.
    pub(crate) form: Option<FormSource>,
}

impl Outgoing {
    pub(crate) fn new(request: reqwest::Request, kind: CallKind) -> Self {
        Self {
            request,
            kind,
            form: None,
        }
    }
}
