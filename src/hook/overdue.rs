//! Papers that are overdue: no verb brings that about, so the house looks by itself. A hook is told of a case once.

use std::time::Duration;

use crate::book::{Answer, Book, Event, Facts, HookEvent, Key, Keys, Move, Rows, Ruling};
use crate::code::Code;
use crate::division::City;
use crate::http::Problem;
use crate::id::CaseId;
use crate::reads::Readers;
use crate::time::day;

/// How often a server looks; something is new once a day.
const EVERY: Duration = Duration::from_secs(3600);
/// Cases of one page, and pages of one look.
const MOST: i32 = 200;
const PAGES: u32 = 50;

/// Tells that the papers of a case are overdue.
struct Tell {
    city: City,
    case: CaseId,
}

impl Move for Tell {
    fn keys(&self, keys: &mut Keys) {
        keys.case(self.city, self.case);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let today = day(facts.now());
        let late = facts
            .case(self.city, self.case)
            .filter(|case| !case.missing.is_empty() && case.completion_due.is_some_and(|due| due < today))
            .and_then(|case| Event::of_case(case, HookEvent::CaseCompletionOverdue, "granted_fen", case.granted));
        match late {
            Some(event) => Ruling::Done(Box::new(Rows { events: vec![event], ..Rows::default() }), Answer::recorded()),
            None => Ruling::rejected(Problem::new(Code::Conflict, "the papers came meanwhile")),
        }
    }
}

/// Looks for as long as the server runs. Several servers may: that a hook was told is unique.
pub async fn follow_overdue(readers: Readers, book: Book) {
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        if let Err(problem) = look(&readers, &book).await {
            tracing::warn!(code = problem.code().as_str(), "overdue papers wait for the next look");
        }
    }
}

async fn look(readers: &Readers, book: &Book) -> Result<(), Problem> {
    let listens = book.rules().hooks.iter().any(|hook| hook.events.contains(&HookEvent::CaseCompletionOverdue));
    for _ in 0..if listens { PAGES } else { 0 } {
        let rows = readers.everywhere(include_str!("../../sql/hook/overdue.sql"), &[&MOST]).await?;
        for row in &rows {
            let (city, case): (City, CaseId) = (row.get("city"), row.get("case_id"));
            match book.play(city, Key::Own, Tell { city, case }).await {
                Ok(_) => {}
                Err(problem) if problem.code() == Code::Conflict => {}
                Err(problem) => tracing::warn!(%case, code = problem.code().as_str(), "overdue papers are not told yet"),
            }
        }
        if rows.len() < usize::try_from(MOST).unwrap_or(0) {
            break;
        }
    }
    Ok(())
}
