//! Carries results to the client: signed call-backs, a few tries each.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Client, Url};

use crate::rail::envelope::Envelope;
use crate::rail::gateway::sealed;
use crate::rail::key::OwnKey;
use crate::rail::message::Message;
use crate::rail::result::BankResult;

/// Tries of one call-back, about 50 s in all; who missed them all may enquire.
const TRIES_MAX: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Carries results to the client.
#[derive(Debug)]
pub(crate) struct Courier {
    pub(crate) client: Client,
    /// None: there is nobody to call back.
    pub(crate) to: Option<Url>,
    pub(crate) key: OwnKey,
}

impl Courier {
    /// Calls back until the client has taken it, or the tries are used up. Signed anew for each try: a signature is short-lived.
    pub(crate) async fn deliver(&self, result: &BankResult) {
        let Some(to) = &self.to else { return };
        let body = match serde_json::to_vec(result) {
            Ok(body) => body,
            Err(error) => return tracing::error!(%error, "a result cannot be written"),
        };
        let message = Message::Request { method: "POST", path: to.path() };
        for tried in 0..TRIES_MAX {
            if tried > 0 {
                tokio::time::sleep(FIRST_WAIT.saturating_mul(1 << (tried - 1))).await;
            }
            let envelope = Envelope::sign(&self.key, &message, &body, Timestamp::now());
            let sent = sealed(self.client.post(to.clone()).body(body.clone()), &envelope).send().await;
            if sent.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
        }
        tracing::warn!(instruction = %result.instruction_id, "nobody took the call-back");
    }
}
