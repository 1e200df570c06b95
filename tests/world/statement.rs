//! What a bank says of an account, as a file of the stand-in reader (`src/statement/stand_in.rs`): the one place that knows how it is
//! written.

use reqwest::Method;
use serde_json::json;

use crate::world::{Answer, Ask, World, account, today};

/// A statement in the making.
#[derive(Clone)]
pub struct Paper {
    pub account: String,
    pub sequence: i64,
    pub from: String,
    pub to: String,
    pub opening_fen: i64,
    /// Said instead of what adds up.
    pub closing_fen: Option<i64>,
    pub lines: Vec<PaperLine>,
}

/// One of its lines.
#[derive(Clone)]
pub struct PaperLine {
    pub booked: String,
    pub value: String,
    pub amount_fen: i64,
    pub bank_reference: String,
    pub reference: String,
    pub counterparty: String,
    pub counterparty_account: String,
}

impl Paper {
    /// The first statement of an account: from the beginning of the year to today.
    pub fn new(account: &str, opening_fen: i64) -> Self {
        Self {
            account: account.into(),
            sequence: 1,
            from: "2026-01-01".into(),
            to: today(),
            opening_fen,
            closing_fen: None,
            lines: vec![],
        }
    }

    /// A line of today.
    pub fn line(mut self, amount_fen: i64, reference: &str) -> Self {
        self.lines.push(PaperLine {
            booked: today(),
            value: today(),
            amount_fen,
            bank_reference: format!("B{}", self.lines.len()),
            reference: reference.into(),
            counterparty: String::new(),
            counterparty_account: String::new(),
        });
        self
    }

    /// The last line with another side.
    pub fn with(mut self, name: &str, account: &str) -> Self {
        let line = self.lines.last_mut().unwrap();
        (line.counterparty, line.counterparty_account) = (name.into(), account.into());
        self
    }

    /// The last line with other days.
    pub fn on(mut self, booked: &str, value: &str) -> Self {
        let line = self.lines.last_mut().unwrap();
        (line.booked, line.value) = (booked.into(), value.into());
        self
    }

    pub fn closing(&self) -> i64 {
        self.closing_fen.unwrap_or(self.opening_fen + self.lines.iter().map(|line| line.amount_fen).sum::<i64>())
    }

    /// The page that follows.
    pub fn next(&self) -> Self {
        Self {
            sequence: self.sequence + 1,
            from: self.to.clone(),
            opening_fen: self.closing(),
            closing_fen: None,
            lines: vec![],
            ..self.clone()
        }
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = "account,sequence,from,to,opening,closing\n".to_owned();
        let head = [self.account.clone(), self.sequence.to_string(), self.from.clone(), self.to.clone()].join(",");
        text.push_str(&format!("{head},{},{}\n", yuan(self.opening_fen), yuan(self.closing())));
        for line in &self.lines {
            let days = format!("{},{}", line.booked, line.value);
            let sides = format!("{},{},{}", line.reference, line.counterparty, line.counterparty_account);
            text.push_str(&format!("{days},{},,{},{sides}\n", yuan(line.amount_fen), line.bank_reference));
        }
        text.into_bytes()
    }
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}

impl World {
    /// A fund with an account of its own: its id and the number.
    pub async fn fund_at_bank(&self, division: &str, kind: &str) -> (String, String) {
        let number = account();
        let body = json!({
            "division": division, "kind": kind, "name": "基金", "target_fen": 0,
            "account": {"bank": "银行", "number": number, "name": "户名"}
        });
        let id = self.post("/v1/funds", &self.finance(), &body).once().send().await.expect(201).text_at("/id");
        (id, number)
    }

    /// A statement on its way to a fund, without a token.
    pub fn statement(&self, fund: &str, paper: &Paper) -> Ask {
        let ask = self.ask(Method::POST, &format!("/v1/statements?fund={fund}&profile=plain"));
        ask.bytes(paper.bytes()).header("content-type", "text/csv; charset=utf-8").once()
    }

    /// The same taken in by finance.
    pub async fn take_in(&self, fund: &str, paper: &Paper) -> Answer {
        self.statement(fund, paper).by(&self.finance()).send().await.expect(201)
    }

    /// The statement as it stands.
    pub async fn statement_now(&self, id: &str) -> Answer {
        self.get(&format!("/v1/statements/{id}"), &self.finance()).await.expect(200)
    }

    /// What two officers say of a line.
    pub fn say(&self, statement: &str, verb: &str, body: &serde_json::Value) -> Ask {
        let ask = self.post(&format!("/v1/statements/{statement}/{verb}"), &self.finance(), body).once();
        self.countersign(ask, "second-1")
    }

    /// What is booked of a line by two officers.
    pub async fn book_line(&self, statement: &str, line: i64, code: &str, account: &str) -> Answer {
        self.say(statement, "bookings", &json!({"line": line, "code": code, "account": account})).send().await
    }

    /// The table of balance adjustment of today.
    pub async fn balance(&self, fund: &str) -> Answer {
        self.get(&format!("/v1/reconciliation?fund={fund}&date={}", today()), &self.finance()).await.expect(200)
    }
}

/// The codes of the differences of a statement, in order.
pub fn codes(answer: &Answer) -> Vec<String> {
    let differences = answer.at("/differences");
    differences.as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}
