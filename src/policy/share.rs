//! How a grant is shared over the payments asked for.

use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::policy::Method;

/// A payment as asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// How.
    pub method: Method,
    /// How much; the last may leave it out and takes the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
}

/// A payment as granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Which of the payments asked for, counted from zero.
    pub wish: usize,
    /// How.
    pub method: Method,
    /// How much, more than nothing.
    pub amount: Fen,
}

/// Fills the wishes in order up to the grant; those that get nothing are left out. What remains stays held.
pub fn share(grant: Fen, wishes: &[Wish]) -> Vec<Share> {
    let mut left = grant;
    let mut shares = Vec::with_capacity(wishes.len());
    for (index, wish) in wishes.iter().enumerate() {
        let amount = wish.amount.map_or(left, |amount| amount.min(left));
        left = left.left_after(amount);
        if amount.is_some() {
            shares.push(Share { wish: index, method: wish.method, amount });
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cash(amount: Option<i64>) -> Wish {
        Wish { method: Method::Cash, amount: amount.map(Fen::new) }
    }

    fn amounts(grant: i64, wishes: &[Wish]) -> Vec<i64> {
        share(Fen::new(grant), wishes).into_iter().map(|share| share.amount.get()).collect()
    }

    #[test]
    fn fixed_amounts_are_filled_in_order_and_the_last_takes_the_rest() {
        assert_eq!(amounts(300_000, &[cash(Some(100_000)), cash(None)]), [100_000, 200_000]);
        assert_eq!(amounts(78_000, &[cash(Some(100_000)), cash(None)]), [78_000]);
        assert_eq!(amounts(300_000, &[cash(Some(100_000))]), [100_000]);
        assert_eq!(amounts(0, &[cash(None)]), [] as [i64; 0]);
    }
}
