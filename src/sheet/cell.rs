//! What stands in a cell.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::money::Fen;

/// A cell to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// A text; never a formula, whatever it begins with.
    Text(Cow<'a, str>),
    /// Money, shown in yuan as `1,234.56`.
    Fen(Fen),
    /// A number without decimals.
    Whole(i64),
    /// A day.
    Day(Date),
    /// A moment, shown by the clock of Shanghai, to the second.
    Moment(Timestamp),
}

impl<'a> Cell<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A text where there is one.
    pub fn text_if_any(text: Option<impl Into<Cow<'a, str>>>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.into()))
    }

    /// A day where there is one.
    pub fn day_if_any(day: Option<Date>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }
}

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub(crate) title: Cow<'static, str>,
    pub(crate) width: u16,
    pub(crate) summed: bool,
}

impl Column {
    /// A column with its title and its width in characters (a Chinese one counts as two).
    pub fn new(title: impl Into<Cow<'static, str>>, width: u16) -> Self {
        Self { title: title.into(), width, summed: false }
    }

    /// With a sum of its money or whole numbers in the sum row.
    pub fn summed(mut self) -> Self {
        self.summed = true;
        self
    }
}

/// A cell that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Found {
    /// Nothing, or an empty text.
    #[default]
    Empty,
    /// A text, with no spaces around it.
    Text(String),
    /// A number, as a decimal text such as `-1234.5`.
    Number(String),
    /// A day; the time of a moment is dropped.
    Day(Date),
}

impl Found {
    /// The cell as a text: a number as it is read, a day as `2026-11-21`.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Number(text) => Cow::Borrowed(text),
            Self::Day(day) => Cow::Owned(day.to_string()),
        }
    }

    /// True when nothing stands in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}
