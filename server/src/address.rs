use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// Where a request comes from, behind so many proxies of ours: each writes at the end of `X-Forwarded-For` whom it
/// has the request from, and what stands before that is anybody's word. Of an IPv6 address only the network counts,
/// since one household has all of it.
pub fn of_request(headers: &HeaderMap, extensions: &Extensions, trusted_proxies: usize) -> IpAddr {
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let forwarded = match trusted_proxies {
        0 => None,
        proxies => forwarded.iter().nth_back(proxies - 1).and_then(|text| text.trim().parse().ok()),
    };
    let peer = || extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    // Those of whom nothing is known share one limit.
    let address: IpAddr = forwarded.or_else(peer).unwrap_or(Ipv4Addr::UNSPECIFIED.into());
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & (u128::MAX << 64)).into()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed() {
        let peer: SocketAddr = "203.0.113.9:4000".parse().unwrap();
        let cases: [(&[&str], usize, &str); 9] = [
            (&["192.0.2.1"], 0, "203.0.113.9"),
            (&["192.0.2.1"], 1, "192.0.2.1"),
            (&["10.0.0.1, 192.0.2.1"], 1, "192.0.2.1"),
            (&["10.0.0.1, 192.0.2.1"], 2, "10.0.0.1"),
            (&["10.0.0.1", "192.0.2.1"], 2, "10.0.0.1"),
            (&["10.0.0.1"], 2, "203.0.113.9"),
            (&["garbage"], 1, "203.0.113.9"),
            (&["2001:db8:1:2:3:4:5:6"], 1, "2001:db8:1:2::"),
            (&["::ffff:192.0.2.7"], 1, "192.0.2.7"),
        ];
        for (headers, proxies, expected) in cases {
            let mut request = Request::builder().extension(ConnectInfo(peer));
            for value in headers {
                request = request.header("X-Forwarded-For", *value);
            }
            let parts = request.body(()).unwrap().into_parts().0;
            assert_eq!(
                of_request(&parts.headers, &parts.extensions, proxies),
                expected.parse::<IpAddr>().unwrap(),
                "{headers:?} {proxies}"
            );
        }
    }
}
