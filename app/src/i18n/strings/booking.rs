//! A client's bookings.

use crate::api::bookings::Tab;
use crate::i18n::Lang;

strings! {
    bookings_lead {
        en: "Everything you have booked, and what became of it.",
        ru: "Всё, на\u{a0}что вы записывались, и\u{a0}чем это кончилось."
    }
    bookings_show {
        en: "Which bookings",
        ru: "Какие записи"
    }
    bookings_find {
        en: "Find a time",
        ru: "Найти время"
    }
    bookings_newest {
        en: "Back to the newest",
        ru: "К\u{a0}новым"
    }
    bookings_nothing_more {
        en: "There is nothing more",
        ru: "Больше ничего нет"
    }

    booking_title {
        en: "Your booking",
        ru: "Ваша запись"
    }
    booking_steps {
        en: "Step by step",
        ru: "Шаг за\u{a0}шагом"
    }
    booking_steps_clock {
        en: "Time zone:",
        ru: "Часовой пояс:"
    }
    booking_moving {
        en: "This page moves by itself.",
        ru: "Страница обновляется сама."
    }
    booking_refresh {
        en: "Refresh",
        ru: "Обновить"
    }
    booking_cancel {
        en: "Cancel this booking",
        ru: "Отменить запись"
    }
    booking_cancel_title {
        en: "Cancel this booking?",
        ru: "Отменить запись?"
    }
    booking_refund {
        en: "You get back",
        ru: "Вернётся"
    }
    booking_refund_of {
        en: "of",
        ru: "из"
    }
    booking_refund_nothing {
        en: "It is too late for a refund: the time is given up, and nothing comes back.",
        ru: "Возвращать уже поздно: время освободится, а\u{a0}деньги не\u{a0}вернутся."
    }
    booking_free_until {
        en: "Full refund if you cancel before",
        ru: "Вся сумма вернётся при отмене до"
    }
    booking_reason {
        en: "Why (if you like)",
        ru: "Почему (если хотите)"
    }
    booking_reason_hint {
        en: "The company will read it.",
        ru: "Это прочитает компания."
    }
    booking_cancel_confirm {
        en: "Yes, cancel it",
        ru: "Да, отменить"
    }
    booking_cancelling {
        en: "Cancelling…",
        ru: "Отменяем…"
    }
    booking_keep {
        en: "Keep it",
        ru: "Оставить"
    }
    booking_quote_changed {
        en: "Please look at the new sum and confirm once more.",
        ru: "Посмотрите новую сумму и\u{a0}подтвердите ещё раз."
    }
    booking_cancel_unknown {
        en: "No answer has come. Press the button again: it is done only once.",
        ru: "Ответа ещё нет. Нажмите кнопку ещё раз: отмена случится только один раз."
    }
    booking_again {
        en: "Book this time again",
        ru: "Записаться на\u{a0}это время ещё раз"
    }
    booking_search {
        en: "Look for another time",
        ru: "Искать другое время"
    }
    booking_next {
        en: "What you can do now",
        ru: "Что можно сделать"
    }

    step_done {
        en: "Done:",
        ru: "Готово:"
    }
    step_bad {
        en: "Did not work:",
        ru: "Не\u{a0}получилось:"
    }
    step_now {
        en: "Under way:",
        ru: "Сейчас:"
    }
    step_ahead {
        en: "Still ahead:",
        ru: "Впереди:"
    }
    step_now_word {
        en: "now",
        ru: "сейчас"
    }
}

impl Lang {
    pub fn tab(self, tab: Tab) -> &'static str {
        match (tab, self) {
            (Tab::Upcoming, Lang::En) => "Upcoming",
            (Tab::Upcoming, Lang::Ru) => "Предстоящие",
            (Tab::Past, Lang::En) => "Past",
            (Tab::Past, Lang::Ru) => "Прошедшие",
            (Tab::Cancelled, Lang::En) => "Cancelled",
            (Tab::Cancelled, Lang::Ru) => "Отменённые",
            (Tab::Failed, Lang::En) => "Not booked",
            (Tab::Failed, Lang::Ru) => "Несостоявшиеся",
        }
    }

    /// What an empty tab says.
    pub fn no_bookings(self, tab: Tab) -> &'static str {
        match (tab, self) {
            (Tab::Upcoming, Lang::En) => "Nothing is booked yet",
            (Tab::Upcoming, Lang::Ru) => "Пока вы никуда не\u{a0}записаны",
            (Tab::Past, Lang::En) => "No visit has taken place yet",
            (Tab::Past, Lang::Ru) => "Визитов ещё не\u{a0}было",
            (Tab::Cancelled, Lang::En) => "You have cancelled nothing",
            (Tab::Cancelled, Lang::Ru) => "Отменённых записей нет",
            (Tab::Failed, Lang::En) => "Every booking went through",
            (Tab::Failed, Lang::Ru) => "Все записи состоялись",
        }
    }

    /// A step of a booking; `refund` is what comes back, where anything does.
    #[cfg(feature = "ssr")]
    pub fn step(
        self,
        kind: crate::api::bookings::steps::Kind,
        mark: crate::api::bookings::Mark,
        refund: Option<&str>,
    ) -> String {
        use crate::api::bookings::Mark;
        use crate::api::bookings::steps::Kind;

        let is_done = mark == Mark::Done;
        let words = match (kind, self) {
            (Kind::Held, Lang::En) => "Time held for you",
            (Kind::Held, Lang::Ru) => "Время за\u{a0}вами",
            (Kind::Charge, Lang::En) if mark == Mark::Bad => "The payment did not go through",
            (Kind::Charge, Lang::Ru) if mark == Mark::Bad => "Оплата не\u{a0}прошла",
            (Kind::Charge, Lang::En) => "Charging your wallet",
            (Kind::Charge, Lang::Ru) => "Списание из\u{a0}кошелька",
            (Kind::Paid, Lang::En) => "Paid: you are booked",
            (Kind::Paid, Lang::Ru) => "Оплачено: вы записаны",
            (Kind::Voiding, Lang::En) => "Making sure that nothing is charged",
            (Kind::Voiding, Lang::Ru) => "Проверяем, что деньги не\u{a0}спишутся",
            (Kind::Voided, Lang::En) => "Nothing was charged",
            (Kind::Voided, Lang::Ru) => "Деньги не\u{a0}списаны",
            (Kind::Refunding, Lang::En) => "Cancelled",
            (Kind::Refunding, Lang::Ru) => "Запись отменена",
            (Kind::Refunded, lang) => {
                return match (refund, lang, is_done) {
                    (Some(refund), Lang::En, true) => format!("{refund} came back to your wallet"),
                    (Some(refund), Lang::Ru, true) => format!("{refund} вернулись в\u{a0}кошелёк"),
                    (Some(refund), Lang::En, false) => format!("{refund} comes back to your wallet"),
                    (Some(refund), Lang::Ru, false) => format!("{refund} вернутся в\u{a0}кошелёк"),
                    (None, Lang::En, _) => "It was too late for a refund".to_owned(),
                    (None, Lang::Ru, _) => "Возвращать деньги было поздно".to_owned(),
                };
            }
            (Kind::Freed, Lang::En) => "The time is free again",
            (Kind::Freed, Lang::Ru) => "Время снова свободно",
            (Kind::ClientMailed, Lang::En) if is_done => "Mail sent to you",
            (Kind::ClientMailed, Lang::Ru) if is_done => "Письмо вам отправлено",
            (Kind::ClientMailed, Lang::En) => "Mail to you",
            (Kind::ClientMailed, Lang::Ru) => "Письмо вам",
            (Kind::CompanyMailed, Lang::En) if is_done => "Mail sent to the company",
            (Kind::CompanyMailed, Lang::Ru) if is_done => "Письмо компании отправлено",
            (Kind::CompanyMailed, Lang::En) => "Mail to the company",
            (Kind::CompanyMailed, Lang::Ru) => "Письмо компании",
            (Kind::Visited, Lang::En) => "The visit took place",
            (Kind::Visited, Lang::Ru) => "Визит состоялся",
            (Kind::Missed, Lang::En) => "You did not come, says the company",
            (Kind::Missed, Lang::Ru) => "Компания отметила неявку",
        };
        words.to_owned()
    }
}
