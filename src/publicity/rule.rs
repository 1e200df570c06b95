//! Whom a list may name. Pure.

use crate::policy::{Cause, Lane, PublicityRule};

/// Full years of age from which on people may stand in a list (Civil Code, art. 17).
const GROWN_UP: i16 = 18;

/// What the rule looks at.
pub struct Candidate {
    /// The rule set that the case was decided by.
    pub lane: Lane,
    /// What happened.
    pub cause: Cause,
    /// Whether it is kept out of every list.
    pub sealed: bool,
    /// Age of the applicant on the day of the grant, where the document says it.
    pub age: Option<i16>,
}

/// True when the rules that a case was decided by let it be published.
pub fn is_published(rule: &PublicityRule, candidate: &Candidate) -> bool {
    candidate.lane != Lane::Quick
        && rule.lanes.contains(&candidate.lane)
        && !candidate.sealed
        && candidate.cause != Cause::Violence
        && candidate.age.is_some_and(|age| age >= GROWN_UP)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Candidate = Candidate { lane: Lane::Advance, cause: Cause::Fire, sealed: false, age: Some(18) };

    #[test]
    fn each_rule_keeps_a_case_out_by_itself() {
        let rule = PublicityRule::default();
        assert!(is_published(&rule, &OPEN));
        let kept_out = [
            ("quick aid", Candidate { lane: Lane::Quick, ..OPEN }),
            ("a lane that is not named", Candidate { lane: Lane::OtherScheme, ..OPEN }),
            ("violence", Candidate { cause: Cause::Violence, ..OPEN }),
            ("a sealed case", Candidate { sealed: true, ..OPEN }),
            ("a minor", Candidate { age: Some(17), ..OPEN }),
            ("an unknown age", Candidate { age: None, ..OPEN }),
        ];
        for (who, candidate) in kept_out {
            assert!(!is_published(&rule, &candidate), "{who}");
        }
    }

    #[test]
    fn quick_aid_stays_out_whatever_a_version_says() {
        let rule = PublicityRule { lanes: vec![Lane::Quick, Lane::Advance], days: 30 };
        assert!(!is_published(&rule, &Candidate { lane: Lane::Quick, ..OPEN }));
    }
}
