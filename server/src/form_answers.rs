//! What forms are told that were sent without JavaScript.
//!
//! `server_fn` sends such a browser back to the page that it came from, with the refusal and all that was typed in the
//! address. Of a long address a browser tells nothing at the next try, and the form would be lost. So what a person who is
//! signed in is told is kept here, and the address only says which answer it is.

use app::form_answer::{FORM_ANSWER, FormAnswer};
use app::viewer::Viewer;
use axum::extract::{Query, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use kit::seal::{Broken, Seal};
use kit::telemetry;
use reqwest::Url;
use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::portal::Portal;
use crate::store::form_answers::{self, Kept};

/// How `server_fn` writes a refusal into an address.
const PATH: &str = "__path";
const ERROR: &str = "__err";

/// Of one person at a time, before the newest: one for each of some open pages.
const MOST: i64 = 15;

/// Much more than the fields of a form may hold.
const LARGEST: usize = 1 << 16;

#[derive(Clone)]
pub struct FormAnswers {
    pool: PgPool,
    seal: Seal,
}

/// Why an answer was not kept or found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("ask the database")]
    Database(#[from] sqlx::Error),
    #[error("seal what was typed")]
    Seal(#[from] Broken),
}

impl FormAnswers {
    pub fn new(pool: PgPool, seal: Seal) -> Self {
        Self { pool, seal }
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn keep(&self, person_id: &str, answer: &FormAnswer) -> Result<Uuid, Error> {
        let id = Uuid::new_v4();
        let sealed = self.seal.seal(id.as_bytes(), answer.error.as_bytes())?;
        let kept = Kept { path: answer.path.clone(), sealed };
        form_answers::insert(&self.pool, id, person_id, &kept, MOST).await?;
        Ok(id)
    }

    /// `None` when it has to stay in the address.
    async fn try_keep(&self, person_id: &str, answer: &FormAnswer) -> Option<Uuid> {
        if answer.error.len() > LARGEST {
            return None;
        }
        let kept = self.keep(person_id, answer).await;
        kept.inspect_err(|error| tracing::warn!(error = telemetry::chain(error), "an answer is not kept"))
            .ok()
    }

    /// `None` when there is none, or it is somebody else's, or too old, or its key is gone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find(&self, id: Uuid, person_id: &str) -> sqlx::Result<Option<FormAnswer>> {
        let Some(Kept { path, sealed }) = form_answers::find(&self.pool, id, person_id).await? else {
            return Ok(None);
        };
        let error = self.seal.open(id.as_bytes(), &sealed).ok();
        Ok(error.and_then(|error| String::from_utf8(error).ok()).map(|error| FormAnswer { path, error }))
    }
}

/// The address of a page, as far as it names an answer.
#[derive(Deserialize)]
struct Address {
    form_answer: Option<Uuid>,
}

/// Shows a page with the answer that its address names, and keeps the one that a form gets.
pub async fn carry(State(portal): State<Portal>, mut request: Request, next: Next) -> Response {
    let answers = &portal.form_answers;
    let person_id = request.extensions().get().map(|viewer: &Viewer| viewer.id.clone());
    let is_form = request.method() == Method::POST;
    if let Ok(Query(Address { form_answer: Some(id) })) = Query::try_from_uri(request.uri())
        && let Some(person_id) = &person_id
    {
        match answers.find(id, person_id).await {
            Ok(Some(answer)) => drop(request.extensions_mut().insert(answer)),
            Ok(None) => {}
            // The page is shown as it is before anything was sent.
            Err(error) => {
                tracing::warn!(error = telemetry::chain(&error), "a form is not told what was wrong")
            }
        }
    }
    let mut response = next.run(request).await;
    if is_form
        && response.status() == StatusCode::FOUND
        && let Some((mut page, answer)) = response.headers().get(LOCATION).and_then(separate)
    {
        if let Some(answer) = answer {
            let kept = match &person_id {
                Some(person_id) => answers.try_keep(person_id, &answer).await,
                None => None,
            };
            let mut query = page.query_pairs_mut();
            match kept {
                Some(id) => query.append_pair(FORM_ANSWER, &id.to_string()),
                None => query.append_pair(PATH, &answer.path).append_pair(ERROR, &answer.error),
            };
        }
        if let Ok(page) = HeaderValue::try_from(String::from(page)) {
            response.headers_mut().insert(LOCATION, page);
        }
    }
    response
}

/// The page to which a form goes back, and what it is told there; what it was told the time before is over. `None` when
/// the address says nothing of the kind.
fn separate(location: &HeaderValue) -> Option<(Url, Option<FormAnswer>)> {
    let mut page = Url::parse(location.to_str().ok()?).ok()?;
    let (ours, others): (Vec<_>, Vec<_>) = page
        .query_pairs()
        .into_owned()
        .partition(|(name, _)| [PATH, ERROR, FORM_ANSWER].contains(&name.as_str()));
    if ours.is_empty() {
        return None;
    }
    page.set_query(None);
    if !others.is_empty() {
        page.query_pairs_mut().extend_pairs(others);
    }
    // `server_fn` adds its own behind what the address says already.
    let value = |name| ours.iter().rfind(|(own, _)| own == name).map(|(_, value)| value.clone());
    let answer = value(PATH).zip(value(ERROR)).map(|(path, error)| FormAnswer { path, error });
    Some((page, answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separated(location: &str) -> Option<(String, Option<(String, String)>)> {
        let (page, answer) = separate(&HeaderValue::from_str(location).unwrap())?;
        Some((page.into(), answer.map(|answer| (answer.path, answer.error))))
    }

    #[test]
    fn an_answer_is_taken_out_of_the_address_and_the_last_one_with_it() {
        let page = "https://portal.example/manage/new";
        let answer = Some(("/api/x".to_owned(), "e30=".to_owned()));
        for query in [
            "__path=%2Fapi%2Fx&__err=e30%3D",
            "form_answer=1&__path=%2Fapi%2Fx&__err=e30%3D",
            "__path=%2Fapi%2Fold&__err=b2xk&__path=%2Fapi%2Fx&__err=e30%3D",
        ] {
            assert_eq!(separated(&format!("{page}?{query}")), Some((page.to_owned(), answer.clone())));
        }
        let with_more = format!("{page}?a=%D1%8F&__path=%2Fapi%2Fx&b=&__err=e30%3D");
        assert_eq!(separated(&with_more), Some((format!("{page}?a=%D1%8F&b="), answer)));
    }

    #[test]
    fn a_form_that_was_taken_is_told_nothing_of_the_time_before() {
        let page = "https://portal.example/wallet";
        assert_eq!(separated(&format!("{page}?form_answer=1")), Some((page.to_owned(), None)));
    }

    #[test]
    fn other_addresses_stay_as_they_are() {
        for location in ["https://portal.example/wallet?a&b=%20", "https://portal.example/", "/wallet", ""] {
            assert_eq!(separated(location), None, "{location}");
        }
    }
}
