//! The invariant queries, run after every test that moves money.

use tokio_postgres::Client;

/// Every rule of `sql/audit/invariants.sql` holds.
pub async fn check(client: &Client) {
    let broken = client.query(include_str!("../../sql/audit/invariants.sql"), &[]).await.unwrap();
    let broken: Vec<String> =
        broken.iter().map(|row| format!("{}: {}", row.get::<_, String>(0), row.get::<_, String>(1))).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
