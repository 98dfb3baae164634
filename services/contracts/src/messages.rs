//! Commands order, events report. A golden sample of each lies in `tests/samples`.

use serde_json::value::RawValue;

/// Published by `customer`.
pub mod customer;

/// A family of messages that share a topic.
pub trait Message: Sized {
    /// The topic's full name.
    const TOPIC: &'static str;

    /// The envelope's `kind`.
    fn kind(&self) -> &'static str;

    /// The envelope's `schema`.
    fn schema(&self) -> i16;

    /// The envelope's `key`.
    fn key(&self) -> String;

    /// The envelope's `payload`.
    fn payload(&self) -> serde_json::Result<Box<RawValue>>;

    /// `None` for a kind that this build does not know.
    fn parse(kind: &str, payload: &RawValue) -> serde_json::Result<Option<Self>>;
}
