//! What is promised, and what was measured.

use crate::figures::{Figures, Kind};

/// A goal and how it was met.
pub struct Goal {
    pub name: &'static str,
    pub target: String,
    pub measured: String,
    pub met: bool,
    /// True when it rests on runs that others disturbed.
    pub noisy: bool,
}

/// Compares the medians with the goals.
pub fn judge(figures: &Figures) -> Vec<Goal> {
    let ratio = |kind| figures.median(kind, |run, baseline| run.rate() / baseline.rate());
    let single = figures.median(Kind::Single, |run, baseline| run.latency.p50 / baseline.latency.p50);
    let postgres = figures.median(Kind::Hot256, |run, _| run.per_payment(run.cost.postgres * 1e6));
    let server = figures.median(Kind::Hot256, |run, _| run.per_payment(run.cost.server * 1e6));
    let flushes = figures.median(Kind::Hot256, |run, _| run.per_payment(run.cost.flushes));
    let wal = figures.median(Kind::Hot256, |run, _| run.per_payment(run.cost.wal_bytes / 1024.0));
    let noisy = |kind| figures.is_noisy(kind);
    let at_least = |name, kind, least: f64, stretch: f64| Goal {
        name,
        target: format!("≥ {least} ×, stretch {stretch} ×"),
        measured: format!("{:.2} ×", ratio(kind)),
        met: ratio(kind) >= least,
        noisy: noisy(kind),
    };
    let at_most = |name, kind, most: f64, value: f64, unit: &str| Goal {
        name,
        target: format!("≤ {most} {unit}"),
        measured: format!("{} {unit}", short(value)),
        met: value <= most,
        noisy: noisy(kind),
    };
    let tail = figures.median(Kind::Waiver64, |run, _| run.latency.p99 / run.latency.p50);
    let waiver = Goal {
        name: "waiver check, 64 clients, to the bare select",
        target: "≥ 1.5 ×".into(),
        measured: format!("{:.2} ×", ratio(Kind::Waiver64)),
        met: ratio(Kind::Waiver64) >= 1.5,
        noisy: noisy(Kind::Waiver64),
    };
    vec![
        at_least("one hot fund, 64 clients, to the hot baseline", Kind::Hot64, 5.0, 8.0),
        at_least("one hot fund, 256 clients, to the hot baseline", Kind::Hot256, 6.0, 10.0),
        at_least("1 000 funds, 256 clients, to the spread baseline", Kind::Spread256, 1.0, 2.0),
        at_most("one client, p50, to one pgbench transaction", Kind::Single, 2.5, single, "×"),
        at_most("PostgreSQL CPU a payment, hot, 256 clients", Kind::Hot256, 100.0, postgres, "µs"),
        at_most("server CPU a payment, hot, 256 clients", Kind::Hot256, 50.0, server, "µs"),
        at_most("flushes a payment, hot, 256 clients", Kind::Hot256, 0.02, flushes, "flushes"),
        at_most("WAL a payment, hot, 256 clients", Kind::Hot256, 5.0, wal, "KiB"),
        waiver,
        at_most("waiver check, 64 clients, p99 to its p50", Kind::Waiver64, 5.0, tail, "×"),
        at_most("server memory at rest", Kind::Hot1024, 64.0, figures.at_rest_mib, "MiB"),
        at_most(
            "server memory, most of all runs (1 024 clients and the roster included)",
            Kind::Hot1024,
            256.0,
            figures.at_most_mib,
            "MiB",
        ),
        at_most("start to ready on this database, PostgreSQL running", Kind::Hot1024, 1.0, figures.ready_adopting, "s"),
        at_most("start to ready on this database, PostgreSQL started too", Kind::Hot1024, 1.0, figures.ready_starting, "s"),
    ]
}

/// A number with as many digits as it deserves.
pub fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 1.0 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}
