//! Classification of request URLs, and their form in errors.

use reqwest::{Method, Url};

/// A URL as errors and traces show it: no query, fragment, user name or password.
pub(crate) fn redacted_url(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// Whether a request counts against the API's limit of creates.
pub(crate) fn is_limited(method: &Method, url: &Url) -> bool {
    let path = url.path().trim_end_matches('/');
    *method == Method::POST && (path.ends_with("/predictions") || path.ends_with("/trainings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creates_are_recognized_by_method_and_path() {
        let limited = |method, path: &str| {
            let url = Url::parse(&format!("https://api.replicate.com/v1{path}")).unwrap();
            is_limited(&method, &url)
        };
        assert!(limited(Method::POST, "/predictions"));
        assert!(limited(Method::POST, "/models/a/b/predictions"));
        assert!(limited(Method::POST, "/models/a/b/versions/v/trainings/"));
        assert!(!limited(Method::GET, "/predictions"));
        assert!(!limited(Method::POST, "/predictions/p/cancel"));
        assert!(!limited(Method::POST, "/files"));
    }
}
