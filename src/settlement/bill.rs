//! A hospital bill: fees, what arrived from others, and what the hospital takes off. Pure.

use serde::{Deserialize, Serialize};

use crate::book::Payer;
pub use crate::hospital::Discounts;
use crate::money::Fen;

/// The gross fees of a bill by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    pub registration: Fen,
    pub consultation: Fen,
    pub examination: Fen,
    pub drugs: Fen,
    pub bed: Fen,
    pub other: Fen,
}

/// What others pay, as the insurance platform and the hospital say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    pub third_party: Fen,
    pub basic_insurance: Fen,
    pub critical_illness: Fen,
    pub large_sum: Fen,
    pub enterprise_supplement: Fen,
    pub civil_servant_supplement: Fen,
    pub medical_aid: Fen,
    pub other: Fen,
    /// Out of the patient's own insurance account: a part of what the patient pays.
    pub account: Fen,
}

/// The part of a bill that saved a life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    pub amount: Fen,
    pub unidentified: bool,
    pub unable_to_pay: Option<String>,
}

/// What the insurance platform calls it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insured {
    pub setl_id: Option<String>,
    pub mdtrt_id: Option<String>,
}

/// A bill as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    pub total: Fen,
    pub fees: Fees,
    pub shares: Shares,
    pub insured: Insured,
    pub emergency: Option<Emergency>,
    /// What the hospital takes off at most: Σ floor(fee × per cent).
    pub discount: Fen,
}

impl Fees {
    /// All of them, unless that leaves 64 bits.
    pub fn sum(&self) -> Option<Fen> {
        Fen::sum([self.registration, self.consultation, self.examination, self.drugs, self.bed, self.other])
    }

    /// Σ floor(fee × per cent) over the five kinds.
    pub fn discount(&self, off: &Discounts) -> Option<Fen> {
        let kinds = [
            (self.registration, off.registration),
            (self.consultation, off.consultation),
            (self.examination, off.examination),
            (self.drugs, off.drugs),
            (self.bed, off.bed),
        ];
        kinds.into_iter().try_fold(Fen::ZERO, |sum, (fee, percent)| {
            let hundredths = fee.times(i64::from(percent.min(100)))?;
            sum.plus(Fen::new(hundredths.get().div_euclid(100)))
        })
    }
}

impl Shares {
    /// What each of the others pays, in payer order.
    pub fn by_payer(&self) -> [(Payer, Fen); 8] {
        [
            (Payer::ThirdParty, self.third_party),
            (Payer::BasicInsurance, self.basic_insurance),
            (Payer::CriticalIllness, self.critical_illness),
            (Payer::LargeSum, self.large_sum),
            (Payer::EnterpriseSupplement, self.enterprise_supplement),
            (Payer::CivilServantSupplement, self.civil_servant_supplement),
            (Payer::MedicalAid, self.medical_aid),
            (Payer::Other, self.other),
        ]
    }

    /// All of it with the patient's account, unless that leaves 64 bits.
    pub fn sum(&self) -> Option<Fen> {
        Fen::sum(self.by_payer().into_iter().map(|(_, amount)| amount).chain([self.account]))
    }
}

impl Bill {
    /// What may be claimed from the emergency-treatment fund: the emergency part, of somebody unidentified or unable to pay.
    pub fn claimable(&self) -> Fen {
        let entitled = |part: &&Emergency| part.unidentified || part.unable_to_pay.is_some();
        self.emergency.as_ref().filter(entitled).map_or(Fen::ZERO, |part| part.amount)
    }
}
