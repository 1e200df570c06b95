//! `POST /v1/settlements`: a hospital bill is split, and what the funds bear of it is set aside. Once a message, whoever repeats it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{
    Account, Answer, Facts, HookEvent, Keys, MessageRow, Move, Payer, PayerStatus, Presence, Rows, Ruling, SettlementEventKind,
    SettlementRow, SettlementState, WaiverEnd, WaiverRow, WaiverState,
};
use crate::code::Code;
use crate::division::Division;
use crate::http::{Context, Problem};
use crate::id::{FundId, HoldId, LeafId, SettlementId, WaiverId};
use crate::identity::IdNumber;
use crate::money::Fen;
use crate::settlement::bill::Bill;
use crate::settlement::body::SettlementBody;
use crate::settlement::patient::{Kept, Patient};
use crate::settlement::postings::Postings;
use crate::settlement::rooms::{Counted, Funds};
use crate::settlement::split::{Rooms, Split};
use crate::settlement::target::{Said, changed, changed_meanwhile, refuse, repeated, split_of, step, told, told_of, too_much};
use crate::settlement::terms::Terms;
use crate::time::day;
use crate::vault::{BlindIndex, Vault, person_index};

const VERB: &str = "settle";

/// A settlement to be made.
pub struct Settle {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub leaf: LeafId,
    pub id: SettlementId,
    pub division: Division,
    pub hospital: String,
    pub message: String,
    /// Keyed digest of its content.
    pub fingerprint: [u8; 32],
    pub waiver: Option<uuid::Uuid>,
    pub visit_no: String,
    pub person: BlindIndex,
    /// The patient, sealed.
    pub patient: Arc<[u8]>,
    pub commitment: String,
    pub diagnosis: Option<Arc<[u8]>>,
    pub bill: Bill,
    pub terms: Terms,
    pub funds: Funds,
    /// Holds of the emergency-treatment fund and of the relief fund.
    pub holds: (HoldId, HoldId),
}

#[derive(Serialize)]
struct Settled<'a> {
    bill_sha256: String,
    entries: Vec<(FundId, Account, Account, Fen)>,
    hospital: &'a str,
    member: bool,
    message_id: &'a str,
    parts: Vec<(Payer, Fen, PayerStatus)>,
    patient: &'a str,
    settlement_id: SettlementId,
    total_fen: Fen,
    visit_no: &'a str,
    waiver_id: Option<uuid::Uuid>,
}

impl audit::Body for Settled<'_> {
    const KIND: &'static str = "settlement.settled";
}

impl Settle {
    /// Makes and seals everything that a decision must not make.
    pub fn prepare(
        (actor, context): (Arc<Actor>, Context),
        (hospital, fingerprint): (String, [u8; 32]),
        body: SettlementBody,
        terms: Terms,
        funds: Funds,
        vault: &Vault,
    ) -> Result<Self, Problem> {
        let id = SettlementId::new();
        let number = IdNumber::parse(body.patient.id_type, &body.patient.id_no, day(Timestamp::now()));
        let number = number.map_err(|wrong| Problem::fault("/patient/id_no", wrong.reason()))?;
        let bill = body.bill(&terms.discounts).ok_or_else(|| Problem::new(Code::Conflict, "the bill leaves 64 bits"))?;
        let SettlementBody { message_id, waiver_id, visit_no, patient, diagnosis, .. } = body;
        let patient = Patient { id_type: patient.id_type, id_no: number.expose().to_owned(), name: patient.name };
        let (sealed, commitment) = patient.seal(vault, id)?;
        let diagnosis = diagnosis.map(|text| Kept::Diagnosis.seal(vault, id, &text)).transpose()?;
        Ok(Self {
            leaf: LeafId::new(),
            id,
            division: actor.scope,
            // A temporary number means something only to the hospital that gave it.
            person: person_index(vault, &number, &hospital),
            hospital,
            message: message_id.into_string(),
            fingerprint,
            waiver: waiver_id,
            visit_no: visit_no.into_string(),
            patient: sealed,
            commitment,
            diagnosis,
            bill,
            terms,
            funds,
            holds: (HoldId::new(), HoldId::new()),
            actor,
            context,
        })
    }

    fn refuse(&self, facts: &Facts, settlement: Option<SettlementId>, problem: Problem) -> Ruling {
        refuse(facts, (&self.actor, &self.context, self.leaf), settlement, VERB, problem)
    }

    /// What the message came to before: the first answer while it stands, what became of it when it was unwound.
    fn repeat(&self, facts: &Facts, known: &MessageRow) -> Ruling {
        let reversed = || Problem::new(Code::Reversed, "this message was reversed");
        let Some((id, fingerprint)) = known.settlement else { return self.refuse(facts, None, reversed()) };
        let Some(row) = facts.settlements().settlement(known.city, id) else { return changed_meanwhile() };
        if row.state == SettlementState::Reversed {
            return self.refuse(facts, Some(id), reversed());
        }
        if fingerprint != self.fingerprint {
            let problem = Problem::new(Code::Conflict, "this message was settled with another content");
            return self.refuse(facts, Some(id), problem);
        }
        let leaf = repeated(facts, &self.actor, self.leaf, row);
        let answer = match (row.state, split_of(row)) {
            (SettlementState::Cancelled, Some(split)) => Answer::json(200, &changed(row, &split, facts, &leaf)),
            _ => Answer { status: 200, body: row.answer.to_vec(), etag: None, code: None },
        };
        Ruling::Done(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), answer)
    }

    /// What the funds may bear of the bill.
    pub fn rooms(&self, facts: &Facts) -> Rooms {
        let of = Counted { person: self.person, on: day(facts.now()) };
        self.funds.rooms(facts, &self.division, &self.bill, of, None)
    }

    fn settle(&self, facts: &Facts) -> Option<Ruling> {
        let split = Split::of(&self.bill, &self.rooms(facts))?;
        let mut postings = Postings::new(facts);
        postings.follow((self.division.city(), self.id), &split, &[], self.holds)?;
        let mut rows = Rows::default();
        let said =
            Said { kind: SettlementEventKind::Settled, payer: None, status: None, amount: None, reference: None, reason: None };
        let mut row = step(&self.row(facts), SettlementState::Settled, &split, said, &self.actor, &mut rows);
        let leaf = self.leaf(facts, &row, &split, &postings);
        let answer = Answer::json(201, &changed(&row, &split, facts, &leaf));
        row.answer = answer.body.as_slice().into();
        let settlement = Some((self.id, self.fingerprint));
        let (hospital, message) = (self.hospital.clone(), self.message.clone());
        rows.settlements.messages.push(MessageRow { city: row.city, hospital, message, settlement, reason: None });
        rows.events.push(told_of(&row, HookEvent::SettlementSettled));
        rows.settlements.settlements.push(row);
        rows.waivers.extend(self.ended(facts));
        rows.leaves.push(leaf);
        postings.into_rows(&mut rows);
        Some(Ruling::Done(Box::new(rows), answer))
    }

    /// The promise of the stay, which its settlement closes. It goes on counting for what is settled of the stay afterwards.
    fn ended(&self, facts: &Facts) -> Option<WaiverRow> {
        let waiver = facts.waiver(self.division.city(), WaiverId::from(self.waiver?))?;
        (waiver.state == WaiverState::Open).then(|| waiver.closed(WaiverEnd::Settlement, facts.now()))
    }

    /// The settlement before its first version.
    fn row(&self, facts: &Facts) -> SettlementRow {
        SettlementRow {
            presence: Presence::New,
            city: self.division.city(),
            id: self.id,
            division: self.division,
            hospital: self.hospital.clone(),
            message: self.message.clone(),
            waiver: self.waiver,
            visit_no: self.visit_no.clone(),
            person: self.person,
            patient: self.patient.clone(),
            diagnosis: self.diagnosis.clone(),
            bill: serde_json::to_string(&self.bill).unwrap_or_default(),
            parts: String::new(),
            total: self.bill.total,
            state: SettlementState::Settled,
            version: 0,
            settled_at: facts.now(),
            settled_on: day(facts.now()),
            settled_by: self.actor.subject.clone(),
            answer: Arc::from([]),
        }
    }

    fn leaf(&self, facts: &Facts, row: &SettlementRow, split: &Split, postings: &Postings) -> Leaf {
        let said = Settled {
            bill_sha256: audit::sha256_hex(row.bill.as_bytes()),
            entries: postings.entries(),
            hospital: &self.hospital,
            member: self.terms.member,
            message_id: &self.message,
            parts: told(split),
            patient: &self.commitment,
            settlement_id: self.id,
            total_fen: self.bill.total,
            visit_no: &self.visit_no,
            waiver_id: self.waiver,
        };
        Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said)
    }
}

impl Move for Settle {
    fn keys(&self, keys: &mut Keys) {
        self.funds.keys_with(self.division.city(), self.person, keys);
        keys.message(self.division.city(), &self.hospital, &self.message);
        if let Some(waiver) = self.waiver {
            keys.waiver(self.division.city(), WaiverId::from(waiver));
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        match facts.settlements().message(self.division.city(), &self.hospital, &self.message) {
            Some(known) => self.repeat(facts, known),
            None => self.settle(facts).unwrap_or_else(too_much),
        }
    }
}
