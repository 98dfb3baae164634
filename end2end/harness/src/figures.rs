use std::fmt;
use std::time::Duration;

/// Times of many of the same, in order.
#[derive(Debug, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The time that so many percent kept within; nothing took no time.
    pub fn percentile(&self, percent: usize) -> Duration {
        let place = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        self.0.get(place).copied().unwrap_or_default()
    }

    pub fn longest(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, p95, p99] = [50, 95, 99].map(|percent| self.percentile(percent));
        let longest = self.longest();
        write!(f, "p50 {median:.1?}, p95 {p95:.1?}, p99 {p99:.1?}, longest {longest:.1?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_time_of_somebody() {
        let seconds =
            |seconds: &[u64]| Times::new(seconds.iter().copied().map(Duration::from_secs).collect());
        let times = seconds(&[3, 1, 2, 4]);
        for (percent, expected) in [(0, 1), (25, 1), (50, 2), (51, 3), (99, 4), (100, 4)] {
            assert_eq!(times.percentile(percent), Duration::from_secs(expected), "{percent}");
        }
        assert_eq!(seconds(&[]).percentile(99), Duration::ZERO);
        assert_eq!(seconds(&[7]).percentile(50), Duration::from_secs(7));
    }
}
