use leptos::prelude::*;

/// The line icons in use, drawn inline so that they take the colour of the text.
///
/// Shapes from Lucide (https://lucide.dev), ISC licence, copyright Lucide Icons and Contributors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    ArrowDown,
    ArrowLeft,
    Ban,
    Calendar,
    Car,
    Check,
    ChevronRight,
    Clock,
    Dumbbell,
    Info,
    LogOut,
    Mail,
    MapPin,
    Monitor,
    Moon,
    Phone,
    Plus,
    Scissors,
    Search,
    Smartphone,
    Stethoscope,
    Sun,
    Ticket,
    TriangleAlert,
    Undo,
    UserX,
    Wallet,
    X,
}

impl Icon {
    /// Decoration only: the meaning stands in words beside it or in the label around it.
    pub fn view(self, class: &'static str) -> impl IntoView {
        view! {
            <svg
                viewBox="0 0 24 24"
                fill="none"
                stroke="currentColor"
                stroke-width="1.75"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
                class=class
                inner_html=self.shapes()
            ></svg>
        }
    }

    fn shapes(self) -> &'static str {
        match self {
            Icon::ArrowDown => r#"<path d="M12 5v14"/><path d="m19 12-7 7-7-7"/>"#,
            Icon::ArrowLeft => r#"<path d="m12 19-7-7 7-7"/><path d="M19 12H5"/>"#,
            Icon::Ban => r#"<circle cx="12" cy="12" r="10"/><path d="m4.9 4.9 14.2 14.2"/>"#,
            Icon::Calendar => {
                concat!(
                    r#"<path d="M8 2v4"/>"#,
                    r#"<path d="M16 2v4"/>"#,
                    r#"<rect width="18" height="18" x="3" y="4" rx="2"/>"#,
                    r#"<path d="M3 10h18"/>"#,
                )
            }
            Icon::Car => {
                concat!(
                    r#"<path d="M19 17h2c.6 0 1-.4 1-1v-3c0-.9-.7-1.7-1.5-1.9C18.7 10.6 16 10 16 10s-1.3-1.4-2.2-2.3c-.5-.4-1.1-.7-1.8-.7H5c-.6 0-1.1.4-1.4.9l-1.4 2.9A3.7 3.7 0 0 0 2 12v4c0 .6.4 1 1 1h2"/>"#,
                    r#"<circle cx="7" cy="17" r="2"/>"#,
                    r#"<path d="M9 17h6"/>"#,
                    r#"<circle cx="17" cy="17" r="2"/>"#,
                )
            }
            Icon::Check => r#"<path d="M20 6 9 17l-5-5"/>"#,
            Icon::ChevronRight => r#"<path d="m9 18 6-6-6-6"/>"#,
            Icon::Clock => r#"<circle cx="12" cy="12" r="10"/><path d="M12 6v6l4 2"/>"#,
            Icon::Dumbbell => {
                concat!(
                    r#"<path d="M17.596 12.768a2 2 0 1 0 2.829-2.829l-1.768-1.767a2 2 0 0 0 2.828-2.829l-2.828-2.828a2 2 0 0 0-2.829 2.828l-1.767-1.768a2 2 0 1 0-2.829 2.829z"/>"#,
                    r#"<path d="m2.5 21.5 1.4-1.4"/>"#,
                    r#"<path d="m20.1 3.9 1.4-1.4"/>"#,
                    r#"<path d="M5.343 21.485a2 2 0 1 0 2.829-2.828l1.767 1.768a2 2 0 1 0 2.829-2.829l-6.364-6.364a2 2 0 1 0-2.829 2.829l1.768 1.767a2 2 0 0 0-2.828 2.829z"/>"#,
                    r#"<path d="m9.6 14.4 4.8-4.8"/>"#,
                )
            }
            Icon::Info => r#"<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>"#,
            Icon::LogOut => {
                concat!(
                    r#"<path d="m16 17 5-5-5-5"/>"#,
                    r#"<path d="M21 12H9"/>"#,
                    r#"<path d="M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4"/>"#,
                )
            }
            Icon::Mail => {
                concat!(
                    r#"<path d="m22 7-8.991 5.727a2 2 0 0 1-2.009 0L2 7"/>"#,
                    r#"<rect x="2" y="4" width="20" height="16" rx="2"/>"#,
                )
            }
            Icon::MapPin => {
                concat!(
                    r#"<path d="M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0"/>"#,
                    r#"<circle cx="12" cy="10" r="3"/>"#,
                )
            }
            Icon::Monitor => {
                concat!(
                    r#"<rect width="20" height="14" x="2" y="3" rx="2"/>"#,
                    r#"<line x1="8" x2="16" y1="21" y2="21"/>"#,
                    r#"<line x1="12" x2="12" y1="17" y2="21"/>"#,
                )
            }
            Icon::Moon => {
                r#"<path d="M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"/>"#
            }
            Icon::Phone => {
                r#"<path d="M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384"/>"#
            }
            Icon::Plus => r#"<path d="M5 12h14"/><path d="M12 5v14"/>"#,
            Icon::Scissors => {
                concat!(
                    r#"<circle cx="6" cy="6" r="3"/>"#,
                    r#"<path d="M8.12 8.12 12 12"/>"#,
                    r#"<path d="M20 4 8.12 15.88"/>"#,
                    r#"<circle cx="6" cy="18" r="3"/>"#,
                    r#"<path d="M14.8 14.8 20 20"/>"#,
                )
            }
            Icon::Search => r#"<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/>"#,
            Icon::Smartphone => {
                concat!(
                    r#"<rect width="14" height="20" x="5" y="2" rx="2" ry="2"/>"#,
                    r#"<path d="M12 18h.01"/>"#,
                )
            }
            Icon::Stethoscope => {
                concat!(
                    r#"<path d="M11 2v2"/>"#,
                    r#"<path d="M5 2v2"/>"#,
                    r#"<path d="M5 3H4a2 2 0 0 0-2 2v4a6 6 0 0 0 12 0V5a2 2 0 0 0-2-2h-1"/>"#,
                    r#"<path d="M8 15a6 6 0 0 0 12 0v-3"/>"#,
                    r#"<circle cx="20" cy="10" r="2"/>"#,
                )
            }
            Icon::Sun => {
                concat!(
                    r#"<circle cx="12" cy="12" r="4"/>"#,
                    r#"<path d="M12 2v2"/>"#,
                    r#"<path d="M12 20v2"/>"#,
                    r#"<path d="m4.93 4.93 1.41 1.41"/>"#,
                    r#"<path d="m17.66 17.66 1.41 1.41"/>"#,
                    r#"<path d="M2 12h2"/>"#,
                    r#"<path d="M20 12h2"/>"#,
                    r#"<path d="m6.34 17.66-1.41 1.41"/>"#,
                    r#"<path d="m19.07 4.93-1.41 1.41"/>"#,
                )
            }
            Icon::Ticket => {
                concat!(
                    r#"<path d="M2 9a3 3 0 0 1 0 6v2a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-2a3 3 0 0 1 0-6V7a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2Z"/>"#,
                    r#"<path d="M13 5v2"/>"#,
                    r#"<path d="M13 17v2"/>"#,
                    r#"<path d="M13 11v2"/>"#,
                )
            }
            Icon::TriangleAlert => {
                concat!(
                    r#"<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"/>"#,
                    r#"<path d="M12 9v4"/>"#,
                    r#"<path d="M12 17h.01"/>"#,
                )
            }
            Icon::Undo => {
                concat!(
                    r#"<path d="M9 14 4 9l5-5"/>"#,
                    r#"<path d="M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11"/>"#,
                )
            }
            Icon::UserX => {
                concat!(
                    r#"<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/>"#,
                    r#"<circle cx="9" cy="7" r="4"/>"#,
                    r#"<line x1="17" x2="22" y1="8" y2="13"/>"#,
                    r#"<line x1="22" x2="17" y1="8" y2="13"/>"#,
                )
            }
            Icon::Wallet => {
                concat!(
                    r#"<path d="M19 7V4a1 1 0 0 0-1-1H5a2 2 0 0 0 0 4h15a1 1 0 0 1 1 1v4h-3a2 2 0 0 0 0 4h3a1 1 0 0 0 1-1v-2a1 1 0 0 0-1-1"/>"#,
                    r#"<path d="M3 5v14a2 2 0 0 0 2 2h15a1 1 0 0 0 1-1v-4"/>"#,
                )
            }
            Icon::X => r#"<path d="M18 6 6 18"/><path d="m6 6 12 12"/>"#,
        }
    }
}
