//! A small generator of numbers (splitmix64): the same seed, the same drill, as far as the machine allows.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug)]
pub struct Random(AtomicU64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    pub fn next(&self) -> u64 {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let mut mixed = self.0.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from + 1)
    }

    /// True so many times in a hundred.
    pub fn percent(&self, of_hundred: u64) -> bool {
        self.next() % 100 < of_hundred
    }
}

/// The seed of this run: `DRILL_SEED`, else 42.
pub fn seed() -> u64 {
    std::env::var("DRILL_SEED").map_or(42, |seed| seed.parse().unwrap())
}
