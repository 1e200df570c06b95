//! The rules once more, as naively as possible: plain numbers, sums over everything that was ever granted.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiujinan::code::Code;
use jiujinan::policy::{Cause, Method};

use crate::model::draw::{Act, Ask, BARRED, DECEASED, FUNDS, Second, Settings};

pub const PERSON_YEAR: i64 = 500_000;
pub const OFFICER_DAY: i64 = 600_000;
pub const FUND_DAY: i64 = 700_000;
const MONTH: i64 = 78_000;
const STREET_POWER: i64 = 300_000;
const CASH: i64 = 200_000;
pub const CASH_ALONE: i64 = 60_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fund {
    pub credited: i64,
    pub held: i64,
    pub paid: i64,
    pub floor: i64,
    pub case: Option<i64>,
    pub fund_day: Option<i64>,
    pub person_year: Option<i64>,
    pub officer_day: Option<i64>,
    pub frozen: bool,
    pub version: i64,
    pub settings_version: i64,
}

impl Fund {
    fn available(&self) -> i64 {
        self.credited - self.held - self.paid - self.floor
    }
}

/// Something granted, with the people whose claim it is.
pub struct Granted {
    pub fund: usize,
    pub officer: usize,
    pub day: Date,
    pub amount: i64,
    pub persons: Vec<usize>,
    pub cause: Cause,
    pub incident: usize,
    pub sealed: bool,
}

pub struct Incident {
    pub cause: Cause,
    pub sealed: bool,
    pub officer: usize,
}

/// What a move must come to.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// Stored under its key, with a status.
    Done(u16),
    /// Granted: code, amount, and each payment by its place.
    Granted(Code, i64, Vec<(usize, i64)>),
    /// A refusal that is stored.
    Refused(Code),
    /// Nothing is stored.
    Rejected(Code),
}

pub struct Naive {
    pub funds: Vec<Fund>,
    pub grants: Vec<Granted>,
    pub incidents: Vec<Incident>,
    pub spent: BTreeSet<u64>,
    /// The highest countersign so far.
    pub tokens: u64,
    pub day: Date,
}

impl Naive {
    pub fn new(day: Date) -> Self {
        let fund = Fund { settings_version: 1, ..Fund::default() };
        Self { funds: vec![fund; FUNDS], grants: Vec::new(), incidents: Vec::new(), spent: BTreeSet::new(), tokens: 0, day }
    }

    /// Says what a move must come to, and does it.
    pub fn act(&mut self, act: &Act) -> Outcome {
        let outcome = match act {
            Act::TopUp { fund, amount } => {
                self.funds[*fund].credited += amount;
                self.funds[*fund].version += 1;
                Outcome::Done(201)
            }
            Act::Withdraw { fund, amount } => match &mut self.funds[*fund] {
                fund if fund.frozen => Outcome::Refused(Code::FundFrozen),
                fund if fund.available() < *amount => Outcome::Refused(Code::FundInsufficient),
                fund => {
                    fund.credited -= amount;
                    fund.version += 1;
                    Outcome::Done(201)
                }
            },
            Act::Freeze { fund, frozen } => {
                let fund = &mut self.funds[*fund];
                fund.settings_version += i64::from(fund.frozen != *frozen);
                fund.frozen = *frozen;
                Outcome::Done(200)
            }
            Act::Settings(settings) => self.settings(settings),
            Act::FastTrack(ask) => self.fast_track(ask),
        };
        let second = match act {
            Act::Settings(settings) => settings.second,
            Act::FastTrack(ask) => ask.second,
            _ => Second::Nobody,
        };
        if let Second::Other(token) | Second::Same(token) | Second::Far(token) = second {
            self.tokens = self.tokens.max(token);
            if !matches!(outcome, Outcome::Rejected(_)) {
                self.spent.insert(token);
            }
        }
        outcome
    }

    fn settings(&mut self, settings: &Settings) -> Outcome {
        match settings.second {
            Second::Nobody => return Outcome::Rejected(Code::SecondSignatureRequired),
            Second::Same(_) => return Outcome::Rejected(Code::SamePersonSigned),
            Second::Invalid | Second::Far(_) => return Outcome::Rejected(Code::CountersignInvalid),
            Second::Other(token) if self.spent.contains(&token) => return Outcome::Rejected(Code::CountersignInvalid),
            Second::Other(_) => {}
        }
        if settings.stale {
            return Outcome::Rejected(Code::PreconditionFailed);
        }
        let mut fund = self.funds[settings.fund].clone();
        let raised = settings.floor.is_some_and(|floor| floor > fund.floor);
        fund.floor = settings.floor.unwrap_or(fund.floor);
        if raised && fund.available() < 0 {
            return Outcome::Rejected(Code::FundInsufficient);
        }
        fund.case = settings.case.unwrap_or(fund.case);
        fund.fund_day = settings.fund_day.unwrap_or(fund.fund_day);
        fund.person_year = settings.person_year.unwrap_or(fund.person_year);
        fund.officer_day = settings.officer_day.unwrap_or(fund.officer_day);
        fund.settings_version += 1;
        self.funds[settings.fund] = fund;
        Outcome::Done(200)
    }

    fn fast_track(&mut self, ask: &Ask) -> Outcome {
        if ask.foreign {
            return Outcome::Rejected(Code::NotFound);
        }
        // The reserve of the other street does not pay here.
        let fund = ask.fund.unwrap_or(ask.street);
        if fund != ask.street && fund != FUNDS - 1 {
            return Outcome::Rejected(Code::NotFound);
        }
        let incident = match ask.incident {
            Ok(reported) if self.incidents[reported].sealed && self.incidents[reported].officer != ask.officer => {
                return Outcome::Rejected(Code::NotFound);
            }
            Ok(reported) => reported,
            Err(_) => self.incidents.len(),
        };
        match ask.second {
            Second::Invalid | Second::Far(_) => return Outcome::Rejected(Code::CountersignInvalid),
            Second::Other(token) | Second::Same(token) if self.spent.contains(&token) => {
                return Outcome::Rejected(Code::CountersignInvalid);
            }
            _ => {}
        }
        let cause = ask.incident.map_or_else(|cause| cause, |reported| self.incidents[reported].cause);
        let decided = self.decide(ask, fund, incident, cause);
        if let Err(cause) = ask.incident {
            self.incidents.push(Incident { cause, sealed: ask.sealed, officer: ask.officer });
        }
        let (amount, shares) = match decided {
            Err(code) => return Outcome::Refused(code),
            Ok(granted) => granted,
        };
        let paying = &mut self.funds[fund];
        let paid: i64 = shares.iter().filter(|(wish, _)| handed_over(ask.wishes[*wish].0)).map(|(_, amount)| amount).sum();
        paying.paid += paid;
        paying.held += amount - paid;
        paying.version += 1;
        let persons = std::iter::once(ask.applicant).chain(ask.household.iter().copied()).collect();
        let (officer, day, sealed) = (ask.officer, self.day, ask.sealed);
        self.grants.push(Granted { fund, officer, day, amount, persons, cause, incident, sealed });
        let code = if amount < ask.requested { Code::ApprovedPartial } else { Code::Approved };
        Outcome::Granted(code, amount, shares)
    }

    fn decide(&self, ask: &Ask, fund: usize, incident: usize, cause: Cause) -> Result<(i64, Vec<(usize, i64)>), Code> {
        let advance = ask.second != Second::Nobody && ask.requested > MONTH;
        match ask.applicant {
            DECEASED => return Err(Code::Deceased),
            BARRED => return Err(Code::Barred),
            _ => {}
        }
        self.repeat(ask, incident, cause)?;
        match cause {
            Cause::Education => return Err(Code::OtherScheme),
            Cause::Disaster => return Err(Code::NeedsCounty),
            _ if ask.temporary && advance => return Err(Code::IdTemporary),
            _ if matches!(ask.second, Second::Same(_)) => return Err(Code::SamePersonSigned),
            _ => {}
        }
        let paying = &self.funds[fund];
        let lowest = |limits: &[Option<i64>]| limits.iter().copied().flatten().min().unwrap();
        let sum =
            |of: &dyn Fn(&Granted) -> bool| self.grants.iter().filter(|grant| of(grant)).map(|grant| grant.amount).sum::<i64>();
        let year = sum(&|grant| grant.persons[0] == ask.applicant && grant.day.year() == self.day.year());
        let officer = sum(&|grant| grant.officer == ask.officer && grant.day == self.day);
        let today = sum(&|grant| grant.fund == fund && grant.day == self.day);
        let left = [
            (Code::LimitQuick, if advance { i64::MAX } else { MONTH }),
            (Code::LimitCase, lowest(&[Some(10 * MONTH), advance.then_some(STREET_POWER), paying.case])),
            (Code::LimitPersonYear, lowest(&[Some(PERSON_YEAR), paying.person_year]) - year),
            (Code::LimitOfficerDay, lowest(&[Some(OFFICER_DAY), paying.officer_day]) - officer),
            (Code::LimitFundDay, lowest(&[Some(FUND_DAY), paying.fund_day]) - today),
        ];
        // A cap that a sealed case has used up must not tell so.
        let hidden =
            |grant: &Granted| grant.sealed && grant.persons.contains(&ask.applicant) && grant.day.year() == self.day.year();
        let (binding, least) = left.iter().map(|(code, left)| (*code, (*left).max(0))).min_by_key(|(_, left)| *left).unwrap();
        if binding == Code::LimitPersonYear && least < ask.requested && self.grants.iter().any(hidden) {
            return Err(Code::ReviewRequired);
        }
        if let Some((code, _)) = left.iter().find(|(_, left)| *left <= 0) {
            return Err(*code);
        }
        if paying.frozen {
            return Err(Code::FundFrozen);
        }
        let amount = left.iter().map(|(_, left)| *left).min().unwrap().min(ask.requested);
        if paying.available() < amount {
            return Err(Code::FundInsufficient);
        }
        let mut rest = amount;
        let mut shares = Vec::new();
        for (wish, (method, fixed)) in ask.wishes.iter().enumerate() {
            let share = fixed.unwrap_or(rest).min(rest);
            rest -= share;
            if share > 0 {
                shares.push((wish, *method, share));
            }
        }
        let cash = shares.iter().filter(|(_, method, _)| *method == Method::Cash).map(|(_, _, share)| *share).max().unwrap_or(0);
        match ask.second {
            _ if cash > CASH => Err(Code::LimitCash),
            Second::Nobody if cash > CASH_ALONE => Err(Code::SecondSignatureRequired),
            _ => Ok((amount, shares.into_iter().map(|(wish, _, share)| (wish, share)).collect())),
        }
    }

    /// What anybody of the household was helped with before.
    fn repeat(&self, ask: &Ask, incident: usize, cause: Cause) -> Result<(), Code> {
        let household = std::iter::once(ask.applicant).chain(ask.household.iter().copied());
        let before: Vec<(usize, &Granted)> = household
            .flat_map(|person| self.grants.iter().enumerate().filter(move |(_, grant)| grant.persons.contains(&person)))
            .collect();
        if let Some((_, grant)) = before.iter().find(|(_, grant)| grant.incident == incident) {
            return Err(if grant.sealed { Code::ReviewRequired } else { Code::SameCause });
        }
        let days = |grant: &Granted| (self.day - grant.day).get_days();
        let recent: Vec<_> = before.into_iter().filter(|(_, grant)| grant.cause == cause && days(grant) < 365).collect();
        let Some((_, latest)) = recent.iter().max_by_key(|(_, grant)| grant.day) else { return Ok(()) };
        let times = recent.iter().map(|(number, _)| number).collect::<BTreeSet<_>>().len();
        match cause {
            Cause::Other => Ok(()),
            Cause::Epidemic if times < 2 => Ok(()),
            _ if latest.sealed => Err(Code::ReviewRequired),
            Cause::Epidemic => Err(Code::RepeatLimit),
            _ => Err(Code::SameCause),
        }
    }
}

/// Whether a payment is final when it is made.
pub fn handed_over(method: Method) -> bool {
    matches!(method, Method::Cash | Method::Goods)
}
