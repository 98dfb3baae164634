//! Who acts for a company, and who decides on that.

use contracts::http::company::{Member, Role};
use contracts::ids::UserId;

/// All who act for a company, as they are while its row is locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members(Vec<Member>);

/// Why something stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("only an owner may do this")]
    OwnersOnly,
    #[error("the company has no such member")]
    NoSuchMember,
    #[error("the company would have no owner")]
    LastOwner,
    #[error("nobody gives more than he has")]
    AboveOwnRole,
    #[error("the company has too many invitations out")]
    TooManyInvitations,
    #[error("too many letters were sent within a day")]
    InvitedTooOften,
    #[error("the address is invited already")]
    AlreadyInvited,
    #[error("there is no such invitation")]
    NoSuchInvitation,
    #[error("the invitation was accepted before")]
    InvitationUsed,
    #[error("the invitation was withdrawn")]
    InvitationRevoked,
    #[error("the invitation is too old")]
    InvitationExpired,
    #[error("who invited may not give that any more")]
    InviterGone,
}

/// What becomes of a member whose role somebody wants to change; the member is as he is afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleChange {
    Change(Member),
    AlreadySo(Member),
}

impl Members {
    pub fn new(members: Vec<Member>) -> Self {
        Self(members)
    }

    /// Owners decide on roles.
    ///
    /// # Errors
    /// When `by` is no owner, `user` no member, or the last owner would be none any more.
    pub fn change_role(&self, by: UserId, user: UserId, role: Role) -> Result<RoleChange, Refusal> {
        if !self.is_owner(by) {
            return Err(Refusal::OwnersOnly);
        }
        let member = self.member(user)?;
        if member.role == role {
            return Ok(RoleChange::AlreadySo(member.clone()));
        }
        if self.is_last_owner(member) {
            return Err(Refusal::LastOwner);
        }
        Ok(RoleChange::Change(Member { role, ..member.clone() }))
    }

    /// Owners decide who leaves, and everybody for himself.
    ///
    /// # Errors
    /// When it is not for `by` to decide, `user` is no member, or the last owner.
    pub fn remove(&self, by: UserId, user: UserId) -> Result<(), Refusal> {
        if by != user && !self.is_owner(by) {
            return Err(Refusal::OwnersOnly);
        }
        let member = self.member(user)?;
        if self.is_last_owner(member) { Err(Refusal::LastOwner) } else { Ok(()) }
    }

    /// What somebody may do; `None` for everybody who is no member.
    pub fn role(&self, user: UserId) -> Option<Role> {
        self.member(user).ok().map(|member| member.role)
    }

    fn member(&self, user: UserId) -> Result<&Member, Refusal> {
        self.0.iter().find(|member| member.user_id == user).ok_or(Refusal::NoSuchMember)
    }

    fn is_owner(&self, user: UserId) -> bool {
        self.member(user).is_ok_and(|member| member.role == Role::Owner)
    }

    fn is_last_owner(&self, member: &Member) -> bool {
        let owners = self.0.iter().filter(|member| member.role == Role::Owner).count();
        member.role == Role::Owner && owners == 1
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    const ANNA: UserId = UserId(Uuid::from_u128(1));
    const BORIS: UserId = UserId(Uuid::from_u128(2));
    const VERA: UserId = UserId(Uuid::from_u128(3));
    const STRANGER: UserId = UserId(Uuid::from_u128(4));

    fn members(roles: &[(UserId, Role)]) -> Members {
        let since = Timestamp::UNIX_EPOCH;
        Members::new(roles.iter().map(|&(user_id, role)| Member { user_id, role, since }).collect())
    }

    /// Anna owns, Boris and Vera manage.
    fn one_owner() -> Members {
        members(&[(ANNA, Role::Owner), (BORIS, Role::Manager), (VERA, Role::Manager)])
    }

    /// Anna and Boris own, Vera manages.
    fn two_owners() -> Members {
        members(&[(ANNA, Role::Owner), (BORIS, Role::Owner), (VERA, Role::Manager)])
    }

    #[test]
    fn owners_decide_on_roles_and_one_stays() {
        let cases = [
            (one_owner(), ANNA, BORIS, Role::Owner, Ok(true)),
            (one_owner(), ANNA, BORIS, Role::Manager, Ok(false)),
            (one_owner(), ANNA, ANNA, Role::Owner, Ok(false)),
            (one_owner(), ANNA, ANNA, Role::Manager, Err(Refusal::LastOwner)),
            (one_owner(), ANNA, STRANGER, Role::Manager, Err(Refusal::NoSuchMember)),
            (one_owner(), BORIS, BORIS, Role::Owner, Err(Refusal::OwnersOnly)),
            (one_owner(), BORIS, BORIS, Role::Manager, Err(Refusal::OwnersOnly)),
            (one_owner(), STRANGER, BORIS, Role::Owner, Err(Refusal::OwnersOnly)),
            (two_owners(), ANNA, BORIS, Role::Manager, Ok(true)),
            (two_owners(), ANNA, ANNA, Role::Manager, Ok(true)),
        ];
        for (members, by, user, role, expected) in cases {
            let decided = members.change_role(by, user, role).map(|change| match change {
                RoleChange::Change(member) => (member.role, true),
                RoleChange::AlreadySo(member) => (member.role, false),
            });
            assert_eq!(decided, expected.map(|changes| (role, changes)), "{by} {user} {role:?}");
        }
    }

    #[test]
    fn owners_decide_who_leaves_everybody_for_himself_and_one_owner_stays() {
        let cases = [
            (one_owner(), ANNA, BORIS, Ok(())),
            (one_owner(), ANNA, ANNA, Err(Refusal::LastOwner)),
            (one_owner(), ANNA, STRANGER, Err(Refusal::NoSuchMember)),
            (one_owner(), BORIS, BORIS, Ok(())),
            (one_owner(), BORIS, VERA, Err(Refusal::OwnersOnly)),
            (one_owner(), BORIS, ANNA, Err(Refusal::OwnersOnly)),
            (one_owner(), BORIS, STRANGER, Err(Refusal::OwnersOnly)),
            (one_owner(), STRANGER, ANNA, Err(Refusal::OwnersOnly)),
            (two_owners(), ANNA, ANNA, Ok(())),
            (two_owners(), ANNA, BORIS, Ok(())),
            (two_owners(), VERA, BORIS, Err(Refusal::OwnersOnly)),
        ];
        for (members, by, user, expected) in cases {
            assert_eq!(members.remove(by, user), expected, "{by} {user}");
        }
    }
}
