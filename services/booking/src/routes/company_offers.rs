//! A company's offers: publish, one or a whole plan, list, change, withdraw.

use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use contracts::http::booking::{NewOffer, NewOfferBatch, Offer, OfferBatch, OfferChange, OfferStatus};
use contracts::ids::{BatchId, CompanyId, OfferId, ServiceId};
use contracts::messages::booking::BookingEvent;
use contracts::problem::FieldProblem;
use kit::caller::{Bearer, Caller};
use kit::extract::{Json, Language, Path, Query};
use kit::input::{self, Fields, Invalid};
use kit::{database, outbox, paging};
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{App, PLAN_WITHIN, turn, turn_within, views};
use crate::batches;
use crate::domain::offer::{Change, Terms};
use crate::domain::plan::Plan;
use crate::domain::search::AfterStart;
use crate::error::Error;
use crate::store::offers::{self, Filter};
use crate::store::{self, companies};

/// Publish an offer.
#[utoipa::path(
    post,
    path = "",
    params(("id" = CompanyId, Path)),
    security(("bearer" = [])),
    request_body = NewOffer,
    responses(
        (status = 201, description = "The offer; `Location` says where it is", body = Offer),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "There is no such company"),
        (status = 409, description = "The company has another offer of this service and start"),
    ),
)]
pub(super) async fn publish_offer(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Language(locale): Language,
    Path(company_id): Path<CompanyId>,
    Json(body): Json<NewOffer>,
) -> Result<Response, Error> {
    app.directory.require_member(company_id, caller.user_id, &token).await?;
    let mut transaction = app.desk.pool.begin().await?;
    let terms = Terms::parse(&body, store::now(&mut transaction).await?)?;
    let id = OfferId(Uuid::now_v7());
    offers::insert(&mut transaction, id, company_id, &terms).await.map_err(refuse_same_start)?;
    let offer = tell(&mut transaction, id).await?;
    app.desk.outbox.commit(transaction).await?;
    let location = format!("/api/v1/offers/{id}");
    let body = Json(views::offer(offer, locale));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body).into_response())
}

/// Publish a week that repeats over a range of dates.
///
/// All of it in one transaction. What is in the way of a slot is listed, and the others are published all the same.
#[utoipa::path(
    post,
    path = "/batch",
    params(("id" = CompanyId, Path)),
    security(("bearer" = [])),
    request_body = NewOfferBatch,
    responses(
        (status = 200, description = "What would be published, of a dry run", body = OfferBatch),
        (status = 201, description = "What was published", body = OfferBatch),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn publish_offers(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Path(company_id): Path<CompanyId>,
    Json(body): Json<NewOfferBatch>,
) -> Result<Response, Error> {
    app.directory.require_member(company_id, caller.user_id, &token).await?;
    // What a plan would come to costs as much as a list.
    let _turn = match body.dry_run {
        Some(true) => turn(&app.lists).await?,
        Some(false) | None => turn_within(PLAN_WITHIN, &app.plans).await?,
    };
    let mut connection = app.desk.pool.acquire().await?;
    let now = store::now(&mut connection).await?;
    let plan = Plan::parse(&body, now)?;
    let slots = plan.slots(&companies::time_zone(&mut connection, company_id).await?, now);
    if body.dry_run == Some(true) {
        return Ok(Json(batches::preview(&mut connection, company_id, &plan, &slots).await?).into_response());
    }
    drop(connection);
    let published = batches::publish(&app.desk, company_id, &plan, &slots).await?;
    Ok((StatusCode::CREATED, Json(published)).into_response())
}

/// The query of [`list_offers`].
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    #[param(value_type = Option<OfferStatus>)]
    status: Option<String>,
    /// RFC 3339, inclusive.
    from: Option<String>,
    /// RFC 3339, inclusive.
    to: Option<String>,
    /// A service of the catalogue; a parent includes its children.
    #[param(value_type = Option<i16>)]
    service_id: Option<String>,
    /// Those that were published together.
    #[param(value_type = Option<BatchId>)]
    batch_id: Option<String>,
    /// 1 to 100; 50 unless given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// From the `Link` of an earlier page.
    cursor: Option<String>,
}

/// List the company's offers, in every state.
#[utoipa::path(
    get,
    path = "",
    params(("id" = CompanyId, Path), ListQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of offers; `Link` names the next", body = Vec<Offer>),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "There is no such company"),
        (status = 422, description = "A filter is invalid; `errors` says which"),
    ),
)]
pub(super) async fn list_offers(
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
    let found = offers::list(&mut connection, company_id, &filter, limit).await?;
    let after = |row: &offers::Offer| AfterStart { starts_at: row.starts_at, id: row.id };
    Ok(paging::page(&uri, limit, found, after, |row| views::offer(row, locale)))
}

/// Change an open offer; what is left out stays as it is.
#[utoipa::path(
    put,
    path = "/{offer}",
    params(("id" = CompanyId, Path), ("offer" = OfferId, Path)),
    security(("bearer" = [])),
    request_body = OfferChange,
    responses(
        (status = 200, description = "The offer as it now is", body = Offer),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "The company has no such offer"),
        (status = 409, description = "The offer is not open, or the company has another of this service and start"),
    ),
)]
pub(super) async fn change_offer(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Language(locale): Language,
    Path((company_id, id)): Path<(CompanyId, OfferId)>,
    Json(body): Json<OfferChange>,
) -> Result<Json<Offer>, Error> {
    app.directory.require_member(company_id, caller.user_id, &token).await?;
    let mut transaction = app.desk.pool.begin().await?;
    let change = Change::parse(&body, store::now(&mut transaction).await?)?;
    lock_open(&mut transaction, company_id, id).await?;
    let changed =
        offers::change(&mut transaction, id, company_id, &change).await.map_err(refuse_same_start)?;
    let offer = if changed { tell(&mut transaction, id).await? } else { find(&mut transaction, id).await? };
    app.desk.outbox.commit(transaction).await?;
    Ok(Json(views::offer(offer, locale)))
}

/// Take an open offer back.
#[utoipa::path(
    delete,
    path = "/{offer}",
    params(("id" = CompanyId, Path), ("offer" = OfferId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "The offer is withdrawn"),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "The company has no such offer"),
        (status = 409, description = "The offer is not open"),
    ),
)]
pub(super) async fn withdraw_offer(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Path((company_id, id)): Path<(CompanyId, OfferId)>,
) -> Result<StatusCode, Error> {
    app.directory.require_member(company_id, caller.user_id, &token).await?;
    let mut transaction = app.desk.pool.begin().await?;
    lock_open(&mut transaction, company_id, id).await?;
    offers::withdraw(&mut transaction, id, company_id).await?;
    tell(&mut transaction, id).await?;
    app.desk.outbox.commit(transaction).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn lock_open(connection: &mut PgConnection, company_id: CompanyId, id: OfferId) -> Result<(), Error> {
    match offers::lock(connection, id, company_id).await? {
        None => Err(Error::NoOffer),
        Some(OfferStatus::Open) => Ok(()),
        Some(OfferStatus::Reserved | OfferStatus::Booked | OfferStatus::Withdrawn | OfferStatus::Expired) => {
            Err(Error::NotOpen)
        }
    }
}

async fn find(connection: &mut PgConnection, id: OfferId) -> Result<offers::Offer, Error> {
    offers::find(connection, id).await?.ok_or(Error::NoOffer)
}

/// Tells the others how the offer now is.
async fn tell(connection: &mut PgConnection, id: OfferId) -> Result<offers::Offer, Error> {
    let offer = find(connection, id).await?;
    outbox::push(connection, &BookingEvent::OfferChanged(offer.event()), offer.revision).await?;
    Ok(offer)
}

fn refuse_same_start(error: sqlx::Error) -> Error {
    match database::constraint(&error) {
        Some("offers_once") => Error::SameStart,
        _ => error.into(),
    }
}

fn parse(query: &ListQuery) -> Result<(Filter, i64), Vec<FieldProblem>> {
    let mut fields = Fields::default();
    let filter = Filter {
        status: fields.take_given("status", query.status.as_deref().map(status)),
        from: fields.take_given("from", query.from.as_deref().map(input::instant_of_query)),
        to: fields.take_given("to", query.to.as_deref().map(input::instant_of_query)),
        service_id: fields.take_given("service_id", query.service_id.as_deref().map(service_id)),
        batch_id: fields.take_given("batch_id", query.batch_id.as_deref().map(batch_id)),
        after: fields.take_given("cursor", query.cursor.as_deref().map(paging::cursor)),
    };
    let limit = fields.take("limit", paging::limit(query.limit.as_deref()));
    let refused = fields.refused();
    match limit {
        Some(limit) if refused.is_empty() => Ok((filter, limit)),
        _ => Err(refused),
    }
}

fn status(text: &str) -> Result<OfferStatus, Invalid> {
    let detail = "must be open, reserved, booked, withdrawn or expired";
    OfferStatus::parse(text).ok_or(Invalid::new("unknown_status", detail))
}

fn service_id(text: &str) -> Result<ServiceId, Invalid> {
    let id = text.parse().ok().map(ServiceId);
    let known = id.filter(|id| crate::domain::catalogue::find(*id).is_some());
    known.ok_or(Invalid::new("unknown_service", "must be a service of the catalogue"))
}

fn batch_id(text: &str) -> Result<BatchId, Invalid> {
    text.parse().map_err(|_| Invalid::new("invalid_id", "must be the id of a batch"))
}
