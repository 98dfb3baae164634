use serde::{Deserialize, Serialize};

/// Which of the two looks a visitor wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
    /// Whatever the operating system says; what everybody gets who never chose.
    #[default]
    System,
}

impl Theme {
    /// In the order in which the switch shows them.
    pub const ALL: [Theme; 3] = [Theme::Light, Theme::System, Theme::Dark];

    /// The word in the cookie and in the form.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::System => "system",
        }
    }

    pub fn parse(name: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// The value of `data-theme` on `<html>`; without the attribute the style sheet asks the system.
    pub fn forced(self) -> Option<&'static str> {
        match self {
            Theme::Light | Theme::Dark => Some(self.name()),
            Theme::System => None,
        }
    }
}
