//! The HTTP client of both ends.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

/// A client that goes where it is told and nowhere else.
///
/// No redirects: a signature is for one path. No proxy out of the environment: settings are read in one place.
pub(crate) fn client(connect_timeout: Duration, answer_timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder().redirect(Policy::none()).no_proxy().connect_timeout(connect_timeout).timeout(answer_timeout).build()
}
