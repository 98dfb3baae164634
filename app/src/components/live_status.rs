use leptos::prelude::*;

use crate::live::Connection;
use crate::preferences::use_lang;

/// Whether what stands here still changes by itself, in words and with a dot. Empty until the first stream is open, so
/// that a page without JavaScript promises nothing.
#[component]
pub fn LiveStatus(#[prop(into)] connection: Signal<Connection>) -> impl IntoView {
    let text = use_lang();
    let state = move || match connection.get() {
        Connection::Connecting => "connecting",
        Connection::Live => "live",
        Connection::Reconnecting => "reconnecting",
        Connection::Offline | Connection::SignedOut => "off",
    };
    let words = move || match connection.get() {
        Connection::Connecting => "",
        Connection::Live => text.live_on(),
        Connection::Reconnecting => text.live_reconnecting(),
        Connection::Offline => text.live_off(),
        Connection::SignedOut => text.live_signed_out(),
    };
    view! {
        <p role="status" aria-live="polite" class="live-status" data-state=state>{words}</p>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_the_dot_shows() {
        for (connection, state, words) in [
            (Connection::Connecting, "connecting", ""),
            (Connection::Live, "live", "Live"),
            (Connection::Reconnecting, "reconnecting", "Reconnecting…"),
            (Connection::Offline, "off", "Offline"),
            (Connection::SignedOut, "off", "Your session has ended"),
        ] {
            let owner = Owner::new();
            let html = owner.with(|| {
                crate::preferences::provide_preferences(crate::preferences::Preferences::default());
                view! { <LiveStatus connection=Signal::stored(connection)/> }.to_html()
            });
            assert!(html.contains(&format!("data-state=\"{state}\"")), "{html}");
            assert!(html.contains(&format!(">{words}")), "{html}");
        }
    }
}
