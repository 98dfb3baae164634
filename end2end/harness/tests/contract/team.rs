//! A company's team: invited, raised, let go, and what that does elsewhere.

use std::time::{Duration, Instant};

use contracts::http::company::{Company, Invitation, Member, Role};
use contracts::money::Money;
use harness::market::{self, Shop};
use harness::person::{Account, stranger};
use harness::stack::Stack;
use reqwest::Method;
use serde_json::json;

/// How long the other services may believe what was true before, in normal running.
const KNOWN_WITHIN: Duration = Duration::from_secs(1);

/// A test waits for ten times the goal.
const PATIENCE: Duration = Duration::from_secs(10);

async fn role(stack: &Stack, shop: &Shop, account: &Account) -> anyhow::Result<Option<Role>> {
    let company = stack.gateway.get(&shop.path("")).token(account.token()).await?;
    Ok(company.parsed::<Company>(200).role)
}

async fn pending(stack: &Stack, shop: &Shop) -> anyhow::Result<Vec<Invitation>> {
    Ok(stack.gateway.get(&shop.path("/invitations")).token(shop.owner.token()).await?.parsed(200))
}

#[tokio::test]
async fn who_is_invited_reads_a_letter_and_acts_for_the_company_at_once() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let olga = Account::register(&stack.gateway).await?;
    let email = &olga.person.email;
    let made = market::invite(&stack, &shop.owner, shop.company.id, email, "manager").await?;
    let made: Invitation = made.parsed(201);
    assert_eq!(
        (made.email.as_str(), made.role, made.invited_by),
        (email.as_str(), Role::Manager, shop.owner.user_id)
    );
    assert_eq!(pending(&stack, &shop).await?, [made]);
    let again = market::invite(&stack, &shop.owner, shop.company.id, &email.to_uppercase(), "owner").await?;
    assert_eq!(again.refused(409).code, "already_invited");

    let letter = stack
        .inbox
        .find(email, "the letter", |mail| mail.text.contains("/invitations/").then(|| mail.clone()))
        .await?;
    assert!(letter.subject.contains(&shop.company.name), "{}", letter.subject);
    assert!(
        letter.text.contains(&olga.person.first_name) && letter.text.contains("Смирнова"),
        "{}",
        letter.text
    );
    let token = market::invitation_token(&stack, email).await?;

    let joined: Company = market::accept(&stack, &olga, &token).await?.parsed(200);
    assert_eq!((joined.id, joined.role), (shop.company.id, Some(Role::Manager)));
    assert_eq!(pending(&stack, &shop).await?, []);
    // A double click.
    market::accept(&stack, &olga, &token).await?.expect(200);
    let stranger = Account::register(&stack.gateway).await?;
    assert_eq!(market::accept(&stack, &stranger, &token).await?.refused(409).code, "invitation_used");
    // Before anybody has told `booking`.
    let offer = stack.gateway.post(&shop.path("/offers")).token(olga.token());
    offer.json(&shop.new_offer(Money(10_000))).await?.expect(201);
    let members = stack.gateway.get(&shop.path("/members")).token(olga.token()).await?;
    let roles: Vec<Role> = members.parsed::<Vec<Member>>(200).into_iter().map(|member| member.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Manager]);
    Ok(())
}

#[tokio::test]
async fn nobody_gives_more_than_he_has_and_what_is_withdrawn_does_not_count() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 1).await?;
    let manager = &shop.managers[0];
    let too_much = market::invite(&stack, manager, shop.company.id, &stranger().email, "owner").await?;
    assert_eq!(too_much.refused(403).code, "forbidden");

    let (boris, vera) = (Account::register(&stack.gateway).await?, Account::register(&stack.gateway).await?);
    let by_owner = market::invite(&stack, &shop.owner, shop.company.id, &boris.person.email, "owner").await?;
    let by_owner: Invitation = by_owner.parsed(201);
    let path = shop.path(&format!("/invitations/{}", by_owner.id));
    stack.gateway.call(Method::DELETE, &path).token(manager.token()).await?.refused(403);
    stack.gateway.call(Method::DELETE, &path).token(shop.owner.token()).await?.expect(204);
    stack.gateway.call(Method::DELETE, &path).token(shop.owner.token()).await?.refused(404);
    let token = market::invitation_token(&stack, &boris.person.email).await?;
    assert_eq!(market::accept(&stack, &boris, &token).await?.refused(409).code, "invitation_withdrawn");
    assert_eq!(role(&stack, &shop, &boris).await?, None);

    // Who invited is let go before the letter is read.
    market::invite(&stack, manager, shop.company.id, &vera.person.email, "manager").await?.expect(201);
    let token = market::invitation_token(&stack, &vera.person.email).await?;
    let member = shop.path(&format!("/members/{}", manager.user_id));
    stack.gateway.call(Method::DELETE, &member).token(shop.owner.token()).await?.expect(204);
    assert_eq!(market::accept(&stack, &vera, &token).await?.refused(409).code, "invitation_withdrawn");

    for token in ["", "x", &"A".repeat(43), &"A".repeat(5_000)] {
        market::accept(&stack, &vera, token).await?.refused(404);
    }
    for (body, field) in [
        (json!({ "email": "olga", "role": "manager" }), "email"),
        (json!({ "email": "olga@example.com", "role": "admin" }), "role"),
        (json!({ "email": "olga@example.com" }), "role"),
        (json!({ "email": "olga@example.com\r\nBcc: all@example.com", "role": "manager" }), "email"),
    ] {
        let call = stack.gateway.post(&shop.path("/invitations")).token(shop.owner.token());
        let problem = call.json(&body).await?.refused(422);
        assert_eq!(harness::http::fields(&problem), [field], "{body}");
    }
    Ok(())
}

#[tokio::test]
async fn of_two_who_accept_the_same_letter_at_once_one_joins() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let people = market::people(&stack, 2).await?;
    let email = stranger().email;
    market::invite(&stack, &shop.owner, shop.company.id, &email, "manager").await?.expect(201);
    let token = market::invitation_token(&stack, &email).await?;
    let (one, two) = tokio::try_join!(
        market::accept(&stack, &people[0], &token),
        market::accept(&stack, &people[1], &token)
    )?;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let members = stack.gateway.get(&shop.path("/members")).token(shop.owner.token()).await?;
    assert_eq!(members.parsed::<Vec<Member>>(200).len(), 2);
    Ok(())
}

#[tokio::test]
async fn who_is_let_go_is_so_in_company_at_once_and_elsewhere_soon() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 1).await?;
    let manager = &shop.managers[0];
    let paths =
        [shop.path("/offers"), shop.path("/bookings"), shop.path("/payment/balance"), shop.path("/summary")];
    for path in &paths {
        stack.gateway.get(path).token(manager.token()).await?.expect(200);
    }
    let member = shop.path(&format!("/members/{}", manager.user_id));
    let began = Instant::now();
    stack.gateway.call(Method::DELETE, &member).token(shop.owner.token()).await?.expect(204);
    stack.gateway.get(&shop.path("/members")).token(manager.token()).await?.refused(403);
    assert_eq!(role(&stack, &shop, manager).await?, None);
    for path in &paths {
        harness::wait::until("he is let go elsewhere", PATIENCE, async || {
            Ok((stack.gateway.get(path).token(manager.token()).await?.status == 403).then_some(()))
        })
        .await?;
    }
    let elsewhere = began.elapsed();
    println!("let go elsewhere after {elsewhere:?}, goal {KNOWN_WITHIN:?}");
    Ok(())
}

#[tokio::test]
async fn an_inactive_company_is_out_of_sight_soon_and_what_is_paid_stays() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let offers = shop.publish(&stack, 2, Money(10_000)).await?;
    let client = market::client(&stack, Money(100_000)).await?;
    market::book_patiently(&stack.gateway, &client, offers[0], &market::new_key()).await?.expect(200);
    let search = format!("/customer/offers?company_id={}", shop.company.id);
    let found = async || -> anyhow::Result<usize> {
        Ok(stack.gateway.get(&search).await?.parsed::<Vec<serde_json::Value>>(200).len())
    };
    assert_eq!(found().await?, 1);
    let began = Instant::now();
    let company: Company =
        stack.gateway.post(&shop.path("/deactivate")).token(shop.owner.token()).await?.parsed(200);
    assert!(!company.active);
    harness::wait::until("its offers vanish", PATIENCE, async || Ok((found().await? == 0).then_some(())))
        .await?;
    println!("out of sight after {:?}, goal {KNOWN_WITHIN:?}", began.elapsed());
    let refused = market::book(&stack.gateway, &client, offers[1], &market::new_key()).await?;
    assert_eq!(refused.refused(409).code, "company_inactive");
    let mine = stack.gateway.get("/customer/offers/my").token(client.token()).await?;
    assert_eq!(mine.parsed::<Vec<serde_json::Value>>(200).len(), 1);
    stack.gateway.post(&shop.path("/activate")).token(shop.owner.token()).await?.expect(200);
    harness::wait::until("its offers are back", PATIENCE, async || Ok((found().await? == 1).then_some(())))
        .await
}
