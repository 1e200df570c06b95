//! `POST /v1/fast-track`

use serde_json::json;

use crate::world::{STREET, World, case};

#[tokio::test(flavor = "multi_thread")]
async fn a_small_case_is_paid_in_one_call() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;

    let paid = world.fast_track(&case(STREET, 60_000)).send().await.expect(201);

    assert_eq!(paid.at("/case/state"), "paid");
    assert_eq!(paid.at("/decision/code"), "APPROVED");
    assert_eq!(paid.at("/decision/lane"), "quick");
    assert_eq!(paid.at("/fund"), json!({"id": fund, "available_fen": 1_940_000, "version": 2}));
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 60_000);
    world.check_invariants().await;
}
