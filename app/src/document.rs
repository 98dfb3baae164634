use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::App;
use crate::preferences::Preferences;

/// The document that the server sends.
pub fn document(options: LeptosOptions) -> impl IntoView {
    let Preferences { lang, theme } = use_context().unwrap_or_default();

    view! {
        <!DOCTYPE html>
        <html lang=lang.code() data-theme=theme.forced()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
