//! What few batches ask for: cash boxes, in a statement of their own, and what the moves of a batch do to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use postgres_types::ToSql;
use serde::Deserialize;
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::custody_records::{FoundDifference, FoundPaid, FoundShift, FoundSignature};
use crate::book::load::{list, split};
use crate::book::session::Session;
use crate::book::{Account, CashPaid, DifferenceRow, Keys, PaidBetween, Rows, ShiftRow, SignatureRow};
use crate::division::{City, Division};
use crate::id::{DifferenceId, FundId, PaymentId, ShiftId};
use crate::money::Fen;
use crate::policy::Method;

/// A box that somebody wants to open: the street, the fund (none: the street's reserve), who.
pub type BoxKey = (Division, Option<FundId>, Subject);

/// What a batch asks of cash boxes.
#[derive(Debug, Default)]
pub struct CustodyKeys {
    pub(super) boxes: BTreeSet<(City, BoxKey)>,
    pub(super) shifts: BTreeSet<(City, ShiftId)>,
    pub(super) differences: BTreeSet<(City, DifferenceId)>,
    pub(super) signatures: BTreeSet<(City, PaymentId)>,
}

/// Loaded boxes, and what the moves before this one did to them.
#[derive(Debug, Default)]
pub struct CustodyFacts {
    shifts: BTreeMap<(City, ShiftId), ShiftRow>,
    paid: HashMap<(City, ShiftId), Vec<CashPaid>>,
    between: HashMap<(City, ShiftId), PaidBetween>,
    differences: HashMap<(City, DifferenceId), DifferenceRow>,
    signatures: HashMap<(City, PaymentId), SignatureRow>,
    approving: BTreeSet<(City, FundId, Subject)>,
}

/// A payment as its case keeps it, as far as a cash box needs it.
#[derive(Deserialize)]
struct Noted {
    id: PaymentId,
    method: Method,
    receipt_number: String,
    #[serde(default)]
    signature_ref: Option<String>,
}

impl CustodyKeys {
    fn is_empty(&self) -> bool {
        self.boxes.is_empty() && self.shifts.is_empty() && self.differences.is_empty() && self.signatures.is_empty()
    }
}

impl CustodyFacts {
    /// A shift.
    pub fn shift(&self, city: City, id: ShiftId) -> Option<&ShiftRow> {
        self.shifts.get(&(city, id))
    }

    /// The last shift of a box: the open one, when one is open.
    pub fn last(&self, city: City, fund: FundId, street: Division) -> Option<&ShiftRow> {
        let of_box = self.shifts.values().filter(|shift| shift.city == city && shift.fund == fund && shift.street == street);
        of_box.max_by_key(|shift| shift.ordinal)
    }

    /// The open shift of an officer.
    pub fn held_by(&self, city: City, officer: &Subject) -> Option<&ShiftRow> {
        self.shifts.values().find(|shift| shift.city == city && shift.custodian == *officer && shift.closed.is_none())
    }

    /// What was paid in cash in a shift, in order.
    pub fn paid(&self, city: City, shift: ShiftId) -> &[CashPaid] {
        self.paid.get(&(city, shift)).map_or(&[], Vec::as_slice)
    }

    /// What was paid in cash since the last shift of a box was closed, when somebody wants to open the next one.
    pub fn paid_after(&self, city: City, shift: ShiftId) -> PaidBetween {
        self.between.get(&(city, shift)).copied().unwrap_or_default()
    }

    /// A difference.
    pub fn difference(&self, city: City, id: DifferenceId) -> Option<&DifferenceRow> {
        self.differences.get(&(city, id))
    }

    /// The signatures that were added to a payment.
    pub fn signature(&self, city: City, payment: PaymentId) -> Option<&SignatureRow> {
        self.signatures.get(&(city, payment))
    }

    /// True when an officer had approved a case of a fund whose money may still be paid in cash.
    pub(super) fn approves(&self, city: City, fund: FundId, officer: &Subject) -> bool {
        self.approving.contains(&(city, fund, officer.clone()))
    }

    /// Takes in what a move did. Nothing is looked at in batches that asked for no box.
    pub(super) fn apply(&mut self, rows: &Rows) {
        for shift in &rows.custody.shifts {
            self.shifts.insert((shift.city, shift.id), shift.clone());
        }
        for difference in &rows.custody.differences {
            self.differences.insert((difference.city, difference.id), difference.clone());
        }
        for signature in &rows.custody.signatures {
            self.signatures.insert((signature.city, signature.payment), signature.clone());
        }
        if !self.shifts.is_empty() {
            self.pay(rows);
        }
    }

    /// Cash that a move paid was paid in the shift that is open in its street, or after the last one.
    fn pay(&mut self, rows: &Rows) {
        for entry in rows.entries.iter().filter(|entry| entry.credit == Account::Paid) {
            let Some(case) = rows.cases.iter().find(|case| Some(case.id) == entry.of.case) else { continue };
            let noted: Vec<Noted> = serde_json::from_str(&case.payments).unwrap_or_default();
            let cash = noted.into_iter().find(|noted| Some(noted.id) == entry.of.payment && noted.method == Method::Cash);
            let (Some(cash), Some(shift)) = (cash, self.last(entry.city, entry.fund, case.street)) else { continue };
            let (at, payment) = ((shift.city, shift.id), cash.id);
            if shift.closed.is_some() {
                let between = self.between.entry(at).or_default();
                between.count = between.count.saturating_add(1);
                // All that a fund pays is within 64 bits.
                between.amount = between.amount.plus(entry.amount).unwrap_or(between.amount);
            } else {
                let (receipt_number, signed) = (cash.receipt_number, cash.signature_ref.is_some());
                let paid = CashPaid { payment, amount: entry.amount, receipt_number, signed, sealed: case.sealed };
                self.paid.entry(at).or_default().push(paid);
            }
        }
    }
}

/// The sum of cash payments, unless it leaves 64 bits.
pub fn cash_sum(paid: &[CashPaid]) -> Option<Fen> {
    Fen::sum(paid.iter().map(|paid| paid.amount))
}

/// Reads boxes after the locks. Nothing is sent when the batch names none.
pub async fn find(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    let keys = &keys.custody;
    if keys.is_empty() {
        return Ok(None);
    }
    let boxes = || keys.boxes.iter();
    let cities: Vec<&City> = boxes().map(|(city, _)| city).collect();
    let streets: Vec<&Division> = boxes().map(|(_, (street, ..))| street).collect();
    let funds: Vec<Option<FundId>> = boxes().map(|(_, (_, fund, _))| *fund).collect();
    let officers: Vec<&Subject> = boxes().map(|(_, (.., officer))| officer).collect();
    let (shifts, differences, signatures) = (split(&keys.shifts), split(&keys.differences), split(&keys.signatures));
    let params: [&(dyn ToSql + Sync); 10] = [
        &cities,
        &streets,
        &funds,
        &officers,
        &shifts.0,
        &shifts.1,
        &differences.0,
        &differences.1,
        &signatures.0,
        &signatures.1,
    ];
    session.client.query_one(&session.statements.find_custody, &params).await.map(Some)
}

/// What was found, as facts.
pub fn take(found: Option<Row>) -> CustodyFacts {
    let mut facts = CustodyFacts::default();
    let Some(row) = found else { return facts };
    facts.shifts = list::<FoundShift>(&row, "shifts").map(ShiftRow::from).map(|shift| ((shift.city, shift.id), shift)).collect();
    for paid in list::<FoundPaid>(&row, "paid") {
        facts.paid.entry((paid.city, paid.shift_id)).or_default().push(paid.into());
    }
    let (cities, shifts): (Vec<City>, Vec<ShiftId>) = (row.get("between_cities"), row.get("between_shifts"));
    let (counts, amounts): (Vec<i64>, Vec<Fen>) = (row.get("between_counts"), row.get("between_amounts"));
    let between = counts.into_iter().zip(amounts).map(|(count, amount)| PaidBetween { count, amount });
    facts.between = cities.into_iter().zip(shifts).zip(between).collect();
    let differences = list::<FoundDifference>(&row, "differences").map(DifferenceRow::from);
    facts.differences = differences.map(|difference| ((difference.city, difference.id), difference)).collect();
    let signatures = list::<FoundSignature>(&row, "signatures").map(SignatureRow::from);
    facts.signatures = signatures.map(|signature| ((signature.city, signature.payment), signature)).collect();
    let (cities, funds, officers): (Vec<City>, Vec<FundId>, Vec<Subject>) =
        (row.get("approving_cities"), row.get("approving_funds"), row.get("approving_officers"));
    facts.approving = cities.into_iter().zip(funds).zip(officers).map(|((city, fund), officer)| (city, fund, officer)).collect();
    facts
}
