//! What the funds may bear of a bill, by the facts.

use jiff::civil::Date;

use crate::actor::Actor;
use crate::book::{Facts, FundRow, Keys, Payer, PayerStatus};
use crate::division::{City, Division};
use crate::http::Problem;
use crate::id::FundId;
use crate::money::Fen;
use crate::policy::{FundKind, FundStatus};
use crate::reads::Readers;
use crate::settlement::bill::Bill;
use crate::settlement::split::{Part, Room, Rooms, Rule, Split};
use crate::time::day;
use crate::vault::BlindIndex;

/// Whose bill it is, and the day whose year it counts in.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    pub person: BlindIndex,
    pub on: Date,
}

/// The funds that cover a hospital, as they were read; they are locked, and checked again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Funds {
    pub emergency: Option<FundId>,
    pub relief: Option<FundId>,
}

impl Funds {
    /// Of each kind the fund of the smallest area around the hospital: county before city. The funds of a hospital lie around its
    /// scope, not in it, so the house itself looks.
    pub async fn around(readers: &Readers, hospital: &Division) -> Result<Self, Problem> {
        let house = Actor::clock(hospital.city());
        let sql = include_str!("../../sql/settlement/funds.sql");
        let rows = readers.all(&house, sql, &[&hospital.city(), hospital]).await?;
        let of = |kind: FundKind| rows.iter().find(|row| row.get::<_, FundKind>("kind") == kind).map(|row| row.get("id"));
        Ok(Self { emergency: of(FundKind::EmergencyTreatment), relief: of(FundKind::ReliefFund) })
    }

    /// The same for a settlement that stands: a fund that bears a part of it goes on bearing it.
    pub fn or_those_of(self, split: &Split) -> Self {
        let of = |payer: Payer| split.part(payer).and_then(|part| part.fund);
        Self { emergency: of(Payer::EmergencyTreatment).or(self.emergency), relief: of(Payer::ReliefFund).or(self.relief) }
    }

    /// Both of them.
    pub fn keys(&self, city: City, keys: &mut Keys) {
        self.emergency.iter().chain(&self.relief).for_each(|fund| keys.fund(city, *fund));
    }

    /// The same with the bills of a person that their limit of a year counts.
    pub fn keys_with(&self, city: City, person: BlindIndex, keys: &mut Keys) {
        self.keys(city, keys);
        keys.bills_of(city, person);
    }

    /// What they may bear of a bill, beyond what they bear of it.
    pub fn rooms(&self, facts: &Facts, hospital: &Division, bill: &Bill, of: Counted, split: Option<&Split>) -> Rooms {
        let find = |id: Option<FundId>, kind: FundKind| {
            let fund = id.and_then(|id| facts.fund(hospital.city(), id));
            fund.filter(|fund| fund.kind == kind && fund.division.covers(hospital) && fund.status != FundStatus::Closed)
        };
        let part = |payer: Payer| split.and_then(|split| split.part(payer));
        let claim = part(Payer::EmergencyTreatment);
        // What was reviewed is not claimed again, and what was refused stays refused.
        let reviewed =
            claim.is_some_and(|part| matches!(part.status, PayerStatus::Approved | PayerStatus::Paid | PayerStatus::Refused));
        let gone = claim.and_then(|part| part.amount.plus(part.refused)).unwrap_or_default();
        let claimable = if reviewed { Fen::ZERO } else { bill.claimable().left_after(gone) };
        let emergency = find(self.emergency, FundKind::EmergencyTreatment).filter(|_| claimable.is_some());
        Rooms {
            emergency: emergency.map(|fund| room(facts, fund, of, claim, Some((Rule::EmergencyPart, claimable)))),
            relief: find(self.relief, FundKind::ReliefFund).map(|fund| room(facts, fund, of, part(Payer::ReliefFund), None)),
        }
    }
}

/// The narrowest of what binds a fund; of equals the first.
fn room(facts: &Facts, fund: &FundRow, of: Counted, part: Option<&Part>, wish: Option<(Rule, Fen)>) -> Room {
    let borne = part.map_or(Fen::ZERO, |part| part.amount);
    let today = fund.granted_on(day(facts.now()));
    let year = facts.settlements().borne_in(fund.city, fund.id, of.person, of.on.year()).unwrap_or(Fen::new(i64::MAX));
    let limits = [
        wish,
        (fund.status != FundStatus::Active).then_some((Rule::FundFrozen, Fen::ZERO)),
        fund.limits.case.map(|cap| (Rule::LimitCase, cap.left_after(borne))),
        fund.limits.person_year.map(|cap| (Rule::LimitPersonYear, cap.left_after(year))),
        fund.limits.fund_day.map(|cap| (Rule::LimitFundDay, cap.left_after(today))),
        Some((Rule::FundInsufficient, fund.available())),
    ];
    let (rule, most) = limits.into_iter().flatten().min_by_key(|(_, most)| *most).unwrap_or((Rule::FundInsufficient, Fen::ZERO));
    Room { fund: fund.id, most, rule, cap: fund.limits.case }
}
