//! Accounts and profiles: the calls that `customer` serves.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UserId;

/// `POST /customer/register`, `POST /company/register`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Registration {
    #[schema(format = Email)]
    pub email: String,
    /// 10 to 128 characters, not the e-mail.
    #[schema(min_length = 10, max_length = 128)]
    pub password: String,
    pub first_name: String,
    pub last_name: String,
}

/// `POST /customer/login`, `POST /company/login`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Login {
    pub email: String,
    pub password: String,
}

/// `POST …/token` and `POST …/logout`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RefreshToken {
    pub refresh_token: String,
}

/// What a person holds after he has proved who he is.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: String,
    /// Life of the access token in seconds.
    pub expires_in: u64,
    /// Always `Bearer`.
    pub token_type: String,
}

/// `GET /customer/profile` and the answer of every call that changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    pub id: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: Option<String>,
    pub phone_verified: bool,
    /// `ru` or `en`.
    pub locale: String,
    /// IANA name.
    pub time_zone: String,
    /// Grows by one with every change.
    pub revision: i64,
}

/// `PUT /customer/profile`; a field that is left out stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ProfileChange {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// A new number is not verified yet.
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
}

/// `POST /customer/phone/verify`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PhoneVerification {
    pub phone: String,
}

/// The answer of `POST /customer/phone/verify`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PhoneCodeSent {
    pub phone: String,
    /// Life of the code in seconds.
    pub expires_in: u64,
}

/// `POST /customer/phone/verify/check`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PhoneVerificationCheck {
    pub phone: String,
    /// Six digits.
    pub code: String,
}
