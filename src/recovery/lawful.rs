//! What may be imposed: no more than was paid, and a fine within the range of the law. Pure.

use crate::money::Fen;
use crate::policy::RecoveryRule;

/// Why a recovery may not be imposed as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlawful {
    /// More than was paid of the case and is not asked back already.
    Principal {
        /// What is left to be asked back.
        left: Fen,
    },
    /// A fine outside the range.
    Fine {
        /// The least.
        least: Fen,
        /// The most.
        most: Fen,
    },
}

/// Compares what is asked for with what was paid of the case, what other recoveries of it ask back, and the rule of the day.
pub fn lawful(principal: Fen, fine: Fen, paid: Fen, asked_back: Fen, rule: &RecoveryRule) -> Result<(), Unlawful> {
    let left = paid.left_after(asked_back);
    if principal > left {
        return Err(Unlawful::Principal { left });
    }
    let (least, most) = rule.fines(principal);
    if fine.is_some() && !(least..=most).contains(&fine) {
        return Err(Unlawful::Fine { least, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(principal: i64, fine: i64, paid: i64, asked_back: i64) -> Result<(), Unlawful> {
        lawful(Fen::new(principal), Fen::new(fine), Fen::new(paid), Fen::new(asked_back), &RecoveryRule::default())
    }

    #[test]
    fn no_more_is_asked_back_than_was_paid_and_is_not_asked_back_already() {
        assert_eq!(asked(234_000, 0, 234_000, 0), Ok(()));
        assert_eq!(asked(234_001, 0, 234_000, 0), Err(Unlawful::Principal { left: Fen::new(234_000) }));
        assert_eq!(asked(78_001, 0, 234_000, 156_000), Err(Unlawful::Principal { left: Fen::new(78_000) }));
        assert_eq!(asked(1, 0, 0, 0), Err(Unlawful::Principal { left: Fen::ZERO }));
        assert_eq!(asked(1, 0, 5, 9), Err(Unlawful::Principal { left: Fen::ZERO }));
    }

    #[test]
    fn a_fine_is_nothing_or_one_to_three_times_the_principal() {
        let range = Unlawful::Fine { least: Fen::new(234_000), most: Fen::new(702_000) };
        for (fine, verdict) in [
            (0, Ok(())),
            (1, Err(range)),
            (117_000, Err(range)),
            (233_999, Err(range)),
            (234_000, Ok(())),
            (702_000, Ok(())),
            (702_001, Err(range)),
            (819_000, Err(range)),
        ] {
            assert_eq!(asked(234_000, fine, 234_000, 0), verdict, "{fine}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_lawful_lies_within_both_bounds(
            principal in 1i64..2_000_000_000_000, fine in 0i64..4_000_000_000_000, paid in 0i64..2_000_000_000_000,
        ) {
            let lawful = asked(principal, fine, paid, 0).is_ok();
            prop_assert_eq!(lawful, principal <= paid && (fine == 0 || (principal <= fine && fine <= 3 * principal)));
        }
    }
}
