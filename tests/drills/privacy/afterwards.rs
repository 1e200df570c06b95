//! What happens to a case, a box and a debtor afterwards, with planted values wherever people write.

use jiujinan::actor::Role;
use serde_json::json;

use crate::privacy::{Hay, NAMES, Office, Planted, REASON};
use crate::world::{Answer, STREET, case};

/// Identity merged, cash counted, money asked back. What is kept of it goes to the hay.
pub async fn work(office: &Office<'_>, planted: &Planted, paid: &str, hay: &mut Hay) {
    let mut kept = async |name: &str, asked: Answer, status: u16| {
        assert_eq!(asked.status, status, "{name}: {}", asked.text);
        hay.answer(name, &asked);
        asked
    };
    let mut unknown = case(STREET, 10_000);
    unknown["applicant"] = json!({"id_type": "temporary", "id_no": "LS-7788", "name": NAMES[2]});
    let unknown = kept("unknown", office.post(Role::Clerk, "/v1/fast-track", &unknown).await, 201).await.text_at("/case/id");
    let to = json!({"id_type": "resident_id", "id_no": planted.stranger, "name": NAMES[1]});
    let merge = json!({"from": {"id_no": "LS-7788"}, "to": to, "note": REASON});
    let path = format!("/v1/cases/{unknown}/identity");
    kept("merge", office.post(Role::Approver, &path, &merge).await, 200).await;
    kept("undo", office.post(Role::Approver, &format!("{path}/undo"), &json!({"note": REASON})).await, 200).await;

    let open = json!({"division": STREET, "count_fen": 50_000});
    let shift = kept("shift", office.post(Role::Cashier, "/v1/custody/shifts", &open).await, 201).await.text_at("/id");
    let close = json!({"count_fen": 40_000, "note": REASON});
    let path = format!("/v1/custody/shifts/{shift}/close");
    let short = kept("close", office.post(Role::Cashier, &path, &close).await, 200).await.text_at("/difference_id");
    let path = format!("/v1/custody/differences/{short}/resolution");
    let resolve = json!({"outcome": "explained", "note": REASON});
    let ask = office.ask(Role::Finance, reqwest::Method::POST, &path).json(&resolve).once();
    kept("resolution", office.home.countersign(ask).send().await, 200).await;

    let debtor = json!({"id_type": "resident_id", "id_no": planted.applicant, "name": NAMES[0]});
    let recovery = json!({"case_id": paid, "debtor": debtor, "principal_fen": 10_000, "authority_ref": "A-1"});
    let recovery = kept("recovery", office.post(Role::Finance, "/v1/recoveries", &recovery).await, 201).await.text_at("/id");
    let path = format!("/v1/recoveries/{recovery}");
    let receipt =
        json!({"amount_fen": 1_000, "reference": "R-1", "received_on": jiujinan::time::day(jiff::Timestamp::now()).to_string()});
    kept("receipt", office.post(Role::Finance, &format!("{path}/receipts"), &receipt).await, 201).await;
    let write_off = json!({"reason": "hardship", "note": REASON});
    let ask = office.ask(Role::Finance, reqwest::Method::POST, &format!("{path}/write-off")).json(&write_off).once();
    kept("write-off", office.home.countersign(ask).send().await, 200).await;
    office.get(Role::Auditor, &path).await.expect(200);
    office.get(Role::Auditor, "/v1/recoveries").await.expect(200);
}
