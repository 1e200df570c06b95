//! The circuit breaker: a bank that does not answer is left alone for a while.
//!
//! ```text
//!            K unclear in a row              open time over
//!   closed ────────────────────► open ────────────────────► half open: one goes through
//!      ▲                           ▲                            │
//!      │                           └──────────unclear───────────┤
//!      └──────────────────────────────────────said──────────────┘
//! ```
//! Pure: the clock is handed in. Whoever keeps it shares it behind a lock.

use std::time::{Duration, Instant};

use crate::rail::outcome::Outcome;

/// When it opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Unclear outcomes in a row after which it opens.
    pub unclear_max: u32,
    /// How long nothing goes through then.
    pub open: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { unclear_max: 5, open: Duration::from_secs(30) }
    }
}

/// Whether a message may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It may; its outcome is to be recorded.
    Go,
    /// Not before so much time has passed.
    Wait(Duration),
}

/// The breaker of one bank.
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed {
        unclear: u32,
    },
    Open {
        until: Instant,
    },
    /// One is on its way. If nothing is heard of it until then (its sender may have died), another one goes.
    HalfOpen {
        until: Instant,
    },
}

impl Breaker {
    /// A closed one.
    pub const fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { unclear: 0 } }
    }

    /// Asks to let one message through.
    pub fn ask(&mut self, now: Instant) -> Passage {
        match self.state {
            State::Closed { .. } => Passage::Go,
            State::Open { until } | State::HalfOpen { until } if now < until => Passage::Wait(until.duration_since(now)),
            State::Open { .. } | State::HalfOpen { .. } => {
                self.state = State::HalfOpen { until: self.until(now) };
                Passage::Go
            }
        }
    }

    /// Takes note of what came of a message.
    pub fn record(&mut self, outcome: &Outcome, now: Instant) {
        self.state = match (outcome, self.state) {
            // Even a late answer of an earlier message shows that the bank is there.
            (Outcome::Said(_), _) => State::Closed { unclear: 0 },
            (Outcome::Unclear(_), State::Closed { unclear }) if unclear.saturating_add(1) < self.settings.unclear_max => {
                State::Closed { unclear: unclear.saturating_add(1) }
            }
            // A message that left before it opened says nothing new.
            (Outcome::Unclear(_), State::Open { until }) => State::Open { until },
            (Outcome::Unclear(_), State::Closed { .. } | State::HalfOpen { .. }) => State::Open { until: self.until(now) },
        };
    }

    /// True while messages go through freely.
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn until(&self, now: Instant) -> Instant {
        now.checked_add(self.settings.open).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rail::outcome::Unclear;
    use crate::rail::result::Verdict;

    const SAID: Outcome = Outcome::Said(Verdict::Accepted);
    const UNCLEAR: Outcome = Outcome::Unclear(Unclear::TimedOut);

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A breaker that three unclear outcomes have opened for ten seconds, and the moment.
    fn opened() -> (Breaker, Instant) {
        let (mut breaker, start) = (Breaker::new(BreakerSettings { unclear_max: 3, open: s(10) }), Instant::now());
        for _ in 0..3 {
            assert_eq!(breaker.ask(start), Passage::Go);
            breaker.record(&UNCLEAR, start);
        }
        (breaker, start)
    }

    #[test]
    fn it_opens_after_so_many_unclear_outcomes_in_a_row() {
        let (mut breaker, start) = opened();
        assert!(!breaker.is_closed());
        assert_eq!(breaker.ask(start + s(4)), Passage::Wait(s(6)));
    }

    #[test]
    fn any_answer_begins_the_row_anew() {
        let (mut breaker, start) = (Breaker::new(BreakerSettings { unclear_max: 2, open: s(10) }), Instant::now());
        for outcome in [&UNCLEAR, &SAID, &UNCLEAR, &SAID, &UNCLEAR] {
            breaker.record(outcome, start);
        }
        assert!(breaker.is_closed());
    }

    #[test]
    fn half_open_lets_one_through_whose_outcome_decides() {
        let (mut breaker, start) = opened();
        assert_eq!(breaker.ask(start + s(10)), Passage::Go);
        assert_eq!(breaker.ask(start + s(10)), Passage::Wait(s(10)));
        breaker.record(&UNCLEAR, start + s(12));
        assert_eq!(breaker.ask(start + s(21)), Passage::Wait(s(1)));
        assert_eq!(breaker.ask(start + s(22)), Passage::Go);
        breaker.record(&SAID, start + s(23));
        assert!(breaker.is_closed());
        assert_eq!(breaker.ask(start + s(23)), Passage::Go);
    }

    #[test]
    fn one_that_is_never_heard_of_again_does_not_keep_it_open_for_ever() {
        let (mut breaker, start) = opened();
        assert_eq!(breaker.ask(start + s(10)), Passage::Go);
        assert_eq!(breaker.ask(start + s(20)), Passage::Go);
    }

    #[test]
    fn unclear_outcomes_of_messages_that_left_earlier_do_not_prolong_it() {
        let (mut breaker, start) = opened();
        breaker.record(&UNCLEAR, start + s(9));
        assert_eq!(breaker.ask(start + s(10)), Passage::Go);
    }
}
