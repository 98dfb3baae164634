//! How a company looks.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use contracts::http::company::Company;
use contracts::ids::CompanyId;
use kit::caller::Caller;
use kit::extract::{Json, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use crate::domain::logo::{LARGEST_BYTES, Logo};
use crate::error::Error;
use crate::logos;
use crate::store::logos as store;

/// Under the name of its hash an image never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "public, no-cache";

/// Give a company a logo.
///
/// PNG, JPEG or WebP, known by its content, at most 2 MiB. It is cut to a square of 512 by 512 pixels.
#[utoipa::path(
    post,
    path = "/company/{id}/logo",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 200, description = "The company, with the address of its logo", body = Company),
        (status = 400, description = "The file did not arrive whole"),
        (status = 403, description = "The caller is no member"),
        (status = 404, description = "There is no such company"),
        (status = 413, description = "The file is larger than 2 MiB"),
        (status = 415, description = "The file is neither PNG nor JPEG nor WebP"),
        (status = 422, description = "The image is broken, or has too many pixels"),
    ),
)]
pub(super) async fn put_logo(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
    request: Request,
) -> Result<Json<Company>, Error> {
    // Before a file is looked into at all.
    logos::require_member(&app.pool, caller.user_id, id).await?;
    let _turn = logos::turn(&app.images).await?;
    let file = Bytes::from_request(request, &()).await.map_err(|rejection| refuse(&rejection))?;
    let seen = logos::put(&app, caller.user_id, id, file).await?;
    Ok(Json(seen.into()))
}

fn refuse(rejection: &BytesRejection) -> Error {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { Error::FileTooLarge } else { Error::FileBroken }
}

/// The query of [`get_logo`].
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogoQuery {
    /// The hash in the address that the company names; with it the answer may be kept for ever.
    v: Option<String>,
}

/// Read a company's logo.
#[utoipa::path(
    get,
    path = "/company/{id}/logo",
    params(
        ("id" = CompanyId, Path, description = "The company"),
        LogoQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer"),
    ),
    responses(
        (status = 200, description = "The image", body = Vec<u8>, content_type = "image/png"),
        (status = 304, description = "It is the one that the caller has"),
        (status = 404, description = "There is no such company, or it has no logo"),
    ),
)]
pub(super) async fn get_logo(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    Query(query): Query<LogoQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let Logo { hash, png } = store::find(&mut *app.pool.acquire().await?, id).await?.ok_or(Error::NoLogo)?;
    let etag = format!("\"{hash}\"");
    let cache = if query.v.as_deref() == Some(hash.as_str()) { FOR_EVER } else { ASK_AGAIN };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "image/png")], png).into_response()
    };
    // A hash is hexadecimal.
    response.headers_mut().extend(HeaderValue::try_from(etag).ok().map(|etag| (header::ETAG, etag)));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// For the router: what the route may take.
pub(super) const BODY_LIMIT_BYTES: usize = LARGEST_BYTES;
