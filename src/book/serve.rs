//! What is available again serves the queue of its fund, in its order.

use crate::book::{CaseRow, CaseState, Facts, Posting};
use crate::id::HoldId;
use crate::money::Fen;

/// Cases of a queue that one move serves at most: as many holds are made for it at the edge.
pub const QUEUE_MAX: usize = 200;

/// Sets aside what cases wait for, the first of the queue first; nobody is passed over. Returns the cases as they are then, in the
/// order of the queue. The queue of the fund must be among the keys of the move.
pub fn serve(facts: &Facts, posting: &mut Posting, holds: &[HoldId]) -> Option<Vec<CaseRow>> {
    let mut served = Vec::new();
    for (waiting, hold) in facts.queue(&posting.fund).into_iter().zip(holds) {
        if waiting.queued > posting.fund.available() {
            break;
        }
        let policy = facts.rules().policies.named(&waiting.policy_version);
        let expires_at = policy.and_then(|policy| policy.approval.expiry(facts.now()));
        posting.hold(posting.hold_of(waiting.id, *hold, None, waiting.queued, expires_at))?;
        let mut case = waiting.clone();
        case.queued = Fen::ZERO;
        case.queue_place = None;
        case.state = if case.state == CaseState::Paying { CaseState::Paying } else { CaseState::Approved };
        case.version = case.version.saturating_add(1);
        case.fund_version = posting.fund.version;
        served.push(case);
    }
    Some(served)
}
