//! Metrics on a listener of their own, and the gauges that are read now and then.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web::Data;
use actix_web::{App, HttpResponse, HttpServer, get};
use deadpool_postgres::Pool;

use crate::policy::FundStatus;
use crate::telemetry::Metrics;

/// How often gauges are read.
const EVERY: Duration = Duration::from_secs(5);

#[get("/metrics")]
async fn metrics(metrics: Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.render())
}

/// Serves the metrics. Returns the server and where it listens.
pub fn serve(address: SocketAddr, figures: Arc<Metrics>) -> std::io::Result<(Server, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let figures = Data::from(figures);
    let server = HttpServer::new(move || App::new().app_data(figures.clone()).service(metrics))
        .workers(1)
        .disable_signals()
        .listen(listener)?
        .run();
    Ok((server, address))
}

/// Reads gauges now and then, for ever.
pub async fn watch(pool: Pool, figures: Arc<Metrics>) {
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        let status = pool.status();
        let gauge = |state: &str, value: usize| {
            figures.pool_connections.with_label_values(&[state]).set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        gauge("open", status.size);
        gauge("free", status.available);
        gauge("waiting", status.waiting);
        let Ok(client) = pool.get().await else { continue };
        if let Ok(row) = client.query_one(include_str!("../../sql/hook/queue_age.sql"), &[]).await {
            figures.hook_queue_oldest_seconds.set(row.get("seconds"));
        }
        if let Ok(rows) = client.query(include_str!("../../sql/fund/counts.sql"), &[]).await {
            for row in rows {
                let status: FundStatus = row.get("status");
                figures.funds.with_label_values(&[status.as_str()]).set(row.get("funds"));
            }
        }
    }
}
