//! Lists that are longer than one answer of the API.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ApiError, Paged};
use crate::gateway::Calls;

/// The most lines that the API gives at once.
const LONGEST_PAGE: usize = 100;

#[derive(Serialize)]
struct Page<'a> {
    limit: usize,
    cursor: Option<&'a str>,
}

/// The first `count` lines of a list, over as many pages as that takes.
///
/// # Errors
/// Those of the first page that cannot be had.
pub(super) async fn first<T: DeserializeOwned>(
    calls: &Calls,
    path: &str,
    filter: &impl Serialize,
    count: u16,
) -> Result<Paged<T>, ApiError> {
    let count = usize::from(count.max(1));
    let mut lines = Paged { items: Vec::new(), next: None };
    loop {
        let limit = (count - lines.items.len()).min(LONGEST_PAGE);
        let page = Page { limit, cursor: lines.next.as_deref() };
        let page: Paged<T> = calls.get(path).query(filter).query(&page).list().await?;
        let is_empty = page.items.is_empty();
        lines.items.extend(page.items);
        lines.next = page.next;
        if lines.next.is_none() || is_empty || lines.items.len() >= count {
            return Ok(lines);
        }
    }
}
