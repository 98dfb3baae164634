//! What the portal answers, over HTTP but without a browser.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod support;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN,
    REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Builder;
use axum::http::{Method, Request, Response, StatusCode};
use server::config::Site;
use server::routes::router;
use sqlx::PgPool;

use support::{PUBLIC_URL, Running, header, portal, text};

/// Nobody looks into it: the pages here are for anybody.
fn no_database() -> PgPool {
    PgPool::connect_lazy("postgres://nobody@127.0.0.1:1/nothing").unwrap()
}

fn start() -> Running {
    Running::start(no_database())
}

async fn choose(portal: &Running, request: Builder, form: &'static str) -> Response<Body> {
    let request = request.method(Method::POST).uri("/preferences").header(HOST, "booksvc.example");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    portal.send(request.body(Body::from(form)).unwrap()).await
}

#[tokio::test]
async fn the_home_page_speaks_the_language_asked_for() {
    let portal = start();
    for (accept_language, cookie, tag, words) in [
        ("en", "", "lang=\"en\"", "Book a time and watch it happen"),
        ("ru-RU,ru;q=0.9", "", "lang=\"ru\"", "Запишитесь и следите за каждым шагом"),
        ("ru", "lang=en", "lang=\"en\"", "Book a time and watch it happen"),
    ] {
        let request = Request::get("/").header(ACCEPT_LANGUAGE, accept_language).header(COOKIE, cookie);
        let response = portal.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let html = text(response).await;
        assert!(html.contains(tag), "{accept_language} {cookie}");
        assert!(html.contains(&format!("<title>{words} · BookSvc</title>")), "{accept_language} {cookie}");
    }
}

#[tokio::test]
async fn a_chosen_theme_is_there_from_the_first_byte() {
    let portal = start();
    for (cookie, attribute) in [
        ("theme=dark", Some("data-theme=\"dark\"")),
        ("theme=light", Some("data-theme=\"light\"")),
        ("", None),
    ] {
        let request = Request::get("/").header(COOKIE, cookie).body(Body::empty()).unwrap();
        let html = text(portal.send(request).await).await;
        let tag = &html[html.find("<html").unwrap()..html.find("<head").unwrap()];
        match attribute {
            Some(attribute) => assert!(tag.contains(attribute), "{cookie}: {tag}"),
            None => assert!(!tag.contains("data-theme"), "{cookie}: {tag}"),
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let portal = start();
    let foreign = Request::builder().header(ORIGIN, "https://evil.example");
    let answers = [
        portal.get("/").await,
        portal.get("/no/such/page").await,
        portal.get("/favicon.svg").await,
        portal.get("/pkg/booksvc.one.js").await,
        portal.get("/pkg/missing.js").await,
        choose(&portal, Request::builder(), "theme=dark").await,
        choose(&portal, foreign, "theme=dark").await,
    ];
    for answer in answers {
        let status = answer.status();
        let policy = header(&answer, CONTENT_SECURITY_POLICY).unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{status}: {policy}");
        assert_eq!(header(&answer, X_CONTENT_TYPE_OPTIONS), Some("nosniff"), "{status}");
        assert_eq!(header(&answer, REFERRER_POLICY), Some("same-origin"), "{status}");
        assert!(header(&answer, STRICT_TRANSPORT_SECURITY).is_some(), "{status}");
    }
}

#[tokio::test]
async fn every_script_of_a_page_carries_the_nonce_of_its_answer() {
    let portal = start();
    for path in ["/", "/no/such/page"] {
        let response = portal.get(path).await;
        let policy = header(&response, CONTENT_SECURITY_POLICY).unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
        let html = text(response).await;
        let scripts: Vec<&str> =
            html.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{path}: {script}");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_404_with_a_page() {
    let portal = start();
    for path in ["/no/such/page", "/index.html", "/hash.txt", "/..%2Fhash.txt", "/%00", "/preferences/x"] {
        let response = portal.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(text(response).await.contains("There is no such page"), "{path}");
    }
}

#[tokio::test]
async fn a_file_is_kept_for_ever_and_a_missing_one_not_at_all() {
    let portal = start();
    let file = portal.get("/pkg/booksvc.one.js").await;
    assert_eq!(header(&file, CACHE_CONTROL), Some("public, max-age=31536000, immutable"));
    for path in ["/pkg/booksvc.two.js", "/pkg/../hash.txt", "/pkg/%2e%2e/hash.txt"] {
        let missing = portal.get(path).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!header(&missing, CACHE_CONTROL).unwrap_or_default().contains("immutable"), "{path}");
    }
}

#[tokio::test]
async fn a_choice_is_remembered_and_leads_back_to_the_page() {
    let portal = start();
    for (form, cookie, location) in [
        ("theme=dark&return_to=%2Foffers%3Fq%3D1", "theme=dark; ", "/offers?q=1"),
        ("lang=ru&return_to=%2F", "lang=ru; ", "/"),
        ("lang=en", "lang=en; ", "/"),
        ("theme=system&return_to=%2F%2Fevil.example", "theme=system; ", "/"),
        ("theme=light&return_to=https%3A%2F%2Fevil.example", "theme=light; ", "/"),
    ] {
        let answer = choose(&portal, Request::builder().header(ORIGIN, PUBLIC_URL), form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{form}");
        assert!(header(&answer, SET_COOKIE).unwrap().starts_with(cookie), "{form}");
        assert_eq!(header(&answer, LOCATION), Some(location), "{form}");
    }
}

#[tokio::test]
async fn an_unknown_choice_is_refused() {
    let portal = start();
    for form in ["theme=purple", "lang=tlh", "theme=dark&theme=light"] {
        let answer = choose(&portal, Request::builder(), form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert_eq!(header(&answer, SET_COOKIE), None, "{form}");
    }
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let portal = start();
    let foreign = Request::builder().header(ORIGIN, "https://evil.example");
    let cross_site = Request::builder().header("sec-fetch-site", "cross-site");
    for request in [foreign, cross_site] {
        let answer = choose(&portal, request, "theme=dark").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(header(&answer, SET_COOKIE), None);
    }
}

#[tokio::test]
async fn without_a_built_site_the_portal_says_so() {
    let empty = tempfile::tempdir().unwrap();
    let settings = Site {
        site_root: empty.path().to_owned(),
        site_pkg_dir: "pkg".to_owned(),
        output_name: "booksvc".to_owned(),
        hash_file: None,
    };
    let error = router(&settings, portal(no_database())).unwrap_err();
    assert!(error.to_string().starts_with("the site is not built"), "{error}");
}

/// `end2end/functions.json` says who may call what; the whole-stack tests hold the portal against it.
#[tokio::test]
async fn every_server_function_is_in_the_table_of_who_may_call_it() {
    let _all_linked = start();
    let table = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/functions.json")).unwrap();
    let table: Vec<serde_json::Value> = serde_json::from_slice(&table).unwrap();
    let mut known: Vec<&str> = table.iter().map(|function| function["path"].as_str().unwrap()).collect();
    known.sort_unstable();
    let mut there: Vec<&str> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _method)| path).collect();
    there.sort_unstable();
    assert_eq!(known, there);
}
