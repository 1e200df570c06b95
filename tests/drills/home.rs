//! A data directory of one drill: its keys, its issuer, its private PostgreSQL. Everything of it ends with the drill.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiujinan::actor::Role;
use jiujinan::db::embedded::{Cluster, Options};
use jiujinan::server::config::Token;
use jiujinan::server::issuer::Issuer;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio_postgres::Client;

use crate::world::Ask;
use crate::world::cluster::connect;

/// How long anything is waited for before the drill fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Home {
    dir: TempDir,
}

impl Home {
    pub fn new(name: &str) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let below = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drills");
        fs::create_dir_all(&below).unwrap();
        sweep(&below);
        let prefix = format!("{name}-{}-", std::process::id());
        Self { dir: tempfile::Builder::new().prefix(&prefix).tempdir_in(below).unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Its PostgreSQL, started with fsync unless it runs.
    pub async fn cluster(&self) -> Cluster {
        self.cluster_with(&Options::default()).await
    }

    pub async fn cluster_with(&self, options: &Options) -> Cluster {
        Cluster::start(self.path(), options).await.unwrap()
    }

    /// A connection to the database of `dev` that may do everything.
    pub async fn client(&self) -> Client {
        let client = connect(&self.cluster().await.url("jiujinan").parse().unwrap()).await;
        client.batch_execute("set search_path = jiujinan").await.unwrap();
        client
    }

    /// The process of its PostgreSQL, if one runs.
    pub fn postmaster(&self) -> Option<Pid> {
        postmaster(self.path())
    }

    /// A token of its issuer.
    pub fn token(&self, role: Role, division: &str) -> String {
        self.sign(role, division, &format!("{}-1", role.as_str()), None)
    }

    /// The billing system of a hospital.
    pub fn billing(&self, division: &str, code: &str) -> String {
        let mut token = self.plain(Role::Hospital, division, "billing-1");
        token.hospital = Some(code.to_owned());
        Issuer::create(self.path()).unwrap().sign(&token).unwrap()
    }

    /// A countersign of an approver of the city over a request.
    pub fn countersign(&self, ask: Ask) -> Ask {
        let signed = self.sign(Role::Approver, "3403", "approver-2", Some(ask.req()));
        ask.header("countersign", signed)
    }

    fn sign(&self, role: Role, division: &str, sub: &str, req: Option<String>) -> String {
        let token = Token { req, ..self.plain(role, division, sub) };
        Issuer::create(self.path()).unwrap().sign(&token).unwrap()
    }

    fn plain(&self, role: Role, division: &str, sub: &str) -> Token {
        Token {
            role: vec![role],
            division: division.parse().unwrap(),
            sub: sub.into(),
            name: None,
            section: None,
            hospital: None,
            ttl: Duration::from_secs(600),
            req: None,
            data_dir: None,
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        remove(self.path());
    }
}

/// The children of a process.
pub fn children(of: Pid) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parent = |pid: i32| {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        text.rsplit_once(") ")?.1.split_whitespace().nth(1)?.parse::<i32>().ok()
    };
    pids.filter(|pid| parent(*pid) == Some(of.as_raw())).map(Pid::from_raw).collect()
}

fn place(dir: &Path) -> PathBuf {
    fs::read_to_string(dir.join("cluster.path")).map_or(dir.to_path_buf(), |place| place.trim().into())
}

fn postmaster(dir: &Path) -> Option<Pid> {
    let cluster = place(dir).join("postgres");
    let pid: i32 = fs::read_to_string(cluster.join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()?;
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let serves = line.split(|byte| *byte == 0).any(|argument| Path::new(std::str::from_utf8(argument).unwrap_or("")) == cluster);
    serves.then_some(Pid::from_raw(pid))
}

/// Ends the PostgreSQL of a data directory at once, and removes what lies elsewhere.
fn remove(dir: &Path) {
    if let Some(server) = postmaster(dir) {
        let _ = kill(server, Signal::SIGCONT);
        for child in children(server) {
            let _ = kill(child, Signal::SIGCONT);
        }
        let _ = kill(server, Signal::SIGQUIT);
        let began = Instant::now();
        while postmaster(dir).is_some() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    for left in ["cluster.path", "socket.path"] {
        if let Ok(place) = fs::read_to_string(dir.join(left)) {
            let _ = fs::remove_dir_all(place.trim());
        }
    }
    let _ = fs::remove_dir_all(dir);
}

/// Removes what drills left behind that were killed themselves.
fn sweep(below: &Path) {
    for entry in fs::read_dir(below).unwrap().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.rsplit('-').nth(1));
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner).exists()) {
            remove(&entry.path());
        }
    }
}
