use std::collections::HashMap;
use std::time::Duration;

use leptos::prelude::*;

use crate::live::{BookingChange, Connection, use_booking_changes};

/// Changes come in bursts: a booking is held and paid within a second, and a new stream tells of all at once.
const PAUSE: Duration = Duration::from_millis(400);

/// Calls `refetch` soon after a booking of `company` has changed. `shown` is the revision of that booking on the
/// page; `None` for one that is not there.
pub fn use_company_changes(
    company: Memo<String>,
    shown: impl Fn(&str) -> Option<i64> + 'static,
    refetch: impl Fn() + Clone + 'static,
) -> Signal<Connection> {
    // What has been acted upon, so that a booking that the page leaves out moves it once a change and not once a
    // stream.
    let heard = StoredValue::new(HashMap::<String, i64>::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    on_cleanup(move || {
        if let Some(Some(timer)) = timer.try_get_value() {
            timer.clear();
        }
    });
    use_booking_changes(move |change: BookingChange| {
        if company.with_untracked(|company| *company != change.company_id) {
            return;
        }
        let known =
            shown(&change.booking_id).max(heard.with_value(|heard| heard.get(&change.booking_id).copied()));
        if known.is_some_and(|known| known >= change.revision) {
            return;
        }
        heard.update_value(|heard| {
            heard.insert(change.booking_id, change.revision);
        });
        if timer.get_value().is_some() {
            return;
        }
        let refetch = refetch.clone();
        let later = move || {
            timer.set_value(None);
            refetch();
        };
        timer.set_value(set_timeout_with_handle(later, PAUSE).ok());
    })
}
