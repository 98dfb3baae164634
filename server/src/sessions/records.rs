use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::PgPool;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::SessionKey;
use crate::store::sessions::{self, Row};

/// Keeps the session library's records in our database.
#[derive(Clone)]
pub struct Records(pub PgPool);

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Records(…)")
    }
}

#[async_trait]
impl SessionStore for Records {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let row = row_of(record)?;
        while !sessions::insert(&self.0, SessionKey::of(record.id), &row).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        sessions::update(&self.0, SessionKey::of(record.id), &row_of(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = sessions::find(&self.0, SessionKey::of(*id)).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_value(row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.as_second())
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.0, SessionKey::of(*id)).await.map_err(backend)
    }
}

fn row_of(record: &Record) -> Result<Row> {
    let data = serde_json::to_value(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    let expires_at = Timestamp::from_second(record.expiry_date.unix_timestamp())
        .map_err(|error| Error::Encode(error.to_string()))?;
    Ok(Row { data, expires_at })
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(kit::telemetry::chain(&error))
}
