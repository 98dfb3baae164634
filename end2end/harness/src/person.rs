use std::time::Duration;

use contracts::http::customer::{Login, Registration, Tokens};
use contracts::ids::UserId;
use uuid::Uuid;

use crate::http::Server;
use crate::{token, wait};

/// The account server's first calls after its start take seconds each.
const REGISTERS_WITHIN: Duration = Duration::from_secs(60);

/// What a password of every person here is, for none of them is worth stealing.
pub const PASSWORD: &str = "correct horse battery staple";

/// A person whom the stack has never seen.
pub fn stranger() -> Registration {
    Registration {
        email: format!("{}@example.com", Uuid::new_v4().simple()),
        password: PASSWORD.to_owned(),
        first_name: "Анна".to_owned(),
        last_name: "Смирнова".to_owned(),
    }
}

/// The body with which `person` logs in.
pub fn login_of(person: &Registration) -> Login {
    Login { email: person.email.clone(), password: person.password.clone() }
}

/// A registered person.
#[derive(Clone)]
pub struct Account {
    pub person: Registration,
    pub user_id: UserId,
    pub tokens: Tokens,
}

impl Account {
    /// Registers a stranger; where nothing is claimed about registration, a moment without an answer is
    /// none of the test's business.
    ///
    /// # Errors
    /// When nobody can register.
    ///
    /// # Panics
    /// When he was refused.
    pub async fn register(door: &Server) -> anyhow::Result<Self> {
        wait::until("somebody can register", REGISTERS_WITHIN, async || {
            let person = stranger();
            let answer = door.post("/customer/register").json(&person).await?;
            if answer.status >= 500 {
                return Ok(None);
            }
            let tokens: Tokens = answer.parsed(200);
            Ok(Some(Self { user_id: token::subject(&tokens.access_token)?, person, tokens }))
        })
        .await
    }

    pub fn token(&self) -> &str {
        &self.tokens.access_token
    }
}
