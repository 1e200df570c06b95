//! 审批表: the whole case on A4, for the file.

use maud::{Markup, html};

use crate::book::CaseState;
use crate::case::forms::figures::{bases, comparisons};
use crate::case::forms::page::{Paper, Signature, date, fields, head, money, or_dash, page, pair, signatures, wide};
use crate::case::forms::sheet::Sheet;
use crate::case::forms::{Form, words};
use crate::http::Reply;
use crate::time::written;

/// Every case has one.
pub fn fill(sheet: &Sheet) -> Reply {
    let accepted = html! { "受理日期：" (date(sheet.accepted_on)) };
    let leaf = html! {
        (head(sheet, Form::Approval, &sheet.case.number.to_string(), &accepted))
        (fields(&request(sheet)))
        (household(sheet))
        h2 { "审查数额" }
        (comparisons(sheet))
        h2 { "审批决定" }
        (fields(&decision(sheet)))
        (signatures(&[
            Signature::of("经办人（签字）：", format!("经办人意见：{}", handler_says(sheet))),
            Signature::of("审批人（签字）：", "审批人意见："),
            Signature::seal("审批单位："),
        ]))
    };
    page(sheet, Form::Approval, Paper::A4, &[leaf])
}

fn request(sheet: &Sheet) -> Vec<Markup> {
    let applicant = sheet.applicant();
    let scene = sheet.scene.as_ref();
    let id_type = applicant.and_then(|person| person.id_type).map(words::id_type);
    let residence = applicant.and_then(|person| person.residence).map(words::residence);
    vec![
        pair(
            ("申请人", or_dash(applicant.map(|person| person.name.as_str()))),
            ("联系电话", or_dash(applicant.and_then(|person| person.phone.as_deref()))),
        ),
        pair(("证件类型", or_dash(id_type)), ("证件号码", or_dash(applicant.and_then(|person| person.id_no.as_deref())))),
        pair(("居住情况", or_dash(residence)), ("家庭人口", format!("{}人", sheet.persons()))),
        pair(
            ("急难事由", words::cause(sheet.case.cause)),
            ("发生日期", or_dash(scene.map(|scene| written(scene.day)).as_deref())),
        ),
        wide("发生地点", or_dash(scene.map(|scene| scene.place.as_str()))),
        wide("困难及用途", or_dash(applicant.and_then(|person| person.need.as_deref()))),
        wide("申请金额", money(sheet.case.requested_fen)),
    ]
}

fn household(sheet: &Sheet) -> Markup {
    if sheet.household().next().is_none() {
        return html! {};
    }
    html! {
        table.ruled.household {
            colgroup { col.member; col.member; col; }
            thead { tr { th { "家庭成员" } th { "与申请人关系" } th { "证件号码" } } }
            tbody {
                @for member in sheet.household() {
                    tr {
                        td.middle { (member.name) }
                        td.middle { (or_dash(member.relation.as_deref().map(words::relation))) }
                        td.middle { (or_dash(member.id_no.as_deref())) }
                    }
                }
            }
        }
    }
}

fn decision(sheet: &Sheet) -> Vec<Markup> {
    let decision = &sheet.decision;
    let granted = decision.grants();
    let mut lines = vec![
        pair(("办理程序", words::lane(decision.lane)), ("办理状态", words::case_state(sheet.case.state))),
        pair(("决定", decision.code.chinese()), ("决定性规则", or_dash(decision.binding_rule.map(words::rule)))),
        pair(("经办人", &sheet.case.handler), ("会签人", or_dash(sheet.case.approver.as_deref()))),
        wide("批准金额", money(decision.granted_fen)),
    ];
    if granted {
        lines.push(wide("支付方式", payments(sheet)));
    }
    lines.push(wide("资金来源", sheet.fund.clone().unwrap_or_else(|| format!("资金编号 {}", sheet.case.fund_id))));
    if !decision.referrals.is_empty() {
        lines.push(wide("转介", referrals(sheet)));
    }
    if granted {
        lines.push(wide("补齐手续", completion(sheet)));
    }
    lines.push(wide("依据", bases(sheet)));
    lines
}

fn payments(sheet: &Sheet) -> Markup {
    html! {
        ul.plain {
            @for payment in &sheet.payments {
                li {
                    (words::method(payment.method)) " " (money(payment.amount_fen)) "，"
                    (words::payment_state(payment.state)) " " span.number { "（领款单 " (payment.receipt_number) "）" }
                }
            }
            @if sheet.unpaid().is_some() { li { "待支付 " (money(sheet.unpaid())) } }
        }
    }
}

fn referrals(sheet: &Sheet) -> Markup {
    html! {
        ul.plain {
            @for referral in &sheet.decision.referrals {
                li {
                    (sheet.unit(&referral.to).map_or(referral.to.as_str(), |unit| &unit.chinese))
                    @if let Some(remaining) = referral.remaining_fen { "，未予救助部分 " (money(remaining)) }
                }
            }
        }
    }
}

/// Papers that follow a payment made first, and their last day.
pub fn completion(sheet: &Sheet) -> Markup {
    let papers: Vec<&str> = sheet.case.missing.iter().map(|paper| words::paper(paper)).collect();
    html! {
        @if papers.is_empty() {
            "无须补交材料"
        } @else {
            "应补交：" strong { (papers.join("、")) }
            @if let Some(due) = sheet.case.completion_due {
                "，截止日期 " strong.number { (written(due)) }
                @if sheet.case.completion_due_provisional { "（放假安排尚未公布，暂定）" }
            }
        }
    }
}

fn handler_says(sheet: &Sheet) -> String {
    let granted = sheet.decision.granted_fen.in_digits();
    match sheet.case.state {
        CaseState::Accepted => String::new(),
        CaseState::Refused => "不予救助".into(),
        CaseState::Approved | CaseState::Paying | CaseState::Paid | CaseState::Completed | CaseState::Expired => {
            format!("拟救助{granted}")
        }
        CaseState::Declined | CaseState::Withdrawn => String::new(),
    }
}
