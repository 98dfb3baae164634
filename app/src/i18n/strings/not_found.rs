//! The address leads nowhere.

use crate::i18n::Lang;

strings! {
    not_found_title {
        en: "There is no such page",
        ru: "Такой страницы нет"
    }
    not_found_lead {
        en: "The link may be old, or a letter went missing on the way.",
        ru: "Ссылка могла устареть, или в\u{a0}адресе потерялась буква."
    }
    not_found_back {
        en: "To the home page",
        ru: "На\u{a0}главную"
    }
}
