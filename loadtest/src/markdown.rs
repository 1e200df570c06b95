//! The report as Markdown.

use crate::figures::{Figures, Kind, Run};
use crate::goals::{Goal, short};

const BEGIN: &str = "<!-- last results: begin -->";
const END: &str = "<!-- last results: end -->";

/// A run in one line, while it happens.
pub fn line(run: &Run) -> String {
    format!(
        "  {:<46} {:>7.0}/s  p50 {:>7.2} p99 {:>7.2} ms  CPU µs: PostgreSQL {:>4.0} server {:>4.0} generator {:>4.0}  \
         flushes {:.4}  steal {:.1} % others {:.1} %{}",
        run.kind.title(),
        run.rate(),
        run.latency.p50,
        run.latency.p99,
        run.per_payment(run.cost.postgres * 1e6),
        run.per_payment(run.cost.server * 1e6),
        run.per_payment(run.cost.generator * 1e6),
        run.per_payment(run.cost.flushes),
        run.cost.steal,
        run.cost.others,
        if run.quiet { "" } else { "  noisy" }
    )
}

/// Goals, medians and every run.
pub fn report(figures: &Figures, goals: &[Goal]) -> String {
    let mut text = format!("Measured {} by `make load`.\n\n", figures.date);
    for (name, value) in &figures.machine {
        text.push_str(&format!("- {name}: {value}\n"));
    }
    text.push_str(&format!(
        "- {} rounds, each run measured {} s after its warm-up; medians; a run is noisy when the hypervisor and other processes \
         took more than {} % of the machine, and then its pair counts only if there are fewer than {} quiet ones (marked ~)\n\
         - books afterwards: {} payments answered, {} stored; {} waiver checks answered of a roster of {} people, {} stored; \
         invariants: {}\n\n",
        figures.rounds.len(),
        figures.seconds,
        figures.noise,
        figures.rounds_wanted,
        figures.answered,
        figures.stored,
        figures.checks_answered,
        figures.roster,
        figures.checks_stored,
        if figures.broken.is_empty() { "none broken".to_owned() } else { figures.broken.join("; ") }
    ));
    text.push_str("| goal | target | measured | |\n|---|---|---|---|\n");
    for goal in goals {
        let verdict = if goal.met { "met" } else { "**missed**" };
        let noisy = if goal.noisy { " ~" } else { "" };
        text.push_str(&format!("| {} | {} | {}{noisy} | {verdict} |\n", goal.name, goal.target, goal.measured));
    }
    text.push_str("\nMedians:\n\n");
    text.push_str(
        "| run | a second | ratio | p50 ms | p99 ms | PostgreSQL µs | server µs | generator µs | WAL KiB | flushes | rows |\n",
    );
    text.push_str("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for kind in Kind::ALL {
        let median = |value: &dyn Fn(&Run, &Run) -> f64| short(figures.median(kind, value));
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            kind.title(),
            median(&|run, _| run.rate()),
            median(&|run, baseline| run.rate() / baseline.rate()),
            median(&|run, _| run.latency.p50),
            median(&|run, _| run.latency.p99),
            median(&|run, _| run.per_payment(run.cost.postgres * 1e6)),
            median(&|run, _| run.per_payment(run.cost.server * 1e6)),
            median(&|run, _| run.per_payment(run.cost.generator * 1e6)),
            median(&|run, _| run.per_payment(run.cost.wal_bytes / 1024.0)),
            median(&|run, _| run.per_payment(run.cost.flushes)),
            median(&|run, _| run.per_payment(run.cost.rows)),
        ));
    }
    text.push_str("\nEvery run:\n\n| round | run | a second | p50 ms | p99 ms | most ms | steal % | others % | server MiB |\n");
    text.push_str("|---|---|---|---|---|---|---|---|---|\n");
    for (number, round) in figures.rounds.iter().enumerate() {
        for run in round {
            text.push_str(&format!(
                "| {} | {} | {:.0} | {} | {} | {} | {:.1} | {:.1}{} | {:.0} |\n",
                number + 1,
                run.kind.title(),
                run.rate(),
                short(run.latency.p50),
                short(run.latency.p99),
                short(run.latency.most),
                run.cost.steal,
                run.cost.others,
                if run.quiet { "" } else { " noisy" },
                run.resident_mib
            ));
        }
    }
    text
}

/// A README with new results between its markers.
pub fn replaced(readme: &str, report: &str) -> Option<String> {
    // The single runs stay in the results.
    between(readme, BEGIN, END, report.split("\nEvery run:").next()?)
}

/// A text with another one between two markers.
pub fn between(text: &str, begin: &str, end: &str, new: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{}\n{end}{after}", new.trim_end()))
}
