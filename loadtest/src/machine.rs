//! What the figures were measured on.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio_postgres::Client;

/// Facts about the machine and its PostgreSQL.
pub async fn describe(client: &Client, work: &Path) -> anyhow::Result<Vec<(&'static str, String)>> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model =
        cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map_or("unknown", |(_, name)| name.trim());
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let memory = fs::read_to_string("/proc/meminfo")?;
    let kib: u64 = memory.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let sql = "select current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'), \
               current_setting('shared_buffers'), current_setting('wal_compression')";
    let row = client.query_one(sql, &[]).await?;
    let text = |index: usize| row.get::<_, String>(index);
    Ok(vec![
        ("machine", format!("{cores} cores of {model}, {} GiB, Linux {}", kib / (1 << 20), kernel.trim())),
        ("PostgreSQL", text(0)),
        (
            "settings",
            format!("fsync {}, synchronous_commit {}, shared_buffers {}, wal_compression {}", text(1), text(2), text(3), text(4)),
        ),
        ("flushes of the disk", format!("{} a second (fdatasync of 8 KiB, one at a time)", flushes(work)?)),
    ])
}

/// How often a second a block can be made durable.
fn flushes(work: &Path) -> anyhow::Result<u64> {
    let path = work.join("flush");
    let mut file = File::create(&path)?;
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(1) {
        file.write_all(&[0; 8192])?;
        file.sync_data()?;
        count += 1;
    }
    fs::remove_file(path)?;
    Ok(count)
}
