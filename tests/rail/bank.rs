//! A bank of its own for each test: a simulator on a free port, our end of the rail, and somebody who takes call-backs.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use jiff::Timestamp;
use jiujinan::identity::{AccountNumber, PersonName};
use jiujinan::money::Amount;
use jiujinan::rail::simulator::{Reach, Simulator, SimulatorSettings};
use jiujinan::rail::{
    BankResult, CallbackRefused, Gateway, GatewaySettings, Instruction, Outcome, OwnKey, Payee, PeerKey, Verdict, verify_callback,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::timeout;
use uuid::Uuid;

/// Longer than anything takes that happens at all.
const PATIENCE: Duration = Duration::from_secs(20);
pub const CALLBACK_PATH: &str = "/v1/rail/results";

/// Files of both ends.
pub struct Desk {
    dir: TempDir,
    pub own: OwnKey,
}

impl Desk {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let own = OwnKey::open_or_make(&dir.path().join("own.pem")).unwrap();
        Self { dir, own }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn settings(&self, behaviour: &str) -> SimulatorSettings {
        SimulatorSettings {
            listen: ([127, 0, 0, 1], 0).into(),
            key: self.file("bank.pem"),
            client_key: self.file("own.pem.pub"),
            ledger: None,
            callback: None,
            reach: Reach::Loopback,
            behaviour: behaviour.parse().unwrap(),
        }
    }

    /// Our end of the rail to a bank at an address.
    pub fn gateway(&self, address: &str, bank: PeerKey, answer_timeout: Duration) -> Gateway {
        let connect_timeout = Duration::from_secs(5);
        Gateway::new(GatewaySettings { address: address.into(), own: self.own.clone(), bank, connect_timeout, answer_timeout })
            .unwrap()
    }
}

/// A running simulator and our end of the rail to it.
pub struct Bank {
    pub desk: Desk,
    pub address: SocketAddr,
    pub gateway: Gateway,
    client: reqwest::Client,
    running: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Bank {
    pub fn that(behaviour: &str) -> Self {
        let desk = Desk::new();
        let settings = desk.settings(behaviour);
        Self::start(desk, settings)
    }

    pub fn start(desk: Desk, settings: SimulatorSettings) -> Self {
        let simulator = Simulator::start(settings).unwrap();
        let address = simulator.address;
        let gateway = desk.gateway(&format!("http://{address}"), simulator.key.clone(), PATIENCE);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { desk, address, gateway, client, running: tokio::spawn(simulator.run()) }
    }

    /// Our end, with little patience.
    pub fn impatient(&self) -> Gateway {
        let key = PeerKey::open(&self.desk.file("bank.pem.pub")).unwrap();
        self.desk.gateway(&format!("http://{}", self.address), key, Duration::from_millis(300))
    }

    /// Changes how it behaves from now on.
    pub async fn behave(&self, behaviour: &str) {
        self.set(json!({"behaviour": behaviour})).await;
    }

    /// Changes how it behaves towards one instruction.
    pub async fn behave_towards(&self, id: Uuid, behaviour: &str) {
        self.set(json!({"behaviour": behaviour, "instruction_id": id})).await;
    }

    async fn set(&self, body: Value) {
        let url = format!("http://{}/simulator/behaviours", self.address);
        assert_eq!(self.client.post(url).json(&body).send().await.unwrap().status(), 204);
    }

    /// How many times it has paid an instruction.
    pub async fn paid(&self, id: Uuid) -> usize {
        paid(&self.client, &format!("http://{}", self.address), id).await
    }
}

/// How many times the bank at an address has paid an instruction.
pub async fn paid(client: &reqwest::Client, address: &str, id: Uuid) -> usize {
    let ledger: Value = client.get(format!("{address}/simulator/ledger")).send().await.unwrap().json().await.unwrap();
    let paid = ledger["paid"].as_array().unwrap();
    paid.iter().filter(|payment| payment["instruction_id"] == json!(id)).count()
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// An instruction of its own, and its bytes.
pub fn instruction(fen: i64) -> (Uuid, Vec<u8>) {
    let instruction = Instruction {
        id: Uuid::now_v7(),
        amount: Amount::try_from(fen).unwrap(),
        payee: Payee::Account(AccountNumber::parse("6222021234567890123").unwrap()),
        holder: PersonName::parse("测试人").unwrap(),
        reference: "JJN-340303001-20261124-0001-1".parse().unwrap(),
        created_at: "2026-11-24T08:00:00Z".parse().unwrap(),
    };
    (instruction.id, instruction.bytes().unwrap())
}

/// The reference of a payment that was made.
pub fn reference(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Said(Verdict::Paid { reference, .. }) => reference.to_string(),
        other => panic!("not paid: {other:?}"),
    }
}

/// Somebody who takes call-backs, after having been deaf to the first ones.
pub struct Receiver {
    pub address: String,
    taken: mpsc::UnboundedReceiver<Result<BankResult, CallbackRefused>>,
    running: tokio::task::JoinHandle<std::io::Result<()>>,
}

struct Ear {
    bank: PeerKey,
    deaf: AtomicUsize,
    taken: mpsc::UnboundedSender<Result<BankResult, CallbackRefused>>,
}

async fn listen(ear: Data<Ear>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if ear.deaf.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let (method, path) = (request.method().as_str(), request.path());
    let result = verify_callback(request.headers(), method, path, &body, &ear.bank, Timestamp::now());
    ear.taken.send(result).unwrap();
    HttpResponse::NoContent().finish()
}

impl Receiver {
    /// Somebody who knows the bank that keeps its key at this desk.
    pub fn of(desk: &Desk, deaf: usize) -> Self {
        let bank = OwnKey::open_or_make(&desk.file("bank.pem")).unwrap().peer();
        let (say, taken) = mpsc::unbounded_channel();
        let ear = Data::new(Ear { bank, deaf: AtomicUsize::new(deaf), taken: say });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}{CALLBACK_PATH}", listener.local_addr().unwrap());
        let server = HttpServer::new(move || App::new().app_data(ear.clone()).route(CALLBACK_PATH, web::post().to(listen)))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        Self { address, taken, running: tokio::spawn(server) }
    }

    /// The next call-back.
    pub async fn next(&mut self) -> BankResult {
        timeout(PATIENCE, self.taken.recv()).await.unwrap().unwrap().unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// A bank at a desk that calls a receiver back.
pub fn with_receiver(behaviour: &str, deaf: usize) -> (Bank, Receiver) {
    let desk = Desk::new();
    let receiver = Receiver::of(&desk, deaf);
    let settings = SimulatorSettings { callback: Some(receiver.address.clone()), ..desk.settings(behaviour) };
    (Bank::start(desk, settings), receiver)
}
