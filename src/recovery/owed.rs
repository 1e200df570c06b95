//! What is still owed of a recovery, and how receipts and write-offs take from it. Pure.

use crate::book::{RecoveryRow, RecoveryState};
use crate::money::Fen;

/// What is still owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Of what was had wrongly.
    pub principal: Fen,
    /// Of the fine.
    pub fine: Fen,
}

/// How an amount that came in is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Repays principal.
    pub principal: Fen,
    /// Repays the fine.
    pub fine: Fen,
    /// Was not owed.
    pub overpaid: Fen,
}

impl Owed {
    /// What is owed of a recovery as it stands.
    pub fn of(row: &RecoveryRow) -> Self {
        if row.state == RecoveryState::Cancelled {
            return Self { principal: Fen::ZERO, fine: Fen::ZERO };
        }
        Self {
            principal: row.principal.left_after(row.repaid_principal).left_after(row.written_off_principal),
            fine: row.fine.left_after(row.repaid_fine).left_after(row.written_off_fine),
        }
    }

    /// All of it; each part is at most 10^12 fen, so the sum saturates nowhere.
    pub fn total(self) -> Fen {
        self.principal.plus(self.fine).unwrap_or(Fen::new(i64::MAX))
    }

    /// Splits what came in: principal before the fine, the rest was not owed. `stands` is what the case was paid and has not come back
    /// already, by the bank or by a recovery: no more than that counts as principal.
    pub fn receive(self, amount: Fen, stands: Fen) -> Split {
        let principal = amount.min(self.principal).min(stands);
        let fine = amount.left_after(principal).min(self.fine);
        Split { principal, fine, overpaid: amount.left_after(principal).left_after(fine) }
    }

    /// Gives up an amount that is owed: the fine before the principal.
    pub fn give_up(self, amount: Fen) -> Self {
        let fine = amount.min(self.fine);
        Self { principal: amount.left_after(fine).min(self.principal), fine }
    }
}

/// What a recovery asks back of its case: what was given up towards one debtor can be asked of another.
pub fn asked_back(row: &RecoveryRow) -> Fen {
    match row.state {
        RecoveryState::Cancelled => Fen::ZERO,
        RecoveryState::Open | RecoveryState::Settled | RecoveryState::WrittenOff => {
            row.principal.left_after(row.written_off_principal)
        }
    }
}

/// How much of each instalment is repaid, in the order of their days: the first is filled first. What was given up is taken off the
/// last ones, which then ask for less.
pub fn filled(amounts: &[Fen], repaid: Fen, given_up: Fen) -> Vec<Filled> {
    let mut left = repaid;
    let asked = Fen::sum(amounts.iter().copied()).unwrap_or(Fen::ZERO).left_after(given_up);
    let mut unasked = asked;
    let fill = |amount: &Fen| {
        let asks = (*amount).min(unasked);
        let repaid = asks.min(left);
        unasked = unasked.left_after(asks);
        left = left.left_after(repaid);
        Filled { repaid, lacks: repaid < asks }
    };
    amounts.iter().map(fill).collect()
}

/// How far an instalment is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Repaid of it.
    pub repaid: Fen,
    /// True while something of it is owed.
    pub lacks: bool,
}

/// The state of a recovery after what was done last.
pub fn state_after(row: &RecoveryRow, ended: RecoveryState) -> RecoveryState {
    match (Owed::of(row).total().is_some(), row.state) {
        (true, _) => RecoveryState::Open,
        (false, RecoveryState::Open) => ended,
        (false, state) => state,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn owed(principal: i64, fine: i64) -> Owed {
        Owed { principal: Fen::new(principal), fine: Fen::new(fine) }
    }

    fn split(owed: Owed, amount: i64) -> (i64, i64, i64) {
        split_of(owed, amount, i64::MAX)
    }

    fn split_of(owed: Owed, amount: i64, stands: i64) -> (i64, i64, i64) {
        let split = owed.receive(Fen::new(amount), Fen::new(stands));
        (split.principal.get(), split.fine.get(), split.overpaid.get())
    }

    #[test]
    fn a_receipt_repays_principal_then_fine_and_the_rest_was_not_owed() {
        for (amount, parts) in [
            (1, (1, 0, 0)),
            (78_000, (78_000, 0, 0)),
            (234_000, (234_000, 0, 0)),
            (234_001, (234_000, 1, 0)),
            (468_000, (234_000, 234_000, 0)),
            (468_001, (234_000, 234_000, 1)),
        ] {
            assert_eq!(split(owed(234_000, 234_000), amount), parts, "{amount}");
        }
        assert_eq!(split(owed(0, 0), 5), (0, 0, 5));
    }

    #[test]
    fn what_the_case_has_given_back_already_is_not_counted_as_principal_again() {
        for (amount, stands, parts) in
            [(100, 100, (100, 0, 0)), (100, 60, (60, 40, 0)), (150, 60, (60, 50, 40)), (150, 0, (0, 50, 100))]
        {
            assert_eq!(split_of(owed(100, 50), amount, stands), parts, "{amount} of {stands}");
        }
        assert_eq!(split_of(owed(100, 0), 100, 0), (0, 0, 100));
    }

    #[test]
    fn a_write_off_gives_up_the_fine_before_the_principal() {
        assert_eq!(owed(100, 50).give_up(Fen::new(40)), owed(0, 40));
        assert_eq!(owed(100, 50).give_up(Fen::new(60)), owed(10, 50));
        assert_eq!(owed(100, 50).give_up(Fen::new(150)), owed(100, 50));
    }

    #[test]
    fn instalments_are_filled_in_the_order_of_their_days() {
        let amounts = [Fen::new(10), Fen::new(10), Fen::new(10)];
        let of = |repaid: i64, given_up: i64| {
            filled(&amounts, Fen::new(repaid), Fen::new(given_up))
                .into_iter()
                .map(|part| (part.repaid.get(), part.lacks))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(0, 0), [(0, true), (0, true), (0, true)]);
        assert_eq!(of(15, 0), [(10, false), (5, true), (0, true)]);
        assert_eq!(of(30, 0), [(10, false), (10, false), (10, false)]);
        assert_eq!(of(10, 15), [(10, false), (0, true), (0, false)]);
        assert_eq!(of(0, 30), [(0, false), (0, false), (0, false)]);
    }

    proptest! {
        #[test]
        fn whatever_comes_in_and_is_given_up_in_any_order_adds_up(
            principal in 1i64..1_000, fine in 0i64..3_000, steps in prop::collection::vec((any::<bool>(), 1i64..500), 1..40),
        ) {
            let (mut left, mut came, mut counted) = (owed(principal, fine), 0, 0);
            let (mut repaid, mut given) = ((0, 0), (0, 0));
            for (receipt, amount) in steps {
                if receipt {
                    let parts = split(left, amount);
                    prop_assert_eq!(parts.0 + parts.1 + parts.2, amount);
                    // The fine is touched only when no principal is left, and nothing is over while something is owed.
                    prop_assert!(parts.1 == 0 || left.principal.get() == parts.0);
                    prop_assert!(parts.2 == 0 || left.total().get() == parts.0 + parts.1);
                    came += amount;
                    counted += parts.2;
                    repaid = (repaid.0 + parts.0, repaid.1 + parts.1);
                    left = owed(left.principal.get() - parts.0, left.fine.get() - parts.1);
                } else {
                    let up = left.give_up(Fen::new(amount.min(left.total().get())));
                    prop_assert!(up.principal.get() == 0 || up.fine == left.fine);
                    given = (given.0 + up.principal.get(), given.1 + up.fine.get());
                    left = owed(left.principal.get() - up.principal.get(), left.fine.get() - up.fine.get());
                }
                prop_assert!(left.principal >= Fen::ZERO && left.fine >= Fen::ZERO);
            }
            prop_assert_eq!(came, repaid.0 + repaid.1 + counted);
            prop_assert_eq!(principal, repaid.0 + given.0 + left.principal.get());
            prop_assert_eq!(fine, repaid.1 + given.1 + left.fine.get());
        }

        #[test]
        fn instalments_take_what_came_in_and_no_more(
            amounts in prop::collection::vec(1i64..100, 1..20), repaid in 0i64..3_000, given_up in 0i64..3_000,
        ) {
            let total: i64 = amounts.iter().sum();
            let given_up = given_up.min(total);
            let repaid = repaid.min(total - given_up);
            let amounts: Vec<_> = amounts.into_iter().map(Fen::new).collect();
            let parts = filled(&amounts, Fen::new(repaid), Fen::new(given_up));
            prop_assert_eq!(parts.iter().map(|part| part.repaid.get()).sum::<i64>(), repaid);
            prop_assert_eq!(parts.iter().any(|part| part.lacks), repaid + given_up < total);
        }
    }
}
