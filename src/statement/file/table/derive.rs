//! What a file does not say and its lines do.

use crate::statement::file::profile::Sequence;
use crate::statement::file::table::rows::Rows;

impl Rows<'_> {
    /// Fills in what is still missing, as far as the profile says how. The lines are in the order of their days.
    pub(super) fn derive(&mut self) {
        let (derived, draft) = (self.profile.derived, &mut self.draft);
        let days = draft.lines.iter().map(|line| line.booked_on);
        if derived.days.is_some() {
            draft.from = draft.from.or(days.clone().min());
            draft.to = draft.to.or(days.max());
        }
        if derived.balances.is_some() {
            let before = draft.lines.first().and_then(|first| first.balance?.minus(first.amount));
            draft.opening = draft.opening.or(before);
            draft.closing = draft.closing.or(draft.lines.last().and_then(|last| last.balance));
        }
        if let (None, Some(sequence), Some(to)) = (draft.sequence, derived.sequence, draft.to) {
            let month = i64::from(to.year()) * 100 + i64::from(to.month());
            draft.sequence = Some(match sequence {
                Sequence::Month => month,
                Sequence::Day => month * 100 + i64::from(to.day()),
            });
        }
    }
}
