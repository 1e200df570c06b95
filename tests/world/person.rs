//! People who never lived: births in the 1880s, so that nobody is meant.

use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A resident number that no other call of this test process returns.
pub fn person() -> String {
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let (day, month, year, sequence) = (next % 28 + 1, next / 28 % 12 + 1, next / 336 % 10 + 1880, next / 3360 % 1000);
    let head = format!("340303{year}{month:02}{day:02}{sequence:03}");
    let weights = [7u32, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{head}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

/// A bank account number.
pub fn account() -> String {
    format!("6217{:012}", NEXT.fetch_add(1, Ordering::Relaxed))
}
