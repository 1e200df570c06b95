//! Writes elements and their texts.

/// A document in the making. What is opened is closed by its own call.
pub struct Writer {
    text: String,
    open: Vec<&'static str>,
}

impl Writer {
    /// A document whose root is in a namespace.
    pub fn new(root: &'static str, space: &str) -> Self {
        let mut writer = Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".into(), open: vec![root] };
        writer.text.push_str(&format!("<{root} xmlns=\""));
        writer.escaped(space);
        writer.text.push_str("\">");
        writer
    }

    /// Opens an element, writes what is within, closes it.
    pub fn within(&mut self, name: &'static str, write: impl FnOnce(&mut Self)) {
        self.text.push_str(&format!("<{name}>"));
        self.open.push(name);
        write(self);
        self.close();
    }

    /// An element of a text.
    pub fn text(&mut self, name: &'static str, text: &str) {
        self.text.push_str(&format!("<{name}>"));
        self.escaped(text);
        self.text.push_str(&format!("</{name}>"));
    }

    /// An element of a text, with an attribute.
    pub fn text_with(&mut self, name: &'static str, (attribute, value): (&'static str, &str), text: &str) {
        self.text.push_str(&format!("<{name} {attribute}=\""));
        self.escaped(value);
        self.text.push_str("\">");
        self.escaped(text);
        self.text.push_str(&format!("</{name}>"));
    }

    /// The document, with everything closed.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.push_str(&format!("</{name}>"));
        }
    }

    /// A character that XML 1.0 cannot hold becomes the replacement character.
    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\t' | '\n' | '\r' => self.text.push_str(&format!("&#{};", u32::from(character))),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.text.push('\u{fffd}'),
                _ => self.text.push(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::xml::{Reader, Step};

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\u{fffe}\\u{ffff}]{0,40}") {
            let mut writer = Writer::new("a", "urn:x");
            writer.within("b", |writer| writer.text_with("c", ("d", &text), &text));
            let document = writer.finish();
            let mut reader = Reader::new(document.as_bytes());
            prop_assert_eq!(reader.step(), Ok(Step::Open));
            prop_assert_eq!(reader.space(), Some("urn:x"));
            prop_assert_eq!(reader.step(), Ok(Step::Open));
            prop_assert_eq!(reader.step(), Ok(Step::Open));
            prop_assert_eq!(reader.attribute("d").unwrap(), text.as_str());
            prop_assert_eq!(reader.step(), Ok(Step::Close(text)));
            prop_assert_eq!(reader.step(), Ok(Step::Close(String::new())));
            prop_assert_eq!(reader.step(), Ok(Step::Close(String::new())));
            prop_assert_eq!(reader.step(), Ok(Step::End));
        }
    }
}
