use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use contracts::ids::OfferId;
use futures::future::try_join_all;
use harness::figures::Times;
use harness::http::Server;
use harness::market;
use harness::person::Account;

/// What clients got who booked as fast as they were answered.
pub struct Load {
    /// Of those that were paid when they were answered.
    pub times: Times,
    lasted: Duration,
    by_status: BTreeMap<u16, usize>,
}

impl Load {
    pub fn answers(&self) -> usize {
        self.by_status.values().sum()
    }

    pub fn paid(&self) -> usize {
        self.times.len()
    }

    /// The other answers by their status.
    pub fn others(&self) -> String {
        let others = self.by_status.iter().filter(|(status, _)| **status != 200);
        let others: Vec<String> = others.map(|(status, count)| format!("{count} × {status}")).collect();
        if others.is_empty() { "0".to_owned() } else { others.join(", ") }
    }

    pub fn per_second(&self) -> f64 {
        self.paid() as f64 / self.lasted.as_secs_f64()
    }

    /// What goes on for longer than a load: bookings whose mails are out too, `drained` after the last answer.
    pub fn sustained(&self, drained: Duration) -> f64 {
        self.paid() as f64 / (self.lasted + drained).as_secs_f64()
    }
}

/// Each client books one offer after the other, each offer once, until the time is over or the offers are.
pub async fn run(
    door: &Server,
    clients: &[Account],
    offers: &[OfferId],
    how_long: Duration,
) -> anyhow::Result<Load> {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let answers = try_join_all(clients.iter().map(async |client| {
        let mut answers = Vec::new();
        while began.elapsed() < how_long {
            let Some(offer) = offers.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            let asked = Instant::now();
            let answer = market::book(door, client, *offer, &market::new_key()).await?;
            answers.push((answer.status, asked.elapsed()));
        }
        anyhow::Ok(answers)
    }))
    .await?;
    let lasted = began.elapsed();
    let mut by_status = BTreeMap::new();
    let mut times = Vec::new();
    for (status, time) in answers.into_iter().flatten() {
        *by_status.entry(status).or_default() += 1;
        if status == 200 {
            times.push(time);
        }
    }
    Ok(Load { times: Times::new(times), lasted, by_status })
}
