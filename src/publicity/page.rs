//! 急难救助公示: the list as a page to be put on the wall.

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::book::Rules;
use crate::case::lane_in_chinese;
use crate::division::Division;
use crate::http::Reply;
use crate::publicity::answer::{ListState, PublicationDetail, RowAnswer};
use crate::time::written;

const STYLE: &str = include_str!("notice.css");

/// The page. Of a list that was taken down it says only that: whoever still has its address prints nothing.
pub fn page(detail: &PublicationDetail, rules: &Rules) -> Reply {
    let list = &detail.publication;
    let office = office(&list.division, rules);
    let days = format!("{}至{}", written(list.from), written(list.to));
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "急难救助公示 " (list.from) " " (list.to) }
                // Ours, and no part of it is anybody's input.
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        p.office { (office) }
                        h1 { "急难救助公示" }
                        p.meta { span { "批准日期：" (days) } @if list.state == ListState::Shown { span { "共" (detail.rows.len()) "户" } } }
                    }
                    @match list.state {
                        ListState::Shown => (shown(detail, rules, &office)),
                        ListState::TakenDown => p.over { "本公示已撤下，不再展示。" },
                    }
                }
            }
        }
    };
    Reply::page(page.into_string(), STYLE)
}

fn shown(detail: &PublicationDetail, rules: &Rules, office: &str) -> Markup {
    let list = &detail.publication;
    let begun = list.published_at.get(..10).and_then(|day| day.parse().ok()).map(written).unwrap_or_default();
    let last = list.take_down_on.yesterday().map(written).unwrap_or_default();
    let counties: BTreeSet<Option<Division>> = detail.rows.iter().map(|row| row.street.county()).collect();
    html! {
        p.lead {
            "根据社会救助有关规定，现将下列急难救助对象予以公示，接受群众监督。如有异议，请在公示期内向本单位反映。公示期：" (begun) "至" (last) "。"
        }
        table {
            colgroup { col.place; col.who; col.street; col.lane; col.money; col.day; }
            thead {
                tr {
                    @for title in ["序号", "姓名", "所在街道（乡镇）", "救助方式", "救助金额（元）", "批准日期"] { th scope="col" { (title) } }
                }
            }
            tbody { @for row in &detail.rows { (line(row, rules, counties.len() > 1)) } }
        }
        p.note { "为保护个人隐私，姓名已作隐名处理，住址、证件号码及救助事由不予公示；未成年人及依法应当保密的对象不在公示范围。" }
        p.contact { "监督电话：" span.blank {} "地址：" span.blank {} }
        div.issued { p { (office) "（单位公章）" } p { (begun) } }
    }
}

fn line(row: &RowAnswer, rules: &Rules, with_county: bool) -> Markup {
    html! {
        tr {
            td.middle { (row.place) }
            td.middle { (row.name) }
            td.middle { (street(&row.street, rules, with_county)) }
            td.middle { (lane_in_chinese(row.lane)) }
            td.money { (row.granted_fen.in_digits().trim_start_matches('¥')) }
            td.middle { (row.granted_on) }
        }
    }
}

/// A street in words, with its county where the list has several.
fn street(street: &Division, rules: &Rules, with_county: bool) -> String {
    let name = |code: &Division| rules.divisions.get(code).cloned();
    let county = street.county().filter(|_| with_county).and_then(|county| name(&county)).unwrap_or_default();
    county + &name(street).unwrap_or_else(|| street.to_string())
}

/// Who publishes, in words.
fn office(division: &Division, rules: &Rules) -> String {
    let known = [Some(division.city().division()), division.county(), division.street()];
    let names: String = known.iter().flatten().filter_map(|code| rules.divisions.get(code)).map(String::as_str).collect();
    match division.street().map(|street| rules.divisions.get(&street)) {
        None => names + "民政局",
        Some(Some(name)) if name.ends_with("街道") => names + "办事处",
        Some(Some(name)) if name.ends_with(['乡', '镇']) => names + "人民政府",
        Some(Some(_)) => names,
        Some(None) => format!("{names}（区划代码{division}）"),
    }
}
