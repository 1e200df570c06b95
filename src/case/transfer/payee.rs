//! Who a payment through a bank goes to, for who compares it with what the bank says.

use crate::case::party::{Part, unseal};
use crate::case::payment::Payment;
use crate::http::Problem;
use crate::id::{CaseId, PaymentId};
use crate::vault::Vault;

/// Who is paid. Personal data: for comparing, never for answers.
pub struct Payee {
    /// The holder of the account.
    pub name: String,
    /// The account.
    pub account: Option<String>,
}

/// Who a payment of a case goes to; none where the case knows no account holder, as of a hospital.
pub fn payee(vault: &Vault, case: CaseId, parties: &[u8], payments: &str, id: PaymentId) -> Result<Option<Payee>, Problem> {
    let payments: Vec<Payment> = serde_json::from_str(payments).map_err(Problem::internal)?;
    let Some(place) = payments.iter().position(|payment| payment.id == id) else { return Ok(None) };
    let parties = unseal(vault, case, parties).map_err(Problem::internal)?;
    let holder = parties.into_iter().find(|party| party.part == Part::Payee && party.payment == Some(place + 1));
    Ok(holder.map(|holder| Payee { name: holder.name, account: holder.account }))
}
