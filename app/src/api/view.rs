use serde::{Deserialize, Serialize};

/// A moment as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct When {
    /// UTC, RFC 3339, for `<time datetime>`. Orders like the moment does.
    pub iso: String,
    /// The day at the venue, `2026-06-03`.
    pub date: String,
    /// `Wed 3 Jun`
    pub day: String,
    /// `10:00`
    pub time: String,
    /// Whose clock that is: `Moscow`.
    pub place: String,
    /// The viewer's own clock where it differs: `09:00 Berlin`.
    pub yours: Option<String>,
}

/// Some lines of a list, and how to get the next ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<String>,
}

#[cfg(feature = "ssr")]
mod server {
    use contracts::format::{self, Moment};
    use contracts::locale::Locale;
    use jiff::Timestamp;

    use super::{Paged, When};
    use crate::i18n::Lang;

    impl From<Lang> for Locale {
        fn from(lang: Lang) -> Self {
            match lang {
                Lang::En => Locale::En,
                Lang::Ru => Locale::Ru,
            }
        }
    }

    impl When {
        /// On the clock of the venue in `time_zone`, and on that of a viewer in `viewer_zone`.
        pub fn new(lang: Lang, at: Timestamp, time_zone: &str, viewer_zone: Option<&str>) -> Self {
            let there = format::moment(lang.into(), at, time_zone);
            let here = viewer_zone.map(|zone| format::moment(lang.into(), at, zone));
            let differs = |here: &Moment| (&here.date, &here.time) != (&there.date, &there.time);
            let yours = here.filter(differs).map(|here| {
                let Moment { day, time, place, date } = here;
                if date == there.date { format!("{time} {place}") } else { format!("{day}, {time} {place}") }
            });
            When {
                iso: at.to_string(),
                date: there.date,
                day: there.day,
                time: there.time,
                place: there.place,
                yours,
            }
        }
    }

    impl<T> Paged<T> {
        /// The same lines as a page shows them.
        pub fn map<U>(self, view: impl FnMut(T) -> U) -> Paged<U> {
            Paged { items: self.items.into_iter().map(view).collect(), next: self.next }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_viewers_clock_is_shown_only_where_it_differs() {
            let at: Timestamp = "2026-06-03T22:30:00Z".parse().unwrap();
            for (zone, yours) in [
                (None, None),
                (Some("Europe/Moscow"), None),
                // Another name, the same clock.
                (Some("Europe/Minsk"), None),
                (Some("Asia/Yekaterinburg"), Some("03:30 Yekaterinburg")),
                (Some("Europe/Berlin"), Some("00:30 Berlin")),
                (Some("Europe/London"), Some("Wed 3 Jun, 23:30 London")),
                (Some("nonsense"), Some("Wed 3 Jun, 22:30 UTC")),
            ] {
                let when = When::new(Lang::En, at, "Europe/Moscow", zone);
                assert_eq!(
                    (when.day.replace('\u{a0}', " ").as_str(), when.time.as_str()),
                    ("Thu 4 Jun", "01:30")
                );
                assert_eq!(when.yours.map(|text| text.replace('\u{a0}', " ")).as_deref(), yours, "{zone:?}");
            }
        }
    }
}
