//! Who may act for a company: what `company` has told, or, when that does not say yes, what it says now.
//!
//! So a company that was made a moment ago can publish at once, and its member's word is never needed.

use contracts::http::company::{Company, Member};
use contracts::ids::{CompanyId, UserId};
use contracts::messages::company::{CompanyChanged, CompanyMember};
use kit::caller::Bearer;
use kit::client::Client;
use sqlx::PgPool;

use crate::error::Error;
use crate::store::companies;

/// The company service, asked in the caller's name.
#[derive(Debug, Clone)]
pub struct Directory {
    pool: PgPool,
    company: Client,
}

impl Directory {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(pool: PgPool, company_url: &str) -> reqwest::Result<Self> {
        Ok(Self { pool, company: Client::new(company_url)? })
    }

    /// Returns when `user_id`, whose token it is, acts for the company.
    ///
    /// # Errors
    /// [`Error::NoCompany`], [`Error::NotMember`]; or nobody can say now.
    pub async fn require_member(
        &self,
        company_id: CompanyId,
        user_id: UserId,
        token: &Bearer,
    ) -> Result<(), Error> {
        let mut connection = self.pool.acquire().await?;
        let known = companies::standing(&mut connection, company_id, user_id).await?;
        drop(connection);
        if known.is_some_and(|standing| standing.role.is_some()) {
            return Ok(());
        }
        let company: Company =
            self.company.get(&format!("/company/{company_id}"), token).await?.ok_or(Error::NoCompany)?;
        if company.role.is_none() {
            return Err(Error::NotMember);
        }
        // After the company: members that are newer than its revision are corrected by the next message,
        // older ones would stay.
        let members: Vec<Member> = self
            .company
            .get(&format!("/company/{company_id}/members"), token)
            .await?
            .ok_or(Error::NotMember)?;
        let revision = company.revision;
        let mut transaction = self.pool.begin().await?;
        companies::keep_newest(&mut transaction, &told(company, &members), revision).await?;
        transaction.commit().await?;
        Ok(())
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
        logo: company.logo,
        members: members
            .iter()
            .map(|member| CompanyMember { user_id: member.user_id, role: member.role })
            .collect(),
    }
}
