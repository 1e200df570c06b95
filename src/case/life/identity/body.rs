//! What a window sends about who a person is.

use jiff::Timestamp;
use serde::Deserialize;

use crate::case::body::check_person;
use crate::code::Code;
use crate::http::{Body, Faults, Text};
use crate::identity::{IdNumber, IdType};
use crate::time::day;

/// `POST /v1/cases/{case}/identity`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The applicant or a member of the household, by the temporary number.
    pub from: TemporaryBody,
    /// Who it is.
    pub to: RealBody,
    /// How that is known.
    pub note: Text<500>,
}

/// A temporary identity.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemporaryBody {
    /// Its number.
    pub id_no: String,
}

/// A real identity.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RealBody {
    /// Kind of document; not `temporary`.
    pub id_type: IdType,
    /// Its number.
    pub id_no: String,
    /// Name as in the document.
    pub name: String,
}

/// `POST /v1/cases/{case}/identity/undo`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoBody {
    /// Why the merge was wrong.
    pub note: Text<500>,
}

impl Body for UndoBody {}

impl Body for MergeBody {
    fn check(&self, faults: &mut Faults) {
        let today = day(Timestamp::now());
        if let Err(wrong) = IdNumber::parse(IdType::Temporary, &self.from.id_no, today) {
            faults.add_code("/from/id_no", Code::IdInvalid, wrong.reason());
        }
        if self.to.id_type == IdType::Temporary {
            faults.add("/to/id_type", "a temporary identity is merged into a real one");
        }
        check_person("/to", self.to.id_type, &self.to.id_no, &self.to.name, today, faults);
    }
}
