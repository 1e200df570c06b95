//! How a server tells hooks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hook::retention::Keep;
use crate::hook::url::AllowedHost;
use crate::rail::OwnKey;

/// How a server tells hooks.
#[derive(Clone, Debug, Default)]
pub struct HookSettings {
    /// The key that signs besides each hook's secret; none signs with the secret alone.
    pub key: Option<OwnKey>,
    /// Hosts that may be reached by http and under private addresses.
    pub allowed: Vec<AllowedHost>,
    /// How long what was told is kept.
    pub keep: Keep,
}

impl HookSettings {
    /// The public half of the key as receivers take it: `whpk_` and base64 of 32 bytes.
    pub fn public_key(&self) -> Option<String> {
        self.key.as_ref().map(|key| format!("whpk_{}", STANDARD.encode(key.peer().public().as_bytes())))
    }
}
