//! What a bank says is what we hear.

use jiujinan::rail::{Outcome, Unclear, Verdict};
use uuid::Uuid;

use crate::bank::{Bank, Desk, instruction, reference};

#[tokio::test]
async fn a_paid_instruction_is_paid_and_the_enquiry_says_the_same() {
    let bank = Bank::that("succeed");
    let (id, bytes) = instruction(60_000);
    let sent = bank.gateway.send(id, &bytes).await;
    assert!(matches!(sent, Outcome::Said(Verdict::Paid { .. })), "{sent:?}");
    assert_eq!(bank.gateway.enquire(id).await, sent);
}

#[tokio::test]
async fn the_same_bytes_twice_pay_once_and_get_the_first_result() {
    let bank = Bank::that("succeed");
    let (id, bytes) = instruction(60_000);
    let first = bank.gateway.send(id, &bytes).await;
    bank.behave("refuse").await;
    assert_eq!(bank.gateway.send(id, &bytes).await, first);
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn the_same_bytes_many_times_at_once_pay_once() {
    let bank = Bank::that("succeed");
    let (id, bytes) = instruction(60_000);
    let outcomes = futures_util::future::join_all((0..16).map(|_| bank.gateway.send(id, &bytes))).await;
    let references: std::collections::BTreeSet<String> = outcomes.iter().map(reference).collect();
    assert_eq!((references.len(), bank.paid(id).await), (1, 1));
}

#[tokio::test]
async fn other_bytes_under_a_known_id_are_unclear_and_pay_nothing_more() {
    let bank = Bank::that("succeed");
    let (id, bytes) = instruction(60_000);
    let first = bank.gateway.send(id, &bytes).await;
    let other = String::from_utf8(bytes).unwrap().replace(":60000", ":60001");
    assert_eq!(bank.gateway.send(id, other.as_bytes()).await, Outcome::Unclear(Unclear::Status(409)));
    assert_eq!(bank.gateway.enquire(id).await, first);
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn a_refusal_brings_its_code_and_pays_nothing() {
    let bank = Bank::that("refuse:NO_SUCH_ACCOUNT");
    let (id, bytes) = instruction(60_000);
    let sent = bank.gateway.send(id, &bytes).await;
    let Outcome::Said(Verdict::Refused { reason, .. }) = &sent else { panic!("{sent:?}") };
    assert_eq!(reason.as_str(), "NO_SUCH_ACCOUNT");
    bank.behave("succeed").await;
    assert_eq!(bank.gateway.send(id, &bytes).await, sent);
    assert_eq!(bank.paid(id).await, 0);
}

#[tokio::test]
async fn the_bank_says_that_it_does_not_know_what_was_never_sent() {
    let bank = Bank::that("succeed");
    assert_eq!(bank.gateway.enquire(Uuid::now_v7()).await, Outcome::Said(Verdict::NotKnown));
}

#[tokio::test]
async fn one_instruction_may_be_refused_while_others_are_paid() {
    let bank = Bank::that("succeed");
    let ((one, bytes_one), (other, bytes_other)) = (instruction(1), instruction(2));
    bank.behave_towards(one, "refuse").await;
    assert!(matches!(bank.gateway.send(one, &bytes_one).await, Outcome::Said(Verdict::Refused { .. })));
    assert!(matches!(bank.gateway.send(other, &bytes_other).await, Outcome::Said(Verdict::Paid { .. })));
}

#[tokio::test]
async fn an_instruction_that_somebody_else_signed_is_not_paid() {
    let bank = Bank::that("succeed");
    let stranger = Desk::new();
    let key = jiujinan::rail::PeerKey::open(&bank.desk.file("bank.pem.pub")).unwrap();
    let gateway = stranger.gateway(&format!("http://{}", bank.address), key, std::time::Duration::from_secs(5));
    let (id, bytes) = instruction(60_000);
    assert_eq!(gateway.send(id, &bytes).await, Outcome::Unclear(Unclear::Status(401)));
    assert_eq!(bank.paid(id).await, 0);
}
