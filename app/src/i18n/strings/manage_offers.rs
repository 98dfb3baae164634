//! The pages for those who act for a company: what can be booked.

use crate::i18n::Lang;

strings! {
    manage_offers_title {
        en: "Times to book",
        ru: "Расписание"
    }
    manage_publish {
        en: "Publish a time",
        ru: "Опубликовать время"
    }
    manage_publishing {
        en: "Publishing…",
        ru: "Публикуем…"
    }
    manage_published {
        en: "Published. Clients can book it now.",
        ru: "Опубликовано. Клиенты уже могут записаться."
    }
    manage_publish_another {
        en: "Publish another like it",
        ru: "Опубликовать ещё похожее"
    }
    manage_changed {
        en: "Saved.",
        ru: "Сохранено."
    }
    manage_withdrawn {
        en: "Withdrawn. Nobody can book this time any more.",
        ru: "Снято. На\u{a0}это время больше нельзя записаться."
    }
    manage_no_offers_title {
        en: "No times here",
        ru: "Здесь пока пусто"
    }
    manage_no_offers {
        en: "Publish a time, and clients can find and book it at once.",
        ru: "Опубликуйте время, и\u{a0}клиенты сразу смогут его найти и\u{a0}занять."
    }
    manage_no_match {
        en: "Nothing matches these filters.",
        ru: "По\u{a0}этим условиям ничего не\u{a0}нашлось."
    }
    manage_clear_filters {
        en: "Clear the filters",
        ru: "Сбросить фильтры"
    }
    manage_filters {
        en: "Filters",
        ru: "Фильтры"
    }
    manage_filter_status {
        en: "State",
        ru: "Состояние"
    }
    manage_filter_service {
        en: "Service",
        ru: "Услуга"
    }
    manage_filter_any {
        en: "Any",
        ru: "Любое"
    }
    manage_filter_any_service {
        en: "Any service",
        ru: "Любая услуга"
    }
    manage_filter_from {
        en: "From day",
        ru: "С\u{a0}даты"
    }
    manage_filter_from_today {
        en: "From day (else today)",
        ru: "С\u{a0}даты (или с\u{a0}сегодня)"
    }
    manage_filter_to {
        en: "To day",
        ru: "По\u{a0}дату"
    }
    manage_filter_show {
        en: "Show",
        ru: "Показать"
    }
    manage_list_full {
        en: "The list ends here; the filters show the rest.",
        ru: "Список на\u{a0}этом заканчивается, остальное найдётся с\u{a0}помощью фильтров."
    }
    manage_change {
        en: "Change",
        ru: "Изменить"
    }
    manage_when {
        en: "When",
        ru: "Когда"
    }
    manage_price {
        en: "Price",
        ru: "Цена"
    }
    manage_status {
        en: "State",
        ru: "Состояние"
    }
    manage_who_took {
        en: "See the bookings of that day",
        ru: "Посмотреть записи на\u{a0}этот день"
    }
    manage_look {
        en: "View",
        ru: "Посмотреть"
    }
}

// The form.
strings! {
    manage_service {
        en: "Service",
        ru: "Услуга"
    }
    manage_choose_service {
        en: "Choose a service",
        ru: "Выберите услугу"
    }
    manage_start {
        en: "Start",
        ru: "Начало"
    }
    manage_date {
        en: "Day",
        ru: "День"
    }
    manage_time {
        en: "Time",
        ru: "Время"
    }
    manage_duration {
        en: "Duration, minutes",
        ru: "Длительность, минут"
    }
    manage_duration_hint {
        en: "5 to 1440",
        ru: "От\u{a0}5 до\u{a0}1440"
    }
    manage_price_rub {
        en: "Price, RUB",
        ru: "Цена, ₽"
    }
    manage_offer_description_hint {
        en: "What clients should know about this time",
        ru: "Что клиенту стоит знать об\u{a0}этом времени"
    }
    manage_start_unreadable {
        en: "Please give a day and a time",
        ru: "Укажите день и\u{a0}время"
    }
    manage_start_skipped {
        en: "There is no such time that night: the clocks are put forward. Please choose another one",
        ru: "Такого времени в\u{a0}эту ночь нет: часы переводят вперёд. Выберите другое"
    }
    manage_start_twice {
        en: "This time comes twice that night: the clocks are put back. Please choose another one",
        ru: "Это время в\u{a0}эту ночь наступает дважды: часы переводят назад. Выберите другое"
    }
    manage_publish_lead {
        en: "One time that one client can book. It is in the search at once.",
        ru: "Одно время, на\u{a0}которое запишется один клиент. В\u{a0}поиске оно появится сразу."
    }
}

// One offer.
strings! {
    manage_offer_title {
        en: "Change a time",
        ru: "Изменить время"
    }
    manage_save {
        en: "Save",
        ru: "Сохранить"
    }
    manage_saving {
        en: "Saving…",
        ru: "Сохраняем…"
    }
    manage_withdraw {
        en: "Withdraw this time",
        ru: "Снять это время"
    }
    manage_withdraw_words {
        en: "It leaves the search, and nobody can book it any more. This cannot be undone.",
        ru: "Оно исчезнет из\u{a0}поиска, записаться на\u{a0}него будет нельзя. Отменить это нельзя."
    }
    manage_withdraw_confirm {
        en: "Yes, withdraw it",
        ru: "Да, снять"
    }
    manage_withdrawing {
        en: "Withdrawing…",
        ru: "Снимаем…"
    }
    manage_not_open_reserved {
        en: "A client is booking this time right now, so it cannot be changed.",
        ru: "Прямо сейчас на\u{a0}это время записывается клиент, изменить его нельзя."
    }
    manage_not_open_booked {
        en: "A client has booked this time, so it cannot be changed. You can cancel the booking.",
        ru: "На\u{a0}это время записан клиент, изменить его нельзя. Можно отменить запись."
    }
    manage_not_open_withdrawn {
        en: "This time is withdrawn.",
        ru: "Это время снято."
    }
    manage_not_open_expired {
        en: "This time has passed.",
        ru: "Это время прошло."
    }
    manage_back_to_offers {
        en: "To the list",
        ru: "К\u{a0}списку"
    }
}

impl Lang {
    /// Whose clock a form's times are on.
    pub fn manage_clock_of(self, place: &str) -> String {
        match self {
            Lang::En => format!("On the company’s clock: {place}"),
            Lang::Ru => format!("По\u{a0}часам компании: {place}"),
        }
    }
}
