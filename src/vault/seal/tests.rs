use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::vault::{PLAINTEXT_MAX, Vault, VaultError};

static VAULT: LazyLock<Vault> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    Vault::create(dir.path()).unwrap()
});

fn kek(dir: &Path, id: &str, byte: &str) {
    let path = dir.join(format!("kek-{id}.key"));
    fs::write(&path, byte.repeat(32)).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
}

fn keys_with_kek(id: &str, byte: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    kek(dir.path(), id, byte);
    Vault::create(dir.path()).unwrap();
    dir
}

fn refusal(sealed: &[u8], context: &[u8]) -> VaultError {
    VAULT.unseal(sealed, context).map(|_| ()).unwrap_err()
}

proptest! {
    #[test]
    fn what_was_sealed_comes_out_whole(
        plaintext in prop::collection::vec(any::<u8>(), 0..600),
        context in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let sealed = VAULT.seal(&plaintext, &context).unwrap();
        prop_assert_eq!(sealed.as_bytes().len(), 98 + "0001".len() + plaintext.len());
        let unsealed = VAULT.unseal(sealed.as_bytes(), &context).unwrap();
        prop_assert_eq!(unsealed.plaintext(), &*plaintext);
        prop_assert_eq!(unsealed.commitment(), sealed.commitment());
    }

    #[test]
    fn no_bytes_make_unsealing_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        context in prop::collection::vec(any::<u8>(), 0..10),
    ) {
        prop_assert!(VAULT.unseal(&bytes, &context).is_err());
        let good_head = [&b"\x01\x07A256GCM\x040001"[..], &bytes].concat();
        prop_assert!(VAULT.unseal(&good_head, &context).is_err());
    }
}

/// Made with another implementation (Python's `cryptography`): what is stored today must open in thirty years.
#[test]
fn a_value_sealed_elsewhere_by_the_same_layout_opens() {
    let dir = keys_with_kek("0001", "01");
    let vault = Vault::open(dir.path()).unwrap();
    let sealed = hex::decode("01074132353647434d04303030310a0a0a0a0a0a0a0a0a0a0a0aec842e229bfe792b8cbc7278bf3599a19b777aec7b115a84de1650088e46b1bc097c2eae2383f1ec2e4caf21b05bc3500b0b0b0b0b0b0b0b0b0b0b0b4d32b24537e52b88d6f3b3cae0ab2a1348b843ae9721").unwrap();
    let unsealed = vault.unseal(&sealed, b"party/7/name").unwrap();
    assert_eq!(unsealed.plaintext(), "张三".as_bytes());
    assert_eq!(hex::encode(unsealed.commitment()), "952bfedff70e46af9829963b201a0fa7fa1bc2a78c3544023f8da3979dfda470");
}

#[test]
fn any_changed_bit_is_noticed() {
    let sealed = VAULT.seal(b"11010519491231002X", b"row").unwrap().into_bytes();
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << bit;
            assert!(VAULT.unseal(&changed, b"row").is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn anything_cut_off_or_added_is_noticed() {
    let sealed = VAULT.seal(b"11010519491231002X", b"row").unwrap().into_bytes();
    for length in 0..sealed.len() {
        assert!(VAULT.unseal(&sealed[..length], b"row").is_err(), "{length} bytes");
    }
    assert_eq!(refusal(&[&sealed[..], &[0]].concat(), b"row"), VaultError::Refused);
}

#[test]
fn a_value_opens_in_its_own_context_only() {
    let sealed = VAULT.seal(b"text", b"row 1").unwrap();
    for context in [&b"row 2"[..], b"", b"row 1 ", b"row"] {
        assert_eq!(refusal(sealed.as_bytes(), context), VaultError::Refused);
    }
}

#[test]
fn parts_of_two_values_do_not_make_a_third() {
    let (one, other) = (VAULT.seal(b"one", b"row 1").unwrap(), VAULT.seal(b"two", b"row 2").unwrap());
    let text_at = one.as_bytes().len() - 12 - 3 - 16;
    let mixed = [&one.as_bytes()[..text_at], &other.as_bytes()[text_at..]].concat();
    assert_eq!(refusal(&mixed, b"row 1"), VaultError::Refused);
    assert_eq!(refusal(&mixed, b"row 2"), VaultError::Refused);
}

/// Both files hold one key, so only the header under the seal tells them apart.
#[test]
fn a_value_cannot_be_relabelled_to_another_kek() {
    let dir = keys_with_kek("a", "07");
    let sealed = Vault::open(dir.path()).unwrap().seal(b"text", b"").unwrap().into_bytes();
    kek(dir.path(), "b", "07");
    let vault = Vault::open(dir.path()).unwrap();
    assert!(vault.unseal(&sealed, b"").is_ok());
    let relabelled: Vec<u8> = sealed.iter().enumerate().map(|(at, b)| if at == 10 { b'b' } else { *b }).collect();
    assert_eq!((sealed[10], relabelled[10]), (b'a', b'b'));
    assert_eq!(vault.unseal(&relabelled, b"").unwrap_err(), VaultError::Refused);
}

#[test]
fn after_a_rotation_the_old_kek_opens_and_the_new_one_seals() {
    let dir = keys_with_kek("0001", "01");
    let before = Vault::open(dir.path()).unwrap();
    let old = before.seal(b"text", b"row").unwrap();

    kek(dir.path(), "0002", "02");
    let after = Vault::open(dir.path()).unwrap();
    let new = after.seal(b"text", b"row").unwrap();

    let opened = after.unseal(old.as_bytes(), b"row").unwrap();
    assert_eq!((opened.plaintext(), opened.commitment()), (&b"text"[..], old.commitment()));
    assert_eq!(after.unseal(new.as_bytes(), b"row").unwrap().plaintext(), b"text");
    let error = before.unseal(new.as_bytes(), b"row").unwrap_err();
    assert_eq!(error, VaultError::UnknownKek { id: "0002".to_owned() });
    assert_eq!(error.to_string(), "sealed value needs kek-0002.key, which is not in the key directory");
    assert_eq!(after.blind_index("a", "b"), before.blind_index("a", "b"), "people are still found");
}

#[test]
fn another_key_under_the_same_id_does_not_open() {
    let sealed = VAULT.seal(b"text", b"").unwrap();
    let other = keys_with_kek("0001", "01");
    let error = Vault::open(other.path()).unwrap().unseal(sealed.as_bytes(), b"").unwrap_err();
    assert_eq!(error, VaultError::Refused);
}

#[test]
fn a_later_version_and_another_algorithm_are_named() {
    assert_eq!(refusal(b"\x02", b""), VaultError::UnknownVersion { version: 2 });
    let error = refusal(b"\x01\x07SM4-GCM\x040001", b"");
    assert_eq!(error.to_string(), "sealed value is encrypted with SM4-GCM, which is not known here");
    assert_eq!(refusal(b"\x01\x03a\nb\x040001", b""), VaultError::Malformed);
    assert_eq!(refusal(b"\x01\x07A256GCM\x04..\n/", b""), VaultError::Malformed);
    assert_eq!(refusal(b"", b""), VaultError::Malformed);
}

#[test]
fn equal_plaintexts_have_different_seals_and_commitments() {
    let (one, other) = (VAULT.seal(b"text", b"row").unwrap(), VAULT.seal(b"text", b"row").unwrap());
    assert_ne!(one.as_bytes(), other.as_bytes());
    assert_ne!(one.commitment(), other.commitment());
    let part = |bytes: &[u8], from: usize, length: usize| bytes[from..from + length].to_vec();
    for (from, length, what) in [(14, 12, "nonce of the wrap"), (26, 48, "wrapped key"), (74, 12, "nonce of the text")] {
        assert_ne!(part(one.as_bytes(), from, length), part(other.as_bytes(), from, length), "{what}");
    }
    assert_ne!(part(one.as_bytes(), 14, 12), part(one.as_bytes(), 74, 12), "the two nonces of one seal");
}

#[test]
fn what_is_shown_holds_no_plaintext() {
    let sealed = VAULT.seal(b"11010519491231002X", b"row").unwrap();
    let unsealed = VAULT.unseal(sealed.as_bytes(), b"row").unwrap();
    assert_eq!(format!("{sealed:?} {unsealed:?}"), "Sealed(120 bytes) Unsealed(18 bytes)");
    assert!(!sealed.as_bytes().windows(6).any(|part| part == b"110105"));
}

#[test]
fn a_plaintext_has_a_greatest_length() {
    assert!(VAULT.seal(&vec![0; PLAINTEXT_MAX], b"").is_ok());
    let error = VAULT.seal(&vec![0; PLAINTEXT_MAX + 1], b"").map(|_| ()).unwrap_err();
    assert_eq!(error, VaultError::TooLong { length: PLAINTEXT_MAX + 1 });
}
