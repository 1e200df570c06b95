//! The secrets of hooks, derived and never stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::id::HookId;
use crate::vault::Vault;

/// What a hook's deliveries are signed with, known to its receiver.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// The secret of a hook by the number of its rotation: HMAC-SHA256 under the vault's fingerprint key, in a domain of its own.
    pub fn of(vault: &Vault, hook: HookId, rotation: i32) -> Self {
        let (hook, rotation) = (hook.uuid(), rotation.to_be_bytes());
        Self(Zeroizing::new(vault.fingerprint(&[b"jiujinan/hook-secret", hook.as_bytes(), &rotation])))
    }

    /// As it is shown to whoever makes the hook: `whsec_` and base64 of 32 bytes.
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(*self.0))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// A secret of known bytes.
    #[cfg(test)]
    pub fn known(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hook_and_rotation_has_a_secret_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::create(&dir.path().join("vault")).unwrap();
        let (one, other) = (HookId::new(), HookId::new());
        let shown = |hook, rotation| Secret::of(&vault, hook, rotation).shown();
        assert_eq!(shown(one, 1), shown(one, 1));
        assert!(shown(one, 1) != shown(one, 2) && shown(one, 1) != shown(other, 1));
        assert_eq!(STANDARD.decode(&shown(one, 1)["whsec_".len()..]).unwrap().len(), 32);
    }
}
