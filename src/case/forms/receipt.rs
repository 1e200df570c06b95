//! 领款单: a page for each payment, A5 across, to be signed when the money changes hands.

use maud::{Markup, html};

use crate::case::forms::approval::completion;
use crate::case::forms::page::{Paper, Signature, blank_date, fields, head, or_dash, page, pair, signatures, wide};
use crate::case::forms::sheet::Sheet;
use crate::case::forms::{Form, words};
use crate::case::payment::{Payment, ReceivedBy};
use crate::http::Reply;
use crate::policy::Method;

/// None when no payment stands.
pub fn fill(sheet: &Sheet) -> Option<Reply> {
    let payments = sheet.payments.iter().enumerate().filter(|(_, payment)| payment.state.stands());
    let leaves: Vec<Markup> = payments.map(|(place, payment)| leaf(sheet, payment, place + 1)).collect();
    (!leaves.is_empty()).then(|| page(sheet, Form::Receipt, Paper::A5Across, &leaves))
}

fn leaf(sheet: &Sheet, payment: &Payment, place: usize) -> Markup {
    let applicant = sheet.applicant();
    let payee = sheet.payee(place).or(applicant);
    let proxy = payment.received_by == Some(ReceivedBy::Proxy);
    let fund = sheet.fund.clone().unwrap_or_else(|| format!("资金编号 {}", sheet.case.fund_id));
    let mut lines = vec![
        pair(
            ("救助对象", or_dash(applicant.map(|person| person.name.as_str()))),
            ("证件号码", or_dash(applicant.and_then(|person| person.id_no.as_deref()))),
        ),
        pair(("收款人", or_dash(payee.map(|person| person.name.as_str()))), ("收款账户", account(sheet, payment, place))),
        pair(
            ("款项用途", format!("{}急难救助（{}）", words::cause(sheet.case.cause), words::lane(sheet.case.lane))),
            ("支付方式", format!("{}（{}）", words::method(payment.method), words::payment_state(payment.state))),
        ),
        pair(
            ("金额（大写）", html! { span.capitals { (payment.amount_fen.in_capitals()) } }),
            ("金额（小写）", html! { span.digits { (payment.amount_fen.in_digits()) } }),
        ),
        pair(("资金来源", fund), ("补齐手续", completion(sheet))),
    ];
    if let Some(goods) = &payment.goods {
        lines.push(wide("实物", format!("{} {}{}", goods.name, goods.quantity, goods.unit)));
    }
    if proxy {
        lines.push(wide("代领人", html! { "姓名" span.blank {} "证件号码" span.blank.long {} "与收款人关系" span.blank {} }));
    }
    if let Some(signature) = &payment.signature_ref {
        lines.push(wide("电子签名凭证", signature));
    }
    let signs = if proxy { "代领人（签字）：" } else { "领款人（签字）：" };
    html! {
        (head(sheet, Form::Receipt, &payment.receipt_number, &html! { "领款日期：" (blank_date()) }))
        (fields(&lines))
        (signatures(&[
            Signature::of(signs, if payment.goods.is_some() { "上述实物已如数收到。" } else { "上述款项已如数收到。" }),
            Signature::of("经办人（签字）：", "身份、金额核对无误。"),
            Signature::seal("付款单位："),
        ]))
    }
}

fn account(sheet: &Sheet, payment: &Payment, place: usize) -> String {
    let account = sheet.payee(place).and_then(|payee| payee.account.as_deref());
    match (payment.method, account, payment.hospital.as_deref()) {
        (Method::Hospital, _, Some(code)) => format!("医疗机构 {code}"),
        (Method::Bank | Method::Hospital, Some(account), _) => account.to_owned(),
        (Method::Bank | Method::Hospital, None, _) | (Method::Cash | Method::Goods, ..) => "—".into(),
    }
}
