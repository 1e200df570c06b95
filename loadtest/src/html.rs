//! The report as one page that needs nothing else.

use crate::figures::{Figures, Kind, Run};
use crate::goals::{Goal, short};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}\
table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ddd;padding:.25rem .6rem;text-align:left}\
.met{color:#176b2c}.missed{color:#a4161a;font-weight:600}text{font:12px system-ui,sans-serif}";

/// Goals, bars and machine.
pub fn report(figures: &Figures, goals: &[Goal]) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>jiujinan under load</title><style>{STYLE}</style>\
         <h1>jiujinan under load</h1><p>{}, {} rounds of {} s</p><ul>",
        figures.date,
        figures.rounds.len(),
        figures.seconds
    );
    for (name, value) in &figures.machine {
        page.push_str(&format!("<li>{name}: {}</li>", escaped(value)));
    }
    page.push_str(&format!(
        "<li>{} payments answered, {} stored; {} waiver checks answered, {} stored; invariants: {}</li></ul><h2>Goals</h2><table><tr><th>goal<th>target<th>measured<th></tr>",
        figures.answered,
        figures.stored,
        figures.checks_answered,
        figures.checks_stored,
        if figures.broken.is_empty() { "none broken".to_owned() } else { escaped(&figures.broken.join("; ")) }
    ));
    for goal in goals {
        let verdict = if goal.met { "met" } else { "missed" };
        let noisy = if goal.noisy { " (noisy rounds kept)" } else { "" };
        page.push_str(&format!(
            "<tr><td>{}<td>{}<td>{}{noisy}<td class=\"{verdict}\">{verdict}</tr>",
            goal.name, goal.target, goal.measured
        ));
    }
    page.push_str("</table>");
    bars(&mut page, figures, "Payments a second", "", |run, _| run.rate());
    bars(&mut page, figures, "Times the baseline of the same round", "×", |run, baseline| run.rate() / baseline.rate());
    bars(&mut page, figures, "Half of the answers within", "ms", |run, _| run.latency.p50);
    bars(&mut page, figures, "99 of 100 answers within", "ms", |run, _| run.latency.p99);
    bars(&mut page, figures, "PostgreSQL CPU a payment", "µs", |run, _| run.per_payment(run.cost.postgres * 1e6));
    bars(&mut page, figures, "Server CPU a payment", "µs", |run, _| run.per_payment(run.cost.server * 1e6));
    bars(&mut page, figures, "WAL a payment", "KiB", |run, _| run.per_payment(run.cost.wal_bytes / 1024.0));
    page.push_str("</html>\n");
    page
}

fn bars(page: &mut String, figures: &Figures, title: &str, unit: &str, value: impl Fn(&Run, &Run) -> f64) {
    let values: Vec<(Kind, f64)> = Kind::ALL.into_iter().map(|kind| (kind, figures.median(kind, &value))).collect();
    let most = values.iter().map(|(_, value)| *value).filter(|value| value.is_finite()).fold(f64::MIN_POSITIVE, f64::max);
    page.push_str(&format!(
        "<h2>{title}</h2><svg role=\"img\" aria-label=\"{title}\" width=\"900\" height=\"{}\">",
        values.len() * 26 + 4
    ));
    for (index, (kind, value)) in values.iter().enumerate() {
        let (top, width) = (index * 26 + 2, if value.is_finite() { value / most * 480.0 } else { 0.0 });
        let colour = if kind.baseline() == *kind { "#9aa5b1" } else { "#2563a8" };
        page.push_str(&format!(
            "<text x=\"0\" y=\"{}\">{}</text><rect x=\"310\" y=\"{top}\" width=\"{width:.1}\" height=\"20\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{}\">{} {unit}</text>",
            top + 15,
            kind.title(),
            width + 316.0,
            top + 15,
            short(*value)
        ));
    }
    page.push_str("</svg>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
