//! How everything that concerns a person stands now.

use std::collections::HashSet;

use app::api::ApiError;
use app::gateway::Calls;
use app::live::BookingChange;
use bytes::Bytes;
use contracts::http::booking::{Booking, CompanyBooking};
use contracts::http::company::Company;
use contracts::ids::CompanyId;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::changes::frame;

/// The most that one call gives. Of more bookings the newest are told; whoever shows an older one asks for it when he
/// comes back.
const NEWEST: [(&str, &str); 1] = [("limit", "100")];

/// Calls under way at a time for one person.
const AT_ONCE: usize = 4;

/// The active companies that the viewer acts for.
///
/// # Errors
/// Those of the call.
pub async fn companies(calls: &Calls) -> Result<HashSet<CompanyId>, ApiError> {
    let companies: Vec<Company> = calls.get("/company/my").query(&NEWEST).read().await?;
    Ok(companies.into_iter().filter(|company| company.active).map(|company| company.id).collect())
}

/// The newest bookings of the viewer and of each of `companies`.
///
/// # Errors
/// Those of the calls.
pub async fn bookings(calls: &Calls, companies: &HashSet<CompanyId>) -> Result<Vec<Bytes>, ApiError> {
    let own = async {
        let bookings: Vec<Booking> = calls.get("/customer/bookings").query(&NEWEST).read().await?;
        frames(bookings.iter())
    };
    let of_companies = stream::iter(companies.clone())
        .map(|company| of_company(calls, company))
        .buffer_unordered(AT_ONCE)
        .try_concat();
    let (own, of_companies) = futures::try_join!(own, of_companies)?;
    Ok([own, of_companies].concat())
}

async fn of_company(calls: &Calls, company: CompanyId) -> Result<Vec<Bytes>, ApiError> {
    let bookings: Result<Vec<CompanyBooking>, ApiError> =
        calls.get(&format!("/company/{company}/bookings")).query(&NEWEST).read().await;
    match bookings {
        Ok(bookings) => frames(bookings.iter().map(|booking| &booking.booking)),
        // He became a member a moment ago, or is none any more: the news of that is on its way.
        Err(ApiError::Forbidden | ApiError::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn frames<'a>(bookings: impl Iterator<Item = &'a Booking>) -> Result<Vec<Bytes>, ApiError> {
    let frames = bookings.map(|booking| {
        let change = BookingChange {
            booking_id: booking.id.to_string(),
            company_id: booking.company_id.to_string(),
            status: booking.status.into(),
            revision: booking.revision,
        };
        // Two texts, a word and a number are always JSON.
        frame("booking", &change).map_err(|_| ApiError::unavailable(""))
    });
    frames.collect()
}
