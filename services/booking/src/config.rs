//! The service's settings; `--help` is their reference.

use clap::{ArgAction, Args};
use kit::config::Common;

#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    /// Where `company` is, for companies that nobody has told of yet.
    #[arg(long, env = "COMPANY_URL")]
    pub company_url: String,

    #[command(flatten)]
    pub limits: Limits,

    /// Only who has verified his e-mail may book.
    #[arg(long, env = "BOOKING_NEEDS_VERIFIED_EMAIL", default_value_t = true, action = ArgAction::Set)]
    pub needs_verified_email: bool,
}

/// What one client may have going on.
#[derive(Debug, Clone, Copy, Args)]
pub struct Limits {
    /// Bookings of a client that are not decided yet.
    #[arg(long, env = "UNDECIDED_LIMIT", default_value_t = 3)]
    pub undecided_limit: i64,

    /// Bookings of a client that may fail within an hour.
    #[arg(long, env = "FAILED_LIMIT_PER_HOUR", default_value_t = 10)]
    pub failed_limit_per_hour: i64,

    /// Seconds that payment has to answer a charge; after them the booking is undone.
    #[arg(long, env = "CHARGE_SECONDS", default_value_t = 60)]
    pub charge_seconds: u32,
}

impl AsRef<Common> for Config {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
