//! Where hooks may lead: https to the public internet, and whatever the settings allow besides.

use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use crate::hook::address::is_public;

/// A host that hooks may lead to by http and under private addresses, at one port or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    host: String,
    port: Option<u16>,
}

/// Text that is no host with or without a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a host with or without a port is needed, as intranet.example or 127.0.0.1:8080")]
pub struct AllowedHostInvalid;

/// Why a hook can not lead to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlInvalid {
    /// It is no URL with a host.
    #[error("an absolute URL is needed, as https://example.com/hooks")]
    Malformed,
    /// It holds a user or a password.
    #[error("a URL must not hold a user or a password")]
    Credentials,
    /// It holds a fragment, which would never be sent.
    #[error("a URL must not hold a fragment")]
    Fragment,
    /// It is not https.
    #[error("https is needed")]
    Plain,
    /// It names an address that is not public.
    #[error("the address must be a public one")]
    NotPublic,
}

/// Whether the address that a connection is made to is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only the public internet.
    Public,
    /// Wherever the name leads: the settings allow it.
    Anywhere,
}

impl FromStr for AllowedHost {
    type Err = AllowedHostInvalid;

    fn from_str(text: &str) -> Result<Self, AllowedHostInvalid> {
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| AllowedHostInvalid)?;
        let rest = (url.path(), url.query(), url.fragment(), url.username(), url.password());
        match (url.host_str(), rest) {
            // The port that http has anyway is not kept by a URL.
            (Some(host), ("/", None, None, "", None)) => {
                Ok(Self { host: host.to_owned(), port: url.port().or(text.ends_with(":80").then_some(80)) })
            }
            _ => Err(AllowedHostInvalid),
        }
    }
}

/// Reads the address of a hook.
pub fn read(text: &str, allowed: &[AllowedHost]) -> Result<(Url, Reach), UrlInvalid> {
    let url = Url::parse(text).map_err(|_| UrlInvalid::Malformed)?;
    let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or(UrlInvalid::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlInvalid::Credentials);
    }
    if url.fragment().is_some() {
        return Err(UrlInvalid::Fragment);
    }
    let port = url.port_or_known_default();
    if allowed.iter().any(|allowed| allowed.host == host && (allowed.port.is_none() || allowed.port == port)) {
        return Ok((url, Reach::Anywhere));
    }
    if url.scheme() != "https" {
        return Err(UrlInvalid::Plain);
    }
    // An address in the place of a name is connected to without being resolved.
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if literal.is_ok_and(|address| !is_public(address)) { Err(UrlInvalid::NotPublic) } else { Ok((url, Reach::Public)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hooks_lead_to_the_public_internet_by_https() {
        for good in ["https://example.com", "https://example.com:8443/a?b=c", "https://1.1.1.1/", "https://[2606:4700::1]/"] {
            assert_eq!(read(good, &[]).map(|(_, reach)| reach), Ok(Reach::Public), "{good}");
        }
        for (wrong, reason) in [
            ("", UrlInvalid::Malformed),
            ("example.com", UrlInvalid::Malformed),
            ("ftp://example.com", UrlInvalid::Malformed),
            ("file:///etc/passwd", UrlInvalid::Malformed),
            ("https://", UrlInvalid::Malformed),
            ("https://me@example.com", UrlInvalid::Credentials),
            ("https://me:word@example.com", UrlInvalid::Credentials),
            ("https://example.com/#a", UrlInvalid::Fragment),
            ("http://example.com", UrlInvalid::Plain),
            ("http://127.0.0.1", UrlInvalid::Plain),
            ("https://127.0.0.1", UrlInvalid::NotPublic),
            ("https://0x7f.1", UrlInvalid::NotPublic),
            ("https://2130706433/", UrlInvalid::NotPublic),
            ("https://0177.0.0.1/", UrlInvalid::NotPublic),
            ("https://①②⑦.0.0.1/", UrlInvalid::NotPublic),
            ("https://[::1]/", UrlInvalid::NotPublic),
            ("https://[::ffff:10.0.0.1]/", UrlInvalid::NotPublic),
            ("https://169.254.169.254/latest", UrlInvalid::NotPublic),
        ] {
            assert_eq!(read(wrong, &[]), Err(reason), "{wrong}");
        }
    }

    #[test]
    fn an_allowed_host_is_reached_anyhow_at_its_port() {
        let allowed: Vec<AllowedHost> =
            ["127.0.0.1:9000", "Intranet.example", "[::1]:80"].iter().map(|text| text.parse().unwrap()).collect();
        for good in ["http://127.0.0.1:9000/a", "http://intranet.example", "https://INTRANET.example:1/", "http://[::1]/"] {
            assert_eq!(read(good, &allowed).map(|(_, reach)| reach), Ok(Reach::Anywhere), "{good}");
        }
        assert_eq!(read("http://127.0.0.1:9001", &allowed), Err(UrlInvalid::Plain));
        assert_eq!(read("https://[::1]/", &allowed), Err(UrlInvalid::NotPublic));
        assert_eq!(read("http://intranet.example.com", &allowed), Err(UrlInvalid::Plain));
        for wrong in ["", "a b", "a/b", "a?b", "me@a", "a:99999", "http://a"] {
            assert!(wrong.parse::<AllowedHost>().is_err(), "{wrong}");
        }
    }
}
