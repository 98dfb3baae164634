//! What we know of a company, and who sees what of it.

use contracts::http;
use contracts::http::company::{CancellationPolicy, Location, Member, Role};
use contracts::ids::CompanyId;
use contracts::messages::company::{CompanyChanged, CompanyEvent, CompanyMember};

/// A company as it is in the database.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    pub description: Option<String>,
    pub address: String,
    pub phone: String,
    pub email: Option<String>,
    pub location: Option<Location>,
    pub time_zone: String,
    pub cancellation_policy: CancellationPolicy,
    pub active: bool,
    pub revision: i64,
}

impl Company {
    /// What the others learn of a change: all that there is. `logo` is the name of its logo.
    pub fn told_with(&self, logo: Option<&str>, members: &[Member]) -> CompanyEvent {
        CompanyEvent::CompanyChanged(CompanyChanged {
            company_id: self.id,
            name: self.name.clone(),
            description: self.description.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            location: self.location,
            time_zone: self.time_zone.clone(),
            cancellation_policy: self.cancellation_policy,
            active: self.active,
            logo: logo.map(|hash| self.logo_path(hash)),
            members: members
                .iter()
                .map(|member| CompanyMember { user_id: member.user_id, role: member.role })
                .collect(),
        })
    }
}

impl Company {
    /// Where the logo of that name is; what is there never changes.
    fn logo_path(&self, hash: &str) -> String {
        format!("/api/v1/company/{}/logo?v={hash}", self.id)
    }
}

/// A company as one person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub company: Company,
    /// That person's; `None` for everybody who is no member.
    pub role: Option<Role>,
    /// The name of its logo, if it has one.
    pub logo: Option<String>,
}

impl From<Seen> for http::company::Company {
    fn from(Seen { company, role, logo }: Seen) -> Self {
        Self {
            logo: logo.map(|hash| company.logo_path(&hash)),
            id: company.id,
            name: company.name,
            description: company.description,
            address: company.address,
            phone: company.phone,
            location: company.location,
            time_zone: company.time_zone,
            cancellation_policy: company.cancellation_policy,
            active: company.active,
            revision: company.revision,
            email: company.email.filter(|_| role.is_some()),
            role,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_members_see_email_and_role() {
        let company = Company {
            id: CompanyId(Uuid::from_u128(1)),
            name: "Барбершоп".to_owned(),
            description: None,
            address: "Москва, Тверская, 1".to_owned(),
            phone: "+7 495 123-45-67".to_owned(),
            email: Some("office@example.com".to_owned()),
            location: None,
            time_zone: "Europe/Moscow".to_owned(),
            cancellation_policy: CancellationPolicy::default(),
            active: true,
            revision: 1,
        };
        for (role, email) in [(None, None), (Some(Role::Manager), Some("office@example.com"))] {
            let shown = http::company::Company::from(Seen {
                company: company.clone(),
                role,
                logo: role.map(|_| "0a".to_owned()),
            });
            assert_eq!((shown.role, shown.email.as_deref()), (role, email));
            let address = "/api/v1/company/00000000-0000-0000-0000-000000000001/logo?v=0a";
            assert_eq!(shown.logo.as_deref(), role.map(|_| address));
            assert_eq!((shown.name.as_str(), shown.revision), ("Барбершоп", 1));
        }
    }
}
