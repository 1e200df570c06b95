//! `POST /v1/custody/signatures`: the payee's signature on a cash payment is there, an officer says.

use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::{Actor, Subject};
use crate::audit;
use crate::book::{Answer, CustodyRows, Facts, Keys, Move, ReceivedBy, Rows, Ruling, SignatureRow};
use crate::custody::answer::LeafAnswer;
use crate::custody::body::CashSignatureBody;
use crate::custody::refusal::{Asker, conflict};
use crate::division::Division;
use crate::http::Problem;
use crate::id::{CaseId, PaymentId};
use crate::reads::Readers;
use crate::time::rfc3339;

/// A cash payment as its case keeps it; nothing of it changes once it is paid.
pub struct Signable {
    case: CaseId,
    division: Division,
    payment: PaymentId,
    signature_ref: Option<String>,
    received_by: Option<ReceivedBy>,
    handler: Subject,
}

/// A signature to be added.
pub struct Sign {
    pub asker: Asker,
    pub signable: Signable,
    pub receipt_number: String,
    pub received_by: ReceivedBy,
    pub reference: String,
}

/// The signatures of a cash payment.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CashSignatureAnswer {
    receipt_number: String,
    payment_id: PaymentId,
    /// Who took the cash.
    received_by: ReceivedBy,
    /// Where the signature is kept.
    signature_ref: String,
    /// The officer who says so.
    officer: String,
    /// When it was said; null when it came with the payment.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Proof that it is in the audit log.
    receipt: LeafAnswer,
}

impl Signable {
    /// Reads the payment of a receipt. One outside the scope does not exist, and one of a sealed case does only for its own officers.
    pub async fn read(readers: &Readers, actor: &Actor, body: &CashSignatureBody) -> Result<Self, Problem> {
        let outside = || Problem::outside_scope(actor.scope);
        let number = body.case_number().ok_or_else(outside)?;
        let sql = include_str!("../../sql/custody/receipt.sql");
        let params: [&(dyn postgres_types::ToSql + Sync); 5] =
            [&actor.city(), &number.street, &number.day, &number.ordinal, &body.receipt_number];
        let row = readers.optional(actor, sql, &params).await?.ok_or_else(outside)?;
        let (handler, approver): (Subject, Option<Subject>) = (row.get("handler"), row.get("approver"));
        let own = handler == actor.subject || approver.as_ref() == Some(&actor.subject);
        if row.get("sealed") && !own {
            return Err(outside());
        }
        if !row.get::<_, bool>("handed_over") {
            return Err(Problem::new(crate::code::Code::Conflict, "only cash that was handed over is signed for here"));
        }
        Ok(Self::of(&row, handler))
    }

    fn of(row: &Row, handler: Subject) -> Self {
        let received_by: Option<String> = row.get("received_by");
        Self {
            case: row.get("case_id"),
            division: row.get("division"),
            payment: row.get("payment_id"),
            signature_ref: row.get("signature_ref"),
            received_by: ReceivedBy::ALL.iter().copied().find(|by| Some(by.as_str()) == received_by.as_deref()),
            handler,
        }
    }
}

impl Move for Sign {
    fn keys(&self, keys: &mut Keys) {
        keys.signature(self.asker.actor.city(), self.signable.payment);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let (actor, payment) = (&self.asker.actor, self.signable.payment);
        if !actor.reaches(&self.signable.division) {
            return self.asker.outside();
        }
        if let Some(kept) = &self.signable.signature_ref {
            let by = self.signable.received_by.unwrap_or_default();
            return self.again(facts, by, kept, self.signable.handler.sub(), None);
        }
        if let Some(kept) = facts.custody().signature(actor.city(), payment) {
            let at = Some(rfc3339(kept.at));
            return self.again(facts, kept.received_by, &kept.reference, kept.officer.sub(), at);
        }
        let row = SignatureRow {
            city: actor.city(),
            payment,
            case: self.signable.case,
            received_by: self.received_by,
            reference: self.reference.clone(),
            officer: actor.subject.clone(),
            at: facts.now(),
        };
        let custody = CustodyRows { signatures: vec![row], ..CustodyRows::default() };
        self.done(facts, custody, actor.subject.sub(), Some(rfc3339(facts.now())))
    }
}

impl Sign {
    /// The same signature said again changes nothing; another one is none.
    fn again(&self, facts: &Facts, by: ReceivedBy, kept: &str, officer: &str, at: Option<String>) -> Ruling {
        if by != self.received_by || kept != self.reference {
            return conflict("this payment is signed for already, otherwise");
        }
        self.done(facts, CustodyRows::default(), officer, at)
    }

    fn done(&self, facts: &Facts, custody: CustodyRows, officer: &str, at: Option<String>) -> Ruling {
        let said = Signed {
            case_id: self.signable.case,
            payment_id: self.signable.payment,
            received_by: self.received_by,
            signature_sha256: audit::sha256_hex(self.reference.as_bytes()),
        };
        let leaf = self.asker.leaf(facts, &said);
        let answer = CashSignatureAnswer {
            receipt_number: self.receipt_number.clone(),
            payment_id: self.signable.payment,
            received_by: self.received_by,
            signature_ref: self.reference.clone(),
            officer: officer.to_owned(),
            at,
            receipt: LeafAnswer { leaf_hash: leaf.hash() },
        };
        let rows = Rows { custody, leaves: vec![leaf], ..Rows::default() };
        Ruling::Done(Box::new(rows), Answer::json(200, &answer))
    }
}

#[derive(Serialize)]
struct Signed {
    case_id: CaseId,
    payment_id: PaymentId,
    received_by: ReceivedBy,
    signature_sha256: String,
}

impl audit::Body for Signed {
    const KIND: &'static str = "custody.signed";
}
