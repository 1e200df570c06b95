//! `POST /v1/hooks/{hook}/replay`: deliveries of a range of time are sent again, each with the `webhook-id` it had.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, DeliveryState, Facts, Keys, Move, REPLAYED_MAX, Replay, ReplayRange, Replayable, Rows, Ruling};
use crate::hook::answer::ReplayAnswer;
use crate::hook::read::active;
use crate::http::Problem;
use crate::id::{HookId, LeafId};
use crate::time::rfc3339;

/// Deliveries to be sent again.
pub struct SendAgain {
    pub actor: Arc<Actor>,
    pub range: ReplayRange,
    pub leaf: LeafId,
}

#[derive(Serialize)]
struct Said {
    count: usize,
    from: String,
    hook_id: HookId,
    state: Option<DeliveryState>,
    to: String,
}

impl audit::Body for Said {
    const KIND: &'static str = "hook.replayed";
}

impl Move for SendAgain {
    fn keys(&self, keys: &mut Keys) {
        keys.replay(self.range);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let hook = match active(&self.actor, facts, self.range.hook) {
            Ok(hook) => hook,
            Err(ruling) => return ruling,
        };
        let Replayable { ids, gone_until } = facts.replayable(&self.range);
        if ids.len() > REPLAYED_MAX {
            let most = format!("more than {REPLAYED_MAX} deliveries lie in this range");
            return Ruling::rejected(Problem::fault("/to", most));
        }
        let said = Said {
            count: ids.len(),
            from: rfc3339(self.range.from),
            hook_id: hook.id,
            state: self.range.state,
            to: rfc3339(self.range.to),
        };
        let leaf = Leaf::new(hook.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = ReplayAnswer { count: ids.len(), gone_until: gone_until.map(rfc3339) };
        let rows = Rows { replays: vec![Replay { city: hook.city, ids }], leaves: vec![leaf], ..Rows::default() };
        Ruling::Done(Box::new(rows), Answer::json(200, &answer))
    }
}
