//! The measured server: `jiujinan dev --seed none` with its default log and a private cluster that flushes, and its funds.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;
use tokio_postgres::{Client, Config, NoTls};

use crate::connection::Connection;
use crate::request::Template;

/// One street whose fund everybody wants.
pub const HOT: &str = "340321001";
/// Counties over whose streets the spread load goes, and streets in each.
const COUNTIES: [&str; 4] = ["340302", "340303", "340304", "340311"];
const STREETS: usize = 250;
/// Officers at work: each has a daily usage that is locked and counted.
const CLERKS: usize = 16;
/// Never used up: each payment is 100 fen.
const TOP_UP: i64 = 1_000_000_000;

/// A running server.
pub struct City {
    program: PathBuf,
    dir: PathBuf,
    log: PathBuf,
    child: Child,
    pub address: SocketAddr,
}

impl City {
    /// Starts a server. Returns it and how long it took until `/readyz` said yes.
    pub async fn start(program: &Path, work: &Path) -> anyhow::Result<(Self, Duration)> {
        let (dir, log) = (work.join("data"), work.join("server.log"));
        let begun = Instant::now();
        let mut child = Command::new(program)
            .args(["dev", "--seed", "none", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(&dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log)?)
            .spawn()
            .with_context(|| format!("{} can not be run", program.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let address = loop {
            match lines.next() {
                Some(line) => {
                    if let Some(address) = line?.strip_prefix("jiujinan serves http://") {
                        break address.parse()?;
                    }
                }
                None => bail!("the server did not start, see {}", log.display()),
            }
        };
        // The rest of the greeting must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let city = Self { program: program.into(), dir, log, child, address };
        let request = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        while Connection::open(address).await?.ask(request).await?.0 != 200 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok((city, begun.elapsed()))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks the server to stop, and its PostgreSQL with it.
    pub fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status()?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { bail!("the server ended with {status}, see {}", self.log.display()) }
    }

    /// Kills the server at once; its PostgreSQL goes on.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Process and socket directory of the private PostgreSQL.
    pub fn postmaster(&self) -> anyhow::Result<(u32, String)> {
        let home = fs::read_to_string(self.dir.join("cluster.path")).map(|path| PathBuf::from(path.trim()));
        let file = home.unwrap_or_else(|_| self.dir.clone()).join("postgres/postmaster.pid");
        let text = fs::read_to_string(&file).with_context(|| format!("{} can not be read", file.display()))?;
        let lines: Vec<&str> = text.lines().collect();
        Ok((lines.first().context("no process")?.trim().parse()?, (*lines.get(4).context("no socket")?).to_owned()))
    }

    /// A connection to a database of it.
    pub async fn connect(&self, database: &str) -> anyhow::Result<Client> {
        let mut config = Config::new();
        config.host_path(self.postmaster()?.1).user("postgres").dbname(database);
        let (client, connection) = config.connect(NoTls).await?;
        tokio::task::spawn_local(connection);
        Ok(client)
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A token by `jiujinan token`.
    pub fn token(&self, role: &str, sub: &str, more: &[&str]) -> anyhow::Result<String> {
        let run = Command::new(&self.program)
            .args(["token", "--role", role, "--division", "3403", "--sub", sub, "--ttl", "12h", "--data-dir"])
            .arg(&self.dir)
            .args(more)
            .output()?;
        if !run.status.success() {
            bail!("no token: {}", String::from_utf8_lossy(&run.stderr));
        }
        Ok(String::from_utf8(run.stdout)?.trim().to_owned())
    }

    /// Opens and fills a fund for every street of the load, over the interface like everybody else.
    pub async fn open_funds(&self) -> anyhow::Result<()> {
        let token = self.token("finance", "finance-1", &[])?;
        let mut connection = Connection::open(self.address).await?;
        for street in std::iter::once(HOT.to_owned()).chain(streets()) {
            let fund =
                json!({"division": street, "kind": "street_reserve", "name": "备用金", "target_fen": TOP_UP, "limits": {}});
            let opened = post(&mut connection, &token, "/v1/funds", &fund.to_string()).await?;
            let id = opened["id"].as_str().context("a fund without an id")?.to_owned();
            let top_up = json!({"amount_fen": TOP_UP, "reference": "load", "value_date": "2026-01-05"});
            post(&mut connection, &token, &format!("/v1/funds/{id}/topups"), &top_up.to_string()).await?;
        }
        Ok(())
    }

    /// Requests for the hot fund, one template a clerk; and for the spread funds, one a street.
    pub async fn templates(&self, client: &Client) -> anyhow::Result<(Vec<Template>, Vec<Template>)> {
        let sql =
            r#"select to_char((now() - interval '20 hours') at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')"#;
        let yesterday: String = client.query_one(sql, &[]).await?.get(0);
        let clerks =
            (0..CLERKS).map(|clerk| self.token("clerk", &format!("clerk-{clerk}"), &[])).collect::<anyhow::Result<Vec<_>>>()?;
        let hot = clerks.iter().map(|token| Template::fast_track(HOT, token, &yesterday)).collect();
        let spread = streets().zip(clerks.iter().cycle()).map(|(street, token)| Template::fast_track(&street, token, &yesterday));
        Ok((hot, spread.collect()))
    }

    /// Removes what was made, but not the logs.
    pub fn remove(work: &Path) {
        let dir = work.join("data");
        if let Ok(home) = fs::read_to_string(dir.join("cluster.path")) {
            let _ = fs::remove_dir_all(home.trim());
        }
        let _ = fs::remove_dir_all(dir);
    }
}

fn streets() -> impl Iterator<Item = String> {
    (1..=STREETS).flat_map(|street| COUNTIES.map(|county| format!("{county}{street:03}")))
}

async fn post(connection: &mut Connection, token: &str, path: &str, body: &str) -> anyhow::Result<serde_json::Value> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
        uuid::Uuid::new_v4(),
        body.len()
    );
    let (status, answer) = connection.ask(request.as_bytes()).await?;
    if status != 201 {
        bail!("{path}: {status} {}", String::from_utf8_lossy(answer));
    }
    Ok(serde_json::from_slice(answer)?)
}
