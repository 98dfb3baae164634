//! Dates, durations and amounts as people write them: in mails and on pages alike.

use jiff::civil::Weekday;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

use crate::locale::Locale;
use crate::money::{Currency, Money};

/// Keeps a number and its unit on one line.
const NO_BREAK: char = '\u{a0}';

const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const MONTHS_SHORT_RU: [&str; 12] =
    ["янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."];

const MONTHS_SHORT_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// By IANA name.
const PLACES_RU: [(&str, &str); 28] = [
    ("Europe/Kaliningrad", "Калининград"),
    ("Europe/Moscow", "Москва"),
    ("Europe/Samara", "Самара"),
    ("Asia/Yekaterinburg", "Екатеринбург"),
    ("Asia/Omsk", "Омск"),
    ("Asia/Novosibirsk", "Новосибирск"),
    ("Asia/Irkutsk", "Иркутск"),
    ("Asia/Yakutsk", "Якутск"),
    ("Asia/Vladivostok", "Владивосток"),
    ("Asia/Magadan", "Магадан"),
    ("Asia/Kamchatka", "Камчатка"),
    ("America/Los_Angeles", "Лос\u{2011}Анджелес"),
    ("America/Chicago", "Чикаго"),
    ("America/New_York", "Нью\u{2011}Йорк"),
    ("Europe/London", "Лондон"),
    ("Europe/Belgrade", "Белград"),
    ("Europe/Berlin", "Берлин"),
    ("Asia/Jerusalem", "Иерусалим"),
    ("Europe/Istanbul", "Стамбул"),
    ("Europe/Minsk", "Минск"),
    ("Asia/Tbilisi", "Тбилиси"),
    ("Asia/Yerevan", "Ереван"),
    ("Asia/Baku", "Баку"),
    ("Asia/Dubai", "Дубай"),
    ("Asia/Tashkent", "Ташкент"),
    ("Asia/Almaty", "Алматы"),
    ("Asia/Bangkok", "Бангкок"),
    ("Asia/Tokyo", "Токио"),
];

/// A moment on the clock of a place, in pieces, for where there is little room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// `ср 3 июн.`
    pub day: String,
    /// `10:00`
    pub time: String,
    /// `Moscow`
    pub place: String,
    /// `2026-06-03`
    pub date: String,
}

/// On the clock of the place that `time_zone` names.
pub fn moment(locale: Locale, at: Timestamp, time_zone: &str) -> Moment {
    let local = local(at, time_zone);
    let months = match locale {
        Locale::Ru => MONTHS_SHORT_RU,
        Locale::En => MONTHS_SHORT_EN,
    };
    let month = months[usize::from(local.month().unsigned_abs()) - 1];
    let weekday = short_weekday(locale, local.weekday());
    Moment {
        day: format!("{weekday}{NO_BREAK}{}{NO_BREAK}{month}", local.day()),
        time: time(&local),
        place: place(locale, time_zone),
        date: local.date().to_string(),
    }
}

/// On the clock of the place that `time_zone` names: `среда, 3 июня 2026, 10:00 (Москва)`.
pub fn when(locale: Locale, at: Timestamp, time_zone: &str) -> String {
    let local = local(at, time_zone);
    let place = place(locale, time_zone);
    let (weekday, day, time) = (weekday(locale, local.weekday()), day(locale, &local), time(&local));
    format!("{weekday}, {day} {}, {time} ({place})", local.year())
}

/// The same without what a subject has no room for: `3 июня, 10:00`.
pub fn short_when(locale: Locale, at: Timestamp, time_zone: &str) -> String {
    let local = local(at, time_zone);
    format!("{}, {}", day(locale, &local), time(&local))
}

/// A day alone, for what is not exact to the hour: `6 декабря 2026`, in UTC.
pub fn day_of(locale: Locale, at: Timestamp) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    format!("{} {}", day(locale, &utc), utc.year())
}

/// `1 ч 30 мин`.
pub fn duration(locale: Locale, minutes: i32) -> String {
    let (hour, minute) = match locale {
        Locale::Ru => ("ч", "мин"),
        Locale::En => ("h", "min"),
    };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}{NO_BREAK}{minute}"),
        (hours, 0) => format!("{hours}{NO_BREAK}{hour}"),
        (hours, minutes) => format!("{hours}{NO_BREAK}{hour} {minutes}{NO_BREAK}{minute}"),
    }
}

/// `1 500,00 ₽`.
pub fn price(locale: Locale, amount: Money, currency: Currency) -> String {
    let plain = amount.to_string();
    let (whole, minor) = plain.split_once('.').unwrap_or((&plain, "00"));
    match locale {
        Locale::Ru => {
            let sign = match currency {
                Currency::Rub => "₽",
            };
            format!("{},{minor}{NO_BREAK}{sign}", grouped(whole, NO_BREAK))
        }
        Locale::En => format!("{}{NO_BREAK}{}.{minor}", currency.as_str(), grouped(whole, ',')),
    }
}

/// What the place is called whose clock `time_zone` names: `Москва`, `Buenos Aires`. Russian names are those of the zones
/// that companies can choose; the others keep their English one.
pub fn place(locale: Locale, time_zone: &str) -> String {
    let zone = zone(time_zone);
    let name = zone.iana_name().unwrap_or("UTC");
    let russian = PLACES_RU.iter().find(|(known, _)| *known == name);
    match (locale, russian) {
        (Locale::Ru, Some((_, russian))) => (*russian).to_owned(),
        // `America/Argentina/Buenos_Aires`
        (Locale::Ru | Locale::En, _) => name.rsplit('/').next().unwrap_or(name).replace('_', " "),
    }
}

/// UTC for a zone that our database does not know.
fn zone(time_zone: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(time_zone).unwrap_or(TimeZone::UTC)
}

fn local(at: Timestamp, time_zone: &str) -> Zoned {
    at.to_zoned(zone(time_zone))
}

fn day(locale: Locale, local: &Zoned) -> String {
    let months = match locale {
        Locale::Ru => MONTHS_RU,
        Locale::En => MONTHS_EN,
    };
    let month = usize::from(local.month().unsigned_abs()) - 1;
    format!("{}{NO_BREAK}{}", local.day(), months[month])
}

fn time(local: &Zoned) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

fn weekday(locale: Locale, weekday: Weekday) -> &'static str {
    let (ru, en) = match weekday {
        Weekday::Monday => ("понедельник", "Monday"),
        Weekday::Tuesday => ("вторник", "Tuesday"),
        Weekday::Wednesday => ("среда", "Wednesday"),
        Weekday::Thursday => ("четверг", "Thursday"),
        Weekday::Friday => ("пятница", "Friday"),
        Weekday::Saturday => ("суббота", "Saturday"),
        Weekday::Sunday => ("воскресенье", "Sunday"),
    };
    match locale {
        Locale::Ru => ru,
        Locale::En => en,
    }
}

fn short_weekday(locale: Locale, weekday: Weekday) -> &'static str {
    let (ru, en) = match weekday {
        Weekday::Monday => ("пн", "Mon"),
        Weekday::Tuesday => ("вт", "Tue"),
        Weekday::Wednesday => ("ср", "Wed"),
        Weekday::Thursday => ("чт", "Thu"),
        Weekday::Friday => ("пт", "Fri"),
        Weekday::Saturday => ("сб", "Sat"),
        Weekday::Sunday => ("вс", "Sun"),
    };
    match locale {
        Locale::Ru => ru,
        Locale::En => en,
    }
}

/// Digits in groups of three.
fn grouped(whole: &str, separator: char) -> String {
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut grouped = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(NO_BREAK, " ")
    }

    #[test]
    fn a_time_is_that_of_the_place() {
        for (at, zone, ru, en) in [
            (
                "2026-06-03T07:00:00Z",
                "Europe/Moscow",
                "среда, 3 июня 2026, 10:00 (Москва)",
                "Wednesday, 3 June 2026, 10:00 (Moscow)",
            ),
            // Another day there, and another year.
            (
                "2026-12-31T20:05:00Z",
                "Asia/Vladivostok",
                "пятница, 1 января 2027, 06:05 (Владивосток)",
                "Friday, 1 January 2027, 06:05 (Vladivostok)",
            ),
            // Before and after the clocks change there.
            (
                "2026-03-29T00:59:00Z",
                "Europe/Berlin",
                "воскресенье, 29 марта 2026, 01:59 (Берлин)",
                "Sunday, 29 March 2026, 01:59 (Berlin)",
            ),
            (
                "2026-03-29T01:00:00Z",
                "Europe/Berlin",
                "воскресенье, 29 марта 2026, 03:00 (Берлин)",
                "Sunday, 29 March 2026, 03:00 (Berlin)",
            ),
            (
                "2026-08-31T12:30:00Z",
                "America/Argentina/Buenos_Aires",
                "понедельник, 31 августа 2026, 09:30 (Buenos Aires)",
                "Monday, 31 August 2026, 09:30 (Buenos Aires)",
            ),
            (
                "2026-09-05T12:30:00Z",
                "Europe/Atlantis",
                "суббота, 5 сентября 2026, 12:30 (UTC)",
                "Saturday, 5 September 2026, 12:30 (UTC)",
            ),
        ] {
            let at = at.parse().unwrap();
            assert_eq!(plain(&when(Locale::Ru, at, zone)), ru);
            assert_eq!(plain(&when(Locale::En, at, zone)), en);
        }
        let at = "2026-06-03T22:00:00Z".parse().unwrap();
        assert_eq!(plain(&short_when(Locale::Ru, at, "Europe/Moscow")), "4 июня, 01:00");
        assert_eq!(plain(&short_when(Locale::En, at, "Europe/Moscow")), "4 June, 01:00");
    }

    #[test]
    fn a_moment_in_pieces_is_that_of_the_place_too() {
        let at = "2026-06-02T22:00:00Z".parse().unwrap();
        for (locale, day, place) in [(Locale::Ru, "ср 3 июн.", "Москва"), (Locale::En, "Wed 3 Jun", "Moscow")]
        {
            let moment = moment(locale, at, "Europe/Moscow");
            assert_eq!((plain(&moment.day).as_str(), moment.time.as_str()), (day, "01:00"));
            assert_eq!((moment.place.as_str(), moment.date.as_str()), (place, "2026-06-03"));
        }
    }

    #[test]
    fn a_duration_is_in_hours_and_minutes() {
        for (minutes, ru, en) in [
            (5, "5 мин", "5 min"),
            (60, "1 ч", "1 h"),
            (90, "1 ч 30 мин", "1 h 30 min"),
            (1_440, "24 ч", "24 h"),
        ] {
            assert_eq!(plain(&duration(Locale::Ru, minutes)), ru);
            assert_eq!(plain(&duration(Locale::En, minutes)), en);
        }
    }

    #[test]
    fn an_amount_has_its_groups_its_kopecks_and_its_currency() {
        for (units, ru, en) in [
            (0, "0,00 ₽", "RUB 0.00"),
            (5, "0,05 ₽", "RUB 0.05"),
            (99_900, "999,00 ₽", "RUB 999.00"),
            (150_000, "1 500,00 ₽", "RUB 1,500.00"),
            (123_456_789, "1 234 567,89 ₽", "RUB 1,234,567.89"),
            (-150_050, "-1 500,50 ₽", "RUB -1,500.50"),
        ] {
            assert_eq!(plain(&price(Locale::Ru, Money(units), Currency::Rub)), ru);
            assert_eq!(plain(&price(Locale::En, Money(units), Currency::Rub)), en);
        }
    }
}
