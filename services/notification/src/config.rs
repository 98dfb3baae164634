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
}

impl AsRef<Common> for Config {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
