//! What is asked back, as it was read at the edge: a case, or what a fund bore of a settlement.

use tokio_postgres::Row;

use crate::actor::{Actor, Subject};
use crate::book::{RecoveredOf, SettlementRow, read_case, read_settlement};
use crate::code::Code;
use crate::division::Division;
use crate::http::Problem;
use crate::id::{CaseId, FundId, SettlementId};
use crate::reads::Readers;
use crate::recovery::body::RecoveryBody;

/// What is asked back.
pub struct Asked {
    pub of: RecoveredOf,
    /// Where it lies.
    pub division: Division,
    /// The fund that paid.
    pub fund: FundId,
    /// Where a temporary number means something: a street, or a hospital.
    pub place: String,
    /// Who decided of a settlement's part; of a case the facts know.
    pub deciders: Vec<Subject>,
}

impl Asked {
    /// Reads it. What lies outside the scope does not exist.
    pub async fn read(readers: &Readers, actor: &Actor, body: &RecoveryBody) -> Result<Self, Problem> {
        let outside = || Problem::outside_scope(actor.scope);
        match (body.case_id, body.settlement_id) {
            (Some(case), _) => Self::case(readers, actor, case).await?.ok_or_else(outside),
            (None, Some(settlement)) => {
                let sql = include_str!("../../sql/recovery/settlement.sql");
                let row = readers.optional(actor, sql, &[&actor.city(), &SettlementId::from(settlement)]).await?;
                Self::settlement(&row.ok_or_else(outside)?, body.fund_id)
            }
            (None, None) => Err(outside()),
        }
    }

    async fn case(readers: &Readers, actor: &Actor, id: CaseId) -> Result<Option<Self>, Problem> {
        let row = readers.optional(actor, include_str!("../../sql/recovery/case.sql"), &[&actor.city(), &id]).await?;
        Ok(row.as_ref().and_then(read_case).map(|case| Self {
            of: RecoveredOf::Case(case.id),
            division: case.division,
            fund: case.fund,
            place: case.street.as_str().to_owned(),
            deciders: Vec::new(),
        }))
    }

    fn settlement(row: &Row, fund: Option<FundId>) -> Result<Self, Problem> {
        let settlement = read_settlement(row);
        let fund = bearer(&settlement, fund)?;
        let of = RecoveredOf::Settlement(settlement.id);
        Ok(Self { of, division: settlement.division, fund, place: settlement.hospital, deciders: row.get("deciders") })
    }
}

/// The fund whose part is asked back: the one that is named, or the only one that has paid.
fn bearer(settlement: &SettlementRow, named: Option<FundId>) -> Result<FundId, Problem> {
    let mut paid = settlement.shares().filter(|(_, share)| share.cleared.is_some()).map(|(fund, _)| fund);
    match (named, paid.next(), paid.next()) {
        (Some(named), ..) if settlement.share_of(named).is_some() => Ok(named),
        (Some(_), ..) => Err(Problem::fault("/fund_id", "this fund bears no part of the settlement")),
        (None, Some(fund), None) => Ok(fund),
        (None, Some(_), Some(_)) => Err(Problem::fault("/fund_id", "several funds have paid a part: one is to be named")),
        (None, None, _) => Err(Problem::new(Code::Conflict, "no fund has paid a part of the settlement")),
    }
}
