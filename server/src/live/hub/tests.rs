use futures::FutureExt as _;

use super::*;

fn user(number: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(number))
}

fn company(number: u128) -> CompanyId {
    CompanyId(uuid::Uuid::from_u128(number))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn booking(text: &'static str, client: u128, at_company: u128) -> Change {
    let about = About::Booking { client: user(client), company: company(at_company) };
    Change { frame: Bytes::from_static(text.as_bytes()), about }
}

fn offer(text: &'static str, service: i16, starts_at: &str) -> Change {
    let about = About::Offer { service: ServiceId(service), starts_at: at(starts_at) };
    Change { frame: Bytes::from_static(text.as_bytes()), about }
}

fn open_hub() -> Hub {
    let hub = Hub::default();
    hub.open();
    hub
}

fn viewer(hub: &Hub, number: u128, companies: &[u128]) -> Subscription {
    let subscription = hub.watch_bookings(user(number)).unwrap();
    subscription.join(companies.iter().map(|number| company(*number)).collect());
    subscription
}

/// What waits, and whether the stream has ended behind it.
fn read(subscription: &mut Subscription) -> (String, bool) {
    let mut text = String::new();
    loop {
        match subscription.next().now_or_never() {
            Some(Some(frame)) => text.push_str(std::str::from_utf8(&frame).unwrap()),
            Some(None) => return (text, true),
            None => return (text, false),
        }
    }
}

fn text(frames: &[Bytes]) -> String {
    String::from_utf8(frames.concat()).unwrap()
}

#[test]
fn a_booking_is_told_to_its_client_and_to_the_company_and_to_nobody_else() {
    let hub = open_hub();
    let mut client = viewer(&hub, 1, &[]);
    let mut manager = viewer(&hub, 2, &[10]);
    let mut both = viewer(&hub, 3, &[10, 11]);
    let mut stranger = viewer(&hub, 4, &[11]);
    assert_eq!(hub.tell(booking("a", 1, 10)).streams, 3);
    assert_eq!(hub.tell(booking("b", 3, 10)).streams, 2);
    assert_eq!(read(&mut client), ("a".to_owned(), false));
    assert_eq!(read(&mut manager), ("ab".to_owned(), false));
    assert_eq!(read(&mut both), ("ab".to_owned(), false));
    assert_eq!(read(&mut stranger), (String::new(), false));
}

#[test]
fn an_offer_is_told_where_service_and_time_fit() {
    let hub = open_hub();
    let june = |day: u8| Some(at(&format!("2026-06-{day:02}T00:00:00Z")));
    let watch = |services: Option<&[i16]>, from, to| {
        let services = services.map(|ids| ids.iter().copied().map(ServiceId).collect());
        hub.watch_offers(OfferFilter { services, from, to }).unwrap().0
    };
    let mut all = watch(None, None, None);
    let mut of_service = watch(Some(&[7, 8]), None, None);
    let mut of_time = watch(None, june(2), june(3));
    hub.tell(offer("a", 7, "2026-06-01T10:00:00Z"));
    hub.tell(offer("b", 9, "2026-06-02T00:00:00Z"));
    hub.tell(offer("c", 8, "2026-06-03T00:00:00Z"));
    hub.tell(booking("d", 1, 10));
    assert_eq!(read(&mut all).0, "abc");
    assert_eq!(read(&mut of_service).0, "ac");
    assert_eq!(read(&mut of_time).0, "bc");
}

#[test]
fn who_comes_a_moment_later_hears_it_too() {
    let hub = open_hub();
    hub.tell(booking("a", 1, 10));
    hub.tell(booking("b", 2, 11));
    hub.tell(offer("c", 7, "2026-06-01T10:00:00Z"));
    hub.tell(offer("d", 8, "2026-06-01T10:00:00Z"));
    let subscription = hub.watch_bookings(user(1)).unwrap();
    assert_eq!(text(&subscription.join(HashSet::from([company(11)]))), "ab");
    let stranger = hub.watch_bookings(user(9)).unwrap();
    assert_eq!(text(&stranger.join(HashSet::new())), "");
    let filter = OfferFilter { services: Some(vec![ServiceId(8)]), ..OfferFilter::default() };
    assert_eq!(text(&hub.watch_offers(filter).unwrap().1), "d");
}

#[test]
fn only_so_much_is_remembered() {
    let hub = open_hub();
    for _ in 0..RECENT_LIMIT + 5 {
        hub.tell(offer("x", 7, "2026-06-01T10:00:00Z"));
    }
    assert_eq!(hub.watch_offers(OfferFilter::default()).unwrap().1.len(), RECENT_LIMIT);
}

#[test]
fn a_slow_reader_is_let_go_and_holds_up_nobody() {
    let hub = open_hub();
    let (mut slow, _) = hub.watch_offers(OfferFilter::default()).unwrap();
    let (mut quick, _) = hub.watch_offers(OfferFilter::default()).unwrap();
    for number in 0..=QUEUE {
        let told = hub.tell(offer("x", 7, "2026-06-01T10:00:00Z"));
        assert_eq!(told.streams, if number < QUEUE { 2 } else { 1 });
        assert_eq!(told.is_pressed, (QUEUE / 2..QUEUE).contains(&number), "{number}");
        assert_eq!(read(&mut quick), ("x".to_owned(), false));
    }
    assert_eq!(read(&mut slow), ("x".repeat(QUEUE), true));
    assert_eq!(hub.tell(offer("x", 7, "2026-06-01T10:00:00Z")).streams, 1);
}

#[test]
fn a_dropped_stream_is_forgotten() {
    let hub = open_hub();
    drop(viewer(&hub, 1, &[10]));
    drop(hub.watch_offers(OfferFilter::default()).unwrap());
    let state = hub.lock();
    assert!(state.viewers.is_empty() && state.searches.is_empty());
    assert!(state.by_user.is_empty() && state.by_company.is_empty());
}

#[test]
fn the_streams_of_new_and_of_former_members_end() {
    let hub = open_hub();
    let mut stays = viewer(&hub, 1, &[10, 11]);
    let mut leaves = viewer(&hub, 2, &[10]);
    let mut comes = viewer(&hub, 3, &[11]);
    let mut stranger = viewer(&hub, 4, &[]);
    hub.tell_members(company(10), &HashSet::from([user(1), user(3)]));
    for (stream, has_ended) in
        [(&mut stays, false), (&mut leaves, true), (&mut comes, true), (&mut stranger, false)]
    {
        assert_eq!(read(stream), (String::new(), has_ended));
    }
    // Deactivated: nobody acts for it.
    hub.tell_members(company(10), &HashSet::new());
    assert_eq!(read(&mut stays), (String::new(), true));
}

#[test]
fn what_is_heard_before_the_companies_are_known_counts() {
    let hub = open_hub();
    let members = HashSet::from([user(1)]);
    for (told, joins, has_ended) in
        [(&members, [].as_slice(), true), (&HashSet::new(), &[10], true), (&members, &[10], false)]
    {
        let mut subscription = hub.watch_bookings(user(1)).unwrap();
        hub.tell_members(company(10), told);
        subscription.join(joins.iter().map(|number| company(*number)).collect());
        assert_eq!(read(&mut subscription), (String::new(), has_ended), "{told:?} {joins:?}");
    }
}

#[test]
fn while_the_feed_has_no_place_there_are_no_streams() {
    let hub = Hub::default();
    assert!(hub.watch_bookings(user(1)).is_none());
    hub.open();
    let mut first = viewer(&hub, 1, &[]);
    hub.tell(booking("a", 1, 10));
    hub.close();
    assert_eq!(read(&mut first), ("a".to_owned(), true));
    assert!(hub.watch_offers(OfferFilter::default()).is_none());
    hub.open();
    let mut second = hub.watch_bookings(user(1)).unwrap();
    assert_eq!(text(&second.join(HashSet::new())), "", "what was remembered has a gap behind it");
    // The late end of the first one is not that of the second.
    drop(first);
    assert_eq!(read(&mut second), (String::new(), false));
}
