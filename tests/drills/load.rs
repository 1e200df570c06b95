//! A bounded load of fast-tracks whose keys, bodies and answers are remembered, and what must be true of them afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_postgres::Client;

use crate::home::{Home, PATIENCE};
use crate::random::Random;
use crate::world::{Answer, Ask, STREET, account, case, check_invariants, person};

/// Streets with a fund each; the first is asked most.
const STREETS: [&str; 3] = [STREET, "340303002", "340302001"];
const CREDITED: i64 = 500_000_000;

/// A fast-track under its key.
#[derive(Clone, Debug)]
pub struct Call {
    pub key: String,
    street: &'static str,
    body: Value,
    /// Status and body, once acknowledged.
    pub answer: Option<(u16, String)>,
}

impl Call {
    fn new(street: &'static str, body: Value) -> Self {
        Self { key: uuid::Uuid::new_v4().to_string(), street, body, answer: None }
    }
}

/// What a client does when it is told to come back, or told nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    /// It asks again with the same key until it knows.
    Insists,
    /// It leaves the call unacknowledged.
    LeavesIt,
}

/// Clients, funds and everything they have done.
pub struct Load {
    client: reqwest::Client,
    clerks: BTreeMap<&'static str, String>,
    finance: String,
    random: Random,
    /// Applicants who may have been helped already.
    helped: Mutex<Vec<String>>,
    pub calls: Mutex<Vec<Call>>,
    acknowledged: watch::Sender<usize>,
    halted: AtomicBool,
    /// Answers that asked to come back, by code, and calls that got none.
    pub put_off: Mutex<BTreeMap<String, usize>>,
    pub unanswered: AtomicUsize,
}

impl Load {
    /// Opens the funds.
    pub async fn begin(home: &Home, address: SocketAddr, seed: u64) -> Self {
        let load = Self {
            client: client(),
            clerks: STREETS.iter().map(|street| (*street, home.token(Role::Clerk, street))).collect(),
            finance: home.token(Role::Finance, "3403"),
            random: Random::new(seed),
            helped: Mutex::default(),
            calls: Mutex::default(),
            acknowledged: watch::channel(0).0,
            halted: AtomicBool::new(false),
            put_off: Mutex::default(),
            unanswered: AtomicUsize::new(0),
        };
        for street in STREETS {
            let fund = json!({"division": street, "kind": "street_reserve", "name": "备用金", "target_fen": CREDITED});
            let opened = load.ask(address, "/v1/funds").by(&load.finance).json(&fund).once().send().await.expect(201);
            let topup = json!({"amount_fen": CREDITED, "reference": "T-1", "value_date": "2026-11-20"});
            let path = format!("/v1/funds/{}/topups", opened.text_at("/id"));
            load.ask(address, &path).by(&load.finance).json(&topup).once().send().await.expect(201);
        }
        load
    }

    fn ask(&self, address: SocketAddr, path: &str) -> Ask {
        Ask::new(&self.client, Method::POST, format!("http://{address}{path}"))
    }

    pub fn request(&self, address: SocketAddr, call: &Call) -> Ask {
        self.ask(address, "/v1/fast-track").by(&self.clerks[call.street]).json(&call.body).key(&call.key)
    }

    /// How many calls have been acknowledged.
    pub fn acknowledged(&self) -> usize {
        *self.acknowledged.borrow()
    }

    /// Waits until so many calls in all have been acknowledged.
    pub async fn reaches(&self, goal: usize) {
        let mut acknowledged = self.acknowledged.subscribe();
        let reached = tokio::time::timeout(PATIENCE, acknowledged.wait_for(|count| *count >= goal)).await.is_ok();
        assert!(
            reached,
            "{} of {goal} calls were acknowledged; put off: {:?}",
            self.acknowledged(),
            self.put_off.lock().unwrap()
        );
    }

    /// Lets the clients finish what they are at.
    pub fn halt(&self) {
        self.halted.store(true, Ordering::SeqCst);
    }

    /// So many clients ask one call after the other until halted; those that leave calls also stop when they get no answer.
    pub async fn run(&self, address: SocketAddr, clients: usize, manners: Manners) {
        self.halted.store(false, Ordering::SeqCst);
        let one = async || {
            while !self.halted.load(Ordering::SeqCst) {
                if !self.one(address, manners).await && manners == Manners::LeavesIt {
                    return;
                }
            }
        };
        futures_util::future::join_all((0..clients).map(|_| one())).await;
    }

    /// A new call that is known and not asked yet.
    pub fn plan(&self) -> Call {
        let call = Call::new(STREET, case(STREET, 60_000));
        self.calls.lock().unwrap().push(call.clone());
        call
    }

    /// One new call; false when it got no answer.
    async fn one(&self, address: SocketAddr, manners: Manners) -> bool {
        let call = self.invent();
        let place = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        let answer = if self.random.percent(10) {
            // The same request twice at once: whoever gets the answer gets the same one.
            let (one, other) = tokio::join!(self.try_once(address, &call, manners), self.try_once(address, &call, manners));
            if let (Some(one), Some(other)) = (&one, &other) {
                assert_eq!(one, other, "{call:?}");
            }
            one.or(other)
        } else {
            self.try_once(address, &call, manners).await
        };
        let answered = answer.is_some();
        if answered {
            self.calls.lock().unwrap()[place].answer = answer;
            self.acknowledged.send_modify(|count| *count += 1);
        }
        answered
    }

    async fn try_once(&self, address: SocketAddr, call: &Call, manners: Manners) -> Option<(u16, String)> {
        if manners == Manners::Insists {
            let (answer, _) = self.insist(address, call).await;
            return Some((answer.status, answer.text));
        }
        match self.request(address, call).try_send().await {
            Ok(answer) if self.is_final(&answer) => Some((answer.status, answer.text)),
            Ok(_) => None,
            Err(_) => {
                self.unanswered.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// An answer that is kept under its key. Any other must ask the caller to come back, and say when.
    fn is_final(&self, answer: &Answer) -> bool {
        let code = answer.code();
        let put_off = match (answer.status, code.as_str()) {
            (201, _) => false,
            (503, "OUTCOME_UNKNOWN" | "OVERLOADED") | (409, "KEY_IN_FLIGHT") => true,
            (409, "SAME_CAUSE" | "FUND_INSUFFICIENT") => false,
            (status, _) => panic!("{status} is no answer to a call: {}", answer.text),
        };
        if put_off {
            assert_eq!(answer.at("/retryable"), true, "{}", answer.text);
            assert!(answer.headers.contains_key("retry-after"), "{}", answer.text);
            *self.put_off.lock().unwrap().entry(code).or_default() += 1;
        }
        !put_off
    }

    /// Asks with the same key until the answer is final. Also tells how often it asked.
    pub async fn insist(&self, address: SocketAddr, call: &Call) -> (Answer, usize) {
        let (began, mut asked) = (Instant::now(), 0);
        loop {
            asked += 1;
            let answer = self.request(address, call).try_send().await;
            match answer {
                Ok(answer) if self.is_final(&answer) => return (answer, asked),
                Ok(_) => {}
                Err(error) => panic!("no answer at all: {error:?}"),
            }
            assert!(began.elapsed() < PATIENCE, "asked {asked} times and knows nothing: {call:?}");
            // The pace of a client that was told to come back, not a wait for anything.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Asks every call of a range again: the acknowledged get the very same answer, the others get one, and get it twice.
    /// Returns how many were acknowledged and how many were not.
    pub async fn settle(&self, address: SocketAddr, from: usize) -> (usize, usize) {
        let calls: Vec<(usize, Call)> = self.calls.lock().unwrap().iter().cloned().enumerate().skip(from).collect();
        let acknowledged = calls.iter().filter(|(_, call)| call.answer.is_some()).count();
        let open = calls.len() - acknowledged;
        let next = AtomicUsize::new(0);
        let one = async || {
            while let Some((place, call)) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                let first = match &call.answer {
                    Some(answer) => answer.clone(),
                    None => {
                        let (answer, _) = self.insist(address, call).await;
                        (answer.status, answer.text)
                    }
                };
                let (again, _) = self.insist(address, call).await;
                let replayed = again.headers.get("idempotent-replayed").is_some_and(|value| value == "true");
                assert!(replayed, "an answer was given anew: {call:?} {}", again.text);
                assert_eq!((again.status, &again.text), (first.0, &first.1), "another answer for {}", call.key);
                self.calls.lock().unwrap()[*place].answer = Some(first);
            }
        };
        futures_util::future::join_all((0..8).map(|_| one())).await;
        (acknowledged, open)
    }

    /// What the database holds is what the settled calls were told: every case once, every fen once.
    pub async fn check(&self, client: &Client) {
        let calls = self.calls.lock().unwrap().clone();
        let answers: Vec<(u16, Value)> = calls
            .iter()
            .map(|call| call.answer.as_ref().unwrap_or_else(|| panic!("unsettled: {call:?}")))
            .map(|(status, text)| (*status, serde_json::from_str(text).unwrap()))
            .collect();
        let case_of = |(status, body): &(u16, Value)| {
            let pointer = if *status == 201 { "/case/id" } else { "/case_id" };
            body.pointer(pointer).unwrap().as_str().unwrap().to_owned()
        };
        let told: BTreeSet<String> = answers.iter().map(case_of).collect();
        assert_eq!(told.len(), calls.len(), "two keys were told of one case");
        let rows = client.query("select id::text from aid_case", &[]).await.unwrap();
        let stored: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let (lost, unasked): (Vec<_>, Vec<_>) = (told.difference(&stored).collect(), stored.difference(&told).collect());
        assert!(lost.is_empty() && unasked.is_empty(), "acknowledged and lost: {lost:?}; stored and never told: {unasked:?}");

        let mut granted: BTreeMap<String, i64> = BTreeMap::new();
        for (_, body) in answers.iter().filter(|(status, _)| *status == 201) {
            let fund = body["fund"]["id"].as_str().unwrap().to_owned();
            *granted.entry(fund).or_default() += body["decision"]["granted_fen"].as_i64().unwrap();
        }
        let rows = client.query("select id::text, credited, held, paid from fund", &[]).await.unwrap();
        for row in rows {
            let (fund, credited) = (row.get::<_, String>(0), row.get::<_, i64>(1));
            let moved = row.get::<_, i64>(2) + row.get::<_, i64>(3);
            assert_eq!((credited, moved), (CREDITED, granted.remove(&fund).unwrap_or_default()), "fund {fund}");
        }
        assert!(granted.is_empty(), "funds that are not there: {granted:?}");
        check_invariants(client).await;
    }

    /// How many calls ended how.
    pub fn tally(&self) -> String {
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        for call in self.calls.lock().unwrap().iter() {
            let (status, text) = call.answer.clone().unwrap_or_default();
            let body: Value = serde_json::from_str(&text).unwrap_or_default();
            let code = body.pointer("/decision/code").or(body.pointer("/code")).and_then(Value::as_str).unwrap_or("-");
            *by.entry(format!("{status} {code}")).or_default() += 1;
        }
        format!("{by:?}, put off {:?}, without answer {}", self.put_off.lock().unwrap(), self.unanswered.load(Ordering::Relaxed))
    }

    /// A new call: mostly a new person and cash, some through a bank, some above the cap, some by somebody helped before.
    fn invent(&self) -> Call {
        let street = if self.random.percent(70) { STREETS[0] } else { STREETS[self.random.between(1, 2) as usize] };
        let mut body = case(street, 60_000);
        match self.random.between(0, 9) {
            0 | 1 => {
                body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
            }
            2 => body["requested_fen"] = 90_000.into(),
            3 => body["household"] = json!([{"id_type": "resident_id", "id_no": person(), "name": "家人", "relation": "spouse"}]),
            4 => {
                let helped = self.helped.lock().unwrap();
                if !helped.is_empty() {
                    body["applicant"]["id_no"] = helped[self.random.next() as usize % helped.len()].as_str().into();
                }
            }
            _ => self.helped.lock().unwrap().push(body["applicant"]["id_no"].as_str().unwrap().to_owned()),
        }
        Call::new(street, body)
    }
}

/// A client of its own: connections of a killed server are not used again.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
