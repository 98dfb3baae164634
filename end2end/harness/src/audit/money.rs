use std::collections::{BTreeSet, HashMap};

use contracts::http::booking::BookingStatus;
use uuid::Uuid;

use super::Line;
use super::record::{Booking, Charge, Entry, Record, Transaction};

pub(super) fn lines(record: &Record) -> Vec<Line> {
    let mut lines = ledger(record);
    lines.extend(charges(record));
    lines
}

fn ledger(record: &Record) -> Vec<Line> {
    let mut transfers: HashMap<Uuid, Vec<&Entry>> = HashMap::new();
    let mut owned: HashMap<(&str, Uuid), i64> = HashMap::new();
    for entry in &record.entries {
        transfers.entry(entry.transfer_id).or_default().push(entry);
        if let Some(owner_id) = entry.owner_id {
            *owned.entry((&entry.account, owner_id)).or_default() += entry.amount;
        }
    }
    let balances: HashMap<(&str, Uuid), i64> = record
        .wallets
        .iter()
        .map(|wallet| ((wallet.owner_kind.as_str(), wallet.owner_id), wallet.balance))
        .collect();
    let owners: BTreeSet<&(&str, Uuid)> = owned.keys().chain(balances.keys()).collect();
    let sum_of = |account: &str| -> i64 {
        record.entries.iter().filter(|entry| entry.account == account).map(|entry| entry.amount).sum()
    };
    let total: i64 = record.entries.iter().map(|entry| entry.amount).sum();
    let held: i64 =
        record.charges.iter().filter(|charge| charge.state == "charged").map(|charge| charge.amount).sum();
    let topped_up: i64 = record
        .transactions
        .iter()
        .filter(|line| line.kind == "top_up" && line.status == "completed")
        .map(|line| line.amount)
        .sum();
    let sums = [
        ("all entries", total, 0),
        ("escrow, against all charges in it", sum_of("escrow"), held),
        ("funding, against all top-ups", sum_of("funding"), -topped_up),
    ];
    vec![
        Line::each("G5", "transfers have two sides and sum to zero", transfers, |(id, sides)| {
            let sum: i64 = sides.iter().map(|side| side.amount).sum();
            (sides.len() != 2 || sum != 0).then(|| format!("transfer {id}: {} sides, sum {sum}", sides.len()))
        }),
        Line::each("G5", "the ledger, escrow and funding hold what they must", sums, |(what, is, must)| {
            (is != must).then(|| format!("{what}: {is} instead of {must}"))
        }),
        Line::each(
            "G5",
            "wallets hold the sum of their entries, and not less than nothing",
            owners,
            |owner| {
                let (kind, id) = owner;
                let entered = owned.get(owner).copied().unwrap_or_default();
                match balances.get(owner) {
                    Some(balance) if *balance == entered && *balance >= 0 => None,
                    Some(balance) => Some(format!("{kind} {id} holds {balance}, entries sum to {entered}")),
                    None => Some(format!("{kind} {id} has entries of {entered} and no wallet")),
                }
            },
        ),
    ]
}

fn charges(record: &Record) -> Vec<Line> {
    let charges: HashMap<Uuid, &Charge> =
        record.charges.iter().map(|charge| (charge.booking_id, charge)).collect();
    let bookings: HashMap<Uuid, &Booking> =
        record.bookings.iter().map(|booking| (booking.id, booking)).collect();
    let mut entries: HashMap<Uuid, Vec<&Entry>> = HashMap::new();
    for entry in &record.entries {
        if let Some(booking_id) = entry.booking_id {
            entries.entry(booking_id).or_default().push(entry);
        }
    }
    let mut statement: HashMap<Uuid, Vec<&Transaction>> = HashMap::new();
    for line in &record.transactions {
        if let Some(booking_id) = line.booking_id {
            statement.entry(booking_id).or_default().push(line);
        }
    }
    let unknown: BTreeSet<&Uuid> =
        entries.keys().chain(statement.keys()).filter(|id| !charges.contains_key(*id)).collect();
    let nothing: &[&Entry] = &[];
    let no_lines: &[&Transaction] = &[];
    vec![
        Line::each("G5", "bookings have the charge that their state asks for", &record.bookings, |booking| {
            let charge = charges.get(&booking.id).copied();
            (!fits(booking, charge)).then(|| {
                let charge = charge.map_or("none".to_owned(), |it| format!("{} of {}", it.state, it.amount));
                let status = booking.status.as_str();
                format!("booking {} is {status} for {}, its charge: {charge}", booking.id, booking.price)
            })
        }),
        Line::each("G5", "charges are of a booking, its client and its price", &record.charges, |charge| {
            let same = bookings
                .get(&charge.booking_id)
                .is_some_and(|booking| booking.client_id == charge.user_id && booking.price == charge.amount);
            (!same)
                .then(|| format!("charge of booking {}: {} of other money", charge.booking_id, charge.amount))
        }),
        Line::each("G2", "charges moved their money once, there and back", &record.charges, |charge| {
            let entries = entries.get(&charge.booking_id).map_or(nothing, Vec::as_slice);
            moved_wrongly(charge, entries).map(|flaw| format!("booking {}: {flaw}", charge.booking_id))
        }),
        Line::each("G2", "charges stand in their client's statement, each once", &record.charges, |charge| {
            let lines = statement.get(&charge.booking_id).map_or(no_lines, Vec::as_slice);
            told_wrongly(charge, lines).map(|flaw| format!("booking {}: {flaw}", charge.booking_id))
        }),
        Line::each("G2", "money of a booking without a charge", unknown, |booking_id| {
            Some(format!("booking {booking_id} has entries and no charge"))
        }),
    ]
}

fn fits(booking: &Booking, charge: Option<&Charge>) -> bool {
    let state = charge.map(|charge| charge.state.as_str());
    match booking.status {
        BookingStatus::Paid | BookingStatus::Refunding => state == Some("charged"),
        BookingStatus::Failed => matches!(state, Some("declined" | "voided")),
        BookingStatus::Cancelled => match booking.refund {
            Some(refund) => {
                state == Some("refunded") && charge.and_then(|charge| charge.refund) == Some(refund)
            }
            None => state == Some("voided"),
        },
        BookingStatus::Completed | BookingStatus::NoShow => state == Some("settled"),
        // Whatever happens to it meanwhile; that it still waits is another finding.
        BookingStatus::Reserved | BookingStatus::Voiding => true,
    }
}

/// What is wrong with how the money of a charge went; sums in the client's, escrow's and the company's view.
fn moved_wrongly(charge: &Charge, entries: &[&Entry]) -> Option<String> {
    let of = |account: &str| -> Vec<i64> {
        let mut amounts: Vec<i64> =
            entries.iter().filter(|entry| entry.account == account).map(|entry| entry.amount).collect();
        amounts.sort_unstable();
        amounts
    };
    let amount = charge.amount;
    let back = charge.refund.unwrap_or_default();
    let (client, company) = match charge.state.as_str() {
        "charged" => (vec![-amount], vec![]),
        "declined" => (vec![], vec![]),
        // Never taken, or taken and given back.
        "voided" if entries.is_empty() => (vec![], vec![]),
        "voided" => (vec![-amount, amount], vec![]),
        "refunded" => (nonzero([-amount, back]), nonzero([amount - back])),
        "settled" => (vec![-amount], vec![amount]),
        state => return Some(format!("the state {state} is not known")),
    };
    let escrow: i64 = of("escrow").iter().sum();
    let held = if charge.state == "charged" { amount } else { 0 };
    let right = of("client") == client && of("company") == company && escrow == held;
    (!right).then(|| {
        let (client, company) = (of("client"), of("company"));
        format!("{} of {amount}: client {client:?}, company {company:?}, escrow {escrow}", charge.state)
    })
}

fn nonzero<const N: usize>(amounts: [i64; N]) -> Vec<i64> {
    amounts.into_iter().filter(|amount| *amount != 0).collect()
}

fn told_wrongly(charge: &Charge, lines: &[&Transaction]) -> Option<String> {
    let mut told: Vec<(&str, &str, i64)> = lines
        .iter()
        .filter(|line| line.user_id == charge.user_id)
        .map(|line| (line.kind.as_str(), line.status.as_str(), line.amount))
        .collect();
    told.sort_unstable();
    let amount = charge.amount;
    let paid = ("payment", "completed", amount);
    let declined = ("payment", "failed", amount);
    let back = |amount| ("refund", "completed", amount);
    let right = lines.len() == told.len()
        && match charge.state.as_str() {
            "charged" | "settled" => told == [paid],
            "declined" => told == [declined],
            "voided" => told.is_empty() || told == [declined] || told == [paid, back(amount)],
            "refunded" => match charge.refund.unwrap_or_default() {
                0 => told == [paid],
                refund => told == [paid, back(refund)],
            },
            _ => false,
        };
    (!right).then(|| format!("{} of {amount} is told as {told:?}", charge.state))
}
