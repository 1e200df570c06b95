//! Who has left the roster while a stay goes on: the promise is honoured, civil affairs is told, once.

use std::time::Duration;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{AlarmKind, AlarmRow, Answer, Book, Facts, Key, Keys, Move, Rows, Ruling, WaiverRow, WaiverState};
use crate::code::Code;
use crate::division::City;
use crate::http::Problem;
use crate::id::{LeafId, WaiverId};
use crate::reads::Readers;

/// How often a server looks.
const EVERY: Duration = Duration::from_secs(5);
/// Promises of one look.
const MOST: i32 = 200;

struct Leave {
    actor: Actor,
    id: WaiverId,
    leaf: LeafId,
}

impl Move for Leave {
    fn keys(&self, keys: &mut Keys) {
        keys.waiver(self.actor.city(), self.id);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let open = facts.waiver(self.actor.city(), self.id);
        let Some(open) = open.filter(|row| row.state == WaiverState::Open && row.left_at.is_none()) else {
            // Another server was first, or the stay has ended.
            return Ruling::rejected(Problem::new(Code::Conflict, "nobody is to be told"));
        };
        let told = WaiverRow { left_at: Some(facts.now()), version: open.version.saturating_add(1), ..open.clone() };
        let said = Left { hospital: &told.hospital, waiver_id: told.id };
        let leaf = Leaf::new(told.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let (city, division) = (told.city, told.division);
        let alarm = AlarmRow { city, about: told.id.uuid(), kind: AlarmKind::WaiverRosterLeft, mark: 1, division, amount: None };
        let rows = Rows { waivers: vec![told], alarms: vec![alarm], leaves: vec![leaf], ..Rows::default() };
        Ruling::Done(Box::new(rows), Answer::recorded())
    }

    fn resolves(&self) -> bool {
        true
    }
}

#[derive(Serialize)]
struct Left<'a> {
    hospital: &'a str,
    waiver_id: WaiverId,
}

impl audit::Body for Left<'_> {
    const KIND: &'static str = "waiver.roster_left";
}

/// Looks for as long as the server runs. Several servers may: a promise is marked once.
pub async fn follow(readers: Readers, book: Book) {
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        if let Err(problem) = once(&readers, &book).await {
            tracing::warn!(code = problem.code().as_str(), "who has left the roster is told at the next look");
        }
    }
}

async fn once(readers: &Readers, book: &Book) -> Result<(), Problem> {
    for row in readers.everywhere(include_str!("../../sql/waiver/left.sql"), &[&MOST]).await? {
        let (city, id): (City, WaiverId) = (row.get("city"), row.get("waiver_id"));
        let leave = Leave { actor: Actor::clock(city), id, leaf: LeafId::new() };
        match book.play(city, Key::Own, leave).await {
            Err(problem) if problem.code() != Code::Conflict => {
                tracing::warn!(waiver = %id, code = problem.code().as_str(), "a promise waits for the next look");
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}
