//! Starting the server process and waiting until it answers.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use tokio_postgres::{Config, NoTls};

use crate::db::embedded::account::{Account, POSTGRES};
use crate::db::embedded::binaries::Binaries;
use crate::db::embedded::error::EmbeddedError;
use crate::db::embedded::place::Place;
use crate::db::embedded::postmaster::Postmaster;
use crate::db::embedded::settings::{Options, PORT};

/// Recovery after a crash is part of a start.
const READY_SECONDS_MAX: u64 = 60;
/// A running server whose socket is gone (a swept /tmp) cannot be reached again; a starting one makes it at once.
const SOCKET_SECONDS_MAX: u64 = 5;
const ANSWER_SECONDS_MAX: u64 = 5;
const TAIL_BYTES_MAX: u64 = 4096;
const POLL: Duration = Duration::from_millis(25);

/// What became of a server that was already there.
pub enum Found {
    /// It answers.
    Answers,
    /// It has ended, by itself or because nobody could have reached it.
    Ended,
}

/// Waits until a server that we did not start answers or ends.
pub async fn await_found(server: &Postmaster, place: &Place) -> Result<Found, EmbeddedError> {
    let began = Instant::now();
    loop {
        let Err(cause) = ask(&place.sockets).await else { return Ok(Found::Answers) };
        if !server.lives() {
            return Ok(Found::Ended);
        }
        let waited = began.elapsed().as_secs();
        if waited >= SOCKET_SECONDS_MAX && !place.socket().exists() {
            tracing::warn!(pid = server.pid(), "the server's socket is gone, so it is stopped");
            server.stop().await?;
            return Ok(Found::Ended);
        }
        if waited >= READY_SECONDS_MAX {
            return Err(silent(place, 0, cause));
        }
        sleep(POLL).await;
    }
}

/// Starts a server and waits until it answers.
pub async fn launch(place: &Place, binaries: &Binaries, account: Account, options: &Options) -> Result<(), EmbeddedError> {
    let log = place.open_log(account)?;
    let file = EmbeddedError::file;
    let said_before = log.metadata().map_err(file("examine", &place.log))?.len();
    let twin = log.try_clone().map_err(file("open", &place.log))?;

    let mut postgres = account.command(&binaries.postgres);
    // `-D` comes first: by it `Postmaster` knows the process again.
    postgres.arg("-D").arg(&place.cluster);
    if compresses(place, binaries, account).await {
        postgres.args(["-c", "wal_compression=lz4"]);
    }
    postgres.args(options.arguments(&place.sockets));
    // A group of its own, out of reach of Ctrl-C in our terminal.
    postgres.stdout(Stdio::from(log)).stderr(Stdio::from(twin)).process_group(0);
    let mut server = postgres.spawn().map_err(file("run", &binaries.postgres))?;

    let began = Instant::now();
    loop {
        let Err(cause) = ask(&place.sockets).await else { return Ok(()) };
        if let Some(status) = server.try_wait().map_err(file("wait for", &binaries.postgres))? {
            return Err(EmbeddedError::Ended { status, log: place.log.clone(), tail: tail(&place.log, said_before) });
        }
        if began.elapsed().as_secs() >= READY_SECONDS_MAX {
            return Err(silent(place, said_before, cause));
        }
        sleep(POLL).await;
    }
}

/// True when this build of PostgreSQL knows lz4, which halves the WAL of full pages; an unknown value would end the server.
async fn compresses(place: &Place, binaries: &Binaries, account: Account) -> bool {
    let mut probe = account.command(&binaries.postgres);
    probe.arg("-D").arg(&place.cluster).args(["-c", "wal_compression=lz4", "-C", "wal_compression"]);
    probe.output().await.is_ok_and(|ran| ran.status.success())
}

/// One real answer from the server, or why there is none.
async fn ask(sockets: &Path) -> Result<(), String> {
    let mut config = Config::new();
    config.host_path(sockets).port(PORT).user(POSTGRES).dbname(POSTGRES);
    let answer = async {
        let (client, connection) = config.connect(NoTls).await?;
        // The connection ends when the client does.
        let asked = async move { client.simple_query("select 1").await };
        let (answer, _) = tokio::join!(asked, connection);
        answer.map(drop)
    };
    match timeout(Duration::from_secs(ANSWER_SECONDS_MAX), answer).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(refusal)) => Err(match refusal.as_db_error() {
            Some(said) => said.message().to_owned(),
            None => refusal.to_string(),
        }),
        Err(_) => Err(format!("no answer within {ANSWER_SECONDS_MAX} s")),
    }
}

fn silent(place: &Place, said_before: u64, cause: String) -> EmbeddedError {
    EmbeddedError::Silent { seconds: READY_SECONDS_MAX, cause, log: place.log.clone(), tail: tail(&place.log, said_before) }
}

/// The last lines of a log, none from before `since`.
fn tail(log: &Path, since: u64) -> String {
    let read = || {
        let mut file = File::open(log)?;
        let from = since.max(file.metadata()?.len().saturating_sub(TAIL_BYTES_MAX));
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    read().map_or_else(|refusal| refusal.to_string(), |bytes| String::from_utf8_lossy(&bytes).trim().to_owned())
}
