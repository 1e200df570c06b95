use std::io::{Cursor, Read as _, Write as _};

use calamine::{Data, Reader as _, Xlsx};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::*;
use crate::money::Fen;

fn columns() -> [Column; 5] {
    [
        Column::new("文字", 20),
        Column::new("金额", 14).summed(),
        Column::new("笔数", 8).summed(),
        Column::new("日期", 12),
        Column::new("时间", 20),
    ]
}

fn written(amounts: &[i64]) -> Vec<u8> {
    let mut book = Workbook::new().unwrap();
    let mut sheet = book.sheet("支出", &["2026年11月", "龙子湖区"], &columns()).unwrap();
    for amount in amounts {
        let row = [
            Cell::text("=HYPERLINK(\"x\")"),
            Cell::Fen(Fen::new(*amount)),
            Cell::Whole(1),
            Cell::Day(jiff::civil::date(2026, 11, 3)),
            Cell::Moment("2026-11-03T21:40:05+08:00".parse().unwrap()),
        ];
        sheet.row(row).unwrap();
    }
    sheet.sums("合计").unwrap();
    book.sheet("空", &[], &columns()).unwrap().sums("合计").unwrap();
    book.bytes().unwrap()
}

fn rows(bytes: &[u8]) -> Result<Vec<(u64, Vec<Found>)>, Unreadable> {
    let mut rows = Vec::new();
    read(bytes, Caps::default(), |number, cells| rows.push((number, cells.to_vec())))?;
    Ok(rows)
}

fn number(text: &str) -> Found {
    Found::Number(text.into())
}

/// A workbook with parts of its own in the place of those of the same names.
fn with_parts(bytes: &[u8], parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = String::new();
        part.read_to_string(&mut content).unwrap();
        let own = parts.iter().find(|(own, _)| *own == name).map(|(_, content)| (*content).to_owned());
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(own.unwrap_or(content).as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn with_sheet(sheet: &str) -> Vec<u8> {
    with_parts(&written(&[1]), &[("xl/worksheets/sheet1.xml", sheet)])
}

#[test]
fn what_is_written_is_read_again() {
    let rows = rows(&written(&[123_456, -5])).unwrap();
    assert_eq!(rows[0], (1, vec![Found::Text("2026年11月".into())]));
    let head = ["文字", "金额", "笔数", "日期", "时间"].map(|title| Found::Text(title.into()));
    assert_eq!(rows[2], (3, head.to_vec()));
    let day = Found::Day(jiff::civil::date(2026, 11, 3));
    let line = [Found::Text("=HYPERLINK(\"x\")".into()), number("1234.56"), number("1"), day.clone(), day];
    assert_eq!(rows[3], (4, line.to_vec()));
    assert_eq!(rows[4].1[1], number("-0.05"));
    assert_eq!(rows[5], (6, vec![Found::Text("合计".into()), number("1234.51"), number("2")]));
    assert_eq!(rows.len(), 6);
}

#[test]
fn calamine_reads_the_same_and_finds_no_formula_but_the_sums() {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(written(&[123_456, -5]))).unwrap();
    assert_eq!(book.sheet_names(), ["支出", "空"]);
    let range = book.worksheet_range("支出").unwrap();
    assert_eq!(range.get_value((3, 0)), Some(&Data::String("=HYPERLINK(\"x\")".into())));
    assert_eq!(range.get_value((3, 1)), Some(&Data::Float(1234.56)));
    assert_eq!(range.get_value((5, 1)), Some(&Data::Float(1234.51)));
    assert_eq!(range.get_value((3, 4)).unwrap().as_datetime_parts(), Some((2026, 11, 3, 21, 40, 5)));
    let formulas = book.worksheet_formula("支出").unwrap();
    let formulas: Vec<_> = formulas.used_cells().filter(|cell| !cell.2.is_empty()).map(|cell| cell.2.clone()).collect();
    assert_eq!(formulas, ["SUM(B4:B5)", "SUM(C4:C5)"]);
}

/// Year, month, day, hour, minute, second of a cell.
trait Parts {
    fn as_datetime_parts(&self) -> Option<(u16, u8, u8, u8, u8, u8)>;
}

impl Parts for Data {
    fn as_datetime_parts(&self) -> Option<(u16, u8, u8, u8, u8, u8)> {
        let Self::DateTime(moment) = self else { return None };
        let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
        Some((year, month, day, hour, minute, second))
    }
}

#[test]
fn the_same_content_makes_the_same_bytes() {
    assert_eq!(written(&[1, 2, 3]), written(&[1, 2, 3]));
}

#[test]
fn sheets_are_ready_for_the_printer() {
    let bytes = written(&[1]);
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    for part in ["paperSize=\"9\"", "orientation=\"landscape\"", "fitToPage=\"1\"", "ySplit=\"3\"", "state=\"frozen\""] {
        assert!(sheet.contains(part), "{part} is not in {}", &sheet[..800]);
    }
    let mut workbook = String::new();
    archive.by_name("xl/workbook.xml").unwrap().read_to_string(&mut workbook).unwrap();
    assert!(workbook.contains("_xlnm.Print_Titles") && workbook.contains("$3:$3"), "{workbook}");
}

#[test]
fn texts_are_found_wherever_a_workbook_keeps_them() {
    let sheet = "<worksheet xmlns='x'><sheetData><row r='2'><c r='B2' t='inlineStr'><is><t>一</t></is></c><c t='str'><f>A1</f>\
        <v>二</v></c><c t='n'><v>1.1000000000000001</v></c><c r='AA2' t='b'><v>1</v></c><c r='BM2'><v>7</v></c></row>\
        <row><c><v>46329</v></c></row></sheetData></worksheet>";
    let rows = rows(&with_sheet(sheet)).unwrap();
    assert_eq!(rows[0].0, 2);
    assert_eq!(rows[0].1[..4], [Found::Empty, Found::Text("一".into()), Found::Text("二".into()), number("1.1")]);
    // Column BM lies beyond the cap.
    assert_eq!((rows[0].1.len(), &rows[0].1[26]), (27, &Found::Text("1".into())));
    assert_eq!(rows[1], (3, vec![number("46329")]));
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_not_unpacked() {
    let sheet = |content: &str| format!("<worksheet><sheetData>{content}</sheetData></worksheet>");
    let bomb = with_sheet(&sheet(&"<x/>".repeat(750_000)));
    assert!(bomb.len() < 20_000);
    let caps = Caps { part_bytes_max: 2_000_000, ..Caps::default() };
    assert!(read(&bomb, caps, |_, _| ()).is_err());
    assert!(rows(&bomb).is_ok());
    let texts = format!("<sst>{}</sst>", "<si><t>x</t></si>".repeat(1000));
    let texts = with_parts(&written(&[1]), &[("xl/sharedStrings.xml", &texts)]);
    let few = Caps { text_bytes_max: 10_000, ..Caps::default() };
    assert_eq!(read(&texts, few, |_, _| ()), Err(Unreadable::TooMuch));
    let far = with_sheet(&sheet("<row r='4000000000'><c><v>1</v></c></row>"));
    assert_eq!(rows(&far), Err(Unreadable::TooMuch));
}

#[test]
fn a_workbook_that_contradicts_itself_is_refused() {
    for (cells, why) in [
        ("<row r='2'/><row r='2'/>", Unreadable::Reference),
        ("<row r='x'/>", Unreadable::Reference),
        ("<row><c t='s'><v>999</v></c></row>", Unreadable::Reference),
        ("<row><c><v>1,5</v></c></row>", Unreadable::Reference),
        ("<row><c><v>NaN</v></c></row>", Unreadable::Reference),
        ("<row><c><v>1e999</v></c></row>", Unreadable::Reference),
        ("<row><c r='ZZZZZZZZZZZZ1'><v>1</v></c></row>", Unreadable::Reference),
        ("<row><c r='1'><v>1</v></c></row>", Unreadable::Reference),
        ("<row><c><v>&x;</v></c></row>", Unreadable::Xml(crate::xml::Unreadable::Entity)),
    ] {
        assert_eq!(rows(&with_sheet(&format!("<w><sheetData>{cells}</sheetData></w>"))), Err(why), "{cells}");
    }
    let typed = "<!DOCTYPE w [<!ENTITY x 'y'>]><w/>";
    assert_eq!(rows(&with_sheet(typed)), Err(Unreadable::Xml(crate::xml::Unreadable::DocumentType)));
    assert_eq!(rows(b""), Err(Unreadable::Archive));
}

#[test]
fn twenty_thousand_rows_are_written_and_read() {
    let amounts: Vec<i64> = (1..=20_000).map(|at| at * 7919 % 1_000_000_007).collect();
    let bytes = written(&amounts);
    let (mut count, mut last) = (0, Vec::new());
    read(&bytes, Caps::default(), |_, cells| (count, last) = (count + 1, cells.to_vec())).unwrap();
    assert_eq!(count, 20_004);
    assert_eq!(last[1], number(&trimmed(amounts.iter().sum())));
}

/// Fen as a cell's number: yuan without zeros at the end.
fn trimmed(fen: i64) -> String {
    let text = Fen::new(fen).to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn money_comes_back_as_it_went_in(amounts in prop::collection::vec(-999_999_999_999_999_i64..=999_999_999_999_999, 1..20)) {
        let rows = rows(&written(&amounts)).unwrap();
        for (amount, (_, cells)) in amounts.iter().zip(&rows[3..]) {
            prop_assert_eq!(&cells[1], &number(&trimmed(*amount)));
        }
    }

    #[test]
    fn no_mutated_workbook_makes_reading_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>()) {
        let mut bytes = written(&[1, 2]);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = rows(&bytes);
        let _ = rows(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn no_mutated_sheet_makes_reading_panic(text in "(<row( r='[0-9]{1,11}')?>|<c( r='[A-Z]{0,4}[0-9]{0,2}')?( t='[sbn]')?( s='[0-9]')?>|<v>|</v>|</c>|</row>|[0-9.e-]{1,4}){0,30}") {
        let _ = rows(&with_sheet(&format!("<w><sheetData>{text}</sheetData></w>")));
    }
}
