//! The breaker at a real bank.

use std::time::{Duration, Instant};

use jiujinan::rail::{Breaker, BreakerSettings, Outcome, Passage, Unclear, Verdict};

use crate::bank::{Bank, instruction};

#[tokio::test]
async fn the_breaker_opens_at_a_failing_bank_and_closes_when_it_answers_again() {
    let bank = Bank::that("forget");
    let (id, bytes) = instruction(60_000);
    let open = Duration::from_secs(30);
    let mut breaker = Breaker::new(BreakerSettings { unclear_max: 3, open });
    let start = Instant::now();
    for _ in 0..3 {
        assert_eq!(breaker.ask(start), Passage::Go);
        let outcome = bank.gateway.send(id, &bytes).await;
        assert_eq!(outcome, Outcome::Unclear(Unclear::Status(500)));
        breaker.record(&outcome, start);
    }
    assert_eq!(breaker.ask(start), Passage::Wait(open));
    bank.behave("succeed").await;
    assert_eq!(breaker.ask(start + open), Passage::Go);
    assert!(matches!(breaker.ask(start + open), Passage::Wait(_)), "one goes through");
    let outcome = bank.gateway.send(id, &bytes).await;
    assert!(matches!(outcome, Outcome::Said(Verdict::Paid { .. })));
    breaker.record(&outcome, start + open);
    assert!(breaker.is_closed());
    assert_eq!(bank.paid(id).await, 1);
}
