//! Pages that only a person with a session can see.

use app::viewer::sign_in_path;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::request::Visitor;

/// Their addresses, each with all below it.
const SIGNED_IN_ONLY: [&str; 4] = ["/bookings", "/wallet", "/manage", "/invitations"];

/// Sends who has no session to sign in, and back to where he wanted to go. What a page shows is the services' business
/// all the same: they ask for a token.
pub async fn require_session(request: Request, next: Next) -> Response {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let is_nobody = matches!(request.extensions().get::<Visitor>(), None | Some(Visitor::Nobody));
    if is_read && is_nobody && is_signed_in_only(request.uri().path()) {
        let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
        return Redirect::to(&sign_in_path(address)).into_response();
    }
    next.run(request).await
}

fn is_signed_in_only(path: &str) -> bool {
    SIGNED_IN_ONLY
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_guarded_with_all_below_it_and_nothing_beside_it() {
        for path in [
            "/bookings",
            "/bookings/",
            "/bookings/1/cancel",
            "/wallet",
            "/manage/1/calendar",
            "/invitations/x",
        ] {
            assert!(is_signed_in_only(path), "{path}");
        }
        for path in ["/", "/search", "/bookingsx", "/offers/bookings", "/managers", "/api/bookings/list"] {
            assert!(!is_signed_in_only(path), "{path}");
        }
    }
}
