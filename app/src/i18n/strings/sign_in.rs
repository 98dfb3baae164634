//! Signing in or out did not work.

use crate::i18n::Lang;

strings! {
    sign_in_failed_title {
        en: "Signing in did not work",
        ru: "Войти не\u{a0}получилось"
    }
    sign_in_failed_lead {
        en: "You are not signed in, and nothing else has happened. Please try once more, it usually helps.",
        ru: "Вы\u{a0}не\u{a0}вошли, и\u{a0}больше ничего не\u{a0}произошло. Попробуйте ещё раз, обычно это помогает."
    }
    sign_in_failed_again {
        en: "Sign in again",
        ru: "Войти ещё раз"
    }
    sign_out_failed_title {
        en: "Signing out did not work",
        ru: "Выйти не\u{a0}получилось"
    }
    sign_out_failed_lead {
        en: "You are still signed in. Please try again in a moment, above all if this device is not yours.",
        ru: "Вы\u{a0}всё ещё в\u{a0}аккаунте. Попробуйте ещё раз через минуту, особенно если это чужое устройство."
    }
    sign_out_failed_again {
        en: "Sign out again",
        ru: "Выйти ещё раз"
    }
}
