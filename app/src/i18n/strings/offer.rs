//! One offer, and booking it.

use crate::i18n::Lang;

strings! {
    offer_back {
        en: "All free times of this service",
        ru: "Всё свободное время этой услуги"
    }
    offer_when {
        en: "When",
        ru: "Когда"
    }
    offer_duration {
        en: "How long",
        ru: "Сколько длится"
    }
    offer_where {
        en: "Where",
        ru: "Где"
    }
    offer_map {
        en: "On the map",
        ru: "На\u{a0}карте"
    }
    offer_phone {
        en: "Phone",
        ru: "Телефон"
    }
    offer_price {
        en: "Price",
        ru: "Цена"
    }
    offer_policy {
        en: "If you cancel",
        ru: "Если отменить"
    }
    offer_about {
        en: "About this time",
        ru: "Подробности"
    }
    offer_company {
        en: "About the company",
        ru: "О\u{a0}компании"
    }
    offer_book {
        en: "Book and pay",
        ru: "Записаться и\u{a0}оплатить"
    }
    offer_booking {
        en: "Booking…",
        ru: "Записываем…"
    }
    offer_sign_in {
        en: "Sign in to book",
        ru: "Войти и\u{a0}записаться"
    }
    offer_checkout {
        en: "Booking",
        ru: "Запись"
    }
    offer_balance {
        en: "In your wallet",
        ru: "В\u{a0}кошельке"
    }
    offer_balance_after {
        en: "Left after booking",
        ru: "Останется"
    }
    offer_balance_unknown {
        en: "The wallet does not answer at this moment. You can book all the same: if there is not enough in it, nothing is charged.",
        ru: "Кошелёк сейчас не\u{a0}отвечает. Записаться всё равно можно: если денег не\u{a0}хватит, ничего не\u{a0}спишется."
    }
    offer_short {
        en: "There is not enough in your wallet for this booking. Missing:",
        ru: "На\u{a0}эту запись в\u{a0}кошельке не\u{a0}хватает:"
    }
    offer_short_then {
        en: "Top it up here, and you can book at once.",
        ru: "Пополните его здесь, и\u{a0}можно сразу записаться."
    }
    offer_failed {
        en: "The booking did not go through, nothing was charged, and the time is free again.",
        ru: "Запись не\u{a0}состоялась, деньги не\u{a0}списаны, время снова свободно."
    }
    offer_new_price {
        en: "Please look at the new price and press the button again if it suits you.",
        ru: "Посмотрите новую цену и\u{a0}нажмите кнопку ещё раз, если она подходит."
    }
    offer_unknown_title {
        en: "We do not know yet whether it worked",
        ru: "Мы пока не\u{a0}знаем, получилось\u{a0}ли"
    }
    offer_unknown {
        en: "No answer has come. Press the button again: you cannot be booked or charged twice.",
        ru: "Ответа ещё нет. Нажмите кнопку ещё раз: дважды запись и\u{a0}списание не\u{a0}случатся."
    }
    offer_not_open {
        en: "This time cannot be booked at present",
        ru: "На\u{a0}это время сейчас не\u{a0}записаться"
    }
    offer_reserved {
        en: "Somebody is booking it right now. If it becomes free again, you will see it here at once.",
        ru: "Его прямо сейчас кто\u{2011}то бронирует. Если освободится, вы\u{a0}сразу увидите это здесь."
    }
    offer_booked {
        en: "Somebody else has it.",
        ru: "Его занял кто\u{2011}то другой."
    }
    offer_withdrawn {
        en: "The company has withdrawn it.",
        ru: "Компания его сняла."
    }
    offer_over {
        en: "It has already begun.",
        ru: "Оно уже началось."
    }
    offer_inactive {
        en: "The company takes no bookings at present.",
        ru: "Компания сейчас не\u{a0}принимает записи."
    }
    offer_yours {
        en: "This time is yours",
        ru: "Это ваше время"
    }
    offer_to_booking {
        en: "To your booking",
        ru: "К\u{a0}вашей записи"
    }
    offer_alternatives {
        en: "Free near that time",
        ru: "Свободно рядом по\u{a0}времени"
    }
    offer_no_alternatives {
        en: "Nothing else of this service is free near that time.",
        ru: "Рядом по\u{a0}времени больше ничего свободного нет."
    }
    offer_title {
        en: "A free time",
        ru: "Свободное время"
    }
    offer_price_moved_title {
        en: "The company has changed the price",
        ru: "Компания изменила цену"
    }
    offer_price_was {
        en: "It was",
        ru: "Было"
    }
    offer_price_is {
        en: "and is now",
        ru: "стало"
    }
    offer_price_accept {
        en: "Go on with the new price",
        ru: "Продолжить с\u{a0}новой ценой"
    }
    offer_mail_again {
        en: "Send the mail again",
        ru: "Отправить письмо ещё раз"
    }
    offer_mail_sending {
        en: "Sending…",
        ru: "Отправляем…"
    }
    offer_mail_sent {
        en: "The mail is on its way",
        ru: "Письмо отправлено"
    }
}

impl Lang {
    /// What a client gets back who cancels: all until `free_until`, where that has not passed, then `late_percent`.
    #[cfg(feature = "ssr")]
    pub fn policy(self, free_until: Option<&str>, late_percent: u8) -> String {
        match (self, free_until, late_percent) {
            (Lang::En, _, 100..) => "The whole price comes back, until the visit begins.".to_owned(),
            (Lang::Ru, _, 100..) => "До\u{a0}начала визита возвращается вся сумма.".to_owned(),
            (Lang::En, Some(until), 0) => {
                format!("Until {until} the whole price comes back. After that, nothing does.")
            }
            (Lang::Ru, Some(until), 0) => {
                format!("До {until} возвращается вся сумма. Позже деньги не\u{a0}возвращаются.")
            }
            (Lang::En, Some(until), percent) => {
                format!("Until {until} the whole price comes back. After that, {percent}% of it.")
            }
            (Lang::Ru, Some(until), percent) => {
                format!("До {until} возвращается вся сумма. Позже\u{a0}— {percent}\u{a0}% цены.")
            }
            (Lang::En, None, 0) => "It is so soon that nothing comes back if you cancel.".to_owned(),
            (Lang::Ru, None, 0) => {
                "До\u{a0}визита так мало времени, что при отмене деньги не\u{a0}возвращаются.".to_owned()
            }
            (Lang::En, None, percent) => {
                format!("It is so soon that {percent}% of the price comes back if you cancel.")
            }
            (Lang::Ru, None, percent) => {
                format!("До\u{a0}визита мало времени: при отмене возвращается {percent}\u{a0}% цены.")
            }
        }
    }
}
