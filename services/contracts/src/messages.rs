//! Commands order, events report. A golden sample of each lies in `tests/samples`.

use serde_json::value::RawValue;

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

/// An enum of messages that are `on` one topic, `by` the id that is the key; behind each the version of its
/// payload's shape.
macro_rules! messages {
    (
        $(#[$doc:meta])*
        $name:ident on $topic:literal by $key:ident {
            $($(#[$kind_doc:meta])* $kind:ident($payload:ty) = $schema:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $($(#[$kind_doc])* $kind($payload),)+
        }

        impl $crate::messages::Message for $name {
            const TOPIC: &'static str = $topic;

            fn kind(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => stringify!($kind),)+
                }
            }

            fn schema(&self) -> i16 {
                match self {
                    $(Self::$kind(_) => $schema,)+
                }
            }

            fn key(&self) -> String {
                match self {
                    $(Self::$kind(payload) => payload.$key.to_string(),)+
                }
            }

            fn payload(&self) -> serde_json::Result<Box<serde_json::value::RawValue>> {
                match self {
                    $(Self::$kind(payload) => serde_json::value::to_raw_value(payload),)+
                }
            }

            fn parse(kind: &str, payload: &serde_json::value::RawValue) -> serde_json::Result<Option<Self>> {
                match kind {
                    $(stringify!($kind) => serde_json::from_str(payload.get()).map(Self::$kind).map(Some),)+
                    _ => Ok(None),
                }
            }
        }
    };
}

/// Published by `customer`.
pub mod customer;

/// Published by `company`.
pub mod company;

/// Published by `booking`, but for its commands.
pub mod booking;

/// Ordered by `booking`, answered by `payment`.
pub mod payment;

/// Published by `notification`.
pub mod notification;
