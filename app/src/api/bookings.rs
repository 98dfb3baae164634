//! A client's bookings.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::offers::OfferCard;
use super::protocol::Answer;
use super::{ApiError, BookingStatus, Paged, When};

/// How a booking got where it is.
#[cfg(feature = "ssr")]
pub mod steps;

/// Which of his bookings a client looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Held or paid, and not over.
    #[default]
    Upcoming,
    Past,
    Cancelled,
    Failed,
}

impl Tab {
    pub const ALL: [Self; 4] = [Self::Upcoming, Self::Past, Self::Cancelled, Self::Failed];

    /// As the address writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Past => "past",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The upcoming ones for anything else.
    pub fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.code() == code).unwrap_or_default()
    }
}

/// A booking in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRow {
    pub id: String,
    pub service: String,
    pub company: String,
    pub when: When,
    pub duration: String,
    pub price: String,
    pub status: BookingStatus,
    /// Why it failed or was cancelled, in words.
    pub reason: Option<String>,
    pub revision: i64,
}

/// Everything about one booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingPage {
    pub row: BookingRow,
    pub offer_id: String,
    pub service_id: String,
    pub address: String,
    pub phone: String,
    /// A map of the place, elsewhere.
    pub map: Option<String>,
    pub steps: Vec<StepView>,
    /// Whose clock the steps are on: `Moscow`.
    pub steps_place: String,
    /// While it can be cancelled.
    pub quote: Option<Quote>,
    /// Whether its time can be booked again, after it failed or was cancelled.
    pub is_free_again: bool,
    /// What could be booked instead then.
    pub alternatives: Vec<OfferCard>,
}

/// A step of a booking, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    pub mark: Mark,
    pub label: String,
    /// More about it: why, or who.
    pub detail: Option<String>,
    /// `10:02:11`, with the day before it where that is another than of the step before.
    pub time: Option<String>,
    /// The same for machines.
    pub iso: Option<String>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Done,
    /// It went wrong here.
    Bad,
    /// Under way.
    Now,
    Ahead,
}

/// What cancelling would give back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub refund: String,
    pub price: String,
    /// `1500.00`, as the service compares it.
    pub amount: String,
    pub is_full: bool,
    pub is_nothing: bool,
    /// Until when everything is refunded: `Wed 3 Jun, 10:00 (Moscow)`.
    pub free_until: String,
}

/// A page of the viewer's bookings: the upcoming ones soonest first, the others as they were made, newest first.
///
/// A page of those that took place may be short although there is a next one: it is what fits of one page of all.
#[server(endpoint = "bookings/list", output = Answer)]
pub async fn list_bookings(tab: String, cursor: String) -> Result<Paged<BookingRow>, ApiError> {
    let calls = crate::gateway::signed_in()?;
    let cursor = Some(cursor).filter(|cursor| !cursor.is_empty());
    server::list(&calls, Tab::parse(&tab), cursor).await
}

/// One of the viewer's bookings.
#[server(endpoint = "bookings/read", output = Answer)]
pub async fn read_booking(id: String) -> Result<BookingPage, ApiError> {
    let calls = crate::gateway::signed_in()?;
    server::booking(&calls, &id).await
}

/// Cancels a booking for the refund that was quoted, and leads back to its page.
#[server(endpoint = "bookings/cancel", output = Answer)]
pub async fn cancel_booking(
    id: String,
    expected_refund: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let calls = crate::gateway::signed_in()?;
    let booking_id = server::cancel(&calls, &id, &expected_refund, &reason)
        .await
        .map_err(|error| error.with_input(&[("reason", &reason)]))?;
    leptos_axum::redirect(&format!("/bookings/{booking_id}"));
    Ok(())
}

#[cfg(feature = "ssr")]
mod server {
    use contracts::format;
    use contracts::http::booking::{
        Booking, BookingDetail, BookingStatus as Status, CancelRequest, CancellationQuote, OfferDetail,
        OfferStatus,
    };
    use contracts::ids::BookingId;
    use contracts::money::{AmountInput, Currency, Money};
    use jiff::{SignedDuration, Timestamp};

    use super::super::{days, offers};
    use super::steps::{self, Step};
    use super::*;
    use crate::gateway::{self, Calls};

    /// Of the bookings that are shown at once.
    const PAGE: &str = "20";
    /// The most that the API gives at once.
    const ALL: &str = "100";

    pub async fn list(
        calls: &Calls,
        tab: Tab,
        cursor: Option<String>,
    ) -> Result<Paged<BookingRow>, ApiError> {
        let found = match tab {
            Tab::Upcoming => upcoming(calls, days::now()).await?,
            Tab::Past => past(calls, cursor, days::now()).await?,
            Tab::Cancelled => of_status(calls, Some(Status::Cancelled), cursor, PAGE).await?,
            Tab::Failed => of_status(calls, Some(Status::Failed), cursor, PAGE).await?,
        };
        Ok(found.map(|booking| row(calls, booking)))
    }

    async fn of_status(
        calls: &Calls,
        status: Option<Status>,
        cursor: Option<String>,
        limit: &str,
    ) -> Result<Paged<Booking>, ApiError> {
        let mut query = vec![("limit", limit.to_owned())];
        query.extend(status.map(|status| ("status", status.as_str().to_owned())));
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        calls.get("/customer/bookings").query(&query).list().await
    }

    /// All at once: nobody has a hundred of one kind before him.
    async fn upcoming(calls: &Calls, now: Timestamp) -> Result<Paged<Booking>, ApiError> {
        let of = |status| of_status(calls, Some(status), None, ALL);
        let (reserved, voiding, paid, refunding) = futures::join!(
            of(Status::Reserved),
            of(Status::Voiding),
            of(Status::Paid),
            of(Status::Refunding)
        );
        let mut items = Vec::new();
        for page in [reserved, voiding, paid, refunding] {
            items.extend(page?.items);
        }
        items.retain(|booking| is_upcoming(booking, now));
        items.sort_by_key(|booking| (booking.datetime, booking.id));
        // One may have moved on between two of the answers.
        items.dedup_by_key(|booking| booking.id);
        Ok(Paged { items, next: None })
    }

    /// Whatever does not wait for its time or for money, of one page of all bookings; the next one where none of it
    /// fits, but not for ever.
    async fn past(
        calls: &Calls,
        mut cursor: Option<String>,
        now: Timestamp,
    ) -> Result<Paged<Booking>, ApiError> {
        const PAGES_AT_MOST: usize = 5;
        let mut found = Paged { items: Vec::new(), next: None };
        for _ in 0..PAGES_AT_MOST {
            found = of_status(calls, None, cursor.take(), ALL).await?;
            found.items.retain(|booking| is_past(booking, now));
            cursor = found.next.clone();
            if !found.items.is_empty() || cursor.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn ends_at(booking: &Booking) -> Timestamp {
        let duration = SignedDuration::from_mins(booking.duration_min.into());
        booking.datetime.saturating_add(duration).unwrap_or(Timestamp::MAX)
    }

    pub fn is_upcoming(booking: &Booking, now: Timestamp) -> bool {
        match booking.status {
            Status::Reserved | Status::Voiding | Status::Refunding => true,
            Status::Paid => ends_at(booking) > now,
            Status::Failed | Status::Cancelled | Status::Completed | Status::NoShow => false,
        }
    }

    fn is_past(booking: &Booking, now: Timestamp) -> bool {
        match booking.status {
            Status::Completed | Status::NoShow => true,
            Status::Paid => !is_upcoming(booking, now),
            Status::Reserved | Status::Voiding | Status::Refunding | Status::Failed | Status::Cancelled => {
                false
            }
        }
    }

    fn row(calls: &Calls, booking: Booking) -> BookingRow {
        let lang = calls.lang.into();
        let reason = booking.reason.as_deref();
        BookingRow {
            id: booking.id.to_string(),
            when: calls.when(booking.datetime, &booking.time_zone),
            duration: format::duration(lang, booking.duration_min),
            price: format::price(lang, booking.price, booking.currency),
            status: booking.status.into(),
            reason: reason.map(|reason| calls.lang.problem(reason).unwrap_or(reason).to_owned()),
            revision: booking.revision,
            service: booking.service_name,
            company: booking.company_name,
        }
    }

    pub async fn booking(calls: &Calls, id: &str) -> Result<BookingPage, ApiError> {
        let id = gateway::id::<BookingId>(id)?;
        let path = format!("/customer/bookings/{id}");
        let quote_path = format!("{path}/cancellation");
        // Refused for one that cannot be cancelled; then there is none.
        let (detail, quote) = futures::join!(
            calls.get(&path).read::<BookingDetail>(),
            calls.get(&quote_path).read::<CancellationQuote>(),
        );
        let (detail, quote) = (detail?, quote.ok());
        let booking = &detail.booking;
        let now = days::now();
        let is_lost = matches!(booking.status, Status::Failed | Status::Cancelled);
        let (is_free_again, alternatives) = if is_lost && booking.datetime > now {
            let offer_path = format!("/offers/{}", booking.offer_id);
            futures::join!(
                async {
                    let offer = calls.get(&offer_path).read::<OfferDetail>().await;
                    offer
                        .is_ok_and(|detail| detail.offer.status == OfferStatus::Open && detail.company.active)
                },
                offers::server::alternatives(
                    calls,
                    booking.service_id,
                    booking.company_id,
                    booking.datetime,
                    booking.offer_id,
                ),
            )
        } else {
            (false, Vec::new())
        };
        // Of a company's cancel, which gives all back, the client is quoted nothing.
        let refund = quote.as_ref().map_or(booking.price, |quote| quote.refund);
        let zone = calls.time_zone.as_deref().unwrap_or(&booking.time_zone);
        let steps = steps::of(booking.status, &detail.timeline, now);
        let can_cancel = matches!(booking.status, Status::Reserved | Status::Paid) && booking.datetime > now;
        Ok(BookingPage {
            offer_id: booking.offer_id.to_string(),
            service_id: booking.service_id.to_string(),
            address: detail.address,
            phone: detail.phone,
            map: detail.location.map(offers::server::map),
            steps: step_views(calls, steps, zone, refund, booking.currency),
            steps_place: format::moment(calls.lang.into(), booking.created_at, zone).place,
            quote: quote.filter(|_| can_cancel).map(|quote| quote_view(calls, &quote, &booking.time_zone)),
            is_free_again,
            alternatives,
            row: row(calls, detail.booking),
        })
    }

    fn quote_view(calls: &Calls, quote: &CancellationQuote, time_zone: &str) -> Quote {
        let words = |amount| format::price(calls.lang.into(), amount, quote.currency);
        Quote {
            refund: words(quote.refund),
            price: words(quote.price),
            amount: quote.refund.to_string(),
            is_full: quote.refund == quote.price,
            is_nothing: quote.refund == Money::ZERO,
            free_until: offers::server::moment_words(calls, quote.free_until, time_zone),
        }
    }

    fn step_views(
        calls: &Calls,
        steps: Vec<Step>,
        time_zone: &str,
        refund: Money,
        currency: Currency,
    ) -> Vec<StepView> {
        let (lang, zone) = (calls.lang, days::zone(time_zone));
        let refund = Some(refund).filter(|refund| *refund > Money::ZERO);
        let refund = refund.map(|refund| format::price(lang.into(), refund, currency));
        let mut day_before = None;
        let view = |step: Step| {
            let time = step.at.map(|at| {
                let local = at.to_zoned(zone.clone());
                let clock = local.strftime("%H:%M:%S").to_string();
                let day = local.date();
                if day_before.replace(day) == Some(day) {
                    return clock;
                }
                let moment = format::moment(lang.into(), at, time_zone);
                format!("{}, {clock}", moment.day)
            });
            StepView {
                mark: step.mark,
                label: lang.step(step.kind, step.mark, refund.as_deref()),
                detail: step.detail.map(|detail| lang.problem(&detail).map_or(detail, str::to_owned)),
                time,
                iso: step.at.map(|at| at.to_string()),
            }
        };
        steps.into_iter().map(view).collect()
    }

    pub async fn cancel(
        calls: &Calls,
        id: &str,
        expected_refund: &str,
        reason: &str,
    ) -> Result<BookingId, ApiError> {
        let id = gateway::id::<BookingId>(id)?;
        let body = CancelRequest {
            reason: Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty()),
            expected_refund: Some(AmountInput::of_text(expected_refund)),
        };
        calls.post(&format!("/customer/bookings/{id}/cancel")).body(&body).done().await?;
        Ok(id)
    }
}
