//! SQL, one module per table.

/// Companies and who acts for them, as `company` told.
pub mod companies;

/// Clients, as `customer` told.
pub mod clients;

/// Offers.
pub mod offers;

/// Offers that can be booked now.
pub mod search;

/// Bookings.
pub mod bookings;

/// What a company's week came to.
pub mod weeks;

/// What happened to bookings.
pub mod timeline;

use jiff::Timestamp;
use sqlx::PgConnection;

/// The database's clock, which is the only one that decides.
///
/// # Errors
/// Those of the statement.
pub async fn now(connection: &mut PgConnection) -> sqlx::Result<Timestamp> {
    let now = sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(connection).await?;
    Ok(now.to_jiff())
}

/// A row that no code of ours has written.
fn impossible(column: &'static str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: "holds what it cannot hold".into() }
}
