//! Cuts what comes into lines. Whatever the charset, a line ends with the byte 0x0A: neither UTF-8 nor GB 18030 has it inside a
//! character.

/// Bytes that a line has at most, its end not counted.
pub const LINE_BYTES_MAX: usize = 4096;

/// The lines of a file that comes in pieces; holds at most one of them.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
    number: u64,
    too_long: bool,
}

impl Lines {
    /// Gives every line that ends in this piece, with its number from one; none for a line that is too long.
    pub fn feed(&mut self, piece: &[u8], mut each: impl FnMut(u64, Option<&[u8]>)) {
        let mut parts = piece.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            let ends = parts.peek().is_some();
            if ends && self.rest.is_empty() && !self.too_long && part.len() <= LINE_BYTES_MAX {
                self.number += 1;
                each(self.number, Some(without_return(part)));
                continue;
            }
            self.keep(part);
            if ends {
                self.give(&mut each);
            }
        }
    }

    /// Gives the last line, if the file did not end with the end of one.
    pub fn end(&mut self, mut each: impl FnMut(u64, Option<&[u8]>)) {
        if !self.rest.is_empty() || self.too_long {
            self.give(&mut each);
        }
    }

    fn keep(&mut self, part: &[u8]) {
        if self.too_long || self.rest.len() + part.len() > LINE_BYTES_MAX {
            self.too_long = true;
            self.rest.clear();
        } else {
            self.rest.extend_from_slice(part);
        }
    }

    fn give(&mut self, each: &mut impl FnMut(u64, Option<&[u8]>)) {
        self.number += 1;
        each(self.number, if self.too_long { None } else { Some(without_return(&self.rest)) });
        self.rest.clear();
        self.too_long = false;
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(pieces: &[&[u8]]) -> Vec<(u64, Option<Vec<u8>>)> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.feed(piece, |number, line| found.push((number, line.map(<[u8]>::to_vec))));
        }
        lines.end(|number, line| found.push((number, line.map(<[u8]>::to_vec))));
        found
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_forgotten() {
        let long = vec![b'x'; LINE_BYTES_MAX + 1];
        let fits = vec![b'x'; LINE_BYTES_MAX];
        let all = [&long[..], b"\n", &fits, b"\r\nz"].concat();
        for size in [1000, 4095, 4096, 4097, 100_000] {
            let found = cut(&all.chunks(size).collect::<Vec<_>>());
            let numbers: Vec<_> = found.iter().map(|(number, line)| (*number, line.as_ref().map(Vec::len))).collect();
            // With its return the second one is a byte too long, unless it came whole.
            assert_eq!(numbers[0], (1, None), "{size}");
            assert_eq!(numbers[2], (3, Some(1)), "{size}");
        }
    }

    proptest! {
        #[test]
        fn lines_are_the_same_however_the_pieces_fall(
            text in "[a\r\n]{0,80}",
            sizes in prop::collection::vec(1..9usize, 1..40),
        ) {
            let bytes = text.as_bytes();
            let (mut pieces, mut rest) = (Vec::new(), bytes);
            for size in sizes {
                let (piece, after) = rest.split_at(size.min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            pieces.push(rest);
            let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
            let expected: Vec<_> = if bytes.is_empty() {
                Vec::new()
            } else {
                whole.split(|byte| *byte == b'\n').map(|line| without_return(line).to_vec()).collect()
            };
            let found = cut(&pieces);
            prop_assert!(found.iter().zip(1..).all(|((number, _), expected)| *number == expected));
            let found: Vec<_> = found.into_iter().map(|(_, line)| line.unwrap()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
