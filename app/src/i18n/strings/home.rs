//! The home page.

use crate::i18n::Lang;

strings! {
    home_title {
        en: "Book a time and watch it happen",
        ru: "Запишитесь и следите за каждым шагом"
    }
    home_lead {
        en: "A haircut, new tyres, the dentist, yoga: see what is free, pay, and follow your booking live until it is\u{a0}confirmed.",
        ru: "Стрижка, шиномонтаж, стоматолог, йога: найдите свободное время, оплатите и смотрите, как запись подтверждается прямо на\u{a0}глазах."
    }
    home_to_categories {
        en: "What you can book",
        ru: "Куда записаться"
    }
    home_to_steps {
        en: "How it works",
        ru: "Как это работает"
    }

    example_service {
        en: "Women’s haircut",
        ru: "Женская стрижка"
    }
    example_when {
        en: "Tue 3 Jun, 10:00 (Moscow)",
        ru: "Вт 3 июня, 10:00 (Москва)"
    }
    example_price {
        en: "RUB 1,500",
        ru: "1\u{a0}500\u{a0}₽"
    }
    example_held {
        en: "Time held for you",
        ru: "Время за\u{a0}вами"
    }
    example_paid {
        en: "Payment went through",
        ru: "Оплата прошла"
    }
    example_booked {
        en: "You are booked",
        ru: "Вы записаны"
    }
    example_mails {
        en: "Confirmations on their way",
        ru: "Письма уже в пути"
    }
    example_now {
        en: "now",
        ru: "сейчас"
    }
    example_caption {
        en: "An example. The real page updates by itself.",
        ru: "Пример. Настоящая страница обновляется сама."
    }

    steps_title {
        en: "Three steps, nothing hidden",
        ru: "Три шага, и\u{a0}всё на\u{a0}виду"
    }
    step_find_title {
        en: "Find a time",
        ru: "Найдите время"
    }
    step_find_text {
        en: "Pick a service and a day. A time that somebody else is taking turns grey before your eyes.",
        ru: "Выберите услугу и\u{a0}день. Время, которое занимает кто\u{2011}то другой, сереет прямо у\u{a0}вас на\u{a0}глазах."
    }
    step_pay_title {
        en: "Pay",
        ru: "Оплатите"
    }
    step_pay_text {
        en: "Straight from your wallet, in one click. A second click never charges you twice.",
        ru: "Из\u{a0}кошелька, одним нажатием. Второе нажатие не\u{a0}спишет деньги дважды."
    }
    step_watch_title {
        en: "Watch it happen",
        ru: "Следите за\u{a0}записью"
    }
    step_watch_text {
        en: "Each step appears by itself. If something falls through, you see why, and your money comes back.",
        ru: "Каждый шаг появляется сам. Если что\u{2011}то сорвалось, вы\u{a0}видите причину, а\u{a0}деньги возвращаются."
    }

    categories_title {
        en: "What you can book",
        ru: "Куда записаться"
    }
    categories_lead {
        en: "Six kinds of services, one wallet, one list of your bookings.",
        ru: "Шесть направлений, один кошелёк и\u{a0}один список ваших записей."
    }
    category_beauty {
        en: "Beauty and care",
        ru: "Красота и\u{a0}уход"
    }
    category_beauty_examples {
        en: "Haircuts, shaving, manicure, pedicure",
        ru: "Стрижки, бритьё, маникюр, педикюр"
    }
    category_car {
        en: "Car service",
        ru: "Автосервис"
    }
    category_car_examples {
        en: "Tyre change, diagnostics, oil change",
        ru: "Шиномонтаж, диагностика, замена масла"
    }
    category_medicine {
        en: "Medicine",
        ru: "Медицина"
    }
    category_medicine_examples {
        en: "GP, dentist, eye doctor, paediatrician",
        ru: "Терапевт, стоматолог, окулист, педиатр"
    }
    category_electronics {
        en: "Electronics repair",
        ru: "Ремонт электроники"
    }
    category_electronics_examples {
        en: "Phones, computers, televisions, appliances",
        ru: "Телефоны, компьютеры, телевизоры, бытовая техника"
    }
    category_sport {
        en: "Sport",
        ru: "Спорт"
    }
    category_sport_examples {
        en: "Fitness, swimming, football, yoga, boxing",
        ru: "Фитнес, бассейн, футбол, йога, бокс"
    }
    category_leisure {
        en: "Entertainment",
        ru: "Развлечения"
    }
    category_leisure_examples {
        en: "For a free evening or a day off",
        ru: "На\u{a0}свободный вечер или выходной"
    }

    promises_title {
        en: "What you can rely on",
        ru: "На\u{a0}что можно положиться"
    }
    promise_once_title {
        en: "A time is sold once",
        ru: "Время продаётся один раз"
    }
    promise_once_text {
        en: "If two people press at the same moment, one gets it and the other is shown the nearest free times.",
        ru: "Если двое нажали одновременно, один запишется, а\u{a0}другому предложат ближайшее свободное время."
    }
    promise_money_title {
        en: "Right to the kopeck",
        ru: "Всё сходится до\u{a0}копейки"
    }
    promise_money_text {
        en: "Every payment and refund is in your history, failed attempts included.",
        ru: "Каждый платёж и\u{a0}возврат есть в\u{a0}вашей истории, неудачные попытки тоже."
    }
    promise_told_title {
        en: "Everybody knows",
        ru: "Все предупреждены"
    }
    promise_told_text {
        en: "You and the company both get an e-mail, however the booking ends.",
        ru: "Чем бы запись ни\u{a0}закончилась, письмо получите и\u{a0}вы, и\u{a0}компания."
    }
}

impl Lang {
    /// The three days of the example on the home page.
    pub fn example_days(self) -> [&'static str; 3] {
        match self {
            Lang::En => ["Tue 3", "Wed 4", "Thu 5"],
            Lang::Ru => ["Вт 3", "Ср 4", "Чт 5"],
        }
    }
}
