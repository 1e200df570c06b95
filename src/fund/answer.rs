//! A fund as answered.

use serde::{Deserialize, Serialize};

use crate::book::FundRow;
use crate::division::Division;
use crate::http::Problem;
use crate::id::FundId;
use crate::identity::AccountNumber;
use crate::money::Fen;
use crate::policy::{FundKind, FundStatus};
use crate::vault::Vault;

/// A fund.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FundAnswer {
    id: FundId,
    division: Division,
    kind: FundKind,
    name: String,
    target_fen: Fen,
    limits: LimitsAnswer,
    account: Option<AccountAnswer>,
    subject_codes: Vec<String>,
    credited_fen: Fen,
    held_fen: Fen,
    paid_fen: Fen,
    available_fen: Fen,
    /// Borrowed from the pool of its county and not repaid, in fen.
    loaned_fen: Fen,
    status: FundStatus,
    version: i64,
    settings_version: i64,
}

/// Limits; null does not bind.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LimitsAnswer {
    floor_fen: Fen,
    case_cap_fen: Option<Fen>,
    fund_day_cap_fen: Option<Fen>,
    person_year_cap_fen: Option<Fen>,
    officer_day_cap_fen: Option<Fen>,
}

/// The bank account that holds the money.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccountAnswer {
    /// The bank.
    pub bank: String,
    /// The number; only its end for those who do not keep the fund, and in stored answers.
    pub number: String,
    /// The holder.
    pub name: String,
}

/// An account is bound to its fund.
pub fn context(id: FundId) -> String {
    format!("fund/{id}")
}

/// How much of the account a reader is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All of it.
    Clear,
    /// The end of the number.
    Masked,
}

impl FundAnswer {
    /// A fund with its account as far as the reader needs it.
    pub fn of(fund: &FundRow, account: Option<AccountAnswer>) -> Self {
        Self {
            id: fund.id,
            division: fund.division,
            kind: fund.kind,
            name: fund.name.to_string(),
            target_fen: fund.target,
            limits: LimitsAnswer {
                floor_fen: fund.floor,
                case_cap_fen: fund.limits.case,
                fund_day_cap_fen: fund.limits.fund_day,
                person_year_cap_fen: fund.limits.person_year,
                officer_day_cap_fen: fund.limits.officer_day,
            },
            account,
            subject_codes: fund.subject_codes.to_vec(),
            credited_fen: fund.credited,
            held_fen: fund.held,
            paid_fen: fund.paid,
            available_fen: fund.available(),
            loaned_fen: fund.loaned,
            status: fund.status,
            version: fund.version,
            settings_version: fund.settings_version,
        }
    }

    /// A fund as read, its account opened.
    pub fn read(fund: &FundRow, vault: &Vault, view: View) -> Result<Self, Problem> {
        let account = fund.account.as_deref().map(|sealed| open(vault, fund.id, sealed)).transpose()?;
        Ok(Self::of(fund, account.map(|account| if view == View::Clear { account } else { account.masked() })))
    }
}

fn open(vault: &Vault, id: FundId, sealed: &[u8]) -> Result<AccountAnswer, Problem> {
    let plain = vault.unseal(sealed, context(id).as_bytes()).map_err(Problem::internal)?;
    serde_json::from_slice(plain.plaintext()).map_err(Problem::internal)
}

impl AccountAnswer {
    /// The same with only the end of the number, and no holder: what may be stored with an answer.
    pub fn masked(&self) -> Self {
        let number = AccountNumber::parse(&self.number).map_or_else(|_| "***".into(), |number| number.masked());
        Self { bank: self.bank.clone(), number, name: "***".into() }
    }

    /// Sealed for a fund.
    pub fn seal(&self, vault: &Vault, id: FundId) -> Result<std::sync::Arc<[u8]>, Problem> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(self).map_err(Problem::internal)?);
        Ok(vault.seal(&plain, context(id).as_bytes()).map_err(Problem::internal)?.as_bytes().into())
    }
}

/// The number of a fund's account: to be compared, not shown.
pub fn account_number(id: FundId, sealed: &[u8], vault: &Vault) -> Result<String, Problem> {
    open(vault, id, sealed).map(|account| account.number)
}

/// The account of a fund as a stored answer may show it.
pub fn shown(fund: &FundRow, vault: &Vault) -> Result<Option<AccountAnswer>, Problem> {
    fund.account.as_deref().map(|sealed| open(vault, fund.id, sealed).map(|account| account.masked())).transpose()
}
