//! Who is asked to act for a company, and whether what he brings back still counts.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::http;
use contracts::http::company::Role;
use contracts::ids::{CompanyId, InvitationId, UserId};
use contracts::problem::FieldProblem;
use kit::input::{Email, Fields, Invalid};
use sha2::{Digest as _, Sha256};

use super::members::{Members, Refusal};

/// The letters of one company that are still out.
pub const MOST_PENDING: i64 = 50;

/// Letters of one company, and of one inviter, within a day, whatever became of them.
pub const MOST_A_DAY: i64 = 100;

/// Letters to one address within a day, whoever sends them: nobody is pestered through us.
pub const MOST_A_DAY_TO_ONE: i64 = 5;

const TOKEN_BYTES: usize = 32;

/// Somebody whom a member wants to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    pub email: Email,
    pub role: Role,
}

impl NewInvitation {
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(body: &http::company::NewInvitation) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let email = fields.take("email", Email::parse(&body.email));
        let unknown = Invalid::new("unknown_role", "must be owner or manager");
        let role = fields.take("role", Role::parse(&body.role).ok_or(unknown));
        match (email, role) {
            (Some(email), Some(role)) => Ok(Self { email, role }),
            _ => Err(fields.refused()),
        }
    }
}

/// What proves that somebody has read the letter: 32 random bytes, of which we keep the hash alone.
pub struct Token([u8; TOKEN_BYTES]);

impl Token {
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// `None` for what we never wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// As the link has it.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// An invitation that a token names, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub company_id: CompanyId,
    pub role: Role,
    pub invited_by: UserId,
    pub accepted_by: Option<UserId>,
    pub revoked: bool,
    pub expired: bool,
}

/// What becomes of the members when somebody accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// He becomes one.
    Join,
    /// He is one, and may do more from now on.
    Raise,
    /// He may do all that already; the invitation is used up.
    NothingNew,
    /// He has accepted it before.
    Repeated,
}

impl Invitation {
    /// Whether `by` may have what it gives. A token counts once, for seven days, as long as the inviter himself may do
    /// what he gave.
    ///
    /// # Errors
    /// Why it does not count any more.
    pub fn accept(&self, by: UserId, members: &Members) -> Result<Acceptance, Refusal> {
        match self.accepted_by {
            Some(user) if user == by && members.role(by).is_some() => return Ok(Acceptance::Repeated),
            Some(_) => return Err(Refusal::InvitationUsed),
            None if self.revoked => return Err(Refusal::InvitationRevoked),
            None if self.expired => return Err(Refusal::InvitationExpired),
            None => {}
        }
        if members.role(self.invited_by) < Some(self.role) {
            return Err(Refusal::InviterGone);
        }
        Ok(match members.role(by) {
            None => Acceptance::Join,
            Some(role) if role < self.role => Acceptance::Raise,
            Some(_) => Acceptance::NothingNew,
        })
    }
}

#[cfg(test)]
mod tests {
    use contracts::http::company::Member;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    const ANNA: UserId = UserId(Uuid::from_u128(1));
    const BORIS: UserId = UserId(Uuid::from_u128(2));
    const VERA: UserId = UserId(Uuid::from_u128(3));

    fn members(roles: &[(UserId, Role)]) -> Members {
        let since = Timestamp::UNIX_EPOCH;
        Members::new(roles.iter().map(|&(user_id, role)| Member { user_id, role, since }).collect())
    }

    /// Anna, who owns the company, has invited somebody to manage it.
    fn invitation() -> Invitation {
        Invitation {
            id: InvitationId(Uuid::from_u128(9)),
            company_id: CompanyId(Uuid::from_u128(8)),
            role: Role::Manager,
            invited_by: ANNA,
            accepted_by: None,
            revoked: false,
            expired: false,
        }
    }

    #[test]
    fn a_token_is_what_its_text_says_and_its_hash_tells_nothing() {
        let token = Token::random();
        let again = Token::parse(&format!(" {}\n", token.text())).unwrap();
        assert_eq!((again.hash(), again.text()), (token.hash(), token.text()));
        assert_ne!(Token::random().text(), token.text());
        assert_ne!(token.hash(), token.0);
        for text in ["", "x", &token.text()[1..], &format!("{}A", token.text()), "=".repeat(43).as_str()] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn who_accepts_gets_what_the_invitation_gives_and_never_less_than_he_has() {
        let owner = Invitation { role: Role::Owner, ..invitation() };
        let alone = [(ANNA, Role::Owner)];
        let with_boris = |role| [(ANNA, Role::Owner), (BORIS, role)];
        for (invitation, members, expected) in [
            (invitation(), members(&alone), Acceptance::Join),
            (owner.clone(), members(&alone), Acceptance::Join),
            (owner, members(&with_boris(Role::Manager)), Acceptance::Raise),
            (invitation(), members(&with_boris(Role::Manager)), Acceptance::NothingNew),
            (invitation(), members(&with_boris(Role::Owner)), Acceptance::NothingNew),
        ] {
            assert_eq!(invitation.accept(BORIS, &members), Ok(expected), "{invitation:?} {members:?}");
        }
    }

    #[test]
    fn a_token_counts_once_and_for_the_same_person_again() {
        let used = Invitation { accepted_by: Some(BORIS), expired: true, ..invitation() };
        let with_boris = members(&[(ANNA, Role::Owner), (BORIS, Role::Manager)]);
        assert_eq!(used.accept(BORIS, &with_boris), Ok(Acceptance::Repeated));
        assert_eq!(used.accept(VERA, &with_boris), Err(Refusal::InvitationUsed));
        // He was let go since.
        assert_eq!(used.accept(BORIS, &members(&[(ANNA, Role::Owner)])), Err(Refusal::InvitationUsed));
    }

    #[test]
    fn what_is_revoked_late_or_of_somebody_who_is_gone_does_not_count() {
        let alone = members(&[(ANNA, Role::Owner)]);
        let revoked = Invitation { revoked: true, ..invitation() };
        assert_eq!(revoked.accept(BORIS, &alone), Err(Refusal::InvitationRevoked));
        let expired = Invitation { expired: true, ..invitation() };
        assert_eq!(expired.accept(BORIS, &alone), Err(Refusal::InvitationExpired));
        let without_anna = members(&[(VERA, Role::Owner)]);
        assert_eq!(invitation().accept(BORIS, &without_anna), Err(Refusal::InviterGone));
        // Anna manages only, and cannot make owners any more.
        let demoted = members(&[(ANNA, Role::Manager), (VERA, Role::Owner)]);
        let owner = Invitation { role: Role::Owner, ..invitation() };
        assert_eq!(owner.accept(BORIS, &demoted), Err(Refusal::InviterGone));
        assert_eq!(invitation().accept(BORIS, &demoted), Ok(Acceptance::Join));
    }

    #[test]
    fn what_is_wrong_with_an_invitation_is_named_by_field() {
        let body = |email: &str, role: &str| http::company::NewInvitation {
            email: email.to_owned(),
            role: role.to_owned(),
        };
        let new = NewInvitation::parse(&body(" Olga@Example.com ", "manager")).unwrap();
        assert_eq!((new.email.as_str(), new.role), ("olga@example.com", Role::Manager));
        let refused = NewInvitation::parse(&body("olga", "admin")).unwrap_err();
        let codes: Vec<_> = refused.iter().map(|it| (it.field.as_str(), it.code.as_str())).collect();
        assert_eq!(codes, [("email", "invalid_email"), ("role", "unknown_role")]);
    }
}
