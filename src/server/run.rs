//! A running server: opens what it needs, serves, and stops without losing what it has accepted.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use anyhow::Context;
use deadpool_postgres::Pool;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_postgres::Config;
use utoipa_actix_web::AppExt;

use crate::book::{Aside, Book, BookSettings};
use crate::case;
use crate::db::{self, Connector};
use crate::hook::{self, Carrier, HookSettings, Retention, Sender};
use crate::http::{Edge, Fingerprinter, Gate, Issuers, Limits, Meters, Rate, Routes, Trace, no_route};
use crate::rail::{Gateway, GatewaySettings};
use crate::reads::Readers;
use crate::server::app::Services;
use crate::server::config::Serving;
use crate::server::opening::{Opening, Standby};
use crate::server::registers::Registers;
use crate::server::routes::routes;
use crate::server::{health, meters, openapi, rules, witness};
use crate::telemetry::Metrics;
use crate::transfer::{Bank, Courier, Leases};
use crate::vault::Vault;
use crate::waiver::{self, Journal, Recorder, Snapshots, WaiverSettings};

/// What a server runs on.
pub struct Ground {
    /// The database as the book sees it.
    pub book: Config,
    /// The database as readers see it.
    pub api: Config,
    /// Whose schema is brought up to date first; none leaves that to another command.
    pub schema: Option<Config>,
    /// Transport to it.
    pub connector: Connector,
    /// Keys and seals.
    pub vault: Vault,
    /// Whose tokens are accepted.
    pub issuers: Issuers,
    /// The bank that payments go through; none leaves them instructed.
    pub rail: Option<GatewaySettings>,
    /// What waivers need.
    pub waivers: WaiverSettings,
    /// How hooks are told.
    pub hooks: HookSettings,
    /// Requests of each caller; none is no limit.
    pub rate: Option<Rate>,
    /// How to serve.
    pub serving: Serving,
    /// Where the metrics are.
    pub metrics_listen: SocketAddr,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug)]
pub struct Listening {
    /// The interface.
    pub address: SocketAddr,
    /// The metrics.
    pub metrics: SocketAddr,
}

/// Serves until `stop` resolves; `ready` is called once, when requests are answered.
pub async fn run(ground: Ground, ready: impl FnOnce(Listening), stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    let figures = Arc::new(Metrics::new()?);
    let pool = db::reader_pool(&ground.api, &ground.connector, ground.serving.pool_size)?;
    let (gate, vault) = (Gate::closed(), Data::new(ground.vault));
    let registers = Registers::new(&ground.book, ground.connector.clone(), figures.clone());
    let snapshots = ground.waivers.journal.as_ref().map(|journal| snapshots(journal, &registers, &vault));
    let stood_in = snapshots.as_ref().and_then(Snapshots::load);
    let standby = if stood_in.is_some() { Standby::Snapshot } else { Standby::Nothing };
    let (announce, follow) = watch::channel(Arc::new(rules::standing_in(stood_in.unwrap_or_default())));
    let (schema, connector) = (ground.schema, ground.connector.clone());
    let opening = Opening { schema, connector, pool: pool.clone(), announce, gate: gate.clone() };
    opening.begin(&registers, standby).await?;
    let leases = Leases::new(&ground.book, ground.connector.clone());
    let (recorder, recording) = Recorder::start(&ground.book, ground.connector.clone(), ground.waivers.journal, figures.clone());
    let aside = Data::new(Aside::new(&ground.book, ground.connector.clone()));
    let hook_leases = hook::Leases::new(&ground.book, ground.connector.clone());
    let settings = book_settings(&ground.serving);
    let (book, writer) = Book::open(&settings, ground.book, ground.connector, follow.clone(), figures.clone());
    let fingerprinter = Fingerprinter::new(vault.fingerprint(&[b"jiujinan/idempotency"]));
    let limits = Limits::new(ground.rate);
    let edge = Data::new(Edge { issuers: ground.issuers, fingerprinter, limits, gate: gate.clone() });
    let bank = Data::new(Bank(ground.rail.as_ref().map(|rail| rail.bank.clone())));
    let mut workers = looks(&gate, &pool, &book);
    if let Some(settings) = ground.rail {
        let (readers, book, vault) = (Readers::new(pool.clone()), book.clone(), vault.clone().into_inner());
        let gateway = Gateway::new(settings).context("the bank can not be reached")?;
        let hospitals = registers.hospitals.clone();
        workers.push(later(&gate, Courier { gateway, readers, book, hospitals, vault, leases }.run()));
    }
    let carrier = carrier(&ground.hooks, hook_leases, vault.clone().into_inner(), book.clone(), figures.clone())?;
    let health = health::Health { pool: pool.clone(), require_standby: ground.serving.require_standby, gate: gate.clone() };
    let services = Services {
        edge: edge.clone(),
        book: Data::new(book),
        readers: Data::new(Readers::new(pool.clone())),
        vault,
        bank,
        aside,
        roster: Data::new(registers.roster.clone()),
        hospitals: Data::new(registers.hospitals.clone()),
        recorder: Data::new(recorder),
        promises: Data::new(ground.waivers.keys),
        hooks: Data::new(ground.hooks),
        health: Data::new(health),
        document: Arc::new(openapi::document()),
        routes: Data::new(Routes::new(openapi::offered())),
    };
    let (server, address) = serve(services, measured(&figures), &ground.serving)?;
    let (metrics_server, metrics) =
        meters::serve(ground.metrics_listen, figures.clone()).context("can not listen for metrics")?;
    let (server, metrics_server) = (Running::start(server), Running::start(metrics_server));
    workers.extend([
        tokio::spawn(refresh(edge)),
        tokio::spawn(open(opening, figures.clone())),
        later(&gate, carrier.run()),
        tokio::spawn(meters::watch(pool, figures)),
        tokio::spawn(registers.follow()),
        tokio::spawn(recording),
    ]);
    workers.extend(snapshots.map(|snapshots| tokio::spawn(snapshots.follow(follow))));
    ready(Listening { address, metrics });
    stop.await;
    tracing::info!("stopping");
    end(server, workers, metrics_server).await;
    // The book is gone with the server and its workers; its writer plays what is left and ends.
    let _ = tokio::time::timeout(ground.serving.stop_timeout, writer).await;
    tracing::info!("stopped");
    Ok(())
}

/// The files that hospitals are answered from while the database is away.
fn snapshots(journal: &Journal, registers: &Registers, vault: &Data<Vault>) -> Snapshots {
    let (roster, hospitals) = (registers.roster.clone(), registers.hospitals.clone());
    Snapshots { dir: journal.dir().into(), vault: vault.clone().into_inner(), roster, hospitals }
}

/// Ends one after the other what serves, what works, and what is asked how that goes.
async fn end(server: Running, workers: Vec<JoinHandle<()>>, metrics: Running) {
    server.handle.stop(true).await;
    let _ = server.task.await;
    for worker in workers {
        worker.abort();
        let _ = worker.await;
    }
    metrics.handle.stop(false).await;
    let _ = metrics.task.await;
}

/// A listener at work.
struct Running {
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    fn start(server: Server) -> Self {
        Self { handle: server.handle(), task: tokio::spawn(server) }
    }
}

/// Finds the database if it was away, then follows the rules.
async fn open(opening: Opening, figures: Arc<Metrics>) {
    opening.persist().await;
    rules::follow(opening.pool, opening.announce, figures).await;
}

/// Work that begins when the database is found.
fn later(gate: &Gate, work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    let gate = gate.clone();
    tokio::spawn(async move {
        gate.opened().await;
        work.await;
    })
}

/// What a server looks for now and then: grants that ran out, papers that are overdue, patients who left the roster.
fn looks(gate: &Gate, pool: &Pool, book: &Book) -> Vec<JoinHandle<()>> {
    let readers = || Readers::new(pool.clone());
    vec![
        later(gate, case::follow_expiry(readers(), book.clone())),
        later(gate, hook::follow_overdue(readers(), book.clone())),
        later(gate, waiver::follow_roster(readers(), book.clone())),
    ]
}

fn measured(figures: &Metrics) -> Meters {
    Meters {
        requests: figures.requests_total.clone(),
        duration: figures.request_duration_seconds.clone(),
        rate_limited: figures.rate_limited_total.clone(),
    }
}

/// The part of a server that tells hooks.
fn carrier(
    settings: &HookSettings,
    leases: hook::Leases,
    vault: Arc<Vault>,
    book: Book,
    metrics: Arc<Metrics>,
) -> anyhow::Result<Carrier> {
    let sender = Arc::new(Sender::new(settings.allowed.clone()).context("hooks can not be told")?);
    let retention = Retention::new(settings.keep);
    Ok(Carrier { leases, sender, vault, key: settings.key.clone(), book, metrics, retention })
}

fn book_settings(serving: &Serving) -> BookSettings {
    let (queue_max, batch_max) = (serving.queue_max as usize, serving.batch_max as usize);
    BookSettings { queue_max, reserved: queue_max / 8, batch_max }
}

/// Serves every route where the settings say.
fn serve(services: Services, measured: Meters, serving: &Serving) -> anyhow::Result<(Server, SocketAddr)> {
    let listener = TcpListener::bind(serving.listen).with_context(|| format!("can not listen on {}", serving.listen))?;
    let address = listener.local_addr()?;
    let workers = serving.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
    let server = HttpServer::new(move || {
        let (app, _) = App::new().into_utoipa_app().configure(routes).split_for_parts();
        app.configure(|config| services.configure(config))
            .default_service(actix_web::web::to(no_route))
            .wrap(Trace::new(measured.clone()))
            .wrap(from_fn(witness::witness))
    })
    .workers(workers)
    .backlog(4096)
    .max_connections(16_384)
    .client_request_timeout(std::time::Duration::from_secs(10))
    .shutdown_timeout(serving.stop_timeout.as_secs())
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((server, address))
}

/// Re-reads the issuers' keys now and then, so that a key that was taken away loses its force.
async fn refresh(edge: Data<Edge>) {
    let mut tick = tokio::time::interval(std::time::Duration::from_secs(60));
    loop {
        tick.tick().await;
        edge.issuers.refresh();
    }
}

/// Resolves when the process is asked to stop.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
