//! Who may act for a company: what `company` has told, or, when that does not say yes, what it says now.
//!
//! So a company that was made a moment ago can publish at once, and its member's word is never needed.

use std::time::Duration;

use contracts::http::company::{Company, Member};
use contracts::ids::{CompanyId, UserId};
use contracts::messages::company::{CompanyChanged, CompanyMember};
use kit::caller::Bearer;
use kit::context;
use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use sqlx::PgPool;

use crate::error;
use crate::store::companies;

/// Of one question; the caller waits for two at most.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The company service, asked in the caller's name.
#[derive(Debug, Clone)]
pub struct Directory {
    pool: PgPool,
    company_url: String,
    http: reqwest::Client,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("ask the company service")]
    Http(#[from] reqwest::Error),
    #[error("the company service answers {0}")]
    Unexpected(StatusCode),
}

impl Directory {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(pool: PgPool, company_url: &str) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { pool, company_url: company_url.trim_end_matches('/').to_owned(), http })
    }

    /// Returns when `user_id`, whose token it is, acts for the company.
    ///
    /// # Errors
    /// [`error::Error::NoCompany`], [`error::Error::NotMember`]; or nobody can say now.
    pub async fn require_member(
        &self,
        company_id: CompanyId,
        user_id: UserId,
        token: &Bearer,
    ) -> Result<(), error::Error> {
        let mut connection = self.pool.acquire().await?;
        let known = companies::standing(&mut connection, company_id, user_id).await?;
        drop(connection);
        if known.is_some_and(|standing| standing.role.is_some()) {
            return Ok(());
        }
        let company: Company =
            self.ask(&format!("{company_id}"), token).await?.ok_or(error::Error::NoCompany)?;
        if company.role.is_none() {
            return Err(error::Error::NotMember);
        }
        // After the company: members that are newer than its revision are corrected by the next message,
        // older ones would stay.
        let members: Vec<Member> =
            self.ask(&format!("{company_id}/members"), token).await?.ok_or(error::Error::NotMember)?;
        let revision = company.revision;
        let mut transaction = self.pool.begin().await?;
        companies::keep_newest(&mut transaction, &told(company, &members), revision).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// `None` for what is not there, or not the caller's to see.
    async fn ask<T: DeserializeOwned>(&self, path: &str, token: &Bearer) -> Result<Option<T>, Error> {
        let url = format!("{}/api/v1/company/{path}", self.company_url);
        let request = self.http.get(url).bearer_auth(token.expose());
        let response = request.header("traceparent", context::current().trace.to_string()).send().await?;
        match response.status() {
            StatusCode::OK => Ok(Some(response.json().await?)),
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Ok(None),
            status => Err(Error::Unexpected(status)),
        }
    }
}

/// As if `company` had told it.
fn told(company: Company, members: &[Member]) -> CompanyChanged {
    CompanyChanged {
        company_id: company.id,
        name: company.name,
        description: company.description,
        address: company.address,
        phone: company.phone,
        email: company.email,
        location: company.location,
        time_zone: company.time_zone,
        cancellation_policy: company.cancellation_policy,
        active: company.active,
        members: members
            .iter()
            .map(|member| CompanyMember { user_id: member.user_id, role: member.role })
            .collect(),
    }
}
