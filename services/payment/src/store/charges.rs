//! `charges`: what became of the charge of each booking.

use std::collections::HashSet;

use contracts::ids::{BookingId, CompanyId, UserId};
use contracts::messages::payment::Order;
use contracts::money::{Currency, Money};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::charge::{Charge, State};

struct Row {
    booking_id: Uuid,
    user_id: Uuid,
    company_id: Uuid,
    amount: i64,
    currency: String,
    state: String,
    refund: Option<i64>,
}

impl TryFrom<Row> for Charge {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let impossible = |column: &str, what: &'static str| sqlx::Error::ColumnDecode {
            index: format!("charges.{column}"),
            source: what.into(),
        };
        let state = match (row.state.as_str(), row.refund) {
            ("charged", None) => State::Charged,
            ("declined", None) => State::Declined,
            ("voided", None) => State::Voided,
            ("refunded", Some(refund)) => State::Refunded { refund: Money(refund) },
            ("settled", None) => State::Settled,
            _ => return Err(impossible("state", "is no state with this refund")),
        };
        let currency =
            Currency::parse(&row.currency).ok_or_else(|| impossible("currency", "is no currency"))?;
        let order = Order {
            booking_id: BookingId(row.booking_id),
            user_id: UserId(row.user_id),
            company_id: CompanyId(row.company_id),
            amount: Money(row.amount),
            currency,
        };
        Ok(Self { order, state })
    }
}

/// The columns that say in which state a charge is.
fn columns(state: State) -> (&'static str, Option<i64>) {
    match state {
        State::Charged => ("charged", None),
        State::Declined => ("declined", None),
        State::Voided => ("voided", None),
        State::Refunded { refund } => ("refunded", Some(refund.0)),
        State::Settled => ("settled", None),
    }
}

/// The charge of a booking, locked: its commands are carried out one after the other.
pub async fn lock(connection: &mut PgConnection, booking_id: BookingId) -> sqlx::Result<Option<Charge>> {
    sqlx::query_as!(
        Row,
        "select booking_id, user_id, company_id, amount, currency, state, refund
         from charges
         where booking_id = $1
         for update",
        booking_id.0,
    )
    .fetch_optional(connection)
    .await?
    .map(Charge::try_from)
    .transpose()
}

/// Writes the first state of these charges, and tells for which of them: not for a booking that has one, also when that
/// is made at the same time. Then it waits for the other to be committed, or to be given up.
pub async fn insert(
    connection: &mut PgConnection,
    orders: &[&Order],
    state: State,
) -> sqlx::Result<HashSet<BookingId>> {
    if orders.is_empty() {
        return Ok(HashSet::new());
    }
    let booking_ids: Vec<Uuid> = orders.iter().map(|order| order.booking_id.0).collect();
    let user_ids: Vec<Uuid> = orders.iter().map(|order| order.user_id.0).collect();
    let company_ids: Vec<Uuid> = orders.iter().map(|order| order.company_id.0).collect();
    let amounts: Vec<i64> = orders.iter().map(|order| order.amount.0).collect();
    let currencies: Vec<String> = orders.iter().map(|order| order.currency.as_str().to_owned()).collect();
    let (state, refund) = columns(state);
    let inserted = sqlx::query_scalar!(
        "insert into charges (booking_id, user_id, company_id, amount, currency, state, refund)
         select booking_id, user_id, company_id, amount, currency, $6, $7
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[])
              as charge (booking_id, user_id, company_id, amount, currency)
         order by booking_id
         on conflict on constraint charges_once_a_booking do nothing
         returning booking_id",
        &booking_ids,
        &user_ids,
        &company_ids,
        &amounts,
        &currencies,
        state,
        refund,
    )
    .fetch_all(connection)
    .await?;
    Ok(inserted.into_iter().map(BookingId).collect())
}

/// The charge is there, and locked.
pub async fn set_state(
    connection: &mut PgConnection,
    booking_id: BookingId,
    state: State,
) -> sqlx::Result<()> {
    let (state, refund) = columns(state);
    sqlx::query!(
        "update charges
         set state = $2,
             refund = $3,
             updated_at = now()
         where booking_id = $1",
        booking_id.0,
        state,
        refund,
    )
    .execute(connection)
    .await?;
    Ok(())
}
