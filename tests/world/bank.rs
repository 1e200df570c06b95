//! A bank for servers under test: the simulator in this process, which can be told how to behave.

use std::time::Duration;

use jiff::Timestamp;
use jiujinan::rail::simulator::{Reach, Simulator, SimulatorSettings};
use jiujinan::rail::{Envelope, GatewaySettings, Message, OwnKey, PeerKey};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{Answer, Ask, Server};

pub struct Bank {
    dir: TempDir,
    own: OwnKey,
    key: PeerKey,
    pub address: String,
    pub client: reqwest::Client,
}

impl Bank {
    /// A bank that behaves in this way; see `jiujinan rail-simulator --help`.
    pub fn new(behaviour: &str) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let own = OwnKey::open_or_make(&dir.path().join("own.pem")).unwrap();
        let simulator = Simulator::start(SimulatorSettings {
            listen: ([127, 0, 0, 1], 0).into(),
            key: dir.path().join("bank.pem"),
            client_key: dir.path().join("own.pem.pub"),
            ledger: None,
            callback: None,
            reach: Reach::Loopback,
            behaviour: behaviour.parse().unwrap(),
        })
        .unwrap();
        let (address, key) = (format!("http://{}", simulator.address), simulator.key.clone());
        tokio::spawn(simulator.run());
        Self { dir, own, key, address, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// Our end of the rail to it.
    pub fn rail(&self) -> GatewaySettings {
        GatewaySettings {
            address: self.address.clone(),
            own: self.own.clone(),
            bank: self.key.clone(),
            connect_timeout: Duration::from_secs(2),
            answer_timeout: Duration::from_secs(1),
        }
    }

    /// Another address for the same bank, for a way that somebody stands in.
    pub fn rail_by(&self, address: String) -> GatewaySettings {
        GatewaySettings { address, ..self.rail() }
    }

    /// A call-back that the bank signs, as it arrives at a server.
    pub async fn calls_back(&self, server: &Server, result: &Value) -> Answer {
        let key = OwnKey::open(&self.dir.path().join("bank.pem")).unwrap();
        self.called_back_by(&key, server, result).await
    }

    /// The same signed by anybody.
    pub async fn called_back_by(&self, key: &OwnKey, server: &Server, result: &Value) -> Answer {
        let body = serde_json::to_vec(result).unwrap();
        let message = Message::Request { method: "POST", path: "/v1/rail/results" };
        let envelope = Envelope::sign(key, &message, &body, Timestamp::now());
        let url = format!("http://{}/v1/rail/results", server.address);
        let mut ask = Ask::new(&self.client, reqwest::Method::POST, url).bytes(body).header("content-type", "application/json");
        for (name, value) in envelope.headers() {
            ask = ask.header(name, value);
        }
        ask.send().await
    }

    /// What it has paid: identifiers and amounts.
    pub async fn ledger(&self) -> Value {
        let answer = self.client.get(format!("{}/simulator/ledger", self.address)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}

/// A result on the wire.
pub fn result(payment: &str, word: &str) -> Value {
    let at = Timestamp::now().to_string();
    match word {
        "paid" => json!({"instruction_id": payment, "result": "paid", "at": at, "reference": "B-1"}),
        "accepted" => json!({"instruction_id": payment, "result": "accepted"}),
        other => json!({"instruction_id": payment, "result": other, "at": at, "reason": "AC04"}),
    }
}
