//! Reads elements and their texts.

use std::io::BufRead;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

/// Elements within each other.
const DEPTH_MAX: usize = 48;
/// Bytes of the text of one element.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Attributes of one element.
const ATTRIBUTES_MAX: usize = 64;

/// Reads a document of unknown origin.
pub struct Reader<R> {
    inner: NsReader<R>,
    path: Vec<Element>,
    buffer: Vec<u8>,
    closing: bool,
    ended: bool,
}

#[derive(Default)]
struct Element {
    name: String,
    /// Its namespace, where it has one.
    space: Option<String>,
    attributes: Vec<(String, String)>,
    text: String,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An element begins; it is the last of the path.
    Open,
    /// An element ends, with the text that stood directly in it; it is the last of the path until the next step.
    Close(String),
    /// The document ends.
    End,
}

/// Why a document is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A document type, by which a document could define entities.
    #[error("a document type is not taken")]
    DocumentType,
    /// An entity that is none of the five of XML.
    #[error("an entity that XML does not define")]
    Entity,
    /// Elements within elements.
    #[error("more than {DEPTH_MAX} elements within each other")]
    Deep,
    /// A text or the attributes of one element.
    #[error("a text of more than {TEXT_BYTES_MAX} bytes or more than {ATTRIBUTES_MAX} attributes")]
    Long,
    /// Anything else.
    #[error("not well-formed XML in UTF-8")]
    Malformed,
}

impl<R: BufRead> Reader<R> {
    /// Nothing is read yet.
    pub fn new(source: R) -> Self {
        let mut inner = NsReader::from_reader(source);
        let config = inner.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Self { inner, path: Vec::new(), buffer: Vec::new(), closing: false, ended: false }
    }

    /// The next step. After the end it is the end again.
    pub fn step(&mut self) -> Result<Step, Unreadable> {
        if std::mem::take(&mut self.closing) {
            self.path.pop();
        }
        while !self.ended {
            self.buffer.clear();
            let (space, event) = self.inner.read_resolved_event_into(&mut self.buffer).map_err(|_| Unreadable::Malformed)?;
            match event {
                Event::Start(start) => {
                    if self.path.len() >= DEPTH_MAX {
                        return Err(Unreadable::Deep);
                    }
                    let element = Element::of(&start, &space)?;
                    self.path.push(element);
                    return Ok(Step::Open);
                }
                Event::End(_) => {
                    let last = self.path.last_mut().ok_or(Unreadable::Malformed)?;
                    self.closing = true;
                    return Ok(Step::Close(std::mem::take(&mut last.text)));
                }
                Event::Text(text) => add(&mut self.path, &text.xml10_content())?,
                Event::CData(text) => add(&mut self.path, &text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let name = reference.xml10_content();
                    match reference.resolve_char_ref().map_err(|_| Unreadable::Malformed)? {
                        Some(character) => add(&mut self.path, character.encode_utf8(&mut [0; 4]))?,
                        None => add(&mut self.path, resolve_predefined_entity(&name).ok_or(Unreadable::Entity)?)?,
                    }
                }
                Event::DocType(_) => return Err(Unreadable::DocumentType),
                Event::Eof => self.ended = true,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
        // What breaks off within an element is no document.
        if self.path.is_empty() { Ok(Step::End) } else { Err(Unreadable::Malformed) }
    }

    /// The elements from the root to where the reader stands, by their local names.
    pub fn path(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.path.iter().map(|element| element.name.as_str())
    }

    /// How many elements the path has.
    pub const fn depth(&self) -> usize {
        self.path.len()
    }

    /// The local name of the element where the reader stands.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", |element| &element.name)
    }

    /// The namespace of the element where the reader stands.
    pub fn space(&self) -> Option<&str> {
        self.path.last().and_then(|element| element.space.as_deref())
    }

    /// An attribute of the element where the reader stands, by its local name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let attributes = &self.path.last()?.attributes;
        attributes.iter().find(|(is, _)| is == name).map(|(_, value)| value.as_str())
    }
}

impl Element {
    fn of(start: &BytesStart<'_>, space: &ResolveResult<'_>) -> Result<Self, Unreadable> {
        let space = match space {
            ResolveResult::Bound(space) => Some(space.0.to_owned()),
            ResolveResult::Unbound => None,
            ResolveResult::Unknown(_) => return Err(Unreadable::Malformed),
        };
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Unreadable::Malformed)?;
            let name = attribute.key.local_name().into_inner().to_owned();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Unreadable::Entity)?.into_owned();
            if attributes.len() >= ATTRIBUTES_MAX || value.len() > TEXT_BYTES_MAX {
                return Err(Unreadable::Long);
            }
            attributes.push((name, value));
        }
        Ok(Self { name: start.local_name().into_inner().to_owned(), space, attributes, text: String::new() })
    }
}

fn add(path: &mut [Element], text: &str) -> Result<(), Unreadable> {
    match path.last_mut() {
        Some(element) if element.text.len().saturating_add(text.len()) <= TEXT_BYTES_MAX => element.text.push_str(text),
        Some(_) => return Err(Unreadable::Long),
        None if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => {}
        None => return Err(Unreadable::Malformed),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Result<Vec<String>, Unreadable> {
        let mut reader = Reader::new(text.as_bytes());
        let mut seen = Vec::new();
        loop {
            match reader.step()? {
                Step::Open => {}
                Step::Close(text) => seen.push(format!("{}={text}", reader.path().collect::<Vec<_>>().join("/"))),
                Step::End => return Ok(seen),
            }
        }
    }

    #[test]
    fn elements_are_named_from_the_root_with_their_own_text() {
        let text = "<?xml version='1.0'?><a xmlns='x' xmlns:p='y'><p:b>1 &lt; <![CDATA[2&]]>&#x4e2d;</p:b><c/></a>";
        assert_eq!(all(text).unwrap(), ["a/b=1 < 2&中", "a/c=", "a="]);
    }

    #[test]
    fn attributes_and_spaces_are_known() {
        let mut reader = Reader::new("<a xmlns='x' y='1&amp;2'/>".as_bytes());
        assert_eq!(reader.step().unwrap(), Step::Open);
        assert_eq!((reader.space(), reader.attribute("y"), reader.name()), (Some("x"), Some("1&2"), "a"));
    }

    #[test]
    fn what_could_blow_up_is_refused() {
        let lol = "<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;&l;'>]><a>&m;</a>";
        assert_eq!(all(lol), Err(Unreadable::DocumentType));
        assert_eq!(all("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), Err(Unreadable::DocumentType));
        assert_eq!(all("<a>&m;</a>"), Err(Unreadable::Entity));
        assert_eq!(all("<a b='&m;'/>"), Err(Unreadable::Entity));
        assert_eq!(all(&"<a>".repeat(1000)), Err(Unreadable::Deep));
        assert_eq!(all(&format!("<a>{}</a>", "x".repeat(TEXT_BYTES_MAX + 1))), Err(Unreadable::Long));
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in ["<a>", "<a></b>", "</a>", "x", "<a/>x", "<a b=c/>", "<a b='1' b='2'/>", "<p:a/>", "<a>&</a>"] {
            assert!(all(text).is_err(), "{text}");
        }
        assert!(Reader::new(&b"<a>\xff</a>"[..]).step().and_then(|_| Reader::new(&b"\xff"[..]).step()).is_err());
    }

    proptest! {
        #[test]
        fn no_document_makes_reading_panic(text in "(<|>|/|a|b|&|;|#|x|'|=| |!|\\[|\\]|-|\\?|:|中){0,60}") {
            let _ = all(&text);
        }
    }
}
