//! The reader of camt.053 beside one that was made from the schema by others (of version 12, whose elements those of version 8 are).

use iso20022::camt_053_001_12::BankToCustomerStatementV12;
use iso20022_common::common::CreditDebitCode;
use open_payments_iso20022_camt as iso20022;
use proptest::prelude::*;
use serde::Deserialize;

use super::bank::{Statement, Version, drawn};
use super::{read_camt, small};

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "BkToCstmrStmt")]
    message: BankToCustomerStatementV12,
}

/// Fen of a float that was read from two decimals.
fn fen(value: f64) -> i64 {
    format!("{value:.2}").replace('.', "").parse().unwrap()
}

/// Version 2 as version 8 would have it, where they differ in what is compared.
fn as_eight(text: &str) -> String {
    let mut text = text.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>");
    for role in ["Dbtr", "Cdtr"] {
        text = text.replace(&format!("<{role}><Nm>"), &format!("<{role}><Pty><Nm>"));
        text = text.replace(&format!("</Nm></{role}>"), &format!("</Nm></Pty></{role}>"));
    }
    let (before, net) = text.split_once("<TtlNetNtryAmt>").unwrap();
    let (amount, rest) = net.split_once("</TtlNetNtryAmt>").unwrap();
    let (indicator, after) = rest.split_once("</CdtDbtInd>").unwrap();
    format!("{before}<TtlNetNtry><Amt>{amount}</Amt>{indicator}</CdtDbtInd></TtlNetNtry>{after}")
}

fn agree(statement: &Statement, version: Version) {
    let text = statement.camt(version);
    let ours = read_camt(&text).unwrap();
    let schema_text = if version == Version::Two { as_eight(&text) } else { text };
    let theirs: Document = quick_xml::de::from_str(&schema_text).unwrap();
    theirs.message.validate().unwrap_or_else(|error| panic!("{}", error.message));
    let [theirs] = &theirs.message.stmt[..] else { panic!("not one statement") };
    let signed = |value: f64, indicator: &CreditDebitCode| match indicator {
        CreditDebitCode::CodeCRDT => fen(value),
        CreditDebitCode::CodeDBIT => -fen(value),
    };
    let balances: Vec<i64> = theirs.bal.iter().map(|balance| signed(balance.amt.value, &balance.cdt_dbt_ind)).collect();
    assert_eq!(balances, [ours.opening.get(), ours.closing.get()]);
    assert_eq!(theirs.acct.id.as_ref().unwrap().othr.as_ref().unwrap().id, ours.account);
    let mut lines = ours.lines.iter().peekable();
    for (entry, at) in theirs.ntry.as_deref().unwrap_or_default().iter().zip(1_u64..) {
        let details: Vec<_> = entry.ntry_dtls.iter().flatten().flat_map(|details| details.tx_dtls.iter().flatten()).collect();
        let mut sum = 0;
        for detail in &details {
            let line = lines.next().unwrap();
            sum += line.amount.get();
            assert_eq!(line.at, at);
            assert_eq!(Some(line.booked_on.to_string()), entry.bookg_dt.as_ref().unwrap().dt);
            assert_eq!(Some(line.value_on.to_string()), entry.val_dt.as_ref().unwrap().dt);
            let id = detail.refs.as_ref().unwrap().end_to_end_id.as_ref().unwrap();
            assert!(line.references.contains(id), "{id}");
            if let Some(amount) = &detail.amt {
                assert_eq!(line.amount.get(), signed(amount.value, detail.cdt_dbt_ind.as_ref().unwrap()));
            }
            let parties = detail.rltd_pties.as_ref().unwrap();
            let party = if line.amount.get() > 0 { &parties.dbtr } else { &parties.cdtr };
            assert_eq!(line.counterparty, party.as_ref().unwrap().pty.as_ref().unwrap().nm);
        }
        assert_eq!(sum, signed(entry.amt.value, &entry.cdt_dbt_ind));
    }
    assert!(lines.next().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn both_readers_find_the_same(seed in any::<u32>(), count in 0_usize..50) {
        for version in Version::ALL {
            agree(&drawn(seed.into(), count), version);
        }
    }
}

#[test]
fn both_readers_find_the_five_movements() {
    agree(&small(), Version::Two);
    agree(&small(), Version::Eight);
}
