//! Faults of the bank and of the way: each is unclear, and what it hid is found out by asking again.

use std::time::Duration;

use jiujinan::rail::{Outcome, SignatureInvalid, Unclear, Verdict};

use crate::bank::{Bank, Desk, instruction, reference};

#[tokio::test]
async fn a_dropped_answer_is_unclear_and_the_enquiry_finds_the_payment() {
    let bank = Bank::that("drop");
    let (id, bytes) = instruction(60_000);
    assert_eq!(bank.gateway.send(id, &bytes).await, Outcome::Unclear(Unclear::Cut));
    let known = reference(&bank.gateway.enquire(id).await);
    assert_eq!(reference(&bank.gateway.send(id, &bytes).await), known);
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn an_answer_that_never_comes_is_unclear_and_the_enquiry_finds_the_payment() {
    let bank = Bank::that("slow");
    let (id, bytes) = instruction(60_000);
    assert_eq!(bank.impatient().send(id, &bytes).await, Outcome::Unclear(Unclear::TimedOut));
    let known = reference(&bank.gateway.enquire(id).await);
    assert_eq!(reference(&bank.gateway.send(id, &bytes).await), known);
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn what_the_bank_forgot_is_unclear_then_not_known_and_is_paid_when_sent_again() {
    let bank = Bank::that("forget");
    let (id, bytes) = instruction(60_000);
    assert_eq!(bank.gateway.send(id, &bytes).await, Outcome::Unclear(Unclear::Status(500)));
    assert_eq!(bank.gateway.enquire(id).await, Outcome::Said(Verdict::NotKnown));
    assert_eq!(bank.paid(id).await, 0);
    bank.behave("succeed").await;
    reference(&bank.gateway.send(id, &bytes).await);
    assert_eq!(bank.paid(id).await, 1);
}

#[tokio::test]
async fn a_wrongly_signed_yes_is_no_yes() {
    let bank = Bank::that("forge");
    let (id, bytes) = instruction(60_000);
    let not_believed = Outcome::Unclear(Unclear::NotBelieved(SignatureInvalid::Signature));
    assert_eq!(bank.gateway.send(id, &bytes).await, not_believed);
    assert_eq!(bank.gateway.enquire(id).await, not_believed);
}

#[tokio::test]
async fn a_bank_that_is_not_there_is_unclear() {
    let desk = Desk::new();
    let bank = jiujinan::rail::OwnKey::make().unwrap().peer();
    // Bound and not listening: nobody else gets the port, and nobody answers at it.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let gateway = desk.gateway(&address, bank, Duration::from_secs(5));
    let (id, bytes) = instruction(60_000);
    assert_eq!(gateway.send(id, &bytes).await, Outcome::Unclear(Unclear::Unreachable));
    assert_eq!(gateway.enquire(id).await, Outcome::Unclear(Unclear::Unreachable));
}
