//! 不予救助告知书: the refusal in writing, with fact, basis, remedy and referral, to be served on the household.

use maud::{Markup, html};

use crate::book::CaseState;
use crate::case::forms::figures::{bases, comparisons};
use crate::case::forms::page::{Paper, Signature, date, fields, head, money, or_dash, page, signatures, wide};
use crate::case::forms::sheet::Sheet;
use crate::case::forms::{Form, words};
use crate::case::refusal::Written;
use crate::http::Reply;

/// None unless a rule refused the case, or an approver declined it.
pub fn fill(sheet: &Sheet) -> Option<Reply> {
    let (written, day) = match (sheet.case.state, &sheet.declined) {
        (CaseState::Refused, _) => (Written::new(&sheet.decision, &sheet.policy), sheet.accepted_on),
        (CaseState::Declined, Some(declined)) => (Written::declined(declined.reason.as_deref(), &sheet.policy), declined.day),
        _ => return None,
    };
    let decided = html! { "决定日期：" (date(day)) };
    let leaf = html! {
        (head(sheet, Form::Refusal, &sheet.case.number.to_string(), &decided))
        div.letter {
            p.to { (or_dash(sheet.applicant().map(|person| person.name.as_str()))) "：" }
            p {
                "你（户）于" (date(sheet.accepted_on)) "因" (words::cause(sheet.case.cause)) "提出的急难救助申请，申请金额"
                (money(sheet.case.requested_fen)) "，经审查，决定不予救助。现将有关事项告知如下："
            }
        }
        (fields(&lines(sheet, &written)))
        @if sheet.case.state == CaseState::Refused {
            h2 { "审查数额" }
            (comparisons(sheet))
            (bases(sheet))
        }
        div.issued {
            p { (sheet.office()) "（单位公章）" }
            p { (date(day)) }
        }
        h2 { "送达回证" }
        (signatures(&[
            Signature::of("经办人（签字）：", "送达人："),
            Signature::of("受送达人（签字）：", "本告知书已收到。"),
            Signature::of("代收人（签字）：", "代收人与受送达人关系："),
        ]))
    };
    Some(page(sheet, Form::Refusal, Paper::A4, &[leaf]))
}

fn lines(sheet: &Sheet, written: &Written) -> Vec<Markup> {
    // Word for word what was answered, whose texts are data.
    let mut lines = vec![wide("事实", format!("未予救助:{}。", written.fact))];
    if let Some(conflict) = sheet.decision.conflict.as_ref().filter(|_| sheet.case.state == CaseState::Refused) {
        lines.push(wide("已有案件", format!("{}（{}）", conflict.number, sheet.division(&conflict.division))));
    }
    lines.push(wide("依据", format!("{}。", written.basis)));
    lines.push(wide("救济途径", format!("{}。", written.remedy)));
    if let Some(referral) = &written.referral {
        lines.push(wide("转介", format!("{referral}。")));
    }
    lines
}
