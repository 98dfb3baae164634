use std::time::{Duration, Instant};

use contracts::messages::Message as _;
use contracts::messages::booking::BookingEvent;
use contracts::messages::company::{CompanyEvent, InvitationEvent};
use contracts::messages::customer::CustomerEvent;
use contracts::messages::notification::NotificationEvent;
use contracts::messages::payment::{PaymentCommand, PaymentEvent};

use super::Line;
use crate::stack::{SERVICES, Stack};

/// A charge has a minute, the order to undo it is repeated after 5, 10, 20 and then every 60 s.
const AT_REST_WITHIN: Duration = Duration::from_secs(180);

const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// Who listens to what.
const LISTENERS: [(&str, &str); 8] = [
    ("booking", CompanyEvent::TOPIC),
    ("booking", CustomerEvent::TOPIC),
    ("booking", PaymentEvent::TOPIC),
    ("booking", NotificationEvent::TOPIC),
    ("payment", PaymentCommand::TOPIC),
    ("notification", BookingEvent::TOPIC),
    ("notification", CustomerEvent::TOPIC),
    ("notification", InvitationEvent::TOPIC),
];

/// What has not come to rest in time, in words.
pub(super) async fn wait(stack: &Stack) -> anyhow::Result<Vec<String>> {
    let began = Instant::now();
    loop {
        // Something may have been away a moment ago.
        let moving = match moving(stack).await {
            Ok(moving) => moving,
            Err(error) if began.elapsed() >= AT_REST_WITHIN => return Err(error),
            Err(error) => vec![format!("{error:#}")],
        };
        if moving.is_empty() || began.elapsed() >= AT_REST_WITHIN {
            return Ok(moving);
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

pub(super) fn line(moving: Vec<String>) -> Line {
    let checked = SERVICES.len() + LISTENERS.len() + 2;
    let claim = "everything is at rest: outboxes, topics, bookings, mails";
    Line { promise: "G1", claim, checked, violations: moving }
}

/// How much each topic has been told.
pub(super) async fn told(stack: &Stack) -> anyhow::Result<Vec<i64>> {
    let mut told = Vec::new();
    for (_, topic) in LISTENERS {
        told.push(stack.topics.told(topic).await?);
    }
    Ok(told)
}

/// Whether anything has changed since the topics had been `told` so much: all that changes is told, sooner or later.
pub(super) async fn has_moved(stack: &Stack, told: &[i64]) -> anyhow::Result<bool> {
    Ok(!moving(stack).await?.is_empty() || self::told(stack).await? != told)
}

async fn moving(stack: &Stack) -> anyhow::Result<Vec<String>> {
    let undecided = "select count(*) from bookings where due_at is not null and status <> 'paid'";
    let unsent = "select count(*) from mails where state in ('queued', 'waiting')";
    let mut moving = Vec::new();
    let mut note = |count: i64, what: &str| {
        if count > 0 {
            moving.push(format!("{count} {what}"));
        }
    };
    note(count(stack, "booking", undecided).await?, "bookings wait for payment");
    note(count(stack, "notification", unsent).await?, "mails are not sent");
    // Before and after the topics: what is read of a topic may fill an outbox.
    for _ in 0..2 {
        for service in SERVICES {
            let outbox = count(stack, service, "select count(*) from outbox").await?;
            note(outbox, &format!("messages of {service} have not left"));
        }
        for (group, topic) in LISTENERS {
            let lag = stack.topics.lag(group, topic).await?;
            note(lag, &format!("messages of {topic} have not been taken by {group}"));
        }
    }
    Ok(moving)
}

async fn count(stack: &Stack, service: &str, select: &'static str) -> anyhow::Result<i64> {
    let mut database = stack.database(service).await?;
    Ok(sqlx::query_scalar(select).fetch_one(&mut database).await?)
}
