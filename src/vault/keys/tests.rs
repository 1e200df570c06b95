use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use crate::vault::{KeyFileError, Vault};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn key_file(path: &Path, byte: &str) {
    fs::write(path, byte.repeat(32)).unwrap();
    mode(path, 0o600);
}

#[test]
fn creating_makes_a_directory_and_keys_for_the_owner_alone() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("deep/keys");
    Vault::create(&dir).unwrap();
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["fingerprint.key", "index.key", "kek-0001.key"]);
    for name in names {
        assert_eq!(fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn creating_again_keeps_every_key() {
    let dir = tempfile::tempdir().unwrap();
    let first = Vault::create(dir.path()).unwrap();
    let again = Vault::create(dir.path()).unwrap();
    assert_eq!(first.blind_index("a", "b"), again.blind_index("a", "b"));
    assert_eq!(first.fingerprint(&[b"a"]), again.fingerprint(&[b"a"]));
    let sealed = first.seal(b"text", b"").unwrap();
    assert_eq!(again.unseal(sealed.as_bytes(), b"").unwrap().plaintext(), b"text");
}

#[test]
fn creating_beside_another_kek_makes_no_second_one() {
    let dir = tempfile::tempdir().unwrap();
    key_file(&dir.path().join("kek-2026.key"), "07");
    assert_eq!(Vault::create(dir.path()).unwrap().sealing.id, "2026");
    assert!(!dir.path().join("kek-0001.key").exists());
}

#[test]
fn creators_that_start_at_once_agree_on_every_key() {
    for _ in 0..20 {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("keys");
        let at_once = Barrier::new(8);
        let vaults: Vec<Vault> = thread::scope(|scope| {
            let creators: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        at_once.wait();
                        Vault::create(&dir).unwrap()
                    })
                })
                .collect();
            creators.into_iter().map(|creator| creator.join().unwrap()).collect()
        });
        let sealed = vaults[0].seal(b"text", b"row").unwrap();
        for vault in &vaults {
            assert_eq!(vault.unseal(sealed.as_bytes(), b"row").unwrap().plaintext(), b"text");
            assert_eq!(vault.blind_index("a", "b"), vaults[0].blind_index("a", "b"));
            assert_eq!(vault.fingerprint(&[b"a"]), vaults[0].fingerprint(&[b"a"]));
        }
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 3, "no draft is left");
    }
}

#[test]
fn a_key_that_others_may_read_is_refused_by_name() {
    for name in ["index.key", "fingerprint.key", "kek-0001.key"] {
        for bits in [0o640, 0o604, 0o660, 0o601] {
            let dir = tempfile::tempdir().unwrap();
            Vault::create(dir.path()).unwrap();
            mode(&dir.path().join(name), bits);
            let message = Vault::open(dir.path()).unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
            assert!(message.ends_with(&format!("has mode {bits:o}: keys are for their owner alone, 600 is wanted")));
        }
    }
}

#[test]
fn a_key_its_owner_may_only_read_is_good() {
    let dir = tempfile::tempdir().unwrap();
    Vault::create(dir.path()).unwrap();
    mode(&dir.path().join("index.key"), 0o400);
    assert!(Vault::open(dir.path()).is_ok());
}

#[test]
fn a_directory_that_others_may_write_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    Vault::create(dir.path()).unwrap();
    mode(dir.path(), 0o770);
    let error = Vault::open(dir.path()).unwrap_err();
    assert!(matches!(error, KeyFileError::Exposed { mode: 0o770, wanted: 0o700, .. }), "{error}");
}

#[test]
fn a_missing_key_is_named() {
    for (name, expected) in [
        ("index.key", "index.key: No such file"),
        ("fingerprint.key", "fingerprint.key: No such file"),
        ("kek-0001.key", "holds no kek-<id>.key"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        Vault::create(dir.path()).unwrap();
        fs::remove_file(dir.path().join(name)).unwrap();
        let message = Vault::open(dir.path()).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let message = Vault::open(Path::new("/nonexistent/keys")).unwrap_err().to_string();
    assert!(message.contains("/nonexistent/keys"), "{message}");
}

#[test]
fn a_misnamed_kek_is_refused_and_other_files_are_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    Vault::create(dir.path()).unwrap();
    fs::write(dir.path().join("README"), "").unwrap();
    fs::write(dir.path().join("kek-0002.key.old"), "").unwrap();
    assert!(Vault::open(dir.path()).is_ok());
    for name in ["kek-.key", "kek-A.key", "kek-a_b.key", "kek-12345678901234567.key", "kek-年.key"] {
        let path = dir.path().join(name);
        key_file(&path, "07");
        let error = Vault::open(dir.path()).unwrap_err();
        assert!(matches!(error, KeyFileError::Name { .. }), "{name}: {error}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn the_kek_greatest_in_byte_order_seals() {
    let dir = tempfile::tempdir().unwrap();
    Vault::create(dir.path()).unwrap();
    for id in ["10", "9", "0002", "2026-a"] {
        key_file(&dir.path().join(format!("kek-{id}.key")), "07");
    }
    let vault = Vault::open(dir.path()).unwrap();
    assert_eq!(vault.sealing.id, "9");
    assert_eq!(format!("{vault:?}"), r#"Vault { sealing: "9", older: ["0001", "0002", "10", "2026-a"], .. }"#);
}

#[test]
fn what_a_vault_shows_holds_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::create(dir.path()).unwrap();
    let shown = format!("{vault:?} {vault:#?}");
    for name in ["index.key", "fingerprint.key", "kek-0001.key"] {
        let key = fs::read_to_string(dir.path().join(name)).unwrap();
        assert!(!shown.contains(&key[..8]), "{name}");
        let bytes = format!("{:?}", &hex::decode(key.trim()).unwrap()[..4]);
        assert!(!shown.contains(bytes.trim_matches(['[', ']'])), "{name}");
    }
}
