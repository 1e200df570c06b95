//! What hospitals are answered from, as a file beside the journal: a server that is started while the database is away answers from it.
//!
//! ```text
//! waivers-<city>.snapshot:  head, with the name of the algorithm │ city 4 │ 3 × (length 4 │ bytes) │ code 32
//!                           hospitals (JSON), rules (JSON array of their texts), roster (as src/roster/snapshot.rs has it)
//! ```
//! The code is an HMAC-SHA256 under a key of the vault, over everything before it: only what a server of this house wrote is read. Of
//! people there are keyed digests and nothing else. The file is replaced whole when something changes, and every minute besides, so that
//! it says how old it is.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use subtle::ConstantTimeEq as _;
use tokio::sync::watch;

use crate::book::Rules;
use crate::division::City;
use crate::hospital::Hospitals;
use crate::policy::{Policies, Policy};
use crate::roster::{Roster, SnapshotInvalid};
use crate::vault::Vault;

const HEAD: &[u8] = b"jiujinan waiver snapshot 1 HMAC-SHA256\n";
/// Separates the code from any other use of the key.
const LABEL: &[u8] = b"jiujinan/waiver-snapshot";
const CODE_BYTES: usize = 32;
/// How often it is looked whether something has changed.
const LOOK: Duration = Duration::from_secs(1);
/// A file is not written more often.
const SELDOM: Duration = Duration::from_secs(5);
/// And at least so often while the database is there.
const OFTEN: Duration = Duration::from_secs(60);

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotRefused {
    /// It cannot be read.
    #[error("it can not be read: {0}")]
    Io(#[from] io::Error),
    /// It begins otherwise, or was written by a later version of the program.
    #[error("it is no snapshot of this form and algorithm")]
    Head,
    /// Cut short, changed, or written under other keys.
    #[error("its code does not hold: it was cut, changed, or written under other keys")]
    Code,
    /// It is of another city than its name says.
    #[error("it is of another city than its name says")]
    City,
    /// A part of it is none.
    #[error("it holds what no server writes: {0}")]
    Content(&'static str),
    /// The roster in it is none.
    #[error(transparent)]
    Roster(#[from] SnapshotInvalid),
}

/// The snapshots of a directory, and what they are made of.
pub struct Snapshots {
    /// The directory, of this server alone.
    pub dir: PathBuf,
    /// Whose key signs.
    pub vault: Arc<Vault>,
    /// Who is on the roster.
    pub roster: Roster,
    /// What was agreed with hospitals.
    pub hospitals: Hospitals,
}

/// What was written last of a city.
struct Written {
    made: (i64, i64, usize),
    as_of: Timestamp,
    at: Instant,
}

impl Snapshots {
    /// Takes every good snapshot of the directory into the registers, and returns the rules that were in force; none when there is no
    /// good one. What is refused is told in the log.
    pub fn load(&self) -> Option<Policies> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let mut rules = None;
        for path in entries.map(|entry| entry.path()) {
            let Some(city) = city_of(&path) else { continue };
            match self.read(&path, city) {
                Ok(policies) => {
                    let (version, as_of) = (self.roster.version(city), self.roster.as_of());
                    tracing::info!(%city, version, as_of = as_of.map(tracing::field::display), "a snapshot is loaded");
                    rules = Some(policies);
                }
                Err(error) => tracing::error!(path = %path.display(), %error, "a snapshot is refused"),
            }
        }
        rules
    }

    fn read(&self, path: &Path, city: City) -> Result<Policies, SnapshotRefused> {
        let bytes = fs::read(path)?;
        let rest = bytes.strip_prefix(HEAD).ok_or(SnapshotRefused::Head)?;
        let at = bytes.len().checked_sub(CODE_BYTES).ok_or(SnapshotRefused::Code)?;
        let (body, code) = bytes.split_at_checked(at).ok_or(SnapshotRefused::Code)?;
        if !bool::from(self.vault.fingerprint(&[LABEL, body]).as_slice().ct_eq(code)) {
            return Err(SnapshotRefused::Code);
        }
        let (named, rest) = rest.split_first_chunk::<4>().ok_or(SnapshotRefused::Content("no city"))?;
        if named != city.as_str().as_bytes() {
            return Err(SnapshotRefused::City);
        }
        let (hospitals, rest) = part(rest)?;
        let (rules, rest) = part(rest)?;
        let (roster, _) = part(rest)?;
        let texts: Vec<String> = serde_json::from_slice(rules).map_err(|_| SnapshotRefused::Content("rules"))?;
        let policies: Result<Vec<_>, _> = texts.iter().map(|text| Policy::parse(text)).collect();
        let policies = policies.map_err(|_| SnapshotRefused::Content("rules"))?;
        // All of it or nothing: the roster is tried on another one first.
        if Roster::new().restore(roster)? != city {
            return Err(SnapshotRefused::City);
        }
        self.hospitals.restore(city, hospitals).ok_or(SnapshotRefused::Content("hospitals"))?;
        self.roster.restore(roster)?;
        Ok(Policies::new(policies))
    }

    /// Writes for ever: soon after something has changed, and now and then.
    pub async fn follow(self, rules: watch::Receiver<Arc<Rules>>) {
        let (this, mut written) = (Arc::new(self), HashMap::<City, Written>::new());
        let mut tick = tokio::time::interval(LOOK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            // A roster that a snapshot has told is not told again: it would grow no younger.
            let Some(as_of) = this.roster.as_of().filter(|_| this.roster.lag().is_some()) else { continue };
            let rules = rules.borrow().clone();
            for city in this.roster.cities() {
                let made = (this.roster.version(city), this.hospitals.registrations(), rules.policies.len());
                let due = written.get(&city).is_none_or(|last| {
                    let after = if last.made == made { OFTEN } else { SELDOM };
                    last.at.elapsed() >= after && last.as_of < as_of
                });
                if !due {
                    continue;
                }
                let (writer, rules) = (this.clone(), rules.clone());
                let done = tokio::task::spawn_blocking(move || writer.write(city, &rules.policies)).await;
                match done {
                    Ok(Ok(())) => {
                        written.insert(city, Written { made, as_of, at: Instant::now() });
                    }
                    Ok(Err(error)) => tracing::error!(%city, %error, "a snapshot can not be written"),
                    Err(error) => tracing::error!(%city, %error, "a snapshot was not written"),
                }
            }
        }
    }

    /// Replaces the file of a city, whole.
    fn write(&self, city: City, policies: &Policies) -> io::Result<()> {
        let Some(roster) = self.roster.snapshot(city) else { return Ok(()) };
        let hospitals = self.hospitals.snapshot(city)?;
        let rules = serde_json::to_vec(&policies.texts().collect::<Vec<_>>())?;
        let mut bytes = Vec::with_capacity(HEAD.len() + 64 + hospitals.len() + rules.len() + roster.len());
        bytes.extend(HEAD);
        bytes.extend(city.as_str().as_bytes());
        for part in [&hospitals, &rules, &roster] {
            bytes.extend(u32::try_from(part.len()).map_err(io::Error::other)?.to_be_bytes());
            bytes.extend(part);
        }
        drop(roster);
        let code = self.vault.fingerprint(&[LABEL, &bytes]);
        bytes.extend(code);
        let path = path_of(&self.dir, city);
        let draft = path.with_extension("new");
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&draft)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(&self.dir)?.sync_all()
    }
}

fn path_of(dir: &Path, city: City) -> PathBuf {
    dir.join(format!("waivers-{city}.snapshot"))
}

/// The city that the name of a file speaks of; none when it is no snapshot.
fn city_of(path: &Path) -> Option<City> {
    path.file_name()?.to_str()?.strip_prefix("waivers-")?.strip_suffix(".snapshot")?.parse().ok()
}

/// A part after its length, and what follows it.
fn part(bytes: &[u8]) -> Result<(&[u8], &[u8]), SnapshotRefused> {
    let cut = SnapshotRefused::Content("a part is cut short");
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Err(cut) };
    let length = usize::try_from(u32::from_be_bytes(*length)).ok();
    length.and_then(|length| rest.split_at_checked(length)).ok_or(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = include_str!("../../deploy/policy/cn-2026.toml");

    fn city() -> City {
        "3403".parse().unwrap()
    }

    /// Bytes of a roster of a city at version 7, with nobody on it.
    fn roster_of(city: &str) -> Vec<u8> {
        let as_of: Timestamp = "2026-11-24T00:40:00Z".parse().unwrap();
        let moment = as_of.as_microsecond().to_be_bytes();
        [b"JJNROST\x01".as_slice(), city.as_bytes(), &7_i64.to_be_bytes(), &moment, &0_u32.to_be_bytes()].concat()
    }

    fn snapshots(dir: &Path, vault: &Arc<Vault>) -> Snapshots {
        Snapshots { dir: dir.into(), vault: vault.clone(), roster: Roster::new(), hospitals: Hospitals::new() }
    }

    fn written(dir: &Path, vault: &Arc<Vault>, of: &str) -> PathBuf {
        let snapshots = snapshots(dir, vault);
        let of: City = snapshots.roster.restore(&roster_of(of)).unwrap();
        snapshots.write(of, &Policies::new([Policy::parse(RULES).unwrap()])).unwrap();
        path_of(dir, of)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Arc::new(Vault::create(&dir.path().join("vault")).unwrap());
        let path = written(dir.path(), &vault, "3403");
        assert!(fs::read(&path).unwrap().starts_with(b"jiujinan waiver snapshot 1 HMAC-SHA256\n"));
        let back = snapshots(dir.path(), &vault);
        let policies = back.load().unwrap();
        assert_eq!((policies.len(), back.roster.version(city())), (1, 7));
        assert_eq!(back.roster.as_of(), Some("2026-11-24T00:40:00Z".parse().unwrap()));
        assert!(back.roster.knows(city()) && !back.roster.knows("3401".parse().unwrap()));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no draft is left");
    }

    #[test]
    fn what_is_forged_cut_or_of_another_city_is_refused_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Arc::new(Vault::create(&dir.path().join("vault")).unwrap());
        let other = Arc::new(Vault::create(&dir.path().join("other")).unwrap());
        let good = fs::read(written(dir.path(), &vault, "3403")).unwrap();
        let path = path_of(dir.path(), city());
        let refused = |bytes: &[u8], keys: &Arc<Vault>| {
            fs::write(&path, bytes).unwrap();
            let snapshots = snapshots(dir.path(), keys);
            let error = snapshots.read(&path, city()).err().map(|error| error.to_string());
            assert!(error.is_none() || (snapshots.load().is_none() && !snapshots.roster.knows(city())));
            error
        };
        assert_eq!(refused(&good, &vault), None);
        // One bit anywhere, and a cut anywhere.
        for at in (0..good.len()).step_by(97).chain([good.len() - 1]) {
            let mut forged = good.clone();
            forged[at] ^= 1;
            assert!(refused(&forged, &vault).is_some(), "byte {at}");
            assert!(refused(&good[..at], &vault).is_some(), "cut at {at}");
        }
        assert!(refused(&[&good[..], b"\0"].concat(), &vault).is_some());
        assert!(refused(&good, &other).unwrap().contains("written under other keys"));
        // Signed by this house, for another city.
        let foreign = written(dir.path(), &vault, "3401");
        let foreign = [fs::read(&foreign).unwrap(), fs::remove_file(foreign).map(|()| Vec::new()).unwrap()].concat();
        assert!(refused(&foreign, &vault).unwrap().contains("of another city"));
    }
}
