//! The codes that show whose a phone is.

use std::fmt;

use contracts::ids::UserId;
use rand::Rng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use kit::input::{Invalid, Phone};

/// Six digits that are sent to a phone. They tell nothing in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Every code is equally likely.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self(format!("{:06}", rng.random_range(0..1_000_000_u32)))
    }

    /// # Errors
    /// When it is not six digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new("not_six_digits", "must be six digits"))
    }

    /// For the one mail that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of the code: good for this person and this phone only.
    pub fn digest(&self, user_id: UserId, phone: &Phone) -> CodeDigest {
        let mut hash = Sha256::new();
        hash.update(user_id.0.as_bytes());
        hash.update(phone.as_str());
        // Six characters at the end, so the three parts cannot be cut in another way.
        hash.update(&self.0);
        CodeDigest(hash.finalize().to_vec())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// What is kept of a [`Code`].
#[derive(Debug, Clone)]
pub struct CodeDigest(Vec<u8>);

impl CodeDigest {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes as long for a code that is nearly right as for any other.
    pub fn is(&self, kept: &[u8]) -> bool {
        self.0.ct_eq(kept).into()
    }
}

/// How long a code is good; `store::phone_codes` keeps to it.
pub const LIFE_SECONDS: u64 = 600;

/// How often a code may be guessed.
const TRIES: i16 = 5;

/// What is kept of the code that a person was sent last.
#[derive(Debug, Clone)]
pub struct SentCode {
    /// The phone it was sent to, as it was written.
    pub phone: String,
    pub digest: Vec<u8>,
    /// Wrong guesses so far.
    pub tries: i16,
    pub expired: bool,
}

/// What the code that was sent says to the one that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Right,
    /// Counts as a try.
    Wrong,
    /// None was sent to that phone, or it was used.
    NotSent,
    Expired,
    TooManyTries,
}

impl SentCode {
    /// Compares as many as [`TRIES`] codes, and none after its time.
    pub fn check(&self, user_id: UserId, phone: &Phone, given: &Code) -> Check {
        if self.phone != phone.as_str() {
            return Check::NotSent;
        }
        if self.expired {
            return Check::Expired;
        }
        if self.tries >= TRIES {
            return Check::TooManyTries;
        }
        if given.digest(user_id, phone).is(&self.digest) { Check::Right } else { Check::Wrong }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_code_is_six_digits_with_leading_zeros() {
        let mut rng = StdRng::seed_from_u64(1);
        let codes: Vec<Code> = (0..1_000).map(|_| Code::random(&mut rng)).collect();
        assert!(codes.iter().all(|code| Code::parse(code.expose()).as_ref() == Ok(code)));
        assert!(codes.iter().any(|code| code.expose().starts_with('0')));
        for given in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(Code::parse(given).is_err(), "{given:?}");
        }
    }

    #[test]
    fn a_digest_is_of_one_code_one_phone_and_one_person() {
        let phone = |text| Phone::parse(text).unwrap();
        let code = |text| Code::parse(text).unwrap();
        let user = |number| UserId(Uuid::from_u128(number));
        let kept = code("012345").digest(user(1), &phone("+7912345"));
        assert!(code("012345").digest(user(1), &phone("+7912345")).is(kept.as_bytes()));
        for other in [
            code("012346").digest(user(1), &phone("+7912345")),
            code("012345").digest(user(2), &phone("+7912345")),
            code("012345").digest(user(1), &phone("+7912346")),
        ] {
            assert!(!other.is(kept.as_bytes()));
        }
        assert!(!kept.is(b""));
    }

    #[test]
    fn a_code_is_compared_five_times_and_not_after_its_time() {
        let (user, phone) = (UserId(Uuid::from_u128(1)), Phone::parse("+7 912 345").unwrap());
        let right = Code::parse("012345").unwrap();
        let sent = |tries, expired| SentCode {
            phone: phone.as_str().to_owned(),
            digest: right.digest(user, &phone).as_bytes().to_owned(),
            tries,
            expired,
        };
        let wrong = Code::parse("012346").unwrap();
        let other_phone = Phone::parse("+7 912 346").unwrap();
        for (sent, phone, given, expected) in [
            (sent(0, false), &phone, &right, Check::Right),
            (sent(4, false), &phone, &right, Check::Right),
            (sent(0, false), &phone, &wrong, Check::Wrong),
            (sent(5, false), &phone, &right, Check::TooManyTries),
            (sent(0, true), &phone, &right, Check::Expired),
            (sent(0, false), &other_phone, &right, Check::NotSent),
        ] {
            assert_eq!(sent.check(user, phone, given), expected, "{sent:?}");
        }
    }
}
