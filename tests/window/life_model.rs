//! Holds against a model: approvals, payments in parts, what the bank says, withdrawals and time, in orders that a reference state
//! machine draws, played by two servers at once on one database. `JIUJINAN_SEED` draws others.

use jiujinan::actor::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;
use serde_json::{Value, json};

use crate::world::bank::{Bank, result};
use crate::world::{Answer, Ask, STREET, Server, World, account, case, until};

/// Lives that are played at once.
const LIVES: usize = 64;
const ASKED: i64 = 60_000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    UnderWay,
    Paid,
    Refused,
    Returned,
}

#[derive(Clone, Debug)]
enum Step {
    Approve,
    Pay { bank: bool, percent: i64 },
    Says { payment: usize, word: &'static str },
    Withdraw,
    RunOut,
}

/// What a case must be like, in the simplest words.
#[derive(Clone, Debug)]
struct Life {
    /// `accepted`, `withdrawn`, `expired`; otherwise it follows from the money.
    ended: Option<&'static str>,
    free: i64,
    /// Method, amount, state.
    payments: Vec<(bool, i64, At)>,
}

impl Life {
    fn stands(&self) -> i64 {
        self.payments.iter().filter(|(_, _, at)| matches!(at, At::UnderWay | At::Paid)).map(|(_, fen, _)| fen).sum()
    }

    fn granted(&self) -> i64 {
        self.free + self.stands()
    }

    fn state(&self) -> &'static str {
        match self.ended {
            Some(ended) => ended,
            None if self.payments.iter().any(|(_, _, at)| *at == At::UnderWay) => "paying",
            None if self.free > 0 => "approved",
            None => "paid",
        }
    }

    /// How much a payment of so much of what is free is.
    fn share(&self, percent: i64) -> i64 {
        (self.free * percent / 100).max(1)
    }

    /// A grant of which nothing is left has ended.
    fn end(&mut self, as_what: &'static str) {
        if self.granted() == 0 {
            self.ended = Some(as_what);
        }
    }
}

impl ReferenceStateMachine for Life {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self { ended: Some("accepted"), free: 0, payments: Vec::new() }).boxed()
    }

    fn transitions(life: &Self) -> BoxedStrategy<Step> {
        // A withdrawal is tried in every state, also where there is nothing to withdraw.
        let mut steps = vec![(1, Just(Step::Withdraw).boxed())];
        if life.ended == Some("accepted") {
            steps.push((8, Just(Step::Approve).boxed()));
        }
        if life.free > 0 {
            steps.push((1, Just(Step::RunOut).boxed()));
        }
        if life.free > 0 && life.payments.len() < 6 {
            steps.push((5, (any::<bool>(), 1..=100_i64).prop_map(|(bank, percent)| Step::Pay { bank, percent }).boxed()));
        }
        let transfers: Vec<usize> = (0..life.payments.len()).filter(|at| life.payments[*at].0).collect();
        if !transfers.is_empty() {
            let words = prop::sample::select(vec!["paid", "paid", "refused", "returned", "accepted"]);
            let says = (prop::sample::select(transfers), words).prop_map(|(payment, word)| Step::Says { payment, word });
            steps.push((6, says.boxed()));
        }
        prop::strategy::Union::new_weighted(steps).boxed()
    }

    fn apply(mut life: Self, step: &Step) -> Self {
        match *step {
            Step::Approve => {
                life.ended = None;
                life.free = ASKED;
            }
            Step::Pay { bank, percent } => {
                let fen = life.share(percent);
                life.free -= fen;
                life.payments.push((bank, fen, if bank { At::UnderWay } else { At::Paid }));
            }
            Step::Says { payment, word } => {
                let (_, fen, at) = &mut life.payments[payment];
                match (*at, word) {
                    (At::UnderWay, "paid") => *at = At::Paid,
                    (At::UnderWay | At::Paid, "returned") => {
                        *at = At::Returned;
                        life.free += *fen;
                    }
                    (At::UnderWay, "refused") => {
                        *at = At::Refused;
                        life.end("accepted");
                    }
                    _ => {}
                }
            }
            Step::Withdraw if life.free > 0 => {
                life.free = 0;
                life.end("withdrawn");
            }
            Step::Withdraw if life.ended == Some("accepted") => life.ended = Some("withdrawn"),
            Step::Withdraw => {}
            Step::RunOut => {
                life.free = 0;
                life.end("expired");
            }
        }
        life
    }
}

/// Two servers, and a bank that answers nothing by itself: what it says comes as call-backs.
struct Stage {
    world: World,
    other: Server,
    bank: Bank,
}

impl Stage {
    /// The same request at both servers at once. One does it; the other gives the same answer, or says that it is being done.
    async fn both(&self, ask: Ask) -> Answer {
        let (one, two) = tokio::join!(ask.clone().send(), ask.clone().at(&self.other).send());
        let (first, second) = if one.text.contains("KEY_IN_FLIGHT") { (two, one) } else { (one, two) };
        let same = first.text == second.text || (first.status == 409 && second.status == 409);
        assert!(same || second.text.contains("KEY_IN_FLIGHT"), "{} and {}", first.text, second.text);
        first
    }

    async fn seen(&self, id: &str) -> Answer {
        self.world.get(&format!("/v1/cases/{id}"), &self.world.clerk(STREET)).await.expect(200)
    }

    async fn play(&self, id: &str, life: &Life, step: &Step) {
        let (path, clerk) = (format!("/v1/cases/{id}"), self.world.clerk(STREET));
        let approver = self.world.token(&[Role::Approver], STREET, "approver-1");
        match *step {
            Step::Approve => {
                let ask = self.world.post(&format!("{path}/approval"), &approver, &json!({"note": "属实"})).once();
                self.both(ask).await.expect(200);
            }
            Step::Pay { bank, percent } => {
                let fen = life.share(percent);
                let payment = match bank {
                    true => json!({"method": "bank", "account": account(), "account_name": "测试人", "amount_fen": fen}),
                    false => json!({"method": "cash", "amount_fen": fen}),
                };
                let body = json!({"payments": [payment]});
                self.both(self.world.post(&format!("{path}/payments"), &clerk, &body).once()).await.expect(201);
            }
            Step::Says { payment, word } => {
                let sent = async || self.seen(id).await.text_at(&format!("/payments/{payment}/state")) != "instructed";
                until("the instruction is dispatched", sent).await;
                let of = self.seen(id).await.text_at(&format!("/payments/{payment}/id"));
                let said = result(&of, word);
                let (one, two) = (&self.world.server, &self.other);
                let (one, two) = tokio::join!(self.bank.calls_back(one, &said), self.bank.calls_back(two, &said));
                assert_eq!((one.status, two.status), (204, 204), "{} {}", one.text, two.text);
            }
            Step::Withdraw => {
                let ask = self.world.post(&format!("{path}/withdrawal"), &clerk, &json!({"reason": "不再需要"})).once();
                let may = life.free > 0 || life.ended == Some("accepted");
                self.both(ask).await.expect(if may { 200 } else { 409 });
            }
            Step::RunOut => {
                let past = format!(
                    "update hold set expires_at = now() where case_id = '{id}' and state = 'held' and payment_id is null"
                );
                self.world.sql(&past).await;
                let body = json!({"payments": [{"method": "cash"}]});
                let late = self.world.post(&format!("{path}/payments"), &clerk, &body).once().send().await;
                late.refused(409, "CONFLICT");
                let granted = life.stands();
                until("the grant expires", async || self.seen(id).await.fen("/granted_fen") == granted).await;
            }
        }
    }

    async fn live(&self, steps: &[Step]) {
        let mut body = case(STREET, ASKED);
        body.as_object_mut().unwrap().remove("payments");
        let accepted = self.world.post("/v1/cases", &self.world.clerk(STREET), &body).once().send().await.expect(201);
        let id = accepted.text_at("/case/id");
        let mut life = Life { ended: Some("accepted"), free: 0, payments: Vec::new() };
        for (at, step) in steps.iter().enumerate() {
            self.play(&id, &life, step).await;
            life = Life::apply(life, step);
            let seen = self.seen(&id).await;
            let told = format!("{id} after {:?} {:?}", &steps[..=at], life);
            assert_eq!((seen.text_at("/state").as_str(), seen.fen("/granted_fen")), (life.state(), life.granted()), "{told}");
            let states = seen.at("/payments");
            for (payment, (_, fen, at)) in states.as_array().unwrap().iter().zip(&life.payments) {
                assert_eq!((payment["amount_fen"].as_i64(), is(payment, *at)), (Some(*fen), true), "{told}: {payment}");
            }
        }
    }
}

fn is(payment: &Value, at: At) -> bool {
    let state = payment["state"].as_str().unwrap();
    match at {
        At::UnderWay => ["instructed", "dispatched", "unknown"].contains(&state),
        At::Paid => state == "paid",
        At::Refused => state == "refused",
        At::Returned => state == "returned",
    }
}

fn lives() -> Vec<Vec<Step>> {
    let seed: u64 = std::env::var("JIUJINAN_SEED").map_or(42, |seed| seed.parse().unwrap());
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = Life::sequential_strategy(4..20);
    (0..LIVES).map(|_| strategy.new_tree(&mut runner).unwrap().current().1).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_play_every_life_as_the_model_says() {
    let bank = Bank::new("forget");
    let world = World::with_bank(&bank).await;
    let other = world.another_server_with(&bank).await;
    let fund = world.fund(STREET, 100_000_000).await;
    let stage = Stage { world, other, bank };
    let lives = lives();
    futures_util::future::join_all(lives.iter().map(|steps| stage.live(steps))).await;
    let words: Vec<String> = lives.iter().flatten().map(|step| format!("{step:?}")).collect();
    for word in ["Approve", "bank: true", "bank: false", "\"paid\"", "\"refused\"", "\"returned\"", "Withdraw", "RunOut"] {
        assert!(words.iter().any(|step| step.contains(word)), "no life came to {word}");
    }
    println!("{LIVES} lives, {} steps, 0 deviations", words.len());

    // What is given back is given back to the limits as well.
    let counted = format!("select day_granted = (select sum(granted) from aid_case) from fund where id = '{fund}'");
    assert_eq!(stage.world.sql_text(&format!("select ({counted})::text")).await, "true");
    stage.world.check_invariants().await;
}
