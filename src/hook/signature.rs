//! Signatures of Standard Webhooks 1.0.0: `v1` with a shared secret (HMAC-SHA256), `v1a` with the server's own key (Ed25519), over
//! `<webhook-id>.<webhook-timestamp>.<body>`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::hook::secret::Secret;
use crate::rail::OwnKey;

/// The value of `webhook-signature`: one signature for each secret and one by the key, separated by spaces.
pub fn sign(id: &str, timestamp: i64, body: &str, secrets: &[Secret], key: Option<&OwnKey>) -> String {
    let content = format!("{id}.{timestamp}.{body}");
    // Every length is a key of HMAC.
    let macs = secrets.iter().filter_map(|secret| Hmac::<Sha256>::new_from_slice(secret.bytes()).ok());
    let shared = macs.map(|mut mac| {
        mac.update(content.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    });
    let own = key.map(|key| format!("v1a,{}", STANDARD.encode(key.sign(content.as_bytes()))));
    shared.chain(own).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed with Python's hmac: HMAC-SHA256 of `msg_1.1674087231.{}` under 32 bytes of 7.
    #[test]
    fn the_shared_signature_is_an_hmac_of_id_time_and_body() {
        let signed = sign("msg_1", 1_674_087_231, "{}", &[Secret::known([7; 32])], None);
        assert_eq!(signed, "v1,BMEOX2A7qPzTc/jYU4J73iTl4i0ESa+frM+zCIRDASE=");
    }

    #[test]
    fn every_secret_and_the_key_sign() {
        let key = OwnKey::from_seed(&[1; 32]);
        let signed = sign("a", 1, "{}", &[Secret::known([1; 32]), Secret::known([2; 32])], Some(&key));
        let kinds: Vec<&str> = signed.split(' ').map(|one| one.split_once(',').unwrap().0).collect();
        assert_eq!(kinds, ["v1", "v1", "v1a"]);
        let last = STANDARD.decode(signed.rsplit_once(',').unwrap().1).unwrap();
        assert!(key.peer().verifies(b"a.1.{}", &last.try_into().unwrap()));
    }
}
