//! The pure core against a naive model: random sequences of moves, decided as the writer decides them, batch by batch.
//!
//! After every move the outcome is the one that the naive model says, and everything that must always hold is derived anew from
//! the rows written so far. `JIUJINAN_SEED` plays other sequences; a failure names its sequence.

mod draw;
mod ledger;
mod naive;
mod play;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiujinan::code::Code;

use crate::model::draw::{Act, Dice, FUNDS, draw};
use crate::model::play::Game;

const SEQUENCES: u64 = 10_000;
const MOVES_MAX: u64 = 12;

/// What a short run of sequences comes to: how many moves ended with which word.
type Tally = BTreeMap<String, u64>;

fn sequence(seed: u64, number: u64, tally: &mut Tally) {
    let mut dice = Dice::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut game = Game::new();
    let moves = 5 + dice.below(MOVES_MAX - 4);
    let mut played = 0;
    // Three of four begin with money.
    if dice.percent(75) {
        game.begin(0);
        for fund in 0..FUNDS {
            let amount = dice.pick(&[100_000, 500_000, 2_000_000]);
            *tally.entry(game.play(&Act::TopUp { fund, amount })).or_default() += 1;
        }
        game.commit();
    }
    while played < moves {
        // Batches of one to four moves; between them the clock goes on.
        game.begin(dice.pick(&[0, 0, 0, 1, 7, 24, 24 * 364, 24 * 365]));
        for _ in 0..1 + dice.below(4) {
            let action = draw(&mut dice, &game.naive);
            *tally.entry(game.play(&action)).or_default() += 1;
            played += 1;
        }
        game.commit();
    }
}

#[test]
fn ten_thousand_sequences_agree_with_the_naive_model_and_break_nothing() {
    let seed: u64 = std::env::var("JIUJINAN_SEED").map_or(42, |seed| seed.parse().unwrap());
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut tally = Tally::new();
                    for number in (worker..SEQUENCES).step_by(workers as usize) {
                        let played = catch_unwind(AssertUnwindSafe(|| sequence(seed, number, &mut tally)));
                        assert!(played.is_ok(), "sequence {number} of seed {seed} broke, see above");
                    }
                    tally
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let mut tally = Tally::new();
    for (word, count) in tallies.into_iter().flatten() {
        *tally.entry(word).or_default() += count;
    }
    let moves: u64 = tally.values().sum();
    println!("seed {seed}: {SEQUENCES} sequences, {moves} moves, 0 deviations: {tally:?}");
    let reached = |code: Code| assert!(tally.contains_key(&format!("fast-track {code}")), "no sequence came to {code}");
    for code in [
        Code::Approved,
        Code::ApprovedPartial,
        Code::LimitCase,
        Code::LimitPersonYear,
        Code::LimitOfficerDay,
        Code::LimitFundDay,
        Code::LimitCash,
        Code::SecondSignatureRequired,
        Code::FundInsufficient,
        Code::FundFrozen,
        Code::SameCause,
        Code::RepeatLimit,
        Code::OtherScheme,
        Code::NeedsCounty,
        Code::ReviewRequired,
        Code::IdTemporary,
        Code::Deceased,
        Code::Barred,
        Code::SamePersonSigned,
        Code::CountersignInvalid,
        Code::NotFound,
    ] {
        reached(code);
    }
    for word in
        ["withdraw 201", "withdraw FUND_INSUFFICIENT", "withdraw FUND_FROZEN", "settings 200", "settings FUND_INSUFFICIENT"]
    {
        assert!(tally.contains_key(word), "no sequence came to {word}");
    }
}
