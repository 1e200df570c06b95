//! Results that come later, by call-back.

use jiujinan::rail::simulator::{Simulator, SimulatorInvalid, SimulatorSettings};
use jiujinan::rail::{Outcome, Verdict};

use crate::bank::{Desk, instruction, with_receiver};

#[tokio::test]
async fn a_delayed_payment_is_accepted_until_the_call_back_says_paid() {
    let (bank, mut receiver) = with_receiver("delay:1500", 0);
    let (id, bytes) = instruction(60_000);
    assert_eq!(bank.gateway.send(id, &bytes).await, Outcome::Said(Verdict::Accepted));
    assert_eq!(bank.gateway.enquire(id).await, Outcome::Said(Verdict::Accepted));
    let result = receiver.next().await;
    assert_eq!(result.instruction_id, id);
    assert!(matches!(result.verdict, Verdict::Paid { .. }));
    assert_eq!(bank.gateway.enquire(id).await, Outcome::Said(result.verdict));
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn an_answer_may_be_repeated_by_call_backs_and_is_one_payment() {
    let (bank, mut receiver) = with_receiver("twice", 0);
    let (id, bytes) = instruction(60_000);
    let sent = bank.gateway.send(id, &bytes).await;
    for _ in 0..2 {
        assert_eq!(Outcome::Said(receiver.next().await.verdict), sent);
    }
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn money_that_comes_back_is_told_by_call_back_and_stays_so() {
    let (bank, mut receiver) = with_receiver("return:100:ACCOUNT_FROZEN", 0);
    let (id, bytes) = instruction(60_000);
    assert!(matches!(bank.gateway.send(id, &bytes).await, Outcome::Said(Verdict::Paid { .. })));
    let result = receiver.next().await;
    let Verdict::Returned { reason, .. } = &result.verdict else { panic!("{result:?}") };
    assert_eq!(reason.as_str(), "ACCOUNT_FROZEN");
    let returned = Outcome::Said(result.verdict);
    assert_eq!(bank.gateway.enquire(id).await, returned);
    assert_eq!(bank.gateway.send(id, &bytes).await, returned);
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn a_call_back_that_nobody_took_comes_again() {
    let (bank, mut receiver) = with_receiver("delay:0", 2);
    let (id, bytes) = instruction(60_000);
    assert_eq!(bank.gateway.send(id, &bytes).await, Outcome::Said(Verdict::Accepted));
    assert_eq!(receiver.next().await.instruction_id, id);
}

#[tokio::test]
async fn call_backs_stay_on_this_machine_unless_allowed() {
    let desk = Desk::new();
    let far = Some("https://city.example/v1/rail/results".to_owned());
    let started = Simulator::start(SimulatorSettings { callback: far, ..desk.settings("succeed") });
    assert!(matches!(started, Err(SimulatorInvalid::Far)));
}
