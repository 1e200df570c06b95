//! `jiujinan dev`: one machine, a private PostgreSQL, a demo city.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::actor::Role;
use crate::db;
use crate::db::embedded::{Cluster, Options};
use crate::hook::HookSettings;
use crate::http::Issuers;
use crate::rail::simulator::{Behaviour, Reach, Simulator, SimulatorSettings};
use crate::rail::{GatewaySettings, OwnKey};
use crate::server::command::say;
use crate::server::config::{Dev, Seed, Token};
use crate::server::issuer::Issuer;
use crate::server::run::{self, Ground, Listening};
use crate::server::seed;
use crate::vault::Vault;
use crate::waiver::{Journal, PromiseKeys, WaiverSettings};

/// The name of the database in a private PostgreSQL.
pub const DATABASE: &str = "jiujinan";
/// How long the printed tokens live.
const TOKEN_LIFE: Duration = Duration::from_secs(12 * 3600);

/// The data directory named, or the usual one.
pub fn data_dir(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(dir) = named {
        return std::path::absolute(dir).context("the data directory has no absolute path");
    }
    if nix::unistd::geteuid().is_root() {
        return Ok("/var/lib/jiujinan".into());
    }
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    Ok(data.or_else(home).context("there is no home directory: name one with --data-dir")?.join("jiujinan"))
}

/// A data directory that `jiujinan dev` has made.
pub fn existing_dir(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    let dir = data_dir(named)?;
    anyhow::ensure!(
        dir.join("issuer").is_dir(),
        "{} is no data directory of `jiujinan dev`, and no --database-url is given",
        dir.display()
    );
    Ok(dir)
}

/// Serves until asked to stop; the database stops with it.
pub async fn dev(settings: Dev) -> anyhow::Result<()> {
    let dir = data_dir(settings.data_dir.as_deref())?;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)
        .with_context(|| format!("{} can not be made", dir.display()))?;
    let _alone = alone(&dir)?;
    let vault = Vault::create(&dir.join("vault"))?;
    let issuer = Issuer::create(&dir)?;
    let seed = remembered_seed(&dir, settings.seed)?;
    let cluster = Cluster::start(&dir, &Options::default()).await.map_err(|error| anyhow::anyhow!("{error:#}"))?;
    let settings = Dev { seed, ..settings };
    let options = Options::default();
    let served = tokio::select! {
        served = serve(&settings, &dir, &cluster, vault, &issuer) => served,
        error = cluster.keep_up(&options) => Err(anyhow::anyhow!("{error:#}")),
    };
    cluster.stop().await.map_err(|error| anyhow::anyhow!("{error:#}"))?;
    served
}

/// The right to serve this data directory; the database stops with whoever has it. Ends with the process.
fn alone(dir: &Path) -> anyhow::Result<fs::File> {
    let path = dir.join("serve.lock");
    let lock = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let lock = lock.with_context(|| format!("{} can not be opened", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => anyhow::bail!("another `jiujinan dev` serves {}", dir.display()),
        Err(fs::TryLockError::Error(error)) => Err(error).with_context(|| format!("{} can not be locked", path.display())),
    }
}

/// What a data directory was filled with when it was new; a later start does not fill it otherwise.
fn remembered_seed(dir: &Path, wanted: Seed) -> anyhow::Result<Seed> {
    let path = dir.join("seed");
    match fs::read_to_string(&path) {
        Ok(word) if word.trim() == "none" => Ok(Seed::None),
        Ok(_) => Ok(Seed::Demo),
        Err(absent) if absent.kind() == std::io::ErrorKind::NotFound => {
            let word = if wanted == Seed::None { "none\n" } else { "demo\n" };
            fs::write(&path, word).with_context(|| format!("{} can not be written", path.display()))?;
            Ok(wanted)
        }
        Err(error) => Err(error).with_context(|| format!("{} can not be read", path.display())),
    }
}

async fn serve(settings: &Dev, dir: &Path, cluster: &Cluster, vault: Vault, issuer: &Issuer) -> anyhow::Result<()> {
    let connector = db::connector(None).map_err(anyhow::Error::msg)?;
    seed::create_database(&cluster.url("postgres").parse()?, &connector, DATABASE).await?;
    let config: tokio_postgres::Config = cluster.url(DATABASE).parse()?;
    db::migrate(&config, &connector).await?;
    seed::defaults(&config, &connector).await?;
    if settings.seed == Seed::Demo {
        seed::demo(&config, &connector, &vault).await?;
    }
    let (bank, rail) = bank(dir)?;
    let ground = Ground {
        book: config.clone(),
        api: config,
        schema: None,
        connector,
        vault,
        issuers: Issuers::load(&[issuer.settings()], "jiujinan")?,
        rail: Some(rail),
        waivers: WaiverSettings {
            keys: PromiseKeys::open_or_make(&dir.join("promises"))?,
            journal: Some(Journal::open(&dir.join("journal")).context("the journal can not be opened")?),
        },
        hooks: hooks(dir)?,
        rate: None,
        metrics_listen: settings.serving.metrics_listen.unwrap_or_else(|| ([127, 0, 0, 1], 0).into()),
        serving: settings.serving.clone(),
    };
    let banner = |listening: Listening| {
        if let Err(error) = greet(&listening, dir, issuer) {
            tracing::warn!(error = format!("{error:#}"), "nobody was greeted");
        }
    };
    let banking = tokio::spawn(bank.run());
    let served = run::run(ground, banner, run::asked_to_stop()).await;
    banking.abort();
    served
}

/// A bank in the box: a simulator that keeps what it has paid beside the data, and our end of the rail to it.
fn bank(dir: &Path) -> anyhow::Result<(Simulator, GatewaySettings)> {
    let dir = dir.join("rail");
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)
        .with_context(|| format!("{} can not be made", dir.display()))?;
    let own = OwnKey::open_or_make(&dir.join("own.key"))?;
    let bank = Simulator::start(SimulatorSettings {
        listen: ([127, 0, 0, 1], 0).into(),
        key: dir.join("bank.key"),
        client_key: dir.join("own.key.pub"),
        ledger: Some(dir.join("bank.ledger")),
        callback: None,
        reach: Reach::Loopback,
        behaviour: Behaviour::Succeed,
    })?;
    let rail = GatewaySettings::usual(format!("http://{}", bank.address), own, bank.key.clone());
    Ok((bank, rail))
}

/// The key that signs what hooks are told. Hooks may reach this machine, for trying them out.
fn hooks(dir: &Path) -> anyhow::Result<HookSettings> {
    let key = OwnKey::open_or_make(&dir.join("hook.key"))?;
    let allowed = ["127.0.0.1", "localhost", "[::1]"].iter().map(|host| host.parse()).collect::<Result<_, _>>()?;
    Ok(HookSettings { key: Some(key), allowed, ..HookSettings::default() })
}

/// Address, a token for each role, and a command that pays a case.
fn greet(listening: &Listening, dir: &Path, issuer: &Issuer) -> anyhow::Result<()> {
    let base = format!("http://{}", listening.address);
    let mut text = format!(
        "jiujinan serves {base}\n  docs     {base}/docs/\n  metrics  http://{}/metrics\n  data     {}\n\n",
        listening.metrics,
        dir.display()
    );
    let mut clerk = String::new();
    for role in Role::ALL {
        let signed = issuer.sign(&token(role)?)?;
        text.push_str(&format!("{:<9}{signed}\n", role.as_str()));
        if role == Role::Clerk {
            clerk = signed;
        }
    }
    let (key, body) = (uuid::Uuid::new_v4(), seed::demo_case()?);
    text.push_str(&format!(
        "\nPay a case:\n\ncurl -sS {base}/v1/fast-track -H 'Authorization: Bearer {clerk}' \\\n  -H 'Content-Type: application/json' -H 'Idempotency-Key: {key}' \\\n  -d '{body}'\n"
    ));
    say(&text)
}

fn token(role: Role) -> anyhow::Result<Token> {
    let street = matches!(role, Role::Clerk | Role::Approver | Role::Cashier);
    Ok(Token {
        role: vec![role],
        division: if street { seed::STREET } else { seed::CITY }.parse()?,
        sub: format!("{}-1", role.as_str()),
        name: None,
        section: None,
        hospital: (role == Role::Hospital).then(|| seed::HOSPITAL.to_owned()),
        ttl: TOKEN_LIFE,
        req: None,
        data_dir: None,
    })
}
