use std::cell::OnceCell;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use leptos::web_sys::Event;

/// Declares pages that together are a part of the WASM, which a browser loads when it first comes to one of them:
/// an enum of them, which the table of routes names.
///
/// `$part` is the part's name in the list of what belongs to which part (`__wasm_split_manifest.json`).
macro_rules! part {
    ($(#[$doc:meta])* $pages:ident in $part:ident { $($page:ident => $view:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $pages {
            $($page,)+
        }

        const _: () = {
            #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
            fn $part(page: $pages) -> Result<leptos::prelude::AnyView, leptos::wasm_split::SplitLoaderError> {
                use leptos::prelude::IntoAny as _;
                Ok(match page {
                    $($pages::$page => $view().into_any(),)+
                })
            }

            impl leptos_router::ChooseView for $pages {
                async fn choose(self) -> leptos::prelude::AnyView {
                    #[cfg(feature = "hydrate")]
                    $crate::pages::part::begin();
                    // The page's head names the part, so that the browser fetches it at once.
                    #[cfg(feature = "ssr")]
                    leptos::prefetch_lazy_fn_on_server(stringify!($part));
                    match $part(self).await {
                        Ok(page) => page,
                        Err(_) => $crate::pages::part::without_it().await,
                    }
                }

                async fn preload(&self) {
                    #[cfg(feature = "hydrate")]
                    $crate::pages::part::begin();
                    if load().await.is_err() {
                        $crate::pages::part::without_it().await
                    }
                }
            }
        };
    };
}
pub(crate) use part;

thread_local! {
    /// Where the router was when the first page asked for its part.
    static BEGAN_AT: OnceCell<String> = const { OnceCell::new() };
}

/// Notes where the router is, the first time.
#[cfg(feature = "hydrate")]
pub fn begin() {
    BEGAN_AT.with(|began_at| {
        began_at.get_or_init(|| crate::components::use_page_path().get_untracked());
    });
}

/// What is left when a part cannot be had: the server's page, whose links and forms work by themselves. One who was on
/// the way to the page gets it by a load, also when he went on before the first page's part was missed; one who has it
/// already keeps it.
pub async fn without_it() -> ! {
    let address = crate::components::use_page_path().get_untracked();
    let has_moved = BEGAN_AT.with(|began_at| began_at.get().is_some_and(|began_at| *began_at != address));
    if !crate::hydrated() {
        leave_clicks_to_the_browser();
    }
    if crate::hydrated() || has_moved {
        // Refused only for a malformed address, and this one was just taken from the router.
        let _ = window().location().set_href(&address);
    }
    loop {
        std::future::pending::<()>().await;
    }
}

/// The router listens from the beginning and would lead to pages that are never shown: it gets no click any more.
fn leave_clicks_to_the_browser() {
    let stop = Closure::<dyn Fn(Event)>::new(|click: Event| click.stop_immediate_propagation());
    let listener = stop.as_ref().unchecked_ref();
    // Refused only to what is no window.
    let _ = window().add_event_listener_with_callback_and_bool("click", listener, true);
    // For as long as the page is there.
    stop.forget();
}
