//! The pages for those who act for a company: the companies themselves.

use crate::i18n::Lang;

strings! {
    invitation_title {
        en: "You are invited to a team",
        ru: "Вас приглашают в\u{a0}команду"
    }
    invitation_lead {
        en: "Accept, and you will publish times and see the bookings of the company that has written to you.",
        ru: "Примите приглашение\u{a0}— и\u{a0}сможете публиковать время и\u{a0}видеть записи компании, которая вам написала."
    }
    invitation_accept {
        en: "Accept the invitation",
        ru: "Принять приглашение"
    }
    invitation_accepting {
        en: "Accepting…",
        ru: "Принимаем…"
    }
    invitation_unknown {
        en: "This link leads nowhere. Please copy it whole from the mail, or ask for a new invitation.",
        ru: "Такой ссылки нет. Скопируйте её из\u{a0}письма целиком или попросите новое приглашение."
    }
    manage_title {
        en: "Your companies",
        ru: "Ваши компании"
    }
    manage_lead {
        en: "Publish times, see who is coming, and note how each visit went.",
        ru: "Публикуйте время, смотрите, кто записался, и\u{a0}отмечайте визиты."
    }
    manage_all {
        en: "All companies",
        ru: "Все компании"
    }
    manage_new {
        en: "New company",
        ru: "Новая компания"
    }
    manage_none_title {
        en: "You have no company here yet",
        ru: "У\u{a0}вас пока нет компании"
    }
    manage_none {
        en: "Create one: a name, an address and a phone are enough. Then publish your first time, and clients can book it at\u{a0}once.",
        ru: "Создайте её: хватит названия, адреса и\u{a0}телефона. Затем опубликуйте первое время, и\u{a0}клиенты сразу смогут записаться."
    }
    manage_create {
        en: "Create your company",
        ru: "Создать компанию"
    }
    manage_role_owner {
        en: "Owner",
        ru: "Владелец"
    }
    manage_role_manager {
        en: "Manager",
        ru: "Менеджер"
    }
    manage_active {
        en: "Takes bookings",
        ru: "Принимает записи"
    }
    manage_inactive {
        en: "Takes no bookings",
        ru: "Не\u{a0}принимает записи"
    }
    manage_tabs {
        en: "Company",
        ru: "Разделы компании"
    }
    manage_tab_overview {
        en: "Overview",
        ru: "Обзор"
    }
    manage_tab_offers {
        en: "Times",
        ru: "Расписание"
    }
    manage_tab_bookings {
        en: "Bookings",
        ru: "Записи"
    }
}

// A new company.
strings! {
    manage_new_lead {
        en: "Clients see all of this but the e-mail. Please look twice: it cannot be changed on these pages yet.",
        ru: "Клиенты увидят всё, кроме почты. Проверьте внимательно: изменить это на\u{a0}этих страницах пока нельзя."
    }
    manage_name {
        en: "Name",
        ru: "Название"
    }
    manage_address {
        en: "Address",
        ru: "Адрес"
    }
    manage_address_hint {
        en: "So that somebody coming for the first time finds it: city, street, house, entrance",
        ru: "Так, чтобы нашёл и\u{a0}тот, кто идёт впервые: город, улица, дом, вход"
    }
    manage_phone {
        en: "Phone",
        ru: "Телефон"
    }
    manage_email {
        en: "E-mail (optional)",
        ru: "Почта (необязательно)"
    }
    manage_email_hint {
        en: "For us only; clients do not see it",
        ru: "Только для нас, клиенты её не\u{a0}видят"
    }
    manage_description {
        en: "Description (optional)",
        ru: "Описание (необязательно)"
    }
    manage_time_zone {
        en: "Time zone",
        ru: "Часовой пояс"
    }
    manage_time_zone_hint {
        en: "All the company’s times are in this zone",
        ru: "Всё расписание компании ведётся по\u{a0}этому времени"
    }
    manage_zones_russia {
        en: "Russia",
        ru: "Россия"
    }
    manage_zones_elsewhere {
        en: "Elsewhere",
        ru: "Другие места"
    }
    manage_policy {
        en: "If a client cancels",
        ru: "Если клиент отменит запись"
    }
    manage_policy_of_company {
        en: "If you cancel, the client always gets everything back.",
        ru: "Если отменяете вы, клиенту всегда возвращается вся сумма."
    }
    manage_creating {
        en: "Creating…",
        ru: "Создаём…"
    }
    manage_created_title {
        en: "Your company is open",
        ru: "Компания открыта"
    }
    manage_created {
        en: "Publish your first time, and clients can find it.",
        ru: "Опубликуйте первое время, и\u{a0}клиенты смогут вас найти."
    }
    manage_check_fields {
        en: "Please check the marked fields",
        ru: "Проверьте отмеченные поля"
    }
}

// The overview.
strings! {
    manage_overview_title {
        en: "Company",
        ru: "Компания"
    }
    manage_details {
        en: "What clients see",
        ru: "Что видят клиенты"
    }
    manage_contacts_email {
        en: "E-mail",
        ru: "Почта"
    }
    manage_contacts_email_hidden {
        en: "(hidden from clients)",
        ru: "(клиенты не\u{a0}видят)"
    }
    manage_about {
        en: "Description",
        ru: "Описание"
    }
    manage_your_role {
        en: "Your role",
        ru: "Ваша роль"
    }
    manage_to_offers {
        en: "Times to book",
        ru: "Расписание"
    }
    manage_to_offers_words {
        en: "Publish, change and withdraw",
        ru: "Опубликовать, изменить, снять"
    }
    manage_to_bookings_words {
        en: "Who is coming and when, as it happens",
        ru: "Кто и\u{a0}когда придёт; обновляется само"
    }
    manage_to_public {
        en: "Your page in the search",
        ru: "Ваше расписание в\u{a0}поиске"
    }
    manage_to_public_words {
        en: "What clients can book now; send them this link",
        ru: "На\u{a0}какое время можно записаться сейчас; эту ссылку можно отправить клиентам"
    }
    manage_inactive_words {
        en: "Its times cannot be found or booked. Paid bookings stay.",
        ru: "Её расписание не\u{a0}видно в\u{a0}поиске, записаться нельзя. Оплаченные записи остаются."
    }
}

impl Lang {
    /// A cancellation policy in words.
    pub fn manage_policy_words(self, free_until_hours: u16, late_refund_percent: u8) -> String {
        match self {
            Lang::En => {
                let until = match free_until_hours {
                    0 => "at any time before the start".to_owned(),
                    1 => "at least 1\u{a0}hour before the start".to_owned(),
                    hours => format!("at least {hours}\u{a0}hours before the start"),
                };
                let late = match (free_until_hours, late_refund_percent) {
                    (0, _) => String::new(),
                    (_, 0) => " Later than that, nothing.".to_owned(),
                    (_, percent) => format!(" Later than that, {percent}%."),
                };
                format!("Anyone who cancels {until} gets everything back.{late}")
            }
            Lang::Ru => {
                let until = match free_until_hours {
                    0 => "При отмене до\u{a0}начала визита".to_owned(),
                    hours => {
                        let unit = plural_ru(hours.into(), ["час", "часа", "часов"]);
                        format!("При отмене не\u{a0}позже чем за\u{a0}{hours}\u{a0}{unit} до\u{a0}начала")
                    }
                };
                let late = match (free_until_hours, late_refund_percent) {
                    (0, _) => String::new(),
                    (_, 0) => " Позже деньги не\u{a0}возвращаются.".to_owned(),
                    (_, percent) => format!(" Позже\u{a0}— {percent}\u{a0}%."),
                };
                format!("{until} возвращается вся сумма.{late}")
            }
        }
    }
}

/// The form of a noun behind `count`: one, two, five.
pub(super) fn plural_ru(count: u64, [one, few, many]: [&'static str; 3]) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_like_a_sentence() {
        for (hours, percent, en, ru) in [
            (
                24,
                0,
                "Anyone who cancels at least 24 hours before the start gets everything back. Later than that, nothing.",
                "При отмене не позже чем за 24 часа до начала возвращается вся сумма. Позже деньги не возвращаются.",
            ),
            (
                1,
                50,
                "Anyone who cancels at least 1 hour before the start gets everything back. Later than that, 50%.",
                "При отмене не позже чем за 1 час до начала возвращается вся сумма. Позже — 50 %.",
            ),
            (
                0,
                30,
                "Anyone who cancels at any time before the start gets everything back.",
                "При отмене до начала визита возвращается вся сумма.",
            ),
        ] {
            let words = |lang: Lang| lang.manage_policy_words(hours, percent).replace('\u{a0}', " ");
            assert_eq!((words(Lang::En).as_str(), words(Lang::Ru).as_str()), (en, ru));
        }
    }

    #[test]
    fn a_russian_noun_follows_its_number() {
        for (count, expected) in
            [(1, "час"), (2, "часа"), (5, "часов"), (11, "часов"), (21, "час"), (112, "часов")]
        {
            assert_eq!(plural_ru(count, ["час", "часа", "часов"]), expected, "{count}");
        }
    }
}
