//! A company's bookings: list, read, cancel, complete, no-show.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use contracts::http::booking::{Booking, BookingStatus, CancelRequest, CompanyBooking, CompanyBookingDetail};
use contracts::ids::{BookingId, CompanyId};
use contracts::locale::Locale;
use contracts::problem::FieldProblem;
use kit::caller::{Bearer, Caller};
use kit::extract::{Json, Language, Path, Query};
use kit::input::{self, Fields};
use kit::paging;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bookings::{complete, parse_cancel, settled_or_not, status};
use super::{App, turn, views};
use crate::error::Error;
use crate::store::bookings::{self, Before, Filter, Whose};
use crate::store::timeline;
use crate::wishes::Wish;

/// The query of [`list_company_bookings`].
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    #[param(value_type = Option<BookingStatus>)]
    status: Option<String>,
    /// When the visit begins: RFC 3339, inclusive.
    from: Option<String>,
    /// When the visit begins: RFC 3339, inclusive.
    to: Option<String>,
    /// A part of the client's name, e-mail or phone.
    q: Option<String>,
    /// 1 to 100; 50 unless given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// From the `Link` of an earlier page.
    cursor: Option<String>,
}

/// List the company's bookings with their clients, newest first.
#[utoipa::path(
    get,
    path = "",
    params(("id" = CompanyId, Path), ListQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of bookings; `Link` names the next", body = Vec<CompanyBooking>),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "There is no such company"),
        (status = 422, description = "A filter is invalid; `errors` says which"),
    ),
)]
pub(super) async fn list_company_bookings(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    OriginalUri(uri): OriginalUri,
    Language(locale): Language,
    Path(company_id): Path<CompanyId>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Error> {
    app.directory.require_member(company_id, caller.user_id, &token).await?;
    let (filter, limit) = parse(&query)?;
    let _turn = turn(&app.lists).await?;
    let mut connection = app.desk.pool.acquire().await?;
    let found = bookings::of_company(&mut connection, company_id, &filter, limit).await?;
    let before = |(row, _): &(bookings::Booking, _)| Before { created_at: row.created_at, id: row.id };
    Ok(paging::page(&uri, limit, found, before, |row| views::company_booking(row, locale)))
}

/// Read one of the company's bookings, with its client and what happened to it.
#[utoipa::path(
    get,
    path = "/{booking}",
    params(("id" = CompanyId, Path), ("booking" = BookingId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The booking", body = CompanyBookingDetail),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "The company has no such booking"),
    ),
)]
pub(super) async fn get_company_booking(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Language(locale): Language,
    Path((company_id, id)): Path<(CompanyId, BookingId)>,
) -> Result<Json<CompanyBookingDetail>, Error> {
    app.directory.require_member(company_id, caller.user_id, &token).await?;
    let mut connection = app.desk.pool.acquire().await?;
    let filter = Filter { id: Some(id), ..Filter::default() };
    let mut found = bookings::of_company(&mut connection, company_id, &filter, 1).await?;
    let booking = found.pop().ok_or(Error::NoBooking)?;
    let timeline = timeline::of_booking(&mut connection, id).await?;
    Ok(Json(CompanyBookingDetail { booking: views::company_booking(booking, locale), timeline }))
}

/// Cancel a booking before its visit begins; the client gets everything back.
#[utoipa::path(
    post,
    path = "/{booking}/cancel",
    params(("id" = CompanyId, Path), ("booking" = BookingId, Path)),
    security(("bearer" = [])),
    request_body = Option<CancelRequest>,
    responses(
        (status = 200, description = "Cancelled, and refunded", body = Booking),
        (status = 202, description = "The money is on its way; `Location` says where to ask", body = Booking),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "The company has no such booking"),
        (status = 409, description = "It cannot be cancelled any more"),
    ),
)]
pub(super) async fn cancel_company_booking(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Language(locale): Language,
    Path(ids): Path<(CompanyId, BookingId)>,
    body: Option<Json<CancelRequest>>,
) -> Result<Response, Error> {
    let (wish, words) = parse_cancel(body)?;
    fulfil(&app, &caller, &token, ids, wish, words.as_deref(), locale).await
}

/// Say that the visit took place; the money is the company's.
#[utoipa::path(
    post,
    path = "/{booking}/complete",
    params(("id" = CompanyId, Path), ("booking" = BookingId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The booking is completed", body = Booking),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "The company has no such booking"),
        (status = 409, description = "The visit has not begun, or the booking has ended in another way"),
    ),
)]
pub(super) async fn complete_booking(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Language(locale): Language,
    Path(ids): Path<(CompanyId, BookingId)>,
) -> Result<Response, Error> {
    fulfil(&app, &caller, &token, ids, Wish::Complete, None, locale).await
}

/// Say that the client did not come; the money is the company's.
#[utoipa::path(
    post,
    path = "/{booking}/no-show",
    params(("id" = CompanyId, Path), ("booking" = BookingId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The booking is a no-show", body = Booking),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "The company has no such booking"),
        (status = 409, description = "The visit has not begun, or the booking has ended in another way"),
    ),
)]
pub(super) async fn mark_no_show(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Language(locale): Language,
    Path(ids): Path<(CompanyId, BookingId)>,
) -> Result<Response, Error> {
    fulfil(&app, &caller, &token, ids, Wish::NoShow, None, locale).await
}

async fn fulfil(
    app: &App,
    caller: &Caller,
    token: &Bearer,
    (company_id, id): (CompanyId, BookingId),
    wish: Wish,
    words: Option<&str>,
    locale: Locale,
) -> Result<Response, Error> {
    app.directory.require_member(company_id, caller.user_id, token).await?;
    let booking = app.desk.fulfil(id, Whose::Company(company_id), wish, words).await?;
    let location = format!("/api/v1/company/{company_id}/bookings/{id}");
    Ok(settled_or_not(booking, location, locale))
}

fn parse(query: &ListQuery) -> Result<(Filter, i64), Vec<FieldProblem>> {
    let mut fields = Fields::default();
    let text = query.q.as_deref().map(|text| input::paragraphs(text, 100));
    let filter = Filter {
        id: None,
        status: fields.take_given("status", query.status.as_deref().map(status)),
        from: fields.take_given("from", query.from.as_deref().map(input::instant_of_query)),
        to: fields.take_given("to", query.to.as_deref().map(input::instant_of_query)),
        text: fields.take_given("q", text).flatten(),
        before: fields.take_given("cursor", query.cursor.as_deref().map(paging::cursor)),
    };
    let limit = fields.take("limit", paging::limit(query.limit.as_deref()));
    let limit = complete(limit, fields)?;
    Ok((filter, limit))
}
