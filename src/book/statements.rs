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
    lock_persons, lock_officers, lock_funds, lock_incidents, lock_counters, find_answers, find_claims, find_countersigns, now,
    insert_answers, insert_persons, update_persons, insert_officers, update_officers, insert_counters, update_counters,
    insert_funds, update_funds, update_fund_settings, insert_incidents, update_incidents, insert_claims, insert_cases,
    insert_entries, insert_holds, insert_countersigns, insert_leaves,
}
