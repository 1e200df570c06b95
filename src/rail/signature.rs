//! HTTP message signatures (RFC 9421), in one narrow form: one signature of a known label over a known list of components.
//!
//! The standard lets a signer choose what is covered. Here the verifier knows what must be covered, and takes nothing else: a
//! signature over less would be a signature under something else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::rail::key::{OwnKey, PeerKey};

const LABEL: &str = "rail";
/// How far the clocks of the two ends may be apart, travel included.
const CREATED_TOLERANCE_S: u64 = 300;

/// A part of a message that is covered: its identifier as the standard writes it (`"@path";req`), and its value.
pub(crate) type Component<'a> = (&'static str, &'a str);

/// The values of the headers `Signature-Input` and `Signature`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) input: String,
    pub(crate) signature: String,
}

/// Why a message is not believed. Holds nothing that came from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SignatureInvalid {
    /// A header of the signature is not there, or there twice, or no text.
    #[error("each of Content-Digest, Signature-Input and Signature must be there once")]
    Headers,
    /// The body is not the one that was digested.
    #[error("the digest is not that of the body")]
    Digest,
    /// Other parts of the message are covered than the agreed ones.
    #[error("the signature does not cover the agreed components")]
    Components,
    /// A parameter is missing, there twice, unknown or malformed.
    #[error("the signature needs created and keyid, may have alg, and nothing else")]
    Parameters,
    /// Another key is named than the pinned one.
    #[error("the signature names another key")]
    Key,
    /// Too old, or from the future.
    #[error("the signature was not created within {CREATED_TOLERANCE_S} s of now")]
    Created,
    /// It is no signature of this message by this key.
    #[error("the signature is wrong")]
    Signature,
}

/// Signs.
pub(crate) fn sign(key: &OwnKey, components: &[Component<'_>], now: Timestamp) -> Signed {
    let params = format!(r#"({});created={};keyid="{}";alg="ed25519""#, names(components), now.as_second(), key.id());
    let signature = STANDARD.encode(key.sign(base(components, &params).as_bytes()));
    Signed { input: format!("{LABEL}={params}"), signature: format!("{LABEL}=:{signature}:") }
}

/// Verifies that these very components were signed with this key about now.
pub(crate) fn verify(
    key: &PeerKey,
    components: &[Component<'_>],
    signed: &Signed,
    now: Timestamp,
) -> Result<(), SignatureInvalid> {
    let params = member(&signed.input).ok_or(SignatureInvalid::Components)?;
    let covered = format!("({})", names(components));
    let rest = params.strip_prefix(covered.as_str()).ok_or(SignatureInvalid::Components)?;
    let (created, keyid) = parameters(rest).ok_or(SignatureInvalid::Parameters)?;
    if keyid != key.id() {
        return Err(SignatureInvalid::Key);
    }
    if created.abs_diff(now.as_second()) > CREATED_TOLERANCE_S {
        return Err(SignatureInvalid::Created);
    }
    let bytes = bytes(&signed.signature).ok_or(SignatureInvalid::Signature)?;
    if key.verifies(base(components, params).as_bytes(), &bytes) { Ok(()) } else { Err(SignatureInvalid::Signature) }
}

/// The text that is signed (RFC 9421, section 2.5).
fn base(components: &[Component<'_>], params: &str) -> String {
    let lines: String = components.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{lines}\"@signature-params\": {params}")
}

fn names(components: &[Component<'_>]) -> String {
    components.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

fn member(header: &str) -> Option<&str> {
    header.strip_prefix(LABEL)?.strip_prefix('=')
}

fn bytes(header: &str) -> Option<[u8; 64]> {
    let encoded = member(header)?.strip_prefix(':')?.strip_suffix(':')?;
    STANDARD.decode(encoded).ok()?.try_into().ok()
}

/// Creation time and key id out of `;created=1618884473;keyid="…";alg="ed25519"`, in any order.
fn parameters(text: &str) -> Option<(i64, &str)> {
    let (mut created, mut keyid, mut algorithm) = (None, None, None);
    for parameter in text.strip_prefix(';')?.split(';') {
        let (name, value) = parameter.split_once('=')?;
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let twice = match name {
            "created" => created.replace(value.parse().ok()?).is_some(),
            "keyid" => keyid.replace(quoted?).is_some(),
            "alg" => algorithm.replace(quoted?).is_some(),
            _ => return None,
        };
        if twice {
            return None;
        }
    }
    if algorithm.is_some_and(|name| name != "ed25519") {
        return None;
    }
    created.zip(keyid)
}

#[cfg(test)]
mod tests;
