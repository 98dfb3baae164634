//! How rows look to clients, in their language.

use contracts::http::booking::{
    Booking, Client, CompanyBooking, MyOffer, Offer, OfferCompany, OfferDetail, ServiceSummary,
};
use contracts::locale::Locale;

use crate::store::{bookings, offers, search};

pub(super) fn offer(offer: offers::Offer, locale: Locale) -> Offer {
    Offer {
        id: offer.id,
        company_id: offer.company.id,
        company_name: offer.company.name,
        service_id: offer.service.id,
        service_name: offer.service.name(locale).to_owned(),
        datetime: offer.starts_at,
        duration_min: offer.duration_min,
        price: offer.price,
        currency: offer.currency,
        time_zone: offer.company.time_zone,
        status: offer.status,
        description: offer.description,
        location: offer.company.location,
        revision: offer.revision,
    }
}

pub(super) fn offer_detail(row: offers::Offer, locale: Locale) -> OfferDetail {
    let company = row.company.clone();
    OfferDetail {
        offer: offer(row, locale),
        company: OfferCompany {
            id: company.id,
            name: company.name,
            description: company.description,
            address: company.address,
            phone: company.phone,
            location: company.location,
            time_zone: company.time_zone,
            cancellation_policy: company.cancellation_policy,
            active: company.active,
            logo: company.logo,
        },
    }
}

pub(super) fn booking(booking: bookings::Booking, locale: Locale) -> Booking {
    let (reason, _) = booking.state.columns();
    Booking {
        id: booking.id,
        offer_id: booking.offer_id,
        company_id: booking.company.id,
        company_name: booking.company.name,
        service_id: booking.service.id,
        service_name: booking.service.name(locale).to_owned(),
        datetime: booking.visit.starts_at,
        duration_min: booking.visit.duration_min,
        price: booking.price,
        currency: booking.currency,
        time_zone: booking.company.time_zone,
        status: booking.state.status(),
        reason: reason.map(str::to_owned),
        created_at: booking.created_at,
        revision: booking.revision,
    }
}

pub(super) fn service_summary(counted: search::Counted, locale: Locale) -> ServiceSummary {
    ServiceSummary {
        service_id: counted.service.id,
        parent_id: counted.service.parent_id,
        service_name: counted.service.name(locale).to_owned(),
        offers: counted.offers,
        first_day: counted.first_day,
    }
}

pub(super) fn my_offer(booking: bookings::Booking, locale: Locale) -> MyOffer {
    MyOffer {
        id: booking.offer_id,
        booking_id: booking.id,
        company_id: booking.company.id,
        company_name: booking.company.name,
        service_id: booking.service.id,
        service_name: booking.service.name(locale).to_owned(),
        datetime: booking.visit.starts_at,
        duration_min: booking.visit.duration_min,
        price: booking.price,
        currency: booking.currency,
        time_zone: booking.company.time_zone,
        status: booking.state.status(),
        revision: booking.revision,
    }
}

pub(super) fn company_booking(
    (row, client): (bookings::Booking, Option<Client>),
    locale: Locale,
) -> CompanyBooking {
    CompanyBooking { booking: booking(row, locale), client }
}
