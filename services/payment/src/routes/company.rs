//! What a company has earned, for its members.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use contracts::http::company::Company;
use contracts::http::payment::{Balance, Transaction};
use contracts::ids::CompanyId;
use contracts::money::Currency;
use kit::caller::{Bearer, Caller};
use kit::extract::{Json, Path, Query};
use kit::input::Fields;
use kit::paging;

use super::App;
use super::transactions::Page;
use crate::domain::account::Owner;
use crate::error::Error;
use crate::store::earnings::{self, Earning};
use crate::store::ledger;

/// Read what the company has earned and not been paid out.
#[utoipa::path(
    get,
    path = "/balance",
    params(("id" = CompanyId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What the company's wallet holds", body = Balance),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn get_company_balance(
    State(app): State<App>,
    _caller: Caller,
    token: Bearer,
    Path(company_id): Path<CompanyId>,
) -> Result<Json<Balance>, Error> {
    require_member(&app, company_id, &token).await?;
    let mut connection = app.pool.acquire().await?;
    let balance = ledger::balance(&mut connection, Owner::Company(company_id)).await?;
    Ok(Json(Balance { balance, currency: Currency::default() }))
}

/// List the company's earnings, newest first.
///
/// `reason` is `settled`, or `refunded` for what it keeps of a cancelled booking.
#[utoipa::path(
    get,
    path = "/transactions",
    params(("id" = CompanyId, Path), Page),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of the list; `Link` names the next", body = [Transaction]),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "There is no such company"),
        (status = 422, description = "`limit` or `cursor` is refused"),
    ),
)]
pub(super) async fn list_company_transactions(
    State(app): State<App>,
    _caller: Caller,
    token: Bearer,
    OriginalUri(uri): OriginalUri,
    Path(company_id): Path<CompanyId>,
    Query(query): Query<Page>,
) -> Result<Response, Error> {
    require_member(&app, company_id, &token).await?;
    let mut fields = Fields::default();
    let limit = fields.take("limit", paging::limit(query.limit.as_deref()));
    let before = fields.take_given("cursor", query.cursor.as_deref().map(paging::cursor));
    let refused = fields.refused();
    let (Some(limit), []) = (limit, refused.as_slice()) else { return Err(Error::Invalid(refused)) };
    let mut connection = app.pool.acquire().await?;
    let found = earnings::list(&mut connection, company_id, before, limit + 1).await?;
    let line = |earning: Earning| earning.transaction;
    Ok(paging::page(&uri, limit, found, |last| last.entry_id, line))
}

/// The company service knows; it is asked with the caller's own token.
async fn require_member(app: &App, company_id: CompanyId, token: &Bearer) -> Result<(), Error> {
    let company: Option<Company> = app.company.get(&format!("/company/{company_id}"), token).await?;
    match company {
        None => Err(Error::NoCompany),
        Some(Company { role: None, .. }) => Err(Error::NotMember),
        Some(Company { role: Some(_), .. }) => Ok(()),
    }
}
