//! What a hospital sends, and what can be wrong with it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::code::Code;
use crate::http::{Body, Faults, Text};
use crate::identity::{IdNumber, IdType, PersonName};
use crate::time::day;
use crate::waiver::verdict::Stay;

/// `POST /v1/waivers/check`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id_type": "resident_id", "id_no": "34030318840503186X", "name": "测试甲", "stay": "inpatient"}))]
pub struct CheckBody {
    /// Kind of the document.
    pub id_type: IdType,
    /// Its number; a hospital's own number for `temporary`.
    pub id_no: String,
    /// The name as in the document. Only somebody with a temporary number may have none.
    #[serde(default)]
    pub name: Option<String>,
    /// What they are taken in for.
    pub stay: Stay,
    /// The diagnosis that the deposit is agreed for.
    #[serde(default)]
    pub diagnosis: Option<Text<64>>,
}

/// `POST /v1/waivers`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id_type": "resident_id", "id_no": "34030318840503186X", "name": "测试甲", "stay": "inpatient", "visit_no": "ZY-20261124-001"}))]
pub struct GrantBody {
    /// Kind of the document.
    pub id_type: IdType,
    /// Its number; a hospital's own number for `temporary`.
    pub id_no: String,
    /// The name as in the document.
    #[serde(default)]
    pub name: Option<String>,
    /// What they are taken in for.
    pub stay: Stay,
    /// The diagnosis that the deposit is agreed for.
    #[serde(default)]
    pub diagnosis: Option<Text<64>>,
    /// What the hospital calls the stay: promised once.
    pub visit_no: Text<64>,
}

/// `POST /v1/waivers/{waiver}/close`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {}

impl GrantBody {
    /// The question in it, and the visit.
    pub fn split(self) -> (CheckBody, String) {
        let Self { id_type, id_no, name, stay, diagnosis, visit_no } = self;
        (CheckBody { id_type, id_no, name, stay, diagnosis }, visit_no.into_string())
    }
}

impl Body for CheckBody {
    fn check(&self, faults: &mut Faults) {
        check(self.id_type, &self.id_no, self.name.as_deref(), faults);
    }
}

impl Body for GrantBody {
    fn check(&self, faults: &mut Faults) {
        check(self.id_type, &self.id_no, self.name.as_deref(), faults);
    }
}

impl Body for CloseBody {}

fn check(id_type: IdType, number: &str, name: Option<&str>, faults: &mut Faults) {
    if let Err(wrong) = IdNumber::parse(id_type, number, day(Timestamp::now())) {
        faults.add_code("/id_no", Code::IdInvalid, wrong.reason());
    }
    match name {
        None if id_type != IdType::Temporary => faults.add("/name", "a name is needed: number and name must agree"),
        Some(name) => {
            if let Err(wrong) = PersonName::parse(name) {
                faults.add("/name", wrong.to_string());
            }
        }
        None => {}
    }
}
