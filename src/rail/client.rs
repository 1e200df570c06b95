//! The HTTP client of both ends, and of whoever else sends signed messages.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

/// A client that goes where it is told and nowhere else.
///
/// No redirects: a signature is for one path. No proxy out of the environment: settings are read in one place.
pub(crate) fn client_builder(connect_timeout: Duration, answer_timeout: Duration) -> ClientBuilder {
    Client::builder().redirect(Policy::none()).no_proxy().connect_timeout(connect_timeout).timeout(answer_timeout)
}

/// The same with nothing added.
pub(crate) fn client(connect_timeout: Duration, answer_timeout: Duration) -> Result<Client, reqwest::Error> {
    client_builder(connect_timeout, answer_timeout).build()
}
