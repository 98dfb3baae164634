use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::{SsrMode, path};

use crate::pages::{Home, NotFound};

/// The page table.
///
/// `Async` everywhere: the whole page, its title and its status are known before the first byte,
/// so a reader without JavaScript gets all of it.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=Home ssr=SsrMode::Async/>
        </Routes>
    }
}
