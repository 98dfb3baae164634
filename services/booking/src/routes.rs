//! Every URL of the service.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use kit::caller::Verifier;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::booking::Desk;
use crate::directory::Directory;
use crate::error::Error;

/// The catalogue.
mod catalogue;

/// A company's offers.
mod company_offers;

/// What can be booked.
mod offers;

/// What a company's week came to.
mod summary;

/// A client's bookings.
mod bookings;

/// A company's bookings.
mod company_bookings;

/// How rows look to clients.
mod views;

#[derive(OpenApi)]
#[openapi(info(
    title = "booking",
    description = "The service catalogue, offers, bookings and the booking saga."
))]
struct Document;

/// What every call works with.
#[derive(Clone)]
pub struct App {
    pub desk: Desk,
    pub directory: Directory,
    pub verifier: Verifier,
    /// Whether only who has verified his e-mail may book.
    pub needs_verified_email: bool,
    /// Who searches needs one: a crowd of visitors must leave connections to those who book.
    pub searches: Arc<Semaphore>,
    /// And who counts what a search finds one of these: that looks at all of it.
    pub summaries: Arc<Semaphore>,
    /// Who acts for a company needs one for its lists and totals: one company must leave connections to all others.
    pub lists: Arc<Semaphore>,
    /// And one of these for a plan, which takes seconds.
    pub plans: Arc<Semaphore>,
}

/// Searches at once, of the 16 connections that requests share.
pub const SEARCHES_AT_ONCE: usize = 8;

/// Of these so many count.
pub const SUMMARIES_AT_ONCE: usize = 2;

/// A company's lists and totals at once.
pub const LISTS_AT_ONCE: usize = 4;

/// Plans at once.
pub const PLANS_AT_ONCE: usize = 2;

// Those who book find a connection, whatever all the others do.
const _: () = assert!(SEARCHES_AT_ONCE + LISTS_AT_ONCE + PLANS_AT_ONCE < 16);

/// How long a call waits for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(1);

/// The same for a plan, which takes seconds itself; the gateway waits for 15.
const PLAN_WITHIN: Duration = Duration::from_secs(8);

/// Waits for a place among those who do `what`, but not for long.
async fn turn(what: &Semaphore) -> Result<SemaphorePermit<'_>, Error> {
    turn_within(TURN_WITHIN, what).await
}

async fn turn_within(time: Duration, what: &Semaphore) -> Result<SemaphorePermit<'_>, Error> {
    let turn = tokio::time::timeout(time, what.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or(Error::Busy)
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// All calls, and the document that describes them.
pub fn router(app: App) -> Router {
    kit::http::api(calls().with_state(app))
}

/// The table at the end of this file shows each with its method and whether it needs a token.
fn calls() -> OpenApiRouter<App> {
    let company = OpenApiRouter::new()
        .routes(routes!(company_offers::publish_offer, company_offers::list_offers))
        .routes(routes!(company_offers::publish_offers))
        .routes(routes!(company_offers::change_offer, company_offers::withdraw_offer));
    let company_bookings = OpenApiRouter::new()
        .routes(routes!(company_bookings::list_company_bookings))
        .routes(routes!(company_bookings::get_company_booking))
        .routes(routes!(company_bookings::cancel_company_booking))
        .routes(routes!(company_bookings::complete_booking))
        .routes(routes!(company_bookings::mark_no_show));
    let customer = OpenApiRouter::new()
        .routes(routes!(offers::search_offers))
        .routes(routes!(offers::summarize_offers))
        .routes(routes!(bookings::book_offer))
        .routes(routes!(bookings::list_my_offers))
        .routes(routes!(bookings::list_bookings))
        .routes(routes!(bookings::get_booking))
        .routes(routes!(bookings::quote_cancellation))
        .routes(routes!(bookings::cancel_booking));
    let others = OpenApiRouter::new()
        .routes(routes!(catalogue::list_services))
        .routes(routes!(offers::get_offer))
        .routes(routes!(summary::summarize_company));
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1/company/{id}/offers", company)
        .nest("/api/v1/company/{id}/bookings", company_bookings)
        .nest("/api/v1/customer", customer)
        .nest("/api/v1", others)
}

#[cfg(test)]
mod tests {
    use kit::document::check::{self, Call};

    use super::*;

    const CALLS: &[Call] = &[
        ("get", "/api/v1/booking/services", "open"),
        ("get", "/api/v1/company/{id}/bookings", "token"),
        ("get", "/api/v1/company/{id}/bookings/{booking}", "token"),
        ("post", "/api/v1/company/{id}/bookings/{booking}/cancel", "token"),
        ("post", "/api/v1/company/{id}/bookings/{booking}/complete", "token"),
        ("post", "/api/v1/company/{id}/bookings/{booking}/no-show", "token"),
        ("get", "/api/v1/company/{id}/offers", "token"),
        ("post", "/api/v1/company/{id}/offers", "token"),
        ("post", "/api/v1/company/{id}/offers/batch", "token"),
        ("put", "/api/v1/company/{id}/offers/{offer}", "token"),
        ("delete", "/api/v1/company/{id}/offers/{offer}", "token"),
        ("get", "/api/v1/company/{id}/summary", "token"),
        ("get", "/api/v1/customer/bookings", "token"),
        ("get", "/api/v1/customer/bookings/{id}", "token"),
        ("post", "/api/v1/customer/bookings/{id}/cancel", "token"),
        ("get", "/api/v1/customer/bookings/{id}/cancellation", "token"),
        ("post", "/api/v1/customer/offer/{id}/book", "token"),
        ("get", "/api/v1/customer/offers", "open"),
        ("get", "/api/v1/customer/offers/my", "token"),
        ("get", "/api/v1/customer/offers/summary", "open"),
        ("get", "/api/v1/offers/{id}", "open"),
    ];

    #[test]
    fn the_urls_are_those_of_the_contract() {
        check::assert_calls(calls(), CALLS);
    }

    #[tokio::test]
    async fn who_gets_no_turn_in_time_is_told_to_come_back_and_the_next_one_gets_it() {
        let places = Semaphore::new(1);
        let first = turn(&places).await;
        assert!(first.is_ok());
        assert!(matches!(turn(&places).await, Err(Error::Busy)));
        drop(first);
        assert!(turn(&places).await.is_ok());
    }

    #[test]
    fn every_call_has_a_name_of_its_own_and_describes_its_refusals() {
        check::assert_names_and_refusals(calls());
    }
}
