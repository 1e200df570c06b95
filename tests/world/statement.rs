//! What a bank says of an account, as a file that one of the profiles of `deploy/banks` reads.

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

    /// The file, as the profile `enterprise-gb18030` has it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("账号,{},对账单编号,{}\n", self.account, self.sequence);
        text.push_str(&format!("起始日期,{},截止日期,{}\n期初余额,{}\n", self.from, self.to, yuan(self.opening_fen)));
        text.push_str("序号,记账日期,起息日期,流水号,收入,支出,余额,对方户名,对方账号,摘要,用途,附言\n");
        let mut balance = self.opening_fen;
        for (line, number) in self.lines.iter().zip(1..) {
            balance += line.amount_fen;
            let days = format!("{},{}", line.booked, line.value);
            let amount = yuan(line.amount_fen.abs());
            let (incoming, outgoing) = if line.amount_fen < 0 { ("", &*amount) } else { (&*amount, "") };
            let sides = format!("{},{},,{},", line.counterparty, line.counterparty_account, line.reference);
            text.push_str(&format!("{number},{days},{},{incoming},{outgoing},{},{sides}\n", line.bank_reference, yuan(balance)));
        }
        text.push_str(&format!("合计\n期末余额,{}\n", yuan(self.closing())));
        encoding_rs::GB18030.encode(&text).0.into_owned()
    }
}

/// With its thousands apart, in quotes.
fn yuan(fen: i64) -> String {
    let digits = (fen.abs() / 100).to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    format!("\"{}{}.{:02}\"", if fen < 0 { "-" } else { "" }, groups.join(","), fen.abs() % 100)
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
        let ask = self.ask(Method::POST, &format!("/v1/statements?fund={fund}&profile=enterprise-gb18030"));
        ask.bytes(paper.bytes()).header("content-type", "text/csv; charset=gb18030").once()
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
