//! The cluster of a test run, and databases in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiujinan::db::embedded::{Cluster, Fsync, Options};
use jiujinan::db::{self, Connector};
use jiujinan::server::seed;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Config};

/// Where the run keeps its cluster and keys.
pub fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("world")
}

/// The cluster of the run: started by the first test that needs it, adopted by the others.
pub async fn cluster() -> Cluster {
    std::fs::create_dir_all(place()).unwrap();
    let settings = [("max_connections", "500"), ("shared_buffers", "128MB"), ("autovacuum", "off")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Cluster::start(&place(), &Options { fsync: Fsync::Off, settings }).await.unwrap()
}

/// A connection without TLS.
pub async fn connect(config: &Config) -> Client {
    db::connect(config, &connector(), Duration::from_secs(10)).await.unwrap()
}

pub fn connector() -> Connector {
    db::connector(None).unwrap()
}

/// A database with the schema and the dated defaults, of one test alone. Gone when dropped.
pub struct Database {
    pub config: Config,
    admin: Config,
    name: String,
}

impl Database {
    pub async fn new() -> Self {
        let cluster = cluster().await;
        let admin: Config = cluster.url("postgres").parse().unwrap();
        let client = connect(&admin).await;
        let template = template(&cluster, &client).await;
        let name = format!("w_{}", uuid::Uuid::new_v4().simple());
        client.batch_execute(&format!("create database {name} template {template}")).await.unwrap();
        Self { config: cluster.url(&name).parse().unwrap(), admin, name }
    }

    /// A connection that may do everything, for looking behind the interface.
    pub async fn client(&self) -> Client {
        let client = connect(&self.config).await;
        client.batch_execute("set search_path = jiujinan").await.unwrap();
        client
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let _ = connect(&admin).await.batch_execute(&format!("drop database {name} with (force)")).await;
            });
        });
        let _ = gone.join();
    }
}

/// The database that the others are copied from, made once for each state of the migrations and defaults.
async fn template(cluster: &Cluster, client: &Client) -> String {
    let mut hash = Sha256::new();
    for dir in ["sql/migrations", "sql/db", "deploy/policy", "deploy/calendar", "deploy/divisions"] {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
        let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().for_each(|file| hash.update(std::fs::read(file).unwrap()));
    }
    let name = format!("template_{}", hex::encode(&hash.finalize()[..8]));
    client.execute("select pg_advisory_lock(7)", &[]).await.unwrap();
    let found = client.query_opt("select 1 from pg_database where datname = $1", &[&name]).await.unwrap();
    if found.is_none() {
        let draft = format!("{name}_draft");
        client.batch_execute(&format!("drop database if exists {draft} with (force)")).await.unwrap();
        client.batch_execute(&format!("create database {draft} template template0")).await.unwrap();
        let config: Config = cluster.url(&draft).parse().unwrap();
        db::migrate(&config, &connector()).await.unwrap();
        seed::defaults(&config, &connector()).await.unwrap();
        // Connections close a moment after they are dropped; a renamed database must have none.
        let close = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
        client.execute(close, &[&draft]).await.unwrap();
        while client.batch_execute(&format!("alter database {draft} rename to {name}")).await.is_err() {
            tokio::task::yield_now().await;
        }
    }
    client.execute("select pg_advisory_unlock(7)", &[]).await.unwrap();
    name
}
