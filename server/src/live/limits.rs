//! How many streams may be open at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use contracts::ids::UserId;

/// Of one person: six streams are as many as a browser opens to one host over HTTP/1.1.
const PER_USER: usize = 6;

/// Of all who have no session, in this process.
const ANONYMOUS: usize = 2_000;

/// Who a stream counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    User(UserId),
    /// Somebody without a session.
    Address(IpAddr),
}

#[derive(Debug, Clone)]
pub struct Limits(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    per_address: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    streams: HashMap<Whose, usize>,
    anonymous: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// This person or address has enough of them.
    TooMany,
    /// All places of this process are taken.
    Full,
}

/// The right to one stream, for as long as it lives.
#[derive(Debug)]
pub struct Permit {
    limits: Limits,
    whose: Whose,
}

impl Limits {
    pub fn new(per_address: usize) -> Self {
        Self(Arc::new(Inner { per_address, open: Mutex::default() }))
    }

    /// # Errors
    /// When the limit is reached.
    pub fn take(&self, whose: Whose) -> Result<Permit, Refused> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_anonymous = matches!(whose, Whose::Address(_));
        let limit = if is_anonymous { self.0.per_address } else { PER_USER };
        if open.streams.get(&whose).is_some_and(|streams| *streams >= limit) {
            return Err(Refused::TooMany);
        }
        if is_anonymous {
            if open.anonymous >= ANONYMOUS {
                return Err(Refused::Full);
            }
            open.anonymous += 1;
        }
        *open.streams.entry(whose).or_default() += 1;
        Ok(Permit { limits: self.clone(), whose })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.limits.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Whose::Address(_) = self.whose {
            open.anonymous -= 1;
        }
        if let Some(streams) = open.streams.get_mut(&self.whose) {
            *streams -= 1;
            if *streams == 0 {
                open.streams.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Whose {
        Whose::Address(text.parse().unwrap())
    }

    #[test]
    fn each_has_so_many_and_gets_them_back() {
        let limits = Limits::new(2);
        let user = Whose::User(UserId(uuid::Uuid::from_u128(1)));
        for (whose, limit) in [(of("192.0.2.1"), 2), (of("192.0.2.2"), 2), (user, PER_USER)] {
            let mut permits: Vec<Permit> = (0..limit).map(|_| limits.take(whose).unwrap()).collect();
            assert_eq!(limits.take(whose).unwrap_err(), Refused::TooMany);
            permits.pop();
            drop(limits.take(whose).unwrap());
            drop(permits);
        }
        let open = limits.0.open.lock().unwrap();
        assert!(open.streams.is_empty() && open.anonymous == 0);
    }

    #[test]
    fn all_without_a_session_together_leave_room_for_those_with_one() {
        let limits = Limits::new(ANONYMOUS);
        let permits: Vec<Permit> = (0..ANONYMOUS)
            .map(|number| limits.take(of(["192.0.2.1", "192.0.2.2"][number % 2])).unwrap())
            .collect();
        assert_eq!(limits.take(of("192.0.2.3")).unwrap_err(), Refused::Full);
        limits.take(Whose::User(UserId(uuid::Uuid::from_u128(1)))).unwrap();
        drop(permits);
        limits.take(of("192.0.2.3")).unwrap();
    }
}
