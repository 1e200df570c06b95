//! How a bill is split over its payers, and split again when one of them bears less. Pure.

use serde::{Deserialize, Serialize};

use crate::book::{Payer, PayerStatus};
use crate::id::FundId;
use crate::money::Fen;
use crate::settlement::bill::Bill;

/// What set a payer's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rule {
    /// As it arrived, computed elsewhere.
    AsArrived,
    /// The per cents that the hospital takes off the five fee kinds.
    Discounts,
    /// The emergency part of the bill.
    EmergencyPart,
    /// All that was left.
    Remainder,
    /// The fund's limit of one case.
    LimitCase,
    /// The fund's limit of one person and year.
    LimitPersonYear,
    /// The fund's limit of the day.
    LimitFundDay,
    /// What the fund has.
    FundInsufficient,
    /// The fund is frozen.
    FundFrozen,
}

/// What one payer bears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub payer: Payer,
    pub amount: Fen,
    pub status: PayerStatus,
    pub rule: Rule,
    /// The fund that bears it.
    pub fund: Option<FundId>,
    /// What its limit of one case leaves beyond it.
    pub cap_left: Option<Fen>,
    /// What the payer refused of it.
    pub refused: Fen,
    /// What clearings paid of it.
    pub cleared: Fen,
}

/// How much more a fund may bear of a bill, and what sets that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub fund: FundId,
    pub most: Fen,
    pub rule: Rule,
    /// The limit of one case.
    pub cap: Option<Fen>,
}

/// What the funds may bear; none where there is no such fund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rooms {
    pub emergency: Option<Room>,
    pub relief: Option<Room>,
}

/// A bill in parts, one for each payer, in payer order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Split(Vec<Part>);

impl Split {
    /// Splits a bill. `None` when more arrived than it comes to, or a sum leaves 64 bits.
    pub fn of(bill: &Bill, rooms: &Rooms) -> Option<Self> {
        let mut parts: Vec<Part> = Payer::ALL.iter().map(|payer| Part::of(*payer)).collect();
        for (payer, amount) in bill.shares.by_payer() {
            parts.iter_mut().filter(|part| part.payer == payer).for_each(|part| part.amount = amount);
        }
        parts.last_mut()?.amount = bill.shares.account;
        let mut split = Self(parts);
        let rest = bill.total.minus(bill.shares.sum()?).filter(|rest| *rest >= Fen::ZERO)?;
        split.spread(rest, Payer::Other, bill, rooms)?;
        Some(split)
    }

    /// Every part.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The part of a payer.
    pub fn part(&self, payer: Payer) -> Option<&Part> {
        self.0.iter().find(|part| part.payer == payer)
    }

    /// Changes the part of a payer.
    pub fn part_mut(&mut self, payer: Payer) -> Option<&mut Part> {
        self.0.iter_mut().find(|part| part.payer == payer)
    }

    /// The part that a fund bears.
    pub fn part_of(&self, fund: FundId) -> Option<&Part> {
        self.0.iter().find(|part| part.fund == Some(fund))
    }

    /// Changes the part that a fund bears.
    pub fn part_of_mut(&mut self, fund: FundId) -> Option<&mut Part> {
        self.0.iter_mut().find(|part| part.fund == Some(fund))
    }

    /// A payer bears so much less: the rest goes to those after it. `None` when it bears less than that already.
    pub fn refuse(&mut self, payer: Payer, amount: Fen, bill: &Bill, rooms: &Rooms) -> Option<()> {
        let part = self.part_mut(payer)?;
        part.amount = part.amount.minus(amount).filter(|left| *left >= part.cleared)?;
        part.refused = part.refused.plus(amount)?;
        if !part.amount.is_some() {
            part.status = PayerStatus::Refused;
        }
        part.cap_left = part.cap_left.and_then(|left| left.plus(amount));
        self.spread(amount, payer, bill, rooms)
    }

    /// Spreads a rest over the payers after one, each as far as it has room; the last has all.
    fn spread(&mut self, rest: Fen, after: Payer, bill: &Bill, rooms: &Rooms) -> Option<()> {
        let mut rest = rest;
        for part in self.0.iter_mut().filter(|part| part.payer > after) {
            let taken = match part.payer {
                Payer::HospitalDiscount => part.take(rest, bill.discount.left_after(part.amount), Rule::Discounts)?,
                Payer::EmergencyTreatment => part.claim(rest, rooms.emergency, PayerStatus::Claimed)?,
                Payer::ReliefFund => part.claim(rest, rooms.relief, PayerStatus::Approved)?,
                Payer::Patient => part.take(rest, rest, Rule::Remainder)?,
                Payer::ThirdParty
                | Payer::BasicInsurance
                | Payer::CriticalIllness
                | Payer::LargeSum
                | Payer::EnterpriseSupplement
                | Payer::CivilServantSupplement
                | Payer::MedicalAid
                | Payer::Other => Fen::ZERO,
            };
            rest = rest.left_after(taken);
        }
        Some(())
    }

    /// True when a fund had too little for what its limits allow, and the patient bears something for it.
    pub fn is_short(&self) -> bool {
        let short = |part: &Part| matches!(part.rule, Rule::FundInsufficient | Rule::FundFrozen);
        let funds = self.0.iter().filter(|part| part.payer.is_fund()).any(short);
        funds && self.part(Payer::Patient).is_some_and(|part| part.amount.is_some())
    }
}

impl Payer {
    /// True for the two that are funds of ours.
    pub const fn is_fund(self) -> bool {
        matches!(self, Self::EmergencyTreatment | Self::ReliefFund)
    }
}

impl Part {
    fn of(payer: Payer) -> Self {
        let rule = match payer {
            Payer::HospitalDiscount => Rule::Discounts,
            Payer::EmergencyTreatment => Rule::EmergencyPart,
            Payer::ReliefFund | Payer::Patient => Rule::Remainder,
            Payer::ThirdParty
            | Payer::BasicInsurance
            | Payer::CriticalIllness
            | Payer::LargeSum
            | Payer::EnterpriseSupplement
            | Payer::CivilServantSupplement
            | Payer::MedicalAid
            | Payer::Other => Rule::AsArrived,
        };
        let (status, none) = (PayerStatus::Final, Fen::ZERO);
        Self { payer, amount: none, status, rule, fund: None, cap_left: None, refused: none, cleared: none }
    }

    /// Bears as much of a rest as it has room for.
    fn take(&mut self, rest: Fen, most: Fen, rule: Rule) -> Option<Fen> {
        let taken = rest.min(most);
        self.amount = self.amount.plus(taken)?;
        self.rule = rule;
        Some(taken)
    }

    /// The same for a fund. One that bears nothing of a bill that leaves nothing is not named.
    fn claim(&mut self, rest: Fen, room: Option<Room>, status: PayerStatus) -> Option<Fen> {
        let Some(room) = room.filter(|_| rest.is_some()) else { return Some(Fen::ZERO) };
        let taken = self.take(rest, room.most, if rest <= room.most { Rule::Remainder } else { room.rule })?;
        if taken.is_some() {
            (self.status, self.fund) = (status, Some(room.fund));
            self.cap_left = room.cap.map(|cap| cap.left_after(self.amount));
        }
        Some(taken)
    }

    /// True for a part that tells something.
    pub fn is_told(&self) -> bool {
        let bound = self.payer.is_fund() && !matches!(self.rule, Rule::Remainder | Rule::EmergencyPart);
        self.amount.is_some() || self.refused.is_some() || self.payer == Payer::Patient || bound
    }
}
