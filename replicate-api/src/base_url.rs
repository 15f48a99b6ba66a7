use reqwest::Url;

use crate::error::{Error, ErrorKind};

/// Replicate's own API.
pub(crate) const DEFAULT: &str = "https://api.replicate.com/v1";

/// The variable that holds another base URL.
pub(crate) const VARIABLE: &str = "REPLICATE_BASE_URL";

/// The API's URL: where requests go, and the only place that the token goes to.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Without a slash at the end.
    url: Url,
}

impl BaseUrl {
    /// Takes a URL. `/v1` is appended where its path is empty; the path of a gateway is kept.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let mut url = Url::parse(text.trim()).map_err(|error| wrong(text, &error.to_string()))?;
        if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
            return Err(wrong(text, "expected https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("", "it holds a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("", "it has a query or fragment"));
        }
        let parts = url.path().split('/').filter(|part| !part.is_empty());
        let path = parts.collect::<Vec<_>>().join("/");
        url.set_path(if path.is_empty() { "v1" } else { &path });
        Ok(Self { url })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether `url` is one of the API's routes: the same origin, and under the base's path.
    pub(crate) fn contains(&self, url: &Url) -> bool {
        // Field by field: an `Origin` is built anew for each comparison.
        url.scheme() == self.url.scheme()
            && url.host_str() == self.url.host_str()
            && url.port_or_known_default() == self.url.port_or_known_default()
            && url
                .path()
                .strip_prefix(self.url.path())
                .is_some_and(|rest| rest.starts_with('/'))
    }

    /// The URL of a route, given as the API's documentation prints it: `/account`, or
    /// `/v1/account`. A query may follow.
    pub(crate) fn join(&self, route: &str) -> Result<Url, Error> {
        let invalid = |why: &str| {
            Error::new(
                ErrorKind::InvalidRequest,
                format!("invalid path {route:?}: it {why}"),
            )
            .with_advice("pass a path such as \"/account\", its parts percent-encoded")
        };
        let (path, query) = match route.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (route, None),
        };
        let path = ["/v1/", "v1/", "/"]
            .iter()
            .find_map(|start| path.strip_prefix(start))
            .unwrap_or(path);
        if path.is_empty() {
            return Err(invalid("names no route"));
        }
        if path.contains(['\\', '#']) || path.contains("://") {
            return Err(invalid("is not one of the API's routes"));
        }
        for part in path.split('/') {
            let part = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
            if matches!(&*part, "" | "." | "..") {
                return Err(invalid("has a part that is empty, \".\" or \"..\""));
            }
        }
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{path}", self.url.path()));
        url.set_query(query);
        if !self.contains(&url) {
            return Err(invalid("is not one of the API's routes"));
        }
        Ok(url)
    }

    /// Where a URL of Replicate's own API is reached through this base, if it is another:
    /// responses that come through a gateway still name `api.replicate.com`.
    pub(crate) fn rebase(&self, url: Url) -> Url {
        let same_origin = url.scheme() == "https"
            && url.host_str() == Some("api.replicate.com")
            && url.port_or_known_default() == Some(443);
        let Some(path) = url.path().strip_prefix("/v1/").filter(|_| same_origin) else {
            return url;
        };
        if self.url.as_str() == DEFAULT {
            return url;
        }
        let mut rebased = self.url.clone();
        rebased.set_path(&format!("{}/{path}", self.url.path()));
        rebased.set_query(url.query());
        rebased
    }

    /// The URL of a route whose parts are encoded, such as `/account`.
    pub(crate) fn join_encoded(&self, path: &str) -> Result<Url, Error> {
        let mut url = self.url.clone();
        url.set_path(&[self.url.path(), path].concat());
        if !self.contains(&url) {
            let message = format!("invalid path {path:?}: not one of the API's routes");
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        Ok(url)
    }
}

/// Whether a URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<std::net::IpAddr>() {
        Ok(addr) => addr.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// `text` is empty where it may hold a secret.
fn wrong(text: &str, why: &str) -> Error {
    let shown = if text.is_empty() || text.contains('@') {
        String::new()
    } else {
        format!(" {text:?}")
    };
    Error::new(
        ErrorKind::Configuration,
        format!("invalid base URL{shown}: {why}"),
    )
    .with_advice(format!("pass one such as {DEFAULT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> BaseUrl {
        BaseUrl::parse(text).unwrap()
    }

    #[test]
    fn usual_spellings_of_the_base_url_are_equal() {
        for text in [
            "https://api.replicate.com",
            "https://api.replicate.com/",
            "https://api.replicate.com/v1",
            "https://api.replicate.com/v1/",
            "https://api.replicate.com//v1///",
            " https://API.replicate.com:443/v1\n",
        ] {
            assert_eq!(base(text).url().as_str(), DEFAULT, "{text:?}");
        }
        assert_eq!(base("http://[::1]:80/a/").url().as_str(), "http://[::1]/a");
        let gateway = "https://gateway.ai.cloudflare.com/v1/account/gateway/replicate";
        assert_eq!(base(gateway).url().as_str(), gateway);
        let account = base(gateway).join("/v1/account").unwrap();
        assert_eq!(account.as_str(), format!("{gateway}/account"));
    }

    #[test]
    fn invalid_base_url_is_refused_with_an_example() {
        for text in [
            "",
            "api.replicate.com",
            "localhost:5000",
            "ftp://h",
            "https://h?x=1",
            "https://h#f",
        ] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{text:?}");
            assert!(error.to_string().contains(DEFAULT), "{error}");
        }
    }

    #[test]
    fn password_in_the_base_url_is_refused_and_not_shown() {
        for text in ["https://me:hunter2@h/v1", "https:///me:hunter2@"] {
            let error = BaseUrl::parse(text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn only_the_same_origin_under_the_base_path_is_the_api() {
        let base = base("https://api.replicate.com");
        let contains = |text: &str| base.contains(&Url::parse(text).unwrap());
        assert!(contains("https://api.replicate.com/v1/account"));
        assert!(contains("https://api.replicate.com:443/v1/files/x?y=1"));
        for foreign in [
            "http://api.replicate.com/v1/account",
            "https://api.replicate.com:444/v1/account",
            "https://api.replicate.com.evil.example/v1/account",
            "https://api.replicate.com@evil.example/v1/account",
            "https://stream.replicate.com/v1/files/x",
            "https://api.replicate.com/v1",
            "https://api.replicate.com/v10/account",
            "https://api.replicate.com/v1/../account",
            "https://api.replicate.com/v1/%2e%2e/account",
            "https://api.replicate.com/",
        ] {
            assert!(!contains(foreign), "{foreign}");
        }
    }

    #[test]
    fn route_is_joined_with_or_without_the_version() {
        let base = base("http://127.0.0.1:1/x/v1");
        for (route, joined) in [
            ("/account", "/x/v1/account"),
            ("account", "/x/v1/account"),
            ("/v1/models?limit=2", "/x/v1/models?limit=2"),
        ] {
            let url = base.join(route).unwrap();
            assert_eq!(url.as_str(), format!("http://127.0.0.1:1{joined}"));
        }
    }

    #[test]
    fn url_of_the_api_goes_through_a_gateway() {
        let rebased = |base_url: &str, url: &str| {
            let url = Url::parse(url).unwrap();
            base(base_url).rebase(url).to_string()
        };
        let file = "https://api.replicate.com/v1/files/f/download?expiry=1";
        assert_eq!(
            rebased("https://gateway.example/v1/a/replicate", file),
            "https://gateway.example/v1/a/replicate/files/f/download?expiry=1"
        );
        assert_eq!(rebased(DEFAULT, file), file);
        for other in [
            "http://api.replicate.com/v1/files/f",
            "https://replicate.delivery/v1/files/f",
            "https://api.replicate.com/v2/files/f",
        ] {
            assert_eq!(rebased("https://gateway.example/x", other), other);
        }
    }

    #[test]
    fn route_that_leaves_the_api_is_refused() {
        let base = base(DEFAULT);
        for route in [
            "",
            "/",
            "/v1/",
            "//evil.example/x",
            "https://evil.example/x",
            "/a/../b",
            "/a/%2e%2E/b",
            "/a/./b",
            "/a//b",
            "/a\\..\\b",
            "/a#b",
        ] {
            let error = base.join(route).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{route:?}");
        }
    }

    #[test]
    fn loopback_is_recognized_by_address_and_by_name() {
        let loopback = |text: &str| is_loopback(&Url::parse(text).unwrap());
        assert!(loopback("http://127.0.0.1/"));
        assert!(loopback("http://127.8.8.8:90/"));
        assert!(loopback("http://[::1]:5000/"));
        assert!(loopback("http://localhost:5000/"));
        assert!(!loopback("http://localhost.example/"));
        assert!(!loopback("http://10.0.0.1/"));
        assert!(!loopback("http://128.0.0.1/"));
    }
}
