//! Search, and the offers that it finds.

use crate::i18n::Lang;

strings! {
    search_title {
        en: "Find a time",
        ru: "Найти время"
    }
    search_lead {
        en: "Everything that is free, with prices, in the local time of each place.",
        ru: "Всё, что свободно, с\u{a0}ценами и\u{a0}по\u{a0}местному времени."
    }
    search_what {
        en: "What",
        ru: "Что"
    }
    search_anything {
        en: "Anything",
        ru: "Любая услуга"
    }
    search_whole_category {
        en: "All of it",
        ru: "Всё"
    }
    search_when {
        en: "From which day",
        ru: "С\u{a0}какого дня"
    }
    search_text {
        en: "Company or service",
        ru: "Компания или услуга"
    }
    search_text_hint {
        en: "A part of the name",
        ru: "Часть названия"
    }
    search_submit {
        en: "Show free times",
        ru: "Показать свободное время"
    }
    search_details {
        en: "Last day, time of day, price",
        ru: "Последний день, время суток, цена"
    }
    search_time_from {
        en: "Not before",
        ru: "Не\u{a0}раньше"
    }
    search_time_to {
        en: "Not after",
        ru: "Не\u{a0}позже"
    }
    search_price_min {
        en: "Price from, RUB",
        ru: "Цена от, ₽"
    }
    search_price_max {
        en: "Price to, RUB",
        ru: "Цена до, ₽"
    }
    search_days {
        en: "Day",
        ru: "День"
    }
    search_any_day {
        en: "Any day",
        ru: "Любой день"
    }
    search_order {
        en: "Order",
        ru: "Порядок"
    }
    search_by_time {
        en: "Soonest first",
        ru: "Ближайшие"
    }
    search_by_price {
        en: "Cheapest first",
        ru: "Дешёвые"
    }
    search_results {
        en: "Free times",
        ru: "Свободное время"
    }
    search_first_page {
        en: "Back to the beginning",
        ru: "В\u{a0}начало списка"
    }
    search_invalid {
        en: "This search cannot be done as it is",
        ru: "Такой поиск не\u{a0}получится"
    }
    search_nothing {
        en: "No free time fits all of this",
        ru: "С\u{a0}такими условиями свободного времени нет"
    }
    search_nothing_lead {
        en: "Leave out one of the conditions, and something may turn up.",
        ru: "Уберите одно из\u{a0}условий, и\u{a0}что\u{2011}нибудь может найтись."
    }
    search_nothing_more {
        en: "There is nothing more",
        ru: "Больше ничего нет"
    }
    search_nearest {
        en: "The nearest time that fits:",
        ru: "Ближайшее подходящее время:"
    }
    search_drop_time {
        en: "At any time of day",
        ru: "В\u{a0}любое время суток"
    }
    search_drop_price {
        en: "At any price",
        ru: "По\u{a0}любой цене"
    }
    search_drop_text {
        en: "Without the name",
        ru: "Без названия"
    }
    search_drop_service {
        en: "Any service",
        ru: "Любая услуга"
    }
    search_drop_company {
        en: "Any company",
        ru: "Любая компания"
    }
    search_drop_all {
        en: "Everything that is free",
        ru: "Всё свободное время"
    }

    soonest_title {
        en: "Free soonest",
        ru: "Ближайшее свободное время"
    }
    soonest_all {
        en: "All free times",
        ru: "Всё свободное время"
    }
    soonest_none {
        en: "There is no free time just now",
        ru: "Свободного времени пока нет"
    }
    soonest_away {
        en: "The free times cannot be shown at this moment. Please look again a little later.",
        ru: "Показать свободное время сейчас не\u{a0}получается. Загляните чуть позже."
    }
    search_until {
        en: "Last day",
        ru: "Последний день"
    }
    search_only_company {
        en: "Only",
        ru: "Только"
    }
}

impl Lang {
    /// A field of the search as a sentence about it names it.
    pub fn search_field(self, name: &str) -> &'static str {
        match name {
            "service_id" => self.search_what(),
            "from" => self.search_when(),
            "to" => self.search_until(),
            "time_from" => self.search_time_from(),
            "time_to" => self.search_time_to(),
            "price_min" => self.search_price_min(),
            "price_max" => self.search_price_max(),
            _ => self.search_text(),
        }
    }
}
