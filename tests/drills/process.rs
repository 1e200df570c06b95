//! The program itself as a process: on free ports, its output read, ended with the drill.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use jiujinan::server::issuer::Issuer;
use jiujinan::vault::Vault;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::home::{Home, PATIENCE};

/// What a process has said so far.
#[derive(Clone)]
pub struct Said {
    text: Arc<Mutex<Vec<u8>>>,
    /// How much, and true when there will be no more.
    length: watch::Receiver<(usize, bool)>,
}

impl Said {
    fn by(mut stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let (grow, length) = watch::channel((0, false));
        let said = Self { text: Arc::default(), length };
        let text = said.text.clone();
        tokio::spawn(async move {
            let mut piece = vec![0; 65_536];
            while let Ok(read @ 1..) = stream.read(&mut piece).await {
                let mut text = text.lock().unwrap();
                text.extend_from_slice(&piece[..read]);
                grow.send_replace((text.len(), false));
            }
            let length = text.lock().unwrap().len();
            grow.send_replace((length, true));
        });
        said
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    /// Everything, once the process has closed this stream.
    pub async fn all(&self) -> String {
        let mut length = self.length.clone();
        let ended = timeout(PATIENCE, length.wait_for(|(_, ended)| *ended)).await.is_ok();
        assert!(ended, "the stream stays open: {}", self.text());
        self.text()
    }

    /// The text up to the end of the line that holds `needle`, once that is said.
    pub async fn until(&self, needle: &str) -> String {
        let mut length = self.length.clone();
        let found = |text: &str| {
            let at = text.find(needle)?;
            let end = at + text[at..].find('\n')?;
            Some(text[..end].to_owned())
        };
        let look = async {
            loop {
                if let Some(text) = found(&self.text()) {
                    return Some(text);
                }
                if length.borrow_and_update().1 {
                    return found(&self.text());
                }
                length.changed().await.ok()?;
            }
        };
        match timeout(PATIENCE, look).await {
            Ok(Some(text)) => text,
            _ => panic!("{needle:?} is never said, but this: {}", self.text()),
        }
    }
}

/// The program with arguments, to be run to its end.
pub fn jiujinan(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jiujinan"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("JIUJINAN_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Exit code, standard output and standard error of the program.
pub async fn run(arguments: &[&str]) -> (i32, String, String) {
    let ran = timeout(PATIENCE, jiujinan(arguments).output()).await.expect("it ends").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

/// A running server; killed when dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    pub banner: String,
    pub log: Said,
}

impl Process {
    /// `jiujinan dev` on a data directory.
    pub async fn dev(home: &Home, more: &[&str]) -> Self {
        let dir = home.path().to_str().unwrap();
        let mut child = jiujinan(&["dev", "--data-dir", dir, "--listen", "127.0.0.1:0"]).args(more).piped();
        let (out, log) = (Said::by(child.stdout.take().unwrap()), Said::by(child.stderr.take().unwrap()));
        let starting = Self { child, address: ([0, 0, 0, 0], 0).into(), banner: String::new(), log };
        tokio::select! {
            biased;
            banner = out.until("  -d '") => {
                let address = banner.split("http://").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
                Self { address, banner, ..starting }
            }
            log = starting.log.all() => panic!("the server did not start: {log}"),
        }
    }

    /// `jiujinan serve` on a database, with the keys and the issuer of a data directory.
    pub async fn serve(home: &Home, url: &str, more: &[&str]) -> Self {
        let mut child = serve(home, url).args(more).piped();
        let log = Said::by(child.stderr.take().unwrap());
        let said = log.until("\"serving\"").await;
        let line: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        let address = line["address"].as_str().unwrap().parse().unwrap();
        Self { child, address, banner: String::new(), log }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id().unwrap()).unwrap())
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// `kill -9`, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.expect("the server ends").unwrap()
    }

    /// Stops it gracefully.
    pub async fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let status = self.ended().await;
        assert!(status.success(), "{status}: {}", self.log.text());
    }
}

/// `jiujinan serve`, not started yet.
pub fn serve(home: &Home, url: &str) -> Command {
    let vault = home.path().join("vault");
    Vault::create(&vault).unwrap();
    let issuer = Issuer::create(home.path()).unwrap().settings();
    let issuer = format!("{}=EdDSA={}", issuer.name, issuer.jwks.display());
    let mut command = jiujinan(&["serve", "--database-url", url, "--vault-dir", vault.to_str().unwrap(), "--issuer", &issuer]);
    command.args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--rate-limit", "100000/100000"]);
    command
}

trait Piped {
    fn piped(&mut self) -> Child;
}

impl Piped for Command {
    fn piped(&mut self) -> Child {
        self.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}
