use proptest::prelude::*;

use super::*;

const GOOD: &str = "resident_id,34030318840503186X,张三,dibao,户一,2026-01-01,";

fn read_as(kind: FileKind, file: &[u8]) -> (String, Vec<(String, Code)>) {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::create(&dir.path().join("vault")).unwrap();
    let mut reader = Reader::new(&vault, "3403".parse().unwrap(), kind, "2026-11-24".parse().unwrap());
    file.chunks(7).for_each(|piece| reader.feed(piece));
    reader.end();
    let faults = match reader.verdict() {
        Ok(()) => Vec::new(),
        Err(problem) => problem.errors().iter().map(|fault| (fault.pointer.clone(), fault.code)).collect(),
    };
    (reader.take(), faults)
}

fn read(file: &str) -> (String, Vec<(String, Code)>) {
    read_as(FileKind::Csv(Charset::Utf8), file.as_bytes())
}

fn wrong(line: &str) -> Vec<String> {
    read(line).1.into_iter().map(|(pointer, _)| pointer).collect()
}

#[test]
fn a_line_becomes_digests_and_days() {
    let (copy, faults) = read(&format!("{}\r\n\r\n{GOOD}\r\n", COLUMNS.join(",")));
    assert_eq!(faults, []);
    let columns: Vec<&str> = copy.trim_end().split('\t').collect();
    let [number, person, _, household, "dibao", "2026-01-01", "\\N"] = columns[..] else { panic!("{copy}") };
    assert_eq!(number, "3");
    assert!(Uuid::parse_str(person).is_ok() && Uuid::parse_str(household).is_ok());
    assert!(!copy.contains("34030318840503186X") && !copy.contains("张三") && !copy.contains("户一"));
}

#[test]
fn the_first_line_need_not_name_the_columns_and_quotes_are_read() {
    let (copy, faults) = read("\u{feff}passport,e1234567,\"Smith, John\",tekun,,2026-01-01,2026-12-31");
    assert_eq!(faults, []);
    assert!(copy.contains("\t\\N\ttekun\t2026-01-01\t2026-12-31\n"), "{copy}");
}

#[test]
fn what_is_wrong_is_told_by_line_and_column() {
    for (from, to, column) in [
        ("resident_id", "temporary", "/id_type"),
        ("resident_id", "", "/id_type"),
        ("34030318840503186X", "340303188405031860", "/id_no"),
        ("张三", " 张三", "/name"),
        ("张三", "", "/name"),
        ("dibao", "DIBAO", "/category"),
        ("户一", "户\u{202e}一", "/household"),
        ("2026-01-01", "2026-1-1", "/valid_from"),
        ("2026-01-01", "2026-02-30", "/valid_from"),
        ("2026-01-01", "", "/valid_from"),
        ("2026-01-01,", "2026-01-01,1899-01-01", "/valid_to"),
        ("2026-01-01,", "2026-01-01,2025-12-31", "/valid_to"),
        (",dibao", "", ""),
        ("2026-01-01,", "2026-01-01", ""),
        ("户一", "户,一", ""),
    ] {
        assert_eq!(wrong(&GOOD.replace(from, to)), [format!("/lines/1{column}")], "{from} as {to}");
    }
    assert_eq!(
        wrong(&format!("{GOOD}\n{}\n", ["x"; 7].join(","))),
        ["/lines/2/id_type", "/lines/2/category", "/lines/2/valid_from", "/lines/2/valid_to"]
    );
    assert_eq!(wrong(&"x".repeat(LINE_BYTES_MAX + 1)), ["/lines/1"]);
    assert_eq!(wrong(""), ["/lines"]);
    assert_eq!(wrong(&COLUMNS.join(",")), ["/lines"]);
}

#[test]
fn a_hundred_faults_are_enough() {
    let (copy, faults) = read(&[GOOD.replace("dibao", "x").as_str(); 300].join("\n"));
    assert_eq!((copy.as_str(), faults.len()), ("", FAULTS_MAX));
}

#[test]
fn numbers_alone_are_id_invalid() {
    assert_eq!(read(&GOOD.replace("186X", "1860")).1, [("/lines/1/id_no".to_owned(), Code::IdInvalid)]);
}

#[test]
fn one_person_is_the_same_in_every_form() {
    let person = |read: (String, Vec<(String, Code)>)| {
        assert_eq!(read.1, []);
        read.0.split('\t').take(4).map(|column| column.len()).collect::<Vec<_>>()
    };
    let (gb, _, _) = encoding_rs::GB18030.encode(GOOD);
    let json = serde_json::json!({
        "id_type": "resident_id", "id_no": "34030318840503186X", "name": "张三", "category": "dibao", "household": "户一",
        "valid_from": "2026-01-01"
    });
    assert_eq!(person(read(GOOD)).len(), 4);
    assert_eq!(person(read_as(FileKind::Csv(Charset::Gb18030), &gb)).len(), 4);
    assert_eq!(person(read_as(FileKind::Ndjson, json.to_string().as_bytes())).len(), 4);
    assert_eq!(read_as(FileKind::Csv(Charset::Utf8), &gb).1[0].0, "/lines/1");
    assert_eq!(read_as(FileKind::Csv(Charset::Gb18030), b"\xff\xff").1[0].0, "/lines/1");
    for other in ["[]", "{", "{\"id_no\": 7}", "{\"x\": \"\"}", "null"] {
        assert_eq!(read_as(FileKind::Ndjson, other.as_bytes()).1[0].0, "/lines/1", "{other}");
    }
}

proptest! {
    #[test]
    fn no_file_makes_reading_panic(file in prop::collection::vec(any::<u8>(), 0..200), kind in 0..3) {
        let kind = [FileKind::Csv(Charset::Utf8), FileKind::Csv(Charset::Gb18030), FileKind::Ndjson][kind as usize];
        read_as(kind, &file);
    }
}
