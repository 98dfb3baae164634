//! What a profile refuses to become.

use contracts::http::customer::Profile;
use harness::http::fields;
use harness::person::Account;
use harness::stack::Stack;
use serde_json::json;

#[tokio::test]
async fn what_is_wrong_with_a_change_is_named_by_its_field_and_changes_nothing() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let before: Profile = stack.gateway.get("/customer/profile").token(account.token()).await?.parsed(200);
    let long = "x".repeat(5_000);
    let cases = [
        ("first_name", json!("")),
        ("first_name", json!(long)),
        ("first_name", json!("<b>Anna</b>")),
        ("first_name", json!("An\u{0}na")),
        ("first_name", json!(7)),
        ("last_name", json!("x".repeat(101))),
        ("last_name", json!("<img src=x>")),
        ("last_name", json!([])),
        ("phone", json!("1234")),
        ("phone", json!("+-() .")),
        ("phone", json!("call me")),
        ("phone", json!("+7 912 345 67 89 ext. 5")),
        ("phone", json!("1".repeat(33))),
        ("phone", json!("12345\u{0}")),
        ("phone", json!("12345\r\n67")),
        ("phone", json!(79_123_456_789_u64)),
        ("locale", json!("")),
        ("locale", json!("xx")),
        ("locale", json!("../../etc/passwd")),
        ("locale", json!(long)),
        ("time_zone", json!("")),
        ("time_zone", json!("Mars/Olympus_Mons")),
        ("time_zone", json!("../../etc/passwd")),
        ("time_zone", json!("Europe/Mos\u{0}cow")),
        ("time_zone", json!(3)),
    ];
    for (field, value) in cases {
        // The rest of the change is fine, and must not come through either.
        let mut body = json!({ "first_name": "Other", "locale": "en", "time_zone": "Asia/Tokyo" });
        body[field] = value.clone();
        let answer = stack.gateway.put("/customer/profile").token(account.token()).json(&body).await?;
        let problem = answer.refused(422);
        assert_eq!(fields(&problem), [field], "{value}: {}", problem.detail);
    }
    let after: Profile = stack.gateway.get("/customer/profile").token(account.token()).await?.parsed(200);
    assert_eq!(after, before);
    Ok(())
}

#[tokio::test]
async fn fields_that_are_not_the_persons_to_set_are_ignored() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let before: Profile = stack.gateway.get("/customer/profile").token(account.token()).await?.parsed(200);
    let body = json!({
        "id": "01900000-0000-7000-8000-000000000000",
        "user_id": "01900000-0000-7000-8000-000000000000",
        "sub": "01900000-0000-7000-8000-000000000000",
        "email": "somebody.else@example.com",
        "phone_verified": true,
        "revision": 1_000_000,
        "role": "operator",
        "roles": ["operator"],
        "active": false,
        "status": "deleted",
        "verified": true,
        "unheard_of": { "deep": [1, 2, 3] },
        "phone": "+7 912 345-67-89",
    });
    let answer = stack.gateway.put("/customer/profile").token(account.token()).json(&body).await?;
    let expected =
        Profile { phone: Some("+7 912 345-67-89".to_owned()), revision: before.revision + 1, ..before };
    assert_eq!(answer.parsed::<Profile>(200), expected);
    Ok(())
}

#[tokio::test]
async fn a_registration_cannot_make_itself_more_than_it_is() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let mut body = serde_json::to_value(harness::person::stranger())?;
    for (field, value) in [
        ("phone_verified", json!(true)),
        ("phone", json!("+7 912 345-67-89")),
        ("role", json!("operator")),
        ("realm_roles", json!(["admin"])),
        ("emailVerified", json!(true)),
        ("id", json!("01900000-0000-7000-8000-000000000000")),
    ] {
        body[field] = value;
    }
    let tokens: contracts::http::customer::Tokens =
        stack.gateway.post("/customer/register").json(&body).await?.parsed(200);
    let answer = stack.gateway.get("/customer/profile").token(&tokens.access_token).await?;
    let profile: Profile = answer.parsed(200);
    assert_eq!((profile.phone, profile.phone_verified), (None, false));
    assert_ne!(profile.id.to_string(), "01900000-0000-7000-8000-000000000000");
    let (_, claims) = harness::token::read(&tokens.access_token)?;
    assert_ne!(claims["email_verified"], json!(true));
    Ok(())
}
