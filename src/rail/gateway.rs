//! Our end of the rail: sends instructions and asks what became of them.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use uuid::Uuid;

use crate::rail::address::{AddressInvalid, address};
use crate::rail::client::client;
use crate::rail::envelope::Envelope;
use crate::rail::key::{OwnKey, PeerKey};
use crate::rail::message::Message;
use crate::rail::outcome::{Outcome, Unclear};
use crate::rail::result::{BankResult, Verdict};

/// A result has a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// How a bank is reached.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// The address above `/instructions`: https, or http to a loopback address.
    pub address: String,
    /// The key that we sign with.
    pub own: OwnKey,
    /// The key that the bank signs with.
    pub bank: PeerKey,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long the whole exchange may take.
    pub answer_timeout: Duration,
}

impl GatewaySettings {
    /// The usual patience.
    pub fn usual(address: String, own: OwnKey, bank: PeerKey) -> Self {
        Self { address, own, bank, connect_timeout: Duration::from_secs(5), answer_timeout: Duration::from_secs(15) }
    }
}

/// Why a bank cannot be reached with such settings.
#[derive(Debug, thiserror::Error)]
pub enum GatewayInvalid {
    /// The address is none.
    #[error("the address of the bank cannot be used")]
    Address(#[from] AddressInvalid),
    /// We would take our own signatures for the bank's.
    #[error("the bank's key must not be our own")]
    SameKey,
    /// There is no HTTP client, for example for want of root certificates.
    #[error("no client for the bank")]
    Client(#[from] reqwest::Error),
}

/// A bank's gateway. Cheap to share by reference; keeps its connections.
#[derive(Debug)]
pub struct Gateway {
    client: Client,
    base: Url,
    own: OwnKey,
    bank: PeerKey,
}

impl Gateway {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// See [`GatewayInvalid`].
    pub fn new(settings: GatewaySettings) -> Result<Self, GatewayInvalid> {
        if settings.own.peer().public() == settings.bank.public() {
            return Err(GatewayInvalid::SameKey);
        }
        let client = client(settings.connect_timeout, settings.answer_timeout)?;
        Ok(Self { client, base: address(&settings.address)?, own: settings.own, bank: settings.bank })
    }

    /// Sends the exact bytes of an instruction. Sending them again is harmless: one id is paid once and answered with one result.
    pub async fn send(&self, id: Uuid, bytes: &[u8]) -> Outcome {
        let said = self.exchange(Method::POST, "/instructions", bytes, id).await;
        settled(said.and_then(|verdict| match verdict {
            Verdict::NotKnown => Err(Unclear::Misplaced),
            Verdict::Accepted | Verdict::Paid { .. } | Verdict::Refused { .. } | Verdict::Returned { .. } => Ok(verdict),
        }))
    }

    /// Asks what became of an instruction.
    pub async fn enquire(&self, id: Uuid) -> Outcome {
        settled(self.exchange(Method::GET, &format!("/instructions/{id}"), b"", id).await)
    }

    /// One signed request, and the signed answer to it.
    async fn exchange(&self, method: Method, path: &str, body: &[u8], id: Uuid) -> Result<Verdict, Unclear> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let asked = Message::Request { method: method.as_str(), path: url.path() };
        let envelope = Envelope::sign(&self.own, &asked, body, Timestamp::now());
        let request = self.client.request(method.clone(), url.clone()).body(body.to_vec());
        let response = sealed(request, &envelope).send().await.map_err(|error| cause(&error))?;
        let status = response.status().as_u16();
        // Other statuses carry no result, whoever wrote them.
        if !matches!(status, 200 | 404) {
            return Err(Unclear::Status(status));
        }
        let answer = Envelope::read(|name| response.headers().get_all(name).iter().map(|value| value.as_bytes()));
        let answer = answer.map_err(Unclear::NotBelieved)?;
        let body = read(response).await?;
        answer
            .verify(&self.bank, &asked.answered(status, envelope.signature()), &body, Timestamp::now())
            .map_err(Unclear::NotBelieved)?;
        let result = BankResult::read(&body).ok_or(Unclear::NoResult)?;
        let fits = result.instruction_id == id && (status == 404) == (result.verdict == Verdict::NotKnown);
        if fits { Ok(result.verdict) } else { Err(Unclear::Misplaced) }
    }
}

fn settled(said: Result<Verdict, Unclear>) -> Outcome {
    match said {
        Ok(verdict) => Outcome::Said(verdict),
        Err(unclear) => Outcome::Unclear(unclear),
    }
}

/// A request of JSON with the headers of its signature.
pub(crate) fn sealed(request: RequestBuilder, envelope: &Envelope) -> RequestBuilder {
    let request = request.header(CONTENT_TYPE, "application/json");
    envelope.headers().into_iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// The body of an answer, up to the limit.
async fn read(mut response: Response) -> Result<Vec<u8>, Unclear> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| cause(&error))? {
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(Unclear::TooLong);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn cause(error: &reqwest::Error) -> Unclear {
    if error.is_timeout() {
        Unclear::TimedOut
    } else if error.is_connect() {
        Unclear::Unreachable
    } else {
        Unclear::Cut
    }
}
