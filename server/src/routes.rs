use std::sync::{Arc, LazyLock};

use anyhow::{Context as _, ensure};
use app::App;
use app::document::document;
use app::preferences::PREFERENCES_PATH;
use app::viewer::{SIGN_IN_PATH, SIGN_OUT_PATH, SIGN_UP_PATH};
use axum::Router;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list, render_app_async_with_context};
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::services::{ServeDir, ServeFile};

use crate::accounts::CALLBACK_PATH;
use crate::config::Site;
use crate::portal::Portal;
use crate::{answers, auth, form_answers, guard, live, preferences, request, security, sessions};

/// Every address of the portal; those of the pages come from `app::routes`.
///
/// # Errors
/// When the site was not built.
pub fn router(site: &Site, portal: Portal) -> anyhow::Result<Router> {
    let options = leptos_options(site)?;
    let files =
        ServeDir::new(site.site_root.join(&site.site_pkg_dir)).precompressed_br().precompressed_gzip();
    let icon = ServeFile::new(site.site_root.join("favicon.svg"));

    let shell = {
        let options = options.clone();
        move || document(options.clone())
    };
    let provide = {
        let accounts: Arc<str> = portal.accounts.origin().into();
        move || request::provide(&accounts)
    };
    let pages = Router::new()
        .leptos_routes_with_context(&options, page_routes(), provide.clone(), shell.clone())
        .fallback(render_app_async_with_context(provide, shell))
        .layer(map_response(answers::answer))
        .layer(CompressionLayer::new())
        .layer(from_fn(guard::require_session))
        .merge(live::routes(portal.live.clone()))
        .layer(from_fn_with_state(portal.clone(), form_answers::carry))
        .layer(from_fn_with_state(portal.clone(), request::identify))
        .layer(map_response(page_cache));
    let signing_in = Router::new()
        .route(SIGN_IN_PATH, get(auth::sign_in))
        .route(SIGN_UP_PATH, get(auth::sign_up))
        .route(CALLBACK_PATH, get(auth::callback))
        .route(SIGN_OUT_PATH, post(auth::sign_out))
        .layer(map_response(auth::kept_by_nobody))
        .with_state(portal.clone());
    let with_session = pages
        .merge(signing_in)
        .layer(portal.sessions.layer())
        .layer(map_response(sessions::complete_removal));

    Ok(Router::new()
        .route(PREFERENCES_PATH, post(preferences::choose))
        .nest_service(
            &format!("/{}", site.site_pkg_dir),
            Router::new().fallback_service(files).layer(map_response(file_cache)),
        )
        .route_service("/favicon.svg", icon)
        .merge(with_session)
        .layer(CsrfLayer::new().add_trusted_origin(portal.public_url.origin())?)
        .layer(from_fn_with_state(portal.public_url, security::headers))
        .with_state(options))
}

/// The addresses of `app::routes`.
///
/// Made once: while the list is being made, no resource of the whole process loads (a flag of `leptos_server`), and
/// a page that is rendered meanwhile, as tests do, would wait for ever.
fn page_routes() -> Vec<AxumRouteListing> {
    static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));
    PAGES.clone()
}

fn leptos_options(site: &Site) -> anyhow::Result<LeptosOptions> {
    // Joined to the folder of the executable later on, which only an absolute path survives.
    let hash_file = std::path::absolute(site.hash_file()).context("find the list of hashes")?;
    ensure!(hash_file.is_file(), "the site is not built: there is no {}", hash_file.display());
    let text = |path: &std::path::Path| -> Arc<str> { path.to_string_lossy().into() };
    Ok(LeptosOptions::builder()
        .output_name(site.output_name.as_str())
        .site_root(text(&site.site_root))
        .site_pkg_dir(site.site_pkg_dir.as_str())
        .hash_file(text(&hash_file))
        .hash_files(true)
        .build())
}

/// A page depends on cookies and carries a nonce: nobody may keep it for somebody else.
async fn page_cache(mut response: Response) -> Response {
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// The name of a file changes with its content, so what is there never changes; what is not there may come.
async fn file_cache(mut response: Response) -> Response {
    if response.status().is_success() {
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(CACHE_CONTROL, forever);
    }
    response
}
