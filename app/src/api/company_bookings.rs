//! Who comes to a company.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::companies::OfCompany;
use super::protocol::Answer;
use super::{ApiError, BookingStatus, When};
#[cfg(feature = "ssr")]
use crate::gateway;

/// A line of the list of a company's bookings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyBooking {
    pub id: String,
    pub when: When,
    pub service: String,
    pub price: String,
    pub status: BookingStatus,
    /// Why it failed or was cancelled, in words.
    pub reason: Option<String>,
    /// The client's name; missing until he is known to `booking`, which takes a moment at most.
    pub client: Option<String>,
    pub revision: i64,
}

/// A company's bookings, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingList {
    pub bookings: Vec<CompanyBooking>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
}

/// Who comes, and how to reach him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
}

/// What can be done about a booking now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The visit lies ahead.
    Cancel,
    /// The visit has begun: it took place, or nobody came.
    Conclude,
    Nothing,
}

/// Something that happened to a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    pub at: When,
    /// Who did what.
    pub words: String,
    /// Why, in our words or those of a person.
    pub detail: Option<String>,
    pub is_mail: bool,
}

/// One of a company's bookings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyBookingDetail {
    pub booking: CompanyBooking,
    pub duration: String,
    pub booked_at: When,
    pub contacts: Option<Contacts>,
    pub choice: Choice,
    /// In the order in which it happened.
    pub timeline: Vec<Happening>,
}

/// The most that one list shows; who looks for more narrows it.
pub const LONGEST_LIST: u16 = 500;

/// A company's bookings, at most `shown`. `from` and `to` are days of the visit at the venue, `client` a part of a
/// name, an e-mail or a phone number; an empty filter is none.
///
/// # Errors
/// `Forbidden` for whoever does not act for the company.
#[server(endpoint = "companies/bookings", input = GetUrl, output = Answer)]
pub async fn list_company_bookings(
    company_id: String,
    status: String,
    from: String,
    to: String,
    client: String,
    shown: u16,
) -> Result<OfCompany<BookingList>, ApiError> {
    use contracts::http::booking;

    use super::{companies, local_time, pages};

    let calls = gateway::signed_in()?;
    let company = companies::member_of(&calls, &company_id).await?;
    let zone = local_time::zone(&company.time_zone);
    let client: String = client.trim().chars().take(100).collect();
    let filter = server::Filter {
        status: BookingStatus::parse(&status).map(BookingStatus::code),
        from: local_time::day_begins(&from, &zone),
        to: local_time::day_ends(&to, &zone),
        q: Some(client).filter(|client| !client.is_empty()),
    };
    let path = format!("/company/{}/bookings", company.id);
    let shown = shown.min(LONGEST_LIST);
    let bookings = pages::first::<booking::CompanyBooking>(&calls, &path, &filter, shown).await?;
    let has_more = bookings.next.is_some();
    let bookings = bookings.map(|booking| server::view(&calls, booking)).items;
    Ok(OfCompany { company: companies::head(&calls, &company), content: BookingList { bookings, has_more } })
}

/// One of the company's bookings, with its client and what happened to it.
///
/// # Errors
/// `Forbidden` for whoever does not act for the company.
#[server(endpoint = "companies/booking", input = GetUrl, output = Answer)]
pub async fn read_company_booking(
    company_id: String,
    booking_id: String,
) -> Result<OfCompany<CompanyBookingDetail>, ApiError> {
    use contracts::ids::BookingId;

    use super::{companies, local_time};

    let calls = gateway::signed_in()?;
    let booking_id = gateway::id::<BookingId>(&booking_id)?;
    let company = companies::member_of(&calls, &company_id).await?;
    let detail = calls.get(&format!("/company/{}/bookings/{booking_id}", company.id)).read().await?;
    let content = server::detail(&calls, detail, local_time::now());
    Ok(OfCompany { company: companies::head(&calls, &company), content })
}

/// Cancels a booking before its visit begins: the client gets everything back. `reason` may be empty; he reads it.
///
/// # Errors
/// `begun`, `over`.
#[server(endpoint = "companies/bookings/cancel", output = Answer)]
pub async fn cancel_company_booking(
    company_id: String,
    booking_id: String,
    reason: String,
) -> Result<(), ApiError> {
    use contracts::http::booking::CancelRequest;

    let calls = gateway::signed_in()?;
    let path = server::path(&company_id, &booking_id, "cancel")?;
    let words = Some(reason.trim().to_owned()).filter(|words| !words.is_empty());
    let body = CancelRequest { reason: words, expected_refund: None };
    calls.post(&path).body(&body).done().await.map_err(|error| error.with_input(&[("reason", &reason)]))
}

/// Says that the visit took place.
///
/// # Errors
/// `not_begun`, `not_paid`, `over`.
#[server(endpoint = "companies/bookings/complete", output = Answer)]
pub async fn complete_booking(company_id: String, booking_id: String) -> Result<(), ApiError> {
    let calls = gateway::signed_in()?;
    calls.post(&server::path(&company_id, &booking_id, "complete")?).done().await
}

/// Says that the client did not come.
///
/// # Errors
/// `not_begun`, `not_paid`, `over`.
#[server(endpoint = "companies/bookings/no-show", output = Answer)]
pub async fn mark_no_show(company_id: String, booking_id: String) -> Result<(), ApiError> {
    let calls = gateway::signed_in()?;
    calls.post(&server::path(&company_id, &booking_id, "no-show")?).done().await
}

#[cfg(feature = "ssr")]
mod server {
    use contracts::format;
    use contracts::http::booking::{self, Actor, Client, TimelineEntry};
    use contracts::ids::{BookingId, CompanyId};
    use jiff::Timestamp;
    use serde::Serialize;

    use super::{Choice, CompanyBooking, CompanyBookingDetail, Contacts, Happening};
    use crate::api::{ApiError, BookingStatus};
    use crate::gateway::{self, Calls};
    use crate::i18n::Lang;

    #[derive(Serialize)]
    pub(super) struct Filter {
        pub status: Option<&'static str>,
        pub from: Option<Timestamp>,
        pub to: Option<Timestamp>,
        pub q: Option<String>,
    }

    /// The address of something to do about a booking.
    pub(super) fn path(company_id: &str, booking_id: &str, what: &str) -> Result<String, ApiError> {
        let company_id = gateway::id::<CompanyId>(company_id)?;
        let booking_id = gateway::id::<BookingId>(booking_id)?;
        Ok(format!("/company/{company_id}/bookings/{booking_id}/{what}"))
    }

    pub(super) fn view(
        calls: &Calls,
        booking::CompanyBooking { booking, client }: booking::CompanyBooking,
    ) -> CompanyBooking {
        CompanyBooking {
            id: booking.id.to_string(),
            when: calls.when(booking.datetime, &booking.time_zone),
            service: booking.service_name,
            price: format::price(calls.lang.into(), booking.price, booking.currency),
            status: booking.status.into(),
            reason: booking.reason.map(|reason| words(calls.lang, reason)),
            client: client.as_ref().map(name),
            revision: booking.revision,
        }
    }

    pub(super) fn detail(
        calls: &Calls,
        booking::CompanyBookingDetail { booking: company_booking, timeline }: booking::CompanyBookingDetail,
        now: Timestamp,
    ) -> CompanyBookingDetail {
        let booking = &company_booking.booking;
        let zone = &booking.time_zone;
        CompanyBookingDetail {
            duration: format::duration(calls.lang.into(), booking.duration_min),
            booked_at: calls.when(booking.created_at, zone),
            contacts: company_booking.client.as_ref().map(|client| Contacts {
                name: name(client),
                email: client.email.clone(),
                phone: client.phone.clone(),
            }),
            choice: choice(booking.status.into(), booking.datetime <= now),
            timeline: timeline
                .into_iter()
                .map(|entry| {
                    let at = calls.when(entry.at, zone);
                    happening(calls.lang, entry, at)
                })
                .collect(),
            booking: view(calls, company_booking),
        }
    }

    fn name(client: &Client) -> String {
        format!("{} {}", client.first_name, client.last_name).trim().to_owned()
    }

    /// Ours for a stable name, else those of the person.
    fn words(lang: Lang, detail: String) -> String {
        lang.problem(&detail).map_or(detail, str::to_owned)
    }

    fn choice(status: BookingStatus, has_begun: bool) -> Choice {
        match (status, has_begun) {
            (BookingStatus::Reserved | BookingStatus::Paid, false) => Choice::Cancel,
            (BookingStatus::Paid, true) => Choice::Conclude,
            _ => Choice::Nothing,
        }
    }

    fn happening(lang: Lang, entry: TimelineEntry, at: crate::api::When) -> Happening {
        let (words_of_it, detail) = told(lang, &entry.status, entry.actor, entry.detail);
        Happening {
            at,
            words: words_of_it,
            detail,
            is_mail: matches!(entry.status.as_str(), "notified" | "reminded"),
        }
    }

    /// Who did what, and why, as the company reads it.
    fn told(lang: Lang, status: &str, actor: Actor, detail: Option<String>) -> (String, Option<String>) {
        if status == "notified" {
            let to_company = detail.as_deref() == Some("company");
            let words = if to_company { lang.manage_told_company() } else { lang.manage_told_client() };
            return (words.to_owned(), None);
        }
        if status == "reminded" {
            return (lang.manage_reminded_client().to_owned(), None);
        }
        let words_of_it = match (BookingStatus::parse(status), actor) {
            (Some(BookingStatus::Reserved), _) => lang.manage_was_reserved(),
            (Some(BookingStatus::Paid), _) => lang.manage_was_paid(),
            (Some(BookingStatus::Voiding), Actor::Client) => lang.manage_was_stopped_by_client(),
            (Some(BookingStatus::Voiding), Actor::Company) => lang.manage_was_stopped_by_company(),
            (Some(BookingStatus::Voiding), Actor::System) => lang.manage_was_not_confirmed(),
            (Some(BookingStatus::Failed), _) => lang.manage_was_failed(),
            (Some(BookingStatus::Refunding | BookingStatus::Cancelled), Actor::Client) => {
                lang.manage_was_cancelled_by_client()
            }
            (Some(BookingStatus::Refunding | BookingStatus::Cancelled), Actor::Company) => {
                lang.manage_was_cancelled_by_company()
            }
            (Some(BookingStatus::Refunding), Actor::System) => lang.manage_is_refunded(),
            (Some(BookingStatus::Cancelled), Actor::System) => lang.manage_was_refunded(),
            (Some(BookingStatus::Completed), Actor::System) => lang.manage_was_completed_by_itself(),
            (Some(BookingStatus::Completed), _) => lang.manage_was_completed(),
            (Some(BookingStatus::NoShow), _) => lang.manage_was_no_show(),
            // A newer service tells of something that we do not know yet.
            (None, _) => status,
        };
        // Who cancelled stands in the words already.
        let detail = detail.filter(|detail| !detail.starts_with("cancelled_by_"));
        (words_of_it.to_owned(), detail.map(|detail| words(lang, detail)))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_timeline_says_who_did_what() {
            let en = Lang::En;
            for (status, actor, detail, expected, why) in [
                ("reserved", Actor::Client, None, en.manage_was_reserved(), None),
                ("paid", Actor::System, None, en.manage_was_paid(), None),
                (
                    "failed",
                    Actor::System,
                    Some("insufficient_funds"),
                    en.manage_was_failed(),
                    en.problem("insufficient_funds"),
                ),
                (
                    "voiding",
                    Actor::System,
                    Some("timed_out"),
                    en.manage_was_not_confirmed(),
                    en.problem("timed_out"),
                ),
                (
                    "refunding",
                    Actor::Client,
                    Some("cancelled_by_client"),
                    en.manage_was_cancelled_by_client(),
                    None,
                ),
                ("refunding", Actor::Company, Some("Ill"), en.manage_was_cancelled_by_company(), Some("Ill")),
                ("cancelled", Actor::System, Some("cancelled_by_company"), en.manage_was_refunded(), None),
                ("completed", Actor::System, None, en.manage_was_completed_by_itself(), None),
                ("completed", Actor::Company, None, en.manage_was_completed(), None),
                ("notified", Actor::System, Some("client"), en.manage_told_client(), None),
                ("notified", Actor::System, Some("company"), en.manage_told_company(), None),
                ("reminded", Actor::System, Some("client"), en.manage_reminded_client(), None),
                ("archived", Actor::System, None, "archived", None),
            ] {
                let (words, detail) = told(en, status, actor, detail.map(str::to_owned));
                assert_eq!((words.as_str(), detail.as_deref()), (expected, why), "{status} {actor:?}");
            }
        }

        #[test]
        fn a_visit_is_cancelled_before_and_concluded_after_its_beginning() {
            for (status, has_begun, expected) in [
                (BookingStatus::Paid, false, Choice::Cancel),
                (BookingStatus::Reserved, false, Choice::Cancel),
                (BookingStatus::Paid, true, Choice::Conclude),
                (BookingStatus::Reserved, true, Choice::Nothing),
                (BookingStatus::Cancelled, false, Choice::Nothing),
                (BookingStatus::NoShow, true, Choice::Nothing),
            ] {
                assert_eq!(choice(status, has_begun), expected, "{status:?} {has_begun}");
            }
        }

        #[test]
        fn a_name_without_a_last_part_has_no_space_behind_it() {
            let client = Client {
                id: contracts::ids::UserId(uuid::Uuid::nil()),
                first_name: "Анна".to_owned(),
                last_name: String::new(),
                email: String::new(),
                phone: None,
            };
            assert_eq!(name(&client), "Анна");
        }
    }
}
