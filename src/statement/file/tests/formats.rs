//! The same movements in every format.

use proptest::prelude::*;

use super::bank::{Form, Statement, Version, drawn};
use super::{File, Kind, csv_bytes, profile, read_camt, read_csv, small};
use crate::money::Fen;

/// Days, amount, ids of ours, payee and account.
type Essence = (String, String, i64, Vec<String>, Option<String>, Option<String>);

/// What matters of a line, whatever the format: days, amount, whether our id is in it, payee and account.
fn essence(file: &File, with_value: bool) -> Vec<Essence> {
    let lines = file.lines.iter().map(|line| {
        let value = if with_value { line.value_on } else { line.booked_on };
        let ids = line.references.iter().filter(|text| text.len() == 32).cloned().collect();
        let party = (line.counterparty.clone(), line.counterparty_account.clone());
        (line.booked_on.to_string(), value.to_string(), line.amount.get(), ids, party.0, party.1)
    });
    lines.collect()
}

fn expected(statement: &Statement, with_value: bool) -> Vec<Essence> {
    let lines = statement.movements.iter().map(|movement| {
        let value = if with_value { movement.value_on } else { movement.booked_on };
        let ids = Some(movement.id.clone()).filter(|id| id.len() == 32).into_iter().collect();
        let party = (Some(movement.payee.clone()), Some(movement.payee_account.clone()));
        (movement.booked_on.to_string(), value.to_string(), movement.fen, ids, party.0, party.1)
    });
    lines.collect()
}

fn same(statement: &Statement, file: &File, with_value: bool) {
    assert_eq!(essence(file, with_value), expected(statement, with_value));
    let figures = (file.account.as_str(), file.opening.get(), file.closing.get());
    assert_eq!(figures, (statement.account.as_str(), statement.opening_fen, statement.closing_fen()));
    assert_eq!(Fen::sum(file.lines.iter().map(|line| line.amount)), file.closing.minus(file.opening));
}

fn in_every_format(statement: &Statement) {
    for form in Form::ALL {
        let text = read_csv(form, &statement.csv(form)).unwrap();
        let sheet = File::read(&statement.xlsx(form), Kind::Xlsx(&profile(form))).unwrap();
        let with_value = form != Form::DirectionWords;
        same(statement, &text, with_value);
        same(statement, &sheet, with_value);
        // Lines of a file and rows of a sheet are counted alike.
        assert_eq!(text, sheet);
        if form != Form::DirectionWords {
            assert_eq!((text.sequence, text.from.to_string(), text.to.to_string()), days(statement));
        }
    }
    for version in Version::ALL {
        let file = read_camt(&statement.camt(version)).unwrap();
        same(statement, &file, true);
        assert_eq!((file.sequence, file.from.to_string(), file.to.to_string()), days(statement));
    }
}

fn days(statement: &Statement) -> (i64, String, String) {
    (statement.sequence, statement.from.to_string(), statement.to.to_string())
}

#[test]
fn five_movements_are_the_same_in_every_format() {
    in_every_format(&small());
}

#[test]
fn a_line_says_where_it_stands() {
    let at = |file: File| file.lines.iter().map(|line| line.at).collect::<Vec<_>>();
    assert_eq!(at(read_csv(Form::Enterprise, &small().csv(Form::Enterprise)).unwrap()), [7, 8, 9, 10, 11]);
    assert_eq!(at(read_csv(Form::DirectionWords, &small().csv(Form::DirectionWords)).unwrap()), [8, 7, 6, 5, 4]);
    // The two payments are one entry of the message.
    assert_eq!(at(read_camt(&small().camt(Version::Eight)).unwrap()), [1, 2, 2, 3, 4]);
}

#[test]
fn everything_of_a_line_is_read() {
    let file = read_csv(Form::Enterprise, &small().csv(Form::Enterprise)).unwrap();
    let last = file.lines.last().unwrap();
    assert_eq!(last.bank_reference, "B202611000005");
    assert_eq!(last.references, ["救急难", "0198a0000000700080000000000000b3"]);
    assert_eq!((last.balance, last.value_on.to_string()), (Some(Fen::new(921_779)), "2026-11-29".to_owned()));

    let message = read_camt(&small().camt(Version::Two)).unwrap();
    let last = message.lines.last().unwrap();
    assert_eq!(last.references, ["B202611000005", "0198a0000000700080000000000000b3", "救急难 & 慰问", "NB202611000005"]);
}

#[test]
fn a_statement_without_movements_is_one() {
    let empty = Statement { movements: Vec::new(), ..small() };
    for form in [Form::Enterprise, Form::Continental] {
        assert_eq!(read_csv(form, &empty.csv(form)).unwrap().lines, []);
    }
    for version in Version::ALL {
        assert_eq!(read_camt(&empty.camt(version)).unwrap().lines, []);
    }
}

#[test]
fn a_file_may_have_a_mark_of_the_byte_order_prefixes_and_a_previous_closing() {
    let text = small().csv(Form::Continental);
    assert!(read_csv(Form::Continental, &format!("\u{feff}{text}")).is_ok());
    let camt = small().camt(Version::Eight);
    let prefixed = camt.replace("</", "</p:").replace('<', "<p:").replace("<p:/p:", "</p:").replace("<p:?", "<?");
    assert_eq!(read_camt(&prefixed.replace("xmlns=", "xmlns:p=")).unwrap(), read_camt(&camt).unwrap());
    let previous = camt.replace("OPBD", "PRCD");
    assert_eq!(read_camt(&previous).unwrap(), read_camt(&camt).unwrap());
    let undated = previous.split_once("<FrToDt>").unwrap();
    let undated = format!("{}{}", undated.0, undated.1.split_once("</FrToDt>").unwrap().1);
    // The closing of the last day of October is the opening of November.
    let undated = undated.replacen("2026-11-01", "2026-10-31", 1);
    assert_eq!(read_camt(&undated).unwrap(), read_camt(&camt).unwrap());
}

#[test]
fn a_reversal_goes_the_way_its_indicator_says() {
    let reversed = small()
        .camt(Version::Eight)
        .replace("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts>");
    assert_eq!(read_camt(&reversed).unwrap(), read_camt(&small().camt(Version::Eight)).unwrap());
}

#[test]
fn five_thousand_lines_are_read_in_every_format() {
    let statement = drawn(7, 5_000);
    for form in [Form::Enterprise, Form::DirectionWords] {
        assert_eq!(read_csv(form, &statement.csv(form)).unwrap().lines.len(), 5_000);
    }
    assert_eq!(read_camt(&statement.camt(Version::Eight)).unwrap().lines.len(), 5_000);
}

#[test]
fn gb18030_is_not_utf_8() {
    let text = small().csv(Form::Enterprise);
    assert!(File::read(text.as_bytes(), Kind::Csv(&profile(Form::Enterprise))).is_err());
    let text = small().csv(Form::DirectionWords);
    let other = csv_bytes(Form::Enterprise, &text);
    assert!(File::read(&other, Kind::Csv(&profile(Form::DirectionWords))).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_movements_are_the_same_in_every_format(seed in any::<u32>(), count in 1_usize..60) {
        in_every_format(&drawn(seed.into(), count));
    }
}
