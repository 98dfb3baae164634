//! What the present piece of work is part of.
//!
//! Kept in a task-local, so that a log line, a problem body and an outgoing message name the same
//! trace without every function passing it on.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use uuid::Uuid;

tokio::task_local! {
    static CURRENT: Context;
}

/// One request, or one message being consumed.
#[derive(Debug, Clone)]
pub struct Context {
    pub trace: Trace,
    /// The path that was called; empty outside HTTP.
    pub path: Arc<str>,
    /// The message being consumed, if that is what we do.
    pub causation_id: Option<Uuid>,
}

impl Context {
    /// Work that nothing outside asked for.
    pub fn root() -> Self {
        Self { trace: Trace::root(), path: Arc::from(""), causation_id: None }
    }

    /// Work that is asked for by a request to `path`.
    pub fn of_request(traceparent: Option<&str>, path: &str) -> Self {
        Self { trace: Trace::continued(traceparent), path: Arc::from(path), causation_id: None }
    }

    /// Work that the message `id` causes.
    pub fn of_message(traceparent: Option<&str>, id: Uuid) -> Self {
        Self { trace: Trace::continued(traceparent), path: Arc::from(""), causation_id: Some(id) }
    }
}

/// Runs `work` as part of `context`.
pub async fn scope<F: Future>(context: Context, work: F) -> F::Output {
    CURRENT.scope(context, work).await
}

/// The context that [`scope`] set, or a fresh one.
pub fn current() -> Context {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| Context::root())
}

/// W3C trace context, version 00: <https://www.w3.org/TR/trace-context/#traceparent-header>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    trace_id: u128,
    span_id: u64,
    flags: u8,
}

impl Trace {
    /// A trace that begins here.
    pub fn root() -> Self {
        // Zero is the one invalid value of both ids.
        Self { trace_id: rand::random::<u128>().max(1), span_id: rand::random::<u64>().max(1), flags: 0 }
    }

    /// The caller's trace with a span of our own; a new one when the header is missing or malformed.
    pub fn continued(traceparent: Option<&str>) -> Self {
        match traceparent.and_then(Self::parse) {
            Some(parent) => Self { span_id: rand::random::<u64>().max(1), ..parent },
            None => Self::root(),
        }
    }

    /// 32 hexadecimal digits.
    pub fn id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace_id, span_id, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // A later version may add parts at the end; version 00 has exactly four.
        let whole = version.len() == 2 && version != "ff" && (version != "00" || parts.next().is_none());
        let hexadecimal = |part: &str, length| {
            part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        if !(whole
            && hexadecimal(version, 2)
            && hexadecimal(trace_id, 32)
            && hexadecimal(span_id, 16)
            && hexadecimal(flags, 2))
        {
            return None;
        }
        let trace = Self {
            trace_id: u128::from_str_radix(trace_id, 16).ok()?,
            span_id: u64::from_str_radix(span_id, 16).ok()?,
            flags: u8::from_str_radix(flags, 16).ok()?,
        };
        (trace.trace_id != 0 && trace.span_id != 0).then_some(trace)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_valid_parent_is_continued_with_a_span_of_our_own() {
        let trace = Trace::continued(Some(PARENT));
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(trace.to_string().ends_with("-01"));
        assert!(!trace.to_string().contains("00f067aa0ba902b7"));
    }

    #[test]
    fn what_is_not_a_traceparent_begins_a_new_trace() {
        for header in [
            "",
            "00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Trace::parse(header), None, "{header}");
        }
    }

    #[test]
    fn a_later_version_may_have_more_parts() {
        assert!(Trace::parse("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
    }
}
