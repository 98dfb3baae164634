//! The envelope: what is known of a message before its payload is looked at.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The value of a Kafka record. Its key is `key`.
///
/// A record without a value is a tombstone: the aggregate that its key names is gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// UUIDv7, made with the message; a redelivery has the same one.
    pub id: Uuid,
    /// What happened (`CustomerChanged`) or what shall be done (`Charge`).
    pub kind: String,
    /// Version of the payload's shape.
    pub schema: i16,
    /// The aggregate that the message is about.
    pub key: String,
    /// Grows by one with every change of that aggregate; commands carry 0.
    pub revision: i64,
    /// The message that made its consumer send this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// The sender's database clock. Orders nothing.
    pub occurred_at: Timestamp,
    /// W3C trace context, <https://www.w3.org/TR/trace-context/>.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    pub payload: Box<RawValue>,
}
