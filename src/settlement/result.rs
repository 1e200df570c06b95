//! `POST /v1/settlements/{settlement}/payers/{payer}/result`: a payer says what it bears; what it leaves goes to those after it.

use crate::actor::Role;
use crate::book::{Facts, Keys, Move, Payer, PayerStatus, Ruling, SettlementEventKind, SettlementState};
use crate::code::Code;
use crate::http::Problem;
use crate::id::HoldId;
use crate::money::Fen;
use crate::settlement::postings::Postings;
use crate::settlement::rooms::Counted;
use crate::settlement::split::{Part, Split};
use crate::settlement::target::{Said, Standing, Target, not_in, too_much};

/// What a payer says.
pub struct TakeResult {
    pub target: Target,
    pub payer: Payer,
    pub status: PayerStatus,
    /// Of how much of its part.
    pub amount: Fen,
    pub reference: String,
    /// Holds of the emergency-treatment fund and of the relief fund.
    pub holds: (HoldId, HoldId),
}

impl Move for TakeResult {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
        keys.bills_of(self.target.row.city, self.target.row.person);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        if standing.row.state != SettlementState::Settled {
            return not_in(standing.row.state);
        }
        let Some(part) = standing.split.part(self.payer).filter(|part| part.amount.is_some() || part.refused.is_some()) else {
            return Ruling::rejected(Problem::not_found());
        };
        match self.fits(part) {
            Ok(()) => self.take(facts, &standing).unwrap_or_else(too_much),
            Err(problem) => Ruling::rejected(problem),
        }
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl TakeResult {
    /// Whose results these are: those of a fund are finance's to say, so that no hospital reviews its own claim.
    pub fn may_be_said_by(payer: Payer, roles: crate::actor::Roles) -> bool {
        roles.has(Role::Finance) || !payer.is_fund()
    }

    fn fits(&self, part: &Part) -> Result<(), Problem> {
        let conflict = |detail: &str| Err(Problem::new(Code::Conflict, detail));
        match self.payer {
            Payer::HospitalDiscount | Payer::ReliefFund | Payer::Patient => return conflict("this payer has no results"),
            Payer::EmergencyTreatment if part.status != PayerStatus::Claimed => {
                return conflict("the claim was reviewed already");
            }
            Payer::EmergencyTreatment if !matches!(self.status, PayerStatus::Approved | PayerStatus::Refused) => {
                return conflict("a claim on a fund is approved or refused, and paid by a clearing");
            }
            Payer::EmergencyTreatment
            | Payer::ThirdParty
            | Payer::BasicInsurance
            | Payer::CriticalIllness
            | Payer::LargeSum
            | Payer::EnterpriseSupplement
            | Payer::CivilServantSupplement
            | Payer::MedicalAid
            | Payer::Other => {}
        }
        if self.amount > part.amount {
            return Err(Problem::new(Code::Conflict, format!("its part is {} fen", part.amount.get())));
        }
        Ok(())
    }

    fn take(&self, facts: &Facts, standing: &Standing) -> Option<Ruling> {
        let (target, row) = (&self.target, standing.row);
        let split = self.split(facts, standing)?;
        let mut postings = Postings::new(facts);
        postings.follow((row.city, row.id), &split, standing.holds, self.holds)?;
        let said = Said {
            kind: SettlementEventKind::Result,
            payer: Some(self.payer),
            status: Some(self.status),
            amount: Some(self.amount),
            reference: Some(self.reference.clone()),
            reason: None,
        };
        Some(target.done(facts, standing, SettlementState::Settled, &split, said, postings))
    }

    /// The bill as it is split by the result.
    fn split(&self, facts: &Facts, standing: &Standing) -> Option<Split> {
        let mut split = standing.split.clone();
        let part = split.part_mut(self.payer)?;
        let less = match self.status {
            PayerStatus::Refused => self.amount,
            PayerStatus::Final | PayerStatus::Claimed | PayerStatus::Approved | PayerStatus::Paid => {
                part.status = self.status;
                part.amount.minus(self.amount)?
            }
        };
        if less.is_some() {
            let of = Counted { person: standing.row.person, on: standing.row.settled_on };
            let rooms = self.target.funds.rooms(facts, &standing.row.division, &standing.bill, of, Some(&split));
            split.refuse(self.payer, less, &standing.bill, &rooms)?;
        }
        Some(split)
    }
}
