//! JSON lines on stderr.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::telemetry::redact::redact;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is no filter.
    #[error("the log filter is no filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// There is a log already.
    #[error("a log is installed already: {0}")]
    Installed(#[from] tracing_subscriber::util::TryInitError),
}

/// Logs what passes the filter (`info`, `warn,jiujinan=debug`), and panics as events with their place.
pub fn install(filter: &str) -> Result<(), LogError> {
    subscriber(EnvFilter::try_new(filter)?, Redacting(io::stderr)).try_init()?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str();
        tracing::error!(place, message, "panicked");
    }));
    Ok(())
}

fn subscriber<W>(filter: EnvFilter, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish()
}

/// Makes writers that redact. The formatter hands over one line at a time, so that nothing is cut in two.
struct Redacting<M>(M);

struct Redacted<W>(W);

impl<'w, M: MakeWriter<'w>> MakeWriter<'w> for Redacting<M> {
    type Writer = Redacted<M::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Redacted(self.0.make_writer())
    }
}

impl<W: Write> Write for Redacted<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(&redact(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_one_line_of_json_without_numbers_of_people() {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = subscriber(EnvFilter::new("info"), Redacting(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(status = 200, note = "id 340303188001010018", "answered 13912345678");
            tracing::debug!("not this");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["status"], 200);
        assert_eq!(line["note"], "id [redacted]");
        assert_eq!(line["message"], "answered [redacted]");
        assert!(line["timestamp"].as_str().unwrap().contains('T'));
    }
}
