//! The baseline: pgbench with a payment reduced to five rows, one statement a transaction, in a database of its own on the same
//! cluster: no token, no rules, no replay, no HTTP.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::city::City;
use crate::figures::{Kind, Latency, Run};
use crate::probe::{Cost, Probe, resident_mib};

pub const DATABASE: &str = "baseline";

const TABLES: &str = "
create table fund (id bigint primary key, available bigint not null check (available >= 0), version bigint not null default 0)
    with (fillfactor = 50);
create table payment (
    id bigint generated always as identity primary key, fund bigint not null, version bigint not null, amount bigint not null,
    at timestamptz not null default now()
);
create table posting (payment bigint not null, account text not null, amount bigint not null, primary key (payment, account));
create table audit (id bigint generated always as identity primary key, payment bigint not null, what text not null);
insert into fund select id, 1000000000000 from generate_series(1, 1000) as id;
analyze fund;
";

/// Guarded balance, payment, two postings, audit row.
const PAYMENT: &str = "
with guarded as (
    update fund set available = available - 100, version = version + 1
    where id = :fund and available >= 100
    returning id, version
),
paid as (insert into payment (fund, version, amount) select id, version, 100 from guarded returning id),
posted as (
    insert into posting (payment, account, amount)
    select id, account, amount from paid cross join (values ('fund', -100), ('person', 100)) as two (account, amount)
)
insert into audit (payment, what) select id, 'paid 100 fen' from paid;
";

/// pgbench, ready to run.
pub struct Baseline {
    pgbench: PathBuf,
    sockets: String,
    work: PathBuf,
}

impl Baseline {
    pub async fn prepare(city: &City, pgbench: &Path, work: &Path) -> anyhow::Result<Self> {
        city.connect("postgres").await?.batch_execute(&format!("create database {DATABASE}")).await?;
        city.connect(DATABASE).await?.batch_execute(TABLES).await?;
        fs::write(work.join("hot.sql"), format!("\\set fund 1\n{PAYMENT}"))?;
        fs::write(work.join("spread.sql"), format!("\\set fund random(1, 1000)\n{PAYMENT}"))?;
        Ok(Self { pgbench: pgbench.into(), sockets: city.postmaster()?.1, work: work.into() })
    }

    pub async fn run(&self, kind: Kind, probe: &Probe, (warm_up, seconds): (Duration, Duration)) -> anyhow::Result<Run> {
        let script = if kind == Kind::HotBaseline { "hot.sql" } else { "spread.sql" };
        self.pgbench(script, kind.clients(), warm_up)?;
        self.latencies()?;
        let before = probe.read().await?;
        self.pgbench(script, kind.clients(), seconds)?;
        let after = probe.read().await?;
        let micros = self.latencies()?;
        let cost = Cost::between(&before, &after);
        let resident_mib = resident_mib(probe.server);
        Ok(Run { kind, payments: micros.len() as u64, latency: Latency::of(micros), cost, resident_mib, quiet: true })
    }

    fn pgbench(&self, script: &str, clients: usize, time: Duration) -> anyhow::Result<()> {
        let run = Command::new(&self.pgbench)
            .args(["--no-vacuum", "--protocol=prepared", "--username=postgres", "--log", "--log-prefix=pgbench"])
            .arg(format!("--host={}", self.sockets))
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={}", clients.min(2)))
            .arg(format!("--time={}", time.as_secs()))
            .arg(format!("--file={script}"))
            .arg(DATABASE)
            .current_dir(&self.work)
            .output()
            .with_context(|| format!("{} can not be run", self.pgbench.display()))?;
        if !run.status.success() {
            bail!("pgbench: {}", String::from_utf8_lossy(&run.stderr));
        }
        Ok(())
    }

    /// Takes the microseconds of each transaction from the logs of the last run.
    fn latencies(&self) -> anyhow::Result<Vec<u32>> {
        let mut micros = Vec::new();
        for entry in fs::read_dir(&self.work)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("pgbench.") {
                let text = fs::read_to_string(entry.path())?;
                micros.extend(text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<u32>().ok()));
                fs::remove_file(entry.path())?;
            }
        }
        Ok(micros)
    }
}
