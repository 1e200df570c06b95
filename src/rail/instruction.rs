//! An instruction to pay, and its exact bytes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::identity::{AccountNumber, CreditCode, PersonName};
use crate::money::Amount;
use crate::rail::word::Word;

/// An instruction to pay somebody once.
///
/// Its bytes are made once and kept; whoever sends it again sends those. They name people: seal them where they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The payment; the bank pays at most once under it.
    pub id: Uuid,
    /// How much.
    pub amount: Amount,
    /// To whom.
    pub payee: Payee,
    /// The name that the bank compares with the holder of the account: a person's or a hospital's.
    pub holder: PersonName,
    /// The number of the receipt, which the payee sees.
    pub reference: Word,
    /// When the payment was decided.
    pub created_at: Timestamp,
}

/// Who is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payee {
    /// The holder of an account.
    Account(AccountNumber),
    /// A hospital, whose account the bank knows.
    Hospital(CreditCode),
}

/// Why bytes are no instruction. Holds nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstructionInvalid {
    /// They are no JSON of this form.
    #[error("it is no instruction")]
    Malformed,
    /// They are one, in other bytes than its own.
    #[error("it is not in canonical form")]
    NotCanonical,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    id: Uuid,
    amount_fen: Amount,
    #[serde(flatten)]
    payee: WirePayee,
    holder: String,
    reference: Word,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
enum WirePayee {
    Bank { account: String },
    Hospital { credit_code: String },
}

impl Instruction {
    /// The exact bytes: canonical JSON (RFC 8785), so that one instruction has one form.
    ///
    /// # Errors
    /// None that is known: a serializer's may fail, and a sent nothing would be worse than an error.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json_canonicalizer::to_vec(&Wire {
            id: self.id,
            amount_fen: self.amount,
            payee: match &self.payee {
                Payee::Account(account) => WirePayee::Bank { account: account.expose().to_owned() },
                Payee::Hospital(code) => WirePayee::Hospital { credit_code: code.as_str().to_owned() },
            },
            holder: self.holder.expose().to_owned(),
            reference: self.reference.clone(),
            created_at: self.created_at,
        })
    }

    /// Reads an instruction out of its exact bytes.
    ///
    /// # Errors
    /// See [`InstructionInvalid`].
    pub fn read(bytes: &[u8]) -> Result<Self, InstructionInvalid> {
        let instruction = serde_json::from_slice(bytes).ok().and_then(Self::from_wire).ok_or(InstructionInvalid::Malformed)?;
        match instruction.bytes() {
            Ok(own) if own == bytes => Ok(instruction),
            Ok(_) | Err(_) => Err(InstructionInvalid::NotCanonical),
        }
    }

    fn from_wire(wire: Wire) -> Option<Self> {
        Some(Self {
            id: wire.id,
            amount: wire.amount_fen,
            payee: match wire.payee {
                WirePayee::Bank { account } => Payee::Account(AccountNumber::parse(&account).ok()?),
                WirePayee::Hospital { credit_code } => Payee::Hospital(CreditCode::parse(&credit_code).ok()?),
            },
            holder: PersonName::parse(&wire.holder).ok()?,
            reference: wire.reference,
            created_at: wire.created_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: &str = r#"{"account":"6222021234567890123","amount_fen":60000,"created_at":"2026-11-24T08:00:00.5Z","holder":"张三","id":"01a20c55-f103-7093-92ce-4763218a0bf4","method":"bank","reference":"JJN-340303001-20261124-0001-1"}"#;

    fn instruction() -> Instruction {
        Instruction {
            id: "01a20c55-f103-7093-92ce-4763218a0bf4".parse().unwrap(),
            amount: Amount::try_from(60_000).unwrap(),
            payee: Payee::Account(AccountNumber::parse("6222021234567890123").unwrap()),
            holder: PersonName::parse("张三").unwrap(),
            reference: "JJN-340303001-20261124-0001-1".parse().unwrap(),
            created_at: "2026-11-24T08:00:00.5Z".parse().unwrap(),
        }
    }

    #[test]
    fn one_instruction_has_one_form() {
        assert_eq!(String::from_utf8(instruction().bytes().unwrap()).unwrap(), BYTES);
        assert_eq!(Instruction::read(BYTES.as_bytes()), Ok(instruction()));
    }

    #[test]
    fn a_hospital_is_named_by_its_credit_code() {
        let hospital = Instruction { payee: Payee::Hospital(CreditCode::parse("11341729003258285D").unwrap()), ..instruction() };
        let bytes = hospital.bytes().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(r#""credit_code":"11341729003258285D""#) && text.contains(r#""method":"hospital""#), "{text}");
        assert_eq!(Instruction::read(&bytes), Ok(hospital));
    }

    #[test]
    fn other_bytes_are_no_instruction() {
        for (from, to, reason) in [
            (":60000", ": 60000", InstructionInvalid::NotCanonical),
            (r#""amount"#, r#""also":1,"amount"#, InstructionInvalid::NotCanonical),
            (".5Z", ".50Z", InstructionInvalid::NotCanonical),
            (":60000", ":0", InstructionInvalid::Malformed),
            (":60000", ":600.5", InstructionInvalid::Malformed),
            (":\"bank\"", ":\"cash\"", InstructionInvalid::Malformed),
            (":\"bank\"", ":\"hospital\"", InstructionInvalid::Malformed),
            ("6222021234567890123", "6222", InstructionInvalid::Malformed),
            ("张三", "", InstructionInvalid::Malformed),
            ("JJN-", "JJN ", InstructionInvalid::Malformed),
        ] {
            let text = BYTES.replace(from, to);
            assert_ne!(text, BYTES);
            assert_eq!(Instruction::read(text.as_bytes()), Err(reason), "{text}");
        }
    }

    #[test]
    fn what_is_printed_names_nobody() {
        let printed = format!("{:?}", instruction());
        assert!(!printed.contains("张三") && !printed.contains("6222021234567890123"), "{printed}");
    }
}
