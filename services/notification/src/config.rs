//! The service's settings; `--help` is their reference.

use clap::Args;
use kit::config::{Common, Mail};

#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    #[command(flatten)]
    pub mail: Mail,

    /// The portal as people address it, for the links in mails.
    #[arg(long, env = "PUBLIC_URL")]
    pub public_url: String,

    /// Opens the tokens of invitations, which `company` seals with the same key: 64 hexadecimal digits; several with
    /// commas between.
    #[arg(long, env = "INVITATION_KEY", hide_env_values = true)]
    pub invitation_key: String,
}

impl AsRef<Common> for Config {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
