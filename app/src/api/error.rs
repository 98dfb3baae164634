use leptos::prelude::*;
use leptos::server_fn::error::ServerFnErrorErr;
use serde::{Deserialize, Serialize};

use super::protocol::{JsonText, refusal};

/// Why a server function has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// There is no session, or not any more.
    SignedOut,
    /// It is not this person's to do.
    Forbidden,
    /// It is not there, or not this person's to see.
    NotFound,
    /// It was understood and cannot be done.
    Refused(Refusal),
    /// Nothing is known of what happened: a part of the system was away or too slow.
    Unavailable {
        /// Under which the logs tell more; empty when the request did not even reach us.
        trace_id: String,
        /// As [`Refusal::input`]: the form must be sent again as it was.
        input: Vec<(String, String)>,
    },
}

/// What a service says of a request that it refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable name, such as `insufficient_funds`.
    pub code: String,
    /// In the viewer's language where we know the code.
    pub message: String,
    pub fields: Vec<FieldError>,
    /// What was typed, by the names of the form's fields: a form that was sent without JavaScript shows it again.
    pub input: Vec<(String, String)>,
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl ApiError {
    /// The stable name of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            ApiError::Refused(refusal) => Some(&refusal.code),
            _ => None,
        }
    }

    /// What is wrong with this field.
    pub fn field(&self, name: &str) -> Option<&str> {
        match self {
            ApiError::Refused(refusal) => {
                refusal.fields.iter().find(|field| field.field == name).map(|field| field.message.as_str())
            }
            _ => None,
        }
    }

    /// Nothing is known of what happened.
    pub fn unavailable(trace_id: &str) -> Self {
        ApiError::Unavailable { trace_id: trace_id.to_owned(), input: Vec::new() }
    }

    /// What was typed into this field.
    pub fn input(&self, name: &str) -> Option<&str> {
        match self {
            ApiError::Refused(Refusal { input, .. }) | ApiError::Unavailable { input, .. } => {
                input.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
            }
            _ => None,
        }
    }

    /// Remembers what was typed, for a form that was sent without JavaScript.
    pub fn with_input(mut self, input: &[(&str, &str)]) -> Self {
        if let ApiError::Refused(Refusal { input: kept, .. }) | ApiError::Unavailable { input: kept, .. } =
            &mut self
        {
            *kept = input.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        }
        self
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        if let Some(refusal) = refusal(&error) {
            return refusal;
        }
        match error {
            // Only a form or a program that is not ours leaves out an argument or sends a wrong one.
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => {
                ApiError::Refused(Refusal {
                    code: "invalid".to_owned(),
                    message: detail,
                    ..Refusal::default()
                })
            }
            _ => ApiError::unavailable(""),
        }
    }
}
