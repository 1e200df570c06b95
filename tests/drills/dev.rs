//! `jiujinan dev` on its own database: alone on a directory, on its feet again when the database dies, and the same after a restart.

use std::time::{Duration, Instant};

use jiujinan::actor::Role;
use nix::sys::signal::{Signal, kill};
use reqwest::Method;
use serde_json::json;

use crate::home::{Home, PATIENCE};
use crate::load::client;
use crate::process::{Process, run};
use crate::world::{Ask, STREET, case};

fn pay(home: &Home, server: &Process) -> Ask {
    let url = format!("http://{}/v1/fast-track", server.address);
    Ask::new(&client(), Method::POST, url).by(&home.token(Role::Clerk, STREET)).json(&case(STREET, 10_000)).once()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_on_the_same_directory_is_refused_and_the_first_goes_on() {
    let home = Home::new("dev-second");
    let first = Process::dev(&home, &[]).await;
    let dir = home.path().to_str().unwrap();
    let (code, said, complaint) = run(&["dev", "--data-dir", dir, "--listen", "127.0.0.1:0"]).await;
    assert_eq!((code, said.as_str()), (1, ""), "{complaint}");
    assert!(complaint.contains("another `jiujinan dev` serves"), "{complaint}");
    pay(&home, &first).send().await.expect(201);
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_dies_is_started_again() {
    let home = Home::new("dev-database");
    let server = Process::dev(&home, &[]).await;
    let ask = pay(&home, &server);
    let paid = ask.clone().send().await.expect(201);
    let old = home.postmaster().unwrap();
    kill(old, Signal::SIGKILL).unwrap();

    let (began, mut again) = (Instant::now(), ask.clone().send().await);
    while again.status != 201 {
        assert!(began.elapsed() < PATIENCE, "{}", again.text);
        tokio::time::sleep(Duration::from_millis(200)).await;
        again = ask.clone().send().await;
    }
    assert_eq!(again.text, paid.text);
    assert_ne!(home.postmaster(), Some(old));
    server.stop().await;
    assert_eq!(home.postmaster(), None, "the database stops with the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_city_stays_what_it_became() {
    let home = Home::new("dev-empty");
    let server = Process::dev(&home, &["--seed", "none"]).await;
    let fund = json!({"division": STREET, "kind": "street_reserve", "name": "自设", "target_fen": 0});
    let open = |server: &Process| Ask::new(&client(), Method::POST, format!("http://{}/v1/funds", server.address));
    let finance = home.token(Role::Finance, "3403");
    open(&server).by(&finance).json(&fund).once().send().await.expect(201);
    server.stop().await;

    let server = Process::dev(&home, &[]).await;
    let url = format!("http://{}/v1/funds", server.address);
    let funds = Ask::new(&client(), Method::GET, url).by(&finance).send().await.expect(200);
    assert_eq!(funds.at("/items").as_array().unwrap().len(), 1, "{}", funds.text);
    server.stop().await;
}
