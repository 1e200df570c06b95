//! PostgreSQL answers nothing for a while: its processes are stopped, connections stay open, new ones hang.
//! Callers are told something in time, and afterwards every key is settled once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiujinan::actor::Role;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Method;

use crate::home::{Home, children};
use crate::load::{Load, client};
use crate::process::Process;
use crate::random::seed;
use crate::world::{Answer, Ask};

/// The longest that a caller of the book waits (40 s), and a little for a busy machine.
const WAIT_MAX: Duration = Duration::from_secs(45);
/// A read waits for a connection (2 s), a new one (5 s) and its rows (6 s).
const READ_MAX: Duration = Duration::from_secs(20);
/// A twin waits 2 s, and nobody else who is turned away waits at all.
const TURNED_AWAY_MAX: Duration = Duration::from_secs(5);

/// PostgreSQL as it stands still; goes on when dropped.
struct Pause(Vec<Pid>);

impl Pause {
    fn of(home: &Home) -> Self {
        let postmaster = home.postmaster().unwrap();
        // The postmaster first, so that it starts no children while they are looked for.
        kill(postmaster, Signal::SIGSTOP).unwrap();
        let mut stopped = vec![postmaster];
        for child in children(postmaster) {
            kill(child, Signal::SIGSTOP).unwrap();
            stopped.push(child);
        }
        Self(stopped)
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        for process in self.0.iter().rev() {
            let _ = kill(*process, Signal::SIGCONT);
        }
    }
}

async fn timed(ask: Ask) -> (Answer, Duration) {
    let began = Instant::now();
    let answer = tokio::time::timeout(WAIT_MAX, ask.send()).await;
    (answer.unwrap_or_else(|_| panic!("no answer within {WAIT_MAX:?}")), began.elapsed())
}

fn retryable(answer: &Answer) -> bool {
    answer.at("/retryable") == true && answer.headers.contains_key("retry-after")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_pause_of_the_database_is_waited_for_and_twins_are_told_to_come_back() {
    let home = Home::new("slow-short");
    let server = Process::dev(&home, &["--seed", "none"]).await;
    let load = Load::begin(&home, server.address, seed()).await;
    let calls: Vec<_> = (0..10).map(|_| load.plan()).collect();
    let twins = load.plan();

    let pause = Pause::of(&home);
    let asked = futures_util::future::join_all(calls.iter().map(|call| timed(load.request(server.address, call))));
    let (one, other) = (timed(load.request(server.address, &twins)), timed(load.request(server.address, &twins)));
    tokio::pin!(one, other);
    let end_of_pause = async {
        // Whichever comes second is the twin.
        let (twin, waited, first) = tokio::select! {
            (answer, waited) = &mut one => (answer, waited, other),
            (answer, waited) = &mut other => (answer, waited, one),
        };
        drop(pause);
        (twin, waited, first.await.0)
    };
    let (asked, (twin, waited, first)) = tokio::join!(asked, end_of_pause);

    let twin = twin.refused(409, "KEY_IN_FLIGHT");
    assert!(retryable(&twin) && waited < TURNED_AWAY_MAX, "{waited:?} {}", twin.text);
    first.expect(201);
    let longest = asked.iter().map(|(_, waited)| *waited).max().unwrap();
    assert!(asked.iter().all(|(answer, _)| answer.status == 201), "{asked:?}");
    load.settle(server.address, 0).await;
    load.check(&home.client().await).await;
    server.stop().await;
    println!(
        "a pause of {waited:.1?}: 11 of 11 keys paid at the first asking, the longest in {longest:.1?}, a twin told KEY_IN_FLIGHT"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_of_the_database_is_answered_in_time_and_settled_afterwards() {
    let home = Home::new("slow-long");
    let server = Process::dev(&home, &["--seed", "none", "--queue-max", "16"]).await;
    let load = Load::begin(&home, server.address, seed()).await;
    let finance = home.token(Role::Finance, "3403");
    let calls: Vec<_> = (0..40).map(|_| load.plan()).collect();
    let (reader, url) = (client(), |path: &str| format!("http://{}{path}", server.address));
    let get = |path: &str| Ask::new(&reader, Method::GET, url(path)).by(&finance);
    // A connection of the readers' pool is open and idle.
    get("/v1/funds").send().await.expect(200);
    get("/readyz").send().await.expect(200);

    // Some reads are under way when the pause begins: each reader reads until it is put off.
    let read_count = AtomicUsize::new(0);
    let read = async || {
        loop {
            let (answer, waited) = timed(get("/v1/funds")).await;
            read_count.fetch_add(1, Ordering::Relaxed);
            if answer.status != 200 {
                return (answer, waited);
            }
        }
    };
    let reads = futures_util::future::join_all((0..8).map(|_| read()));
    let begin = async {
        while read_count.load(Ordering::Relaxed) < 100 {
            tokio::task::yield_now().await;
        }
        let pause = Pause::of(&home);
        let asked = futures_util::future::join_all(calls.iter().map(|call| timed(load.request(server.address, call))));
        let (asked, ready, alive) = tokio::join!(asked, timed(get("/readyz")), timed(get("/healthz")));
        (pause, asked, ready, alive)
    };
    let (reads, (pause, asked, ready, alive)) = tokio::join!(reads, begin);
    drop(pause);

    let (mut overloaded, mut unknown, mut longest) = (0, 0, Duration::ZERO);
    for (answer, waited) in asked {
        longest = longest.max(waited);
        match answer.code().as_str() {
            "OVERLOADED" => {
                overloaded += 1;
                assert!(waited < TURNED_AWAY_MAX, "a full queue is told at once, not after {waited:?}");
            }
            "OUTCOME_UNKNOWN" => unknown += 1,
            _ => panic!("{} is no answer to this: {}", answer.status, answer.text),
        }
        assert!(answer.status == 503 && retryable(&answer), "{}", answer.text);
    }
    // Of 16 places 2 are kept for what resolves; one batch has left the queue before it fills.
    assert!(overloaded >= 40 - 16 - 14 && unknown >= 10, "{overloaded} overloaded, {unknown} unknown");
    let longest_read = reads.iter().map(|(_, waited)| *waited).max().unwrap();
    for (answer, _) in reads {
        assert!(retryable(&answer.refused(503, "OVERLOADED")));
    }
    assert!(longest_read < READ_MAX && ready.1 < READ_MAX, "reads are told within {longest_read:?}, readyz within {:?}", ready.1);
    ready.0.expect(503);
    alive.0.expect(200);
    assert!(alive.1 < TURNED_AWAY_MAX, "the process is there: {:?}", alive.1);

    load.settle(server.address, 0).await;
    load.check(&home.client().await).await;
    get("/v1/funds").send().await.expect(200);
    get("/readyz").send().await.expect(200);
    server.stop().await;
    println!(
        "a pause of {longest:.1?} with 16 places: {overloaded} told OVERLOADED, {unknown} OUTCOME_UNKNOWN, reads told within {longest_read:.1?}, \
         readyz within {:.1?}; 40 of 40 keys settled once",
        ready.1
    );
}
