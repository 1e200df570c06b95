//! Registers what was agreed with a hospital: a new version, or none when nothing differs.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::ToSql;
use tokio_postgres::{Error, Transaction};

use crate::audit::{Leaf, sha256_hex};
use crate::book::{fallen, record};
use crate::division::City;
use crate::hospital::answer::Registered;
use crate::hospital::body::HospitalBody;
use crate::hospital::terms::{Terms, read_terms};
use crate::http::Problem;
use crate::id::LeafId;
use crate::identity::CreditCode;
use crate::time::day;

/// Terms with the moment they were registered.
pub struct Stored {
    pub terms: Terms,
    pub registered_at: Timestamp,
}

/// What a registration came to.
pub enum Outcome {
    /// The hospital was not known before.
    New(Stored),
    /// Another version.
    Changed(Stored),
    /// It says what holds already: a repeated request leaves no second version.
    Same(Stored),
}

impl Outcome {
    /// The terms as they are now.
    pub const fn stored(&self) -> &Stored {
        match self {
            Self::New(stored) | Self::Changed(stored) | Self::Same(stored) => stored,
        }
    }
}

/// Locks a hospital and reads what was agreed last.
pub async fn locked(transaction: &Transaction<'_>, city: City, code: &CreditCode) -> Result<Option<Stored>, Problem> {
    let params: [&(dyn ToSql + Sync); 2] = [&city, code];
    transaction.query_one(include_str!("../../sql/hospital/lock.sql"), &params).await.map_err(|error| fallen(&error))?;
    let row = transaction.query_opt(include_str!("../../sql/hospital/newest.sql"), &params).await;
    row.map_err(|error| fallen(&error))?.as_ref().map(stored).transpose()
}

/// Terms as they are stored.
pub fn stored(row: &tokio_postgres::Row) -> Result<Stored, Problem> {
    let terms = read_terms(row).ok_or_else(|| Problem::internal("the terms of a hospital can not be read"))?;
    Ok(Stored { terms, registered_at: row.get("registered_at") })
}

/// Registers, after [`locked`]. 400 when it would change what lies in the past.
pub async fn register(
    transaction: &Transaction<'_>,
    subject: &str,
    code: &CreditCode,
    body: &HospitalBody,
    before: Option<Stored>,
) -> Result<Outcome, Problem> {
    let city = body.division.city();
    let clock = transaction.query_one(include_str!("../../sql/book/now.sql"), &[]).await.map_err(|error| fallen(&error))?;
    let now: Timestamp = clock.get("now");
    let today = day(now);
    let terms = Terms {
        name: body.name.as_str().into(),
        division: body.division,
        discounts: body.discounts,
        effective_from: body.effective_from.unwrap_or(today),
        version: before.as_ref().map_or(0, |before| before.terms.version) + 1,
        deposits: Arc::new(body.deposits()),
    };
    let is_new = before.is_none();
    if let Some(before) = before {
        if says_the_same(&before.terms, &terms, body.effective_from, today) {
            return Ok(Outcome::Same(before));
        }
        if terms.effective_from < today {
            return Err(Problem::fault("/effective_from", "the hospital is registered: other terms begin today or later"));
        }
    }
    write(transaction, city, subject, code, &terms, now).await.map_err(|error| fallen(&error))?;
    let stored = Stored { terms, registered_at: now };
    Ok(if is_new { Outcome::New(stored) } else { Outcome::Changed(stored) })
}

/// Who names no day means: it shall hold now.
fn says_the_same(before: &Terms, terms: &Terms, named: Option<Date>, today: Date) -> bool {
    let same_day = named.map_or(before.effective_from <= today, |day| day == before.effective_from);
    same_day
        && before.name == terms.name
        && before.division == terms.division
        && before.discounts == terms.discounts
        && before.deposits == terms.deposits
}

async fn write(
    transaction: &Transaction<'_>,
    city: City,
    subject: &str,
    code: &CreditCode,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Error> {
    // A map of texts and numbers: writing it to memory does not fail.
    let deposits = serde_json::to_string(&*terms.deposits).unwrap_or_default();
    let [registration, consultation, examination, drugs, bed] = terms.discounts.named().map(|(_, per_cent)| i16::from(per_cent));
    let params: [&(dyn ToSql + Sync); 14] = [
        &city,
        code,
        &terms.version,
        &&*terms.name,
        &terms.division,
        &terms.effective_from,
        &registration,
        &consultation,
        &examination,
        &drugs,
        &bed,
        &deposits,
        &subject,
        &now,
    ];
    transaction.execute(include_str!("../../sql/hospital/insert.sql"), &params).await?;
    let said = Registered {
        code: code.as_str(),
        deposits_sha256: sha256_hex(deposits.as_bytes()),
        discounts: terms.discounts.named().map(|(_, per_cent)| per_cent),
        division: terms.division,
        effective_from: terms.effective_from,
        name: &terms.name,
        version: terms.version,
    };
    record(transaction, &Leaf::new(city, LeafId::new(), now, subject, &said), now, None).await
}
