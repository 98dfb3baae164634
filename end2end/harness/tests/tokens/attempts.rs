//! What callers send who must not get in.

use harness::keycloak::Keycloak;
use harness::person::Account;
use harness::token::{self, Signature, forge};
use serde_json::{Value, json};

/// What a caller who must not get in sends.
pub(crate) struct Attempt {
    pub(crate) name: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Attempt {
    fn bearer(name: &'static str, token: &str) -> Self {
        Self::header(name, "Authorization", format!("Bearer {token}"))
    }

    fn header(name: &'static str, header: &'static str, value: String) -> Self {
        Self { name, headers: vec![(header, value)] }
    }
}

/// Every attempt, of which none may succeed.
pub(crate) async fn all(keycloak: &Keycloak, account: &Account) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = without_a_token(account.token());
    attempts.extend(signed_by_the_issuer(keycloak, account).await?);
    attempts.extend(forged(keycloak, account).await?);
    Ok(attempts)
}

fn without_a_token(real: &str) -> Vec<Attempt> {
    let basic = format!("Basic {real}");
    vec![
        Attempt { name: "nothing", headers: vec![] },
        Attempt::header("an empty header", "Authorization", String::new()),
        Attempt::header("a scheme alone", "Authorization", "Bearer".to_owned()),
        Attempt::bearer("an empty token", ""),
        Attempt::bearer("garbage", "garbage"),
        Attempt::bearer("three parts of garbage", "a.b.c"),
        Attempt::bearer("dots", ".."),
        Attempt::bearer("two tokens", &format!("{real} {real}")),
        Attempt::bearer("a token and a half", &format!("{real}.{real}")),
        Attempt::header("another scheme", "Authorization", basic),
        Attempt::header("a header of another name", "X-Access-Token", real.to_owned()),
    ]
}

/// Tokens that the issuer did sign, for something else.
async fn signed_by_the_issuer(keycloak: &Keycloak, account: &Account) -> anyhow::Result<Vec<Attempt>> {
    let log_in: Value = keycloak.log_in(&keycloak.api, &account.person).await?.parsed(200);
    let id_token = log_in["id_token"].as_str().unwrap_or_default();
    let (_, claims) = token::read(id_token)?;
    assert_eq!(claims["typ"], "ID");

    let (head, rest) = account.token().split_at(account.token().len() - 10);
    let flipped = if rest.starts_with('A') { "B" } else { "A" };
    let (header, claims, signature) = parts(account.token());
    let (_, mut other) = token::read(account.token())?;
    other["sub"] = json!("01900000-0000-7000-8000-000000000000");
    let unsigned = forge(&token::read(account.token())?.0, &other, Signature::Missing)?;

    Ok(vec![
        Attempt::bearer("an ID token", id_token),
        Attempt::bearer("a refresh token", &account.tokens.refresh_token),
        Attempt::bearer("the service account's token", &keycloak.accounts_token().await?),
        Attempt::bearer("a changed signature", &format!("{head}{flipped}{}", &rest[1..])),
        Attempt::bearer("no signature", &format!("{header}.{claims}.")),
        Attempt::bearer("two parts only", &format!("{header}.{claims}")),
        Attempt::bearer("another subject under the real signature", &format!("{unsigned}{signature}")),
    ])
}

/// Real tokens with something changed, signed anew by somebody who does not have the issuer's key.
async fn forged(keycloak: &Keycloak, account: &Account) -> anyhow::Result<Vec<Attempt>> {
    let (header, claims) = token::read(account.token())?;
    let with = |value: &Value, changes: Value| {
        let mut value = value.clone();
        for (name, change) in changes.as_object().into_iter().flatten() {
            value[name] = change.clone();
        }
        value
    };
    let own_kid = with(&header, json!({ "kid": "forger" }));
    let expired = with(&claims, json!({ "iat": 1_600_000_000, "exp": 1_600_000_300 }));
    let foreign = with(&claims, json!({ "iss": "https://auth.example.com/realms/booksvc" }));
    let look_alike = with(&claims, json!({ "iss": format!("{}/", keycloak.issuer) }));
    let other_audience = with(&claims, json!({ "aud": "account" }));
    let id_token = with(&claims, json!({ "typ": "ID" }));
    let own_key = with(&header, json!({ "jwk": token::own_public_key() }));
    let own_address = with(
        &header,
        json!({ "kid": "forger", "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/keys" }),
    );
    let path_as_kid = with(&header, json!({ "kid": "../../../../dev/null" }));
    let no_kid = json!({ "alg": "RS256", "typ": "JWT" });

    let mut attempts = Vec::new();
    for (name, header, claims) in [
        ("a foreign key under the real id", &header, &claims),
        ("a foreign key under an id of its own", &own_kid, &claims),
        ("no key id", &no_kid, &claims),
        ("an expired token", &header, &expired),
        ("a foreign issuer", &own_kid, &foreign),
        ("a foreign issuer under the real id", &header, &foreign),
        ("an issuer with a slash more", &header, &look_alike),
        ("another audience", &header, &other_audience),
        ("a forged ID token", &header, &id_token),
        ("a key in the header", &own_key, &claims),
        ("an address of keys in the header", &own_address, &claims),
        ("a path as key id", &path_as_kid, &claims),
    ] {
        attempts.push(Attempt::bearer(name, &forge(header, claims, Signature::Rs256)?));
    }
    for (name, alg) in [("alg: none", "none"), ("alg: None", "None"), ("alg: NONE", "NONE"), ("no alg", "")] {
        let unsigned = with(&header, json!({ "alg": alg }));
        attempts.push(Attempt::bearer(name, &forge(&unsigned, &claims, Signature::Missing)?));
    }
    // The public key is known to all: as the secret of a symmetric signature it must prove nothing.
    let pem = token::public_key_pem(&keycloak.keys().await?, &header["kid"])?;
    let symmetric = with(&header, json!({ "alg": "HS256" }));
    for (name, secret) in [
        ("HS256 with the public key", pem.as_str()),
        ("HS256 with the public key, trimmed", pem.trim_end()),
        ("HS256 with nothing", ""),
    ] {
        attempts
            .push(Attempt::bearer(name, &forge(&symmetric, &claims, Signature::Hs256(secret.as_bytes()))?));
    }
    let pretends = with(&header, json!({ "alg": "RS256" }));
    let secret = Signature::Hs256(pem.as_bytes());
    attempts.push(Attempt::bearer("RS256 in name, HS256 in deed", &forge(&pretends, &claims, secret)?));
    Ok(attempts)
}

fn parts(token: &str) -> (&str, &str, &str) {
    let mut parts = token.split('.');
    let mut next = || parts.next().unwrap_or_default();
    (next(), next(), next())
}
