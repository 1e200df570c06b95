//! What is read of files that a bank wrote, and of files that somebody broke.

mod camt_defects;
mod formats;
mod mutated;
#[cfg(feature = "oracle")]
mod oracle;
mod table_defects;

#[path = "../../../tests/bank/mod.rs"]
mod bank;

use bank::{Day, Form, Movement, Statement};

use super::{Fault, File, Kind, Profile, Profiles};

fn profile(form: Form) -> Profile {
    Profiles::built_in().unwrap().named(form.profile()).unwrap().clone()
}

fn csv_bytes(form: Form, text: &str) -> Vec<u8> {
    match form {
        Form::Enterprise => encoding_rs::GB18030.encode(text).0.into_owned(),
        Form::DirectionWords | Form::Continental => text.as_bytes().to_vec(),
    }
}

fn read_csv(form: Form, text: &str) -> Result<File, Vec<Fault>> {
    File::read(&csv_bytes(form, text), Kind::Csv(&profile(form)))
}

fn read_camt(text: &str) -> Result<File, Vec<Fault>> {
    File::read(text.as_bytes(), Kind::Camt)
}

fn told(read: Result<File, Vec<Fault>>) -> Vec<String> {
    read.expect_err("the file was taken").iter().map(Fault::to_string).collect()
}

/// Five movements: a top-up of 2 000.00, two payments of 780.00 on one day, interest of 12.35, a payment of 1 234.56.
fn small() -> Statement {
    let day = |day| Day { year: 2026, month: 11, day };
    let movement = |id: &str, fen, on| Movement {
        id: id.to_owned(),
        fen,
        booked_on: day(on),
        value_on: day(on),
        payee: "张三".to_owned(),
        payee_account: "6217000000000001".to_owned(),
        batch: None,
    };
    let mut movements = vec![
        movement("T-1", 200_000, 2),
        movement("0198a0000000700080000000000000b1", -78_000, 3),
        movement("0198a0000000700080000000000000b2", -78_000, 3),
        movement("INT", 1_235, 20),
        movement("0198a0000000700080000000000000b3", -123_456, 28),
    ];
    movements[4].value_on = day(29);
    movements[1].batch = Some(1);
    movements[2].batch = Some(1);
    Statement {
        account: "3403000000000012345".to_owned(),
        sequence: 202_611,
        from: day(1),
        to: day(30),
        opening_fen: 1_000_000,
        movements,
    }
}
