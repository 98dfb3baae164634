//! When the next turn begins; a turn is a transaction or a read of the outbox. Messages that share one cost less each, and
//! those that wait for others come later.

use std::time::Duration;

use tokio::time::Instant;

/// How long a message that nobody waits for may wait for others.
pub const PATIENCE: Duration = Duration::from_millis(50);

/// The last turn, as far as it says when the next one begins.
#[derive(Debug)]
pub struct Pace {
    /// Between the beginnings of two turns when messages come close together. Where they come one by one, none waits.
    step: Duration,
    began: Instant,
    crowded: bool,
}

impl Pace {
    pub fn new(step: Duration, now: Instant) -> Self {
        Self { step, began: now, crowded: false }
    }

    /// A turn begins; so many of its messages are waited for.
    pub fn begin(&mut self, awaited: usize, now: Instant) {
        (self.began, self.crowded) = (now, awaited > 1);
    }

    /// How long the next one may wait for more messages, when it holds so many that somebody waits for.
    pub fn until(&self, awaited: usize) -> Instant {
        match (awaited, self.crowded) {
            (0, _) => self.began + PATIENCE,
            (_, true) => self.began + self.step,
            (_, false) => self.began,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(20);

    #[test]
    fn a_message_waits_for_others_only_where_they_come_close_together() {
        let now = Instant::now();
        let mut pace = Pace::new(STEP, now);
        assert_eq!(pace.until(1), now);
        assert_eq!(pace.until(3), now);
        pace.begin(2, now);
        assert_eq!(pace.until(1), now + STEP);
        pace.begin(1, now);
        assert_eq!(pace.until(1), now);
    }

    #[test]
    fn what_nobody_waits_for_waits_for_others() {
        let now = Instant::now();
        let mut pace = Pace::new(STEP, now);
        assert_eq!(pace.until(0), now + PATIENCE);
        pace.begin(2, now);
        assert_eq!(pace.until(0), now + PATIENCE);
        // They are no crowd for who is waited for.
        pace.begin(0, now);
        assert_eq!(pace.until(1), now);
    }
}
