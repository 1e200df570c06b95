//! A case's holds in every order of payments, results of the bank, withdrawals, approvals and time: each hold resolves once, and the money is
//! always somewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::actor::{Actor, Role, Roles, Subject};
use crate::book::{
    Account, CaseRow, CaseState, EntryRow, Facts, FundRow, HoldRow, HoldState, Move, OfficerRow, PersonRow, Presence, Rows,
    Rules, Ruling,
};
use crate::case::life::approve::Approve;
use crate::case::life::expire::Expire;
use crate::case::life::note::Note;
use crate::case::life::pay::{Pay, Payments};
use crate::case::life::target::Target;
use crate::case::life::withdraw::Withdraw;
use crate::case::opened::json;
use crate::case::payment::{Payment, PaymentState};
use crate::case::request::PaymentPlan;
use crate::case::transfer::{BankSays, Dispatch, Settle};
use crate::code::Code;
use crate::http::{Context, Countersigned};
use crate::id::{CaseId, FundId, HoldId, IncidentId, LeafId, OptionId, PaymentId};
use crate::money::Fen;
use crate::policy::{
    Cause, FundFacts, FundKind, FundStatus, Lane, Limits, Method, Policies, Policy, Question, Residence, Signature, Usage, Wish,
};
use crate::vault::BlindIndex;

const CREDITED: i64 = 1_000_000;
const ASKED: i64 = 250_000;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Approve,
    Pay { bank: bool, fen: Option<i64> },
    Dispatch(usize),
    Bank(usize, BankSays),
    Withdraw,
    Expire,
    Days(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let says = prop_oneof![Just(BankSays::Paid), Just(BankSays::Refused), Just(BankSays::Returned), Just(BankSays::Nothing)];
    prop_oneof![
        2 => Just(Step::Approve),
        5 => (any::<bool>(), prop::option::of(1..120_000_i64)).prop_map(|(bank, fen)| Step::Pay { bank, fen }),
        4 => (0..6_usize).prop_map(Step::Dispatch),
        6 => ((0..6_usize), says).prop_map(|(payment, says)| Step::Bank(payment, says)),
        1 => Just(Step::Withdraw),
        2 => Just(Step::Expire),
        // The clock may be set back as well.
        2 => (-40..40_i64).prop_map(Step::Days),
    ]
}

/// What the database would hold, kept by the test itself.
struct Ledger {
    now: Timestamp,
    rules: Arc<Rules>,
    fund: FundRow,
    case: CaseRow,
    person: Option<PersonRow>,
    officer: Option<OfficerRow>,
    holds: BTreeMap<HoldId, (HoldRow, HoldState)>,
    entries: Vec<EntryRow>,
}

fn actor(sub: &str) -> Arc<Actor> {
    let roles = Roles::of(&[Role::Clerk, Role::Approver, Role::Cashier]);
    let scope = "340303001".parse().unwrap();
    Arc::new(Actor { subject: Subject::new("urn:test", sub), roles, scope, section: None, hospital: None })
}

impl Ledger {
    fn new() -> Self {
        let policy = Policy::parse(include_str!("../../../deploy/policy/cn-2026.toml")).unwrap();
        let rules = Arc::new(Rules { policies: Policies::new([policy]), ..Rules::default() });
        let (now, city) = ("2026-11-02T02:00:00Z".parse().unwrap(), "3403".parse().unwrap());
        let fund = FundRow {
            presence: Presence::Stored,
            city,
            id: FundId::new(),
            division: "340303001".parse().unwrap(),
            kind: FundKind::StreetReserve,
            name: "fund".into(),
            status: FundStatus::Active,
            target: Fen::ZERO,
            floor: Fen::ZERO,
            limits: Limits { fund_day: Some(Fen::new(ASKED)), ..Limits::default() },
            account: None,
            status_reason: None,
            subject_codes: Arc::new([]),
            credited: Fen::new(CREDITED),
            held: Fen::ZERO,
            paid: Fen::ZERO,
            day: Date::ZERO,
            day_granted: Fen::ZERO,
            version: 1,
            settings_version: 1,
            opened_at: now,
            loaned: Fen::ZERO,
            custodians: Arc::new([]),
        };
        let case = accepted(&fund, now);
        Self { now, rules, fund, case, person: None, officer: None, holds: BTreeMap::new(), entries: Vec::new() }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::empty(self.now, self.rules.clone());
        let open = self.holds.values().filter(|(_, state)| *state == HoldState::Held).map(|(hold, _)| hold.clone()).collect();
        facts.apply(&Rows {
            funds: vec![self.fund.clone()],
            cases: vec![self.case.clone()],
            holds: open,
            person: self.person.clone(),
            officer: self.officer.clone(),
            ..Rows::default()
        });
        facts
    }

    fn payments(&self) -> Vec<Payment> {
        serde_json::from_str(&self.case.payments).unwrap()
    }

    fn target(&self, sub: &str) -> Target {
        Target::of(&self.case, actor(sub), Context::house())
    }

    fn action(&self, step: &Step) -> Option<Box<dyn Move>> {
        let payment = |at: usize| self.payments().get(at).map(|payment| payment.id);
        Some(match step {
            Step::Approve => Box::new(Approve {
                target: self.target("approver"),
                offered: None,
                note: Note::blank(),
                repeat: None,
                hold: HoldId::new(),
                options: [OptionId::new(), OptionId::new(), OptionId::new(), OptionId::new()],
            }),
            Step::Pay { bank, fen } => Box::new(pay(self, *bank, *fen)),
            Step::Dispatch(at) => {
                Box::new(Dispatch { target: self.target("clock"), payment: payment(*at)?, bytes: Arc::new([]) })
            }
            Step::Bank(at, says) => Box::new(Settle {
                target: self.target("clock"),
                payment: payment(*at)?,
                says: *says,
                reference: None,
                hold: HoldId::new(),
            }),
            Step::Withdraw => Box::new(Withdraw { target: self.target("clerk"), reason: Note::blank() }),
            Step::Expire => Box::new(Expire(self.target("clock"))),
            Step::Days(_) => return None,
        })
    }

    fn take(&mut self, step: &Step) {
        if let Step::Days(days) = step {
            self.now += SignedDuration::from_hours(24 * days);
        }
        let Some(action) = self.action(step) else { return };
        match action.decide(&self.facts()) {
            Ruling::Done(rows, _) => self.store(*rows),
            Ruling::Refused(rows, _) => {
                assert!(rows.entries.is_empty() && rows.holds.is_empty() && rows.resolved.is_empty(), "a refusal moves nothing");
                self.store(*rows);
            }
            Ruling::Rejected(problem, _) => assert_ne!(problem.code(), Code::Internal, "{step:?}: {}", problem.detail()),
        }
    }

    fn store(&mut self, rows: Rows) {
        for hold in rows.holds {
            assert!(self.holds.insert(hold.id, (hold, HoldState::Held)).is_none(), "a hold is made once");
        }
        for end in rows.resolved {
            let (_, state) = self.holds.get_mut(&end.id).unwrap();
            assert_eq!(*state, HoldState::Held, "a hold resolves once");
            assert_ne!(end.state, HoldState::Held);
            *state = end.state;
        }
        for (at, entry) in rows.entries.iter().enumerate() {
            assert_eq!((entry.version, usize::try_from(entry.ordinal).unwrap()), (self.fund.version + 1, at));
        }
        assert_eq!(rows.funds.iter().any(|fund| fund.version > self.fund.version), !rows.entries.is_empty());
        self.entries.extend(rows.entries);
        self.fund = rows.funds.into_iter().next().unwrap_or_else(|| self.fund.clone());
        self.case = rows
            .cases
            .into_iter()
            .next()
            .map_or_else(|| self.case.clone(), |case| CaseRow { presence: Presence::Stored, ..case });
        self.person = rows.person.or(self.person.take());
        self.officer = rows.officer.or(self.officer.take());
    }

    /// Everything that must hold after each step.
    fn check(&self, step: &Step) {
        let open = || self.holds.values().filter(|(_, state)| *state == HoldState::Held).map(|(hold, _)| hold);
        let sum = |amounts: &mut dyn Iterator<Item = Fen>| Fen::sum(amounts).unwrap();
        let held = sum(&mut open().map(|hold| hold.amount));
        let payments = self.payments();
        let paid =
            sum(&mut payments.iter().filter(|payment| payment.state == PaymentState::Paid).map(|payment| payment.amount_fen));
        let net = |account| {
            let of =
                |entry: &EntryRow| entry.amount.get() * (i64::from(entry.credit == account) - i64::from(entry.debit == account));
            self.entries.iter().map(of).sum::<i64>()
        };
        assert_eq!((self.fund.held, self.fund.paid), (held, paid), "{step:?}");
        assert_eq!((net(Account::Held), net(Account::Paid)), (held.get(), paid.get()), "{step:?}");
        assert_eq!(self.case.granted.get(), held.get() + paid.get(), "{step:?}: what is granted is held or paid");
        assert!(held.get() + paid.get() <= ASKED && self.fund.available().get() == CREDITED - held.get() - paid.get());
        for hold in open().filter(|hold| hold.payment.is_some()) {
            let payment = payments.iter().find(|payment| Some(payment.id) == hold.payment).unwrap();
            let under_way = matches!(payment.state, PaymentState::Instructed | PaymentState::Dispatched | PaymentState::Unknown);
            assert!(under_way && payment.amount_fen == hold.amount && hold.expires_at.is_none(), "{step:?}: {payment:?}");
        }
        let under_way = open().any(|hold| hold.payment.is_some());
        let expected = match (self.case.granted.is_some(), under_way, held.is_some()) {
            (true, true, _) => CaseState::Paying,
            (true, false, true) => CaseState::Approved,
            (true, false, false) => CaseState::Paid,
            (false, ..) => self.case.state,
        };
        assert_eq!(self.case.state, expected, "{step:?}");
        let over = matches!(self.case.state, CaseState::Accepted | CaseState::Withdrawn | CaseState::Expired);
        assert!(self.case.granted.is_some() || over, "{step:?}: {:?}", self.case.state);
        if self.fund.day == self.case.granted_on.unwrap_or(Date::ZERO) {
            assert_eq!(self.fund.day_granted, self.case.granted, "{step:?}: the day counts what is granted and not given back");
        }
    }
}

fn pay(ledger: &Ledger, bank: bool, fen: Option<i64>) -> Pay {
    let method = if bank { Method::Bank } else { Method::Cash };
    let plan = PaymentPlan { id: PaymentId::new(), hold: HoldId::new(), received_by: None, signature_ref: None, hospital: None };
    Pay {
        target: ledger.target("cashier"),
        countersigned: Countersigned::No,
        payments: Payments {
            wishes: vec![Wish { method, amount: fen.map(Fen::new) }],
            plans: vec![plan],
            parties: None,
            commitments: Vec::new(),
            before: ledger.payments().len(),
        },
        successor: HoldId::new(),
        denial: LeafId::new(),
    }
}

/// A case as it was taken in: 2 500 yuan asked for, nothing granted.
fn accepted(fund: &FundRow, now: Timestamp) -> CaseRow {
    let day = crate::time::day(now);
    let question = Question {
        day,
        cause: Cause::Accident,
        residence: Residence::Registered,
        persons: 1,
        temporary: false,
        identified: false,
        requested: Fen::new(ASKED),
        wishes: Vec::new(),
        signature: Signature::Alone,
        deceased_on: None,
        barred_until: None,
        repeat: None,
        repeat_overridden: false,
        offered: None,
        overdue: 0,
        usage: Usage::default(),
        fund: FundFacts { status: FundStatus::Active, available: fund.available(), limits: fund.limits, bridged: Fen::ZERO },
    };
    CaseRow {
        presence: Presence::Stored,
        city: fund.city,
        id: CaseId::new(),
        street: fund.division,
        day,
        ordinal: 1,
        division: fund.division,
        fund: fund.id,
        incident: IncidentId::new(),
        cause: Cause::Accident,
        state: CaseState::Accepted,
        lane: Lane::Quick,
        code: Code::ApprovedPartial,
        requested: Fen::new(ASKED),
        granted: Fen::ZERO,
        person: BlindIndex::from_slice(&[7; 16]).unwrap(),
        handler: Subject::new("urn:test", "clerk"),
        approver: None,
        accepted_at: now,
        completion_due: None,
        completion_due_provisional: false,
        missing: Vec::new(),
        sealed: false,
        policy_version: "cn-2026".into(),
        decision: "{}".into(),
        question: json(&question),
        payments: "[]".into(),
        parties: Arc::new([]),
        fund_version: 1,
        members: Vec::new(),
        version: 1,
        granted_on: None,
        queued: Fen::ZERO,
        queue_place: None,
        options: "[]".into(),
        review_due: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_every_order_each_hold_resolves_once_and_the_money_is_somewhere(steps in prop::collection::vec(step(), 1..40)) {
        let mut ledger = Ledger::new();
        for step in &steps {
            ledger.take(step);
            ledger.check(step);
        }
    }
}
