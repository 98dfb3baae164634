//! The pages for those who act for a company: who comes.

use crate::i18n::Lang;

strings! {
    manage_bookings_title {
        en: "Bookings",
        ru: "Записи"
    }
    manage_bookings_lead {
        en: "Newest first. The list updates by itself.",
        ru: "Сначала новые. Список обновляется сам."
    }
    manage_no_bookings_title {
        en: "No bookings yet",
        ru: "Записей пока нет"
    }
    manage_no_bookings {
        en: "As soon as somebody books one of your times, it appears here by itself.",
        ru: "Как только кто\u{2011}нибудь займёт ваше время, запись появится здесь сама."
    }
    manage_client {
        en: "Client",
        ru: "Клиент"
    }
    manage_client_unknown {
        en: "The name comes in a moment",
        ru: "Имя появится через мгновение"
    }
    manage_client_search {
        en: "name, e-mail, phone",
        ru: "имя, почта, телефон"
    }
    manage_new_mark {
        en: "New",
        ru: "Новая"
    }
    manage_booking_title {
        en: "Booking",
        ru: "Запись"
    }
    manage_back_to_bookings {
        en: "To the list",
        ru: "К\u{a0}списку"
    }
    manage_visit {
        en: "Visit",
        ru: "Визит"
    }
    manage_booked_at {
        en: "Booked",
        ru: "Когда записались"
    }
    manage_duration_short {
        en: "Duration",
        ru: "Длительность"
    }
    manage_reason {
        en: "Reason",
        ru: "Причина"
    }
    manage_no_phone {
        en: "No phone given",
        ru: "Телефон не\u{a0}указан"
    }
    manage_timeline {
        en: "What happened",
        ru: "Что произошло"
    }
    manage_actions {
        en: "What to do",
        ru: "Что сделать"
    }
    manage_no_show_words {
        en: "The client does not get the price back, and this cannot be undone.",
        ru: "Деньги клиенту не\u{a0}вернутся, и\u{a0}отменить это нельзя."
    }
    manage_no_show_confirm {
        en: "Yes, the client did not come",
        ru: "Да, клиент не\u{a0}пришёл"
    }
}

// What can be done about a booking.
strings! {
    manage_cancel {
        en: "Cancel this booking",
        ru: "Отменить запись"
    }
    manage_cancel_words {
        en: "The client gets the whole price back and a mail with your reason.",
        ru: "Клиенту вернётся вся сумма, и\u{a0}он получит письмо с\u{a0}вашей причиной."
    }
    manage_cancel_reason {
        en: "Reason for the client (optional)",
        ru: "Причина для клиента (необязательно)"
    }
    manage_cancel_confirm {
        en: "Yes, cancel and give the money back",
        ru: "Да, отменить и\u{a0}вернуть деньги"
    }
    manage_cancelling {
        en: "Cancelling…",
        ru: "Отменяем…"
    }
    manage_cancelled {
        en: "Cancelled. The client gets everything back.",
        ru: "Отменено. Клиенту возвращается вся сумма."
    }
    manage_conclude_words {
        en: "The visit has begun. Say how it went; without an answer it counts as done two days after its end.",
        ru: "Визит начался. Отметьте, как он прошёл; без отметки через два дня он будет считаться состоявшимся."
    }
    manage_complete {
        en: "The visit took place",
        ru: "Визит состоялся"
    }
    manage_completing {
        en: "Saving…",
        ru: "Сохраняем…"
    }
    manage_completed {
        en: "Noted: the visit took place.",
        ru: "Отмечено: визит состоялся."
    }
    manage_no_show {
        en: "The client did not come",
        ru: "Клиент не\u{a0}пришёл"
    }
    manage_no_show_done {
        en: "Noted: the client did not come.",
        ru: "Отмечено: клиент не\u{a0}пришёл."
    }
    manage_before_visit {
        en: "Once the visit has begun, you can say here whether it took place.",
        ru: "Когда визит начнётся, здесь можно будет отметить, состоялся ли он."
    }
}

// What happened to a booking, as the company reads it.
strings! {
    manage_was_reserved {
        en: "The client took this time, the payment began",
        ru: "Клиент занял время, началась оплата"
    }
    manage_was_paid {
        en: "The payment went through, the time is booked",
        ru: "Оплата прошла, время занято"
    }
    manage_was_not_confirmed {
        en: "The payment was not confirmed in time, so it is being undone",
        ru: "Оплата не\u{a0}подтвердилась вовремя, её отменяют"
    }
    manage_was_stopped_by_client {
        en: "The client cancelled during the payment, so it is being undone",
        ru: "Клиент отменил запись во\u{a0}время оплаты, её отменяют"
    }
    manage_was_stopped_by_company {
        en: "The company cancelled during the payment, so it is being undone",
        ru: "Компания отменила запись во\u{a0}время оплаты, её отменяют"
    }
    manage_was_failed {
        en: "It was not booked, the time is free again",
        ru: "Запись не\u{a0}состоялась, время снова свободно"
    }
    manage_was_cancelled_by_client {
        en: "The client cancelled",
        ru: "Клиент отменил запись"
    }
    manage_was_cancelled_by_company {
        en: "The company cancelled, everything is given back",
        ru: "Компания отменила запись, возвращается вся сумма"
    }
    manage_is_refunded {
        en: "The money is on its way back",
        ru: "Деньги возвращаются"
    }
    manage_was_refunded {
        en: "The money is back with the client",
        ru: "Деньги вернулись клиенту"
    }
    manage_was_completed {
        en: "The company noted that the visit took place",
        ru: "Компания отметила, что визит состоялся"
    }
    manage_was_completed_by_itself {
        en: "Nobody said otherwise, so the visit counts as done",
        ru: "Других отметок не\u{a0}было: визит считается состоявшимся"
    }
    manage_was_no_show {
        en: "The company noted that the client did not come",
        ru: "Компания отметила неявку клиента"
    }
    manage_reminded_client {
        en: "The client was reminded of the visit",
        ru: "Клиенту напомнили о\u{a0}визите"
    }
    manage_told_client {
        en: "A mail went to the client",
        ru: "Клиенту отправлено письмо"
    }
    manage_told_company {
        en: "A mail went to the company",
        ru: "Компании отправлено письмо"
    }
}

impl Lang {
    /// Read out when a booking comes in while the page is open.
    pub fn manage_new_booking(self, when: &str, service: &str, client: Option<&str>) -> String {
        let client = client.map(|client| format!(", {client}")).unwrap_or_default();
        match self {
            Lang::En => format!("New booking: {when}, {service}{client}"),
            Lang::Ru => format!("Новая запись: {when}, {service}{client}"),
        }
    }
}
