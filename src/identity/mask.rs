//! How personal text is shown where it may be seen by people who need not know it.

use std::iter::repeat_n;

/// `text` with its first `first` and last `last` characters kept and a star for every other one.
/// When that would hide nothing, everything is hidden.
pub fn mask(text: &str, first: usize, last: usize) -> String {
    let length = text.chars().count();
    let hidden = length.saturating_sub(first + last);
    if hidden == 0 {
        return "*".repeat(length);
    }
    let head = text.chars().take(first);
    let tail = text.chars().skip(first + hidden);
    head.chain(repeat_n('*', hidden)).chain(tail).collect()
}

/// Debug and Display of types with a `masked()`: a log line or a format string never shows more than a screen.
macro_rules! shown_masked {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.masked())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.masked())
            }
        }
    };
}
pub(crate) use shown_masked;

#[cfg(test)]
mod tests {
    use crate::identity::mask::mask;

    #[test]
    fn a_mask_keeps_the_ends_or_nothing() {
        assert_eq!(mask("11010519491231002X", 3, 2), "110*************2X");
        assert_eq!(mask("6222021234567890", 0, 4), "************7890");
        assert_eq!(mask("张小三", 1, 1), "张*三");
        assert_eq!(mask("ab", 1, 1), "**");
        assert_eq!(mask("a", 3, 2), "*");
        assert_eq!(mask("", 3, 2), "");
    }
}
