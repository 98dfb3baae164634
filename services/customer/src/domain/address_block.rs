//! Whose registrations count together.

use std::net::IpAddr;

/// What one household or provider is given: IPv4 /24, IPv6 /56.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddressBlock(IpAddr);

impl AddressBlock {
    pub fn of(address: IpAddr) -> Self {
        // An IPv4 client of a socket that speaks both.
        match address.to_canonical() {
            IpAddr::V4(address) => Self(IpAddr::V4((u32::from(address) & (u32::MAX << 8)).into())),
            IpAddr::V6(address) => Self(IpAddr::V6((u128::from(address) & (u128::MAX << 72)).into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_count_together_and_strangers_do_not() {
        let block = |text: &str| AddressBlock::of(text.parse().unwrap());
        assert_eq!(block("192.0.2.1"), block("192.0.2.254"));
        assert_ne!(block("192.0.2.1"), block("192.0.3.1"));
        assert_eq!(block("192.0.2.1"), block("::ffff:192.0.2.7"));
        assert_eq!(block("2001:db8:0:1200::1"), block("2001:db8:0:12ff:ffff::1"));
        assert_ne!(block("2001:db8:0:1200::1"), block("2001:db8:0:1300::1"));
    }
}
