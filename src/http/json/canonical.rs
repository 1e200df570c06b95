//! The canonical form of RFC 8785: sorted members, shortest numbers, no white space.
//!
//! `serde_json_canonicalizer` is right and slow (it parses every member name again); it is asked for the numbers that are
//! no plain integers, and is the oracle of the tests.

use crate::http::json::tree::Tree;

/// Beyond it integers are not exact as doubles, which is what RFC 8785 writes.
const EXACT_MAX: u64 = 1 << 53;

/// The canonical bytes of a document.
pub(crate) fn canonical(tree: &Tree<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    write(tree, &mut bytes);
    bytes
}

fn write(tree: &Tree<'_>, to: &mut Vec<u8>) {
    match tree {
        Tree::Null => to.extend_from_slice(b"null"),
        Tree::Bool(true) => to.extend_from_slice(b"true"),
        Tree::Bool(false) => to.extend_from_slice(b"false"),
        Tree::Unsigned(value) if *value <= EXACT_MAX => json(value, to),
        Tree::Signed(value) if value.unsigned_abs() <= EXACT_MAX => json(value, to),
        Tree::Unsigned(value) => number(value, to),
        Tree::Signed(value) => number(value, to),
        Tree::Float(value) => number(value, to),
        Tree::Text(text) => json(&text.0, to),
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                to.push(if index == 0 { b'[' } else { b',' });
                write(item, to);
            }
            to.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
        }
        Tree::Map(members) => {
            for (index, (name, value)) in members.iter().enumerate() {
                to.push(if index == 0 { b'{' } else { b',' });
                json(&name.0, to);
                to.push(b':');
                write(value, to);
            }
            to.extend_from_slice(if members.is_empty() { b"{}" } else { b"}" });
        }
    }
}

/// Text and exact integers: serde_json writes them as RFC 8785 wants. Writing to memory does not fail.
fn json<T: serde::Serialize + ?Sized>(value: &T, to: &mut Vec<u8>) {
    if serde_json::to_writer(&mut *to, value).is_err() {
        to.push(0);
    }
}

fn number<T: serde::Serialize>(value: &T, to: &mut Vec<u8>) {
    // Only NaN and infinity fail, and no JSON document has them.
    to.extend(serde_json_canonicalizer::to_vec(value).unwrap_or_else(|_| vec![0]));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ours(text: &str) -> String {
        String::from_utf8(canonical(&Tree::parse(text.as_bytes()).unwrap())).unwrap()
    }

    #[test]
    fn order_white_space_and_spelling_do_not_matter() {
        let form = r#"{"a":100,"b":[1,"é\n"],"z":{"x":0.000001,"y":1e+21}}"#;
        for text in [
            r#"{"z":{"y":1e21,"x":0.000001},"b":[1,"é\n"],"a":100}"#,
            " { \"b\" : [ 1.0 , \"\\u00e9\\u000a\" ], \"a\": 1e2, \"z\": {\"x\": 1e-6, \"y\": 1000000000000000000000} } ",
        ] {
            assert_eq!(ours(text), form);
        }
        assert_ne!(ours(r#"{"a":100}"#), ours(r#"{"a":101}"#));
        assert_ne!(ours(r#"{"a":[1,2]}"#), ours(r#"{"a":[2,1]}"#));
        assert_ne!(ours(r#"{"a":null}"#), ours("{}"));
    }

    #[test]
    fn members_are_sorted_by_their_utf16_units() {
        let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","ö":"o"}"#;
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(ours(text), serde_json_canonicalizer::to_string(&value).unwrap());
    }

    fn json_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            (-1000_i64..1000).prop_map(Into::into),
            any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_that_of_the_oracle(value in json_value()) {
            prop_assert_eq!(ours(&value.to_string()), serde_json_canonicalizer::to_string(&value).unwrap());
        }
    }
}
