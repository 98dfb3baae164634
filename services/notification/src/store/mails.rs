//! `mails`: who is told what of a booking, or invited, and whether the mail server has it.
//!
//! Whoever writes a mail down does not ask whether its reader is known. The claim does: it makes a mail
//! without a contact `waiting`, and looks again when the lease ends. [`release`], in the transaction that
//! brings the contact, only spares it that time. So no order of the two transactions can leave a mail behind.

use contracts::messages::notification::{Audience, Outcome};
use sqlx::PgConnection;

pub use claim::{claim, renew};
pub use done::{Postponed, mark_sent, postpone};
pub(in crate::store) use write::payload;
pub use write::{insert, insert_invitation, release};

/// Mails are written down.
mod write;

/// Mails are taken from the queue, for a while.
mod claim;

/// Mails were handed over, or not.
mod done;

/// As long as the topic can bring an event again, and a week.
const KEPT_DAYS: i32 = 37;

/// How many mails the queue holds, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    pub queued: i64,
    /// For their readers' addresses.
    pub waiting: i64,
    pub failed: i64,
    /// Neither sent nor given up within five minutes.
    pub overdue: i64,
}

impl Queue {
    /// What somebody must look at: given up is no better than overdue.
    pub fn alarming(self) -> i64 {
        self.overdue + self.failed
    }
}

/// Ends the mails that are not true any more, so that nobody is told what is over.
///
/// # Errors
/// Those of the statement.
pub async fn withdraw_late(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!(
        "update mails
         set state = 'withdrawn'
         where state in ('queued', 'waiting')
           and useful_until <= now()",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What has not gone out, counted. An invitation to an address that a mail server refuses is no trouble of ours: anybody
/// can mistype one.
///
/// # Errors
/// Those of the statement.
pub async fn look(connection: &mut PgConnection) -> sqlx::Result<Queue> {
    sqlx::query_as!(
        Queue,
        r#"select count(*) filter (where state = 'queued') as "queued!",
                  count(*) filter (where state = 'waiting') as "waiting!",
                  (select count(*) from mails where state = 'failed' and invitation_id is null) as "failed!",
                  count(*) filter (
                      where created_at < now() - interval '5 minutes'
                        and (invitation_id is null or refusals = 0)
                  ) as "overdue!"
           from mails
           where state in ('queued', 'waiting')"#,
    )
    .fetch_one(connection)
    .await
}

/// Deletes up to `limit` mails that no event can ask for again, and says how many it were. What waits for the
/// mail server stays.
///
/// # Errors
/// Those of the statement.
pub async fn prune(connection: &mut PgConnection, limit: i64) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from mails
         where id in (
             select id
             from mails
             where created_at < now() - make_interval(days => $1)
               and state <> 'queued'
             limit $2
         )",
        KEPT_DAYS,
        limit,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

fn outcome(text: &str) -> sqlx::Result<Outcome> {
    Outcome::parse(text).ok_or_else(|| impossible("mails.outcome", "is no outcome"))
}

fn audience(text: &str) -> sqlx::Result<Audience> {
    Audience::parse(text).ok_or_else(|| impossible("mails.audience", "is no audience"))
}

fn impossible(index: &str, reason: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: index.to_owned(), source: reason.into() }
}
