//! Server and bank are killed in the middle of sending, again and again: every transfer is paid once, by the bank's own ledger.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::home::{Home, PATIENCE};
use crate::load::client;
use crate::process::Process;
use crate::random::{Random, seed};
use crate::world::{Ask, STREET, account, case, check_invariants};

const KILLS: usize = 6;
const TRANSFERS_A_ROUND: usize = 6;

/// How often the ledger says that each identifier was paid.
fn paid(home: &Home) -> BTreeMap<String, usize> {
    let text = std::fs::read_to_string(home.path().join("rail/bank.ledger")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let settled = lines.filter(|line| line["event"] == "settled" && line["verdict"]["result"] == "paid");
    let mut paid = BTreeMap::new();
    for line in settled {
        *paid.entry(line["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    paid
}

fn transfer(home: &Home, server: &Process) -> Ask {
    let mut body = case(STREET, 1_000);
    body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
    let url = format!("http://{}/v1/fast-track", server.address);
    Ask::new(&client(), Method::POST, url).by(&home.token(Role::Clerk, STREET)).json(&body).once()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_paid_once_whenever_server_and_bank_are_killed() {
    let (began, random) = (Instant::now(), Random::new(seed()));
    let home = Home::new("kill-rail");
    let mut server = Process::dev(&home, &[]).await;
    let mut payments = Vec::new();
    for _ in 0..KILLS {
        for _ in 0..TRANSFERS_A_ROUND {
            payments.push(transfer(&home, &server).send().await.expect(201).text_at("/payments/0/id"));
        }
        // Not a wait: the courier looks once a second, and the kill shall meet it before, within and after its round.
        tokio::time::sleep(Duration::from_millis(random.between(300, 1_600))).await;
        server.kill().await;
        server = Process::dev(&home, &[]).await;
    }
    let database = home.client().await;
    let under_way = async || {
        let open = "select count(*) from hold where state = 'held' and payment_id is not null";
        database.query_one(open, &[]).await.unwrap().get::<_, i64>(0)
    };
    // A killed courier's leases run out first.
    let patience = Instant::now();
    while under_way().await > 0 {
        assert!(patience.elapsed() < PATIENCE + Duration::from_secs(60), "{} transfers are never paid", under_way().await);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let paid = paid(&home);
    assert_eq!(paid.keys().cloned().collect::<std::collections::BTreeSet<_>>(), payments.iter().cloned().collect());
    assert!(paid.values().all(|times| *times == 1), "{paid:?}");
    check_invariants(&database).await;
    server.stop().await;
    println!(
        "seed {}: {KILLS} kills -9 of server and bank, {} transfers, each paid once; in {:.0?}",
        seed(),
        payments.len(),
        began.elapsed()
    );
}
