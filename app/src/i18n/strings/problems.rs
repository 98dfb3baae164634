//! What the services refuse, by the stable name that they give it.

use crate::i18n::Lang;

macro_rules! problems {
    ($($code:literal { en: $en:expr, ru: $ru:expr })*) => {
        impl Lang {
            /// The sentence for a code of the API; `None` for one that we have no words for.
            pub fn problem(self, code: &str) -> Option<&'static str> {
                Some(match (code, self) {
                    $(
                        ($code, Lang::En) => $en,
                        ($code, Lang::Ru) => $ru,
                    )*
                    _ => return None,
                })
            }
        }
    };
}

problems! {
    "insufficient_funds" {
        en: "There was not enough money in the wallet",
        ru: "В\u{a0}кошельке не\u{a0}хватило денег"
    }
    "timed_out" {
        en: "The payment was not confirmed in time; nothing was charged",
        ru: "Платёж не\u{a0}подтвердился вовремя; деньги не\u{a0}списаны"
    }
    "wallet_full" {
        en: "The wallet cannot hold that much",
        ru: "Столько в\u{a0}кошелёк не\u{a0}поместится"
    }
    "voided" {
        en: "The payment was cancelled",
        ru: "Платёж отменён"
    }
    "cancelled_by_client" {
        en: "Cancelled by the client",
        ru: "Отменено клиентом"
    }
    "cancelled_by_company" {
        en: "Cancelled by the company",
        ru: "Отменено компанией"
    }
    "price_changed" {
        en: "The price has changed meanwhile",
        ru: "Цена за\u{a0}это время изменилась"
    }
    "quote_changed" {
        en: "The refund has changed meanwhile",
        ru: "Сумма возврата за\u{a0}это время изменилась"
    }
    "offer_taken" {
        en: "Somebody else has just taken this time",
        ru: "Это время только что занял кто\u{2011}то другой"
    }
    "offer_begun" {
        en: "This time has already begun",
        ru: "Это время уже началось"
    }
    "offer_withdrawn" {
        en: "The company has withdrawn this time",
        ru: "Компания сняла это время"
    }
    "email_not_verified" {
        en: "Please confirm your e\u{2011}mail first, with the link in the mail that we have sent you; then sign in again",
        ru: "Сначала подтвердите почту по\u{a0}ссылке из\u{a0}нашего письма, затем войдите заново"
    }
    "invitation_used" {
        en: "Somebody has accepted this invitation before",
        ru: "Это приглашение уже приняли"
    }
    "invitation_withdrawn" {
        en: "This invitation was withdrawn",
        ru: "Это приглашение отозвано"
    }
    "invitation_expired" {
        en: "This invitation is too old; please ask for a new one",
        ru: "Срок приглашения истёк; попросите новое"
    }
    "inviter_gone" {
        en: "Whoever invited you may not do so any more; please ask for a new invitation",
        ru: "Пригласивший вас больше не\u{a0}может этого делать; попросите новое приглашение"
    }
    "company_inactive" {
        en: "The company takes no bookings at present",
        ru: "Компания сейчас не\u{a0}принимает записи"
    }
    "not_open" {
        en: "Only a free time can be changed or withdrawn",
        ru: "Изменить или снять можно только свободное время"
    }
    "not_begun" {
        en: "The visit has not begun yet",
        ru: "Визит ещё не\u{a0}начался"
    }
    "begun" {
        en: "The visit has already begun",
        ru: "Визит уже начался"
    }
    "over" {
        en: "This booking is already over",
        ru: "Эта запись уже завершена"
    }
    "not_paid" {
        en: "The booking is not paid",
        ru: "Запись не\u{a0}оплачена"
    }
    "same_start" {
        en: "You already have a time of this service that starts then",
        ru: "У\u{a0}вас уже есть время этой услуги с\u{a0}тем\u{a0}же началом"
    }
    "idempotency_key_reused" {
        en: "This form was sent before; please press the button once more",
        ru: "Эта форма уже отправлялась; нажмите кнопку ещё раз"
    }
    "too_many_requests" {
        en: "That was too often; please wait a moment",
        ru: "Слишком часто; подождите немного"
    }
    "missing" {
        en: "Please fill this in",
        ru: "Заполните это поле"
    }
    "wrong_type" {
        en: "This does not look right",
        ru: "Здесь что\u{2011}то не\u{a0}так"
    }
    "too_long" {
        en: "This is too long",
        ru: "Слишком длинно"
    }
    "too_short" {
        en: "This is too short",
        ru: "Слишком коротко"
    }
    "invalid_character" {
        en: "There is a character here that cannot be used",
        ru: "Здесь есть недопустимый символ"
    }
    "invalid_email" {
        en: "This is not an e-mail address",
        ru: "Это не\u{a0}похоже на\u{a0}адрес почты"
    }
    "invalid_phone" {
        en: "This is not a phone number",
        ru: "Это не\u{a0}похоже на\u{a0}номер телефона"
    }
    "not_an_amount" {
        en: "This is not an amount, such as 1500 or 1500.50",
        ru: "Это не\u{a0}сумма; нужно число, например 1500 или 1500.50"
    }
    "too_precise" {
        en: "At most two digits after the point",
        ru: "Не\u{a0}больше двух знаков после точки"
    }
    "not_positive" {
        en: "This must be more than zero",
        ru: "Должно быть больше нуля"
    }
    "too_large" {
        en: "This is too much",
        ru: "Это слишком много"
    }
    "out_of_range" {
        en: "This is out of range",
        ru: "Значение вне допустимых границ"
    }
    "in_the_past" {
        en: "This must be in the future",
        ru: "Должно быть в\u{a0}будущем"
    }
    "too_far_ahead" {
        en: "This is too far ahead",
        ru: "Это слишком далеко впереди"
    }
    "invalid_datetime" {
        en: "This is not a date and time",
        ru: "Это не\u{a0}дата и\u{a0}время"
    }
    "invalid_time" {
        en: "This is not a time of day, such as 09:30",
        ru: "Это не\u{a0}время суток, например 09:30"
    }
    "before_from" {
        en: "This must not be before the beginning",
        ru: "Не\u{a0}может быть раньше начала"
    }
    "unknown_service" {
        en: "Please choose a service from the list",
        ru: "Выберите услугу из\u{a0}списка"
    }
    "unknown_time_zone" {
        en: "This time zone is not known",
        ru: "Такой часовой пояс неизвестен"
    }
    "empty" {
        en: "Please fill this in",
        ru: "Заполните это поле"
    }
    "invalid_cursor" {
        en: "This page of the list cannot be found; please begin from its first page",
        ru: "Такой страницы списка нет; начните с\u{a0}первой"
    }
    "invalid_date" {
        en: "This is not a date",
        ru: "Это не\u{a0}дата"
    }
    "invalid_id" {
        en: "There is no such thing",
        ru: "Такого нет"
    }
    "invalid_limit" {
        en: "There cannot be so many at once",
        ru: "Столько сразу показать нельзя"
    }
    "invalid_week" {
        en: "This is not a week",
        ru: "Это не\u{a0}неделя"
    }
    "not_six_digits" {
        en: "The code has six digits",
        ru: "В\u{a0}коде шесть цифр"
    }
    "is_email" {
        en: "The password must not be the e\u{2011}mail",
        ru: "Пароль не\u{a0}должен совпадать с\u{a0}почтой"
    }
    "too_many" {
        en: "These are too many",
        ru: "Слишком много"
    }
    "image_too_large" {
        en: "This picture is too large",
        ru: "Картинка слишком большая"
    }
    "unreadable_image" {
        en: "This is not a picture that can be read",
        ru: "Не\u{a0}удалось прочитать картинку"
    }
    "unknown_locale" {
        en: "This language is not known",
        ru: "Такой язык неизвестен"
    }
    "unknown_role" {
        en: "There is no such role",
        ru: "Такой роли нет"
    }
    "unknown_sort" {
        en: "There is no such order",
        ru: "Такого порядка нет"
    }
    "unknown_status" {
        en: "There is no such state",
        ru: "Такого состояния нет"
    }
}
