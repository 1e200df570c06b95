//! One signed POST to a receiver, and what it says.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use reqwest::{Client, Response, StatusCode};

use crate::hook::resolver::PublicOnly;
use crate::hook::url::{AllowedHost, Reach, read};
use crate::rail::client_builder;

/// How long a connection may take, and the whole exchange.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// What is read of an answer, so that its connection can serve again; nothing of it is kept.
const ANSWER_BYTES_MAX: usize = 8 * 1024;

/// Sends to receivers. Keeps connections.
pub struct Sender {
    public: Client,
    anywhere: Client,
    allowed: Vec<AllowedHost>,
}

/// A message as it is sent.
pub struct Message<'a> {
    /// `webhook-id`: stable over every attempt.
    pub id: &'a str,
    /// `webhook-timestamp`, the moment of this attempt.
    pub at: Timestamp,
    /// `webhook-signature`.
    pub signature: &'a str,
    /// The exact body.
    pub body: &'a str,
}

/// What a receiver says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// 2xx: it has the message.
    Taken(u16),
    /// 410: it wants no more of them.
    Gone,
    /// Anything else, redirects too. `after`: when it wants to be asked again.
    NotNow {
        /// The status.
        status: u16,
        /// `Retry-After` of a 429 or 503.
        after: Option<Duration>,
    },
    /// Nothing: it was not reached, must not be, or did not answer in time.
    Nothing,
}

impl Sender {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// When there is no HTTP client, for example for want of root certificates.
    pub fn new(allowed: Vec<AllowedHost>) -> Result<Self, reqwest::Error> {
        let builder = || client_builder(CONNECT_TIMEOUT, ANSWER_TIMEOUT);
        Ok(Self { public: builder().dns_resolver(PublicOnly).build()?, anywhere: builder().build()?, allowed })
    }

    /// Sends a message. The address is read again: the settings may allow less than when the hook was made.
    pub async fn send(&self, url: &str, message: &Message<'_>) -> Said {
        let (url, client) = match read(url, &self.allowed) {
            Ok((url, Reach::Public)) => (url, &self.public),
            Ok((url, Reach::Anywhere)) => (url, &self.anywhere),
            Err(invalid) => {
                tracing::warn!(reason = invalid.to_string(), "a hook leads where it must not");
                return Said::Nothing;
            }
        };
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("jiujinan/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.at.as_second())
            .header("webhook-signature", message.signature)
            .body(message.body.to_owned());
        match request.send().await {
            Ok(response) => said(response, message.at).await,
            Err(error) => {
                tracing::debug!(connect = error.is_connect(), timeout = error.is_timeout(), "a receiver does not answer");
                Said::Nothing
            }
        }
    }
}

async fn said(response: Response, now: Timestamp) -> Said {
    let status = response.status();
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| after(text, now));
    // The status is the answer: a body that is cut or never ends changes nothing of it.
    drain(response).await;
    match status {
        StatusCode::GONE => Said::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Said::NotNow { status: status.as_u16(), after: asked },
        status if status.is_success() => Said::Taken(status.as_u16()),
        status => Said::NotNow { status: status.as_u16(), after: None },
    }
}

async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(piece)) = response.chunk().await {
        read += piece.len();
        if read > ANSWER_BYTES_MAX {
            return;
        }
    }
}

/// `Retry-After`: seconds, or a moment (RFC 9110 §10.2.3).
fn after(text: &str, now: Timestamp) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // So many seconds that they do not fit are as good as for ever; the schedule clamps them.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::from_secs(u64::try_from(until.as_second().saturating_sub(now.as_second())).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_asks_for_seconds_or_for_a_moment() {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        for (text, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(after(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
