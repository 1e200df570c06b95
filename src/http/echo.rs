//! What of a caller's own words is repeated to them: names as an interface has them, never what may be a person's name or number.

/// Stands where a word is not repeated.
const HIDDEN: &str = "*";
const LENGTH_MAX: usize = 40;
/// Every number of a person, a telephone or an account has more digits.
const DIGITS_MAX: usize = 5;

/// A member of a document, a parameter or a part of a path, if it may be repeated.
pub(crate) fn echo(word: &str) -> &str {
    let visible = |byte: u8| byte.is_ascii_graphic() && byte != b'%';
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let named = word.len() <= LENGTH_MAX && digits <= DIGITS_MAX && word.bytes().all(visible);
    if named || uuid::Uuid::try_parse(word).is_ok() { word } else { HIDDEN }
}

/// A path whose parts may be repeated.
pub(crate) fn echo_path(path: &str) -> String {
    path.split('/').map(echo).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_repeated_and_people_are_not() {
        for path in ["/v1/fast-track", "/v1/cases/0190a5f2-1234-7abc-8def-a13912345678", "/openapi.json", "", "/log/tile/0/001"] {
            assert_eq!(echo_path(path), path);
        }
        for (path, shown) in [
            ("/v1/cases/340303188001010018", "/v1/cases/*"),
            ("/v1/people/11010519491231002X/cases", "/v1/people/*/cases"),
            ("/v1/people/%E6%AC%A7%E9%98%B3", "/v1/people/*"),
            ("/v1/people/欧阳", "/v1/people/*"),
            ("/139-1234-5678", "/*"),
        ] {
            assert_eq!(echo_path(path), shown);
        }
    }
}
