use serde::{Deserialize, Serialize};

use crate::viewer::encoded;

/// What a visitor searches by. Everything is as he wrote it, empty where he did not; the services judge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// A service of the catalogue, or a category.
    pub service_id: String,
    /// A part of the company's or the service's name.
    pub q: String,
    /// The first day, `2026-06-03`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// `09:30`, on the venue's clock.
    pub time_from: String,
    pub time_to: String,
    pub price_min: String,
    pub price_max: String,
    pub company_id: String,
    /// `price`; anything else is by time.
    pub sort: String,
    /// Where the page begins in the list.
    pub cursor: String,
}

/// The page that searches.
pub const SEARCH_PATH: &str = "/search";

impl Filter {
    /// Reads the parameters of an address; `get` answers by their names.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in filter.fields_mut() {
            *value = get(name).unwrap_or_default().trim().to_owned();
        }
        // Of two days that contradict each other the first one counts: whoever moves it past the last one means that day.
        if !filter.to.is_empty() && filter.to < filter.from {
            filter.to.clone_from(&filter.from);
        }
        filter
    }

    /// The address of this search.
    pub fn address(&self) -> String {
        let mut filter = self.clone();
        let mut address = SEARCH_PATH.to_owned();
        let set = filter.fields_mut().into_iter().filter(|(_, value)| !value.is_empty());
        for (index, (name, value)) in set.enumerate() {
            address.push(if index == 0 { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.push_str(&encoded(value));
        }
        address
    }

    /// The same with a change, from its first page on.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Filter)) -> Filter {
        let mut filter = Filter { cursor: String::new(), ..self.clone() };
        change(&mut filter);
        filter
    }

    pub fn is_by_price(&self) -> bool {
        self.sort == "price"
    }

    /// Whether one of those is set that a small screen folds away.
    pub fn has_details(&self) -> bool {
        [&self.time_from, &self.time_to, &self.price_min, &self.price_max]
            .into_iter()
            .any(|value| !value.is_empty())
            || self.has_last_day()
    }

    /// Whether it ends on another day than it begins.
    pub fn has_last_day(&self) -> bool {
        !self.to.is_empty() && self.to != self.from
    }

    fn fields_mut(&mut self) -> [(&'static str, &mut String); 11] {
        [
            ("service_id", &mut self.service_id),
            ("q", &mut self.q),
            ("from", &mut self.from),
            ("to", &mut self.to),
            ("time_from", &mut self.time_from),
            ("time_to", &mut self.time_to),
            ("price_min", &mut self.price_min),
            ("price_max", &mut self.price_max),
            ("company_id", &mut self.company_id),
            ("sort", &mut self.sort),
            ("cursor", &mut self.cursor),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_is_set_and_reads_back() {
        assert_eq!(Filter::default().address(), "/search");
        let filter = Filter { service_id: "7".into(), q: "a&b=c d".into(), ..Filter::default() };
        assert_eq!(filter.address(), "/search?service_id=7&q=a%26b%3Dc%20d");
        let read = Filter::read(|name| match name {
            "service_id" => Some(" 7 ".to_owned()),
            "q" => Some("a&b=c d".to_owned()),
            "from" => Some(String::new()),
            _ => None,
        });
        assert_eq!(read, filter);
    }

    #[test]
    fn a_last_day_is_never_before_the_first() {
        for (from, to, read) in [("2026-06-03", "2026-06-01", "2026-06-03"), ("", "2026-06-01", "2026-06-01")]
        {
            let get = |name: &str| [("from", from), ("to", to)].into_iter().find(|(of, _)| *of == name);
            assert_eq!(Filter::read(|name| get(name).map(|(_, value)| value.to_owned())).to, read);
        }
    }

    #[test]
    fn a_changed_search_begins_anew() {
        let filter = Filter { cursor: "abc".into(), q: "x".into(), ..Filter::default() };
        let cheaper = filter.with(|filter| filter.sort = "price".into());
        assert_eq!(cheaper.address(), "/search?q=x&sort=price");
        assert!(cheaper.is_by_price() && !cheaper.has_details());
    }
}
