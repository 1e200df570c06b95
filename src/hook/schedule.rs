//! When a delivery that was not taken is sent again.

use std::time::Duration;

/// The longest wait, which a receiver may ask for: a day.
pub const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Seconds to wait after the first, the second … attempt; after more attempts the last one. The last attempt is a day after the first,
/// whatever this says: `sql/hook/settle.sql` keeps that.
const WAITS: [u64; 6] = [5, 300, 1_800, 7_200, 18_000, 36_000];

/// The wait after so many attempts (from 1 on). `jitter` (any random number) takes up to a fifth away, so that what failed together
/// does not come back together. What the receiver asks for is kept to, up to a day.
pub fn wait(attempts: i32, jitter: u16, asked: Option<Duration>) -> Duration {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let seconds = WAITS.get(place).or(WAITS.last()).copied().unwrap_or(1);
    let full = Duration::from_secs(seconds);
    let less = full / 5 * u32::from(jitter) / u32::from(u16::MAX);
    asked.map_or(full.saturating_sub(less), |asked| asked.clamp(Duration::from_secs(1), LONGEST))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_grow_from_five_seconds_to_ten_hours() {
        let waits: Vec<u64> = (1..=8).map(|attempts| wait(attempts, 0, None).as_secs()).collect();
        assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000]);
        assert_eq!(wait(1, u16::MAX, None), Duration::from_secs(4));
        assert_eq!(wait(6, u16::MAX, None), Duration::from_secs(28_800));
    }

    #[test]
    fn a_receiver_may_ask_for_a_second_to_a_day() {
        let asked = |seconds| wait(1, 9, Some(Duration::from_secs(seconds))).as_secs();
        assert_eq!([asked(0), asked(7), asked(86_400), asked(86_401), asked(u64::MAX)], [1, 7, 86_400, 86_400, 86_400]);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_longer_than_a_day(attempts in any::<i32>(), jitter in any::<u16>(), asked in any::<Option<u32>>()) {
            let wait = wait(attempts, jitter, asked.map(|seconds| Duration::from_secs(seconds.into())));
            prop_assert!((Duration::from_secs(1)..=LONGEST).contains(&wait), "{wait:?}");
        }
    }
}
