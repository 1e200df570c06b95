//! `jiujinan-load roster`: a roster of a whole city, imported over HTTP and by the command line while hospitals ask. Measures how long it
//! takes, how much memory server and command had at most, and how long hospitals waited meanwhile.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::city::City;
use crate::connection::Connection;
use crate::figures::Latency;
use crate::machine;
use crate::markdown;
use crate::probe::{most_resident_mib, resident_mib};
use crate::request::Template;
use crate::ward;

const BEGIN: &str = "<!-- roster: begin -->";
const END: &str = "<!-- roster: end -->";
const ASKING: usize = 4;

/// What is imported, by what.
#[derive(clap::Args)]
pub struct Options {
    /// The program, a release build.
    #[arg(long)]
    server: PathBuf,
    /// Where data directory, logs and files go; removed afterwards but for the logs.
    #[arg(long)]
    work: PathBuf,
    /// People on the roster.
    #[arg(long, default_value_t = 300_000)]
    people: u64,
    /// The README whose table is replaced.
    #[arg(long)]
    readme: Option<PathBuf>,
}

/// How long hospitals waited while something happened.
struct Part {
    name: &'static str,
    seconds: f64,
    server_mib: f64,
    command_mib: Option<f64>,
    answered: usize,
    latency: Latency,
}

/// Measures and prints a table.
pub async fn measure(options: &Options) -> anyhow::Result<()> {
    fs::create_dir_all(&options.work)?;
    City::remove(&options.work);
    let (city, _) = City::start(&options.server, &options.work).await?;
    let measured = parts(options, &city).await;
    city.stop()?;
    City::remove(&options.work);
    let table = measured?;
    println!("{table}");
    if let Some(readme) = &options.readme {
        let old = fs::read_to_string(readme).context("the README can not be read")?;
        fs::write(readme, markdown::between(&old, BEGIN, END, &table).context("the README has no markers")?)?;
    }
    Ok(())
}

async fn parts(options: &Options, city: &City) -> anyhow::Result<String> {
    let rest = resident_mib(city.pid());
    let load = fs::read_to_string("/proc/loadavg")?;
    let client = city.connect("jiujinan").await?;
    let facts = machine::describe(&client, &options.work).await?;
    let question = ward::hospital(city, options.people).await?;
    // A few people first, so that there is a roster to be asked.
    ward::import(city, &ward::roster(10)).await?;
    ward::is_known(city, &question).await?;
    let mut done = vec![
        part("nothing else", city, &question, async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            Ok(None)
        })
        .await?,
    ];
    let file = ward::roster(options.people);
    let over_http = async { ward::import(city, &file).await.map(|_| None) };
    done.push(part("import over HTTP, whole", city, &question, over_http).await?);
    // Everybody has another name or household by now: all rows end and begin.
    let changed = String::from_utf8(file)?.replace(",dibao,", ",tekun,");
    let path = options.work.join("roster.csv");
    fs::write(&path, &changed)?;
    let by_command = async { command(options, city, &path).await.map(Some) };
    done.push(part("import by command, everybody changes", city, &question, by_command).await?);
    let again = async { ward::import(city, changed.as_bytes()).await.map(|_| None) };
    done.push(part("import over HTTP, nothing changes", city, &question, again).await?);
    fs::remove_file(path)?;
    let count: i64 =
        client.query_one("select count(*) from jiujinan.roster_member where until_version is null", &[]).await?.get(0);
    if count != i64::try_from(options.people)? {
        bail!("{count} people are on the roster");
    }
    Ok(report(options, &facts, (rest, load.trim()), &done))
}

/// Runs something while hospitals ask.
async fn part(
    name: &'static str,
    city: &City,
    question: &Template,
    work: impl Future<Output = anyhow::Result<Option<f64>>>,
) -> anyhow::Result<Part> {
    // What the server had at most before is forgotten.
    let _ = fs::write(format!("/proc/{}/clear_refs", city.pid()), "5");
    let (done, micros) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(Vec::new())));
    let mut asking = tokio::task::JoinSet::new();
    for client in 0..ASKING {
        let (mut question, done, micros) = (question.clone(), done.clone(), micros.clone());
        let mut connection = Connection::open(city.address).await?;
        asking.spawn_local(async move {
            let mut number = client as u64;
            while !done.get() {
                number += ASKING as u64;
                let begun = Instant::now();
                let (status, body) = connection.ask(question.of(number)).await?;
                if status != 200 {
                    bail!("a hospital was told {status} {}", String::from_utf8_lossy(body));
                }
                let mut all = micros.take();
                all.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
                micros.set(all);
                // An open question every so often, not as many as can be.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        });
    }
    let begun = Instant::now();
    let command_mib = work.await?;
    let seconds = begun.elapsed().as_secs_f64();
    // The memory of the server follows within a second.
    tokio::time::sleep(Duration::from_secs(2)).await;
    done.set(true);
    while let Some(ended) = asking.join_next().await {
        ended??;
    }
    let micros = micros.take();
    let (answered, server_mib) = (micros.len(), most_resident_mib(city.pid()));
    Ok(Part { name, seconds, server_mib, command_mib, answered, latency: Latency::of(micros) })
}

/// `jiujinan roster import`, and the most memory it had.
async fn command(options: &Options, city: &City, file: &Path) -> anyhow::Result<f64> {
    let mut child = Command::new(&options.server)
        .args(["roster", "import"])
        .arg(file)
        .args(["--mode", "full", "--data-dir"])
        .arg(city.dir())
        .stdout(Stdio::null())
        .spawn()?;
    let (pid, mut most) = (child.id().context("it has ended at once")?, 0.0_f64);
    loop {
        match tokio::time::timeout(Duration::from_millis(20), child.wait()).await {
            Err(_) => most = most.max(most_resident_mib(pid)),
            Ok(status) if status.as_ref().is_ok_and(std::process::ExitStatus::success) => return Ok(most),
            Ok(status) => bail!("the import ended with {status:?}"),
        }
    }
}

fn report(options: &Options, facts: &[(&str, String)], (rest, load): (f64, &str), parts: &[Part]) -> String {
    let mut text = format!(
        "`jiujinan-load roster`, {} people, {ASKING} hospitals asking meanwhile; load of the machine before: {load}.\n\n",
        options.people
    );
    for (name, value) in facts {
        text.push_str(&format!("- {name}: {value}\n"));
    }
    text.push_str(&format!("- server at rest, before: {rest:.0} MiB\n\n"));
    text.push_str(
        "| while | seconds | server at most, MiB | command at most, MiB | checks answered | p50 ms | p99 ms | longest ms |\n",
    );
    text.push_str("|---|---|---|---|---|---|---|---|\n");
    for part in parts {
        let command = part.command_mib.map_or("–".to_owned(), |mib| format!("{mib:.0}"));
        text.push_str(&format!(
            "| {} | {:.1} | {:.0} | {command} | {} | {:.1} | {:.1} | {:.0} |\n",
            part.name, part.seconds, part.server_mib, part.answered, part.latency.p50, part.latency.p99, part.latency.most
        ));
    }
    let server = parts.iter().map(|part| part.server_mib).fold(0.0, f64::max);
    let command = parts.iter().filter_map(|part| part.command_mib).fold(0.0, f64::max);
    let verdict = |met: bool| if met { "met" } else { "**missed**" };
    text.push_str(&format!(
        "\nGoals: server ≤ 256 MiB: {server:.0} MiB, {}; command ≤ 64 MiB: {command:.0} MiB, {}.\n",
        verdict(server <= 256.0),
        verdict(command <= 64.0)
    ));
    text
}
