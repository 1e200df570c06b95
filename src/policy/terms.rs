//! The words that rules are written in, spelt alike in requests, policies and tables.

use crate::stored::terms;

terms! {
    /// What brought the household into need.
    Cause "cause" {
        /// A fire.
        Fire "fire",
        /// An accident.
        Accident "accident",
        /// An illness.
        Illness "illness",
        /// Costs of education.
        Education "education",
        /// Lost work.
        Unemployment "unemployment",
        /// A pension or wage that stopped.
        IncomeInterruption "income_interruption",
        /// Violence.
        Violence "violence",
        /// A natural disaster.
        Disaster "disaster",
        /// An epidemic.
        Epidemic "epidemic",
        /// Anything else; blocks only within its own incident.
        Other "other",
    }
}

terms! {
    /// The rule set under which a case is decided.
    Lane "lane" {
        /// 小额快救.
        Quick "quick",
        /// 先行救助.
        Advance "advance",
        /// Beyond the street's power.
        County "county",
        /// Another scheme covers it.
        OtherScheme "other_scheme",
    }
}

terms! {
    /// How the applicant lives at the place.
    Residence "residence" {
        /// Registered here (hukou).
        Registered "registered",
        /// With a residence permit.
        Permit "permit",
        /// Neither.
        None "none",
    }
}

terms! {
    /// Purpose and owner of a fund; the three never mix.
    FundKind "fund_kind" {
        /// 备用金, civil affairs.
        StreetReserve "street_reserve",
        /// 疾病应急救助基金, health commission, paid to hospitals.
        EmergencyTreatment "emergency_treatment",
        /// 救急难基金, foundation.
        ReliefFund "relief_fund",
    }
}

terms! {
    /// Whether a fund pays.
    FundStatus "fund_status" {
        /// It pays.
        Active "active",
        /// It receives and does not pay.
        Frozen "frozen",
        /// It is no longer in use.
        Closed "closed",
    }
}

terms! {
    /// How a payment is made.
    Method "method" {
        /// Over the counter, two signatures.
        Cash "cash",
        /// By transfer.
        Bank "bank",
        /// To a hospital.
        Hospital "hospital",
        /// In goods.
        Goods "goods",
    }
}

terms! {
    /// Why somebody is on the roster.
    RosterCategory "roster_category" {
        /// 特困
        Tekun "tekun",
        /// 低保
        Dibao "dibao",
        /// 支出型低收入
        LowIncome "low_income",
    }
}
