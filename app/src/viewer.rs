use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a person signs in, and comes back from to `return_to`.
pub const SIGN_IN_PATH: &str = "/sign-in";
/// Where a person makes an account, and comes back from to `return_to`.
pub const SIGN_UP_PATH: &str = "/sign-up";
/// Where the form of the header ends the session.
pub const SIGN_OUT_PATH: &str = "/sign-out";
/// The page of a person who could not sign in; it knows `return_to` too.
pub const SIGN_IN_FAILED_PATH: &str = "/sign-in-failed";
/// The page of a person who could not sign out.
pub const SIGN_OUT_FAILED_PATH: &str = "/sign-out-failed";

/// Who looks at the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub id: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
}

#[derive(Clone)]
struct CurrentViewer(Option<Viewer>);

/// Makes the viewer known to every component below.
pub fn provide_viewer(viewer: Option<Viewer>) {
    provide_context(CurrentViewer(viewer));
}

/// Who looks at the page; `None` for a person who has not signed in. It changes with a new document only.
pub fn use_viewer() -> Option<Viewer> {
    use_context::<CurrentViewer>().and_then(|current| current.0)
}

/// The way to sign in and back to `return_to`, a path of ours with its query.
pub fn sign_in_path(return_to: &str) -> String {
    with_return(SIGN_IN_PATH, return_to)
}

/// The way to a new account and back to `return_to`.
pub fn sign_up_path(return_to: &str) -> String {
    with_return(SIGN_UP_PATH, return_to)
}

/// The way to be told that signing in did not work, and to try again.
pub fn sign_in_failed_path(return_to: &str) -> String {
    with_return(SIGN_IN_FAILED_PATH, return_to)
}

fn with_return(path: &str, return_to: &str) -> String {
    format!("{path}?return_to={}", encoded(return_to))
}

/// A text as the value of a parameter in an address.
pub fn encoded(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => {
                encoded.push('%');
                encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
                encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_survives_as_one_parameter() {
        assert_eq!(sign_in_path("/offers/1"), "/sign-in?return_to=/offers/1");
        assert_eq!(
            sign_up_path("/search?q=стр&page=2"),
            "/sign-up?return_to=/search%3Fq%3D%D1%81%D1%82%D1%80%26page%3D2"
        );
    }
}
