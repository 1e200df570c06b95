//! Parts of a workbook beside its sheets: where the first sheet lies, shared texts, formats of cells.

use crate::sheet::days::Formats;
use crate::sheet::package::{Package, Unreadable};
use crate::xml::Step;

/// What the parts say.
pub struct Plan {
    /// The path of the first sheet.
    pub sheet: String,
    pub texts: Vec<String>,
    pub formats: Formats,
    /// True when days count from 1904, as on old Macintoshes.
    pub since_1904: bool,
}

/// Formats of cells, and formats of their own, that a workbook may have (Excel itself has 64 000).
const STYLES_MAX: usize = 70_000;

impl Plan {
    /// Reads the parts.
    pub fn read(package: &mut Package<'_>, text_bytes_max: usize) -> Result<Self, Unreadable> {
        let (first, since_1904) = first_sheet(package)?;
        let related = relations(package)?;
        let by_id = related.iter().find(|relation| relation.id == first).ok_or(Unreadable::NoSheet)?;
        let of_kind = |end: &str| related.iter().find(|relation| relation.kind.ends_with(end)).map(|relation| relation.path());
        let sheet = by_id.path();
        let texts = of_kind("/sharedStrings").map(|path| texts(package, &path, text_bytes_max)).transpose()?;
        let formats = of_kind("/styles").map(|path| formats(package, &path)).transpose()?;
        Ok(Self { sheet, texts: texts.unwrap_or_default(), formats: formats.unwrap_or_default(), since_1904 })
    }
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Relation {
    /// Targets are relative to the workbook, or absolute.
    fn path(&self) -> String {
        match self.target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("xl/{}", self.target),
        }
    }
}

fn first_sheet(package: &mut Package<'_>) -> Result<(String, bool), Unreadable> {
    let mut part = package.part("xl/workbook.xml")?.ok_or(Unreadable::NoSheet)?;
    let (mut sheet, mut since_1904) = (None, false);
    loop {
        match part.step()? {
            Step::Open if part.name() == "sheet" && sheet.is_none() => sheet = part.attribute("id").map(str::to_owned),
            Step::Open if part.name() == "workbookPr" => {
                since_1904 = part.attribute("date1904").is_some_and(|value| value == "1" || value == "true");
            }
            Step::End => break,
            Step::Open | Step::Close(_) => {}
        }
    }
    Ok((sheet.ok_or(Unreadable::NoSheet)?, since_1904))
}

fn relations(package: &mut Package<'_>) -> Result<Vec<Relation>, Unreadable> {
    let mut part = package.part("xl/_rels/workbook.xml.rels")?.ok_or(Unreadable::NoSheet)?;
    let mut found = Vec::new();
    loop {
        match part.step()? {
            Step::Open if part.name() == "Relationship" => {
                let text = |name: &str| part.attribute(name).unwrap_or_default().to_owned();
                found.push(Relation { id: text("Id"), kind: text("Type"), target: text("Target") });
            }
            Step::End => return Ok(found),
            Step::Open | Step::Close(_) => {}
        }
    }
}

fn texts(package: &mut Package<'_>, path: &str, bytes_max: usize) -> Result<Vec<String>, Unreadable> {
    let Some(mut part) = package.part(path)? else { return Ok(Vec::new()) };
    let (mut texts, mut bytes) = (Vec::new(), 0_usize);
    let mut text = String::new();
    loop {
        match part.step()? {
            // A text in several fonts has several pieces; the reading of a Chinese one (`rPh`) is no piece of it.
            Step::Close(piece) if part.name() == "t" && !part.path().any(|name| name == "rPh") => text.push_str(&piece),
            Step::Close(_) if part.name() == "si" => {
                bytes = bytes.saturating_add(text.len()).saturating_add(std::mem::size_of::<String>());
                if bytes > bytes_max {
                    return Err(Unreadable::TooMuch);
                }
                texts.push(std::mem::take(&mut text));
            }
            Step::End => return Ok(texts),
            Step::Open | Step::Close(_) => {}
        }
        if text.len() > bytes_max {
            return Err(Unreadable::TooMuch);
        }
    }
}

fn formats(package: &mut Package<'_>, path: &str) -> Result<Formats, Unreadable> {
    let Some(mut part) = package.part(path)? else { return Ok(Formats::default()) };
    let (mut styles, mut own) = (Vec::new(), Vec::new());
    loop {
        match part.step()? {
            Step::Open => {
                let number = part.attribute("numFmtId").and_then(|number| number.parse().ok()).unwrap_or(0);
                let parent = part.path().rev().nth(1);
                match (part.name(), parent) {
                    ("numFmt", Some("numFmts")) => {
                        own.push((number, part.attribute("formatCode").unwrap_or_default().to_owned()))
                    }
                    ("xf", Some("cellXfs")) => styles.push(number),
                    _ => {}
                }
            }
            Step::Close(_) => {}
            Step::End => return Ok(Formats::new(&styles, &own)),
        }
        // Each style looks among the own formats once.
        if styles.len() > STYLES_MAX || own.len() > 2_000 {
            return Err(Unreadable::TooMuch);
        }
    }
}
