//! What we know of a person.

use contracts::http;
use contracts::ids::UserId;
use contracts::locale::Locale;
use contracts::messages::customer::{CustomerChanged, CustomerEvent};
use kit::input::{Phone, TimeZoneName};

use super::name::Name;

/// A profile as it is in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub user_id: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: Option<String>,
    pub phone_verified: bool,
    pub locale: Locale,
    pub time_zone: String,
    pub revision: i64,
}

/// What a person wants to have otherwise; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    pub first_name: Option<Name>,
    pub last_name: Option<Name>,
    pub phone: Option<Phone>,
    pub locale: Option<Locale>,
    pub time_zone: Option<TimeZoneName>,
}

impl ProfileChange {
    /// Whether the account server has to know, because its tokens say these things.
    pub fn touches_account(&self) -> bool {
        self.first_name.is_some() || self.last_name.is_some() || self.locale.is_some()
    }
}

impl From<&Profile> for CustomerEvent {
    fn from(profile: &Profile) -> Self {
        Self::CustomerChanged(CustomerChanged {
            user_id: profile.user_id,
            email: profile.email.clone(),
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            phone: profile.phone.clone(),
            locale: profile.locale.as_str().to_owned(),
            time_zone: profile.time_zone.clone(),
        })
    }
}

impl From<Profile> for http::customer::Profile {
    fn from(profile: Profile) -> Self {
        Self {
            id: profile.user_id,
            email: profile.email,
            first_name: profile.first_name,
            last_name: profile.last_name,
            phone: profile.phone,
            phone_verified: profile.phone_verified,
            locale: profile.locale.as_str().to_owned(),
            time_zone: profile.time_zone,
            revision: profile.revision,
        }
    }
}
