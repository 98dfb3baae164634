use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::statistics::Statistics;
use tokio::sync::watch;

use crate::health::Status;
use crate::watch::gauge;

/// How long a member without partitions waits for the group to assign some, or none. librdkafka's connection to the
/// group's coordinator was seen never to come back after a broker had stopped in the middle of everything; a new
/// client has a new connection.
const ASSIGNED_WITHIN: Duration = Duration::from_secs(15);

/// A member that is assigned nothing, for there are more members than partitions, is well. But librdkafka does not
/// tell it when its session ends, so that its connection could be gone for ever and nobody would know. So it joins
/// afresh from time to time; that moves nobody's partitions, for the group knows the member by its name.
const EMPTY_FOR: Duration = Duration::from_secs(5 * 60);

/// What the group lets this member read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assignment {
    /// The group has not said yet, or has not said again after it took everything away.
    Awaited { since: Instant },
    /// The group has said: nothing.
    Empty { since: Instant },
    /// So many partitions, at least one.
    Held(usize),
}

impl Assignment {
    fn held(self) -> usize {
        if let Self::Held(partitions) = self { partitions } else { 0 }
    }

    /// The group gives so many more; none is an answer, too.
    fn assign(self, partitions: usize, now: Instant) -> Self {
        match self.held() + partitions {
            0 => Self::Empty { since: now },
            held => Self::Held(held),
        }
    }

    /// The group, or the end of the session, takes so many away.
    fn revoke(self, partitions: usize, now: Instant) -> Self {
        match self.held().saturating_sub(partitions) {
            0 => Self::Awaited { since: now },
            held => Self::Held(held),
        }
    }

    /// From when on a new client is worth more than this one.
    fn stale_at(self) -> Option<Instant> {
        match self {
            Self::Awaited { since } => Some(since + ASSIGNED_WITHIN),
            Self::Empty { since } => Some(since + EMPTY_FOR),
            Self::Held(_) => None,
        }
    }
}

/// Returns when the assignment has been stale for a moment.
pub(super) async fn is_stale(assignment: &mut watch::Receiver<Assignment>) {
    loop {
        let stale_at = assignment.borrow_and_update().stale_at();
        let is_over = async {
            match stale_at {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // An answer counts, however late.
            biased;
            changed = assignment.changed() => if changed.is_err() { return },
            () = is_over => return,
        }
    }
}

/// Learns when the group gives us partitions, and takes them away.
pub(super) struct Membership {
    pub(super) status: Arc<Status>,
    pub(super) assignment: watch::Sender<Assignment>,
}

impl ClientContext for Membership {
    /// Shows how far behind we are: `consumer_lag`, by topic, of the partitions that are ours.
    fn stats(&self, statistics: Statistics) {
        for (topic, known) in &statistics.topics {
            let lags = known.partitions.values().map(|partition| partition.consumer_lag_stored);
            // −1 for those that are not.
            let lag: i64 = lags.filter(|lag| *lag > 0).sum();
            metrics::gauge!("consumer_lag", "topic" => topic.clone()).set(gauge(lag));
        }
    }
}

impl ConsumerContext for Membership {
    /// Counts, for librdkafka must not be asked here what is assigned: while the client closes, it may never answer.
    fn post_rebalance(&self, _consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let now = Instant::now();
        match rebalance {
            Rebalance::Assign(partitions) => {
                tracing::info!(partitions = partitions.count(), "partitions assigned");
                self.status.started();
                self.status.degraded(false);
                self.assignment.send_modify(|all| *all = all.assign(partitions.count(), now));
            }
            Rebalance::Revoke(partitions) => {
                tracing::info!(partitions = partitions.count(), "partitions revoked");
                self.assignment.send_modify(|all| *all = all.revoke(partitions.count(), now));
            }
            Rebalance::Error(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    fn ago(time: Duration) -> Instant {
        Instant::now().checked_sub(time).unwrap()
    }

    #[test]
    fn a_member_knows_whether_the_group_has_answered() {
        let since = Instant::now();
        let joining = Assignment::Awaited { since };
        assert_eq!(joining.assign(0, since), Assignment::Empty { since });
        // Each rebalance tells only what is new.
        let held = joining.assign(2, since).assign(0, since).assign(4, since);
        assert_eq!(held, Assignment::Held(6));
        assert_eq!(held.revoke(5, since), Assignment::Held(1));
        assert_eq!(held.revoke(6, since), Assignment::Awaited { since });
        assert_eq!(held.revoke(6, since).assign(0, since), Assignment::Empty { since });
    }

    #[test]
    fn only_a_member_without_partitions_becomes_stale() {
        let since = Instant::now();
        assert_eq!(Assignment::Awaited { since }.stale_at(), Some(since + ASSIGNED_WITHIN));
        assert_eq!(Assignment::Empty { since }.stale_at(), Some(since + EMPTY_FOR));
        assert_eq!(Assignment::Held(1).stale_at(), None);
    }

    #[tokio::test]
    async fn an_answer_in_time_ends_the_wait_and_silence_does_not() {
        let (sender, mut receiver) = watch::channel(Assignment::Awaited { since: Instant::now() });
        let mut stale = std::pin::pin!(is_stale(&mut receiver));
        assert!(poll!(&mut stale).is_pending());
        for answer in [
            Assignment::Held(1),
            Assignment::Awaited { since: Instant::now() },
            Assignment::Empty { since: ago(ASSIGNED_WITHIN) },
        ] {
            sender.send_replace(answer);
            assert!(poll!(&mut stale).is_pending(), "{answer:?}");
        }
        sender.send_replace(Assignment::Awaited { since: ago(ASSIGNED_WITHIN) });
        stale.await;
    }

    #[tokio::test]
    async fn an_answer_counts_that_was_there_before_anybody_looked() {
        let (sender, mut receiver) = watch::channel(Assignment::Awaited { since: ago(ASSIGNED_WITHIN) });
        sender.send_replace(Assignment::Held(1));
        assert!(poll!(std::pin::pin!(is_stale(&mut receiver))).is_pending());
    }
}
