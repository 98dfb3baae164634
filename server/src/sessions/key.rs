use sha2::{Digest as _, Sha256};
use tower_sessions::session::Id;

/// A session as the database names it: the SHA-256 of what the browser's cookie says.
///
/// It opens nothing, so it may be kept, compared and passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    pub fn of(id: Id) -> Self {
        Self(Sha256::digest(id.0.to_le_bytes()).into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
