//! The gateway's routes, and the simulator's own.

use std::io;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Json, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, get, post};
use futures_util::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rail::envelope::Envelope;
use crate::rail::instruction::Instruction;
use crate::rail::message::Message;
use crate::rail::result::{BankResult, Verdict};
use crate::rail::simulator::behaviour::Behaviour;
use crate::rail::simulator::ledger::{Payment, Received};
use crate::rail::simulator::work::Bank;
use crate::rail::simulator::wrong::Wrong;

#[derive(Serialize)]
struct LedgerBody {
    paid: Vec<Payment>,
    results: Vec<BankResult>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BehaviourBody {
    behaviour: Behaviour,
    instruction_id: Option<Uuid>,
}

/// `POST /instructions`
#[post("/instructions")]
async fn post_instruction(bank: Data<Bank>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Wrong> {
    let asked = believed(&bank, &request, &body)?;
    let instruction = Instruction::read(&body).map_err(Wrong::Instruction)?;
    let id = instruction.id;
    let behaviour = bank.behaviours.towards(id);
    if behaviour == Behaviour::Forget {
        return Err(Wrong::Forgotten);
    }
    match bank.take(&instruction, &body, &behaviour)? {
        Received::Full => return Err(Wrong::Full),
        Received::Other => return Err(Wrong::Other),
        Received::Again => return answer(&bank, &request, &asked, id),
        Received::New => drop(tokio::spawn(bank.clone().into_inner().follow_up(id))),
    }
    match behaviour {
        Behaviour::Drop => Ok(cut()),
        Behaviour::Slow => std::future::pending().await,
        Behaviour::Succeed
        | Behaviour::Refuse(_)
        | Behaviour::Delay(_)
        | Behaviour::Twice
        | Behaviour::Return(..)
        | Behaviour::Forget
        | Behaviour::Forge => answer(&bank, &request, &asked, id),
    }
}

/// `GET /instructions/{id}`
#[get("/instructions/{id}")]
async fn get_instruction(bank: Data<Bank>, request: HttpRequest, id: Path<Uuid>) -> Result<HttpResponse, Wrong> {
    let asked = believed(&bank, &request, b"")?;
    answer(&bank, &request, &asked, id.into_inner())
}

/// `GET /simulator/ledger`
#[get("/simulator/ledger")]
async fn get_ledger(bank: Data<Bank>) -> HttpResponse {
    let ledger = bank.ledger();
    HttpResponse::Ok().json(LedgerBody { paid: ledger.paid(), results: ledger.results() })
}

/// `POST /simulator/behaviours`
#[post("/simulator/behaviours")]
async fn post_behaviour(bank: Data<Bank>, body: Json<BehaviourBody>) -> Result<HttpResponse, Wrong> {
    let BehaviourBody { behaviour, instruction_id } = body.into_inner();
    if bank.behaviours.set(instruction_id, behaviour) { Ok(HttpResponse::NoContent().finish()) } else { Err(Wrong::Full) }
}

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(post_instruction).service(get_instruction).service(get_ledger).service(post_behaviour);
}

/// The headers of a request that the client signed.
fn believed(bank: &Bank, request: &HttpRequest, body: &[u8]) -> Result<Envelope, Wrong> {
    let client = bank.client.key()?;
    let envelope = Envelope::read(|name| request.headers().get_all(name).map(|value| value.as_bytes()))?;
    let asked = Message::Request { method: request.method().as_str(), path: request.path() };
    envelope.verify(&client, &asked, body, Timestamp::now())?;
    Ok(envelope)
}

/// What is known of an instruction, signed for this request.
fn answer(bank: &Bank, request: &HttpRequest, asked: &Envelope, id: Uuid) -> Result<HttpResponse, Wrong> {
    let entry = bank.ledger().entry(id).cloned();
    let key = if entry.as_ref().is_some_and(|entry| entry.behaviour == Behaviour::Forge) { &bank.stranger } else { &bank.own };
    let verdict = entry.map_or(Verdict::NotKnown, |entry| entry.verdict);
    let status = if verdict == Verdict::NotKnown { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let body = serde_json::to_vec(&BankResult { instruction_id: id, verdict }).map_err(io::Error::from)?;
    let message = Message::Answer {
        status: status.as_u16(),
        method: request.method().as_str(),
        path: request.path(),
        signature: asked.signature(),
    };
    let envelope = Envelope::sign(key, &message, &body, Timestamp::now());
    let mut builder = HttpResponse::build(status);
    for pair in envelope.headers() {
        builder.insert_header(pair);
    }
    Ok(builder.content_type("application/json").body(body))
}

/// Promises a byte and ends the connection instead of sending it.
fn cut() -> HttpResponse {
    let nothing = stream::once(async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted)) });
    HttpResponse::Ok().body(SizedStream::new(1, Box::pin(nothing)))
}
