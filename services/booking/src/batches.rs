//! A plan becomes offers: all that nothing is in the way of, at once.

use std::collections::HashSet;

use contracts::http::booking::{BatchConflict, BatchConflictReason, OfferBatch, OfferStatus};
use contracts::ids::{BatchId, CompanyId};
use contracts::messages::booking::{BookingEvent, OfferChanged};
use contracts::money::Currency;
use jiff::Timestamp;
use kit::outbox;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::booking::Desk;
use crate::domain::plan::{Plan, Slot};
use crate::error::Error;
use crate::store::offers;

/// Ten thousand rows and their messages take longer than a request may otherwise, and the same plan sent twice waits for
/// itself. Two statements; the gateway waits 15 s.
const TIMEOUTS: &str = "set local statement_timeout = '6s'; set local lock_timeout = '6s'";

/// The revision of an offer that was just made.
const FIRST: i64 = 1;

/// Publishes, in one transaction, what of `slots` is free.
///
/// # Errors
/// When the database is away; nothing is published then.
pub async fn publish(
    desk: &Desk,
    company_id: CompanyId,
    plan: &Plan,
    slots: &[Slot],
) -> Result<OfferBatch, Error> {
    let id = BatchId(Uuid::now_v7());
    let mut transaction = desk.pool.begin().await?;
    sqlx::raw_sql(TIMEOUTS).execute(&mut *transaction).await?;
    let published = offers::insert_batch(&mut transaction, id, company_id, plan, &starts(slots)).await?;
    let mut messages = outbox::Batch::default();
    for &(offer_id, starts_at) in &published {
        let offer = OfferChanged {
            offer_id,
            company_id,
            service_id: plan.service.id,
            starts_at,
            duration_min: plan.duration_min,
            price: plan.price,
            currency: Currency::default(),
            status: OfferStatus::Open,
        };
        messages.add(&BookingEvent::OfferChanged(offer), FIRST)?;
    }
    messages.push(&mut transaction).await?;
    desk.outbox.commit(transaction).await?;
    let free = published.into_iter().map(|(_, starts_at)| starts_at).collect();
    Ok(OfferBatch { batch_id: Some(id), starts: Vec::new(), ..outcome(slots, &free) })
}

/// What [`publish`] would do now.
///
/// # Errors
/// When the database is away.
pub async fn preview(
    connection: &mut PgConnection,
    company_id: CompanyId,
    plan: &Plan,
    slots: &[Slot],
) -> Result<OfferBatch, Error> {
    let starts = starts(slots);
    let taken: HashSet<Timestamp> =
        offers::taken(connection, company_id, plan, &starts).await?.into_iter().collect();
    Ok(outcome(slots, &starts.into_iter().filter(|start| !taken.contains(start)).collect()))
}

fn starts(slots: &[Slot]) -> Vec<Timestamp> {
    slots.iter().filter_map(|slot| slot.start.ok()).collect()
}

fn outcome(slots: &[Slot], free: &HashSet<Timestamp>) -> OfferBatch {
    let (mut starts, mut conflicts) = (Vec::new(), Vec::new());
    for Slot { local, start } in slots {
        let free = start.and_then(|start| {
            if free.contains(&start) { Ok(start) } else { Err(BatchConflictReason::SameStart) }
        });
        match free {
            Ok(start) => starts.push(start),
            Err(reason) => conflicts.push(BatchConflict {
                date: local.date(),
                time: format!("{:02}:{:02}", local.hour(), local.minute()),
                reason,
            }),
        }
    }
    OfferBatch { batch_id: None, created: starts.len(), conflicts, starts }
}
