//! Who is invited gets one letter, in a language that he reads, and nothing of the token stays behind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::http::company::Role;
use contracts::ids::{CompanyId, InvitationId};
use contracts::locale::Locale;
use contracts::messages::company::InvitationMade;
use jiff::Timestamp;
use notification::domain::queue::About;
use notification::sender::{Delivery, Error};
use notification::store::mails;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{CLIENT, age, claim, customer, hear_of_customer, hear_of_invitation, note, seal, told};

fn invitation(id: u128) -> InvitationMade {
    let id = InvitationId(Uuid::from_u128(id));
    InvitationMade {
        invitation_id: id,
        company_id: CompanyId(Uuid::from_u128(4)),
        company_name: "Барбершоп".to_owned(),
        role: Role::Manager,
        email: "client@example.com".to_owned(),
        inviter: "Анна Смирнова".to_owned(),
        locale: "en".to_owned(),
        sealed_token: STANDARD.encode(seal().seal(id.0.as_bytes(), b"token").unwrap()),
        expires_at: Timestamp::from_second(1_800_000_000).unwrap(),
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn whom_we_do_not_know_is_written_to_in_the_inviters_language(pool: PgPool) {
    hear_of_invitation(&pool, invitation(1)).await;
    hear_of_invitation(&pool, invitation(1)).await;
    let claimed = claim(&pool, 100).await;
    assert_eq!(claimed.len(), 1);
    let reader = &claimed[0].reader;
    assert_eq!((reader.email.as_str(), reader.first_name.as_str()), ("client@example.com", ""));
    assert_eq!(reader.locale, Locale::En);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn whom_we_know_is_written_to_by_name_and_in_his_language(pool: PgPool) {
    hear_of_customer(&pool, customer(CLIENT, "client@example.com"), 1).await;
    hear_of_invitation(&pool, invitation(1)).await;
    let reader = claim(&pool, 100).await.remove(0).reader;
    assert_eq!((reader.first_name.as_str(), reader.locale), ("Иван", Locale::Ru));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn what_went_out_leaves_no_token_and_is_told_to_nobody(pool: PgPool) {
    hear_of_invitation(&pool, invitation(1)).await;
    let mail = claim(&pool, 100).await.remove(0);
    let About::Invitation { payload, .. } = &mail.about else { panic!("{mail:?}") };
    assert!(payload.contains("sealed_token") && !payload.contains("\"token\""));
    note(&pool, &[Delivery { mail, result: Ok(()) }]).await;
    let kept: String =
        sqlx::query_scalar("select state || invitation::text from mails").fetch_one(&pool).await.unwrap();
    assert!(kept.starts_with("sent") && !kept.contains("sealed_token"), "{kept}");
    assert_eq!(told(&pool).await.len(), 0);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mistyped_address_is_nobodys_alarm_and_a_letter_that_is_too_old_stays(pool: PgPool) {
    hear_of_invitation(&pool, invitation(1)).await;
    let mail = claim(&pool, 100).await.remove(0);
    let unsupported = Error::Mail(kit::mail::Error::Unsupported);
    note(&pool, &[Delivery { mail, result: Err(unsupported) }]).await;
    age(&pool, 3_600).await;
    let mut connection = pool.acquire().await.unwrap();
    let queue = mails::look(&mut connection).await.unwrap();
    assert_eq!((queue.queued, queue.alarming()), (1, 0));
    sqlx::query("update mails set useful_until = now()").execute(&pool).await.unwrap();
    assert_eq!(claim(&pool, 100).await, []);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_that_this_release_cannot_read_holds_up_no_other(pool: PgPool) {
    for id in 1..=3 {
        hear_of_invitation(&pool, invitation(id)).await;
    }
    // As a later release might write.
    sqlx::raw_sql(
        "alter table mails drop constraint mails_about_one;
         update mails set invitation = null where invitation_id = '00000000-0000-0000-0000-000000000002'",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(claim(&pool, 100).await.len(), 2);
    age(&pool, 60).await;
    assert_eq!(claim(&pool, 100).await.len(), 2);
}
