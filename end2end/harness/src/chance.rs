use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Random choices that the same seed makes again: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn of_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// From `SEED`, or another seed each time; it is printed, so that a failure can be had again.
    pub fn printed() -> Self {
        let given = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::from(age.subsec_nanos()) ^ age.as_secs()
        });
        println!("SEED={seed}");
        Self::of_seed(seed)
    }

    /// A number from 0 to `limit`, without `limit` itself.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    /// So many milliseconds, both ends included.
    pub fn milliseconds(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to.saturating_sub(from) + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_chooses_the_same() {
        let choices = |seed| {
            let mut chance = Chance::of_seed(seed);
            (0..8).map(|_| chance.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(choices(7), choices(7));
        assert_ne!(choices(7), choices(8));
    }

    #[test]
    fn both_ends_of_a_time_can_be_chosen_and_nothing_outside() {
        let mut chance = Chance::of_seed(1);
        let mut seen: Vec<u128> = (0..1_000).map(|_| chance.milliseconds(3, 5).as_millis()).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [3, 4, 5]);
    }
}
