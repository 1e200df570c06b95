//! Plays moves as the writer does: facts loaded at the beginning of a batch, taken in between its moves, rows kept at its end.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use jiujinan::actor::{Actor, Role, Roles, Subject};
use jiujinan::book::{
    Account, Answer, EntryRow, Facts, FundRow, IncidentRow, Move, PersonRow, Presence, Rows, Rules, Ruling, Source,
};
use jiujinan::case::incident::Report;
use jiujinan::case::{FastTrack, IncidentChoice, PaymentPlan, Request};
use jiujinan::division::Division;
use jiujinan::fund::{ChangeSettings, Movement, OpenFund, SetStatus, TopUp, Withdraw};
use jiujinan::http::{Context, Countersign, Countersigned, IfMatch, Language, Patch};
use jiujinan::id::{FundId, IncidentId};
use jiujinan::money::Fen;
use jiujinan::policy::{Calendar, Cause, FundKind, FundStatus, Lane, Limits, Policies, Policy, Residence, Wish};
use jiujinan::vault::BlindIndex;
use uuid::Uuid;

use crate::model::draw::{Act, Ask, BARRED, Change, DECEASED, FUNDS, Second, Settings};
use crate::model::ledger::Ledger;
use crate::model::naive::{CASH_ALONE, FUND_DAY, Naive, OFFICER_DAY, Outcome, PERSON_YEAR, handed_over};

const STREETS: [&str; 2] = ["340303001", "340302001"];

pub struct Game {
    pub naive: Naive,
    facts: Facts,
    ledger: Ledger,
    now: Timestamp,
    incidents: Vec<IncidentId>,
    moves: u32,
    ids: Cell<usize>,
}

/// The shipped rules, with caps and causes that the moves run into.
fn rules() -> Arc<Rules> {
    static RULES: OnceLock<Arc<Rules>> = OnceLock::new();
    let make = || {
        let mut policy = Policy::parse(include_str!("../../../deploy/policy/cn-2026.toml")).unwrap();
        policy.caps.person_year_fen = Some(Fen::new(PERSON_YEAR));
        policy.caps.officer_day_fen = Some(Fen::new(OFFICER_DAY));
        policy.caps.fund_day_fen = Some(Fen::new(FUND_DAY));
        policy.cash.second_signature_above_fen = Fen::new(CASH_ALONE);
        policy.other_scheme.insert(Cause::Education, "county".into());
        policy.county_causes.push(Cause::Disaster);
        let calendar = Calendar::parse(include_str!("../../../deploy/calendar/cn-2004-2026.csv")).unwrap();
        Arc::new(Rules { policies: Policies::new([policy]), calendar, ..Rules::default() })
    };
    RULES.get_or_init(make).clone()
}

fn id<T: From<Uuid>>(kind: u8, number: usize) -> T {
    let mut bytes = [0; 16];
    bytes[0] = kind;
    bytes[8..].copy_from_slice(&(number as u64).to_be_bytes());
    Uuid::from_bytes(bytes).into()
}

fn fund_id(fund: usize) -> FundId {
    id(1, fund)
}

pub fn person(person: usize) -> BlindIndex {
    BlindIndex::from_slice(&[person as u8 + 1; 16]).unwrap()
}

fn division(code: &str) -> Division {
    code.parse().unwrap()
}

fn actor(sub: &str, role: Role, scope: &str) -> Arc<Actor> {
    let subject = Subject::new("urn:test", sub);
    Arc::new(Actor { subject, roles: Roles::of(&[role]), scope: division(scope), section: None, hospital: None })
}

fn context() -> Context {
    Context { language: Language::English, instance: "/".into(), trace_id: String::new(), request_id: String::new() }
}

fn countersigned(second: Second, own: &Subject) -> Countersigned {
    let by = |sub: Subject, scope: &str, number: u64| {
        let mut token = [0; 32];
        token[8..16].copy_from_slice(&number.to_be_bytes());
        Countersigned::By(Countersign { officer: sub, scope: division(scope), section: None, token })
    };
    match second {
        Second::Nobody => Countersigned::No,
        Second::Other(token) => by(Subject::new("urn:test", "approver"), "3403", token),
        Second::Same(token) => by(own.clone(), "3403", token),
        Second::Far(token) => by(Subject::new("urn:test", "approver"), "340304", token),
        Second::Invalid => Countersigned::Invalid("it signs another request"),
    }
}

impl Game {
    /// Three funds without money; two people who get nothing.
    pub fn new() -> Self {
        let now: Timestamp = "2026-02-01T01:00:00Z".parse().unwrap();
        let mut game = Self {
            naive: Naive::new(jiujinan::time::day(now)),
            facts: Facts::empty(now, rules()),
            ledger: Ledger::default(),
            now,
            incidents: Vec::new(),
            moves: 0,
            ids: Cell::new(0),
        };
        for (fund, (code, kind)) in
            STREETS.map(|code| (code, FundKind::StreetReserve)).into_iter().chain([("3403", FundKind::ReliefFund)]).enumerate()
        {
            let open = OpenFund {
                actor: actor("finance", Role::Finance, "3403"),
                id: fund_id(fund),
                division: division(code),
                kind,
                name: "fund".into(),
                target: Fen::ZERO,
                floor: Fen::ZERO,
                limits: Limits::default(),
                account: None,
                subject_codes: Vec::new().into(),
                context: jiujinan::http::Context::house(),
                leaf: game.fresh(),
            };
            let Ruling::Done(rows, answer) = open.decide(&game.facts) else { panic!("a fund could not be opened") };
            assert_eq!(answer.status, 201);
            game.take(*rows);
        }
        let barred = Some(Date::constant(2099, 1, 1));
        for (who, deceased_on, barred_until) in [(DECEASED, Some(game.naive.day), None), (BARRED, None, barred)] {
            let (city, person, presence) = (division("3403").city(), person(who), Presence::Stored);
            let row = PersonRow { presence, city, person, year: 2026, year_granted: Fen::ZERO, barred_until, deceased_on };
            game.ledger.persons.insert(person, row);
        }
        game.commit();
        game
    }

    /// An identifier that nothing else has: the same in every game with the same moves.
    fn fresh<T: From<Uuid>>(&self) -> T {
        self.ids.set(self.ids.get() + 1);
        id(2, self.ids.get())
    }

    /// The clock goes on, and facts are loaded.
    pub fn begin(&mut self, hours: i64) {
        self.now = self.now.checked_add(hours.hours()).unwrap();
        self.naive.day = jiujinan::time::day(self.now);
        self.facts = Facts::empty(self.now, rules());
        self.ledger.load(&mut self.facts);
    }

    /// The rows of the batch are in the database.
    pub fn commit(&mut self) {
        self.ledger.commit();
    }

    /// Plays a move, compares it with the naive model, and looks whether everything holds. Returns what it came to.
    pub fn play(&mut self, act: &Act) -> String {
        let action = self.action(act);
        let ruling = action.decide(&self.facts);
        self.moves += 1;
        if self.moves.is_multiple_of(16) {
            let again = action.decide(&self.facts);
            assert_eq!(format!("{ruling:?}"), format!("{again:?}"), "a decision is no pure function of its facts");
        }
        let expected = self.naive.act(act);
        let before = self.ledger.money();
        let (outcome, rows) = match ruling {
            Ruling::Done(rows, answer) if answer.code.is_some() => (granted(act, &rows, &answer), Some(rows)),
            Ruling::Done(rows, answer) => (Outcome::Done(answer.status), Some(rows)),
            Ruling::Refused(rows, answer) => (Outcome::Refused(answer.code.unwrap()), Some(rows)),
            Ruling::Rejected(problem, _) => (Outcome::Rejected(problem.code()), None),
        };
        assert_eq!(outcome, expected, "{act:#?} on {}", self.now);
        if let Some(rows) = rows {
            assert_eq!(rows.leaves.len(), 1, "a change leaves one leaf");
            self.facts.apply(&rows);
            self.take(*rows);
        }
        if matches!(outcome, Outcome::Refused(_) | Outcome::Rejected(_)) {
            assert_eq!(self.ledger.money(), before, "a refusal moves no money: {act:#?}");
        }
        self.compare();
        self.ledger.check(&self.facts);
        word(act, &outcome)
    }

    fn take(&mut self, rows: Rows) {
        if let Some(IncidentRow { id, presence: Presence::New, .. }) = &rows.incident {
            self.incidents.push(*id);
        }
        self.ledger.take(rows);
    }

    /// The funds are what the naive model says.
    fn compare(&self) {
        for (fund, naive) in self.naive.funds.iter().enumerate() {
            let row: &FundRow = self.fund(fund);
            let fen = |limit: Option<Fen>| limit.map(Fen::get);
            let seen = crate::model::naive::Fund {
                credited: row.credited.get(),
                held: row.held.get(),
                paid: row.paid.get(),
                floor: row.floor.get(),
                case: fen(row.limits.case),
                fund_day: fen(row.limits.fund_day),
                person_year: fen(row.limits.person_year),
                officer_day: fen(row.limits.officer_day),
                frozen: row.status == FundStatus::Frozen,
                version: row.version,
                settings_version: row.settings_version,
            };
            assert_eq!(&seen, naive, "fund {fund}");
        }
    }

    /// The fund as the moves of this batch see it, or as it is stored.
    fn fund(&self, fund: usize) -> &FundRow {
        let loaded = self.facts.fund(division("3403").city(), fund_id(fund));
        loaded.unwrap_or_else(|| &self.ledger.funds[&fund_id(fund)])
    }

    fn action(&self, act: &Act) -> Box<dyn Move> {
        let finance = actor("finance", Role::Finance, "3403");
        let movement = |fund: usize, amount: i64| Movement {
            actor: finance.clone(),
            fund: fund_id(fund),
            amount: Fen::new(amount),
            source: Source::District,
            reference: None,
            value_date: None,
            account: None,
            leaf: self.fresh(),
        };
        match act {
            Act::TopUp { fund, amount } => Box::new(TopUp { movement: movement(*fund, *amount), pool: None, holds: Vec::new() }),
            Act::Withdraw { fund, amount } => Box::new(Withdraw { movement: movement(*fund, *amount), context: context() }),
            Act::Freeze { fund, frozen } => Box::new(SetStatus {
                actor: finance,
                fund: fund_id(*fund),
                status: if *frozen { FundStatus::Frozen } else { FundStatus::Active },
                reason: Vec::new().into(),
                account: None,
                leaf: self.fresh(),
            }),
            Act::Settings(settings) => Box::new(self.settings(settings, finance)),
            Act::FastTrack(ask) => Box::new(FastTrack(self.request(ask))),
        }
    }

    fn settings(&self, settings: &Settings, actor: Arc<Actor>) -> ChangeSettings {
        let limit = |change: Change| match change {
            None => Patch::Absent,
            Some(None) => Patch::Null,
            Some(Some(fen)) => Patch::Value(Fen::new(fen)),
        };
        let version = self.fund(settings.fund).settings_version.unsigned_abs();
        ChangeSettings {
            countersigned: countersigned(settings.second, &actor.subject),
            actor,
            context: context(),
            fund: fund_id(settings.fund),
            if_match: IfMatch::Version(if settings.stale { version + 1 } else { version }),
            name: None,
            target: None,
            floor: settings.floor.map_or(Patch::Absent, |fen| Patch::Value(Fen::new(fen))),
            case: limit(settings.case),
            fund_day: limit(settings.fund_day),
            person_year: limit(settings.person_year),
            officer_day: limit(settings.officer_day),
            account: Patch::Absent,
            shown: None,
            leaf: self.fresh(),
        }
    }

    fn request(&self, ask: &Ask) -> Request {
        let scope = if ask.foreign { "340304001" } else { "3403" };
        let actor = actor(&format!("officer-{}", ask.officer), Role::Clerk, scope);
        let street = division(STREETS[ask.street]);
        let occurred_at = self.now;
        let new = |cause| Report {
            id: self.fresh(),
            division: street,
            cause,
            place: Vec::new().into(),
            occurred_at,
            ended_on: None,
            sealed: ask.sealed,
        };
        let plan =
            || PaymentPlan { id: self.fresh(), hold: self.fresh(), received_by: None, signature_ref: None, hospital: None };
        Request {
            countersigned: countersigned(ask.second, &actor.subject),
            actor,
            context: context(),
            division: street,
            fund: ask.fund.map(fund_id),
            incident: match ask.incident {
                Ok(reported) => IncidentChoice::Reported(self.incidents[reported]),
                Err(cause) => IncidentChoice::New(new(cause)),
            },
            residence: Residence::Registered,
            temporary: ask.temporary,
            temporaries: ask.temporary.then(|| person(ask.applicant)).into_iter().collect(),
            requested: Fen::new(ask.requested),
            wishes: ask.wishes.iter().map(|(method, amount)| Wish { method: *method, amount: amount.map(Fen::new) }).collect(),
            payments: ask.wishes.iter().map(|_| plan()).collect(),
            person: person(ask.applicant),
            household: ask.household.iter().map(|member| person(*member)).collect(),
            parties: Vec::new().into(),
            commitments: Vec::new(),
            sealed: ask.sealed,
            case: self.fresh(),
            hold: self.fresh(),
            options: [self.fresh(), self.fresh(), self.fresh(), self.fresh()],
            leaf: self.fresh(),
            denial: self.fresh(),
        }
    }
}

/// A grant read from its rows: the amount, and each payment's by its place among those asked for.
fn granted(act: &Act, rows: &Rows, answer: &Answer) -> Outcome {
    let Act::FastTrack(ask) = act else { panic!("only cases are decided") };
    assert_eq!(answer.status, 201);
    let case = rows.cases.first().unwrap();
    assert_eq!(case.code, answer.code.unwrap());
    assert!(matches!(case.lane, Lane::Quick | Lane::Advance));
    let paid: Vec<&EntryRow> = rows.entries.iter().filter(|entry| entry.of.payment.is_some()).collect();
    // Payments that get nothing are left out: they are the last ones.
    let shares: Vec<(usize, i64)> = paid.iter().enumerate().map(|(wish, entry)| (wish, entry.amount.get())).collect();
    for (entry, (method, _)) in paid.iter().zip(&ask.wishes) {
        let to = if handed_over(*method) { Account::Paid } else { Account::Held };
        assert_eq!((entry.debit, entry.credit), (Account::Available, to));
    }
    Outcome::Granted(case.code, case.granted.get(), shares)
}

fn word(act: &Act, outcome: &Outcome) -> String {
    let kind = match act {
        Act::TopUp { .. } => "top-up",
        Act::Withdraw { .. } => "withdraw",
        Act::Freeze { .. } => "freeze",
        Act::Settings(_) => "settings",
        Act::FastTrack(_) => "fast-track",
    };
    match outcome {
        Outcome::Done(status) => format!("{kind} {status}"),
        Outcome::Granted(code, ..) | Outcome::Refused(code) | Outcome::Rejected(code) => format!("{kind} {code}"),
    }
}

const _: () = assert!(FUNDS == STREETS.len() + 1);
