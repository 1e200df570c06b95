//! What a verb of a case ends in: rows, leaf and answer, the same for all of them.

use serde::Serialize;

use crate::audit::{self, Leaf};
use crate::book::{Account, Answer, CaseRow, CaseState, Facts, FundRow, OfficerRow, PersonRow, Posting, Rows, Ruling};
use crate::case::answer::{CaseAnswer, DecisionAnswer, FundAnswer, PaymentAnswer, ReceiptAnswer};
use crate::case::life::identity::IdentityAnswer;
use crate::case::life::target::{Standing, Target};
use crate::case::opened::json;
use crate::case::payment::{Payment, PaymentState};
use crate::code::Code;
use crate::http::Problem;
use crate::id::{CaseId, FundId, PaymentId};
use crate::money::Fen;
use crate::policy::Method;

/// A case as a verb leaves it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ChangedCase {
    /// The case.
    pub case: CaseAnswer,
    /// Granted and not given back, in fen.
    pub granted_fen: Fen,
    /// The part of it that waits for the next top-up, in fen.
    pub queued_fen: Fen,
    /// The decision, where the verb made one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionAnswer>,
    /// What was found about who the people are, where the verb changed that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityAnswer>,
    /// Every payment of the case.
    pub payments: Vec<PaymentAnswer>,
    /// The paying fund after it.
    pub fund: FundAnswer,
    /// Proof that it is in the audit log.
    pub receipt: ReceiptAnswer,
}

/// A change in the making.
pub struct Change<'a> {
    target: &'a Target,
    facts: &'a Facts,
    verb: &'static str,
    pub case: CaseRow,
    pub payments: Vec<Payment>,
    pub posting: Option<Posting>,
    /// What a pool lends for it.
    pub lender: Option<Posting>,
    pub decision: Option<DecisionAnswer>,
    pub identity: Option<IdentityAnswer>,
    /// Commitments to the people who were added.
    pub commitments: Vec<String>,
    pub rows: Rows,
}

#[derive(Serialize)]
struct Said<'a> {
    approver: Option<&'a str>,
    case_id: CaseId,
    decision_sha256: Option<String>,
    entries: Vec<(Account, Account, Fen)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Code>>,
    fund: Option<FundAfter>,
    granted_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    lender: Option<FundAfter>,
    parties: &'a [String],
    payments: Vec<(PaymentId, Method, Fen, PaymentState)>,
    queued_fen: Fen,
    question_sha256: Option<String>,
    state: CaseState,
    verb: &'static str,
    version: i64,
}

#[derive(Serialize)]
struct FundAfter {
    credited: Fen,
    held: Fen,
    id: FundId,
    paid: Fen,
    version: i64,
}

impl audit::Body for Said<'_> {
    const KIND: &'static str = "case.changed";
}

impl From<&FundRow> for FundAfter {
    fn from(fund: &FundRow) -> Self {
        Self { credited: fund.credited, held: fund.held, id: fund.id, paid: fund.paid, version: fund.version }
    }
}

#[derive(Serialize)]
struct NotDone {
    case_id: CaseId,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    question_sha256: Option<String>,
    verb: &'static str,
}

impl audit::Body for NotDone {
    const KIND: &'static str = "case.refused";
}

impl<'a> Change<'a> {
    /// Begins with the case as it stands.
    pub fn begin(target: &'a Target, facts: &'a Facts, standing: &Standing, verb: &'static str) -> Self {
        // Written by this program; a case without payments has none.
        let payments = serde_json::from_str(&standing.case.payments).unwrap_or_default();
        let mut case = standing.case.clone();
        case.version = case.version.saturating_add(1);
        let (commitments, rows) = (Vec::new(), Rows::default());
        Self {
            target,
            facts,
            verb,
            case,
            payments,
            posting: None,
            lender: None,
            decision: None,
            identity: None,
            commitments,
            rows,
        }
    }

    /// The usage of person and officer changes with what is granted or given back.
    pub fn counted(&mut self, person: Option<PersonRow>, officer: Option<OfficerRow>) {
        self.rows.person = person;
        self.rows.officer = officer;
    }

    /// Done, with this status.
    pub fn done(mut self, status: u16, standing: &Standing) -> Ruling {
        // Payments that this program cannot read were written by a newer one: they stay as they are.
        if !self.payments.is_empty() {
            self.case.payments = json(&self.payments);
        }
        self.posting = self.posting.map(Posting::end);
        let fund = self.posting.as_ref().map_or(standing.fund, |posting| &posting.fund);
        self.case.fund_version = fund.version;
        let said = Said {
            approver: self.case.approver.as_ref().map(crate::actor::Subject::as_str),
            case_id: self.case.id,
            decision_sha256: self.decision.as_ref().map(|_| audit::sha256_hex(self.case.decision.as_bytes())),
            entries: self
                .posting
                .iter()
                .flat_map(|posting| &posting.entries)
                .map(|entry| (entry.debit, entry.credit, entry.amount))
                .collect(),
            findings: self.identity.as_ref().map(|found| found.findings.iter().map(|finding| finding.code).collect()),
            fund: self.posting.as_ref().map(|posting| FundAfter::from(&posting.fund)),
            granted_fen: self.case.granted,
            lender: self.lender.as_ref().map(|lender| FundAfter::from(&lender.fund)),
            parties: &self.commitments,
            payments: self
                .payments
                .iter()
                .map(|payment| (payment.id, payment.method, payment.amount_fen, payment.state))
                .collect(),
            queued_fen: self.case.queued,
            question_sha256: self.decision.as_ref().map(|_| audit::sha256_hex(self.case.question.as_bytes())),
            state: self.case.state,
            verb: self.verb,
            version: self.case.version,
        };
        let leaf = Leaf::new(self.case.city, self.target.leaf, self.facts.now(), self.target.actor.subject.as_str(), &said);
        let code = self.decision.as_ref().map(DecisionAnswer::code);
        let answer = ChangedCase {
            case: CaseAnswer::from(&self.case),
            granted_fen: self.case.granted,
            queued_fen: self.case.queued,
            decision: self.decision,
            identity: self.identity,
            payments: self.payments.iter().map(PaymentAnswer::from).collect(),
            fund: FundAnswer::from(fund),
            receipt: ReceiptAnswer { leaf_hash: leaf.hash() },
        };
        let mut rows = self.rows;
        rows.cases.push(self.case);
        if let Some(posting) = self.posting {
            rows.funds.push(posting.fund);
            rows.entries.extend(posting.entries);
            rows.holds.extend(posting.holds);
            rows.resolved.extend(posting.resolved);
        }
        if let Some(lender) = self.lender {
            rows.funds.push(lender.fund);
            rows.entries.extend(lender.entries);
        }
        rows.leaves.push(leaf);
        let mut answer = Answer::json(status, &answer);
        answer.code = code;
        Ruling::Done(Box::new(rows), answer)
    }

    /// Refused by a rule: recorded, final for its key, and nothing else changes.
    pub fn refuse(target: &Target, facts: &Facts, verb: &'static str, problem: Problem) -> Ruling {
        let said = NotDone { case_id: target.case, code: problem.code(), decision_sha256: None, question_sha256: None, verb };
        refusal(target, facts, Rows::default(), &said, problem)
    }

    /// Refused by a decision that the case keeps.
    pub fn refused(mut self, problem: Problem) -> Ruling {
        let said = NotDone {
            case_id: self.case.id,
            code: problem.code(),
            decision_sha256: Some(audit::sha256_hex(self.case.decision.as_bytes())),
            question_sha256: Some(audit::sha256_hex(self.case.question.as_bytes())),
            verb: self.verb,
        };
        self.rows.cases.push(self.case);
        refusal(self.target, self.facts, self.rows, &said, problem)
    }
}

fn refusal(target: &Target, facts: &Facts, mut rows: Rows, said: &NotDone, problem: Problem) -> Ruling {
    rows.leaves.push(Leaf::new(target.actor.city(), target.leaf, facts.now(), target.actor.subject.as_str(), said));
    let id = serde_json::to_value(target.case).unwrap_or_default();
    Ruling::Refused(Box::new(rows), Answer::refusal(&problem.with("case_id", id), &target.context))
}

/// What a verb answers to a case in a state that it does not fit.
pub fn not_in(state: CaseState) -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, format!("the case is {}", state.as_str())))
}

/// What a verb answers when a total would leave 64 bits.
pub fn too_much() -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, "the fund's totals would leave 64 bits"))
}
