//! On every page.

use crate::i18n::Lang;

strings! {
    skip_to_content {
        en: "Skip to content",
        ru: "К содержанию"
    }
    to_home {
        en: "BookSvc, home page",
        ru: "BookSvc, главная страница"
    }
    theme {
        en: "Theme",
        ru: "Тема"
    }
    theme_light {
        en: "Light theme",
        ru: "Светлая тема"
    }
    theme_system {
        en: "Theme as in the system",
        ru: "Тема как в системе"
    }
    theme_dark {
        en: "Dark theme",
        ru: "Тёмная тема"
    }
    footer_line {
        en: "Services with a date, a price and a clear outcome.",
        ru: "Услуги с датой, ценой и понятным исходом."
    }
}

// Where one can go.
strings! {
    main_navigation {
        en: "Main",
        ru: "Главное меню"
    }
    menu {
        en: "Menu",
        ru: "Меню"
    }
    to_search {
        en: "Search",
        ru: "Поиск"
    }
    to_bookings {
        en: "My bookings",
        ru: "Мои записи"
    }
    to_wallet {
        en: "Wallet",
        ru: "Кошелёк"
    }
    to_manage {
        en: "For companies",
        ru: "Компаниям"
    }
    sign_in {
        en: "Sign in",
        ru: "Войти"
    }
    sign_up {
        en: "Create an account",
        ru: "Создать аккаунт"
    }
    sign_out {
        en: "Sign out",
        ru: "Выйти"
    }
}

// When something did not work.
strings! {
    error_unavailable_title {
        en: "This part is away for a moment",
        ru: "Эта часть временно недоступна"
    }
    error_unavailable {
        en: "Nothing is lost. This page tries again by itself.",
        ru: "Ничего не\u{a0}потеряно. Страница скоро попробует ещё раз сама."
    }
    error_refused_title {
        en: "This cannot be done",
        ru: "Так не\u{a0}получится"
    }
    error_retry {
        en: "Try again",
        ru: "Попробовать ещё раз"
    }
    error_trace {
        en: "If it stays like this, tell us this number:",
        ru: "Если не\u{a0}проходит, назовите нам этот номер:"
    }
    error_signed_out {
        en: "Your session has ended. Please sign in again, you will come back here.",
        ru: "Сеанс закончился. Войдите ещё раз, и\u{a0}вы\u{a0}вернётесь сюда."
    }
    error_forbidden_title {
        en: "This is not yours to see",
        ru: "У\u{a0}вас нет сюда доступа"
    }
    error_forbidden {
        en: "Ask somebody in the company to give you access.",
        ru: "Попросите кого\u{2011}нибудь в\u{a0}компании открыть вам доступ."
    }
    loading {
        en: "Loading…",
        ru: "Загружаем…"
    }
    more {
        en: "Show more",
        ru: "Показать ещё"
    }
}

// Whether the page still hears of changes.
strings! {
    live_on {
        en: "Live",
        ru: "Обновляется"
    }
    live_reconnecting {
        en: "Reconnecting…",
        ru: "Связь восстанавливается…"
    }
    live_off {
        en: "Offline",
        ru: "Нет связи"
    }
    live_signed_out {
        en: "Your session has ended",
        ru: "Сеанс окончен"
    }
}
