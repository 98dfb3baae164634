use contracts::http::customer::{PhoneVerification, PhoneVerificationCheck, Profile, ProfileChange};
use harness::http::{Answer, fields};
use harness::inbox;
use harness::person::Account;
use harness::stack::Stack;
use serde_json::json;

const PHONE: &str = "+7 (912) 345-67-89";

/// More than a code takes.
const TRIES: usize = 5;

async fn ask(stack: &Stack, account: &Account, phone: &str) -> anyhow::Result<Answer> {
    let body = PhoneVerification { phone: phone.to_owned() };
    stack.gateway.post("/customer/phone/verify").token(account.token()).json(&body).await
}

async fn check(stack: &Stack, account: &Account, phone: &str, code: &str) -> anyhow::Result<Answer> {
    let body = PhoneVerificationCheck { phone: phone.to_owned(), code: code.to_owned() };
    stack.gateway.post("/customer/phone/verify/check").token(account.token()).json(&body).await
}

async fn code_in_the_mail(stack: &Stack, account: &Account) -> anyhow::Result<String> {
    stack.inbox.find(&account.person.email, "the code arrives by mail", inbox::code).await
}

/// A code that is surely not `right`.
fn other_than(right: &str) -> String {
    let last = if right.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &right[..5])
}

async fn profile(stack: &Stack, account: &Account) -> anyhow::Result<Profile> {
    Ok(stack.gateway.get("/customer/profile").token(account.token()).await?.parsed(200))
}

#[tokio::test]
async fn the_right_code_verifies_the_phone_and_a_wrong_one_does_not() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    ask(&stack, &account, PHONE).await?.expect(200);
    let code = code_in_the_mail(&stack, &account).await?;

    check(&stack, &account, PHONE, &other_than(&code)).await?.refused(422);
    check(&stack, &account, "+7 912 000-00-00", &code).await?.refused(422);
    assert!(!profile(&stack, &account).await?.phone_verified);

    check(&stack, &account, PHONE, &code).await?.expect(200);
    let verified = profile(&stack, &account).await?;
    assert_eq!((verified.phone.as_deref(), verified.phone_verified), (Some(PHONE), true));
    Ok(())
}

#[tokio::test]
async fn a_changed_phone_is_not_verified_any_more() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    ask(&stack, &account, PHONE).await?.expect(200);
    let code = code_in_the_mail(&stack, &account).await?;
    check(&stack, &account, PHONE, &code).await?.expect(200);

    let change = |phone: &str| ProfileChange { phone: Some(phone.to_owned()), ..ProfileChange::default() };
    for (phone, verified) in [(PHONE, true), ("+7 912 000-00-00", false), (PHONE, false)] {
        let call = stack.gateway.put("/customer/profile").token(account.token()).json(&change(phone));
        let profile: Profile = call.await?.parsed(200);
        assert_eq!((profile.phone.as_deref(), profile.phone_verified), (Some(phone), verified));
    }
    Ok(())
}

#[tokio::test]
async fn a_second_code_within_a_minute_is_refused() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    ask(&stack, &account, PHONE).await?.expect(200);
    for phone in [PHONE, "+7 912 000-00-00"] {
        let answer = ask(&stack, &account, phone).await?;
        let seconds: u64 = answer.header("Retry-After").parse()?;
        assert!((1..=60).contains(&seconds), "Retry-After: {seconds}");
        answer.refused(429);
    }
    Ok(())
}

#[tokio::test]
async fn a_code_is_worth_nothing_after_five_wrong_tries() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    ask(&stack, &account, PHONE).await?.expect(200);
    let code = code_in_the_mail(&stack, &account).await?;
    for _ in 0..TRIES {
        check(&stack, &account, PHONE, &other_than(&code)).await?.refused(422);
    }
    check(&stack, &account, PHONE, &code).await?.refused(422);
    assert!(!profile(&stack, &account).await?.phone_verified);
    Ok(())
}

#[tokio::test]
async fn a_code_works_once_and_for_its_owner_only() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let (anna, boris) = (Account::register(&stack.gateway).await?, Account::register(&stack.gateway).await?);
    ask(&stack, &anna, PHONE).await?.expect(200);
    let code = code_in_the_mail(&stack, &anna).await?;
    check(&stack, &boris, PHONE, &code).await?.refused(422);
    check(&stack, &anna, PHONE, &code).await?.expect(200);
    check(&stack, &anna, PHONE, &code).await?.refused(422);
    assert!(!profile(&stack, &boris).await?.phone_verified);
    Ok(())
}

#[tokio::test]
async fn what_is_no_phone_or_no_code_is_named_by_its_field() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for phone in
        [json!(""), json!("1234"), json!("call me"), json!("1".repeat(33)), json!("1\u{0}2345"), json!(5)]
    {
        let call = stack.gateway.post("/customer/phone/verify").token(account.token());
        let problem = call.json(&json!({ "phone": phone })).await?.refused(422);
        assert_eq!(fields(&problem), ["phone"], "{phone}");
    }
    // None of those was a try that costs a minute.
    ask(&stack, &account, PHONE).await?.expect(200);
    for code in [
        json!(""),
        json!("12345"),
        json!("abcdef"),
        json!("x".repeat(5_000)),
        json!("12345\u{0}"),
        json!(123_456),
    ] {
        let call = stack.gateway.post("/customer/phone/verify/check").token(account.token());
        let problem = call.json(&json!({ "phone": PHONE, "code": code })).await?.refused(422);
        assert_eq!(fields(&problem), ["code"], "{code:.20}");
    }
    Ok(())
}
