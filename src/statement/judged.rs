//! Open lines and movements as they are read together, in the caller's scope or inside an import.

use std::collections::HashMap;

use postgres_types::ToSql;
use tokio_postgres::{Row, Transaction};

use crate::actor::Actor;
use crate::book::fallen;
use crate::case::payee;
use crate::division::City;
use crate::http::Problem;
use crate::id::{CaseId, FundId, StatementId};
use crate::reads::Readers;
use crate::statement::difference::{Judgement, Movements};
use crate::statement::line::OpenLine;
use crate::statement::movement::Movement;
use crate::statement::words::payees;
use crate::vault::Vault;

/// Open lines that are looked at together; a statement may have twice as many lines.
pub const LINES_MAX: i64 = 100_000;
/// Cases whose people are opened for the comparison of payees.
const CASES_MAX: usize = 2_000;

/// Who looks.
pub enum Eyes<'a> {
    /// A reader, in the scope of who asks.
    Of(&'a Readers, &'a Actor),
    /// An import, in its transaction.
    Import(&'a Transaction<'a>, City),
}

/// Whose lines.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub fund: FundId,
    /// Of one statement, or of all of the fund.
    pub statement: Option<StatementId>,
    /// One line of it, or all.
    pub line: Option<i32>,
}

/// Lines with what there is to say of each, and the movements that this speaks of.
#[derive(Default)]
pub struct Judged {
    pub lines: Vec<(OpenLine, Judgement)>,
    pub movements: Vec<Movement>,
}

impl Eyes<'_> {
    fn city(&self) -> City {
        match self {
            Self::Of(_, actor) => actor.city(),
            Self::Import(_, city) => *city,
        }
    }

    async fn all(&self, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Problem> {
        match self {
            Self::Of(readers, actor) => readers.all(actor, sql, params).await,
            Self::Import(transaction, _) => transaction.query(sql, params).await.map_err(|error| fallen(&error)),
        }
    }

    /// Lines that are no movement yet.
    pub async fn lines(&self, wanted: Wanted) -> Result<Vec<OpenLine>, Problem> {
        let sql = include_str!("../../sql/statement/open_lines.sql");
        let params: [&(dyn ToSql + Sync); 5] = [&self.city(), &wanted.fund, &wanted.statement, &wanted.line, &LINES_MAX];
        Ok(self.all(sql, &params).await?.iter().map(OpenLine::from).collect())
    }

    /// Movements that are no line yet, and those of the amounts of lines.
    pub async fn movements(&self, fund: FundId, lines: &[OpenLine], vault: &Vault) -> Result<Vec<Movement>, Problem> {
        let mut amounts: Vec<i64> = lines.iter().map(|line| line.amount.get().saturating_abs()).collect();
        amounts.sort_unstable();
        amounts.dedup();
        let sql = include_str!("../../sql/statement/movements.sql");
        let rows = self.all(sql, &[&self.city(), &fund, &amounts]).await?;
        Ok(rows.iter().map(|row| Movement::read(row, vault)).collect())
    }

    /// Lines with what there is to say of each.
    pub async fn judge(&self, wanted: Wanted, vault: &Vault) -> Result<Judged, Problem> {
        let lines = self.lines(wanted).await?;
        let mut movements = self.movements(wanted.fund, &lines, vault).await?;
        self.know_payees(&lines, &mut movements, vault).await?;
        let known = Movements::new(&movements);
        let lines = lines.into_iter().map(|line| {
            let judgement = known.judge(&line);
            (line, judgement)
        });
        let lines = lines.collect();
        Ok(Judged { lines, movements })
    }

    /// Who was paid, for the movements that an open line may be by amount and day.
    async fn know_payees(&self, lines: &[OpenLine], movements: &mut [Movement], vault: &Vault) -> Result<(), Problem> {
        let known = Movements::new(movements);
        let named: Vec<&OpenLine> = lines.iter().filter(|line| !line.payees.is_empty()).collect();
        let mut near: Vec<usize> = named.iter().flat_map(|line| known.near(line)).collect();
        near.sort_unstable();
        near.dedup();
        let of = |at: &usize| movements.get(*at).filter(|movement| movement.has_payee()).and_then(|movement| movement.of);
        let mut cases: Vec<CaseId> = near.iter().filter_map(of).map(|(case, _)| case).collect();
        cases.sort_unstable();
        cases.dedup();
        cases.truncate(CASES_MAX);
        if cases.is_empty() {
            return Ok(());
        }
        let rows = self.all(include_str!("../../sql/statement/parties.sql"), &[&self.city(), &cases]).await?;
        let people: HashMap<CaseId, &Row> = rows.iter().map(|row| (row.get("id"), row)).collect();
        for at in near {
            let Some(movement) = movements.get_mut(at).filter(|movement| movement.has_payee()) else { continue };
            let Some((case, payment)) = movement.of else { continue };
            let Some(row) = people.get(&case) else { continue };
            if let Some(paid) = payee(vault, case, row.get("parties"), row.get("payments"), payment)? {
                movement.payees = payees(vault, Some(&paid.name), paid.account.as_deref());
            }
        }
        Ok(())
    }
}
