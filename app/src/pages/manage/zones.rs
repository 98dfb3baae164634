use crate::i18n::Lang;

/// A clock that companies live by.
pub struct Zone {
    /// IANA name.
    pub name: &'static str,
    en: &'static str,
    ru: &'static str,
}

impl Zone {
    pub fn label(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ru => self.ru,
        }
    }
}

/// Where a company is that does not say.
pub const USUAL: &str = "Europe/Moscow";

const fn zone(name: &'static str, en: &'static str, ru: &'static str) -> Zone {
    Zone { name, en, ru }
}

/// From west to east. Russian clocks do not change over the year, so their distance to UTC is always right.
pub const RUSSIA: [Zone; 11] = [
    zone("Europe/Kaliningrad", "Kaliningrad (UTC+2)", "Калининград (UTC+2)"),
    zone("Europe/Moscow", "Moscow, Saint Petersburg (UTC+3)", "Москва, Санкт\u{2011}Петербург (UTC+3)"),
    zone("Europe/Samara", "Samara, Izhevsk (UTC+4)", "Самара, Ижевск (UTC+4)"),
    zone("Asia/Yekaterinburg", "Yekaterinburg, Chelyabinsk (UTC+5)", "Екатеринбург, Челябинск (UTC+5)"),
    zone("Asia/Omsk", "Omsk (UTC+6)", "Омск (UTC+6)"),
    zone("Asia/Novosibirsk", "Novosibirsk, Krasnoyarsk (UTC+7)", "Новосибирск, Красноярск (UTC+7)"),
    zone("Asia/Irkutsk", "Irkutsk, Ulan-Ude (UTC+8)", "Иркутск, Улан\u{2011}Удэ (UTC+8)"),
    zone("Asia/Yakutsk", "Yakutsk, Chita (UTC+9)", "Якутск, Чита (UTC+9)"),
    zone("Asia/Vladivostok", "Vladivostok, Khabarovsk (UTC+10)", "Владивосток, Хабаровск (UTC+10)"),
    zone("Asia/Magadan", "Magadan, Sakhalin (UTC+11)", "Магадан, Сахалин (UTC+11)"),
    zone("Asia/Kamchatka", "Kamchatka, Chukotka (UTC+12)", "Камчатка, Чукотка (UTC+12)"),
];

/// From west to east.
pub const ELSEWHERE: [Zone; 17] = [
    zone("America/Los_Angeles", "Los Angeles", "Лос\u{2011}Анджелес"),
    zone("America/Chicago", "Chicago", "Чикаго"),
    zone("America/New_York", "New York", "Нью\u{2011}Йорк"),
    zone("Europe/London", "London", "Лондон"),
    zone("Europe/Belgrade", "Belgrade", "Белград"),
    zone("Europe/Berlin", "Berlin, Paris, Rome", "Берлин, Париж, Рим"),
    zone("Asia/Jerusalem", "Jerusalem", "Иерусалим"),
    zone("Europe/Istanbul", "Istanbul", "Стамбул"),
    zone("Europe/Minsk", "Minsk", "Минск"),
    zone("Asia/Tbilisi", "Tbilisi", "Тбилиси"),
    zone("Asia/Yerevan", "Yerevan", "Ереван"),
    zone("Asia/Baku", "Baku", "Баку"),
    zone("Asia/Dubai", "Dubai", "Дубай"),
    zone("Asia/Tashkent", "Tashkent", "Ташкент"),
    zone("Asia/Almaty", "Almaty, Astana", "Алматы, Астана"),
    zone("Asia/Bangkok", "Bangkok", "Бангкок"),
    zone("Asia/Tokyo", "Tokyo", "Токио"),
];

/// What the zone of that IANA name is called where a company chooses it; the name itself for one that is not offered.
pub fn zone_label(name: &str, lang: Lang) -> String {
    RUSSIA
        .iter()
        .chain(&ELSEWHERE)
        .find(|zone| zone.name == name)
        .map_or_else(|| name.to_owned(), |zone| zone.label(lang).to_owned())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use contracts::format;
    use contracts::locale::Locale;
    use jiff::tz::TimeZoneDatabase;

    use super::*;

    #[test]
    fn every_zone_is_known_and_the_usual_one_can_be_chosen() {
        for zone in RUSSIA.iter().chain(&ELSEWHERE) {
            assert!(TimeZoneDatabase::bundled().get(zone.name).is_ok(), "{}", zone.name);
        }
        assert!(RUSSIA.iter().any(|zone| zone.name == USUAL));
    }

    /// What is chosen here is what stands beside times then.
    #[test]
    fn a_zone_is_called_by_the_city_that_stands_beside_its_times() {
        for zone in RUSSIA.iter().chain(&ELSEWHERE) {
            for (locale, label) in [(Locale::Ru, zone.ru), (Locale::En, zone.en)] {
                let place = format::place(locale, zone.name);
                assert!(label.starts_with(&place), "{label}: {place}");
            }
        }
    }

    #[test]
    fn russian_zones_say_their_distance_to_utc_rightly() {
        let at = "2026-07-01T00:00:00Z".parse().unwrap();
        for zone in &RUSSIA {
            let known = TimeZoneDatabase::bundled().get(zone.name).unwrap();
            let hours = known.to_offset(at).seconds() / 3600;
            for label in [zone.en, zone.ru] {
                assert!(label.ends_with(&format!("(UTC+{hours})")), "{label}: {hours}");
            }
        }
    }
}
