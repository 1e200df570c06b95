//! A refusal in writing: fact, legal basis, remedy, referral, and ways out of a short fund.

use crate::book::FundRow;
use crate::case::answer::{DecisionAnswer, FundAnswer, WayOut, WayOutKind};
use crate::case::matter::Matter;
use crate::code::Code;
use crate::http::{Context, Language, Problem};
use crate::id::{CaseId, OptionId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Decision, Policy, Unit};

/// A fund that has not enough left for a decision.
pub struct Short<'a> {
    pub decision: &'a Decision,
    pub available: Fen,
    pub options: [OptionId; 4],
}

/// The problem document of a refused case.
pub fn problem(matter: &Matter, case: CaseId, number: &CaseNumber) -> Problem {
    document(&matter.decision, &matter.policy, &matter.request.context, matter.fund, ways_out(matter), number)
        .with("case_id", serde_json::to_value(case).unwrap_or_default())
}

/// The same from its parts; whoever answers adds `case_id`.
pub fn document(
    decision: &Decision,
    policy: &Policy,
    context: &Context,
    fund: &FundRow,
    ways_out: Vec<WayOut>,
    number: &CaseNumber,
) -> Problem {
    let answer = DecisionAnswer::new(decision.clone(), ways_out);
    let member = |value: Result<serde_json::Value, serde_json::Error>| value.unwrap_or_default();
    Problem::new(decision.code, print(decision, policy, context.language))
        .with("case_number", member(serde_json::to_value(number)))
        .with("decision", member(serde_json::to_value(answer)))
        .with("fund", member(serde_json::to_value(FundAnswer::from(fund))))
}

/// The ways out of a case that is decided.
pub fn ways_out(matter: &Matter) -> Vec<WayOut> {
    Short { decision: &matter.decision, available: matter.fund.available(), options: matter.request.options }.ways_out()
}

impl Short<'_> {
    /// The best first. A loan and a part now are alternatives: the loan is of the whole grant.
    pub fn ways_out(&self) -> Vec<WayOut> {
        let decision = self.decision;
        if decision.code != Code::FundInsufficient {
            return Vec::new();
        }
        let asked = decision.checks.iter().find(|check| check.rule == Code::FundInsufficient).and_then(|check| check.asked_fen);
        let asked = asked.unwrap_or(decision.requested_fen);
        let left = self.available.max(Fen::ZERO);
        let short = asked.left_after(left);
        let [partial, loan, goods, topup] = self.options;
        let mut ways = vec![
            WayOut { id: loan, kind: WayOutKind::PoolLoan, amount_fen: asked, queued_fen: None },
            WayOut { id: goods, kind: WayOutKind::Goods, amount_fen: asked, queued_fen: None },
            WayOut { id: topup, kind: WayOutKind::UrgentTopup, amount_fen: short, queued_fen: None },
        ];
        if left.is_some() {
            ways.insert(0, WayOut { id: partial, kind: WayOutKind::PartialNow, amount_fen: left, queued_fen: Some(short) });
        }
        ways
    }
}

/// What can be done against a refusal.
const REMEDY: &str = "如不服,可依法申请行政复议或提起行政诉讼";

/// A refusal in Chinese, part by part.
pub struct Written {
    /// Why, with the figures compared.
    pub fact: String,
    /// The legal basis.
    pub basis: String,
    /// What can be done against it.
    pub remedy: &'static str,
    /// Units that the household is passed on to, with their telephones.
    pub referral: Option<String>,
}

impl Written {
    /// A refusing decision in words.
    pub fn new(decision: &Decision, policy: &Policy) -> Self {
        let figures = figures(decision).map(|(asked, left)| format!("(申请{asked}元,可用{left}元)")).unwrap_or_default();
        let units: Vec<String> = units(decision, policy)
            .map(|unit| {
                format!("{}{}", unit.chinese, unit.phone.as_deref().map(|phone| format!("、{phone}")).unwrap_or_default())
            })
            .collect();
        Self {
            fact: format!("{}{figures}", decision.code.chinese()),
            basis: policy.basis_text(decision.code).map(|basis| basis.chinese.clone()).unwrap_or_default(),
            remedy: REMEDY,
            referral: (!units.is_empty()).then(|| format!("已转介:{}", units.join(";"))),
        }
    }

    /// A refusal by a person, who gave a reason.
    pub fn declined(reason: Option<&str>, policy: &Policy) -> Self {
        Self {
            fact: reason.unwrap_or("审批人不予批准,理由见案卷").to_owned(),
            basis: policy.general_basis().map(|basis| basis.chinese.clone()).unwrap_or_default(),
            remedy: REMEDY,
            referral: None,
        }
    }

    fn sentence(&self) -> String {
        let referral = self.referral.as_ref().map(|referral| format!("{referral}。")).unwrap_or_default();
        format!("未予救助:{}。依据:{}。{}。{referral}", self.fact, self.basis, self.remedy)
    }
}

/// What was asked of the limit that refused, and what was left of it.
fn figures(decision: &Decision) -> Option<(Fen, Fen)> {
    let check = decision.checks.iter().find(|check| check.rule == decision.code)?;
    Some((check.asked_fen?, check.limit_fen?.left_after(check.used_fen?)))
}

fn units<'a>(decision: &'a Decision, policy: &'a Policy) -> impl Iterator<Item = &'a Unit> {
    decision.referrals.iter().filter_map(|referral| policy.units.get(&referral.to))
}

/// The sentence that is handed to the household.
fn print(decision: &Decision, policy: &Policy, language: Language) -> String {
    match language {
        Language::Chinese => Written::new(decision, policy).sentence(),
        Language::English => english(decision, policy),
    }
}

fn english(decision: &Decision, policy: &Policy) -> String {
    let figures = figures(decision).map(|(asked, left)| format!(" (asked {asked} yuan, left {left} yuan)")).unwrap_or_default();
    let units: Vec<&str> = units(decision, policy).map(|unit| unit.english.as_str()).collect();
    let referred = if units.is_empty() { String::new() } else { format!(" Referred to: {}.", units.join("; ")) };
    let basis = policy.basis_text(decision.code).map_or("", |basis| &basis.english);
    format!(
        "No aid was granted: {}{figures}. Basis: {basis}. You may apply for administrative review or bring an administrative suit.{referred}",
        decision.code.english()
    )
}
