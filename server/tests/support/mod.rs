//! A portal without anything around it but a database.

use app::gateway::Gateway;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::AsHeaderName;
use axum::http::{Request, Response};
use kit::caller::Verifier;
use kit::config::Auth;
use kit::seal::Seal;
use server::accounts::Accounts;
use server::attempts::Attempts;
use server::config::{SignIn, Site};
use server::form_answers::FormAnswers;
use server::live::hub::Hub;
use server::live::{Live, Settings};
use server::portal::Portal;
use server::routes::router;
use server::sessions::Sessions;
use sqlx::PgPool;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub const PUBLIC_URL: &str = "https://booksvc.example";

/// Nothing listens there.
pub const ISSUER: &str = "http://127.0.0.1:1/realms/booksvc";

/// A portal over a site with one file of each kind.
pub struct Running {
    router: Router,
    _site: TempDir,
}

impl Running {
    pub fn start(pool: PgPool) -> Self {
        let site = tempfile::tempdir().unwrap();
        let root = site.path();
        std::fs::create_dir(root.join("pkg")).unwrap();
        std::fs::write(root.join("hash.txt"), "js: one\nwasm: two\ncss: three\n").unwrap();
        std::fs::write(root.join("pkg/booksvc.one.js"), "// script").unwrap();
        std::fs::write(root.join("favicon.svg"), "<svg/>").unwrap();
        let settings = Site {
            site_root: root.to_owned(),
            site_pkg_dir: "pkg".to_owned(),
            output_name: "booksvc".to_owned(),
            hash_file: None,
        };
        Self { router: router(&settings, portal(pool)).unwrap(), _site: site }
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response<Body> {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }
}

/// Neither the account server nor the gateway is there.
pub fn portal(pool: PgPool) -> Portal {
    let auth =
        Auth { auth_issuer: ISSUER.to_owned(), auth_audience: "booksvc".to_owned(), auth_jwks_url: None };
    let sign_in = SignIn {
        portal_client_id: "booksvc-portal".to_owned(),
        portal_client_secret: "secret".to_owned(),
        portal_session_key: "5a".repeat(32),
        auth_token_url: None,
    };
    let public_url = PUBLIC_URL.parse().unwrap();
    let accounts = Accounts::new(&sign_in, ISSUER, &public_url, Verifier::new(&auth).unwrap()).unwrap();
    let seal: Seal = sign_in.portal_session_key.parse().unwrap();
    Portal {
        public_url,
        gateway: Gateway::new("http://127.0.0.1:1").unwrap(),
        attempts: Attempts::new(pool.clone(), seal.clone()),
        form_answers: FormAnswers::new(pool.clone(), seal.clone()),
        sessions: Sessions::new(pool.clone(), pool, seal, accounts.clone()),
        accounts,
        live: no_news(),
        trusted_proxies: 0,
    }
}

/// Streams without a feed behind them.
fn no_news() -> Live {
    let settings = Settings { live_streams_per_address: 2 };
    Live::new(Hub::default(), &settings, PUBLIC_URL.parse().unwrap(), CancellationToken::new())
}

pub async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

pub fn header(response: &Response<Body>, name: impl AsHeaderName) -> Option<&str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}
