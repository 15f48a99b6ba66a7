//! Errors of downloads.

use http::StatusCode;

use crate::error::{Error, ErrorKind};

pub(super) const CHANGED: &str =
    "the file changed while it was downloaded; download it again from its beginning";

pub(super) fn changed() -> Error {
    Error::new(ErrorKind::Other, CHANGED)
}

pub(super) fn not_the_rest(why: &str) -> Error {
    Error::new(
        ErrorKind::Other,
        format!(
            "could not resume the download: the response is not the rest of the file ({why}); download it again from its beginning"
        ),
    )
}

pub(super) fn no_file(status: StatusCode) -> Error {
    Error::new(
        ErrorKind::Status,
        format!("the file's URL returned {status} instead of the file; try again later"),
    )
}

pub(super) fn expired(error: replicate_api::Error) -> Error {
    let why = "the file does not exist: outputs are deleted an hour after their prediction; right after it, a file can be missing for a moment";
    reworded(error, ErrorKind::Expired, why)
}

pub(super) fn refused_by_host(error: replicate_api::Error) -> Error {
    let error = error.with_advice("the URL may have expired, or the file was deleted");
    reworded(
        error,
        ErrorKind::Status,
        "the file host refused to serve the file",
    )
}

/// The error of a response, with what it means for a download.
pub(super) fn reworded(error: replicate_api::Error, kind: ErrorKind, why: &str) -> Error {
    error.with_kind(kind).with_message(why).into()
}
