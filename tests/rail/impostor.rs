//! Somebody between us and the bank, who answers what he likes: nothing of it is believed.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use jiff::{SignedDuration, Timestamp};
use jiujinan::rail::{Envelope, Message, Outcome, OwnKey, SignatureInvalid, Unclear};
use serde_json::json;
use uuid::Uuid;

use crate::bank::{Desk, instruction};

/// What he answers, knowing the request, its signature and the bank's key.
type Answer = dyn Fn(&HttpRequest, &Envelope, &OwnKey) -> HttpResponse + Send + Sync;

/// What comes of an instruction and of an enquiry.
async fn outcomes(
    answer: impl Fn(&HttpRequest, &Envelope, &OwnKey, Uuid) -> HttpResponse + Send + Sync + 'static,
) -> [Outcome; 2] {
    let (id, bytes) = instruction(60_000);
    let key = OwnKey::make().unwrap();
    let (bank, desk) = (key.peer(), Desk::new());
    let answer: Arc<Answer> = Arc::new(move |request, asked, key| answer(request, asked, key, id));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = HttpServer::new(move || {
        let (answer, key) = (answer.clone(), key.clone());
        App::new().default_service(web::to(move |request: HttpRequest, _: Bytes| {
            let asked = Envelope::read(|name| request.headers().get_all(name).map(|value| value.as_bytes())).unwrap();
            let response = answer(&request, &asked, &key);
            async move { response }
        }))
    });
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    let running = tokio::spawn(server);
    let gateway = desk.gateway(&address, bank, Duration::from_secs(10));
    let outcomes = [gateway.send(id, &bytes).await, gateway.enquire(id).await];
    handle.stop(false).await;
    running.await.unwrap().unwrap();
    outcomes
}

fn paid(id: Uuid) -> Vec<u8> {
    json!({"instruction_id": id, "result": "paid", "at": "2026-11-24T08:00:00Z", "reference": "B-1"}).to_string().into()
}

/// A body with the bank's signature over it as the answer to a message.
fn signed(status: u16, body: Vec<u8>, message: &Message<'_>, key: &OwnKey, at: Timestamp) -> HttpResponse {
    let envelope = Envelope::sign(key, message, &body, at);
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    for pair in envelope.headers() {
        response.insert_header(pair);
    }
    response.body(body)
}

fn answer<'a>(request: &'a HttpRequest, status: u16, signature: &'a str) -> Message<'a> {
    Message::Answer { status, method: request.method().as_str(), path: request.path(), signature }
}

#[tokio::test]
async fn the_signed_answer_to_the_very_request_is_believed() {
    let heard = outcomes(|request, asked, key, id| {
        signed(200, paid(id), &answer(request, 200, asked.signature()), key, Timestamp::now())
    });
    for outcome in heard.await {
        assert!(matches!(outcome, Outcome::Said(_)), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_unsigned_yes_is_no_yes() {
    for outcome in outcomes(|_, _, _, id| HttpResponse::Ok().body(paid(id))).await {
        assert_eq!(outcome, Outcome::Unclear(Unclear::NotBelieved(SignatureInvalid::Headers)));
    }
}

#[tokio::test]
async fn an_answer_to_another_request_is_not_believed() {
    let heard = outcomes(|request, _, key, id| {
        let other = Envelope::sign(key, &Message::Request { method: "POST", path: "/instructions" }, b"", Timestamp::now());
        signed(200, paid(id), &answer(request, 200, other.signature()), key, Timestamp::now())
    });
    for outcome in heard.await {
        assert_eq!(outcome, Outcome::Unclear(Unclear::NotBelieved(SignatureInvalid::Signature)));
    }
}

#[tokio::test]
async fn an_answer_signed_long_ago_is_not_believed() {
    let heard = outcomes(|request, asked, key, id| {
        let long_ago = Timestamp::now() - SignedDuration::from_secs(302);
        signed(200, paid(id), &answer(request, 200, asked.signature()), key, long_ago)
    });
    for outcome in heard.await {
        assert_eq!(outcome, Outcome::Unclear(Unclear::NotBelieved(SignatureInvalid::Created)));
    }
}

#[tokio::test]
async fn a_refusal_turned_into_a_yes_on_the_way_is_not_believed() {
    let heard = outcomes(|request, asked, key, id| {
        let refused = json!({"instruction_id": id, "result": "refused", "at": "2026-11-24T08:00:00Z", "reason": "NO"});
        let envelope =
            Envelope::sign(key, &answer(request, 200, asked.signature()), refused.to_string().as_bytes(), Timestamp::now());
        let mut response = HttpResponse::Ok();
        for pair in envelope.headers() {
            response.insert_header(pair);
        }
        response.body(paid(id))
    });
    for outcome in heard.await {
        assert_eq!(outcome, Outcome::Unclear(Unclear::NotBelieved(SignatureInvalid::Digest)));
    }
}

#[tokio::test]
async fn a_signed_yes_about_another_instruction_is_no_answer_to_this_one() {
    let heard = outcomes(|request, asked, key, _| {
        signed(200, paid(Uuid::now_v7()), &answer(request, 200, asked.signature()), key, Timestamp::now())
    });
    for outcome in heard.await {
        assert_eq!(outcome, Outcome::Unclear(Unclear::Misplaced));
    }
}

#[tokio::test]
async fn a_status_that_carries_no_result_makes_even_a_signed_yes_unclear() {
    for status in [201, 202, 302, 400, 500, 503] {
        let heard = outcomes(move |request, asked, key, id| {
            signed(status, paid(id), &answer(request, status, asked.signature()), key, Timestamp::now())
        });
        for outcome in heard.await {
            assert_eq!(outcome, Outcome::Unclear(Unclear::Status(status)));
        }
    }
}

#[tokio::test]
async fn a_signed_not_known_is_no_answer_to_an_instruction_and_needs_its_status() {
    let not_known = |id| json!({"instruction_id": id, "result": "not_known"}).to_string().into_bytes();
    for (status, enquired) in
        [(404, Outcome::Said(jiujinan::rail::Verdict::NotKnown)), (200, Outcome::Unclear(Unclear::Misplaced))]
    {
        let heard = outcomes(move |request, asked, key, id| {
            signed(status, not_known(id), &answer(request, status, asked.signature()), key, Timestamp::now())
        });
        assert_eq!(heard.await, [Outcome::Unclear(Unclear::Misplaced), enquired]);
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let heard = outcomes(|request, asked, key, _| {
        signed(200, vec![b' '; 1 << 20], &answer(request, 200, asked.signature()), key, Timestamp::now())
    });
    for outcome in heard.await {
        assert_eq!(outcome, Outcome::Unclear(Unclear::TooLong));
    }
}

#[tokio::test]
async fn signed_nonsense_is_no_result() {
    let heard = outcomes(|request, asked, key, _| {
        signed(200, b"{}".to_vec(), &answer(request, 200, asked.signature()), key, Timestamp::now())
    });
    for outcome in heard.await {
        assert_eq!(outcome, Outcome::Unclear(Unclear::NoResult));
    }
}
