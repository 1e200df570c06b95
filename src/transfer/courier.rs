//! Carries instructions to the bank and results back, for as long as the server runs. Several servers may: rows are leased, what they
//! pay is locked, and the bank answers one identifier once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::book::{Book, InstructionState};
use crate::case::{self, BankSays, bound_to};
use crate::code::Code;
use crate::hospital::Hospitals;
use crate::http::Problem;
use crate::id::{ClearingId, PaymentId};
use crate::rail::{Breaker, BreakerSettings, Gateway, Outcome, Passage, Verdict, backoff, jitter};
use crate::reads::Readers;
use crate::settlement;
use crate::transfer::lease::{Leased, Leases};
use crate::vault::Vault;

/// How often a server looks.
const EVERY: Duration = Duration::from_secs(1);
/// Payments that are made instructions in one look.
const MOST: i32 = 64;
/// How long a payment that people were told of waits before the bank is asked again.
const RARELY: Duration = Duration::from_secs(1800);

/// A server's part in the rail.
pub struct Courier {
    /// The bank.
    pub gateway: Gateway,
    /// Where cases and clearings are read.
    pub readers: Readers,
    /// Where they change.
    pub book: Book,
    /// Where hospitals are called by their names.
    pub hospitals: Hospitals,
    /// Opens what is sealed.
    pub vault: Arc<Vault>,
    /// Takes instructions.
    pub leases: Leases,
}

impl Courier {
    /// Works until the server stops.
    pub async fn run(mut self) {
        let mut breaker = Breaker::new(BreakerSettings::default());
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            if let Err(problem) = self.instruct().await {
                tracing::warn!(code = problem.code().as_str(), "payments wait to be made instructions");
            }
            if let Passage::Wait(_) = breaker.ask(Instant::now()) {
                continue;
            }
            let leased = match self.leases.claim().await {
                Ok(leased) => leased,
                Err(error) => {
                    tracing::warn!(error = error.to_string(), "instructions wait: the database is away");
                    continue;
                }
            };
            for leased in leased {
                let open = breaker.is_closed() || breaker.ask(Instant::now()) == Passage::Go;
                self.carry(&leased, &mut breaker, open).await;
            }
        }
    }

    /// Makes the instructions of new payments: their bytes are committed before anything is sent.
    async fn instruct(&self) -> Result<(), Problem> {
        for row in self.readers.everywhere(include_str!("../../sql/transfer/unsent.sql"), &[&MOST]).await? {
            let of = (row.get("city"), row.get("case_id"), row.get::<_, PaymentId>("payment_id"));
            tell(of.2.uuid(), case::instruct(&self.readers, &self.book, &self.vault, of).await);
        }
        for row in self.readers.everywhere(include_str!("../../sql/transfer/unsent_clearings.sql"), &[&MOST]).await? {
            let of = (row.get("city"), row.get::<_, ClearingId>("clearing_id"));
            tell(of.1.uuid(), settlement::instruct(&self.readers, &self.book, &self.vault, &self.hospitals, of).await);
        }
        Ok(())
    }

    /// Sends an instruction, or asks what became of it, and takes in what the bank says.
    async fn carry(&mut self, leased: &Leased, breaker: &mut Breaker, open: bool) {
        let attempts = u32::try_from(leased.sent).unwrap_or(u32::MAX);
        let outcome = if open { self.speak(leased, attempts).await } else { None };
        if let Some(outcome) = &outcome {
            breaker.record(outcome, Instant::now());
        }
        let said = match outcome {
            Some(Outcome::Said(verdict)) => said(&verdict),
            Some(Outcome::Unclear(unclear)) => {
                tracing::warn!(payment = %leased.payment, unclear = unclear.as_str(), "nothing is known of a payment");
                None
            }
            None => None,
        };
        let wait = backoff(attempts, jitter());
        let silent = said.is_none() && leased.state == InstructionState::Dispatched && (leased.is_old || wait.is_none());
        let says = said.or_else(|| silent.then_some((BankSays::Nothing, None)));
        if let Some((says, reference)) = says
            && let Err(problem) =
                leased.whose.take_in(&self.readers, &self.book, (leased.city, leased.payment), says, reference).await
        {
            tracing::warn!(payment = %leased.payment, code = problem.code().as_str(), "a result waits to be taken in");
        }
        let wait = if leased.state == InstructionState::Unknown { RARELY } else { wait.unwrap_or(RARELY) };
        if let Err(error) = self.leases.later(leased, wait).await {
            tracing::warn!(error = error.to_string(), "a lease runs out by itself");
        }
    }

    /// The first time the bytes are sent; afterwards the bank is asked, and told again when it has never heard of them.
    async fn speak(&self, leased: &Leased, attempts: u32) -> Option<Outcome> {
        let id = leased.payment.uuid();
        let bytes = match self.vault.unseal(&leased.bytes, bound_to(id).as_bytes()) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(payment = %leased.payment, %error, "an instruction can not be opened");
                return None;
            }
        };
        if attempts > 1 {
            let outcome = self.gateway.enquire(id).await;
            if outcome != Outcome::Said(Verdict::NotKnown) {
                return Some(outcome);
            }
        }
        Some(self.gateway.send(id, bytes.plaintext()).await)
    }
}

/// One payment that does not go through must not keep the others waiting.
fn tell(payment: Uuid, instructed: Result<(), Problem>) {
    match instructed {
        Ok(()) => {}
        // Another server was first.
        Err(problem) if problem.code() == Code::Conflict => {}
        Err(problem) => tracing::warn!(%payment, code = problem.code().as_str(), "a payment is not made an instruction yet"),
    }
}

/// What a verdict means for a payment; `None` while it is being worked on.
pub fn said(verdict: &Verdict) -> Option<(BankSays, Option<String>)> {
    match verdict {
        Verdict::Paid { reference, .. } => Some((BankSays::Paid, Some(reference.as_str().to_owned()))),
        Verdict::Refused { reason, .. } => Some((BankSays::Refused, Some(reason.as_str().to_owned()))),
        Verdict::Returned { reason, .. } => Some((BankSays::Returned, Some(reason.as_str().to_owned()))),
        Verdict::Accepted | Verdict::NotKnown => None,
    }
}
