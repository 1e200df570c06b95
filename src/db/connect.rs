//! Connections: which role they take, over which transport, and what counts as unreachable.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A database role: what a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Writes money, changes no evidence.
    Book,
    /// Reads what lies in the scope it states.
    Api,
    /// Owns the schema; used for migrations and imports only.
    Owner,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Book => "jiujinan_book",
            Self::Api => "jiujinan_api",
            Self::Owner => "jiujinan_owner",
        }
    }
}

/// The database does not answer, or not as a primary.
#[derive(Debug, thiserror::Error)]
#[error("the database is unreachable: {cause}")]
pub struct Unreachable {
    cause: String,
    away: bool,
}

impl Unreachable {
    /// True when it may come by itself: nobody answers, or it starts, stops, stands by or is full. False when it answers and refuses:
    /// then a setting is wrong.
    pub fn is_away(&self) -> bool {
        self.away
    }
}

impl From<tokio_postgres::Error> for Unreachable {
    fn from(error: tokio_postgres::Error) -> Self {
        Self { cause: describe(&error), away: is_away(&error) }
    }
}

/// Whether an error of the database passes by itself, as [`Unreachable::is_away`] has it.
pub fn is_away(error: &tokio_postgres::Error) -> bool {
    if let Some(state) = error.code() {
        // Connection, transaction (read only), resources, intervention, system.
        return ["08", "25", "53", "57", "58"].iter().any(|class| state.code().starts_with(class));
    }
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    // TLS that cannot be agreed on is bad data on the line.
    error.is_closed() || source.is_some_and(|source| source.kind() != std::io::ErrorKind::InvalidData)
}

/// An error of the database without the values that may stand in it: SQLSTATE, message and constraint of the server, or the kind
/// of what went wrong on the way.
pub fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => {
            format!("{} {} {}", db.code().code(), db.message(), db.constraint().unwrap_or_default()).trim_end().to_owned()
        }
        None => {
            let source = std::error::Error::source(error).map(|source| format!(": {source}"));
            format!("{error}{}", source.unwrap_or_default())
        }
    }
}

/// TLS for hosts that ask for it.
pub type Connector = MakeRustlsConnect;

/// A connector that trusts the certificates of a PEM file, or none: then only unencrypted and Unix-socket connections work.
pub fn connector(roots: Option<&[u8]>) -> Result<Connector, String> {
    let mut store = rustls::RootCertStore::empty();
    if let Some(pem) = roots {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| format!("the root certificates are no PEM: {error:?}"))?;
            store.add(certificate).map_err(|error| error.to_string())?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The configuration of a session: a role, the schema, and settings that must not depend on the server's defaults.
pub fn session_config(config: &Config, role: Role, settings: &[(&str, &str)]) -> Config {
    let mut options = config.get_options().map(|options| format!("{options} ")).unwrap_or_default();
    options.push_str(&format!("-c role={} -c search_path=jiujinan -c timezone=Asia/Shanghai", role.name()));
    for (name, value) in settings {
        options.push_str(&format!(" -c {name}={value}"));
    }
    let mut config = config.clone();
    config
        .options(options)
        .application_name("jiujinan")
        .target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
    config
}

/// One connection, driven by a task of its own that ends with it.
pub async fn connect(config: &Config, connector: &Connector, patience: Duration) -> Result<Client, Unreachable> {
    let connecting = tokio::time::timeout(patience, config.connect(connector.clone())).await;
    let (client, connection) =
        connecting.map_err(|_| Unreachable { cause: "it did not answer in time".into(), away: true })??;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = describe(&error), "connection ended");
        }
    });
    Ok(client)
}
