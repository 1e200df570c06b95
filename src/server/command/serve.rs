//! `jiujinan serve`

use anyhow::Context;

use crate::hook::{HookSettings, Keep};
use crate::http::Issuers;
use crate::rail::{GatewaySettings, OwnKey, PeerKey};
use crate::server::command::connect;
use crate::server::config::{Migrate, Serve};
use crate::server::run::{self, Ground};
use crate::vault::Vault;
use crate::waiver::{Journal, PromiseKeys, WaiverSettings};

/// Serves on a given PostgreSQL until asked to stop.
pub async fn serve(settings: Serve) -> anyhow::Result<()> {
    let (config, connector) = connect::database(&settings.database)?;
    let other = |url: &Option<String>, password: &Option<std::path::PathBuf>| match url {
        Some(url) => connect::config(url, password.as_deref()),
        None => Ok(config.clone()),
    };
    let rail = match (&settings.bank_url, &settings.bank_key, &settings.rail_key) {
        (Some(url), Some(bank), Some(own)) => Some(GatewaySettings::usual(url.clone(), OwnKey::open(own)?, PeerKey::open(bank)?)),
        _ => None,
    };
    let hook_key = settings.hook_key.as_deref().map(OwnKey::open).transpose()?;
    let keep = Keep { delivered_days: settings.hook_keep_delivered, dead_days: settings.hook_keep_dead };
    let ground = Ground {
        book: other(&settings.book_url, &settings.book_password_file)?,
        api: other(&settings.api_url, &settings.api_password_file)?,
        schema: (settings.migrate == Migrate::Auto).then(|| config.clone()),
        connector,
        vault: Vault::open(&settings.vault_dir).context("the vault can not be opened")?,
        issuers: Issuers::load(&settings.issuers, &settings.audience)?,
        rail,
        waivers: WaiverSettings {
            keys: settings.promise_keys.as_deref().map(PromiseKeys::open).transpose()?.unwrap_or_default(),
            journal: settings.journal_dir.as_deref().map(Journal::open).transpose().context("the journal can not be opened")?,
        },
        hooks: HookSettings { key: hook_key, allowed: settings.hook_allow, keep },
        rate: Some(settings.rate_limit),
        metrics_listen: settings.serving.metrics_listen.unwrap_or_else(|| ([127, 0, 0, 1], 9464).into()),
        serving: settings.serving,
    };
    let ready = |listening: run::Listening| tracing::info!(address = %listening.address, metrics = %listening.metrics, "serving");
    run::run(ground, ready, run::asked_to_stop()).await
}
