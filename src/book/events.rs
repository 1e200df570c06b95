//! What hooks are told: found in the rows of a move, so that no verb can forget it. A sealed case is told to nobody.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::book::{
    Account, AlarmKind, AlarmRow, CaseRow, CaseState, DeliveryRow, EntryRow, Event, Facts, HookEvent, InstructionState, Rows,
};
use crate::id::DeliveryId;
use crate::money::Fen;
use crate::time::rfc3339;

/// What leaves the house: small, and without personal data. Whoever needs more asks for it with a token of their own.
#[derive(Serialize)]
struct Told {
    r#type: HookEvent,
    timestamp: String,
    data: Map<String, Value>,
}

/// The deliveries that the rows of a move cause, seen from the facts before it, in the order that hooks hear of them.
pub fn told(facts: &Facts, rows: &Rows) -> Vec<DeliveryRow> {
    let hooks = &facts.rules().hooks;
    if hooks.is_empty() {
        return Vec::new();
    }
    let mut deliveries = Vec::new();
    for event in found(facts, rows) {
        let listening = hooks
            .iter()
            .filter(|hook| hook.city == event.city && hook.division.covers(&event.division) && hook.events.contains(&event.kind));
        deliveries.extend(listening.map(|hook| DeliveryRow {
            city: event.city,
            id: DeliveryId::new(),
            hook: hook.id,
            event: event.kind,
            subject: event.subject,
            body: body(facts, &event),
        }));
    }
    deliveries
}

fn found(facts: &Facts, rows: &Rows) -> Vec<Event> {
    let returned = rows.entries.iter().filter_map(|entry| returned(rows, entry));
    let cases = rows.cases.iter().filter_map(|case| decided(facts, case));
    let funds = rows.alarms.iter().filter_map(alarmed);
    rows.events.iter().cloned().chain(returned).chain(cases).chain(funds).collect()
}

/// A case that became paid or refused.
fn decided(facts: &Facts, case: &CaseRow) -> Option<Event> {
    let before = facts.case(case.city, case.id).map(|case| case.state);
    let is_paid = |state| matches!(state, CaseState::Paid | CaseState::Completed);
    if is_paid(case.state) && !before.is_some_and(is_paid) {
        return Event::of_case(case, HookEvent::CasePaid, "granted_fen", case.granted);
    }
    if case.state == CaseState::Refused && before != Some(CaseState::Refused) {
        return Event::of_case(case, HookEvent::CaseRefused, "requested_fen", case.requested);
    }
    None
}

impl Event {
    /// What happened to a case; nothing, when the case is sealed.
    pub fn of_case(case: &CaseRow, kind: HookEvent, name: &'static str, amount: Fen) -> Option<Self> {
        (!case.sealed).then(|| Self {
            city: case.city,
            division: case.division,
            kind,
            id: case.id.uuid(),
            subject: case.id.uuid(),
            case: None,
            version: case.version,
            amounts: vec![(name, amount)],
        })
    }
}

/// A payment that the bank sent back: its money is held again.
fn returned(rows: &Rows, entry: &EntryRow) -> Option<Event> {
    let payment = entry.of.payment.filter(|_| (entry.debit, entry.credit) == (Account::Paid, Account::Held))?;
    rows.instruction_ends.iter().find(|end| end.payment == payment && end.state == InstructionState::Returned)?;
    let case = rows.cases.iter().find(|case| Some(case.id) == entry.of.case)?;
    let event = Event::of_case(case, HookEvent::PaymentReturned, "amount_fen", entry.amount)?;
    Some(Event { id: payment.uuid(), case: Some(case.id), ..event })
}

/// A fund that ran low or dry, or a patient who left the roster.
fn alarmed(alarm: &AlarmRow) -> Option<Event> {
    let kind = match alarm.kind {
        AlarmKind::FundLow => HookEvent::FundLow,
        AlarmKind::FundExhausted => HookEvent::FundExhausted,
        AlarmKind::WaiverRosterLeft => HookEvent::WaiverRosterLeft,
        AlarmKind::TopupUrgent | AlarmKind::PaymentUnknown | AlarmKind::SealedRead | AlarmKind::CashDifference => return None,
    };
    Some(Event {
        city: alarm.city,
        division: alarm.division,
        kind,
        id: alarm.about,
        subject: alarm.about,
        case: None,
        version: alarm.mark,
        amounts: alarm.amount.map(|amount| ("available_fen", amount)).into_iter().collect(),
    })
}

fn body(facts: &Facts, event: &Event) -> String {
    let mut data = Map::new();
    data.insert("id".into(), event.id.to_string().into());
    if let Some(case) = event.case {
        data.insert("case_id".into(), case.to_string().into());
    }
    data.insert("division".into(), event.division.as_str().into());
    data.insert("version".into(), event.version.into());
    data.extend(event.amounts.iter().map(|(name, amount)| ((*name).to_owned(), amount.get().into())));
    let told = Told { r#type: event.kind, timestamp: rfc3339(facts.now()), data };
    // A struct of strings and numbers: writing it to memory does not fail.
    serde_json::to_string(&told).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::book::{Listener, Rules};
    use crate::id::HookId;

    fn listener(division: &str, events: &[HookEvent]) -> Listener {
        let division: crate::division::Division = division.parse().unwrap();
        Listener { city: division.city(), id: HookId::new(), division, events: events.to_vec() }
    }

    /// A fund of a street that ran low, and a month that was closed.
    fn rows() -> Rows {
        let (city, division) = ("3403".parse().unwrap(), "340303001".parse().unwrap());
        let kind = AlarmKind::FundLow;
        let alarm = AlarmRow { city, about: Uuid::nil(), kind, mark: 7, division, amount: Some(Fen::new(5)) };
        let urgent = AlarmRow { kind: AlarmKind::TopupUrgent, ..alarm.clone() };
        let closed = Event {
            city,
            division: city.division(),
            kind: HookEvent::PeriodClosed,
            id: Uuid::max(),
            subject: Uuid::max(),
            case: None,
            version: 1,
            amounts: Vec::new(),
        };
        Rows { alarms: vec![alarm, urgent], events: vec![closed], ..Rows::default() }
    }

    fn kinds(hook: Listener) -> Vec<HookEvent> {
        let rules = Arc::new(Rules { hooks: vec![hook], ..Rules::default() });
        told(&Facts::empty(Timestamp::UNIX_EPOCH, rules), &rows()).iter().map(|delivery| delivery.event).collect()
    }

    #[test]
    fn a_hook_is_told_what_it_listens_for_in_its_division() {
        use HookEvent::{CasePaid, FundLow, PeriodClosed};
        let both = [FundLow, PeriodClosed, CasePaid];
        assert_eq!(kinds(listener("3403", &both)), [PeriodClosed, FundLow]);
        assert_eq!(kinds(listener("340303001", &both)), [FundLow]);
        assert_eq!(kinds(listener("3403", &[PeriodClosed])), [PeriodClosed]);
        for elsewhere in ["340302", "340303001002", "3401"] {
            assert_eq!(kinds(listener(elsewhere, &both)), [], "{elsewhere}");
        }
    }

    #[test]
    fn a_body_is_thin() {
        let rules = Arc::new(Rules { hooks: vec![listener("3403", &[HookEvent::FundLow])], ..Rules::default() });
        let deliveries = told(&Facts::empty(Timestamp::UNIX_EPOCH, rules), &rows());
        let told: Value = serde_json::from_str(&deliveries[0].body).unwrap();
        let data = serde_json::json!({"id": Uuid::nil(), "division": "340303001", "version": 7, "available_fen": 5});
        let expected = serde_json::json!({"type": "fund.low", "timestamp": "1970-01-01T08:00:00+08:00", "data": data});
        assert_eq!(told, expected);
    }
}
