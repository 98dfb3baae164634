//! The service's settings; `--help` is their reference.

use clap::Args;
use kit::config::Common;

#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    /// Seals the tokens of invitations on their way to `notification`, which has the same key: 64 hexadecimal digits;
    /// several with commas between, of which the first seals.
    #[arg(long, env = "INVITATION_KEY", hide_env_values = true)]
    pub invitation_key: String,
}

impl AsRef<Common> for Config {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
