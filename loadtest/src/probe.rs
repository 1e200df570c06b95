//! What a run cost: CPU by process, WAL, flushes, rows, and what others took from the machine meanwhile.

use std::collections::HashMap;
use std::fs;
use std::time::Instant;

use anyhow::Context;
use tokio_postgres::Client;

/// Ticks of the kernel a second, as every Linux reports them to programs.
const TICKS: f64 = 100.0;

/// Whom to look at.
pub struct Probe {
    pub client: Client,
    pub postmaster: u32,
    pub server: u32,
}

/// Counters at a moment.
#[derive(Clone, Copy)]
pub struct Reading {
    at: Instant,
    total: f64,
    idle: f64,
    steal: f64,
    postgres: f64,
    server: f64,
    ours: f64,
    wal: f64,
    flushes: f64,
    rows: f64,
}

/// What happened between two readings. CPU in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub seconds: f64,
    pub postgres: f64,
    pub server: f64,
    pub generator: f64,
    pub wal_bytes: f64,
    pub flushes: f64,
    pub rows: f64,
    /// Share of the machine, in per cent, that the hypervisor took.
    pub steal: f64,
    /// Share of the machine, in per cent, that other processes took.
    pub others: f64,
}

impl Probe {
    pub async fn read(&self) -> anyhow::Result<Reading> {
        let sql = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8, \
                   (select wal_sync::float8 from pg_stat_wal), \
                   (select sum(tup_inserted + tup_updated + tup_deleted)::float8 from pg_stat_database)";
        let row = self.client.query_one(sql, &[]).await?;
        let processes = processes();
        let postmaster = processes.get(&self.postmaster).context("PostgreSQL is gone")?;
        // Backends that have ended are counted with the postmaster, which has waited for them.
        let backends = processes.values().filter(|process| process.parent == self.postmaster).map(|process| process.own);
        let me = processes.get(&std::process::id()).context("/proc does not show me")?;
        let machine = fs::read_to_string("/proc/stat")?;
        let fields: Vec<f64> = machine
            .lines()
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .skip(1)
            .filter_map(|field| field.parse().ok())
            .collect();
        let field = |index: usize| fields.get(index).copied().unwrap_or_default() / TICKS;
        Ok(Reading {
            at: Instant::now(),
            total: fields.iter().take(8).sum::<f64>() / TICKS,
            idle: field(3) + field(4),
            steal: field(7),
            postgres: postmaster.own + postmaster.waited + backends.sum::<f64>(),
            server: processes.get(&self.server).map(|process| process.own).unwrap_or_default(),
            // pgbench has ended and was waited for.
            ours: me.own + me.waited,
            wal: row.get(0),
            flushes: row.get(1),
            rows: row.get(2),
        })
    }
}

impl Cost {
    pub fn between(before: &Reading, after: &Reading) -> Self {
        let total = (after.total - before.total).max(0.01);
        let busy = total - (after.idle - before.idle) - (after.steal - before.steal);
        let (postgres, server, generator) =
            (after.postgres - before.postgres, after.server - before.server, after.ours - before.ours);
        Self {
            seconds: (after.at - before.at).as_secs_f64(),
            postgres,
            server,
            generator,
            wal_bytes: after.wal - before.wal,
            flushes: after.flushes - before.flushes,
            rows: after.rows - before.rows,
            steal: 100.0 * (after.steal - before.steal) / total,
            others: 100.0 * (busy - postgres - server - generator).max(0.0) / total,
        }
    }
}

struct Process {
    parent: u32,
    own: f64,
    waited: f64,
}

fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, process(pid)?))).collect()
}

fn process(pid: u32) -> Option<Process> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in parentheses and may hold blanks and parentheses itself.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some(Process {
        parent: fields.get(1)?.parse().ok()?,
        own: (ticks(11)? + ticks(12)?) / TICKS,
        waited: (ticks(13)? + ticks(14)?) / TICKS,
    })
}

/// Resident memory of a process, in MiB.
pub fn resident_mib(pid: u32) -> f64 {
    status_mib(pid, "VmRSS:")
}

/// The most resident memory that a process ever had, in MiB.
pub fn most_resident_mib(pid: u32) -> f64 {
    status_mib(pid, "VmHWM:")
}

fn status_mib(pid: u32, field: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
