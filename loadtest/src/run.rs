//! The order of things: start, fill, rounds in turns, checks, report.

use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio_postgres::Client;

use crate::baseline::Baseline;
use crate::city::City;
use crate::figures::{Figures, Kind, Round};
use crate::probe::{Probe, resident_mib};
use crate::request::Template;
use crate::select::Endpoint;
use crate::{Options, goals, html, machine, markdown, scenario, ward};

/// Measures everything and writes the report.
pub async fn all(options: &Options) -> anyhow::Result<()> {
    fs::create_dir_all(&options.work)?;
    City::remove(&options.work);
    let _ = fs::remove_file(options.work.join("server.log"));
    let (city, _) = City::start(&options.server, &options.work).await?;
    let measured = measure(options, &city).await;
    let figures = match measured {
        Ok(figures) => restart(options, city, figures).await,
        Err(error) => {
            city.stop()?;
            Err(error)
        }
    };
    if !options.keep {
        City::remove(&options.work);
    }
    let figures = figures?;
    report(options, &figures)?;
    let (stored, checks) = (u64::try_from(figures.stored)?, u64::try_from(figures.checks_stored)?);
    if !figures.broken.is_empty() || figures.answered != stored || figures.checks_answered != checks {
        bail!(
            "the books are wrong: {} answered, {stored} stored; {} checks answered, {checks} stored; broken: {:?}",
            figures.answered,
            figures.checks_answered,
            figures.broken
        );
    }
    Ok(())
}

async fn measure(options: &Options, city: &City) -> anyhow::Result<Figures> {
    let client = city.connect("jiujinan").await?;
    let at_rest_mib = resident_mib(city.pid());
    say(&format!("opening funds on http://{}", city.address));
    city.open_funds().await?;
    let (hot, spread) = city.templates(&client).await?;
    age(&client).await?;
    let baseline = Baseline::prepare(city, &options.pgbench, &options.work).await?;
    let wants_waivers = options.only.is_empty() || options.only.iter().any(|kind| kind.baseline() == Kind::SelectBaseline);
    let ward = if wants_waivers { Some(ward(options, city).await?) } else { None };
    let probe = Probe { client: city.connect("jiujinan").await?, postmaster: city.postmaster()?.0, server: city.pid() };
    let numbers = Rc::new(Cell::new(0));
    let mut figures = Figures {
        rounds: Vec::new(),
        rounds_wanted: options.rounds,
        at_rest_mib,
        at_most_mib: 0.0,
        ready_adopting: 0.0,
        ready_starting: 0.0,
        answered: 0,
        stored: 0,
        checks_answered: 0,
        checks_stored: 0,
        roster: if wants_waivers { options.roster } else { 0 },
        broken: Vec::new(),
        machine: machine::describe(&client, &options.work).await?,
        date: client.query_one("select to_char(now(), 'YYYY-MM-DD HH24:MI TZ')", &[]).await?.get(0),
        noise: options.noise,
        seconds: options.seconds,
    };
    while figures.rounds.len() < options.rounds
        || figures.rounds.len() < options.rounds_max && Kind::ALL.iter().any(|kind| figures.is_noisy(*kind))
    {
        say(&format!("round {}", figures.rounds.len() + 1));
        let made = round(options, city, &client, &probe, &baseline, (&hot, &spread), &numbers, ward.as_ref()).await?;
        figures.rounds.push(made);
    }
    figures.at_most_mib = figures.rounds.iter().flatten().map(|run| run.resident_mib).fold(0.0, f64::max);
    figures.answered = numbers.get();
    client.batch_execute("set search_path = jiujinan").await?;
    if let Some(ward) = ward {
        figures.checks_answered = ward.asked.get();
        figures.checks_stored = checks(&client).await? - ward.before;
    }
    figures.stored = client.query_one("select count(*) from aid_case", &[]).await?.get(0);
    say("checking the books");
    let invariants = fs::read_to_string(&options.invariants).context("the invariants can not be read")?;
    // The statistics of tables that were empty a minute ago would lead to plans that never end.
    client.batch_execute("analyze; set statement_timeout = '5min'").await?;
    figures.broken = match client.query(&invariants, &[]).await {
        Ok(broken) => broken.iter().map(|row| format!("{}: {}", row.get::<_, &str>(0), row.get::<_, &str>(1))).collect(),
        Err(error) => vec![format!("not checked: {error:?}")],
    };
    Ok(figures)
}

/// Makes the cluster look as if it had been at work for a while: files of the WAL are there to be used again. A new one fills each
/// with zeros first, inside of a commit, which costs a fifth of the time and says nothing about any later day.
async fn age(client: &Client) -> anyhow::Result<()> {
    client.batch_execute("alter system set min_wal_size = '1GB'").await?;
    client.execute("select pg_reload_conf()", &[]).await?;
    for _ in 0..72 {
        client.execute("select pg_logical_emit_message(false, 'load', repeat('x', 16000000))", &[]).await?;
    }
    Ok(client.batch_execute("checkpoint; checkpoint").await?)
}

/// What is needed to ask for waivers.
struct Ward {
    questions: [Template; 1],
    asked: Rc<Cell<u64>>,
    /// Checks recorded before the rounds.
    before: i64,
    select: Endpoint,
    probe: Probe,
}

async fn ward(options: &Options, city: &City) -> anyhow::Result<Ward> {
    say(&format!("importing a roster of {} people", options.roster));
    let question = ward::hospital(city, options.roster).await?;
    ward::import(city, &ward::roster(options.roster)).await?;
    ward::is_known(city, &question).await?;
    let client = city.connect("jiujinan").await?;
    let before = checks(&client).await?;
    let (postmaster, sockets) = city.postmaster()?;
    let select = Endpoint::start(&sockets)?;
    let probe = Probe { client: city.connect("jiujinan").await?, postmaster, server: select.pid() };
    Ok(Ward { questions: [question], asked: Rc::default(), before, select, probe })
}

/// Answers to hospitals that are recorded; one that a newer roster replaced was never given.
async fn checks(client: &Client) -> anyhow::Result<i64> {
    let sql = "select count(*) from jiujinan.waiver_check where id not in \
               (select replaces from jiujinan.waiver_check where replaces is not null)";
    Ok(client.query_one(sql, &[]).await?.get(0))
}

#[allow(clippy::too_many_arguments, reason = "a round has many sides")]
async fn round(
    options: &Options,
    city: &City,
    client: &Client,
    probe: &Probe,
    baseline: &Baseline,
    (hot, spread): (&[Template], &[Template]),
    numbers: &Rc<Cell<u64>>,
    ward: Option<&Ward>,
) -> anyhow::Result<Round> {
    let times = (Duration::from_secs(options.warm_up), Duration::from_secs(options.seconds));
    let mut runs = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| options.only.is_empty() || options.only.contains(kind)) {
        // Both sides begin with the same debt: none.
        client.batch_execute("checkpoint").await?;
        let mut run = match kind {
            Kind::HotBaseline | Kind::SpreadBaseline | Kind::SingleBaseline => baseline.run(kind, probe, times).await?,
            Kind::Spread256 => scenario::run(kind, city.address, probe, spread, numbers, times).await?,
            Kind::Hot64 | Kind::Hot256 | Kind::Single | Kind::Hot1024 => {
                scenario::run(kind, city.address, probe, hot, numbers, times).await?
            }
            Kind::SelectBaseline => {
                let ward = ward.context("no ward was made")?;
                scenario::run(kind, ward.select.address, &ward.probe, &[Template::get("/select")], &Rc::default(), times).await?
            }
            Kind::Waiver64 => {
                let ward = ward.context("no ward was made")?;
                scenario::run(kind, city.address, probe, &ward.questions, &ward.asked, times).await?
            }
        };
        run.quiet = run.cost.steal + run.cost.others <= options.noise;
        say(&markdown::line(&run));
        runs.push(run);
    }
    Ok(runs)
}

/// How long until a new process is ready on the existing database: while PostgreSQL runs, and when it has to be started too.
async fn restart(options: &Options, city: City, mut figures: Figures) -> anyhow::Result<Figures> {
    city.kill()?;
    let (city, adopting) = City::start(&options.server, &options.work).await?;
    city.stop()?;
    let (city, starting) = City::start(&options.server, &options.work).await?;
    city.stop()?;
    figures.ready_adopting = adopting.as_secs_f64();
    figures.ready_starting = starting.as_secs_f64();
    Ok(figures)
}

fn report(options: &Options, figures: &Figures) -> anyhow::Result<()> {
    let goals = goals::judge(figures);
    let text = markdown::report(figures, &goals);
    fs::create_dir_all(&options.results)?;
    let name = figures.date.replace([' ', ':'], "-");
    fs::write(options.results.join(format!("{name}.md")), &text)?;
    fs::write(options.results.join(format!("{name}.html")), html::report(figures, &goals))?;
    if let Some(readme) = &options.readme {
        let old = fs::read_to_string(readme).context("the README can not be read")?;
        fs::write(readme, markdown::replaced(&old, &text).context("the README has no markers")?)?;
    }
    say(&text);
    say(&format!("report: {}", options.results.join(format!("{name}.html")).display()));
    Ok(())
}

/// At once, also into a pipe.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
