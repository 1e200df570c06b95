//! Rows of a text file.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::http::Charset;
use crate::sheet::Found;
use crate::statement::file::draft::Draft;
use crate::statement::file::fault::Faults;
use crate::statement::file::profile::Profile;
use crate::statement::file::table::rows::Rows;

/// Bytes of one line; what banks write is shorter by far.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// Fields of one line.
const FIELDS_MAX: usize = 64;

/// Reads a text file, line by line: a record is one line.
pub fn read_text(bytes: &[u8], profile: &Profile, faults: &mut Faults) -> Draft {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut rows = Rows::new(profile);
    for (line, at) in bytes.split(|byte| *byte == b'\n').zip(1_u64..) {
        if faults.is_full() {
            break;
        }
        if line.len() > LINE_BYTES_MAX {
            faults.line(at, "line", format!("at most {LINE_BYTES_MAX} bytes, {} found", line.len()));
            continue;
        }
        // In GB 18030 no second byte of a character is a line's end.
        let Some(text) = decoded(profile.charset, line) else {
            faults.line(at, "charset", "not in the charset of the profile");
            continue;
        };
        match fields(text.trim_end_matches('\r'), profile.delimiter) {
            Some(cells) => rows.row(at, &cells, faults),
            None => faults.line(at, "line", format!("not a record of at most {FIELDS_MAX} fields")),
        }
    }
    rows.draft(faults)
}

fn decoded(charset: Charset, line: &[u8]) -> Option<Cow<'_, str>> {
    match charset {
        Charset::Utf8 => std::str::from_utf8(line).ok().map(Cow::Borrowed),
        Charset::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(line),
    }
}

/// The fields of one record (RFC 4180), with no spaces around them; banks put tabs behind numbers so that spreadsheets leave them alone.
/// None where a quote stands open, or something behind a closed one.
fn fields(line: &str, delimiter: char) -> Option<Vec<Found>> {
    let (mut fields, mut rest) = (Vec::new(), Some(line));
    while let Some(text) = rest {
        let (field, after) = match text.trim_start_matches([' ', '\t']).strip_prefix('"') {
            Some(quoted) => unquoted(quoted, delimiter)?,
            None => match text.split_once(delimiter) {
                Some((field, after)) => (Cow::Borrowed(field), Some(after)),
                None => (Cow::Borrowed(text), None),
            },
        };
        fields.push(match field.trim() {
            "" => Found::Empty,
            text => Found::Text(text.to_owned()),
        });
        if fields.len() > FIELDS_MAX {
            return None;
        }
        rest = after;
    }
    Some(fields)
}

/// A field up to its closing quote, and what stands behind its delimiter, if there is one.
fn unquoted(text: &str, delimiter: char) -> Option<(Cow<'_, str>, Option<&str>)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (piece, after) = rest.split_once('"')?;
        field.push_str(piece);
        match after.strip_prefix('"') {
            // Two quotes are one.
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => {
                let after = after.trim_start_matches([' ', '\t']);
                let next = if after.is_empty() { None } else { Some(after.strip_prefix(delimiter)?) };
                return Some((Cow::Owned(field), next));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_split_as_rfc_4180_has_it() {
        let split =
            |line: &str| fields(line, ',').map(|all| all.iter().map(|field| field.to_text().into_owned()).collect::<Vec<_>>());
        for (line, expected) in [
            ("a,b", Some(vec!["a", "b"])),
            ("", Some(vec![""])),
            ("a,,", Some(vec!["a", "", ""])),
            ("6217\t, x ", Some(vec!["6217", "x"])),
            ("\"1,234.56\",\"a \"\"b\"\"\"", Some(vec!["1,234.56", "a \"b\""])),
            ("\"\",x", Some(vec!["", "x"])),
            ("a\"b,c", Some(vec!["a\"b", "c"])),
            ("\"a", None),
            ("\"a\"b,c", None),
        ] {
            let expected = expected.map(|all| all.into_iter().map(str::to_owned).collect());
            assert_eq!(split(line), expected, "{line}");
        }
        assert_eq!(fields(&",".repeat(FIELDS_MAX), ','), None);
    }

    proptest! {
        #[test]
        fn fields_are_split_as_the_csv_crate_does(line in "(a|中|\\t|,|\"x\"|\"y,\"\"z\"){0,12}") {
            let Some(ours) = fields(&line, ',') else { return Ok(()) };
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let theirs = reader.records().next().transpose().unwrap().unwrap_or_default();
            let theirs: Vec<&str> = theirs.iter().map(str::trim).collect();
            let ours: Vec<_> = ours.iter().map(|field| field.to_text().into_owned()).collect();
            if !line.is_empty() && !line.contains("\t\"") && !line.contains("\"\t") {
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
