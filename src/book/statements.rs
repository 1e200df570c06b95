//! Every statement of the book, prepared once a connection.

use tokio_postgres::{Client, Error, Statement};

macro_rules! statements {
    ($($name:ident),+ $(,)?) => {
        pub struct Statements { $(pub $name: Statement,)+ }

        impl Statements {
            pub async fn prepare(client: &Client) -> Result<Self, Error> {
                Ok(Self { $($name: client.prepare(include_str!(concat!("../../sql/book/", stringify!($name), ".sql"))).await?,)+ })
            }
        }
    };
}

statements! {
    lock, find, write, insert_leaves, insert_officers, insert_counters, update_persons, insert_fund, update_fund_settings,
    update_incidents, insert_holds, insert_countersigns, lock_cases, find_cases,
    update_cases, resolve_holds, insert_notes, insert_papers, insert_referrals, insert_alarms, insert_instructions, end_instruction,
    lock_goods, write_goods, insert_goods_moves, lock_waivers, find_standing, insert_waivers, update_waivers,
    find_custody, insert_shifts, update_shifts, insert_cash_transfers, insert_differences, update_differences,
    insert_cash_signatures,
    lock_recoveries, find_recoveries, insert_recoveries, update_recoveries, insert_recovery_receipts, insert_write_offs, insert_refunds,
    insert_cancellations,
    find_merges, insert_merges,
    lock_hooks, find_deliveries, find_forgotten, insert_hooks, update_hooks, insert_deliveries, replay_deliveries,
    lock_settlements, find_settlements, insert_settlements, update_settlements, insert_settlement_messages, insert_settlement_events,
    insert_settlement_holds, tie_settlement_holds, resolve_settlement_holds, lock_clearings, insert_clearings, update_clearings,
    find_matches, insert_statement_matches, insert_statement_bookings,
}
