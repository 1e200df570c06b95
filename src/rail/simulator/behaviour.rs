//! How the bank behaves towards an instruction.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rail::word::Word;

/// Thirty days: "days later" can be played in earnest.
const LATER_MS_MAX: u64 = 30 * 86_400_000;
/// Instructions that can be given a behaviour of their own.
const OWN_MAX: usize = 100_000;
const REASON: &str = "ACCOUNT_CLOSED";

/// How the bank behaves towards an instruction. As text: `succeed`, `refuse[:CODE]`, `delay:MS`, `drop`, `twice`, `return:MS[:CODE]`,
/// `forget`, `slow`, `forge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Behaviour {
    /// Pays and says so.
    Succeed,
    /// Refuses for a reason.
    Refuse(Word),
    /// Accepts, pays later and calls back.
    Delay(Duration),
    /// Pays, and closes the connection instead of answering; asked again, it answers.
    Drop,
    /// Pays, answers, and calls back twice besides.
    Twice,
    /// Pays and says so; later the money comes back for a reason, and it calls back.
    Return(Duration, Word),
    /// Answers 500 and knows nothing.
    Forget,
    /// Pays, and never answers; asked again, it answers.
    Slow,
    /// Pays, and signs every answer about it with a key that is not the bank's.
    Forge,
}

/// The text is no [`Behaviour`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a behaviour is succeed, refuse[:CODE], delay:MS, drop, twice, return:MS[:CODE], forget, slow or forge; MS up to {LATER_MS_MAX}"
)]
pub struct BehaviourInvalid;

impl FromStr for Behaviour {
    type Err = BehaviourInvalid;

    fn from_str(text: &str) -> Result<Self, BehaviourInvalid> {
        let (name, rest) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let later = |rest: &str| {
            let ms = rest.parse().ok().filter(|ms| *ms <= LATER_MS_MAX);
            ms.map(Duration::from_millis).ok_or(BehaviourInvalid)
        };
        match (name, rest) {
            ("succeed", None) => Ok(Self::Succeed),
            ("refuse", code) => code.unwrap_or(REASON).parse().map(Self::Refuse).map_err(|_| BehaviourInvalid),
            ("delay", Some(rest)) => later(rest).map(Self::Delay),
            ("drop", None) => Ok(Self::Drop),
            ("twice", None) => Ok(Self::Twice),
            ("return", Some(rest)) => {
                let (ms, code) = rest.split_once(':').unwrap_or((rest, REASON));
                Ok(Self::Return(later(ms)?, code.parse().map_err(|_| BehaviourInvalid)?))
            }
            ("forget", None) => Ok(Self::Forget),
            ("slow", None) => Ok(Self::Slow),
            ("forge", None) => Ok(Self::Forge),
            _ => Err(BehaviourInvalid),
        }
    }
}

impl TryFrom<String> for Behaviour {
    type Error = BehaviourInvalid;

    fn try_from(text: String) -> Result<Self, BehaviourInvalid> {
        text.parse()
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Succeed => f.write_str("succeed"),
            Self::Refuse(code) => write!(f, "refuse:{code}"),
            Self::Delay(later) => write!(f, "delay:{}", later.as_millis()),
            Self::Drop => f.write_str("drop"),
            Self::Twice => f.write_str("twice"),
            Self::Return(later, code) => write!(f, "return:{}:{code}", later.as_millis()),
            Self::Forget => f.write_str("forget"),
            Self::Slow => f.write_str("slow"),
            Self::Forge => f.write_str("forge"),
        }
    }
}

impl From<Behaviour> for String {
    fn from(behaviour: Behaviour) -> Self {
        behaviour.to_string()
    }
}

/// The behaviours that are set: one for all, and others for single instructions.
pub(crate) struct Behaviours(Mutex<(Behaviour, HashMap<Uuid, Behaviour>)>);

impl Behaviours {
    pub(crate) fn new(usual: Behaviour) -> Self {
        Self(Mutex::new((usual, HashMap::new())))
    }

    /// How it behaves towards a new instruction.
    pub(crate) fn towards(&self, id: Uuid) -> Behaviour {
        let set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        set.1.get(&id).unwrap_or(&set.0).clone()
    }

    /// Sets the usual behaviour, or that towards one instruction; false when too many have one of their own.
    pub(crate) fn set(&self, id: Option<Uuid>, behaviour: Behaviour) -> bool {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match id {
            None => set.0 = behaviour,
            Some(id) if set.1.len() < OWN_MAX || set.1.contains_key(&id) => drop(set.1.insert(id, behaviour)),
            Some(_) => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_behaviour_is_one_text() {
        for text in ["succeed", "refuse:NO_SUCH_ACCOUNT", "delay:500", "drop", "twice", "return:0:NO", "forget", "slow", "forge"]
        {
            assert_eq!(text.parse::<Behaviour>().unwrap().to_string(), text);
        }
        assert_eq!("refuse".parse::<Behaviour>().unwrap().to_string(), "refuse:ACCOUNT_CLOSED");
        assert_eq!("return:5".parse::<Behaviour>().unwrap().to_string(), "return:5:ACCOUNT_CLOSED");
        for wrong in ["", "pay", "succeed:1", "delay", "delay:", "delay:-1", "delay:1s", "return:2592000001", "refuse:"] {
            assert_eq!(wrong.parse::<Behaviour>(), Err(BehaviourInvalid), "{wrong}");
        }
    }

    #[test]
    fn one_instruction_may_be_treated_unlike_the_others() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let behaviours = Behaviours::new(Behaviour::Succeed);
        assert!(behaviours.set(Some(one), Behaviour::Drop));
        assert!(behaviours.set(None, Behaviour::Forget));
        assert_eq!((behaviours.towards(one), behaviours.towards(other)), (Behaviour::Drop, Behaviour::Forget));
    }
}
