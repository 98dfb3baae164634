//! The portal as a person sees it: the same components render on the server and take over in the browser.
//!
//! In reading order:

#![expect(unreachable_pub, reason = "`#[component]` makes an inner function as public as the component is")]

/// Which address shows which page.
pub mod routes;

pub mod pages;

/// What more than one page uses.
pub mod components;

/// The two languages and every sentence in both.
pub mod i18n;

/// Light, dark, or as the system says.
pub mod theme;

/// What a visitor chose: language and theme, kept in cookies.
pub mod preferences;

/// Who looks at the page.
pub mod viewer;

/// Server functions: what a page asks of the server.
pub mod api;

/// What a form is told that was sent without JavaScript.
pub mod form_answer;

/// What the server tells an open page while it happens.
pub mod live;

/// The services, as server functions reach them.
#[cfg(feature = "ssr")]
pub mod gateway;

/// The HTML document around the application, made on the server only.
#[cfg(feature = "ssr")]
pub mod document;

mod root;

pub use root::{App, hydrated, mark_hydrated};
