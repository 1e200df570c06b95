//! A hospital with its terms and a roster, made over the interface like everybody else does.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::city::City;
use crate::connection::Connection;
use crate::request::{Template, person};

/// A hospital (a published code of a public body).
const HOSPITAL: &str = "11341729003258285D";

/// Lines of a roster of so many people, as a file has them.
pub fn roster(people: u64) -> Vec<u8> {
    let mut text = String::with_capacity(people as usize * 64 + 80);
    text.push_str("id_type,id_no,name,category,household,valid_from,valid_to\n");
    for number in 0..people {
        text.push_str(&format!("resident_id,{},测试人,dibao,H-{},2026-01-01,\n", person(number), number / 3));
    }
    text.into_bytes()
}

/// Sends a roster as one file, whole. Returns how long it took.
pub async fn import(city: &City, file: &[u8]) -> anyhow::Result<Duration> {
    let token = city.token("admin", "admin-1", &[])?;
    let head = format!(
        "POST /v1/roster/imports?mode=full HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: text/csv; charset=utf-8\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\r\n",
        uuid::Uuid::new_v4(),
        file.len()
    );
    let begun = Instant::now();
    let mut connection = Connection::open(city.address).await?;
    let (status, answer) = connection.ask(&[head.as_bytes(), file].concat()).await?;
    if status != 201 {
        bail!("the roster: {status} {}", String::from_utf8_lossy(answer));
    }
    Ok(begun.elapsed())
}

/// Registers the hospital and returns its questions: of three people two are on a roster of so many.
pub async fn hospital(city: &City, people: u64) -> anyhow::Result<Template> {
    let token = city.token("admin", "admin-1", &[])?;
    let terms = json!({
        "name": "医院", "division": "340303", "deposits": {"default": 190_000},
        "discounts": {"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30}
    });
    let body = terms.to_string();
    let request = format!(
        "PUT /v1/hospitals/{HOSPITAL} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = Connection::open(city.address).await?;
    let (status, answer) = connection.ask(request.as_bytes()).await?;
    if status != 201 {
        bail!("the hospital: {status} {}", String::from_utf8_lossy(answer));
    }
    let billing = city.token("hospital", "billing-1", &["--hospital", HOSPITAL])?;
    Ok(Template::check(&billing, people.max(1) * 3 / 2))
}

/// Waits until a member of the roster is known and waived.
pub async fn is_known(city: &City, question: &Template) -> anyhow::Result<()> {
    let (mut connection, begun) = (Connection::open(city.address).await?, Instant::now());
    loop {
        let (status, answer) = connection.ask(question.clone().of(0)).await?;
        let told: serde_json::Value = serde_json::from_slice(answer).context("no JSON")?;
        if status == 200 && told["answer"] == "WAIVED" {
            return Ok(());
        }
        if begun.elapsed() > Duration::from_secs(60) {
            bail!("nobody is waived: {status} {told}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
