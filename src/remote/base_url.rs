//! Where calls may go: to an https address, or to this machine.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::Url;

use super::error::BaseUrlReason;

/// What the paths of the calls are appended to.
#[derive(Clone)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    pub(crate) const DEFAULT: &'static str = "https://auth.quiltt.io";

    pub(crate) fn parse(text: &str) -> Result<Self, BaseUrlReason> {
        let url = Url::parse(text).map_err(|_| BaseUrlReason::NotAUrl)?;
        let host = url.host_str().ok_or(BaseUrlReason::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(BaseUrlReason::PlainHttp),
            _ => return Err(BaseUrlReason::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlReason::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlReason::QueryOrFragment);
        }
        Ok(Self(url))
    }

    /// Whether calls are not encrypted, as is allowed on loopback.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The URL of a call; `path` starts with a slash.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let prefix = self.0.path().trim_end_matches('/');
        url.set_path(&format!("{prefix}{path}"));
        url
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// The name that means this machine (RFC 6761 §6.3), whatever a resolver says.
pub(crate) const LOCALHOST: &str = "localhost";

/// What [`LOCALHOST`] stands for; port 0 leaves the URL's port as it is.
pub(crate) const LOOPBACK: [SocketAddr; 2] =
    [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0)];

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == LOCALHOST || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_goes_anywhere_and_http_to_this_machine_only() {
        for text in [
            "https://auth.quiltt.io",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:1/",
            "http://LOCALHOST",
        ] {
            assert!(BaseUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://auth.quiltt.io",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:10.0.0.1]",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost@example.com",
            "http://127.0.0.1%2eexample.com",
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap_err(), BaseUrlReason::PlainHttp, "{text}");
        }
    }

    #[test]
    fn what_is_no_base_is_refused_with_its_reason() {
        for (text, expected) in [
            ("", BaseUrlReason::NotAUrl),
            ("auth.quiltt.io", BaseUrlReason::NotAUrl),
            ("https://", BaseUrlReason::NotAUrl),
            ("mailto:a@example.com", BaseUrlReason::NotAUrl),
            ("ftp://example.com", BaseUrlReason::Scheme),
            ("ws://127.0.0.1", BaseUrlReason::Scheme),
            ("https://user@example.com", BaseUrlReason::Credentials),
            ("https://:word@example.com", BaseUrlReason::Credentials),
            ("https://example.com?token=1", BaseUrlReason::QueryOrFragment),
            ("https://example.com#top", BaseUrlReason::QueryOrFragment),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn paths_are_appended_below_the_base() {
        for (base, expected) in [
            ("https://auth.quiltt.io", "https://auth.quiltt.io/v1/users"),
            ("https://auth.quiltt.io/", "https://auth.quiltt.io/v1/users"),
            ("https://proxy.example/quiltt", "https://proxy.example/quiltt/v1/users"),
            ("https://proxy.example/quiltt/", "https://proxy.example/quiltt/v1/users"),
        ] {
            assert_eq!(BaseUrl::parse(base).unwrap().join("/v1/users").as_str(), expected);
        }
    }
}
