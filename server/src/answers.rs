use app::api::protocol::ERR;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

/// By which `server_fn` marks an error.
const ERROR: HeaderName = HeaderName::from_static("serverfnerror");

/// An error is some sentences and what was typed into a form.
const LARGEST: usize = 1 << 20;

/// Makes of `server_fn`'s error, a 500, the answer that [`app::api::protocol::Answer`] is. What a form without
/// JavaScript gets is a redirect already.
pub async fn answer(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(ERROR) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(error) = to_bytes(body, LARGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    head.status = StatusCode::OK;
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from([ERR.0.as_bytes(), &error, ERR.1.as_bytes()].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(response: Response) -> (StatusCode, String) {
        let (head, body) = answer(response).await.into_parts();
        let body = to_bytes(body, LARGEST).await.expect("it has a body");
        (head.status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_refusal_is_an_answer() {
        let refused = (StatusCode::INTERNAL_SERVER_ERROR, [("serverfnerror", "/api/x")], r#""NotFound""#);
        assert_eq!(
            answered(refused.into_response()).await,
            (StatusCode::OK, r#"{"Err":"NotFound"}"#.to_owned())
        );
    }

    #[tokio::test]
    async fn what_is_no_refusal_stays_as_it_is() {
        for (status, error) in
            [(StatusCode::INTERNAL_SERVER_ERROR, "other"), (StatusCode::FOUND, "serverfnerror")]
        {
            let response = (status, [(error, "/api/x")], "words").into_response();
            assert_eq!(answered(response).await, (status, "words".to_owned()));
        }
    }
}
