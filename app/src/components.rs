mod footer;
mod header;
mod icon;
mod lang_switch;
mod logo;
mod page;
mod page_path;
mod problem;
mod theme_switch;

pub use footer::Footer;
pub use header::{Header, SkipLink};
pub use icon::Icon;
pub use lang_switch::LangSwitch;
pub use logo::Logo;
pub use page::{Arrival, Page};
pub use page_path::use_page_path;
pub use problem::{Problem, set_status};
pub use theme_switch::ThemeSwitch;
