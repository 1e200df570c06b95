//! What a bank says about an instruction, in an answer or a call-back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rail::word::Word;

/// What the bank says about an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verdict {
    /// It is being worked on; the money may or may not have left.
    Accepted,
    /// The money has arrived.
    Paid {
        /// When.
        at: Timestamp,
        /// The bank's reference.
        reference: Word,
    },
    /// Nothing was paid, and nothing will be under this id.
    Refused {
        /// When.
        at: Timestamp,
        /// The bank's code.
        reason: Word,
    },
    /// It was paid, and the money has come back.
    Returned {
        /// When.
        at: Timestamp,
        /// The bank's code.
        reason: Word,
    },
    /// The bank has never heard of the id; an answer to an enquiry only.
    NotKnown,
}

/// One result on the wire: `{"instruction_id", "result", "at"?, "reference"?, "reason"?}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankResult {
    /// The instruction that it is about.
    pub instruction_id: Uuid,
    /// What the bank says.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl BankResult {
    /// Reads a result; none when the bytes are none. Members that a bank adds are passed over.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rest: &str) -> Option<Verdict> {
        let text = format!(r#"{{"instruction_id":"01a20c55-f103-7093-92ce-4763218a0bf4",{rest}}}"#);
        BankResult::read(text.as_bytes()).map(|result| result.verdict)
    }

    #[test]
    fn each_result_brings_what_belongs_to_it() {
        let (at, word) = ("2026-11-24T08:00:00Z".parse().unwrap(), |text: &str| text.parse::<Word>().unwrap());
        for (text, verdict) in [
            (r#""result":"accepted""#, Verdict::Accepted),
            (
                r#""result":"paid","at":"2026-11-24T16:00:00+08:00","reference":"B-1""#,
                Verdict::Paid { at, reference: word("B-1") },
            ),
            (r#""result":"refused","at":"2026-11-24T08:00:00Z","reason":"NO""#, Verdict::Refused { at, reason: word("NO") }),
            (
                r#""at":"2026-11-24T08:00:00Z","reason":"NO","result":"returned","more":1"#,
                Verdict::Returned { at, reason: word("NO") },
            ),
            (r#""result":"not_known""#, Verdict::NotKnown),
        ] {
            assert_eq!(read(text), Some(verdict), "{text}");
        }
    }

    #[test]
    fn half_a_result_is_none() {
        for text in [
            r#""result":"paid""#,
            r#""result":"paid","at":"2026-11-24T08:00:00Z""#,
            r#""result":"paid","at":"2026-11-24T08:00:00Z","reason":"B-1""#,
            r#""result":"paid","at":"yesterday","reference":"B-1""#,
            r#""result":"paid","at":"2026-11-24T08:00:00Z","reference":"""#,
            r#""result":"paid","result":"refused","at":"2026-11-24T08:00:00Z","reference":"B-1""#,
            r#""result":"paid","at":"2026-11-24T08:00:00Z","reference":"B-1","reference":"B-2""#,
            r#""result":"settled""#,
            r#""paid":true"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(BankResult::read(br#"{"result":"accepted"}"#), None);
    }
}
