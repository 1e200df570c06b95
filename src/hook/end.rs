//! `DELETE /v1/hooks/{hook}`, and a receiver that is gone: what waits for the hook is dead.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{Answer, Facts, HookRow, HookState, Keys, Move, Ruling};
use crate::hook::answer::changed;
use crate::hook::read::{active, locked};
use crate::id::{HookId, LeafId};

/// A hook that ends.
pub struct End {
    pub actor: Arc<Actor>,
    pub hook: HookId,
    /// How: deleted by people, or disabled by its receiver.
    pub state: HookState,
    pub leaf: LeafId,
}

impl Move for End {
    fn keys(&self, keys: &mut Keys) {
        keys.hook(self.actor.city(), self.hook);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        // What is disabled can be deleted; what has ended is not disabled.
        let found = if self.state == HookState::Deleted {
            locked(&self.actor, facts, self.hook)
        } else {
            active(&self.actor, facts, self.hook)
        };
        let hook = match found {
            Ok(hook) => hook,
            Err(ruling) => return ruling,
        };
        let ended_at = hook.ended_at.or(Some(facts.now()));
        let hook = HookRow { state: self.state, version: hook.version.saturating_add(1), ended_at, ..hook.clone() };
        let verb = if self.state == HookState::Deleted { "delete" } else { "disable" };
        Ruling::Done(Box::new(changed(&self.actor, facts, self.leaf, verb, hook)), Answer::recorded())
    }
}
