//! Rows one after the other: labels above, the head, lines, labels below.

use std::collections::BTreeMap;

use crate::sheet::Found;
use crate::statement::file::draft::Draft;
use crate::statement::file::fault::Faults;
use crate::statement::file::profile::{Order, Profile};
use crate::statement::file::read::LINES_MAX;
use crate::statement::file::table::labels::Labelled;

/// Rows above the head of the table.
const ABOVE_MAX: u64 = 100;

/// The rows so far.
pub struct Rows<'p> {
    pub(super) profile: &'p Profile,
    /// Columns by their titles, once the head was found.
    pub(super) head: Option<BTreeMap<&'p str, usize>>,
    ended: bool,
    pub(super) draft: Draft,
    labelled: Labelled,
}

impl<'p> Rows<'p> {
    /// Nothing is read yet.
    pub fn new(profile: &'p Profile) -> Self {
        Self { profile, head: None, ended: false, draft: Draft::default(), labelled: Labelled::default() }
    }

    /// Reads a row: its number from one, and its cells.
    pub fn row(&mut self, at: u64, cells: &[Found], faults: &mut Faults) {
        let Some(first) = cells.iter().find(|cell| !cell.is_empty()).map(Found::to_text) else { return };
        if faults.is_full() {
            return;
        }
        if self.head.is_none() {
            self.head = self.head_of(cells);
            if self.head.is_none() && at <= ABOVE_MAX {
                self.labelled.read(self.profile, at, cells, faults);
            }
            return;
        }
        let ends = self.profile.end.iter().any(|word| first.starts_with(word.as_str()));
        if ends || Labelled::is_label(self.profile, &first) {
            self.ended = true;
        }
        match self.ended {
            true if !ends && self.is_line(cells) => faults.line(at, "line", "a movement behind the end of the table"),
            true => self.labelled.read(self.profile, at, cells, faults),
            false if self.draft.lines.len() >= LINES_MAX => {
                self.ended = true;
                faults.line(at, "line", format!("at most {LINES_MAX} movements are taken"));
            }
            false => self.line(at, cells, faults),
        }
    }

    /// What was read.
    pub fn draft(mut self, faults: &mut Faults) -> Draft {
        if self.head.is_none() {
            faults.file("head", "no row has all the titles of the profile");
            return Draft::default();
        }
        if self.profile.order == Order::NewestFirst {
            self.draft.lines.reverse();
        }
        self.labelled.tell(self.profile, &mut self.draft);
        self.derive();
        self.draft
    }

    /// The columns, when a row has every title of the profile.
    fn head_of(&self, cells: &[Found]) -> Option<BTreeMap<&'p str, usize>> {
        let place = |title: &str| cells.iter().position(|cell| cell.to_text() == title);
        self.profile.titles().map(|title| Some((title, place(title)?))).collect()
    }

    /// The cell of a row under a title.
    pub(super) fn cell<'c>(&self, cells: &'c [Found], title: &str) -> &'c Found {
        const NOTHING: &Found = &Found::Empty;
        self.head.as_ref().and_then(|head| head.get(title)).and_then(|at| cells.get(*at)).unwrap_or(NOTHING)
    }
}
