//! Color, where the reader sees it.

use std::borrow::Cow;

use clap::builder::styling::{AnsiColor, Style};

/// Whether text may carry color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    Ansi,
    None,
}

pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const PLAIN: Style = AnsiColor::Cyan.on_default();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const QUIET: Style = Style::new().dimmed();

impl Color {
    pub(super) fn paint<'t>(self, style: Style, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        let text = text.into();
        match self {
            Self::Ansi => Cow::Owned(format!("{style}{text}{style:#}")),
            Self::None => text,
        }
    }
}
