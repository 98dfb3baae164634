use contracts::http::customer::{Profile, ProfileChange, Tokens};
use futures::future::try_join_all;
use harness::person::{Account, login_of};
use harness::stack::Stack;
use harness::token;
use serde_json::{Value, json};

#[tokio::test]
async fn a_profile_has_the_members_that_clients_read() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let profile: Value = stack.gateway.get("/customer/profile").token(account.token()).await?.parsed(200);
    let members = [
        "id",
        "email",
        "first_name",
        "last_name",
        "phone",
        "phone_verified",
        "locale",
        "time_zone",
        "revision",
    ];
    for member in members {
        assert!(profile.get(member).is_some(), "{member} is missing from {profile}");
    }
    assert!(profile["id"].is_string());
    Ok(())
}

#[tokio::test]
async fn a_change_touches_what_it_names_and_leaves_the_rest() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let address = "/customer/profile";
    let mut expected: Profile = stack.gateway.get(address).token(account.token()).await?.parsed(200);
    let text = |text: &str| Some(text.to_owned());
    let none = ProfileChange::default;
    let changes = [
        ProfileChange { first_name: text("Аня"), ..none() },
        ProfileChange { last_name: text("بن علي"), ..none() },
        ProfileChange { phone: text("+7 (912) 345-67-89"), ..none() },
        ProfileChange { locale: text("en"), ..none() },
        ProfileChange { time_zone: text("Asia/Vladivostok"), ..none() },
        ProfileChange { locale: text("ru"), time_zone: text("Europe/Moscow"), ..none() },
    ];
    for change in changes {
        expected = applied(&change, expected);
        let answer = stack.gateway.put(address).token(account.token()).json(&change).await?;
        assert_eq!(answer.parsed::<Profile>(200), expected, "{change:?}");
        let read = stack.gateway.get(address).token(account.token()).await?;
        assert_eq!(read.parsed::<Profile>(200), expected, "{change:?}");
    }

    let nothing = stack.gateway.put(address).token(account.token()).json(&ProfileChange::default()).await?;
    assert_eq!(nothing.parsed::<Profile>(200), expected, "a change of nothing");
    Ok(())
}

fn applied(change: &ProfileChange, to: Profile) -> Profile {
    let change = change.clone();
    Profile {
        first_name: change.first_name.unwrap_or(to.first_name),
        last_name: change.last_name.unwrap_or(to.last_name),
        phone: change.phone.or(to.phone),
        locale: change.locale.unwrap_or(to.locale),
        time_zone: change.time_zone.unwrap_or(to.time_zone),
        revision: to.revision + 1,
        ..to
    }
}

#[tokio::test]
async fn a_log_in_leaves_what_a_person_chose_for_himself() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let change = ProfileChange {
        first_name: Some("Аня".to_owned()),
        locale: Some("en".to_owned()),
        time_zone: Some("Asia/Vladivostok".to_owned()),
        ..ProfileChange::default()
    };
    let answer = stack.gateway.put("/customer/profile").token(account.token()).json(&change).await?;
    let changed: Profile = answer.parsed(200);
    let session = stack.gateway.put("/customer/session").token(account.token()).await?;
    assert_eq!(session.parsed::<Profile>(200), changed);
    let tokens: Tokens =
        stack.gateway.post("/customer/login").json(&login_of(&account.person)).await?.parsed(200);
    let read = stack.gateway.get("/customer/profile").token(&tokens.access_token).await?;
    assert_eq!(read.parsed::<Profile>(200), changed);
    Ok(())
}

#[tokio::test]
async fn changes_that_come_together_are_all_in_the_next_token() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for (first_name, last_name, locale) in
        [("Аня", "Петрова", "en"), ("Анюта", "Кузнецова", "ru"), ("Анна", "Иванова", "en")]
    {
        let (text, none) = (|text: &str| Some(text.to_owned()), ProfileChange::default);
        let changes = [
            ProfileChange { first_name: text(first_name), ..none() },
            ProfileChange { last_name: text(last_name), ..none() },
            ProfileChange { locale: text(locale), ..none() },
        ];
        let calls = changes.iter().map(async |change| {
            stack.gateway.put("/customer/profile").token(account.token()).json(change).await
        });
        for answer in try_join_all(calls).await? {
            answer.expect(200);
        }
        let tokens: Tokens =
            stack.gateway.post("/customer/login").json(&login_of(&account.person)).await?.parsed(200);
        let (_, claims) = token::read(&tokens.access_token)?;
        let names = json!([claims["given_name"], claims["family_name"], claims["locale"]]);
        assert_eq!(names, json!([first_name, last_name, locale]));
    }
    Ok(())
}

#[tokio::test]
async fn everybody_sees_his_own_profile_only() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let (anna, boris) = (Account::register(&stack.gateway).await?, Account::register(&stack.gateway).await?);
    let change =
        ProfileChange { last_name: Some("Кузнецова".to_owned()), ..ProfileChange::default() };
    stack.gateway.put("/customer/profile").token(anna.token()).json(&change).await?.expect(200);
    for (account, last_name) in [(&anna, "Кузнецова"), (&boris, boris.person.last_name.as_str())] {
        let answer = stack.gateway.get("/customer/profile").token(account.token()).await?;
        let profile: Profile = answer.parsed(200);
        assert_eq!((profile.id, profile.last_name.as_str()), (account.user_id, last_name));
    }
    Ok(())
}
