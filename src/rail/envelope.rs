//! The three headers that make a message believed, whatever library carries it.

use jiff::Timestamp;

use crate::rail::digest::content_digest;
use crate::rail::key::{OwnKey, PeerKey};
use crate::rail::message::Message;
use crate::rail::signature::{SignatureInvalid, Signed, sign, verify};

const CONTENT_DIGEST: &str = "content-digest";
const SIGNATURE_INPUT: &str = "signature-input";
const SIGNATURE: &str = "signature";

/// `Content-Digest`, `Signature-Input` and `Signature` of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    digest: String,
    signed: Signed,
}

impl Envelope {
    /// Signs a message.
    pub fn sign(key: &OwnKey, message: &Message<'_>, body: &[u8], now: Timestamp) -> Self {
        let digest = content_digest(body);
        let signed = message.covered(&digest, |components| sign(key, components, now));
        Self { digest, signed }
    }

    /// Takes the headers out of a message; `values` gives every value of a header, named in small letters.
    ///
    /// # Errors
    /// [`SignatureInvalid::Headers`] unless each is there once.
    pub fn read<'h, I>(values: impl Fn(&'static str) -> I) -> Result<Self, SignatureInvalid>
    where
        I: Iterator<Item = &'h [u8]>,
    {
        let once = |name| {
            let mut values = values(name);
            let first = values.next().and_then(|value| std::str::from_utf8(value).ok());
            first.filter(|_| values.next().is_none()).map(str::to_owned).ok_or(SignatureInvalid::Headers)
        };
        let signed = Signed { input: once(SIGNATURE_INPUT)?, signature: once(SIGNATURE)? };
        Ok(Self { digest: once(CONTENT_DIGEST)?, signed })
    }

    /// Whether this end believes that the other end sent this message with this body about now.
    ///
    /// # Errors
    /// The first reason not to.
    pub fn verify(&self, key: &PeerKey, message: &Message<'_>, body: &[u8], now: Timestamp) -> Result<(), SignatureInvalid> {
        if self.digest != content_digest(body) {
            return Err(SignatureInvalid::Digest);
        }
        message.covered(&self.digest, |components| verify(key, components, &self.signed, now))
    }

    /// The headers to send.
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [(CONTENT_DIGEST, &self.digest), (SIGNATURE_INPUT, &self.signed.input), (SIGNATURE, &self.signed.signature)]
    }

    /// The header `Signature`, which an answer covers.
    pub fn signature(&self) -> &str {
        &self.signed.signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAY: Message<'_> = Message::Request { method: "POST", path: "/instructions" };
    const ASK: Message<'_> = Message::Request { method: "GET", path: "/instructions/1" };

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn key() -> OwnKey {
        OwnKey::from_seed(&[7; 32])
    }

    fn read(headers: &[(&'static str, &str)]) -> Result<Envelope, SignatureInvalid> {
        Envelope::read(|wanted| headers.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| value.as_bytes()))
    }

    #[test]
    fn headers_survive_the_way() {
        let sent = Envelope::sign(&key(), &PAY, b"{}", now());
        let received = read(&sent.headers()).unwrap();
        assert_eq!(received, sent);
        assert_eq!(received.verify(&key().peer(), &PAY, b"{}", now()), Ok(()));
    }

    #[test]
    fn a_changed_body_is_not_believed() {
        let sent = Envelope::sign(&key(), &PAY, b"{}", now());
        assert_eq!(sent.verify(&key().peer(), &PAY, b"{ }", now()), Err(SignatureInvalid::Digest));
        // A digest that was made to fit the changed body is covered by the signature.
        let forged = Envelope { digest: content_digest(b"{ }"), ..sent };
        assert_eq!(forged.verify(&key().peer(), &PAY, b"{ }", now()), Err(SignatureInvalid::Signature));
    }

    #[test]
    fn an_answer_belongs_to_one_request() {
        let asked = Envelope::sign(&key(), &PAY, b"{}", now());
        let answer = Envelope::sign(&key(), &PAY.answered(200, asked.signature()), b"{}", now());
        let believed = |message: Message<'_>| answer.verify(&key().peer(), &message, b"{}", now());
        assert_eq!(believed(PAY.answered(200, asked.signature())), Ok(()));
        let earlier = Envelope::sign(&key(), &PAY, b"{}", now() - jiff::SignedDuration::from_secs(1));
        for other in
            [PAY.answered(201, asked.signature()), PAY.answered(200, earlier.signature()), ASK.answered(200, asked.signature())]
        {
            assert_eq!(believed(other), Err(SignatureInvalid::Signature), "{other:?}");
        }
        assert_eq!(believed(PAY), Err(SignatureInvalid::Components), "an answer is no request");
    }

    #[test]
    fn each_header_must_be_there_once() {
        let sent = Envelope::sign(&key(), &PAY, b"{}", now());
        let [digest, input, signature] = sent.headers();
        for wrong in [vec![digest, input], vec![input, signature], vec![digest, signature], vec![digest, input, signature, input]]
        {
            assert_eq!(read(&wrong), Err(SignatureInvalid::Headers), "{wrong:?}");
        }
    }
}
