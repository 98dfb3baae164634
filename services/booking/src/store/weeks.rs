//! What a company's week came to, over `offers` and `bookings`.

use contracts::ids::CompanyId;
use contracts::money::Money;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// A span of time of one company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Not withdrawn.
    pub offers: i64,
    /// Those that somebody has.
    pub booked: i64,
    /// Paid, whatever came of them.
    pub visits: i64,
    pub revenue: Money,
}

/// Everything that begins from `from` on and before `to`.
///
/// # Errors
/// Those of the statement.
pub async fn totals(
    connection: &mut PgConnection,
    company_id: CompanyId,
    from: Timestamp,
    to: Timestamp,
) -> sqlx::Result<Totals> {
    let row = sqlx::query!(
        r#"select offers.count as "offers!", offers.booked as "booked!", visits.count as "visits!",
                  visits.revenue as "revenue!"
           from (
               select count(*), count(*) filter (where status = 'booked') as booked
               from offers
               where company_id = $1
                 and starts_at >= $2
                 and starts_at < $3
                 and status <> 'withdrawn'
           ) as offers
           cross join (
               select count(*) filter (where status in ('paid', 'completed', 'no_show')),
                      coalesce(sum(case when status = 'cancelled' then price - refund else price end)
                                   filter (where status in ('paid', 'completed', 'no_show')
                                                 or (status = 'cancelled' and refund is not null)),
                               0)::bigint as revenue
               from bookings
               where company_id = $1
                 and starts_at >= $2
                 and starts_at < $3
           ) as visits"#,
        company_id.0,
        from.to_sqlx() as _,
        to.to_sqlx() as _,
    )
    .fetch_one(connection)
    .await?;
    Ok(Totals { offers: row.offers, booked: row.booked, visits: row.visits, revenue: Money(row.revenue) })
}
