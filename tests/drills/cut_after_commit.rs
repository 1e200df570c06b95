//! The connection between book and PostgreSQL is cut around the commit, by a proxy that reads the messages of both sides.
//!
//! ```text
//!  book ──"commit"──▶ proxy ──▶ PostgreSQL ──"COMMIT"──▶ proxy ──▶ book
//!              before ─┘    └─ under way               after ─┘
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::random::{Random, seed};
use crate::world::{Answer, Ask, STREET, World, case};

/// Where the connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// The book's COMMIT never reaches PostgreSQL.
    Before,
    /// COMMIT is passed on, and the connection cut in the same moment.
    UnderWay,
    /// PostgreSQL has committed and said so, and the book never hears it.
    After,
}

/// How often one drill cuts.
const CUTS: usize = 50;
const CLIENTS: usize = 8;

/// A way to PostgreSQL that is cut at times. Ends when dropped.
struct Proxy {
    dir: TempDir,
    plan: Arc<Plan>,
    accepting: tokio::task::JoinHandle<()>,
}

struct Plan {
    cut: Cut,
    random: Random,
    upstream: std::path::PathBuf,
    /// Cuts so far, and commits that were let through.
    cuts: AtomicUsize,
    passed: AtomicUsize,
}

impl Proxy {
    fn before(database: &Config, cut: Cut) -> Self {
        let [Host::Unix(upstream)] = database.get_hosts() else { panic!("the cluster listens on a socket") };
        let name = ".s.PGSQL.5432";
        let upstream = upstream.join(name);
        let (cuts, passed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let plan = Arc::new(Plan { cut, random: Random::new(seed()), upstream, cuts, passed });
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join(name)).unwrap();
        let planned = plan.clone();
        let accepting = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(connection(client, planned.clone()));
            }
        });
        Self { dir, plan, accepting }
    }

    /// The database as it is seen through the proxy.
    fn config(&self, database: &Config) -> Config {
        let mut config = Config::new();
        config.host_path(self.dir.path()).port(5432).user(database.get_user().unwrap());
        config.dbname(database.get_dbname().unwrap());
        config
    }

    fn cuts(&self) -> usize {
        self.plan.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Plan {
    /// Whether this commit is cut.
    fn cuts_now(&self) -> bool {
        let cut = self.cuts.load(Ordering::SeqCst) < CUTS && self.random.percent(60);
        let count = if cut { &self.cuts } else { &self.passed };
        count.fetch_add(1, Ordering::SeqCst);
        cut
    }
}

/// Both directions of one connection; when one ends or is cut, both sides are closed.
async fn connection(client: UnixStream, plan: Arc<Plan>) -> Option<()> {
    let (mut from_book, mut to_book) = client.into_split();
    let (mut from_postgres, mut to_postgres) = UnixStream::connect(&plan.upstream).await.ok()?.into_split();
    // The first message has no kind. A wish for TLS (80877103) or GSS (80877104) is declined with one letter.
    loop {
        let first = message(&mut from_book, Vec::new()).await?;
        match first[4..8] {
            [0x04, 0xd2, 0x16, 0x2f | 0x30] => to_book.write_all(b"N").await.ok()?,
            _ => break to_postgres.write_all(&first).await.ok()?,
        }
    }
    let asks = async {
        while let Some(said) = typed(&mut from_book).await {
            let commits = said[0] == b'Q' && said[5..].eq_ignore_ascii_case(b"commit\0");
            let cut = commits && plan.cut != Cut::After && plan.cuts_now();
            if cut && plan.cut == Cut::Before {
                return None;
            }
            to_postgres.write_all(&said).await.ok()?;
            if cut {
                return None;
            }
        }
        None
    };
    let answers = async {
        while let Some(said) = typed(&mut from_postgres).await {
            if said[0] == b'C' && said[5..] == *b"COMMIT\0" && plan.cut == Cut::After && plan.cuts_now() {
                return None;
            }
            to_book.write_all(&said).await.ok()?;
        }
        None
    };
    tokio::select! { end = asks => end, end = answers => end }
}

/// A message that begins with its kind.
async fn typed(from: &mut (impl AsyncReadExt + Unpin)) -> Option<Vec<u8>> {
    let kind = from.read_u8().await.ok()?;
    message(from, vec![kind]).await
}

/// Length and content of a message, after what was read of it.
async fn message(from: &mut (impl AsyncReadExt + Unpin), mut read: Vec<u8>) -> Option<Vec<u8>> {
    let length = from.read_u32().await.ok()?;
    read.extend(length.to_be_bytes());
    let start = read.len();
    read.resize(start + (length as usize).checked_sub(4)?, 0);
    from.read_exact(&mut read[start..]).await.ok()?;
    Some(read)
}

/// What became of a drill.
#[derive(Debug, Default)]
struct Seen {
    calls: usize,
    /// Answers that the book gave from a replay, though the caller had asked only once.
    replayed: usize,
    put_off: usize,
}

/// Clients pay one case after the other through a book whose connection is cut, until it was cut often enough.
async fn drill(cut: Cut) -> Seen {
    let began = Instant::now();
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000_000).await;
    let proxy = Proxy::before(&world.database.config, cut);
    let server = world.server_by(proxy.config(&world.database.config)).await;

    let client = async || {
        let (mut answers, mut put_off) = (Vec::new(), 0);
        while proxy.cuts() < CUTS {
            let ask = world.fast_track_at(&server, &case(STREET, 60_000));
            let answer = loop {
                let answer = ask.clone().send().await;
                match (answer.status, answer.code().as_str()) {
                    (201, _) => break answer,
                    (503, "OUTCOME_UNKNOWN" | "OVERLOADED") if answer.at("/retryable") == true => put_off += 1,
                    _ => panic!("{} is no answer to this: {}", answer.status, answer.text),
                }
            };
            answers.push((ask, answer));
        }
        (answers, put_off)
    };
    let done = join_all((0..CLIENTS).map(|_| client())).await;

    let put_off = done.iter().map(|(_, put_off)| put_off).sum();
    let answers: Vec<(Ask, Answer)> = done.into_iter().flat_map(|(answers, _)| answers).collect();
    for (ask, first) in &answers {
        let again = ask.clone().send().await.expect(201);
        assert_eq!((&again.text, is_replayed(&again)), (&first.text, true));
    }
    // One debit for each call, of the very amount, and no call without one.
    let client = world.database.client().await;
    let debits = "select case_id::text, amount from entry where case_id is not null and debit = 'available'";
    let mut debits: Vec<(String, i64)> =
        client.query(debits, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut told: Vec<(String, i64)> = answers.iter().map(|(_, answer)| (answer.text_at("/case/id"), 60_000)).collect();
    debits.sort();
    told.sort();
    assert_eq!(debits, told);
    let paid = i64::try_from(told.len()).unwrap() * 60_000;
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/paid_fen"), now.fen("/held_fen")), (paid, 0));
    world.check_invariants().await;

    let replayed = answers.iter().filter(|(_, answer)| is_replayed(answer)).count();
    let seen = Seen { calls: answers.len(), replayed, put_off };
    println!(
        "seed {}: {} cuts {cut:?} of the commit, {} commits let through; {} calls with one debit each, {} of them answered from a replay, {} put off; {:.0?}",
        seed(),
        proxy.cuts(),
        proxy.plan.passed.load(Ordering::SeqCst),
        seen.calls,
        seen.replayed,
        seen.put_off,
        began.elapsed()
    );
    assert_eq!(proxy.cuts(), CUTS);
    assert_eq!(seen.put_off, 0, "the way was free again long before the book loses its patience");
    seen
}

fn is_replayed(answer: &Answer) -> bool {
    answer.headers.get("idempotent-replayed").is_some_and(|value| value == "true")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_answered_from_a_replay_and_paid_once() {
    let seen = drill(Cut::After).await;
    assert!(seen.replayed >= CUTS, "each cut batch had committed at least one call: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_played_again_and_paid_once() {
    let seen = drill(Cut::Before).await;
    assert_eq!(seen.replayed, 0, "nothing was committed by a batch that was cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_under_way_when_the_connection_dies_is_paid_once() {
    drill(Cut::UnderWay).await;
}
