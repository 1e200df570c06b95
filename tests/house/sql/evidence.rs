//! What nobody changes any more.

use jiujinan::db::Role;

use crate::sql::grants::{DENIED, state};
use crate::sql::{connect_as, two_streets};

#[tokio::test(flavor = "multi_thread")]
async fn the_book_changes_no_evidence() {
    let world = two_streets().await;
    let book = connect_as(&world.database, Role::Book).await;
    for table in [
        "entry",
        "leaf",
        "answer",
        "countersign_use",
        "claim",
        "policy_version",
        "calendar_day",
        "division",
        "case_note",
        "paper",
        "referral",
        "alarm",
        "cash_transfer",
        "cash_signature",
        "recovery",
        "recovery_receipt",
        "recovery_write_off",
        "recovery_refund",
        "recovery_cancellation",
        "identity_merge",
        "roster_version",
        "roster_member",
        "hospital",
        "settlement",
        "settlement_message",
        "settlement_event",
        "settlement_hold",
        "clearing",
    ]
    .into_iter()
    .chain(["statement", "statement_line", "statement_match", "statement_booking"])
    {
        assert_eq!(state(&book, &format!("delete from {table}")).await, DENIED, "{table}");
        assert_eq!(state(&book, &format!("truncate {table}")).await, DENIED, "{table}");
        assert_eq!(state(&book, &format!("drop table {table}")).await, DENIED, "{table}");
    }
    for change in [
        "update entry set amount = 1",
        "update leaf set bytes = ''",
        "update answer set body = ''",
        "update countersign_use set used_at = now()",
        "update claim set day = '2000-01-01'",
        "update case_note set note = ''",
        "update paper set sha256 = ''",
        "update referral set due = null",
        "update alarm set amount = 0",
        "update identity_merge set undoes = null",
        "update roster_version set rows = 1",
        "update roster_member set name_digest = 0",
        "update hospital set bed = 0",
        "update instruction set bytes = ''",
        "update recovery set principal = 1",
        "update recovery set fine = 0",
        "update recovery set debtor = gen_random_uuid()",
        "update recovery_receipt set to_fund = 0",
        "update recovery_write_off set note = ''",
        "update recovery_refund set amount = 1",
        "update recovery_cancellation set note = ''",
        "update settlement set total = 1",
        "update settlement set bill = ''",
        "update settlement_message set settlement_id = null",
        "update settlement_event set amount = 1",
        "update settlement_hold set amount = 1",
        "update clearing set amount = 1",
        "update clearing set settlements = '{}'",
        "update clearing set amounts = '{}'",
        "delete from clearing",
        "update statement set closing = 1",
        "update statement_line set amount = 1",
        "update statement_match set version = 1",
        "delete from instruction",
        "update hook set url = ''",
        "update hook set events = '{}'",
        "delete from hook",
        "update hook_delivery set body = ''",
        "delete from hook_delivery",
        "insert into hook_forgotten (city) values ('3403')",
        "update hold set amount = 1",
        "update hold set case_id = gen_random_uuid()",
        "update hold set expires_at = null",
        "update policy_version set body = ''",
        "update cash_transfer set amount = 1",
        "update cash_signature set signature_ref = ''",
        "update custody_shift set opening = 1",
        "update custody_shift set custodian = ''",
        "delete from custody_shift",
        "update cash_difference set amount = 1",
        "update cash_difference set holders = '{}'",
        "delete from cash_difference",
        "delete from fund",
        "delete from aid_case",
        "delete from hold",
        "delete from person",
        "alter table entry disable trigger all",
        "create table jiujinan.mine (a int)",
        "create or replace function jiujinan.in_scope(division text) returns boolean language sql as 'select true'",
    ] {
        assert_eq!(state(&book, change).await, DENIED, "{change}");
    }
}
