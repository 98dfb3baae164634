//! Connections to the mail server, kept for the next mail.
//!
//! lettre has a pool too. It takes a connection back when its sender gave up in the middle, and then the late
//! answer to one mail counts for the next; and it leaves Nagle's algorithm on, which holds the end of every
//! mail back until the server's delayed acknowledgement, 40 ms.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use percent_encoding::percent_decode_str;
use reqwest::Url;
use tokio::net::TcpStream;

use super::Error;

/// Connections that wait for the next mail.
const IDLE: usize = 32;

/// A connection that was used this lately is taken to be alive.
const FRESH: Duration = Duration::from_secs(1);

/// A connection that was used this long ago is not worth asking.
const STALE: Duration = Duration::from_secs(30);

pub(super) struct Connections {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    hello: ClientId,
    /// The one that was used last is at the end.
    idle: Mutex<Vec<Idle>>,
}

enum Encryption {
    None,
    AfterGreeting(TlsParameters),
    FromTheStart(TlsParameters),
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl Connections {
    /// `smtp://host:port`, `smtp://user:password@host:port?tls=required` or `smtps://user:password@host:port`;
    /// a path is the name that we greet with.
    ///
    /// # Errors
    /// [`Error::Setting`] for anything else.
    pub(super) fn of_url(url: &str) -> Result<Self, Error> {
        let url = Url::parse(url).map_err(|_| Error::Setting("is no URL"))?;
        let host = url.host_str().ok_or(Error::Setting("names no host"))?.to_owned();
        let tls = || {
            TlsParameters::new(host.clone()).map_err(|_| Error::Setting("has a host without a certificate"))
        };
        let (default_port, encryption) = match (url.scheme(), url.query()) {
            ("smtp", None) => (SMTP_PORT, Encryption::None),
            ("smtp", Some("tls=required")) => (SUBMISSION_PORT, Encryption::AfterGreeting(tls()?)),
            ("smtps", None) => (SUBMISSIONS_PORT, Encryption::FromTheStart(tls()?)),
            _ => return Err(Error::Setting("must be smtp://, smtp://…?tls=required or smtps://")),
        };
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials =
            url.password().map(|password| Credentials::new(decode(url.username()), decode(password)));
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        let port = url.port().unwrap_or(default_port);
        Ok(Self { host, port, encryption, credentials, hello, idle: Mutex::default() })
    }

    /// A connection that nobody else uses. Dropping it ends it.
    ///
    /// # Errors
    /// When there is no mail server, or it does not want us.
    pub(super) async fn take(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(Idle { mut connection, since }) = self.take_idle() {
            let unused = since.elapsed();
            if unused < FRESH || (unused < STALE && connection.test_connected().await) {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    /// Gives a connection back that waits for nothing.
    pub(super) fn put(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.lock();
        if idle.len() < IDLE {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let address = (self.host.as_str(), self.port);
        let mut connection = match &self.encryption {
            Encryption::FromTheStart(tls) => {
                AsyncSmtpConnection::connect_tokio1(address, None, &self.hello, Some(tls.clone()), None)
                    .await
                    .map_err(Error::Unwelcome)?
            }
            Encryption::None | Encryption::AfterGreeting(_) => {
                let stream = TcpStream::connect(address).await.map_err(Error::Unreachable)?;
                stream.set_nodelay(true).map_err(Error::Unreachable)?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello)
                    .await
                    .map_err(Error::Unwelcome)?
            }
        };
        if let Encryption::AfterGreeting(tls) = &self.encryption {
            connection.starttls(tls.clone(), &self.hello).await.map_err(Error::Unwelcome)?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(Error::Unwelcome)?;
        }
        Ok(connection)
    }

    fn take_idle(&self) -> Option<Idle> {
        self.lock().pop()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_port_encryption_and_credentials() {
        for (url, port, encrypted, credentials) in [
            ("smtp://127.0.0.1:1025", 1025, false, false),
            ("smtp://mail.example.com", 25, false, false),
            ("smtp://user:p%40ss@mail.example.com?tls=required", 587, true, true),
            ("smtps://user:password@mail.example.com/our.example.com", 465, true, true),
        ] {
            let connections = Connections::of_url(url).unwrap();
            assert_eq!(connections.port, port, "{url}");
            assert_eq!(!matches!(connections.encryption, Encryption::None), encrypted, "{url}");
            assert_eq!(connections.credentials.is_some(), credentials, "{url}");
        }
        for url in ["", "mail.example.com:25", "http://mail.example.com", "smtp://mail.example.com?tls=maybe"]
        {
            assert!(matches!(Connections::of_url(url), Err(Error::Setting(_))), "{url}");
        }
    }
}
