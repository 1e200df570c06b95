//! `POST /v1/hooks`: somebody wants to be told.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{Facts, HookEvent, HookRow, HookState, Keys, Move, Presence, Ruling};
use crate::code::Code;
use crate::division::Division;
use crate::hook::answer::done;
use crate::http::Problem;
use crate::id::{HookId, LeafId};

/// Active hooks that a city has at most: each event is a row for every hook that listens.
const HOOKS_MAX: usize = 100;

/// A hook to be made.
pub struct Subscribe {
    pub actor: Arc<Actor>,
    pub id: HookId,
    pub division: Division,
    pub url: Arc<str>,
    pub events: Arc<[HookEvent]>,
    pub public_key: Option<String>,
    pub leaf: LeafId,
}

impl Move for Subscribe {
    fn keys(&self, _: &mut Keys) {}

    fn decide(&self, facts: &Facts) -> Ruling {
        if !self.actor.reaches(&self.division) {
            return Ruling::rejected(Problem::outside_scope(self.division));
        }
        let city = self.division.city();
        // As the rules know them: a few may come above it within one second.
        if facts.rules().hooks.iter().filter(|hook| hook.city == city).count() >= HOOKS_MAX {
            return Ruling::rejected(Problem::new(Code::Conflict, format!("a city has at most {HOOKS_MAX} active hooks")));
        }
        let hook = HookRow {
            presence: Presence::New,
            city,
            id: self.id,
            division: self.division,
            url: self.url.clone(),
            events: self.events.clone(),
            state: HookState::Active,
            rotation: 1,
            previous_until: None,
            version: 1,
            made_by: self.actor.subject.clone(),
            made_at: facts.now(),
            ended_at: None,
        };
        done(&self.actor, facts, self.leaf, ("subscribe", 201), hook, self.public_key.as_deref())
    }
}
