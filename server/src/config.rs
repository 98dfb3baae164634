use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, ensure};
use axum::http::Uri;
use clap::Args;
use kit::config::Common;

/// Settings of the portal.
#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    #[command(flatten)]
    pub site: Site,

    /// Where people reach the portal, `http://localhost:3000`: scheme, host and port, nothing more.
    #[arg(long, env = "PUBLIC_URL")]
    pub public_url: PublicUrl,

    /// The origin of the gateway in front of the services, as this process reaches it.
    #[arg(long, env = "GATEWAY_URL")]
    pub gateway_url: String,

    #[command(flatten)]
    pub live: crate::live::Settings,

    /// Proxies of ours before this process, each of which adds to `X-Forwarded-For` whom it has a request from.
    #[arg(long, env = "TRUSTED_PROXIES", default_value_t = 0)]
    pub trusted_proxies: usize,

    #[command(flatten)]
    pub sign_in: SignIn,
}

/// How people sign in: the client that the portal is to the account server (`AUTH_ISSUER`), and what it keeps.
#[derive(Debug, Clone, Args)]
pub struct SignIn {
    /// The client by which people sign in.
    #[arg(long, env = "PORTAL_CLIENT_ID", default_value = "booksvc-portal")]
    pub portal_client_id: String,

    /// That client's secret.
    #[arg(long, env = "PORTAL_CLIENT_SECRET", hide_env_values = true)]
    pub portal_client_secret: String,

    /// What seals people's tokens in the database: 64 hexadecimal digits. Several with commas between: the first one
    /// seals, all of them open.
    #[arg(long, env = "PORTAL_SESSION_KEY", hide_env_values = true)]
    pub portal_session_key: String,

    /// Where tokens are had, as this process reaches it; by default under the issuer.
    #[arg(long, env = "AUTH_TOKEN_URL")]
    pub auth_token_url: Option<String>,
}

impl AsRef<Common> for Config {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

/// Where the files lie that `cargo leptos build` made for the browser.
#[derive(Debug, Clone, Args)]
pub struct Site {
    /// The folder with everything that is served as a file.
    #[arg(long, env = "LEPTOS_SITE_ROOT")]
    pub site_root: PathBuf,

    /// The folder below it with the script, the WASM and the style sheet.
    #[arg(long, env = "LEPTOS_SITE_PKG_DIR", default_value = "pkg")]
    pub site_pkg_dir: String,

    /// How those three are called, without hash and ending.
    #[arg(long, env = "LEPTOS_OUTPUT_NAME", default_value = "booksvc")]
    pub output_name: String,

    /// The list of their hashes; by default `hash.txt` in the site root.
    #[arg(long, env = "LEPTOS_HASH_FILE_NAME")]
    pub hash_file: Option<PathBuf>,
}

impl Site {
    pub fn hash_file(&self) -> PathBuf {
        self.hash_file.clone().unwrap_or_else(|| self.site_root.join("hash.txt"))
    }
}

/// The origin of the portal as browsers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    pub fn origin(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl FromStr for PublicUrl {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let origin = text.strip_suffix('/').unwrap_or(text);
        let uri: Uri = origin.parse().context("not an address")?;
        ensure!(matches!(uri.scheme_str(), Some("http" | "https")), "must begin with http:// or https://");
        ensure!(uri.path() == "/" && uri.query().is_none(), "must end after host and port");
        Ok(Self(origin.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        for (text, origin) in [
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("https://BookSvc.com/", Some("https://booksvc.com")),
            ("booksvc.com", None),
            ("ftp://booksvc.com", None),
            ("https://booksvc.com/portal", None),
            ("https://booksvc.com?x=1", None),
            ("", None),
        ] {
            let parsed = text.parse::<PublicUrl>().ok();
            assert_eq!(parsed.as_ref().map(PublicUrl::origin), origin, "{text:?}");
        }
    }
}
