//! The proxy that the environment names, for errors that should name it too.

use std::env;

use reqwest::Url;

/// The proxy that requests to `url` use by the environment's variables, without its password,
/// and the variable.
pub(super) fn from_environment(url: &Url) -> Option<String> {
    from_variables(url, |name| env::var(name).ok())
}

fn from_variables(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    // The value, and the name that is set.
    let find = |name: &str| {
        let names = [name.to_owned(), name.to_ascii_lowercase()];
        let found = (names.into_iter()).find_map(|name| Some((variable(&name)?, name)));
        found.filter(|(value, _)| !value.trim().is_empty())
    };
    let host = url.host_str()?;
    let excluded = find("NO_PROXY").is_some_and(|(names, _)| {
        names.split(',').map(str::trim).any(|name| {
            let name = name.trim_start_matches("*.").trim_start_matches('.');
            let suffix = host.strip_suffix(name);
            name == "*"
                || !name.is_empty()
                    && suffix.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    });
    if excluded {
        return None;
    }
    let scheme = match url.scheme() {
        "https" => "HTTPS_PROXY",
        _ => "HTTP_PROXY",
    };
    [scheme, "ALL_PROXY"].into_iter().find_map(|name| {
        let (proxy, name) = find(name)?;
        let proxy = match proxy.contains("://") {
            true => proxy,
            false => format!("http://{proxy}"),
        };
        let proxy = Url::parse(proxy.trim()).ok()?;
        let host = proxy.host_str()?;
        let port = proxy.port_or_known_default().map(|port| format!(":{port}"));
        Some(format!("{host}{} ({name})", port.unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        let url = Url::parse(url).unwrap();
        from_variables(&url, |name| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(found.1.to_owned())
        })
    }

    #[test]
    fn proxy_is_named_with_its_variable_and_without_its_password() {
        let https = "https://api.replicate.com/v1";
        for (variables, named) in [
            (
                &[("HTTPS_PROXY", "http://me:secret@proxy:3128")][..],
                "proxy:3128 (HTTPS_PROXY)",
            ),
            (&[("https_proxy", "proxy:3128")], "proxy:3128 (https_proxy)"),
            (
                &[("ALL_PROXY", "socks5://proxy:1080")],
                "proxy:1080 (ALL_PROXY)",
            ),
            (
                &[("HTTPS_PROXY", " "), ("ALL_PROXY", "http://proxy")],
                "proxy:80 (ALL_PROXY)",
            ),
        ] {
            assert_eq!(proxy(https, variables).as_deref(), Some(named));
        }
        assert_eq!(proxy(https, &[("HTTP_PROXY", "http://proxy")]), None);
        assert_eq!(proxy(https, &[]), None);
    }

    #[test]
    fn excluded_hosts_use_no_proxy() {
        let all = ("ALL_PROXY", "http://proxy:3128");
        for excluded in [
            "*",
            "replicate.com",
            ".replicate.com",
            "a, api.replicate.com",
        ] {
            let variables = [all, ("NO_PROXY", excluded)];
            assert_eq!(
                proxy("https://api.replicate.com/", &variables),
                None,
                "{excluded}"
            );
        }
        let other = [all, ("NO_PROXY", "cate.com,,")];
        assert!(proxy("https://api.replicate.com/", &other).is_some());
    }
}
