//! `POST /v1/hooks/{hook}/rotate`: a new secret. For a day the one before it signs as well, so that a receiver can change over.

use std::sync::Arc;

use jiff::ToSpan;

use crate::actor::Actor;
use crate::book::{Facts, HookRow, Keys, Move, Ruling};
use crate::hook::answer::done;
use crate::hook::read::active;
use crate::http::Problem;
use crate::id::{HookId, LeafId};

/// How long two secrets sign.
const OVERLAP_HOURS: i64 = 24;

/// A hook that gets a new secret.
pub struct Rotate {
    pub actor: Arc<Actor>,
    pub hook: HookId,
    pub public_key: Option<String>,
    pub leaf: LeafId,
}

impl Move for Rotate {
    fn keys(&self, keys: &mut Keys) {
        keys.hook(self.actor.city(), self.hook);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let hook = match active(&self.actor, facts, self.hook) {
            Ok(hook) => hook,
            Err(ruling) => return ruling,
        };
        let until = facts.now().checked_add(OVERLAP_HOURS.hours());
        let (Some(rotation), Ok(until)) = (hook.rotation.checked_add(1), until) else {
            return Ruling::rejected(Problem::fault("", "the hook was rotated too often"));
        };
        let hook = HookRow { rotation, previous_until: Some(until), version: hook.version.saturating_add(1), ..hook.clone() };
        done(&self.actor, facts, self.leaf, ("rotate", 200), hook, self.public_key.as_deref())
    }
}
