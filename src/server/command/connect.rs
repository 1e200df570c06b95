//! A database as the settings name it.

use std::path::Path;

use anyhow::Context;
use tokio_postgres::{Client, Config};

use crate::db::{self, Connector, Role};
use crate::server::config::Database;

/// Configuration and transport of a database.
pub fn database(database: &Database) -> anyhow::Result<(Config, Connector)> {
    let config = config(&database.database_url, database.database_password_file.as_deref())?;
    let roots = database.database_roots.as_deref();
    let roots =
        roots.map(|path| std::fs::read(path).with_context(|| format!("{} can not be read", path.display()))).transpose()?;
    Ok((config, db::connector(roots.as_deref()).map_err(anyhow::Error::msg)?))
}

/// A URL with its password from a file.
pub fn config(url: &str, password_file: Option<&Path>) -> anyhow::Result<Config> {
    // The error of the parser may quote the URL, and with it a password.
    let mut config: Config = url.parse().map_err(|_| anyhow::anyhow!("the database URL can not be read"))?;
    if let Some(path) = password_file {
        let password = std::fs::read_to_string(path).with_context(|| format!("{} can not be read", path.display()))?;
        config.password(password.trim_end());
    }
    config.connect_timeout(std::time::Duration::from_secs(5));
    Ok(config)
}

/// A connection for imports.
pub async fn owner(config: &Config, connector: &Connector) -> anyhow::Result<Client> {
    let config = db::session_config(config, Role::Owner, &[]);
    Ok(db::connect(&config, connector, std::time::Duration::from_secs(10)).await?)
}
