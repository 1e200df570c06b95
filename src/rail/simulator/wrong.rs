//! What the simulator says when it has no result: unsigned, so that nobody takes it for one.

use std::io;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::rail::instruction::InstructionInvalid;
use crate::rail::key_file::KeyFileError;
use crate::rail::signature::SignatureInvalid;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("the key of the client is not there yet: {0}")]
    ClientKey(#[from] KeyFileError),
    #[error("the request is not believed: {0}")]
    NotBelieved(#[from] SignatureInvalid),
    #[error(transparent)]
    Instruction(InstructionInvalid),
    #[error("the id is known with other bytes")]
    Other,
    #[error("forgotten")]
    Forgotten,
    #[error("no more can be kept")]
    Full,
    #[error("the ledger cannot be written: {0}")]
    Ledger(#[from] io::Error),
}

impl ResponseError for Wrong {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::ClientKey(_) | Self::NotBelieved(_) => StatusCode::UNAUTHORIZED,
            Self::Instruction(_) => StatusCode::BAD_REQUEST,
            Self::Other => StatusCode::CONFLICT,
            Self::Forgotten | Self::Ledger(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(json!({"wrong": self.to_string()}))
    }
}
