//! `jiujinan policy import`, `calendar import`, `division import`

use anyhow::Context;
use tokio_postgres::{Client, Config};

use crate::db::Connector;
use crate::db::embedded::{Cluster, Options};
use crate::server::command::{connect, dev, say};
use crate::server::config::{Database, Import};
use crate::server::import;

/// Imports a policy version.
pub async fn policy(command: &Import) -> anyhow::Result<()> {
    let policy = within(command, async |client, text| import::policy(client, text).await).await?;
    say(&format!("policy {} holds from {}", policy.id, policy.effective_from))
}

/// Imports calendar days.
pub async fn calendar(command: &Import) -> anyhow::Result<()> {
    let (days, until) = within(command, async |client, text| import::calendar(client, text).await).await?;
    say(&format!("{days} days, known until {until}"))
}

/// Imports divisions.
pub async fn divisions(command: &Import) -> anyhow::Result<()> {
    let count = within(command, async |client, text| import::divisions(client, text).await).await?;
    say(&format!("{count} divisions"))
}

/// Runs an import on the database named, or on that of a data directory, which is left running only if it was.
async fn within<T>(command: &Import, run: impl AsyncFnOnce(&mut Client, &str) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(&command.file).with_context(|| format!("{} can not be read", command.file.display()))?;
    on_database(command, async |config, connector| run(&mut connect::owner(config, connector).await?, &text).await).await
}

/// Does something on the database named, or on that of a data directory, which is left running only if it was.
pub async fn on_database<T>(
    command: &Import,
    run: impl AsyncFnOnce(&Config, &Connector) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let cluster = match command.database_url {
        Some(_) => None,
        None => Some(Cluster::start(&dev::existing_dir(command.data_dir.as_deref())?, &Options::default()).await?),
    };
    let database = Database {
        database_url: command
            .database_url
            .clone()
            .or(cluster.as_ref().map(|cluster| cluster.url(dev::DATABASE)))
            .unwrap_or_default(),
        database_password_file: command.database_password_file.clone(),
        database_roots: command.database_roots.clone(),
    };
    let done = async {
        let (config, connector) = connect::database(&database)?;
        run(&config, &connector).await
    };
    let done = done.await;
    if let Some(cluster) = cluster.filter(|cluster| !cluster.adopted()) {
        cluster.stop().await?;
    }
    done
}
