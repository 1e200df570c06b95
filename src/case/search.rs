//! Search by number, identity, dates and code: in the body, never in a URL, because URLs end up in logs.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::actor::Actor;
use crate::case::list::{page, span};
use crate::case::party::person_index;
use crate::case::summary::CaseSummary;
use crate::code::Code;
use crate::division::Division;
use crate::http::{Body, Cursor, Faults, PageLimit, Paged, Problem};
use crate::id::CaseId;
use crate::identity::{IdNumber, IdType};
use crate::number::CaseNumber;
use crate::reads::Readers;
use crate::time::day;
use crate::vault::Vault;

/// `POST /v1/cases/search`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchBody {
    /// The number of the case.
    #[serde(default)]
    pub number: Option<CaseNumber>,
    /// Kind of a document.
    #[serde(default)]
    pub id_type: Option<IdType>,
    /// Its number.
    #[serde(default)]
    pub id_no: Option<String>,
    /// The street that gave a temporary number; by default the caller's.
    #[serde(default)]
    pub division: Option<Division>,
    /// Accepted on this day or later.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub accepted_from: Option<Date>,
    /// Accepted on this day or before.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub accepted_to: Option<Date>,
    /// With this result.
    #[serde(default)]
    pub code: Option<Code>,
    /// How many.
    #[serde(default)]
    pub limit: PageLimit,
    /// Where the last page ended.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

impl Body for SearchBody {
    fn check(&self, faults: &mut Faults) {
        match (self.id_type, &self.id_no) {
            (Some(id_type), Some(number)) => {
                if let Err(wrong) = IdNumber::parse(id_type, number, day(Timestamp::now())) {
                    faults.add_code("/id_no", Code::IdInvalid, wrong.reason());
                }
            }
            (None, None) => {}
            (Some(_), None) => faults.add("/id_no", "a kind of document is searched for with its number"),
            (None, Some(_)) => faults.add("/id_type", "a number is searched for with its kind"),
        }
    }
}

/// The cases found, within the actor's scope.
pub async fn search(readers: &Readers, vault: &Vault, actor: &Actor, body: &SearchBody) -> Result<Paged<CaseSummary>, Problem> {
    let (from, to) = span(body.accepted_from, body.accepted_to)?;
    let after: Option<CaseId> = body.cursor.as_ref().map(Cursor::id).transpose()?;
    let city = actor.city();
    let code = body.code.map(Code::as_str);
    let number = body.number;
    let (street_of_number, day_of) = (number.map(|number| number.street), number.map(|number| number.day));
    let ordinal = number.map(|number| number.ordinal);
    let rows = match (body.id_type, &body.id_no) {
        (Some(id_type), Some(number)) => {
            let number = IdNumber::parse(id_type, number, day(Timestamp::now()))
                .map_err(|wrong| Problem::new(Code::IdInvalid, wrong.reason()))?;
            let street = body.division.unwrap_or(actor.scope).street();
            if id_type == IdType::Temporary && street.is_none() {
                return Err(Problem::fault("/division", "a temporary number means something only to its street: name it"));
            }
            let person = person_index(vault, &number, street.unwrap_or(actor.scope).as_str());
            let sql = include_str!("../../sql/case/search_by_person.sql");
            let limit = body.limit.rows();
            readers
                .all(actor, sql, &[&city, &person, &from, &to, &code, &after, &limit, &street_of_number, &day_of, &ordinal])
                .await?
        }
        _ => {
            let sql = include_str!("../../sql/case/search.sql");
            readers
                .all(actor, sql, &[&city, &street_of_number, &day_of, &ordinal, &from, &to, &code, &after, &body.limit.rows()])
                .await?
        }
    };
    page(body.limit, &rows, vault)
}
