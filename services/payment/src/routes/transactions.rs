//! What the caller has paid, could not pay, and got back.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use contracts::http::payment::Transaction;
use contracts::ids::TransactionId;
use jiff::Timestamp;
use kit::caller::Caller;
use kit::extract::Query;
use kit::input::{Fields, Invalid, instant};
use kit::paging;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use crate::error::Error;
use crate::store::transactions;

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// How many lines; 50 unless given.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    pub(super) limit: Option<String>,
    /// From the `Link` of an earlier page.
    pub(super) cursor: Option<String>,
}

/// List the caller's transactions, newest first, failed attempts included.
#[utoipa::path(
    get,
    path = "/transactions",
    security(("bearer" = [])),
    params(Page),
    responses(
        (
            status = 200,
            description = "A page of the list",
            body = [Transaction],
            headers(("Link" = Option<String>, description = "The next page, with `rel=\"next\"`")),
        ),
        (status = 422, description = "`limit` or `cursor` is refused"),
    ),
)]
pub(super) async fn list_transactions(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<Page>,
) -> Result<Response, Error> {
    let mut fields = Fields::default();
    let limit = fields.take("limit", paging::limit(query.limit.as_deref()));
    let after = fields.take_given("cursor", query.cursor.as_deref().map(position));
    let refused = fields.refused();
    let (Some(limit), []) = (limit, refused.as_slice()) else { return Err(Error::Invalid(refused)) };
    let mut connection = app.pool.acquire().await?;
    let lines = transactions::list(&mut connection, caller.user_id, after, limit + 1).await?;
    Ok(paging::page(&uri, limit, lines, |last| (last.created_at, last.id), |line| line))
}

/// The line that `cursor` stands behind. Its time is read like a time of anybody's: who writes a cursor
/// himself could name one that the database does not know.
fn position(cursor: &str) -> Result<(Timestamp, TransactionId), Invalid> {
    let (created_at, id): (String, TransactionId) = paging::cursor(cursor)?;
    Ok((instant(&created_at)?, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_names_an_instant_that_the_database_knows() {
        let written =
            "WyIyMDI2LTAxLTMxVDA3OjAwOjAwLjEyMzQ1NloiLCIwMTkyMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEiXQ";
        let (created_at, id) = position(written).unwrap();
        assert_eq!(created_at.to_string(), "2026-01-31T07:00:00.123456Z");
        assert_eq!(id.to_string(), "01920000-0000-7000-8000-000000000001");
        // The year -9999; and an id that is none.
        for forged in [
            "WyItMDA5OTk5LTA2LTAxVDAwOjAwOjAwWiIsIjAxOTIwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSJd",
            "WyIyMDI2LTAxLTMxVDA3OjAwOjAwWiIsIngiXQ",
        ] {
            assert!(position(forged).is_err(), "{forged}");
        }
    }
}
