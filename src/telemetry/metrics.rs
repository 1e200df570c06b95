//! Metrics in the text format of Prometheus. Names carry units, labels hold no ids.

use prometheus::process_collector::ProcessCollector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

/// Everything that is measured. Cloning shares the figures.
#[derive(Clone)]
pub struct Metrics {
    /// Requests by `method`, `route`, `status`.
    pub requests_total: IntCounterVec,
    /// Seconds a request took, by `route`.
    pub request_duration_seconds: HistogramVec,
    /// Requests that were answered with 429.
    pub rate_limited_total: IntCounter,
    /// Accesses that were denied, by `kind`.
    pub denials_total: IntCounterVec,
    /// Decisions by `code`.
    pub decisions_total: IntCounterVec,
    /// Answers to hospitals by where they were `recorded`: database, journal, nowhere.
    pub waiver_checks_total: IntCounterVec,
    /// Moves in a batch of the book.
    pub book_batch_moves: Histogram,
    /// Seconds a move waited for its batch.
    pub book_queue_age_seconds: Histogram,
    /// Batches by `outcome`.
    pub book_batches_total: IntCounterVec,
    /// Connections to the database by `state`.
    pub pool_connections: IntGaugeVec,
    /// Funds by `status`.
    pub funds: IntGaugeVec,
    /// Version of the roster in this server's memory, by `city`.
    pub roster_version: IntGaugeVec,
    /// People on the roster in this server's memory, by `city`.
    pub roster_people: IntGaugeVec,
    /// Whole seconds since this server last saw whether the roster has changed.
    pub roster_lag_seconds: IntGauge,
    /// Registrations of hospitals in this server's memory.
    pub hospital_registrations: IntGauge,
    /// Attempts to tell a hook something, by `outcome`.
    pub hook_deliveries_total: IntCounterVec,
    /// Active hooks, as this server knows them.
    pub hooks: IntGauge,
    /// Seconds that the oldest delivery waits that is due.
    pub hook_queue_oldest_seconds: IntGauge,
    registry: Registry,
}

/// From a tenth of a millisecond to half a minute.
const SECONDS: [f64; 16] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
const MOVES: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

impl Metrics {
    /// New figures, all zero, with those of the process (CPU, memory, file descriptors).
    ///
    /// # Errors
    /// Only when two metrics have one name, which a test would show.
    pub fn new() -> prometheus::Result<Self> {
        let metrics = Self {
            requests_total: counters("jiujinan_requests_total", "requests", &["method", "route", "status"])?,
            request_duration_seconds: HistogramVec::new(
                seconds("jiujinan_request_duration_seconds", "seconds a request took"),
                &["route"],
            )?,
            rate_limited_total: IntCounter::new("jiujinan_rate_limited_total", "requests answered with 429")?,
            denials_total: counters("jiujinan_denials_total", "denied accesses", &["kind"])?,
            decisions_total: counters("jiujinan_decisions_total", "decisions", &["code"])?,
            waiver_checks_total: counters("jiujinan_waiver_checks_total", "checks of waivers", &["recorded"])?,
            book_batch_moves: Histogram::with_opts(
                HistogramOpts::new("jiujinan_book_batch_moves", "moves in a batch").buckets(MOVES.to_vec()),
            )?,
            book_queue_age_seconds: Histogram::with_opts(seconds("jiujinan_book_queue_age_seconds", "seconds a move waited"))?,
            book_batches_total: counters("jiujinan_book_batches_total", "batches", &["outcome"])?,
            pool_connections: gauges("jiujinan_pool_connections", "connections to the database", "state")?,
            funds: gauges("jiujinan_funds", "funds", "status")?,
            roster_version: gauges("jiujinan_roster_version", "version of the roster in memory", "city")?,
            roster_people: gauges("jiujinan_roster_people", "people on the roster in memory", "city")?,
            roster_lag_seconds: IntGauge::new("jiujinan_roster_lag_seconds", "seconds since changes were last looked for")?,
            hospital_registrations: IntGauge::new("jiujinan_hospital_registrations", "registrations of hospitals in memory")?,
            hook_deliveries_total: counters("jiujinan_hook_deliveries_total", "attempts to tell a hook", &["outcome"])?,
            hooks: IntGauge::new("jiujinan_hooks", "active hooks as this server knows them")?,
            hook_queue_oldest_seconds: IntGauge::new(
                "jiujinan_hook_queue_oldest_seconds",
                "seconds the oldest delivery waits that is due",
            )?,
            registry: Registry::new(),
        };
        metrics.register()?;
        Ok(metrics)
    }

    /// The figures in the text format.
    pub fn render(&self) -> String {
        let mut text = String::new();
        if let Err(error) = TextEncoder::new().encode_utf8(&self.registry.gather(), &mut text) {
            tracing::error!(%error, "metrics cannot be written");
        }
        text
    }

    fn register(&self) -> prometheus::Result<()> {
        self.registry.register(Box::new(self.requests_total.clone()))?;
        self.registry.register(Box::new(self.request_duration_seconds.clone()))?;
        self.registry.register(Box::new(self.rate_limited_total.clone()))?;
        self.registry.register(Box::new(self.waiver_checks_total.clone()))?;
        self.registry.register(Box::new(self.denials_total.clone()))?;
        self.registry.register(Box::new(self.decisions_total.clone()))?;
        self.registry.register(Box::new(self.book_batch_moves.clone()))?;
        self.registry.register(Box::new(self.book_queue_age_seconds.clone()))?;
        self.registry.register(Box::new(self.book_batches_total.clone()))?;
        self.registry.register(Box::new(self.pool_connections.clone()))?;
        self.registry.register(Box::new(self.funds.clone()))?;
        self.registry.register(Box::new(self.roster_version.clone()))?;
        self.registry.register(Box::new(self.roster_people.clone()))?;
        self.registry.register(Box::new(self.roster_lag_seconds.clone()))?;
        self.registry.register(Box::new(self.hospital_registrations.clone()))?;
        self.registry.register(Box::new(self.hook_deliveries_total.clone()))?;
        self.registry.register(Box::new(self.hooks.clone()))?;
        self.registry.register(Box::new(self.hook_queue_oldest_seconds.clone()))?;
        self.registry.register(Box::new(ProcessCollector::for_self()))
    }
}

fn counters(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntCounterVec> {
    IntCounterVec::new(Opts::new(name, help), labels)
}

fn gauges(name: &str, help: &str, label: &str) -> prometheus::Result<IntGaugeVec> {
    IntGaugeVec::new(Opts::new(name, help), &[label])
}

fn seconds(name: &str, help: &str) -> HistogramOpts {
    HistogramOpts::new(name, help).buckets(SECONDS.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_with_their_labels() {
        let metrics = Metrics::new().unwrap();
        metrics.requests_total.with_label_values(&["GET", "/v1/funds/{fund}", "200"]).inc();
        metrics.book_batch_moves.observe(3.0);
        metrics.clone().funds.with_label_values(&["frozen"]).set(2);
        let text = metrics.render();
        for line in [
            r#"jiujinan_requests_total{method="GET",route="/v1/funds/{fund}",status="200"} 1"#,
            r#"jiujinan_book_batch_moves_bucket{le="4"} 1"#,
            r#"jiujinan_funds{status="frozen"} 2"#,
            "jiujinan_rate_limited_total 0",
            "process_open_fds",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
