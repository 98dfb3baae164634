//! What a client gets back who cancels.

use contracts::http::company::CancellationPolicy;
use contracts::money::Money;
use jiff::{SignedDuration, Timestamp};

use super::saga::Side;

/// Until when a client gets everything back.
pub fn free_until(policy: CancellationPolicy, starts_at: Timestamp) -> Timestamp {
    let before = SignedDuration::from_hours(policy.free_until_hours.into());
    starts_at.saturating_sub(before).unwrap_or(Timestamp::MIN)
}

/// What of `price` goes back to the client when `by` cancels at `now`. A company that cancels gives all back.
pub fn refund(
    policy: CancellationPolicy,
    price: Money,
    starts_at: Timestamp,
    by: Side,
    now: Timestamp,
) -> Money {
    match by {
        Side::Company => price,
        Side::Client if now <= free_until(policy, starts_at) => price,
        Side::Client => price.percent(policy.late_refund_percent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_decides_what_a_client_gets_back_and_a_company_gives_all() {
        let policy = CancellationPolicy { free_until_hours: 24, late_refund_percent: 30 };
        let starts_at = Timestamp::from_second(1_000_000_000).unwrap();
        let price = Money(1_001);
        for (hours_before, by, expected) in [
            (25, Side::Client, price),
            (24, Side::Client, price),
            (23, Side::Client, Money(300)),
            (0, Side::Client, Money(300)),
            (23, Side::Company, price),
        ] {
            let now = starts_at - SignedDuration::from_hours(hours_before);
            assert_eq!(refund(policy, price, starts_at, by, now), expected, "{hours_before} h, {by:?}");
        }
    }
}
