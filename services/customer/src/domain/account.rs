//! Who a verified token says its owner is.

use contracts::ids::UserId;
use contracts::locale::Locale;
use jiff::Timestamp;
use kit::caller::Caller;

/// What the account server knows of a person. Its rules for names and addresses are its own, so these are
/// plain texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub user_id: UserId,
    pub email: String,
    /// Whether its owner has shown that it is his.
    pub email_verified: bool,
    pub first_name: String,
    pub last_name: String,
    /// `None` when the account server does not know, or says one that we do not speak.
    pub locale: Option<Locale>,
    /// When the account server said so.
    pub as_of: Timestamp,
}

impl Account {
    /// `None` when the account has no e-mail, which people of ours always have.
    pub fn of(caller: &Caller) -> Option<Self> {
        (!caller.email.is_empty()).then(|| Self {
            user_id: caller.user_id,
            email: caller.email.clone(),
            email_verified: caller.email_verified,
            first_name: caller.first_name.clone(),
            last_name: caller.last_name.clone(),
            locale: caller.locale.as_deref().and_then(Locale::parse),
            as_of: caller.issued_at,
        })
    }
}
