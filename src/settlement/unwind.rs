//! `POST /v1/settlements/{settlement}/cancel`: a settlement is taken back, and what its funds set aside with it, the last payer first.

use std::sync::Arc;

use crate::book::{Facts, Keys, Move, Ruling, SettlementEventKind, SettlementHoldRow, SettlementState};
use crate::code::Code;
use crate::http::Problem;
use crate::settlement::postings::Postings;
use crate::settlement::target::{Said, Standing, Target, too_much};

/// Takes a settlement back, because it was wrong or because its message was reversed.
pub struct Unwind {
    pub target: Target,
    /// `cancelled` or `reversed`.
    pub into: SettlementState,
    /// Why, sealed.
    pub reason: Arc<[u8]>,
}

impl Move for Unwind {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        // What was cancelled may still be reversed: its message is refused from then on. Nothing moves twice, no hold is left.
        if standing.row.state == self.into || standing.row.state == SettlementState::Reversed {
            return self.target.as_it_is(facts, &standing);
        }
        if standing.split.parts().iter().any(|part| part.cleared.is_some()) {
            let problem = Problem::new(Code::Conflict, "a fund has paid its part already: it is asked back, not unwound");
            return self.target.refuse(facts, self.into.as_str(), problem);
        }
        if standing.holds.iter().any(|hold| hold.clearing.is_some()) {
            let problem =
                Problem::new(Code::Conflict, "a fund is paying its part: the bank has it, and nothing is unwound meanwhile");
            return self.target.refuse(facts, self.into.as_str(), problem);
        }
        self.unwind(facts, &standing).unwrap_or_else(too_much)
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl Unwind {
    fn unwind(&self, facts: &Facts, standing: &Standing) -> Option<Ruling> {
        let mut postings = Postings::new(facts);
        let mut holds: Vec<&SettlementHoldRow> = standing.holds.iter().collect();
        holds.sort_by_key(|hold| std::cmp::Reverse((hold.payer, hold.held_at)));
        holds.into_iter().try_for_each(|hold| postings.release(hold))?;
        let kind = match self.into {
            SettlementState::Reversed => SettlementEventKind::Reversed,
            SettlementState::Cancelled | SettlementState::Settled => SettlementEventKind::Cancelled,
        };
        let reason = Some(self.reason.clone());
        let said = Said { kind, payer: None, status: None, amount: None, reference: None, reason };
        Some(self.target.done(facts, standing, self.into, &standing.split, said, postings))
    }
}
