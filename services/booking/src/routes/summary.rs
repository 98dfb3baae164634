//! What a company's week came to.

use axum::extract::State;
use contracts::http::booking::CompanySummary;
use contracts::ids::CompanyId;
use contracts::money::Currency;
use kit::caller::{Bearer, Caller};
use kit::extract::{Json, Path, Query};
use kit::input::Fields;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, turn};
use crate::domain::week::Week;
use crate::error::Error;
use crate::store::{self, companies, weeks};

/// The query of [`summarize_company`].
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SummaryQuery {
    /// ISO 8601, such as `2026-W49`; unless given, the week that it is where the company is.
    week: Option<String>,
}

/// Read what a company's week came to: visits, fill rate, revenue.
#[utoipa::path(
    get,
    path = "/company/{id}/summary",
    params(("id" = CompanyId, Path), SummaryQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The week's totals", body = CompanySummary),
        (status = 403, description = "The caller does not act for the company"),
        (status = 404, description = "There is no such company"),
        (status = 422, description = "`week` is no week"),
    ),
)]
pub(super) async fn summarize_company(
    State(app): State<App>,
    caller: Caller,
    token: Bearer,
    Path(company_id): Path<CompanyId>,
    Query(query): Query<SummaryQuery>,
) -> Result<Json<CompanySummary>, Error> {
    app.directory.require_member(company_id, caller.user_id, &token).await?;
    let mut fields = Fields::default();
    let given = fields.take_given("week", query.week.as_deref().map(Week::parse));
    let refused = fields.refused();
    if !refused.is_empty() {
        return Err(refused.into());
    }
    let _turn = turn(&app.lists).await?;
    let mut connection = app.desk.pool.acquire().await?;
    let zone = companies::time_zone(&mut connection, company_id).await?;
    let week = match given {
        Some(week) => week,
        None => Week::of(store::now(&mut connection).await?, &zone),
    };
    let (from, to) = week.bounds(&zone);
    let totals = weeks::totals(&mut connection, company_id, from, to).await?;
    Ok(Json(CompanySummary {
        week: week.to_string(),
        from,
        to,
        time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        offers: totals.offers,
        booked: totals.booked,
        fill_rate_percent: (totals.booked * 100).checked_div(totals.offers),
        visits: totals.visits,
        revenue: totals.revenue,
        currency: Currency::default(),
    }))
}
