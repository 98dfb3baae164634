//! Whose tokens count, against an issuer on loopback that signs with keys of its own.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto, get_current_timestamp};
use kit::caller::{COOL_DOWN, Error, Verifier};
use kit::config::Auth;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, RsaPrivateKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const AUDIENCE: &str = "booksvc";
const PERSON: &str = "01900000-0000-7000-8000-000000000000";

/// An account server that knows nothing but its keys.
struct Issuer {
    url: String,
    shown: Arc<Shown>,
}

#[derive(Default)]
struct Shown {
    keys: Mutex<Vec<Value>>,
    asked: AtomicUsize,
    away: AtomicBool,
}

impl Issuer {
    /// Shows `key` under the id `first`.
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shown = Arc::new(Shown::default());
        let certs = {
            let shown = shown.clone();
            get(async move || shown.answer())
        };
        let routes = Router::new().route("/protocol/openid-connect/certs", certs);
        tokio::spawn(async { axum::serve(listener, routes).await });
        let issuer = Self { url, shown };
        issuer.show(&[("first", key())]);
        Ok(issuer)
    }

    fn show(&self, keys: &[(&str, &RsaPrivateKey)]) {
        *self.shown.keys.lock().unwrap_or_else(PoisonError::into_inner) =
            keys.iter().map(|(kid, key)| jwk(kid, key)).collect();
    }

    fn away(&self, away: bool) {
        self.shown.away.store(away, Ordering::Relaxed);
    }

    fn asked(&self) -> usize {
        self.shown.asked.load(Ordering::Relaxed)
    }

    fn verifier(&self) -> anyhow::Result<Verifier> {
        Ok(Verifier::new(&Auth {
            auth_issuer: self.url.clone(),
            auth_audience: AUDIENCE.to_owned(),
            auth_jwks_url: None,
        })?)
    }

    /// What a good access token says.
    fn claims(&self) -> Value {
        let now = get_current_timestamp();
        json!({
            "iss": self.url, "aud": AUDIENCE, "sub": PERSON, "typ": "Bearer", "iat": now, "exp": now + 300,
            "email": "Anna@Example.com", "given_name": "Анна", "family_name": "Смирнова", "locale": "ru",
        })
    }

    fn token(&self) -> String {
        sign(&header("first"), &self.claims(), key())
    }
}

impl Shown {
    fn answer(&self) -> Response {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.away.load(Ordering::Relaxed) {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        axum::Json(json!({ "keys": *self.keys.lock().unwrap_or_else(PoisonError::into_inner) }))
            .into_response()
    }
}

fn key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut OsRng, 2048).expect("2048 bits are a size that RSA can have"))
}

fn other_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut OsRng, 2048).expect("2048 bits are a size that RSA can have"))
}

/// Shorter than RS256 asks for: <https://www.rfc-editor.org/rfc/rfc7518#section-3.3>.
fn short_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut OsRng, 1024).expect("1024 bits are a size that RSA can have"))
}

fn jwk(kid: &str, key: &RsaPrivateKey) -> Value {
    let number = |number: &BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
    json!({ "kid": kid, "kty": "RSA", "use": "sig", "alg": "RS256", "n": number(key.n()), "e": number(key.e()) })
}

fn header(kid: &str) -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": kid })
}

fn sign(header: &Value, claims: &Value, key: &RsaPrivateKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_rsa_der(key.to_pkcs1_der().expect("an RSA key has this form").as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::RS256).expect("an RSA key signs");
    format!("{message}.{signature}")
}

#[tokio::test]
async fn a_good_token_says_who_calls() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let caller = issuer.verifier()?.verify(&issuer.token()).await?;
    assert_eq!(caller.user_id.to_string(), PERSON);
    assert_eq!(caller.email, "anna@example.com");
    assert_eq!((caller.first_name.as_str(), caller.last_name.as_str()), ("Анна", "Смирнова"));
    assert_eq!(caller.locale.as_deref(), Some("ru"));
    Ok(())
}

#[tokio::test]
async fn of_what_the_issuer_signed_only_a_current_access_token_for_us_counts() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    let now = get_current_timestamp();
    let cases: [(&str, Value, bool); 19] = [
        ("nothing changed", json!({}), true),
        ("expired within the leeway", json!({ "exp": now - 20 }), true),
        ("expired beyond the leeway", json!({ "exp": now - 40 }), false),
        ("expired long ago", json!({ "exp": 1 }), false),
        ("no expiry", json!({ "exp": null }), false),
        ("valid within the leeway", json!({ "nbf": now + 20 }), true),
        ("not yet valid", json!({ "nbf": now + 60 }), false),
        ("another issuer", json!({ "iss": "https://auth.example.com" }), false),
        ("no issuer", json!({ "iss": null }), false),
        ("another audience", json!({ "aud": "account" }), false),
        ("other audiences", json!({ "aud": ["account", "broker"] }), false),
        ("among other audiences", json!({ "aud": ["account", AUDIENCE] }), true),
        ("no audience", json!({ "aud": null }), false),
        ("an ID token", json!({ "typ": "ID" }), false),
        ("a refresh token", json!({ "typ": "Refresh" }), false),
        ("no type", json!({ "typ": null }), false),
        ("no subject", json!({ "sub": null }), false),
        ("a subject that is no id", json!({ "sub": "admin" }), false),
        (
            "no personal claims",
            json!({ "email": null, "given_name": null, "family_name": null, "locale": null }),
            true,
        ),
    ];
    for (name, changes, counts) in cases {
        let claims = changed(issuer.claims(), &changes);
        let result = verifier.verify(&sign(&header("first"), &claims, key())).await;
        assert_eq!(result.is_ok(), counts, "{name}");
    }
    Ok(())
}

/// The claims with these in their place; `null` takes one away.
fn changed(mut claims: Value, changes: &Value) -> Value {
    for (claim, value) in changes.as_object().into_iter().flatten() {
        claims[claim] = value.clone();
    }
    if let Some(claims) = claims.as_object_mut() {
        claims.retain(|_, value| !value.is_null());
    }
    claims
}

#[tokio::test]
async fn an_id_token_counts_for_its_client_and_its_nonce_alone() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    let now = get_current_timestamp();
    let cases: [(&str, Value, bool); 13] = [
        ("nothing changed", json!({}), true),
        ("no authorized party", json!({ "azp": null }), true),
        ("another authorized party", json!({ "azp": "other" }), false),
        ("another client", json!({ "aud": "other" }), false),
        ("the audience of access tokens", json!({ "aud": AUDIENCE }), false),
        ("no audience", json!({ "aud": null }), false),
        ("another nonce", json!({ "nonce": "other" }), false),
        ("no nonce", json!({ "nonce": null }), false),
        ("an access token", json!({ "typ": "Bearer" }), false),
        ("no type", json!({ "typ": null }), false),
        ("another issuer", json!({ "iss": "https://auth.example.com" }), false),
        ("expired", json!({ "exp": now - 40 }), false),
        ("no subject", json!({ "sub": null }), false),
    ];
    for (name, changes, counts) in cases {
        let of_id_token = json!({ "typ": "ID", "aud": "portal", "azp": "portal", "nonce": "n-0S6_WzA2Mj" });
        let claims = changed(changed(issuer.claims(), &of_id_token), &changes);
        let token = sign(&header("first"), &claims, key());
        let result = verifier.verify_id_token(&token, "portal", "n-0S6_WzA2Mj").await;
        assert_eq!(result.is_ok(), counts, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_signature_that_is_not_the_issuers_proves_nothing() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    issuer.show(&[("first", key()), ("short", short_key())]);
    let verifier = issuer.verifier()?;
    let claims = issuer.claims();
    let good = issuer.token();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let pem_secret = EncodingKey::from_secret(jwk("first", key())["n"].as_str().unwrap().as_bytes());
    let symmetric = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::HS256) };
    let none = json!({ "alg": "none", "typ": "JWT", "kid": "first" });
    let cases = [
        ("a foreign key under the real id", sign(&header("first"), &claims, other_key())),
        ("a foreign key under its own id", sign(&header("own"), &claims, other_key())),
        ("a key that is too short", sign(&header("short"), &claims, short_key())),
        ("no key id", sign(&json!({ "alg": "RS256" }), &claims, key())),
        ("no signature", format!("{message}.")),
        ("a signature cut short", format!("{message}.{}", &signature[..signature.len() - 4])),
        ("alg: none under the real signature", sign(&none, &claims, key())),
        ("HS256 with the public key", jsonwebtoken::encode(&symmetric, &claims, &pem_secret)?),
        ("nothing", String::new()),
        ("garbage", "garbage".to_owned()),
        ("dots", "..".to_owned()),
    ];
    for (name, token) in cases {
        let result = verifier.verify(&token).await;
        assert!(matches!(result, Err(Error::Invalid)), "{name}: {result:?}");
    }
    verifier.verify(&good).await?;
    Ok(())
}

#[tokio::test]
async fn requests_at_once_ask_the_issuer_once() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    let token = issuer.token();
    let all = futures::future::join_all((0..20).map(|_| verifier.verify(&token))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(issuer.asked(), 1);
    Ok(())
}

#[tokio::test]
async fn unknown_key_ids_ask_the_issuer_once_in_a_cool_down() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    verifier.verify(&issuer.token()).await?;
    for number in 0..50 {
        let token = sign(&header(&format!("unheard-of-{number}")), &issuer.claims(), other_key());
        assert!(matches!(verifier.verify(&token).await, Err(Error::Invalid)));
    }
    assert_eq!(issuer.asked(), 1);
    verifier.verify(&issuer.token()).await?;
    Ok(())
}

#[tokio::test]
async fn a_new_key_counts_after_a_cool_down_and_the_one_it_replaced_no_more() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    let old = issuer.token();
    verifier.verify(&old).await?;
    issuer.show(&[("second", other_key())]);
    let new = sign(&header("second"), &issuer.claims(), other_key());

    let began = Instant::now();
    while verifier.verify(&new).await.is_err() {
        assert!(began.elapsed() < COOL_DOWN + Duration::from_secs(5), "the new key is never found");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("a new key is found after {:?}", began.elapsed());
    assert_eq!(issuer.asked(), 2);
    assert!(matches!(verifier.verify(&old).await, Err(Error::Invalid)));
    Ok(())
}

#[tokio::test]
async fn keys_that_are_known_outlive_the_issuer() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    verifier.verify(&issuer.token()).await?;
    issuer.away(true);
    let unknown = sign(&header("unheard-of"), &issuer.claims(), other_key());
    assert!(matches!(verifier.verify(&unknown).await, Err(Error::Invalid)));
    verifier.verify(&issuer.token()).await?;
    Ok(())
}

#[tokio::test]
async fn without_any_key_nothing_is_said_until_the_issuer_is_back() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    issuer.away(true);
    assert!(matches!(verifier.verify(&issuer.token()).await, Err(Error::Unavailable)));
    // What can be seen to be garbage is refused all the same.
    assert!(matches!(verifier.verify("garbage").await, Err(Error::Invalid)));
    issuer.away(false);
    let began = Instant::now();
    while verifier.verify(&issuer.token()).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "the issuer was not asked again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

#[tokio::test]
async fn an_issuer_that_shows_no_key_for_a_moment_changes_nothing() -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let verifier = issuer.verifier()?;
    verifier.verify(&issuer.token()).await?;
    issuer.show(&[]);
    let unknown = sign(&header("unheard-of"), &issuer.claims(), other_key());
    let began = Instant::now();
    while issuer.asked() < 2 {
        assert!(matches!(verifier.verify(&unknown).await, Err(Error::Invalid)));
        assert!(began.elapsed() < COOL_DOWN + Duration::from_secs(5), "the issuer was not asked again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    verifier.verify(&issuer.token()).await?;
    Ok(())
}
