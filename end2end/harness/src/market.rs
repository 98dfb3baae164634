use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use contracts::http::booking::{NewOffer, Offer};
use contracts::http::company::{AcceptInvitation, Company, NewCompany, NewInvitation};
use contracts::http::payment::{Balance, TopUp, ToppedUp};
use contracts::ids::{CompanyId, OfferId, ServiceId, UserId};
use contracts::money::{AmountInput, Money};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::http::{Answer, Server};
use crate::person::Account;
use crate::stack::Stack;
use crate::wait;

/// What is offered here unless a test says otherwise: a haircut.
pub const SERVICE: ServiceId = ServiceId(7);

/// The account server takes no more at once without slowing everybody down.
const REGISTRATIONS_AT_ONCE: usize = 4;

const PUBLISHED_AT_ONCE: usize = 8;

/// How long a patient client goes on asking for the same thing.
const PATIENCE: Duration = Duration::from_secs(90);

const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// A company, the people who act for it, and where its next offer begins.
pub struct Shop {
    pub owner: Account,
    pub managers: Vec<Account>,
    pub company: Company,
    first_start: Timestamp,
    published: AtomicI64,
}

/// The body of `POST /company`, of a company that nobody has seen before.
pub fn new_company() -> NewCompany {
    NewCompany {
        name: format!("Рынок {}", Uuid::new_v4().simple()),
        address: "Москва, Тверская, 1".to_owned(),
        phone: "+7 495 123-45-67".to_owned(),
        email: None,
        description: None,
        time_zone: None,
        location: None,
    }
}

impl Shop {
    /// A company through the gateway, with so many managers beside its owner; `booking` knows them all.
    ///
    /// # Errors
    /// When one of its steps fails.
    ///
    /// # Panics
    /// When one of its steps is refused.
    pub async fn open(stack: &Stack, managers: usize) -> anyhow::Result<Self> {
        Self::open_as(stack, managers, &new_company()).await
    }

    /// The same with a company of one's own description.
    ///
    /// # Errors
    /// When one of its steps fails.
    ///
    /// # Panics
    /// When one of its steps is refused.
    pub async fn open_as(stack: &Stack, managers: usize, body: &NewCompany) -> anyhow::Result<Self> {
        let owner = Account::register(&stack.gateway).await?;
        let company: Company =
            stack.gateway.post("/company").token(owner.token()).json(body).await?.parsed(201);
        let managers = people(stack, managers).await?;
        let mut shop = Self {
            owner,
            managers,
            company,
            first_start: Timestamp::UNIX_EPOCH,
            published: AtomicI64::new(0),
        };
        shop.let_managers_in(stack).await?;
        let mut database = stack.database("booking").await?;
        let ahead = "select extract(epoch from date_trunc('hour', now()))::bigint + 3 * 86400";
        let ahead: i64 = sqlx::query_scalar(ahead).fetch_one(&mut database).await?;
        shop.first_start = Timestamp::from_second(ahead)?;
        let known = "select count(*) from members where company_id = $1";
        wait::until("booking learns who acts for the company", Duration::from_secs(15), async || {
            let count: i64 =
                sqlx::query_scalar(known).bind(shop.company.id.0).fetch_one(&mut database).await?;
            Ok((usize::try_from(count)? == shop.staff().count()).then_some(()))
        })
        .await?;
        Ok(shop)
    }

    /// Each is invited by the owner, reads his letter and accepts.
    async fn let_managers_in(&self, stack: &Stack) -> anyhow::Result<()> {
        for manager in &self.managers {
            invite(stack, &self.owner, self.company.id, &manager.person.email, "manager").await?.expect(201);
            let token = invitation_token(stack, &manager.person.email).await?;
            accept(stack, manager, &token).await?.expect(200);
        }
        Ok(())
    }

    /// Everybody who acts for it.
    pub fn staff(&self) -> impl Iterator<Item = UserId> {
        std::iter::once(&self.owner).chain(&self.managers).map(|account| account.user_id)
    }

    /// `path` under the company's own.
    pub fn path(&self, path: &str) -> String {
        format!("/company/{}{path}", self.company.id)
    }

    /// A start that none of its offers has: from in three days on, one a minute: no reminder comes due while tests run.
    pub fn next_start(&self) -> Timestamp {
        let minutes = self.published.fetch_add(1, Ordering::Relaxed);
        self.first_start + SignedDuration::from_mins(minutes)
    }

    /// The body of an offer with a start of its own.
    pub fn new_offer(&self, price: Money) -> NewOffer {
        NewOffer {
            service_id: SERVICE,
            price: AmountInput::of(price),
            datetime: self.next_start().to_string(),
            duration_min: None,
            description: None,
        }
    }

    /// Publishes `count` offers, straight at the service.
    ///
    /// # Errors
    /// When the service does not answer.
    ///
    /// # Panics
    /// When one is refused.
    pub async fn publish(&self, stack: &Stack, count: usize, price: Money) -> anyhow::Result<Vec<OfferId>> {
        let path = self.path("/offers");
        let calls = (0..count).map(|_| {
            let call = stack.service("booking").post(&path).token(self.owner.token());
            let call = call.json(&self.new_offer(price));
            async { anyhow::Ok(call.await?.parsed::<Offer>(201).id) }
        });
        stream::iter(calls).buffered(PUBLISHED_AT_ONCE).try_collect().await
    }
}

/// Asks for an invitation to a company.
///
/// # Errors
/// When no answer comes.
pub async fn invite(
    stack: &Stack,
    by: &Account,
    company_id: CompanyId,
    email: &str,
    role: &str,
) -> anyhow::Result<Answer> {
    let body = NewInvitation { email: email.to_owned(), role: role.to_owned() };
    stack.gateway.post(&format!("/company/{company_id}/invitations")).token(by.token()).json(&body).await
}

/// What the newest invitation to this address carries; waits for it.
///
/// # Errors
/// When no mail comes.
pub async fn invitation_token(stack: &Stack, email: &str) -> anyhow::Result<String> {
    stack
        .inbox
        .find(email, "the invitation arrives", |mail| {
            let token = mail.text.split("/invitations/").nth(1)?;
            Some(token.chars().take_while(|it| it.is_ascii_alphanumeric() || "-_".contains(*it)).collect())
        })
        .await
}

/// Accepts an invitation.
///
/// # Errors
/// When no answer comes.
pub async fn accept(stack: &Stack, by: &Account, token: &str) -> anyhow::Result<Answer> {
    let body = AcceptInvitation { token: token.to_owned() };
    stack.gateway.post("/invitations/accept").token(by.token()).json(&body).await
}

/// Waits until `booking` and the rest know that somebody does not act for the company any more.
///
/// # Errors
/// When they do not learn of it.
pub async fn forgotten(stack: &Stack, company_id: CompanyId, user_id: UserId) -> anyhow::Result<()> {
    let mut database = stack.database("booking").await?;
    let known = "select count(*) from members where company_id = $1 and user_id = $2";
    wait::until("booking learns who was let go", Duration::from_secs(15), async || {
        let count: i64 =
            sqlx::query_scalar(known).bind(company_id.0).bind(user_id.0).fetch_one(&mut database).await?;
        Ok((count == 0).then_some(()))
    })
    .await
}

/// So many registered people.
///
/// # Errors
/// When nobody can register.
pub async fn people(stack: &Stack, count: usize) -> anyhow::Result<Vec<Account>> {
    let registrations = (0..count).map(|_| Account::register(&stack.gateway));
    stream::iter(registrations).buffered(REGISTRATIONS_AT_ONCE).try_collect().await
}

/// So many people with `money` in their wallets, or without a wallet when it is none.
///
/// # Errors
/// When nobody can register, or pay in.
pub async fn clients(stack: &Stack, count: usize, money: Money) -> anyhow::Result<Vec<Account>> {
    let clients = people(stack, count).await?;
    if money > Money::ZERO {
        for client in &clients {
            top_up(stack, client, money).await?;
        }
    }
    Ok(clients)
}

/// One of [`clients`].
///
/// # Errors
/// As there.
pub async fn client(stack: &Stack, money: Money) -> anyhow::Result<Account> {
    clients(stack, 1, money).await?.pop().context("one was asked for")
}

/// # Errors
/// When payment does not answer.
///
/// # Panics
/// When it refuses.
pub async fn top_up(stack: &Stack, client: &Account, amount: Money) -> anyhow::Result<Money> {
    let body = TopUp { amount: AmountInput::of(amount) };
    let answer = stack.gateway.post("/customer/payment/top-up").token(client.token()).json(&body).await?;
    Ok(answer.parsed::<ToppedUp>(200).balance)
}

/// # Errors
/// When payment does not answer.
///
/// # Panics
/// When it refuses.
pub async fn balance(stack: &Stack, client: &Account) -> anyhow::Result<Money> {
    let answer = stack.gateway.get("/customer/payment/balance").token(client.token()).await?;
    Ok(answer.parsed::<Balance>(200).balance)
}

/// A key that was never used.
pub fn new_key() -> String {
    Uuid::new_v4().to_string()
}

/// Asks once for an offer.
///
/// # Errors
/// When no answer comes.
pub async fn book(door: &Server, client: &Account, offer: OfferId, key: &str) -> anyhow::Result<Answer> {
    let path = format!("/customer/offer/{offer}/book");
    door.post(&path).token(client.token()).header("Idempotency-Key", key).await
}

/// Asks for an offer as a good client does: without an answer, or told that something is broken, he waits and asks again
/// under the same key.
///
/// # Errors
/// When that helps nothing for very long.
pub async fn book_patiently(
    door: &Server,
    client: &Account,
    offer: OfferId,
    key: &str,
) -> anyhow::Result<Answer> {
    let patient = async {
        loop {
            match book(door, client, offer, key).await {
                Ok(answer) if answer.status < 500 => return answer,
                Ok(_) | Err(_) => tokio::time::sleep(BETWEEN_TRIES).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, patient).await.with_context(|| format!("book offer {offer}, key {key}"))
}
