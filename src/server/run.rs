//! A running server: opens what it needs, serves, and stops without losing what it has accepted.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::Server;
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
use crate::hook::{self, Carrier, HookSettings, Sender};
use crate::http::{Edge, Fingerprinter, Issuers, Limits, Meters, Rate, Routes, Trace, no_route};
use crate::rail::{Gateway, GatewaySettings};
use crate::reads::Readers;
use crate::server::app::Services;
use crate::server::config::Serving;
use crate::server::registers::Registers;
use crate::server::routes::routes;
use crate::server::{health, meters, openapi, rules, witness};
use crate::telemetry::Metrics;
use crate::transfer::{Bank, Courier, Leases};
use crate::vault::Vault;
use crate::waiver::{self, Recorder, WaiverSettings};

/// What a server runs on.
pub struct Ground {
    /// The database as the book sees it.
    pub book: Config,
    /// The database as readers see it.
    pub api: Config,
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
    let loaded = rules::load(&pool).await.context("the rules can not be loaded")?;
    let (announce, follow) = watch::channel(Arc::new(loaded));
    let leases = Leases::new(&ground.book, ground.connector.clone());
    let registers = Registers::new(&ground.book, ground.connector.clone(), figures.clone());
    let (recorder, recording) = Recorder::start(&ground.book, ground.connector.clone(), ground.waivers.journal, figures.clone());
    let aside = Data::new(Aside::new(&ground.book, ground.connector.clone()));
    let hook_leases = hook::Leases::new(&ground.book, ground.connector.clone());
    let (book, writer) = Book::open(&book_settings(&ground.serving), ground.book, ground.connector, follow, figures.clone());
    let fingerprinter = Fingerprinter::new(ground.vault.fingerprint(&[b"jiujinan/idempotency"]));
    let edge = Data::new(Edge { issuers: ground.issuers, fingerprinter, limits: Limits::new(ground.rate) });
    let vault = Data::new(ground.vault);
    let bank = Data::new(Bank(ground.rail.as_ref().map(|rail| rail.bank.clone())));
    let courier = ground.rail.map(|settings| {
        let (readers, book, vault) = (Readers::new(pool.clone()), book.clone(), vault.clone().into_inner());
        let gateway = Gateway::new(settings).context("the bank can not be reached")?;
        let hospitals = registers.hospitals.clone();
        anyhow::Ok(Courier { gateway, readers, book, hospitals, vault, leases })
    });
    let courier = courier.transpose()?;
    let mut workers = looks(&pool, &book);
    let carrier = carrier(&ground.hooks, hook_leases, vault.clone().into_inner(), book.clone(), figures.clone())?;
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
        health: Data::new(health::Health { pool: pool.clone(), require_standby: ground.serving.require_standby }),
        document: Arc::new(openapi::document()),
        routes: Data::new(Routes::new(openapi::offered())),
    };
    let (server, address) = serve(services, measured(&figures), &ground.serving)?;
    let (metrics_server, metrics) =
        meters::serve(ground.metrics_listen, figures.clone()).context("can not listen for metrics")?;
    let (handle, metrics_handle) = (server.handle(), metrics_server.handle());
    workers.extend([
        tokio::spawn(refresh(edge)),
        tokio::spawn(rules::follow(pool.clone(), announce, figures.clone())),
        tokio::spawn(carrier.run()),
        tokio::spawn(meters::watch(pool, figures)),
        tokio::spawn(registers.follow()),
        tokio::spawn(recording),
    ]);
    workers.extend(courier.map(|courier| tokio::spawn(courier.run())));
    let (metrics_serving, serving) = (tokio::spawn(metrics_server), tokio::spawn(server));
    ready(Listening { address, metrics });
    stop.await;
    tracing::info!("stopping");
    handle.stop(true).await;
    let _ = serving.await;
    for worker in workers {
        worker.abort();
        let _ = worker.await;
    }
    metrics_handle.stop(false).await;
    let _ = metrics_serving.await;
    // The book is gone with the server and its workers; its writer plays what is left and ends.
    let _ = tokio::time::timeout(ground.serving.stop_timeout, writer).await;
    tracing::info!("stopped");
    Ok(())
}

/// What a server looks for now and then: grants that ran out, papers that are overdue, patients who left the roster.
fn looks(pool: &Pool, book: &Book) -> Vec<JoinHandle<()>> {
    let readers = || Readers::new(pool.clone());
    vec![
        tokio::spawn(case::follow_expiry(readers(), book.clone())),
        tokio::spawn(hook::follow_overdue(readers(), book.clone())),
        tokio::spawn(waiver::follow_roster(readers(), book.clone())),
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
    Ok(Carrier { leases, sender, vault, key: settings.key.clone(), book, metrics })
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
