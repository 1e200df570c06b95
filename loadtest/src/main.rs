//! `make load`: the whole fast-track call under closed-loop load, and pgbench with a payment of five rows beside it, on the same
//! PostgreSQL, in turns. Figures that count are ratios inside one round.

mod baseline;
mod city;
mod connection;
mod figures;
mod goals;
mod html;
mod machine;
mod markdown;
mod probe;
mod request;
mod roster;
mod run;
mod scenario;
mod select;
mod ward;

use std::path::PathBuf;

use clap::Parser;

/// Closed-loop load on jiujinan, with the baseline measured beside it.
///
/// `jiujinan-load roster --help`: the import of a whole roster.
#[derive(Parser)]
pub struct Options {
    /// The server to measure, a release build.
    #[arg(long)]
    server: PathBuf,
    /// Directory with pgbench, or where PATH has it.
    #[arg(long)]
    pgbench: PathBuf,
    /// Where data directory, logs and scratch files go; removed afterwards but for the logs.
    #[arg(long)]
    work: PathBuf,
    /// Where the report goes.
    #[arg(long)]
    results: PathBuf,
    /// The README whose table is replaced.
    #[arg(long)]
    readme: Option<PathBuf>,
    /// Rounds that must be quiet.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Rounds at most, quiet or not.
    #[arg(long, default_value_t = 5)]
    rounds_max: usize,
    /// Seconds that each run is measured.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Seconds that each run warms up.
    #[arg(long, default_value_t = 3)]
    warm_up: u64,
    /// Share of the machine, in per cent, that others and the hypervisor may take in a quiet run.
    #[arg(long, default_value_t = 5.0)]
    noise: f64,
    /// Only these runs of a round, for a look with a profiler; ratios need their baselines.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<figures::Kind>,
    /// People on the roster that hospitals ask about.
    #[arg(long, default_value_t = 300_000)]
    roster: u64,
    /// Keep the data directory.
    #[arg(long)]
    keep: bool,
    /// The queries that must find nothing afterwards.
    #[arg(long)]
    invariants: PathBuf,
}

/// What is not a round; its name is the first argument.
#[derive(Parser)]
enum Part {
    /// Imports a roster over HTTP and by the command line, while hospitals ask, and measures memory.
    Roster(roster::Options),
    /// The endpoint that does one select; started by the load itself.
    #[command(hide = true)]
    Select(select::Select),
}

fn main() -> anyhow::Result<()> {
    let local = tokio::task::LocalSet::new();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    if !matches!(std::env::args().nth(1).as_deref(), Some("roster" | "select")) {
        let options = Options::parse();
        return runtime()?.block_on(local.run_until(run::all(&options)));
    }
    match Part::parse() {
        Part::Select(endpoint) => select::serve(&endpoint),
        Part::Roster(options) => runtime()?.block_on(local.run_until(roster::measure(&options))),
    }
}
