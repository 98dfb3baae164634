//! A client's wallet.

use crate::api::wallet::Movement;
use crate::i18n::Lang;

strings! {
    wallet_lead {
        en: "Test money: put in as much as you like and pay for your bookings with it.",
        ru: "Тестовые деньги: пополняйте сколько угодно и\u{a0}оплачивайте записи."
    }
    wallet_balance {
        en: "In your wallet",
        ru: "В\u{a0}кошельке"
    }
    wallet_top_up {
        en: "Top up",
        ru: "Пополнить"
    }
    wallet_topping_up {
        en: "Topping up…",
        ru: "Пополняем…"
    }
    wallet_amount {
        en: "Another amount, RUB",
        ru: "Другая сумма, ₽"
    }
    wallet_presets {
        en: "Top up by",
        ru: "Пополнить на"
    }
    wallet_topped_up {
        en: "The money is there. In your wallet now:",
        ru: "Деньги поступили. Теперь в\u{a0}кошельке:"
    }
    wallet_top_up_unknown {
        en: "No answer has come. Press the same button again: it is done only once.",
        ru: "Ответа ещё нет. Нажмите ту\u{a0}же кнопку ещё раз: пополнение случится только один раз."
    }
    wallet_history {
        en: "History",
        ru: "История"
    }
    wallet_nothing {
        en: "Nothing has moved yet",
        ru: "Движений ещё не\u{a0}было"
    }
    wallet_nothing_lead {
        en: "Top up the wallet, and you can book.",
        ru: "Пополните кошелёк, и\u{a0}можно записываться."
    }
    wallet_failed {
        en: "Failed, nothing charged",
        ru: "Не\u{a0}прошло, деньги не\u{a0}списаны"
    }
    wallet_after {
        en: "left:",
        ru: "осталось:"
    }
    wallet_to_booking {
        en: "Booking",
        ru: "Запись"
    }
    wallet_newest {
        en: "Back to the newest",
        ru: "К\u{a0}новым"
    }
}

impl Lang {
    pub fn movement(self, movement: Movement) -> &'static str {
        match (movement, self) {
            (Movement::TopUp, Lang::En) => "Top-up",
            (Movement::TopUp, Lang::Ru) => "Пополнение",
            (Movement::Payment, Lang::En) => "Payment",
            (Movement::Payment, Lang::Ru) => "Оплата",
            (Movement::Refund, Lang::En) => "Refund",
            (Movement::Refund, Lang::Ru) => "Возврат",
        }
    }
}

impl Lang {
    /// Whole roubles up to 999 999, as buttons name them.
    pub fn rubles(self, amount: u32) -> String {
        let (thousands, rest) = (amount / 1_000, amount % 1_000);
        match (self, thousands) {
            (Lang::En, 0) => format!("RUB\u{a0}{rest}"),
            (Lang::En, _) => format!("RUB\u{a0}{thousands},{rest:03}"),
            (Lang::Ru, 0) => format!("{rest}\u{a0}₽"),
            (Lang::Ru, _) => format!("{thousands}\u{a0}{rest:03}\u{a0}₽"),
        }
    }
}
