//! Publications as they are answered.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::Subject;
use crate::division::Division;
use crate::id::{CaseId, PublicationId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::Lane;
use crate::time::{day, rfc3339};

/// Whether a list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// It is shown.
    Shown,
    /// Its day has come, or somebody took it down before.
    TakenDown,
}

/// A publication.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicationAnswer {
    /// Its identifier.
    pub id: PublicationId,
    /// Of which division.
    pub division: Division,
    /// The first day of the grants in it.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day of the grants in it.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// How many cases stand in it; those sealed since do not.
    pub cases: i64,
    /// When it was published.
    #[schema(format = DateTime)]
    pub published_at: String,
    /// By whom.
    pub published_by: String,
    /// The first day on which it is not shown any more.
    #[schema(value_type = String, format = Date)]
    pub take_down_on: Date,
    /// Whether it is shown.
    pub state: ListState,
    /// When it was taken down before its day.
    #[schema(format = DateTime)]
    pub taken_down_at: Option<String>,
    /// By whom.
    pub taken_down_by: Option<String>,
}

/// `200` of `GET /v1/publicity/{publication}`
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicationDetail {
    /// The publication.
    #[serde(flatten)]
    pub publication: PublicationAnswer,
    /// Its rows; of a list that was taken down only auditors see them.
    pub rows: Vec<RowAnswer>,
    /// Cases that were published and sealed later, for auditors only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<WithheldCase>,
}

/// One row of a list, as it was published.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RowAnswer {
    /// Counted from one.
    pub place: usize,
    /// Masked.
    pub name: String,
    /// Its street.
    pub street: Division,
    /// The rule set.
    pub lane: Lane,
    /// What was granted when it was published, in fen.
    pub granted_fen: Fen,
    /// The day of the grant.
    #[schema(value_type = String, format = Date)]
    pub granted_on: Date,
    /// The case, for auditors only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
}

/// A case that was published and sealed later.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WithheldCase {
    /// The case.
    pub case_id: CaseId,
    /// Its number.
    pub number: CaseNumber,
}

impl PublicationAnswer {
    /// Reads a row of `sql/publicity/{list,find,standing}.sql`.
    pub fn read(row: &Row) -> Self {
        let (take_down_on, now): (Date, Timestamp) = (row.get("take_down_on"), row.get("now"));
        let taken_down_at: Option<Timestamp> = row.get("taken_down_at");
        let over = taken_down_at.is_some() || day(now) >= take_down_on;
        let sub = |officer: Subject| officer.sub().to_owned();
        Self {
            id: row.get("id"),
            division: row.get("division"),
            from: row.get("granted_from"),
            to: row.get("granted_to"),
            cases: row.get("shown"),
            published_at: rfc3339(row.get("published_at")),
            published_by: sub(row.get("published_by")),
            take_down_on,
            state: if over { ListState::TakenDown } else { ListState::Shown },
            taken_down_at: taken_down_at.map(rfc3339),
            taken_down_by: row.get::<_, Option<Subject>>("taken_down_by").map(sub),
        }
    }
}
