//! PostgreSQL is killed under load, all of its processes at once: the server finds it again by itself.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use jiujinan::actor::Role;
use nix::sys::signal::{Signal, kill};
use reqwest::Method;

use crate::home::{Home, children};
use crate::load::{Load, Manners, client};
use crate::process::Process;
use crate::random::{Random, seed};
use crate::world::Ask;

const KILLS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_loses_and_doubles_nothing() {
    let (began, random) = (Instant::now(), Random::new(seed()));
    let home = Home::new("kill-postgres");
    let server = Process::dev(&home, &["--seed", "none"]).await;
    let load = Load::begin(&home, server.address, seed()).await;
    let (done, reads, put_off) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let (finance, reader) = (home.token(Role::Finance, "3403"), client());
    let read = async {
        while !done.load(Ordering::SeqCst) {
            let url = format!("http://{}/v1/funds", server.address);
            let answer = Ask::new(&reader, Method::GET, url).by(&finance).send().await;
            reads.fetch_add(1, Ordering::Relaxed);
            if answer.status != 200 {
                put_off.fetch_add(1, Ordering::Relaxed);
                let answer = answer.refused(503, "OVERLOADED");
                assert!(answer.at("/retryable") == true && answer.headers.contains_key("retry-after"), "{}", answer.text);
            }
        }
    };
    let drill = async {
        let mut recoveries = Vec::new();
        for _ in 0..KILLS {
            load.reaches(load.acknowledged() + random.between(40, 120) as usize).await;
            kill_all_of_it(&home);
            let away = Instant::now();
            home.cluster().await;
            recoveries.push(away.elapsed());
        }
        load.reaches(load.acknowledged() + 100).await;
        load.halt();
        done.store(true, Ordering::SeqCst);
        recoveries
    };
    let ((), (), recoveries) = tokio::join!(load.run(server.address, 16, Manners::Insists), read, drill);

    let (acknowledged, _) = load.settle(server.address, 0).await;
    load.check(&home.client().await).await;
    server.stop().await;
    println!(
        "seed {}: {KILLS} kills -9 of PostgreSQL, {acknowledged} calls acknowledged; 0 lost, 0 doubled; away {recoveries:.1?}; {}; {} of {} reads put off; {:.0?}",
        seed(),
        load.tally(),
        put_off.into_inner(),
        reads.into_inner(),
        began.elapsed()
    );
}

/// Stopped first, so that it starts no children while they are looked for.
fn kill_all_of_it(home: &Home) {
    let postmaster = home.postmaster().unwrap();
    kill(postmaster, Signal::SIGSTOP).unwrap();
    let children = children(postmaster);
    assert!(children.len() > 4, "PostgreSQL has helpers and sessions");
    kill(postmaster, Signal::SIGKILL).unwrap();
    for child in children {
        let _ = kill(child, Signal::SIGKILL);
    }
}
