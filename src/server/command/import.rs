//! `jiujinan policy import`, `calendar import`, `division import`

use anyhow::Context;

use crate::server::command::{connect, say};
use crate::server::config::Import;
use crate::server::import;

/// Imports a policy version.
pub async fn policy(command: &Import) -> anyhow::Result<()> {
    let policy = import::policy(&mut client(command).await?, &text(command)?).await?;
    say(&format!("policy {} holds from {}", policy.id, policy.effective_from))
}

/// Imports calendar days.
pub async fn calendar(command: &Import) -> anyhow::Result<()> {
    let (days, until) = import::calendar(&mut client(command).await?, &text(command)?).await?;
    say(&format!("{days} days, known until {until}"))
}

/// Imports divisions.
pub async fn divisions(command: &Import) -> anyhow::Result<()> {
    let count = import::divisions(&mut client(command).await?, &text(command)?).await?;
    say(&format!("{count} divisions"))
}

async fn client(command: &Import) -> anyhow::Result<tokio_postgres::Client> {
    let (config, connector) = connect::database(&command.database)?;
    connect::owner(&config, &connector).await
}

fn text(command: &Import) -> anyhow::Result<String> {
    std::fs::read_to_string(&command.file).with_context(|| format!("{} can not be read", command.file.display()))
}
