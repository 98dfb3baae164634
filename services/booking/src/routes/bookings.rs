//! A client's bookings: book, list, read.

use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use contracts::http::booking::{
    BookRequest, Booking, BookingDetail, BookingStatus, CancelRequest, CancellationQuote, MyOffer,
};
use contracts::ids::{BookingId, OfferId};
use contracts::locale::Locale;
use contracts::problem::FieldProblem;
use kit::caller::Caller;
use kit::extract::{IdempotencyKey, Json, Language, Path, Query};
use kit::input::{self, Fields, Invalid};
use kit::paging;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, views};
use crate::booking::Request;
use crate::domain::saga::State as Saga;
use crate::error::Error;
use crate::store::bookings::{self, AfterVisit, Before, Whose};
use crate::store::timeline;
use crate::wishes::Wish;

/// Book an offer.
///
/// Holds the offer, charges its price, and answers with the outcome, or after 2.5 s with where to ask for it.
/// With an `Idempotency-Key` the same request again is answered by the booking that it made.
#[utoipa::path(
    post,
    path = "/offer/{id}/book",
    params(("id" = OfferId, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = [])),
    request_body = Option<BookRequest>,
    responses(
        (status = 200, description = "The offer is the caller's, and paid", body = Booking),
        (status = 202, description = "Not decided yet; `Location` says where to ask", body = Booking),
        (status = 403, description = "The caller has not verified his e-mail (`email_not_verified`), where that is asked for"),
        (status = 404, description = "There is no such offer"),
        (status = 409, description = "The offer is not to be had, or not for this price"),
        (status = 422, description = "The charge failed (`insufficient_funds`), or the input is invalid"),
        (status = 429, description = "Too many undecided or failed bookings"),
    ),
)]
pub(super) async fn book_offer(
    State(app): State<App>,
    caller: Caller,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Language(locale): Language,
    Path(offer_id): Path<OfferId>,
    body: Option<Json<BookRequest>>,
) -> Result<Response, Error> {
    if app.needs_verified_email && !caller.email_verified {
        return Err(Error::EmailNotVerified);
    }
    let body = body.map(|Json(body)| body).unwrap_or_default();
    let expected_price = body.expected_price.as_ref().map(input::amount).transpose();
    let expected_price = expected_price.map_err(|invalid| vec![invalid.of("expected_price")])?;
    let request = Request { client_id: caller.user_id, offer_id, expected_price, idempotency_key };
    let booking = app.desk.book(&request).await?;
    match booking.state {
        Saga::Failed(reason) => Err(Error::Failed(reason)),
        Saga::Reserved | Saga::Voiding(_) => {
            let location = format!("/api/v1/customer/bookings/{}", booking.id);
            Ok(settled_or_not(booking, location, locale))
        }
        Saga::Paid | Saga::Refunding { .. } | Saga::Cancelled { .. } | Saga::Completed | Saga::NoShow => {
            Ok(Json(views::booking(booking, locale)).into_response())
        }
    }
}

/// The query of lists that have nothing to filter by.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// 1 to 100; 50 unless given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// From the `Link` of an earlier page.
    cursor: Option<String>,
}

/// List the offers that the caller holds or has bought.
///
/// Ordered by start; failed and cancelled bookings are in the list of bookings only.
#[utoipa::path(
    get,
    path = "/offers/my",
    params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of offers; `Link` names the next", body = Vec<MyOffer>),
        (status = 422, description = "The page is invalid; `errors` says how"),
    ),
)]
pub(super) async fn list_my_offers(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    Language(locale): Language,
    Query(query): Query<PageQuery>,
) -> Result<Response, Error> {
    let mut fields = Fields::default();
    let after: Option<AfterVisit> = fields.take_given("cursor", query.cursor.as_deref().map(paging::cursor));
    let limit = fields.take("limit", paging::limit(query.limit.as_deref()));
    let limit = complete(limit, fields)?;
    let mut connection = app.desk.pool.acquire().await?;
    let held = bookings::held_by(&mut connection, caller.user_id, after, limit).await?;
    let after = |row: &bookings::Booking| AfterVisit { starts_at: row.visit.starts_at, id: row.offer_id };
    Ok(paging::page(&uri, limit, held, after, |row| views::my_offer(row, locale)))
}

/// The query of [`list_bookings`].
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    #[param(value_type = Option<BookingStatus>)]
    status: Option<String>,
    /// 1 to 100; 50 unless given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// From the `Link` of an earlier page.
    cursor: Option<String>,
}

/// List the caller's bookings in every state, newest first.
#[utoipa::path(
    get,
    path = "/bookings",
    params(ListQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of bookings; `Link` names the next", body = Vec<Booking>),
        (status = 422, description = "A filter is invalid; `errors` says which"),
    ),
)]
pub(super) async fn list_bookings(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    Language(locale): Language,
    Query(query): Query<ListQuery>,
) -> Result<Response, Error> {
    let mut fields = Fields::default();
    let status = fields.take_given("status", query.status.as_deref().map(status));
    let before: Option<Before> = fields.take_given("cursor", query.cursor.as_deref().map(paging::cursor));
    let limit = fields.take("limit", paging::limit(query.limit.as_deref()));
    let limit = complete(limit, fields)?;
    let mut connection = app.desk.pool.acquire().await?;
    let found = bookings::of_client(&mut connection, caller.user_id, status, before, limit).await?;
    let before = |row: &bookings::Booking| Before { created_at: row.created_at, id: row.id };
    Ok(paging::page(&uri, limit, found, before, |row| views::booking(row, locale)))
}

/// Read one of the caller's bookings, with what happened to it.
#[utoipa::path(
    get,
    path = "/bookings/{id}",
    params(("id" = BookingId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The booking", body = BookingDetail),
        (status = 404, description = "The caller has no such booking"),
    ),
)]
pub(super) async fn get_booking(
    State(app): State<App>,
    caller: Caller,
    Language(locale): Language,
    Path(id): Path<BookingId>,
) -> Result<Json<BookingDetail>, Error> {
    let mut connection = app.desk.pool.acquire().await?;
    let booking = bookings::find(&mut connection, id, caller.user_id).await?.ok_or(Error::NoBooking)?;
    let timeline = timeline::of_booking(&mut connection, id).await?;
    let company = booking.company.clone();
    Ok(Json(BookingDetail {
        booking: views::booking(booking, locale),
        address: company.address,
        phone: company.phone,
        location: company.location,
        timeline,
    }))
}

/// Read what cancelling now would give back.
#[utoipa::path(
    get,
    path = "/bookings/{id}/cancellation",
    params(("id" = BookingId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What would be refunded", body = CancellationQuote),
        (status = 404, description = "The caller has no such booking"),
        (status = 409, description = "The booking cannot be cancelled any more"),
    ),
)]
pub(super) async fn quote_cancellation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BookingId>,
) -> Result<Json<CancellationQuote>, Error> {
    let mut connection = app.desk.pool.acquire().await?;
    let booking = bookings::find(&mut connection, id, caller.user_id).await?.ok_or(Error::NoBooking)?;
    drop(connection);
    Ok(Json(app.desk.quote(&booking).await?))
}

/// Cancel a booking before its visit begins.
///
/// The money goes back first; the same again is answered by what became of it.
#[utoipa::path(
    post,
    path = "/bookings/{id}/cancel",
    params(("id" = BookingId, Path)),
    security(("bearer" = [])),
    request_body = Option<CancelRequest>,
    responses(
        (status = 200, description = "Cancelled, and refunded", body = Booking),
        (status = 202, description = "The money is on its way; `Location` says where to ask", body = Booking),
        (status = 404, description = "The caller has no such booking"),
        (status = 409, description = "It cannot be cancelled any more, or not for that refund"),
    ),
)]
pub(super) async fn cancel_booking(
    State(app): State<App>,
    caller: Caller,
    Language(locale): Language,
    Path(id): Path<BookingId>,
    body: Option<Json<CancelRequest>>,
) -> Result<Response, Error> {
    let (wish, words) = parse_cancel(body)?;
    let whose = Whose::Client(caller.user_id);
    let booking = app.desk.fulfil(id, whose, wish, words.as_deref()).await?;
    let location = format!("/api/v1/customer/bookings/{id}");
    Ok(settled_or_not(booking, location, locale))
}

/// What a cancel says: the wish, and the person's words.
pub(super) fn parse_cancel(
    body: Option<Json<CancelRequest>>,
) -> Result<(Wish, Option<String>), Vec<FieldProblem>> {
    let body = body.map(|Json(body)| body).unwrap_or_default();
    let mut fields = Fields::default();
    let expected_refund =
        fields.take_given("expected_refund", body.expected_refund.as_ref().map(input::amount_from_zero));
    let words = fields.take_given("reason", body.reason.as_deref().map(|text| input::paragraphs(text, 500)));
    let refused = fields.refused();
    if refused.is_empty() { Ok((Wish::Cancel { expected_refund }, words.flatten())) } else { Err(refused) }
}

/// 200 with what has ended, 202 with what waits for the money.
pub(super) fn settled_or_not(booking: bookings::Booking, location: String, locale: Locale) -> Response {
    let waits = booking.state.waits_for_payment();
    let body = Json(views::booking(booking, locale));
    if !waits {
        return body.into_response();
    }
    let headers = [(header::LOCATION, location), (header::RETRY_AFTER, "1".to_owned())];
    (StatusCode::ACCEPTED, headers, body).into_response()
}

pub(super) fn complete(limit: Option<i64>, fields: Fields) -> Result<i64, Vec<FieldProblem>> {
    let refused = fields.refused();
    limit.filter(|_| refused.is_empty()).ok_or(refused)
}

pub(super) fn status(text: &str) -> Result<BookingStatus, Invalid> {
    BookingStatus::parse(text).ok_or(Invalid::new("unknown_status", "must be a status of a booking"))
}
