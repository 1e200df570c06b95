//! Every figure that a decision compared, and every legal basis it rests on.

use maud::{Markup, html};

use crate::case::forms::sheet::Sheet;
use crate::case::forms::words;
use crate::code::Code;
use crate::money::Fen;

/// The comparisons as a table; its last column numbers the list of [`bases`].
pub fn comparisons(sheet: &Sheet) -> Markup {
    let bases = ids(sheet);
    let number = |basis: &str| bases.iter().position(|known| *known == basis).map_or(0, |place| place + 1);
    html! {
        table.ruled.figures {
            colgroup { col.rule; col.money; col.money; col.money; col.result; col.basis; }
            thead {
                tr { th { "审查项目" } th { "限额（余额）" } th { "已使用" } th { "本次申请" } th { "审查结果" } th { "依据" } }
            }
            tbody {
                @for check in &sheet.decision.checks {
                    tr.binding[sheet.decision.binding_rule == Some(check.rule)] {
                        td { (words::rule(check.rule)) }
                        td.money { (amount(check.limit_fen)) }
                        td.money { (amount(check.used_fen)) }
                        td.money { (amount(check.asked_fen)) }
                        td.middle { (result(sheet, check.rule, check.passed)) }
                        td.middle { "〔" (number(&check.basis)) "〕" }
                    }
                }
            }
        }
    }
}

/// The legal bases, numbered from one: that of the decision itself, then those of its comparisons.
pub fn bases(sheet: &Sheet) -> Markup {
    html! {
        ol.bases {
            @for (place, id) in ids(sheet).into_iter().enumerate() {
                li { "〔" (place + 1) "〕" (sheet.policy.bases.get(id).map_or(id, |basis| &basis.chinese)) }
            }
        }
    }
}

fn ids(sheet: &Sheet) -> Vec<&str> {
    let mut ids = vec![sheet.policy.basis(sheet.decision.code)];
    for check in &sheet.decision.checks {
        if !ids.contains(&check.basis.as_str()) {
            ids.push(&check.basis);
        }
    }
    ids
}

fn amount(fen: Option<Fen>) -> String {
    fen.map_or_else(|| "—".into(), Fen::in_digits)
}

fn result(sheet: &Sheet, rule: Code, passed: bool) -> &'static str {
    match (passed, sheet.decision.binding_rule == Some(rule)) {
        (true, _) => "符合",
        (false, true) if sheet.decision.grants() => "按此限额核定",
        (false, true) => "不符合",
        (false, false) => "超出",
    }
}
