//! Every sentence of the portal, in both languages side by side: a missing one does not compile.
//! One file per group of pages.

macro_rules! strings {
    ($($name:ident { en: $en:expr, ru: $ru:expr })*) => {
        impl Lang {
            $(
                pub fn $name(self) -> &'static str {
                    match self {
                        Lang::En => $en,
                        Lang::Ru => $ru,
                    }
                }
            )*
        }
    };
}

mod booking;
mod common;
mod home;
mod manage;
mod manage_bookings;
mod manage_offers;
mod not_found;
mod offer;
mod problems;
mod search;
mod sign_in;
mod status;
mod wallet;
