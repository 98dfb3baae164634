//! Structured logs: one line reads alone and carries its ids as fields.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Our own view of Kafka being away is one line each time; librdkafka's would be ten a second.
const DEFAULT_FILTER: &str = "info,rdkafka=off,librdkafka=warn";

/// It puts a span of its own around each request, and log lines name the innermost span: ours, with the trace, has to be
/// that.
const NO_SPANS_OF: &str = "tower_sessions=warn";

/// Sends `tracing` to standard output, filtered by `RUST_LOG` (default [`DEFAULT_FILTER`]).
///
/// # Errors
/// When the process has a subscriber already.
pub fn init(format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let filter = filter.add_directive(NO_SPANS_OF.parse()?);
    let lines = tracing_subscriber::fmt::layer();
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Json => {
            registry
                .with(lines.json().flatten_event(true).with_current_span(true).with_span_list(false))
                .try_init()?;
        }
        LogFormat::Text => registry.with(lines).try_init()?,
    }
    Ok(())
}

/// An error with all its causes, for the one place where it is logged.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
