//! What was measured: runs, rounds, medians.

use crate::probe::Cost;

/// What is run in a round, in this order.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    HotBaseline,
    Hot64,
    Hot256,
    SpreadBaseline,
    Spread256,
    SingleBaseline,
    Single,
    Hot1024,
    SelectBaseline,
    Waiver64,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::HotBaseline,
        Self::Hot64,
        Self::Hot256,
        Self::SpreadBaseline,
        Self::Spread256,
        Self::SingleBaseline,
        Self::Single,
        Self::Hot1024,
        Self::SelectBaseline,
        Self::Waiver64,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::HotBaseline => "pgbench, five rows, one hot fund, 16 clients",
            Self::Hot64 => "fast-track, one hot fund, 64 clients",
            Self::Hot256 => "fast-track, one hot fund, 256 clients",
            Self::SpreadBaseline => "pgbench, five rows, 1 000 funds, 16 clients",
            Self::Spread256 => "fast-track, 1 000 funds, 256 clients",
            Self::SingleBaseline => "pgbench, five rows, one client",
            Self::Single => "fast-track, one client",
            Self::Hot1024 => "fast-track, one hot fund, 1 024 clients",
            Self::SelectBaseline => "HTTP, one bare select, 64 clients",
            Self::Waiver64 => "waiver check, recorded, 64 clients",
        }
    }

    /// Clients at once.
    pub const fn clients(self) -> usize {
        match self {
            Self::HotBaseline | Self::SpreadBaseline => 16,
            Self::SingleBaseline | Self::Single => 1,
            Self::Hot64 | Self::SelectBaseline | Self::Waiver64 => 64,
            Self::Hot256 | Self::Spread256 => 256,
            Self::Hot1024 => 1024,
        }
    }

    /// The baseline that a run is compared with; a baseline is its own.
    pub const fn baseline(self) -> Self {
        match self {
            Self::HotBaseline | Self::Hot64 | Self::Hot256 | Self::Hot1024 => Self::HotBaseline,
            Self::SpreadBaseline | Self::Spread256 => Self::SpreadBaseline,
            Self::SingleBaseline | Self::Single => Self::SingleBaseline,
            Self::SelectBaseline | Self::Waiver64 => Self::SelectBaseline,
        }
    }
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub kind: Kind,
    /// Payments, or other requests, answered while it was measured.
    pub payments: u64,
    pub latency: Latency,
    pub cost: Cost,
    /// Resident memory of the server at its end, in MiB.
    pub resident_mib: f64,
    pub quiet: bool,
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
    pub most: f64,
}

impl Latency {
    pub fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let at = |per_mille: usize| {
            let index = (micros.len() * per_mille / 1000).min(micros.len().saturating_sub(1));
            f64::from(micros.get(index).copied().unwrap_or_default()) / 1000.0
        };
        Self { p50: at(500), p99: at(990), most: at(1000) }
    }
}

impl Run {
    pub fn rate(&self) -> f64 {
        self.payments as f64 / self.cost.seconds
    }

    pub fn per_payment(&self, value: f64) -> f64 {
        value / self.payments.max(1) as f64
    }
}

/// Runs made one after the other.
pub type Round = Vec<Run>;

/// Everything measured.
pub struct Figures {
    pub rounds: Vec<Round>,
    pub rounds_wanted: usize,
    pub at_rest_mib: f64,
    pub at_most_mib: f64,
    pub ready_adopting: f64,
    pub ready_starting: f64,
    pub answered: u64,
    pub stored: i64,
    pub checks_answered: u64,
    pub checks_stored: i64,
    pub roster: u64,
    pub broken: Vec<String>,
    pub machine: Vec<(&'static str, String)>,
    pub date: String,
    pub noise: f64,
    pub seconds: u64,
}

impl Figures {
    fn pair(round: &Round, kind: Kind) -> Option<(&Run, &Run)> {
        let find = |kind: Kind| round.iter().find(|run| run.kind == kind);
        Some((find(kind)?, find(kind.baseline())?))
    }

    /// Quiet pairs of a kind and its baseline.
    pub fn quiet(&self, kind: Kind) -> usize {
        let pairs = self.rounds.iter().filter_map(|round| Self::pair(round, kind));
        pairs.filter(|(run, baseline)| run.quiet && baseline.quiet).count()
    }

    /// True when noisy rounds had to be kept, since there were not enough quiet ones.
    pub fn is_noisy(&self, kind: Kind) -> bool {
        self.quiet(kind) < self.rounds_wanted
    }

    /// The median over rounds of a value of a run and its baseline. Noisy rounds are thrown away on both sides.
    pub fn median(&self, kind: Kind, value: impl Fn(&Run, &Run) -> f64) -> f64 {
        let noisy = self.is_noisy(kind);
        let pairs = self.rounds.iter().filter_map(|round| Self::pair(round, kind));
        let values =
            pairs.filter(|(run, baseline)| noisy || run.quiet && baseline.quiet).map(|(run, baseline)| value(run, baseline));
        median(values.collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => (values[count / 2 - 1] + values[count / 2]) / 2.0,
    }
}
