//! Grants that nobody came for: given back when their time is over, by the clock of the database.

use std::sync::Arc;
use std::time::Duration;

use crate::actor::Actor;
use crate::book::{Book, CaseState, Facts, HoldRow, HoldState, Key, Keys, Move, Ruling};
use crate::case::life::change::{Change, too_much};
use crate::case::life::target::{Standing, Target};
use crate::case::life::withdraw::release;
use crate::case::payment::state_of;
use crate::code::Code;
use crate::division::City;
use crate::http::{Context, Problem, Reply};
use crate::id::CaseId;
use crate::money::Fen;
use crate::reads::Readers;

/// How often a server looks.
const EVERY: Duration = Duration::from_secs(5);
/// Cases of one look.
const MOST: i32 = 200;

/// Lets the free holds of a case expire, those whose time is over.
pub struct Expire(pub Target);

impl Move for Expire {
    fn keys(&self, keys: &mut Keys) {
        self.0.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(standing) = self.0.locked(facts) else {
            return Ruling::rejected(Problem::new(Code::Conflict, "the case has changed meanwhile"));
        };
        if due(&standing, facts).next().is_none() {
            // Another server was first, or the household came after all.
            return Ruling::rejected(Problem::new(Code::Conflict, "nothing of it is due"));
        }
        expire(&self.0, facts, &standing).unwrap_or_else(too_much)
    }

    fn resolves(&self) -> bool {
        true
    }
}

/// The free holds whose time is over. A case may have others, made later: by the queue of its fund, or by a transfer that came back.
fn due<'a>(standing: &'a Standing, facts: &Facts) -> impl Iterator<Item = &'a HoldRow> {
    let now = facts.now();
    standing.free().filter(move |hold| hold.expires_at.is_some_and(|at| at <= now))
}

fn expire(target: &Target, facts: &Facts, standing: &Standing) -> Option<Ruling> {
    let mut change = Change::begin(target, facts, standing, "expiry");
    release(&mut change, facts, standing, due(standing, facts), HoldState::Expired, Fen::ZERO)?;
    let free = Fen::sum(standing.live(facts.now()).map(|hold| hold.amount))?;
    change.case.state = state_of(&change.case, &change.payments, free, CaseState::Expired);
    Some(change.done(200, standing))
}

/// Looks for holds that have run out for as long as the server runs. Several servers may: a hold resolves once.
pub async fn follow(readers: Readers, book: Book) {
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        if let Err(problem) = once(&readers, &book).await {
            tracing::warn!(code = problem.code().as_str(), "expired holds wait for the next look");
        }
    }
}

async fn once(readers: &Readers, book: &Book) -> Result<(), Problem> {
    for row in readers.everywhere(include_str!("../../../sql/case/expired.sql"), &[&MOST]).await? {
        let (city, case): (City, CaseId) = (row.get("city"), row.get("case_id"));
        // One case that does not go through must not keep the others waiting.
        match one(readers, book, city, case).await {
            Ok(_) => tracing::info!(%case, "a grant expired"),
            Err(problem) if problem.code() == Code::Conflict => {}
            Err(problem) => tracing::warn!(%case, code = problem.code().as_str(), "an expired grant waits for the next look"),
        }
    }
    Ok(())
}

async fn one(readers: &Readers, book: &Book, city: City, case: CaseId) -> Result<Reply, Problem> {
    let (target, _) = Target::read(readers, Arc::new(Actor::clock(city)), Context::house(), case).await?;
    book.play(city, Key::Own, Expire(target)).await
}
