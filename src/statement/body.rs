//! What finance sends about statements.

use jiff::civil::Date;
use serde::Deserialize;

use crate::book::{Account, DifferenceCode};
use crate::http::{Body, Cursor, Faults, FileKind, PageLimit, Takes};
use crate::id::FundId;

/// `POST /v1/statements`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Whose account it is of.
    pub fund: FundId,
    /// How the bank writes its CSV and XLSX.
    #[serde(default)]
    pub profile: Option<String>,
}

impl Takes for ImportQuery {
    const TYPES: &'static str = "the content type must be text/csv, with charset utf-8 or gb18030, \
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, or application/xml, not encoded";

    fn takes(kind: FileKind) -> bool {
        match kind {
            FileKind::Csv(_) | FileKind::Xlsx | FileKind::Xml => true,
            FileKind::Ndjson => false,
        }
    }
}

/// `GET /v1/statements/{statement}`: a page of its matches.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// How many.
    #[serde(default)]
    pub limit: PageLimit,
    /// Where to go on.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// `GET /v1/reconciliation`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceQuery {
    /// Whose account.
    pub fund: FundId,
    /// At the end of which day.
    #[serde(deserialize_with = "crate::time::strict::day")]
    pub date: Date,
}

/// `POST /v1/statements/{statement}/matches`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchBody {
    /// The line, counted from one.
    pub line: i32,
    /// The movement that was suggested: version of the fund,
    pub version: i64,
    /// and its first entry under it.
    pub ordinal: i16,
}

/// `POST /v1/statements/{statement}/bookings`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingBody {
    /// The line, counted from one.
    pub line: i32,
    /// What it is.
    pub code: DifferenceCode,
    /// Where it is booked: `INTEREST` in `interest_payable`, `FEE` in `receivable`, `UNKNOWN_CREDIT` in `other_payable`,
    /// `RETURNED_PAYMENT` in `held`.
    pub account: Account,
}

impl Body for MatchBody {
    fn check(&self, faults: &mut Faults) {
        if self.line < 1 {
            faults.add("/line", "lines are counted from one");
        }
    }
}

impl Body for BookingBody {
    fn check(&self, faults: &mut Faults) {
        if self.line < 1 {
            faults.add("/line", "lines are counted from one");
        }
        match fitting(self.code) {
            Some(account) if account != self.account => {
                faults.add("/account", format!("{} is booked in {}", self.code.as_str(), account.as_str()));
            }
            Some(_) | None => {}
        }
    }
}

/// The account that a code is booked in; none for what only the bank can put right.
pub const fn fitting(code: DifferenceCode) -> Option<Account> {
    match code {
        DifferenceCode::Interest => Some(Account::InterestPayable),
        DifferenceCode::Fee => Some(Account::Receivable),
        DifferenceCode::UnknownCredit => Some(Account::OtherPayable),
        DifferenceCode::ReturnedPayment => Some(Account::Held),
        DifferenceCode::MissingAtBank | DifferenceCode::MissingHere | DifferenceCode::DuplicateAtBank => None,
    }
}
