//! How long to wait before the same bytes are sent again.

use std::time::Duration;

/// Sendings after which a machine gives up and people are told: about three hours.
pub const ATTEMPTS_MAX: u32 = 30;

const FIRST_MS: u64 = 2_000;
const LONGEST_MS: u64 = 600_000;

/// The wait after so many attempts (from 1 on), 1 s to 10 min; none when it was the last one.
///
/// It doubles, and `jitter` (any random number) takes up to half of it away, so that instructions that failed together do not
/// come back together.
pub fn backoff(attempts: u32, jitter: u16) -> Option<Duration> {
    if attempts >= ATTEMPTS_MAX {
        return None;
    }
    let doublings = attempts.saturating_sub(1).min(20);
    let half = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS) / 2;
    Some(Duration::from_millis(half + half * u64::from(jitter) / u64::from(u16::MAX)))
}

/// Spreads what failed together. Without randomness nothing is spread.
pub fn jitter() -> u16 {
    let mut bytes = [0; 2];
    let _ = getrandom::fill(&mut bytes);
    u16::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_double_from_a_second_to_ten_minutes_and_end() {
        let shortest: Vec<u64> = (1..=12).map(|attempts| backoff(attempts, 0).unwrap().as_secs()).collect();
        assert_eq!(shortest, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(backoff(1, u16::MAX), Some(Duration::from_secs(2)));
        assert_eq!(backoff(29, u16::MAX), Some(Duration::from_secs(600)));
        assert_eq!(backoff(ATTEMPTS_MAX, 0), None);
        assert_eq!(backoff(u32::MAX, 0), None);
    }

    #[test]
    fn all_waits_together_are_a_few_hours_at_most() {
        let total: Duration = (1..).map_while(|attempts| backoff(attempts, u16::MAX)).sum();
        assert!((Duration::from_secs(3 * 3600)..Duration::from_secs(4 * 3600)).contains(&total), "{total:?}");
    }

    proptest! {
        #[test]
        fn every_wait_lies_between_a_second_and_ten_minutes(attempts in 0..ATTEMPTS_MAX, jitter in any::<u16>()) {
            let wait = backoff(attempts, jitter).unwrap();
            prop_assert!((Duration::from_secs(1)..=Duration::from_secs(600)).contains(&wait));
        }
    }
}
