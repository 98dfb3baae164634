//! Secrets at rest and on their way: readable only to who has the key, and only where they belong.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

/// How sealed bytes are made up, in their first byte: this, 24 bytes of nonce, ciphertext with its tag.
const VERSION: u8 = 1;

const NONCE_LENGTH: usize = 24;

/// Seals what belongs to one owner, so that whoever reads where it is kept reads nothing of it, and whoever writes there
/// cannot put it under another owner.
///
/// Written as 64 hexadecimal digits; several keys with commas between. The first one seals, all of them open: a new key
/// goes in front of the old one, which leaves when nothing of its time is left.
#[derive(Clone)]
pub struct Seal(Arc<[XChaCha20Poly1305]>);

/// Why a text is no [`Seal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("a key must be 64 hexadecimal digits; `openssl rand -hex 32` makes one")]
    NotHexadecimal,
    #[error("a key of zeros only is none")]
    Zero,
}

/// Sealed with another key, for another owner, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed cannot be opened")]
pub struct Broken;

impl FromStr for Seal {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let keys = text.split(',').map(|key| Ok(XChaCha20Poly1305::new(&key_of(key.trim())?)));
        keys.collect::<Result<_, _>>().map(Self)
    }
}

fn key_of(text: &str) -> Result<Key, BadKey> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(BadKey::NotHexadecimal);
    }
    let mut key = Key::default();
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digits = std::str::from_utf8(digits).map_err(|_| BadKey::NotHexadecimal)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| BadKey::NotHexadecimal)?;
    }
    if key.iter().all(|byte| *byte == 0) { Err(BadKey::Zero) } else { Ok(key) }
}

impl Seal {
    /// # Errors
    /// When there is no key.
    pub fn seal(&self, owner: &[u8], plain: &[u8]) -> Result<Vec<u8>, Broken> {
        let cipher = self.0.first().ok_or(Broken)?;
        let nonce = XNonce::from(rand::random::<[u8; NONCE_LENGTH]>());
        let payload = Payload { msg: plain, aad: owner };
        let ciphertext = cipher.encrypt(&nonce, payload).map_err(|_| Broken)?;
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// # Errors
    /// When it is not what was sealed for this owner with one of the keys.
    pub fn open(&self, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        let sealed = sealed.strip_prefix(&[VERSION]).ok_or(Broken)?;
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(Broken)?;
        let nonce = XNonce::from(*nonce);
        let open =
            |cipher: &XChaCha20Poly1305| cipher.decrypt(&nonce, Payload { msg: ciphertext, aad: owner }).ok();
        self.0.iter().find_map(open).ok_or(Broken)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
    const NEW: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

    fn seal(keys: &str) -> Seal {
        keys.parse().unwrap()
    }

    #[test]
    fn what_was_sealed_for_one_owner_opens_for_that_one_only() {
        let seal = seal(OLD);
        let sealed = seal.seal(b"one", b"tokens").unwrap();
        assert_eq!(seal.open(b"one", &sealed).unwrap(), b"tokens");
        assert_eq!(seal.open(b"two", &sealed), Err(Broken));
    }

    #[test]
    fn nothing_of_the_plain_text_shows_and_nothing_repeats() {
        let seal = seal(OLD);
        let sealed = seal.seal(b"one", b"tokens").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"tokens"));
        assert_ne!(sealed, seal.seal(b"one", b"tokens").unwrap());
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let seal = seal(OLD);
        let sealed = seal.seal(b"one", b"tokens").unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(seal.open(b"one", &changed), Err(Broken), "byte {position}");
        }
        for length in 0..sealed.len() {
            assert_eq!(seal.open(b"one", &sealed[..length]), Err(Broken), "{length} bytes");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let both = seal(&format!("{NEW}, {OLD}"));
        let before = seal(OLD).seal(b"one", b"before").unwrap();
        assert_eq!(both.open(b"one", &before).unwrap(), b"before");
        let after = both.seal(b"one", b"after").unwrap();
        assert_eq!(seal(NEW).open(b"one", &after).unwrap(), b"after");
        assert_eq!(seal(OLD).open(b"one", &after), Err(Broken));
    }

    #[test]
    fn a_malformed_key_is_refused() {
        let zero = "0".repeat(64);
        for (text, error) in [
            ("", BadKey::NotHexadecimal),
            ("secret", BadKey::NotHexadecimal),
            (&OLD[1..], BadKey::NotHexadecimal),
            (&OLD.replace('0', "g"), BadKey::NotHexadecimal),
            (&OLD.replacen("00", "+0", 1), BadKey::NotHexadecimal),
            (&format!("{OLD},"), BadKey::NotHexadecimal),
            (&zero, BadKey::Zero),
        ] {
            assert_eq!(text.parse::<Seal>().err(), Some(error), "{text}");
        }
    }
}
