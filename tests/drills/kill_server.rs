//! The server is killed under load, again and again: what it has acknowledged is there, and nothing is there twice.

use std::time::{Duration, Instant};

use crate::home::Home;
use crate::load::{Load, Manners};
use crate::process::Process;
use crate::random::{Random, seed};

const KILLS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_and_doubles_nothing() {
    let (began, random) = (Instant::now(), Random::new(seed()));
    let home = Home::new("kill-server");
    let mut server = Process::dev(&home, &["--seed", "none"]).await;
    let load = Load::begin(&home, server.address, seed()).await;
    let postgres = home.postmaster().unwrap();
    let (mut acknowledged, mut open) = (0, 0);
    for _ in 0..KILLS {
        let from = load.calls.lock().unwrap().len();
        let goal = load.acknowledged() + random.between(20, 80) as usize;
        let phase = Duration::from_micros(random.between(0, 15_000));
        let address = server.address;
        tokio::join!(load.run(address, 16, Manners::LeavesIt), async {
            load.reaches(goal).await;
            // Not a wait: the kill shall meet the batch in every phase.
            tokio::time::sleep(phase).await;
            server.kill().await;
        });
        server = Process::dev(&home, &["--seed", "none"]).await;
        assert_eq!(home.postmaster(), Some(postgres), "the PostgreSQL that still runs is adopted");
        let (round_acknowledged, round_open) = load.settle(server.address, from).await;
        (acknowledged, open) = (acknowledged + round_acknowledged, open + round_open);
    }
    load.settle(server.address, 0).await;
    load.check(&home.client().await).await;
    server.stop().await;
    assert_eq!(home.postmaster(), None, "PostgreSQL stops with the server");
    println!(
        "seed {}: {KILLS} kills -9 of the server, {acknowledged} calls acknowledged before and {open} not; 0 lost, 0 doubled; {} in {:.0?}",
        seed(),
        load.tally(),
        began.elapsed()
    );
    assert!(open >= KILLS, "only {open} calls were under way in {KILLS} kills");
}
