//! Where messages may be sent: people's names and accounts never travel in the clear to another machine.

use std::net::IpAddr;

use reqwest::Url;

/// Why nothing is sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressInvalid {
    /// It is no URL with a host.
    #[error("it is no URL with a host")]
    Malformed,
    /// It holds a user, a query or a fragment.
    #[error("it may have scheme, host, port and path, and nothing else")]
    Surplus,
    /// It is not https, and the host is not a loopback address.
    #[error("it must be https; http is for loopback addresses such as 127.0.0.1")]
    Plain,
}

/// Reads an address: https, or http to a loopback address written as such (a name could come to mean another machine).
pub(crate) fn address(text: &str) -> Result<Url, AddressInvalid> {
    let url = Url::parse(text).map_err(|_| AddressInvalid::Malformed)?;
    if url.host_str().is_none() {
        return Err(AddressInvalid::Malformed);
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(AddressInvalid::Surplus);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(AddressInvalid::Plain),
        _ => Err(AddressInvalid::Malformed),
    }
}

/// Whether an address stays on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_reached_in_the_clear() {
        for good in ["https://bank.example", "https://bank.example/gateway/v1", "http://127.0.0.1:8090", "http://[::1]:1/a"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for (wrong, reason) in [
            ("", AddressInvalid::Malformed),
            ("bank.example", AddressInvalid::Malformed),
            ("ftp://bank.example", AddressInvalid::Malformed),
            ("http://bank.example", AddressInvalid::Plain),
            ("http://localhost:1", AddressInvalid::Plain),
            ("http://127.0.0.1.bank.example", AddressInvalid::Plain),
            ("http://10.0.0.1", AddressInvalid::Plain),
            ("https://me@bank.example", AddressInvalid::Surplus),
            ("https://bank.example?a=b", AddressInvalid::Surplus),
            ("https://bank.example#a", AddressInvalid::Surplus),
        ] {
            assert_eq!(address(wrong), Err(reason), "{wrong}");
        }
    }
}
