//! The service's settings; `--help` is their reference.

use clap::Args;
use kit::config::Common;

#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    /// Where `company` is, which knows who may see a company's money.
    #[arg(long, env = "COMPANY_URL")]
    pub company_url: String,
}

impl AsRef<Common> for Config {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
