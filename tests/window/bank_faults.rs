//! Every way in which a bank may misbehave, against every state that a payment may be in: nothing is lost, nothing is doubled.

use futures_util::future::join_all;
use serde_json::json;

use crate::world::bank::{Bank, result};
use crate::world::{STREET, Server, World, account, case, until};

/// A word, and the state that it leads to from another.
type Word = (&'static str, fn(&str) -> &str);

/// What the bank says once more afterwards, with the state of a payment in the end, by the state that it was in.
const WORDS: [Word; 4] = [
    ("paid", |state| if state == "dispatched" { "paid" } else { state }),
    ("refused", |state| if state == "dispatched" { "refused" } else { state }),
    ("returned", |state| if ["dispatched", "paid"].contains(&state) { "returned" } else { state }),
    ("accepted", |state| state),
];

struct Stage {
    world: World,
    other: Server,
    bank: Bank,
}

impl Stage {
    async fn state(&self, case: &str) -> String {
        let seen = self.world.get(&format!("/v1/cases/{case}"), &self.world.clerk(STREET)).await.expect(200);
        seen.text_at("/payments/0/state")
    }

    /// One transfer: what the bank makes of it, then the word, twice at each server. Returns the state in the end.
    async fn play(&self, settles_as: &str, (word, becomes): Word) -> &'static str {
        let mut body = case(STREET, 60_000);
        body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
        let paying = self.world.fast_track(&body).send().await.expect(201);
        let (id, payment) = (paying.text_at("/case/id"), paying.text_at("/payments/0/id"));
        until(settles_as, async || self.state(&id).await == settles_as).await;
        let said = result(&payment, word);
        let servers = [&self.world.server, &self.other, &self.world.server, &self.other];
        for answer in join_all(servers.map(|server| self.bank.calls_back(server, &said))).await {
            assert_eq!(answer.status, 204, "{}", answer.text);
        }
        let expected =
            ["dispatched", "paid", "refused", "returned"].into_iter().find(|state| *state == becomes(settles_as)).unwrap();
        assert_eq!(self.state(&id).await, expected, "{settles_as}, then {word}");
        expected
    }
}

async fn faults(behaviour: &str, settles_as: &str) {
    let bank = Bank::new(behaviour);
    let world = World::with_bank(&bank).await;
    let other = world.another_server_with(&bank).await;
    let fund = world.fund(STREET, 1_000_000).await;
    let stage = Stage { world, other, bank };
    let ends = join_all(WORDS.map(|word| stage.play(settles_as, word))).await;

    let count = |states: &[&str]| i64::try_from(ends.iter().filter(|end| states.contains(end)).count()).unwrap() * 60_000;
    let now = stage.world.fund_now(&fund).await;
    assert_eq!(now.fen("/paid_fen"), count(&["paid"]), "{behaviour}: {ends:?}");
    assert_eq!(now.fen("/held_fen"), count(&["dispatched", "returned"]), "{behaviour}: {ends:?}");
    assert_eq!(now.fen("/available_fen"), 1_000_000 - count(&["paid", "dispatched", "returned"]), "{behaviour}: {ends:?}");
    let paid = stage.bank.ledger().await["paid"].as_array().unwrap().len();
    assert!(paid <= WORDS.len(), "{behaviour}: the bank paid {paid} times");
    stage.world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_pays_in_whatever_way_pays_once_whatever_it_says_afterwards() {
    for behaviour in ["succeed", "drop", "twice", "delay:300"] {
        faults(behaviour, "paid").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_refuses_is_believed_once_whatever_it_says_afterwards() {
    faults("refuse", "refused").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_says_nothing_to_be_believed_leaves_the_money_held_until_it_does() {
    for behaviour in ["forget", "forge"] {
        faults(behaviour, "dispatched").await;
    }
}
