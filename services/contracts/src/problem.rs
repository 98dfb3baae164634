//! RFC 9457 problem details, with the members that our clients read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of every answer with a status of 400 and above, as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// A name for the kind of problem; `about:blank` where the status says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    pub status: u16,
    /// One sentence for a person.
    pub detail: String,
    /// A stable name for programs, such as `insufficient_funds`.
    pub code: String,
    /// The path that was called.
    pub instance: String,
    /// What is wrong with which field; empty unless the input was invalid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// The id under which the logs tell the rest (32 hexadecimal digits).
    pub trace_id: String,
    /// The short sentence that older clients read.
    pub error: String,
}

/// One invalid field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field as the JSON body or the query names it.
    pub field: String,
    /// A stable name for programs, such as `too_long`.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
}
