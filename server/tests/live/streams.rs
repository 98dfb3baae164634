use std::collections::HashSet;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;

use crate::support::{
    CLIENT, COMPANY, MANAGER, PUBLIC_URL, Portal, booking_event, offer_event, sample, tell,
};

#[tokio::test]
async fn a_client_gets_the_present_state_and_then_what_changes() {
    let portal = Portal::start().await;
    let mut stream = portal.bookings(CLIENT).await;
    let retry: u32 = stream.any().await.unwrap().strip_prefix("retry ").unwrap().parse().unwrap();
    assert!((1_000..=5_000).contains(&retry), "{retry}");
    assert_eq!(stream.next().await, booking_event("reserved", 1));
    tell(&portal.hub, &sample("booking_paid"));
    assert_eq!(stream.next().await, booking_event("paid", 2));
}

#[tokio::test]
async fn a_manager_gets_those_of_his_active_companies() {
    let portal = Portal::start().await;
    let mut stream = portal.bookings(MANAGER).await;
    assert_eq!(stream.next().await, booking_event("reserved", 1));
    tell(&portal.hub, &sample("booking_paid"));
    assert_eq!(stream.next().await, booking_event("paid", 2));
    portal.hub.tell_members(COMPANY.parse().unwrap(), &HashSet::new());
    assert_eq!(stream.next().await, None, "the company was deactivated");
}

#[tokio::test]
async fn somebody_else_gets_nothing() {
    let portal = Portal::start().await;
    let mut stream = portal.bookings("00000000-0000-4000-8000-000000000001").await;
    tell(&portal.hub, &sample("booking_paid"));
    stream.any().await.unwrap();
    for _ in 0..3 {
        assert_eq!(stream.any().await.as_deref(), Some("beat ."));
    }
}

#[tokio::test]
async fn without_a_session_it_ends_at_once_and_with_the_session_it_ends_soon() {
    let portal = Portal::start().await;
    let mut without = portal.bookings_without_session().await;
    assert_eq!(without.next().await.as_deref(), Some("end signed_out"));
    assert_eq!(without.next().await, None);

    let mut with = portal.bookings(MANAGER).await;
    assert_eq!(with.next().await, booking_event("reserved", 1));
    portal.is_signed_in.store(false, Ordering::Relaxed);
    assert_eq!(with.next().await.as_deref(), Some("end signed_out"));
    assert_eq!(with.next().await, None);
}

#[tokio::test]
async fn offers_are_told_by_service_and_time_and_a_parent_includes_its_children() {
    let portal = Portal::start().await;
    let (day_before, day) = ("2026-11-30T00:00:00Z", "2026-12-01");
    let mut streams = vec![
        portal.offers("").await,
        portal.offers_from("192.0.2.2", "?service_id=20&from=&to=").await,
        portal.offers_from("192.0.2.3", &format!("?service_id=3&from={day_before}&to={day}")).await,
    ];
    let mut strangers = vec![
        portal.offers_from("192.0.2.4", "?service_id=1").await,
        portal.offers_from("192.0.2.5", &format!("?to={day_before}")).await,
    ];
    tell(&portal.hub, &sample("offer_changed"));
    tell(&portal.hub, &sample("booking_paid"));
    for stream in &mut streams {
        assert_eq!(stream.next().await, offer_event("open", 1));
        assert_eq!(stream.next().await, offer_event("booked", 3));
    }
    for stream in &mut strangers {
        stream.any().await.unwrap();
        assert_eq!(stream.any().await.as_deref(), Some("beat ."));
    }
    // The page was drawn before it happened, the stream begins after it.
    assert_eq!(portal.offers_from("192.0.2.6", "").await.next().await, offer_event("open", 1));
}

#[tokio::test]
async fn when_something_is_away_it_says_when_to_come_back() {
    let portal = Portal::start_closed().await;
    let closed = portal.ask("/live", &[("test-user", CLIENT)]).await;
    let closed_too = portal.ask("/live/offers", &[]).await;
    portal.hub.open();
    portal.take_services_away();
    let alone = portal.ask("/live", &[("test-user", CLIENT)]).await;
    let alone_too = portal.ask("/live/offers?service_id=3", &[]).await;
    for answer in [closed, closed_too, alone, alone_too] {
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "2");
    }
    portal.offers("").await;
}

#[tokio::test]
async fn only_so_many_are_open_at_once() {
    let portal = Portal::start().await;
    for (path, header, limit) in
        [("/live", ("test-user", CLIENT), 6), ("/live/offers", ("x-forwarded-for", "192.0.2.1"), 2)]
    {
        let mut open = Vec::new();
        for _ in 0..limit {
            open.push(portal.ask(path, &[header]).await);
        }
        let refused = portal.ask(path, &[header]).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()["retry-after"], "30");
        open.pop();
        assert_eq!(portal.ask(path, &[header]).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn pages_of_other_sites_and_nonsense_are_refused() {
    let portal = Portal::start().await;
    for path in ["/live", "/live/offers"] {
        for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            assert_eq!(portal.ask(path, &[header]).await.status(), StatusCode::FORBIDDEN);
        }
        assert_eq!(portal.ask(path, &[("origin", PUBLIC_URL)]).await.status(), StatusCode::OK);
    }
    for query in ["service_id=x", "service_id=999", "from=tomorrow", "service_id=1&service_id=2"] {
        let answer = portal.ask(&format!("/live/offers?{query}"), &[]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn every_stream_ends_when_the_process_stops() {
    let portal = Portal::start().await;
    let mut streams = [portal.bookings(CLIENT).await, portal.offers("").await];
    assert_eq!(streams[0].next().await, booking_event("reserved", 1));
    portal.stopping.cancel();
    for stream in &mut streams {
        while stream.any().await.is_some() {}
    }
}

#[tokio::test]
async fn every_stream_ends_when_the_feed_loses_its_place() {
    let portal = Portal::start().await;
    let mut stream = portal.bookings(CLIENT).await;
    assert_eq!(stream.next().await, booking_event("reserved", 1));
    portal.hub.close();
    assert_eq!(stream.next().await, None);
}
