use std::fmt;

use app::gateway::AccessToken;
use app::viewer::Viewer;
use kit::caller::Caller;
use kit::seal::{Broken, Seal};
use serde::{Deserialize, Serialize};

use super::SessionKey;
use crate::accounts::Granted;

/// What the account server gave for one session, and whose it is. It lies sealed in the database and tells nothing in a
/// log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub access: String,
    /// Counts once.
    pub refresh: String,
    /// Tells the account server at the end which session of its own is to end too.
    pub id_token: String,
    pub viewer: Viewer,
}

impl Tokens {
    pub fn access_token(&self) -> AccessToken {
        AccessToken(self.access.clone())
    }

    /// These after a refresh. `caller` is what the new access token says; where that could not be verified just now, the
    /// person is called as before.
    pub fn refreshed(self, granted: Granted, caller: Option<Caller>) -> Self {
        Self {
            access: granted.access_token,
            refresh: granted.refresh_token,
            id_token: granted.id_token.unwrap_or(self.id_token),
            viewer: caller.map_or(self.viewer, viewer_of),
        }
    }

    pub fn sealed(&self, seal: &Seal, session: SessionKey) -> Result<Vec<u8>, Broken> {
        let plain = serde_json::to_vec(self).map_err(|_| Broken)?;
        seal.seal(session.as_bytes(), &plain)
    }

    pub fn opened(seal: &Seal, session: SessionKey, sealed: &[u8]) -> Result<Self, Broken> {
        serde_json::from_slice(&seal.open(session.as_bytes(), sealed)?).map_err(|_| Broken)
    }
}

pub fn viewer_of(caller: Caller) -> Viewer {
    Viewer {
        id: caller.user_id.to_string(),
        first_name: caller.first_name,
        last_name: caller.last_name,
        email: caller.email,
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}
