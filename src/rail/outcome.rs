//! What came of a message to the bank.

use crate::rail::result::Verdict;
use crate::rail::signature::SignatureInvalid;

/// What came of a message to the bank: a signed word of it, or nothing that can be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an outcome that nobody looks at is a payment that nobody knows of"]
pub enum Outcome {
    /// The bank said so, signed, in answer to this message.
    Said(Verdict),
    /// Neither yes nor no: the bank may have paid, or may never have heard of it.
    Unclear(Unclear),
}

/// Why nothing is known. Holds nothing of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unclear {
    /// No connection.
    #[error("the bank cannot be reached")]
    Unreachable,
    /// No whole answer in time.
    #[error("the bank did not answer in time")]
    TimedOut,
    /// The connection ended before a whole answer had come.
    #[error("the connection was cut")]
    Cut,
    /// A status that carries no result. 409: the bank knows the id with other bytes.
    #[error("the bank answered with status {0}")]
    Status(u16),
    /// More than a result can be.
    #[error("the answer is too long")]
    TooLong,
    /// The answer is not known to be the bank's.
    #[error("the answer is not believed: {0}")]
    NotBelieved(SignatureInvalid),
    /// Signed by the bank, and no result.
    #[error("the answer is no result")]
    NoResult,
    /// Signed by the bank, and about another instruction, or no possible answer to this message.
    #[error("the answer does not fit what was asked")]
    Misplaced,
}

impl Unclear {
    /// The stable word for it in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Cut => "cut",
            Self::Status(_) => "status",
            Self::TooLong => "too_long",
            Self::NotBelieved(_) => "not_believed",
            Self::NoResult => "no_result",
            Self::Misplaced => "misplaced",
        }
    }
}
