//! The frame of every form: head, style, paper, and the fields that all of them have.

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::case::forms::Form;
use crate::case::forms::sheet::Sheet;
use crate::case::summary::View;
use crate::http::Reply;
use crate::money::Fen;
use crate::time::written;

/// The paper of a form. Not every browser knows named pages, so each paper has a style sheet of its own.
#[derive(Clone, Copy)]
pub enum Paper {
    A4,
    A5,
    A5Across,
}

impl Paper {
    const fn style(self) -> &'static str {
        match self {
            Self::A4 => concat!(include_str!("style.css"), include_str!("a4.css")),
            Self::A5 => concat!(include_str!("style.css"), include_str!("a5.css")),
            Self::A5Across => concat!(include_str!("style.css"), include_str!("a5_across.css")),
        }
    }
}

/// A form of one or several sheets of paper.
pub fn page(sheet: &Sheet, form: Form, paper: Paper, leaves: &[Markup]) -> Reply {
    let style = paper.style();
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (form.title()) " " (sheet.case.number) }
                // Ours, and no part of it is anybody's input.
                style { (PreEscaped(style)) }
            }
            body {
                @for leaf in leaves {
                    main.leaf {
                        (leaf)
                        footer {
                            span { "案件编号：" (sheet.case.number) }
                            @if sheet.view == View::Masked { span { "个人信息已脱敏" } }
                            span { "适用规则：" (sheet.case.policy_version) }
                        }
                    }
                }
            }
        }
    };
    Reply::page(page.into_string(), style)
}

/// Office, title, and one line of number and date above the table.
pub fn head(sheet: &Sheet, form: Form, number: &str, date: &Markup) -> Markup {
    html! {
        header {
            p.office { (sheet.office()) }
            h1 { (form.title()) }
            p.meta { span { "编号：" (number) } span { (date) } }
        }
    }
}

/// A line with one field over the whole width.
pub fn wide(name: &str, value: impl maud::Render) -> Markup {
    html! { tr { th scope="row" { (name) } td colspan="3" { (value) } } }
}

/// A line with two fields.
pub fn pair(one: (&str, impl maud::Render), other: (&str, impl maud::Render)) -> Markup {
    html! { tr { th scope="row" { (one.0) } td { (one.1) } th scope="row" { (other.0) } td { (other.1) } } }
}

/// A table of such lines.
pub fn fields(lines: &[Markup]) -> Markup {
    html! {
        table.ruled {
            colgroup { col.name; col.value; col.name; col.value; }
            tbody { @for line in lines { (line) } }
        }
    }
}

/// An amount in digits and in capital numerals.
pub fn money(fen: Fen) -> Markup {
    html! { span.digits { (fen.in_digits()) } span.capitals { "（" (fen.in_capitals()) "）" } }
}

/// A value, or a dash where there is none.
pub fn or_dash(value: Option<&str>) -> &str {
    value.unwrap_or("—")
}

/// A day.
pub fn date(day: Date) -> Markup {
    html! { (written(day)) }
}

/// A day to be written by hand.
pub fn blank_date() -> Markup {
    html! { span.by_hand { span.gap {} "年" span.gap {} "月" span.gap {} "日" } }
}

/// Fields to be signed or sealed, side by side: what each says above the line, and who signs.
pub fn signatures(fields: &[Signature]) -> Markup {
    html! {
        table.ruled.signatures {
            tbody {
                tr {
                    @for field in fields {
                        td {
                            p.says { (field.says) }
                            p.signs { (field.signs) @if field.line { span.line {} } }
                            p.dated { (blank_date()) }
                        }
                    }
                }
            }
        }
    }
}

/// A field to be signed or sealed.
pub struct Signature {
    /// What stands above it.
    pub says: String,
    /// Who signs, or what is put there.
    pub signs: &'static str,
    /// Whether there is a line to sign on; a seal has none.
    pub line: bool,
}

impl Signature {
    /// Somebody signs.
    pub fn of(signs: &'static str, says: impl Into<String>) -> Self {
        Self { says: says.into(), signs, line: true }
    }

    /// The office puts its seal.
    pub fn seal(says: impl Into<String>) -> Self {
        Self { says: says.into(), signs: "（单位公章）", line: false }
    }
}
