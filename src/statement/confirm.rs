//! `POST /v1/statements/{statement}/matches`: two officers say which movement a line is, of those that are suggested.

use serde::Serialize;

use crate::audit;
use crate::book::{Answer, Facts, Keys, MatchRow, Move, Rows, Ruling};
use crate::code::Code;
use crate::http::Problem;
use crate::id::{FundId, StatementId};
use crate::money::Fen;
use crate::statement::answer::{LeafAnswer, MatchedAnswer};
use crate::statement::judged::Judged;
use crate::statement::signed::Signed;
use crate::vault::BlindIndex;

/// A suggestion that is confirmed. Lines and movements never change: what was read of them before is compared here; whether one of them
/// was matched meanwhile is asked under the lock of the fund, and kept by the table.
pub struct Confirm {
    pub signed: Signed,
    /// Version and ordinal.
    pub movement: (i64, i16),
    pub suggested: Result<Suggested, Problem>,
}

/// What was suggested.
#[derive(Clone, Copy, Debug)]
pub struct Suggested {
    pub amount: Fen,
    /// The word that names the movement, if one does.
    pub key: Option<BlindIndex>,
}

#[derive(Serialize)]
struct Matched<'a> {
    amount_fen: Fen,
    countersigned_by: &'a str,
    fund_id: FundId,
    line: i32,
    ordinal: i16,
    statement_id: StatementId,
    version: i64,
}

impl audit::Body for Matched<'_> {
    const KIND: &'static str = "statement.matched";
}

impl Suggested {
    /// The suggestion of a movement for a line, as it was read; why there is none.
    pub fn find(judged: &Judged, (version, ordinal): (i64, i16)) -> Result<Self, Problem> {
        let Some((line, judgement)) = judged.lines.first() else {
            return Err(Problem::new(Code::Conflict, "there is no such line, or it is matched already"));
        };
        let is_it = |at: usize| {
            judged.movements.get(at).is_some_and(|movement| (movement.version, movement.ordinal) == (version, ordinal))
        };
        let found = judgement.suggestions.iter().find(|(at, _)| is_it(*at));
        let found = found.ok_or_else(|| Problem::new(Code::Conflict, "this movement is not suggested for the line"))?;
        Ok(Self { amount: line.amount, key: found.1 })
    }
}

impl Move for Confirm {
    fn keys(&self, keys: &mut Keys) {
        self.signed.keys(keys);
        keys.bank_movement(self.signed.actor.city(), (self.signed.fund, self.movement.0, self.movement.1));
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let (fund, second) = match self.signed.find(facts) {
            Ok(found) => found,
            Err(ruling) => return ruling,
        };
        let movement = (fund.id, self.movement.0, self.movement.1);
        if facts.statements().is_movement_matched(fund.city, movement) {
            return Ruling::rejected(Problem::new(Code::Conflict, "the movement is matched already"));
        }
        let suggested = match &self.suggested {
            Ok(suggested) => suggested,
            Err(problem) => return Ruling::rejected(problem.clone()),
        };
        let (statement_id, line) = self.signed.line;
        let said = Matched {
            amount_fen: suggested.amount,
            countersigned_by: second.officer.as_str(),
            fund_id: fund.id,
            line,
            ordinal: movement.2,
            statement_id,
            version: movement.1,
        };
        let leaf = self.signed.said(facts, &said);
        let answer = MatchedAnswer {
            statement_id,
            line,
            version: movement.1,
            ordinal: movement.2,
            amount_fen: suggested.amount,
            receipt: LeafAnswer { leaf_hash: leaf.hash() },
        };
        let row = MatchRow {
            city: fund.city,
            line: self.signed.line,
            movement,
            amount: suggested.amount,
            key: suggested.key,
            officer: self.signed.actor.subject.clone(),
            countersigned_by: second.officer.clone(),
        };
        let mut rows = Rows { leaves: vec![leaf], ..Rows::default() };
        rows.countersign = Some((fund.city, second.short_token()));
        rows.statements.matches.push(row);
        Ruling::Done(Box::new(rows), Answer::json(201, &answer))
    }
}
