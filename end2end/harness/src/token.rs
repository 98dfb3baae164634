use std::sync::OnceLock;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::ids::UserId;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};

/// Header and claims of a token, whoever signed it.
///
/// # Errors
/// When it is not a token at all.
pub fn read(token: &str) -> anyhow::Result<(Value, Value)> {
    let mut parts = token
        .split('.')
        .map(|part| -> anyhow::Result<Value> { Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part)?)?) });
    let header = parts.next().context("a token has a header")??;
    let claims = parts.next().context("a token has claims")??;
    Ok((header, claims))
}

/// Whose token it is.
///
/// # Errors
/// When the token does not say.
pub fn subject(token: &str) -> anyhow::Result<UserId> {
    let (_, claims) = read(token)?;
    Ok(claims["sub"].as_str().context("a token has a subject")?.parse()?)
}

/// How a forger signs.
#[derive(Debug, Clone, Copy)]
pub enum Signature<'a> {
    /// With a key of his own.
    Rs256,
    /// With whatever he takes for the secret.
    Hs256(&'a [u8]),
    Missing,
}

/// A token of one's own making.
///
/// # Errors
/// When it cannot be signed.
pub fn forge(header: &Value, claims: &Value, signature: Signature<'_>) -> anyhow::Result<String> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = match signature {
        Signature::Rs256 => {
            let key = EncodingKey::from_rsa_der(own_key().to_pkcs1_der()?.as_bytes());
            crypto::sign(message.as_bytes(), &key, Algorithm::RS256)?
        }
        Signature::Hs256(secret) => {
            crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), Algorithm::HS256)?
        }
        Signature::Missing => String::new(),
    };
    Ok(format!("{message}.{signature}"))
}

/// The forger's public key as a token's header may carry it.
pub fn own_public_key() -> Value {
    let number = |number: &BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "n": number(own_key().n()), "e": number(own_key().e()) })
}

/// The signing key `kid` of the issuer, as the PEM file that anybody can make of it.
///
/// # Errors
/// When the issuer has no such key.
pub fn public_key_pem(keys: &Value, kid: &Value) -> anyhow::Result<String> {
    let keys = keys["keys"].as_array().context("the issuer has keys")?;
    let key = keys.iter().find(|key| key["kid"] == *kid).context("the issuer has the key of its token")?;
    let number = |name: &str| -> anyhow::Result<BigUint> {
        Ok(BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap_or_default())?))
    };
    Ok(RsaPublicKey::new(number("n")?, number("e")?)?.to_public_key_pem(LineEnding::LF)?)
}

fn own_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut OsRng, 2048).expect("2048 bits are a size that RSA can have"))
}
