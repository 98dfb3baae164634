//! The viewer's companies.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::protocol::Answer;
#[cfg(feature = "ssr")]
use crate::gateway;

#[cfg(feature = "ssr")]
pub(super) use server::{head, member_of};

/// What the viewer may do for a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Manager,
    Owner,
}

/// A company that the viewer acts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyCompany {
    pub id: String,
    pub name: String,
    pub address: String,
    pub role: Role,
    pub active: bool,
}

/// What stands above every page of a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyHead {
    pub id: String,
    pub name: String,
    pub active: bool,
    /// Whose clock its times are on: `Moscow`.
    pub place: String,
}

/// The content of a page about a company, with what stands above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfCompany<T> {
    pub company: CompanyHead,
    pub content: T,
}

/// A company as its members see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyProfile {
    pub description: Option<String>,
    pub address: String,
    pub phone: String,
    pub email: Option<String>,
    /// IANA name.
    pub time_zone: String,
    pub role: Role,
    pub free_until_hours: u16,
    pub late_refund_percent: u8,
}

/// The companies that the viewer acts for, by name.
///
/// # Errors
/// Those of `company`.
#[server(endpoint = "companies/my", input = GetUrl, output = Answer)]
pub async fn my_companies() -> Result<Vec<MyCompany>, ApiError> {
    use contracts::http::company::Company;

    let calls = gateway::signed_in()?;
    let companies: Vec<Company> = calls.get("/company/my").read().await?;
    Ok(companies.into_iter().filter_map(server::mine).collect())
}

/// A company that the viewer acts for.
///
/// # Errors
/// `Forbidden` where he does not.
#[server(endpoint = "companies/profile", input = GetUrl, output = Answer)]
pub async fn read_company(company_id: String) -> Result<OfCompany<CompanyProfile>, ApiError> {
    let calls = gateway::signed_in()?;
    let company = member_of(&calls, &company_id).await?;
    let (head, role) = (server::head(&calls, &company), company.role.map(Role::from));
    Ok(OfCompany {
        company: head,
        content: CompanyProfile {
            description: company.description,
            address: company.address,
            phone: company.phone,
            email: company.email,
            time_zone: company.time_zone,
            role: role.ok_or(ApiError::Forbidden)?,
            free_until_hours: company.cancellation_policy.free_until_hours,
            late_refund_percent: company.cancellation_policy.late_refund_percent,
        },
    })
}

/// Opens a company and leads on to its first time. `email` and `description` may be empty.
///
/// # Errors
/// What `company` says against it, field by field.
#[server(endpoint = "companies/create", output = Answer)]
pub async fn create_company(
    name: String,
    address: String,
    phone: String,
    email: String,
    description: String,
    time_zone: String,
) -> Result<(), ApiError> {
    use contracts::http::company::{Company, NewCompany};

    let calls = gateway::signed_in()?;
    let body = NewCompany {
        name: name.clone(),
        address: address.clone(),
        phone: phone.clone(),
        email: server::given(&email),
        description: server::given(&description),
        time_zone: Some(time_zone.clone()),
        location: None,
    };
    let company: Company = calls.post("/company").body(&body).read().await.map_err(|error| {
        error.with_input(&[
            ("name", &name),
            ("address", &address),
            ("phone", &phone),
            ("email", &email),
            ("description", &description),
            ("time_zone", &time_zone),
        ])
    })?;
    leptos_axum::redirect(&format!("/manage/{}/offers/new?created=1", company.id));
    Ok(())
}

/// Makes the viewer a member of the company that has invited him, and leads there.
///
/// # Errors
/// `NotFound` for a token that names nothing; what `company` says against one that does not count any more.
#[server(endpoint = "companies/join", output = Answer)]
pub async fn join_company(token: String) -> Result<(), ApiError> {
    use contracts::http::company::{AcceptInvitation, Company};

    let calls = gateway::signed_in()?;
    let body = AcceptInvitation { token };
    let company: Company = calls.post("/invitations/accept").body(&body).read().await?;
    leptos_axum::redirect(&format!("/manage/{}", company.id));
    Ok(())
}

#[cfg(feature = "ssr")]
mod server {
    use contracts::format;
    use contracts::http::company::{self, Company};
    use contracts::ids::CompanyId;

    use super::{CompanyHead, MyCompany, Role};
    use crate::api::ApiError;
    use crate::gateway::{self, Calls};

    impl From<company::Role> for Role {
        fn from(role: company::Role) -> Self {
            match role {
                company::Role::Manager => Self::Manager,
                company::Role::Owner => Self::Owner,
            }
        }
    }

    /// The company of that id.
    ///
    /// # Errors
    /// `Forbidden` where the viewer does not act for it.
    pub(in crate::api) async fn member_of(calls: &Calls, company_id: &str) -> Result<Company, ApiError> {
        let id = gateway::id::<CompanyId>(company_id)?;
        let company: Company = calls.get(&format!("/company/{id}")).read().await?;
        if company.role.is_some() { Ok(company) } else { Err(ApiError::Forbidden) }
    }

    pub(in crate::api) fn head(calls: &Calls, company: &Company) -> CompanyHead {
        CompanyHead {
            id: company.id.to_string(),
            name: company.name.clone(),
            active: company.active,
            place: format::place(calls.lang.into(), &company.time_zone),
        }
    }

    /// `None` for a company that somebody else's list would name.
    pub(super) fn mine(company: Company) -> Option<MyCompany> {
        Some(MyCompany {
            id: company.id.to_string(),
            name: company.name,
            address: company.address,
            role: company.role?.into(),
            active: company.active,
        })
    }

    /// A field that may be left empty.
    pub(super) fn given(text: &str) -> Option<String> {
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}
