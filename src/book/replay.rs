//! What went wrong with a batch, and what to do about it.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// When it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// While locking and loading.
    Loading,
    /// While writing and committing.
    Writing,
}

/// Why a batch did not go through.
#[derive(Debug)]
pub enum Setback {
    /// Another server was first with a row of ours: play again, the facts have changed.
    Collision {
        /// What the database said.
        cause: String,
    },
    /// A lock did not come in time. While writing that is a twin: only one who inserts the same rows is in the way then.
    Locked {
        /// When.
        phase: Phase,
    },
    /// The connection is gone or the server no primary: play again on another one.
    Lost {
        /// What was seen of it.
        cause: String,
    },
    /// The database refuses a row: one move of the batch is at fault.
    Poisoned {
        /// What the database said.
        cause: String,
    },
}

impl Setback {
    /// What was seen of it, for the log.
    pub fn cause(&self) -> &str {
        match self {
            Self::Collision { cause } | Self::Lost { cause } | Self::Poisoned { cause } => cause,
            Self::Locked { phase: Phase::Writing } => "a twin is still running",
            Self::Locked { phase: Phase::Loading } => "a lock did not come in time",
        }
    }

    /// What an error means while loading or writing.
    pub fn of(error: &Error, phase: Phase) -> Self {
        let cause = crate::db::describe(error);
        let Some(state) = error.code() else { return Self::Lost { cause } };
        match state {
            &SqlState::UNIQUE_VIOLATION | &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE => {
                Self::Collision { cause }
            }
            &SqlState::LOCK_NOT_AVAILABLE => Self::Locked { phase },
            &SqlState::READ_ONLY_SQL_TRANSACTION
            | &SqlState::ADMIN_SHUTDOWN
            | &SqlState::CRASH_SHUTDOWN
            | &SqlState::CANNOT_CONNECT_NOW
            | &SqlState::DISK_FULL
            | &SqlState::OUT_OF_MEMORY
            | &SqlState::TOO_MANY_CONNECTIONS
            | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            | &SqlState::QUERY_CANCELED => Self::Lost { cause },
            state if state.code().starts_with("08") || state.code().starts_with("58") => Self::Lost { cause },
            _ => Self::Poisoned { cause },
        }
    }
}
