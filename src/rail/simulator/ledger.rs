//! The bank's ledger: one id has one body and is paid at most once; with a file, for longer than the process lives.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::money::Fen;
use crate::rail::instruction::Instruction;
use crate::rail::result::{BankResult, Verdict};
use crate::rail::simulator::behaviour::Behaviour;
use crate::rail::simulator::entry::{Entry, Line};

/// Instructions that are kept in memory.
const ENTRIES_MAX: usize = 1_000_000;

/// The ledger.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: BTreeMap<Uuid, Entry>,
    /// Every payment that was made, in order. Not asked of `entries`, so that one paid twice would show.
    paid: Vec<Payment>,
    file: Option<File>,
}

/// A payment that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Payment {
    instruction_id: Uuid,
    amount_fen: Fen,
    reference: String,
}

/// What an instruction is to the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// It came for the first time.
    New,
    /// It came before, with these bytes.
    Again,
    /// The id came before, with other bytes.
    Other,
    /// No more can be kept.
    Full,
}

impl Ledger {
    /// Opens a ledger file, or begins one. What a killed process has not written to the line's end did not happen: nothing was
    /// answered before it was.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        // Two banks on one ledger would each pay.
        file.try_lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut ledger = Self::default();
        for line in text.get(..whole).unwrap_or_default().lines() {
            ledger.apply(serde_json::from_str(line)?);
        }
        file.set_len(whole as u64)?;
        file.seek(io::SeekFrom::End(0))?;
        ledger.file = Some(file);
        Ok(ledger)
    }

    /// Takes an instruction down, unless the id is known.
    pub(crate) fn receive(&mut self, instruction: &Instruction, bytes: &[u8], behaviour: Behaviour) -> io::Result<Received> {
        let digest = hex::encode(Sha256::digest(bytes));
        if let Some(entry) = self.entries.get(&instruction.id) {
            return Ok(if entry.digest == digest { Received::Again } else { Received::Other });
        }
        if self.entries.len() >= ENTRIES_MAX {
            return Ok(Received::Full);
        }
        let (id, amount_fen) = (instruction.id, instruction.amount.fen());
        self.write(Line::Received { id, digest, amount_fen, behaviour })?;
        Ok(Received::New)
    }

    /// Takes down what became of an instruction; false, and nothing happens, when it cannot become that any more.
    pub(crate) fn settle(&mut self, id: Uuid, verdict: Verdict) -> io::Result<bool> {
        let possible = self.entries.get(&id).is_some_and(|entry| entry.may_become(&verdict));
        if possible {
            self.write(Line::Settled { id, verdict })?;
        }
        Ok(possible)
    }

    /// What is known of an instruction.
    pub(crate) fn entry(&self, id: Uuid) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// Every instruction that is known.
    pub(crate) fn ids(&self) -> Vec<Uuid> {
        self.entries.keys().copied().collect()
    }

    /// Every payment that was made, in order.
    pub(crate) fn paid(&self) -> Vec<Payment> {
        self.paid.clone()
    }

    /// What is known of every instruction, as it would be answered.
    pub(crate) fn results(&self) -> Vec<BankResult> {
        let results = self.entries.iter();
        results.map(|(id, entry)| BankResult { instruction_id: *id, verdict: entry.verdict.clone() }).collect()
    }

    /// First the disk, then the memory: what is answered from memory is on the disk.
    fn write(&mut self, line: Line) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut text = serde_json::to_vec(&line)?;
            text.push(b'\n');
            file.write_all(&text)?;
            file.sync_data()?;
        }
        self.apply(line);
        Ok(())
    }

    fn apply(&mut self, line: Line) {
        match line {
            Line::Received { id, digest, amount_fen, behaviour } => {
                self.entries.insert(id, Entry { digest, amount_fen, behaviour, verdict: Verdict::Accepted });
            }
            Line::Settled { id, verdict } => {
                let Some(entry) = self.entries.get_mut(&id) else { return };
                if let Verdict::Paid { reference, .. } = &verdict {
                    let reference = reference.to_string();
                    self.paid.push(Payment { instruction_id: id, amount_fen: entry.amount_fen, reference });
                }
                entry.verdict = verdict;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const BYTES: &str = r#"{"account":"6222021234567890123","amount_fen":60000,"created_at":"2026-11-24T08:00:00Z","holder":"张三","id":"01a20c55-f103-7093-92ce-4763218a0bf4","method":"bank","reference":"R-1"}"#;

    fn receive(ledger: &mut Ledger, bytes: &str) -> Received {
        let instruction = Instruction::read(bytes.as_bytes()).unwrap();
        ledger.receive(&instruction, bytes.as_bytes(), Behaviour::Succeed).unwrap()
    }

    fn id() -> Uuid {
        "01a20c55-f103-7093-92ce-4763218a0bf4".parse().unwrap()
    }

    fn paid() -> Verdict {
        Verdict::Paid { at: "2026-11-24T08:00:01Z".parse().unwrap(), reference: "B-1".parse().unwrap() }
    }

    fn returned() -> Verdict {
        Verdict::Returned { at: "2026-11-25T08:00:01Z".parse().unwrap(), reason: "NO".parse().unwrap() }
    }

    #[test]
    fn one_id_has_one_body_and_is_paid_once() {
        let mut ledger = Ledger::default();
        assert_eq!(receive(&mut ledger, BYTES), Received::New);
        assert!(ledger.settle(id(), paid()).unwrap());
        assert_eq!(receive(&mut ledger, BYTES), Received::Again);
        assert_eq!(receive(&mut ledger, &BYTES.replace(":60000", ":60001")), Received::Other);
        assert!(!ledger.settle(id(), paid()).unwrap());
        assert!(ledger.settle(id(), returned()).unwrap());
        assert!(!ledger.settle(id(), paid()).unwrap());
        assert_eq!(ledger.paid().len(), 1);
    }

    #[test]
    fn a_ledger_opened_again_knows_what_it_knew_and_names_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        let mut ledger = Ledger::open(&path).unwrap();
        receive(&mut ledger, BYTES);
        ledger.settle(id(), paid()).unwrap();
        let (entries, made) = (ledger.entries.clone(), ledger.paid());
        drop(ledger);
        let mut ledger = Ledger::open(&path).unwrap();
        assert_eq!((&ledger.entries, ledger.paid()), (&entries, made));
        assert!(!ledger.settle(id(), paid()).unwrap());
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("张三") && !text.contains("6222021234567890123"), "{text}");
    }

    #[test]
    fn a_ledger_belongs_to_one_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        let _first = Ledger::open(&path).unwrap();
        assert_eq!(Ledger::open(&path).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_line_that_was_cut_off_did_not_happen_and_spoils_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        let mut ledger = Ledger::open(&path).unwrap();
        receive(&mut ledger, BYTES);
        ledger.settle(id(), paid()).unwrap();
        drop(ledger);
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..text.len() - 5]).unwrap();
        let mut ledger = Ledger::open(&path).unwrap();
        assert_eq!(ledger.entry(id()).unwrap().verdict, Verdict::Accepted);
        assert!(ledger.settle(id(), paid()).unwrap());
        drop(ledger);
        assert_eq!(Ledger::open(&path).unwrap().paid().len(), 1);
    }
}
