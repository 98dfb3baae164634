//! What can be booked.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use contracts::http::booking::{Offer, OfferDetail, ServiceSummary};
use contracts::ids::OfferId;
use kit::extract::{Json, Language, Path, Query};
use kit::paging;

use super::{App, turn, views};
use crate::domain::search::{AfterPrice, AfterStart, Filter, FilterQuery, Order, PageQuery, Search};
use crate::error::Error;
use crate::store::{self, offers, search};

/// Search the offers that can be booked now.
///
/// Only open ones in the future, of active companies.
#[utoipa::path(
    get,
    path = "/offers",
    params(FilterQuery, PageQuery),
    responses(
        (status = 200, description = "A page of offers; `Link` names the next", body = Vec<Offer>),
        (status = 422, description = "A filter is invalid; `errors` says which"),
    ),
)]
pub(super) async fn search_offers(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Language(locale): Language,
    Query(filter): Query<FilterQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Error> {
    let _turn = turn(&app.searches).await?;
    let mut connection = app.desk.pool.acquire().await?;
    let search = Search::parse(&filter, &page, store::now(&mut connection).await?)?;
    let found = search::find(&mut connection, &search).await?;
    let view = |row| views::offer(row, locale);
    Ok(match search.order {
        Order::ByStart(_) => {
            let after = |row: &offers::Offer| AfterStart { starts_at: row.starts_at, id: row.id };
            paging::page(&uri, search.limit, found, after, view)
        }
        Order::ByPrice(_) => {
            let after =
                |row: &offers::Offer| AfterPrice { price: row.price.0, starts_at: row.starts_at, id: row.id };
            paging::page(&uri, search.limit, found, after, view)
        }
    })
}

/// Count what a search finds, by service.
///
/// Takes the search's filters. A service of which nothing is found is left out.
#[utoipa::path(
    get,
    path = "/offers/summary",
    params(FilterQuery),
    responses(
        (status = 200, description = "Counts and first days, in the catalogue's order", body = Vec<ServiceSummary>),
        (status = 422, description = "A filter is invalid; `errors` says which"),
    ),
)]
pub(super) async fn summarize_offers(
    State(app): State<App>,
    Language(locale): Language,
    Query(query): Query<FilterQuery>,
) -> Result<Json<Vec<ServiceSummary>>, Error> {
    let _counting = turn(&app.summaries).await?;
    let _turn = turn(&app.searches).await?;
    let mut connection = app.desk.pool.acquire().await?;
    let filter = Filter::parse(&query, store::now(&mut connection).await?)?;
    let counted = search::count(&mut connection, &filter).await?;
    Ok(Json(counted.into_iter().map(|line| views::service_summary(line, locale)).collect()))
}

/// Read an offer, in whatever state it is, with its company's public part.
#[utoipa::path(
    get,
    path = "/offers/{id}",
    params(("id" = OfferId, Path)),
    responses(
        (status = 200, description = "The offer", body = OfferDetail),
        (status = 404, description = "There is no such offer"),
    ),
)]
pub(super) async fn get_offer(
    State(app): State<App>,
    Language(locale): Language,
    Path(id): Path<OfferId>,
) -> Result<Json<OfferDetail>, Error> {
    let mut connection = app.desk.pool.acquire().await?;
    let offer = offers::find(&mut connection, id).await?.ok_or(Error::NoOffer)?;
    Ok(Json(views::offer_detail(offer, locale)))
}
