use app::gateway::Gateway;

use crate::accounts::Accounts;
use crate::attempts::Attempts;
use crate::config::PublicUrl;
use crate::form_answers::FormAnswers;
use crate::live::Live;
use crate::sessions::Sessions;

/// What every request needs of the process.
#[derive(Clone)]
pub struct Portal {
    pub public_url: PublicUrl,
    pub gateway: Gateway,
    pub accounts: Accounts,
    pub attempts: Attempts,
    pub form_answers: FormAnswers,
    pub sessions: Sessions,
    pub live: Live,
    /// Of ours, before this process.
    pub trusted_proxies: usize,
}
