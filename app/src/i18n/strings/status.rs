//! What has become of offers and bookings, and whose clock a time is on.

use crate::api::{BookingStatus, OfferStatus};
use crate::i18n::Lang;

strings! {
    your_time {
        en: "your time:",
        ru: "по\u{a0}вашим часам:"
    }
}

impl Lang {
    pub fn offer_status(self, status: OfferStatus) -> &'static str {
        match (status, self) {
            (OfferStatus::Open, Lang::En) => "Free",
            (OfferStatus::Open, Lang::Ru) => "Свободно",
            (OfferStatus::Reserved, Lang::En) => "Being booked",
            (OfferStatus::Reserved, Lang::Ru) => "Бронируется",
            (OfferStatus::Booked, Lang::En) => "Taken",
            (OfferStatus::Booked, Lang::Ru) => "Занято",
            (OfferStatus::Withdrawn, Lang::En) => "Withdrawn",
            (OfferStatus::Withdrawn, Lang::Ru) => "Снято",
            (OfferStatus::Expired, Lang::En) => "Over",
            (OfferStatus::Expired, Lang::Ru) => "Прошло",
        }
    }

    pub fn booking_status(self, status: BookingStatus) -> &'static str {
        match (status, self) {
            (BookingStatus::Reserved, Lang::En) => "Payment under way",
            (BookingStatus::Reserved, Lang::Ru) => "Идёт оплата",
            (BookingStatus::Voiding, Lang::En) => "Undoing the payment",
            (BookingStatus::Voiding, Lang::Ru) => "Отменяем оплату",
            (BookingStatus::Paid, Lang::En) => "Paid",
            (BookingStatus::Paid, Lang::Ru) => "Оплачено",
            (BookingStatus::Refunding, Lang::En) => "Refund under way",
            (BookingStatus::Refunding, Lang::Ru) => "Возвращаем деньги",
            (BookingStatus::Failed, Lang::En) => "Not booked",
            (BookingStatus::Failed, Lang::Ru) => "Не\u{a0}состоялась",
            (BookingStatus::Cancelled, Lang::En) => "Cancelled",
            (BookingStatus::Cancelled, Lang::Ru) => "Отменена",
            (BookingStatus::Completed, Lang::En) => "Visit took place",
            (BookingStatus::Completed, Lang::Ru) => "Визит состоялся",
            (BookingStatus::NoShow, Lang::En) => "Did not come",
            (BookingStatus::NoShow, Lang::Ru) => "Неявка",
        }
    }
}
