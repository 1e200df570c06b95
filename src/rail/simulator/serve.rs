//! A running simulator.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App, HttpServer};

use crate::rail::address::{AddressInvalid, address, is_loopback};
use crate::rail::client::client;
use crate::rail::key::{OwnKey, PeerKey};
use crate::rail::key_file::KeyFileError;
use crate::rail::simulator::behaviour::{Behaviour, Behaviours};
use crate::rail::simulator::client_key::ClientKey;
use crate::rail::simulator::courier::Courier;
use crate::rail::simulator::ledger::Ledger;
use crate::rail::simulator::routes::routes;
use crate::rail::simulator::work::Bank;

const BODY_BYTES_MAX: usize = 16 * 1024;
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(5);

/// How a simulator is started.
#[derive(Clone, Debug)]
pub struct SimulatorSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// File of its private key; made when missing.
    pub key: PathBuf,
    /// File of the client's public key; may come later.
    pub client_key: PathBuf,
    /// File of the ledger; without one it lives as long as the process.
    pub ledger: Option<PathBuf>,
    /// Where results are called back.
    pub callback: Option<String>,
    /// Which machines may be called back.
    pub reach: Reach,
    /// How it behaves towards instructions that have no behaviour of their own.
    pub behaviour: Behaviour,
}

/// Which machines may be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This one.
    Loopback,
    /// Any, by https.
    Anywhere,
}

/// Why a simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorInvalid {
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// Call-backs cannot go there.
    #[error("the address of the call-back cannot be used")]
    Callback(#[from] AddressInvalid),
    /// Call-backs would leave this machine, and nobody has allowed that.
    #[error("call-backs stay on this machine unless they are allowed to go anywhere")]
    Far,
    /// The ledger cannot be read or written.
    #[error("the ledger cannot be used: {0}")]
    Ledger(io::Error),
    /// The address is taken, or is none of this machine.
    #[error("can not listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// There is no HTTP client.
    #[error("no client for call-backs")]
    Client(#[from] reqwest::Error),
}

/// A simulator that listens.
pub struct Simulator {
    /// Where.
    pub address: SocketAddr,
    /// The key that it signs with, to be pinned.
    pub key: PeerKey,
    server: Server,
}

impl Simulator {
    /// Opens keys and ledger, takes up what an earlier process had begun, and listens. Belongs inside a runtime.
    ///
    /// # Errors
    /// See [`SimulatorInvalid`].
    pub fn start(settings: SimulatorSettings) -> Result<Self, SimulatorInvalid> {
        let own = OwnKey::open_or_make(&settings.key)?;
        let to = settings.callback.as_deref().map(address).transpose()?;
        if settings.reach == Reach::Loopback && to.as_ref().is_some_and(|to| !is_loopback(to)) {
            return Err(SimulatorInvalid::Far);
        }
        let ledger = settings.ledger.as_deref().map_or_else(|| Ok(Ledger::default()), Ledger::open);
        let client = client(CALLBACK_TIMEOUT, CALLBACK_TIMEOUT)?;
        let key = own.peer();
        let bank = Arc::new(Bank {
            stranger: OwnKey::make()?.named(key.id().to_owned()),
            client: ClientKey::new(settings.client_key),
            behaviours: Behaviours::new(settings.behaviour),
            ledger: Mutex::new(ledger.map_err(SimulatorInvalid::Ledger)?),
            courier: Courier { client, to, key: own.clone() },
            own,
        });
        let listening = |error| SimulatorInvalid::Listen(settings.listen, error);
        let listener = TcpListener::bind(settings.listen).map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        bank.resume().map_err(SimulatorInvalid::Ledger)?;
        let bank = Data::from(bank);
        let server = HttpServer::new(move || {
            App::new().app_data(bank.clone()).app_data(PayloadConfig::new(BODY_BYTES_MAX)).configure(routes)
        })
        .workers(2)
        // What is slow for ever is not waited for.
        .shutdown_timeout(0)
        .disable_signals()
        .listen(listener)
        .map_err(listening)?
        .run();
        Ok(Self { address, key, server })
    }

    /// For stopping it from outside.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// What keeps the server from serving.
    pub async fn run(self) -> io::Result<()> {
        self.server.await
    }
}
