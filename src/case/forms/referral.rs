//! 转介单: a page for each unit that the household is passed on to, with a slip to be sent back.

use maud::{Markup, html};

use crate::case::forms::page::{Paper, Signature, blank_date, date, fields, head, money, or_dash, page, pair, signatures, wide};
use crate::case::forms::sheet::Sheet;
use crate::case::forms::{Form, words};
use crate::http::Reply;
use crate::policy::Referral;

/// None when nothing is passed on.
pub fn fill(sheet: &Sheet) -> Option<Reply> {
    let leaves: Vec<Markup> = sheet.decision.referrals.iter().map(|referral| leaf(sheet, referral)).collect();
    (!leaves.is_empty()).then(|| page(sheet, Form::Referral, Paper::A5, &leaves))
}

fn leaf(sheet: &Sheet, referral: &Referral) -> Markup {
    let unit = sheet.unit(&referral.to);
    let name = unit.map_or(referral.to.as_str(), |unit| &unit.chinese);
    let phone = unit.and_then(|unit| unit.phone.as_deref());
    let applicant = sheet.applicant();
    let (telephone, number) =
        (applicant.and_then(|person| person.phone.as_deref()), applicant.and_then(|person| person.id_no.as_deref()));
    let mut lines = vec![
        pair(("申请人", or_dash(applicant.map(|person| person.name.as_str()))), ("联系电话", or_dash(telephone))),
        pair(("证件号码", or_dash(number)), ("家庭人口", format!("{}人", sheet.persons()))),
        pair(("急难事由", words::cause(sheet.case.cause)), ("受理日期", date(sheet.accepted_on))),
        wide("申请金额", money(sheet.case.requested_fen)),
        wide("已救助金额", money(sheet.case.granted_fen)),
    ];
    if let Some(remaining) = referral.remaining_fen {
        lines.push(wide("转介金额", html! { strong { (money(remaining)) } }));
    }
    lines.push(wide("转介原因", reason(sheet, referral)));
    lines.push(pair(("接收单位", name), ("单位电话", phone.unwrap_or_default())));
    html! {
        (head(sheet, Form::Referral, &sheet.case.number.to_string(), &html! { "转介日期：" (blank_date()) }))
        div.letter {
            p.to { (name) "：" }
            p { "我单位受理的下列急难救助申请，现转请你单位依法办理，并请将办理结果函告我单位。" }
        }
        (fields(&lines))
        (signatures(&[Signature::of("经办人（签字）：", "转介单位："), Signature::seal(sheet.office())]))
        section.slip {
            p.cut { "回  执" }
            p {
                (sheet.office()) "：你单位转介的案件 " (sheet.case.number) " 已于" (blank_date()) "收到，办理意见："
                span.blank.long {}
            }
            p.signs { "接收人（签字）：" span.line {} "（接收单位公章）" }
        }
    }
}

/// The rest of a request is passed on for the rule that cut it off; else the cause itself is another office's matter.
fn reason(sheet: &Sheet, referral: &Referral) -> String {
    match (referral.remaining_fen, sheet.decision.binding_rule) {
        (Some(_), Some(rule)) if sheet.decision.grants() => format!("{}，其余部分超出本单位权限", rule.chinese()),
        (Some(_), Some(rule)) => rule.chinese().to_owned(),
        (Some(_), None) | (None, _) => format!("因{}需由贵单位协同办理", words::cause(sheet.case.cause)),
    }
}
