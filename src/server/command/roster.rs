//! `jiujinan roster import`, `jiujinan hospital import`

use std::path::Path;

use anyhow::{Context, bail};
use sha2::{Digest as _, Sha256};

use crate::book::{Aside, Desk};
use crate::division::City;
use crate::hospital;
use crate::http::{Charset, FileKind, Problem};
use crate::roster::{self, ImportAnswer, Mode, Source, Staging};
use crate::server::command::import::on_database;
use crate::server::command::{dev, say};
use crate::server::config::{FileCharset, Import, RosterImport, RosterMode};
use crate::vault::Vault;

/// Who imports from the command line.
pub const SUBJECT: &str = "jiujinan#import";
const PIECE: usize = 64 * 1024;

/// Imports a roster.
pub async fn roster(command: &RosterImport) -> anyhow::Result<()> {
    let vault = match &command.vault_dir {
        Some(dir) => Vault::open(dir),
        None => Vault::open(&dev::existing_dir(command.import.data_dir.as_deref())?.join("vault")),
    };
    let vault = vault.context("the vault can not be opened")?;
    let file = &command.import.file;
    let kind = kind_of(file, command.charset);
    let mode = match command.mode {
        RosterMode::Full => Mode::Full,
        RosterMode::Delta => Mode::Delta,
    };
    let done = on_database(&command.import, async |config, connector| {
        let desk = Aside::new(config, connector.clone()).open().await.map_err(told)?;
        let city = match command.city {
            Some(city) => city,
            None => only_city(&desk).await?,
        };
        let opened = std::fs::File::open(file).with_context(|| format!("{} can not be read", file.display()))?;
        take_in(desk, &vault, city, kind, mode, opened).await
    });
    let done = done.await?;
    say(&format!("version {}: {} people, {} entered, {} left", done.version, done.rows, done.entered, done.left))
}

/// Takes in a roster from wherever it can be read.
pub async fn take_in(
    desk: Desk,
    vault: &Vault,
    city: City,
    kind: FileKind,
    mode: Mode,
    mut file: impl std::io::Read,
) -> anyhow::Result<ImportAnswer> {
    let mut import = roster::Import::begin(desk, vault, city, kind, Staging::Kept).await.map_err(told)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).context("the file can not be read")?;
        let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else { break };
        hash.update(piece);
        import.take(piece).await.map_err(told)?;
    }
    import.end().await.map_err(told)?;
    let source = Source { city, mode, sha256: hash.finalize().into(), subject: SUBJECT, key: None };
    let reply = import.merge(&source).await.map_err(told)?;
    Ok(serde_json::from_slice(&reply.body)?)
}

/// Registers the hospitals of a file.
pub async fn hospitals(command: &Import) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&command.file).with_context(|| format!("{} can not be read", command.file.display()))?;
    let done = on_database(command, async |config, connector| {
        let mut desk = Aside::new(config, connector.clone()).open().await.map_err(told)?;
        hospital::import(&mut desk, SUBJECT, &text).await
    });
    let (all, changed) = done.await?;
    say(&format!("{all} hospitals, {changed} of them new or changed"))
}

fn kind_of(file: &Path, charset: FileCharset) -> FileKind {
    let is_ndjson = file.extension().is_some_and(|end| end == "ndjson" || end == "jsonl");
    match charset {
        _ if is_ndjson => FileKind::Ndjson,
        FileCharset::Utf8 => FileKind::Csv(Charset::Utf8),
        FileCharset::Gb18030 => FileKind::Csv(Charset::Gb18030),
    }
}

async fn only_city(desk: &Desk) -> anyhow::Result<City> {
    let cities = desk.query(include_str!("../../../sql/policy/cities.sql"), &[]).await?;
    match &cities[..] {
        [one] => Ok(one.get("city")),
        _ => bail!("the divisions are not those of one city: name it with --city"),
    }
}

/// Every line that is wrong.
fn told(problem: Problem) -> anyhow::Error {
    let lines: Vec<String> = problem.errors().iter().map(|fault| format!("\n{}: {}", fault.pointer, fault.detail)).collect();
    anyhow::anyhow!("{}{}", problem.detail(), lines.concat())
}
