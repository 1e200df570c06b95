//! Characters that leave no trace on paper.

use std::ops::RangeInclusive;

/// Marks that change how a text reads, or fill it with nothing: two texts that look alike would not compare alike. Variation selectors
/// are not among them, since rare characters of names are written with them.
const INVISIBLE: [RangeInclusive<char>; 19] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200b}',
    '\u{200e}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{13430}'..='\u{1345f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e00ff}',
];

/// True for a mark that nobody sees. The joiners of some scripts (U+200C, U+200D) are letters to those who write them.
pub fn is_invisible(character: char) -> bool {
    INVISIBLE.iter().any(|marks| marks.contains(&character))
}
