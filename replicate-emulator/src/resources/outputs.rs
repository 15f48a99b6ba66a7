//! Output files, with their types, and range requests.

use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};

use super::files::hex;
use crate::{
    call::Call,
    problem::Problem,
    response::{Reply, set_header},
};

pub(crate) fn get(call: &Call) -> Reply {
    call.state.expire();
    let (prediction, name) = (call.parameter(0), call.parameter(1));
    let file = call.state.output(prediction, name).ok_or_else(|| {
        Problem::not_found(format!(
            "Output `{name}` of prediction `{prediction}` does not exist; outputs are deleted an \
             hour after their prediction."
        ))
    })?;
    let digest = hex(&Sha256::digest(&file.content));
    serve(
        &call.parts.headers,
        &file.content_type,
        &digest,
        &file.content,
    )
}

/// A file, the range of it that was requested, or 304.
pub(crate) fn serve(
    headers: &HeaderMap,
    content_type: &str,
    digest: &str,
    content: &Bytes,
) -> Reply {
    let etag = format!("\"{digest}\"");
    let given = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let unchanged = given(header::IF_NONE_MATCH).is_some_and(|known| {
        known
            .split(',')
            .any(|e| e.trim() == etag || e.trim() == "*")
    });
    // A range of a changed file is useless: the response is the whole file.
    let same = given(header::IF_RANGE).is_none_or(|known| known == etag);
    let length = content.len();
    let wanted = given(header::RANGE)
        .filter(|_| same)
        .map(|r| range(r, length));
    let mut response = match wanted {
        _ if unchanged => StatusCode::NOT_MODIFIED.into_response(),
        Some(Wanted::Part(from, to)) => {
            let range = format!("bytes {from}-{to}/{length}");
            let range = [(header::CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, range, content.slice(from..=to)).into_response()
        }
        Some(Wanted::Nothing) => {
            let problem = Problem::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "Range not satisfiable",
                format!("The file has {length} bytes."),
            );
            return Err(problem.with_header(header::CONTENT_RANGE, format!("bytes */{length}")));
        }
        Some(Wanted::Whole) | None => content.clone().into_response(),
    };
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::ETAG, &etag),
        (header::ACCEPT_RANGES, "bytes"),
        // An output may be HTML, which a browser must not run as a page of this server.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox"),
    ] {
        set_header(response.headers_mut(), name, value);
    }
    Ok(response)
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// From the first to the last byte, both included.
    Part(usize, usize),
    Nothing,
}

/// Reads `bytes=A-B`, `bytes=A-` and `bytes=-N`. Anything else, such as several ranges, is ignored,
/// as RFC 9110 allows.
fn range(text: &str, length: usize) -> Wanted {
    let Some((from, to)) = text.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return Wanted::Whole;
    };
    match (from.trim().parse::<usize>(), to.trim().parse::<usize>()) {
        (Ok(from), _) if from >= length => Wanted::Nothing,
        (Ok(from), Ok(to)) if to < from => Wanted::Whole,
        (Ok(from), Ok(to)) => Wanted::Part(from, to.min(length - 1)),
        (Ok(from), Err(_)) if to.trim().is_empty() => Wanted::Part(from, length - 1),
        (Err(_), Ok(0)) if from.trim().is_empty() => Wanted::Nothing,
        (Err(_), Ok(_)) if from.trim().is_empty() && length == 0 => Wanted::Nothing,
        (Err(_), Ok(last)) if from.trim().is_empty() => {
            Wanted::Part(length.saturating_sub(last), length - 1)
        }
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        for (text, wanted) in [
            ("bytes=0-3", Wanted::Part(0, 3)),
            ("bytes=4-", Wanted::Part(4, 9)),
            ("bytes=-3", Wanted::Part(7, 9)),
            ("bytes=-30", Wanted::Part(0, 9)),
            ("bytes=5-99", Wanted::Part(5, 9)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("bytes=x-", Wanted::Whole),
        ] {
            assert_eq!(range(text, 10), wanted, "{text}");
        }
        assert_eq!(range("bytes=-5", 0), Wanted::Nothing);
        assert_eq!(range("bytes=0-", 0), Wanted::Nothing);
    }
}
