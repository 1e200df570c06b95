//! What may happen: random moves over a small world, so that they meet.

use jiujinan::policy::{Cause, Method};

use crate::model::naive::Naive;

/// People of the world; the last two are deceased and barred.
pub const PERSONS: usize = 8;
pub const DECEASED: usize = 6;
pub const BARRED: usize = 7;
pub const OFFICERS: usize = 3;
pub const STREETS: usize = 2;
/// A reserve for each street, and the relief fund of the city.
pub const FUNDS: usize = 3;

/// SplitMix64: a seed, and the same numbers for ever.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn index(&mut self, end: usize) -> usize {
        self.below(end as u64) as usize
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }

    /// An amount: often one that lies at a limit.
    pub fn fen(&mut self) -> i64 {
        match self.below(4) {
            0 => self.pick(&[1, 77_999, 78_000, 78_001, 200_000, 200_001, 299_999, 300_000, 300_001, 780_001]),
            1 => 1 + self.below(1_000) as i64,
            _ => 1 + self.below(400_000) as i64,
        }
    }
}

/// Something that happens.
#[derive(Debug)]
pub enum Act {
    TopUp { fund: usize, amount: i64 },
    Withdraw { fund: usize, amount: i64 },
    Freeze { fund: usize, frozen: bool },
    Settings(Settings),
    FastTrack(Ask),
}

#[derive(Debug)]
pub struct Settings {
    pub fund: usize,
    pub floor: Option<i64>,
    pub case: Change,
    pub fund_day: Change,
    pub person_year: Change,
    pub officer_day: Change,
    pub second: Second,
    pub stale: bool,
}

/// What becomes of a limit: nothing, no limit, a limit.
pub type Change = Option<Option<i64>>;

/// The second officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    Nobody,
    /// Another officer, with a countersign of this number.
    Other(u64),
    /// The officer who asks.
    Same(u64),
    Invalid,
    /// An officer of the other street.
    Far(u64),
}

#[derive(Debug)]
pub struct Ask {
    pub street: usize,
    /// The fund named; none is the reserve of the street.
    pub fund: Option<usize>,
    pub officer: usize,
    /// Whether the officer belongs to the other street.
    pub foreign: bool,
    pub second: Second,
    pub applicant: usize,
    pub household: Vec<usize>,
    /// One reported before, or a new one of this cause.
    pub incident: Result<usize, Cause>,
    pub sealed: bool,
    pub temporary: bool,
    pub requested: i64,
    pub wishes: Vec<(Method, Option<i64>)>,
}

/// The next thing that happens.
pub fn draw(dice: &mut Dice, naive: &Naive) -> Act {
    let fund = dice.index(FUNDS);
    match dice.below(20) {
        0 => Act::TopUp { fund, amount: dice.fen() },
        1 => top_up_of_the_emptiest(naive),
        2 => Act::Withdraw { fund, amount: dice.fen() },
        3 => Act::Freeze { fund, frozen: dice.percent(40) },
        4 => Act::Settings(settings(dice, naive, fund)),
        _ => Act::FastTrack(ask(dice, naive)),
    }
}

fn top_up_of_the_emptiest(naive: &Naive) -> Act {
    let fund = (0..FUNDS).min_by_key(|fund| naive.funds[*fund].credited - naive.funds[*fund].paid).unwrap_or(0);
    Act::TopUp { fund, amount: 800_000 }
}

fn second(dice: &mut Dice, naive: &Naive) -> Second {
    // One in ten countersigns was used before.
    let token = if dice.percent(10) { dice.below(naive.tokens + 1) } else { naive.tokens + 1 };
    match dice.below(40) {
        0..=16 => Second::Nobody,
        17..=36 => Second::Other(token),
        37 => Second::Same(token),
        38 => Second::Far(token),
        _ => Second::Invalid,
    }
}

fn settings(dice: &mut Dice, naive: &Naive, fund: usize) -> Settings {
    let mut change = |most: u64| match dice.below(4) {
        0 => Some(None),
        1 => Some(Some((dice.below(5) * most / 4) as i64)),
        _ => None,
    };
    let (case, fund_day, person_year, officer_day) = (change(300_000), change(500_000), change(300_000), change(400_000));
    let floor = dice.percent(50).then(|| dice.below(100_000) as i64);
    let second = if dice.percent(80) { Second::Other(naive.tokens + 1) } else { second(dice, naive) };
    Settings { fund, floor, case, fund_day, person_year, officer_day, second, stale: dice.percent(10) }
}

fn ask(dice: &mut Dice, naive: &Naive) -> Ask {
    let street = dice.index(STREETS);
    // Mostly people who may be helped.
    let applicant = if dice.percent(95) { dice.index(DECEASED) } else { dice.index(PERSONS) };
    let mut household = Vec::new();
    while dice.percent(20) {
        let member = dice.index(PERSONS);
        if member != applicant && !household.contains(&member) {
            household.push(member);
        }
    }
    let causes = [Cause::Illness, Cause::Epidemic, Cause::Fire, Cause::Other, Cause::Accident, Cause::Disaster, Cause::Education];
    let incident = match naive.incidents.len() {
        reported if reported > 0 && dice.percent(20) => Ok(dice.index(reported)),
        _ => Err(causes[dice.index(causes.len()).min(dice.index(causes.len()))]),
    };
    let requested = dice.fen();
    let mut wishes = Vec::new();
    let mut fixed = 0;
    while dice.percent(30) && wishes.len() < 7 && fixed < requested {
        let amount = 1 + dice.below((requested - fixed) as u64) as i64;
        fixed += amount;
        wishes.push((method(dice), Some(amount)));
    }
    let last =
        if requested == fixed || dice.percent(60) { None } else { Some(1 + dice.below((requested - fixed) as u64) as i64) };
    wishes.push((method(dice), last));
    Ask {
        street,
        fund: if dice.percent(15) { Some(dice.index(FUNDS)) } else { None },
        officer: dice.index(OFFICERS),
        foreign: dice.percent(3),
        second: second(dice, naive),
        applicant,
        household,
        incident,
        sealed: dice.percent(10),
        temporary: dice.percent(5),
        requested,
        wishes,
    }
}

fn method(dice: &mut Dice) -> Method {
    dice.pick(&[Method::Cash, Method::Cash, Method::Bank, Method::Hospital, Method::Goods])
}
