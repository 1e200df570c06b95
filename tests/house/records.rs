//! Every change, refusal and denied access leaves one audit leaf; a replay leaves none; no leaf names a person.

use jiujinan::actor::Role;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::things::Things;
use crate::world::{HOSPITAL, STREET, World, account, case};

/// The audit leaves of a world, in the order of their writing.
pub struct Leaves {
    client: Client,
    seen: Vec<uuid::Uuid>,
}

impl Leaves {
    pub async fn of(world: &World) -> Self {
        let mut leaves = Self { client: world.database.client().await, seen: Vec::new() };
        leaves.skip().await;
        leaves
    }

    /// Leaves written since the last look.
    pub async fn unseen(&mut self) -> Vec<Value> {
        let rows = self.client.query("select id, bytes from leaf where not id = any($1)", &[&self.seen]).await.unwrap();
        self.seen.extend(rows.iter().map(|row| row.get::<_, uuid::Uuid>("id")));
        rows.iter().map(|row| serde_json::from_slice(row.get("bytes")).unwrap()).collect()
    }

    /// Their kinds.
    pub async fn new_kinds(&mut self) -> Vec<String> {
        self.unseen().await.iter().map(|leaf| leaf["kind"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn skip(&mut self) {
        self.unseen().await;
    }
}

/// Keyed requests, with what leaves a leaf of which kind.
const KEYED: &[(&str, &str)] = &[
    ("/v1/fast-track", "case.decided"),
    ("/v1/cases", "case.decided"),
    ("/v1/cases/{case}/approval", "case.changed"),
    ("/v1/cases/{case}/decline", "case.changed"),
    ("/v1/cases/{case}/withdrawal", "case.changed"),
    ("/v1/cases/{case}/payments", "case.changed"),
    ("/v1/cases/{case}/options/{option}", "case.changed"),
    ("/v1/cases/{case}/papers", "case.changed"),
    ("/v1/cases/{case}/review", "case.changed"),
    ("/v1/cases/{case}/referrals", "case.referred"),
    ("/v1/cases/{case}/referrals/{referral}/outcome", "case.referred"),
    ("/v1/incidents", "incident.reported"),
    ("/v1/funds", "fund.opened"),
    ("/v1/funds/{fund}/topups", "fund.moved"),
    ("/v1/funds/{fund}/withdrawals", "fund.moved"),
    ("/v1/funds/{fund}/freeze", "fund.status_set"),
    ("/v1/funds/{fund}/unfreeze", "fund.status_set"),
    ("/v1/custody/shifts", "custody.shift_opened"),
    ("/v1/custody/shifts/{shift}/close", "custody.shift_closed"),
    ("/v1/custody/transfers", "custody.cash_moved"),
    ("/v1/custody/signatures", "custody.signed"),
    ("/v1/custody/differences/{difference}/resolution", "custody.difference_resolved"),
    ("/v1/recoveries", "recovery.imposed"),
    ("/v1/recoveries/{recovery}/receipts", "recovery.received"),
    ("/v1/recoveries/{recovery}/write-off", "recovery.written_off"),
    ("/v1/recoveries/{recovery}/refunds", "recovery.refunded"),
    ("/v1/roster/imports", "roster.imported"),
    ("/v1/waivers", "waiver.granted"),
    ("/v1/waivers/{waiver}/close", "waiver.closed"),
    ("/v1/recoveries/{recovery}/cancellation", "recovery.cancelled"),
    ("/v1/settlements", "settlement.settled"),
    ("/v1/settlements/reverse", "settlement.fenced"),
    ("/v1/settlements/{settlement}/payers/{payer}/result", "settlement.changed"),
    ("/v1/settlements/{settlement}/cancel", "settlement.changed"),
    ("/v1/clearings", "clearing.instructed"),
    ("/v1/statements", "statement.imported"),
    ("/v1/statements/{statement}/matches", "statement.matched"),
    ("/v1/statements/{statement}/bookings", "statement.booked"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_change_leaves_one_leaf_and_its_replay_none() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    let approver = world.token(&[Role::Approver], STREET, "approver-1");
    let mut leaves = Leaves::of(&world).await;
    for (path, kind) in KEYED.iter().copied() {
        let token = match path {
            _ if path.starts_with("/v1/funds") || path.starts_with("/v1/recoveries") => world.finance(),
            _ if path.starts_with("/v1/roster") => world.token(&[Role::Admin], "3403", "admin-1"),
            _ if path.starts_with("/v1/waivers") => world.token(&[Role::Hospital], STREET, "his-1"),
            "/v1/clearings" => world.finance(),
            _ if path.starts_with("/v1/statements") => world.finance(),
            _ if path.starts_with("/v1/settlements") => world.billing(STREET, HOSPITAL),
            _ if path.ends_with("/resolution") => world.finance(),
            _ if path.starts_with("/v1/custody") => world.token(&[Role::Cashier], STREET, "holder"),
            "/v1/cases/{case}/approval" | "/v1/cases/{case}/decline" | "/v1/cases/{case}/review" => approver.clone(),
            _ => world.clerk(STREET),
        };
        let ask = things.ask(&world, "POST", path).await.by(&token);
        leaves.skip().await;
        let first = ask.clone().send().await;
        assert!(matches!(first.status, 200 | 201), "{path}: {}", first.text);
        assert_eq!(leaves.new_kinds().await, [kind], "{path}");
        let again = ask.send().await.expect(first.status);
        assert_eq!(again.text, first.text, "{path}");
        assert_eq!(again.headers.get("idempotent-replayed").unwrap(), "true");
        assert_eq!(leaves.new_kinds().await, [] as [&str; 0], "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_one_leaf_and_its_replay_none() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000).await;
    let mut leaves = Leaves::of(&world).await;
    let withdrawal = json!({"amount_fen": 5_000, "reference": "R", "value_date": "2026-11-20"});
    let withdrawal = world.post(&format!("/v1/funds/{fund}/withdrawals"), &world.finance(), &withdrawal).once();
    let asked = [(world.fast_track(&case(STREET, 60_000)), "case.decided"), (withdrawal, "fund.withdrawal_refused")];
    for (ask, kind) in asked {
        let first = ask.clone().send().await.refused(409, "FUND_INSUFFICIENT");
        let left = leaves.unseen().await;
        assert_eq!(left.len(), 1);
        assert_eq!((&left[0]["kind"], &left[0]["body"]["code"]), (&json!(kind), &json!("FUND_INSUFFICIENT")));
        assert_eq!(ask.send().await.refused(409, "FUND_INSUFFICIENT").text, first.text);
        assert_eq!(leaves.new_kinds().await, [] as [&str; 0]);
    }
    assert_eq!(world.fund_now(&fund).await.fen("/version"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_decided_leaves_nothing() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    let mut leaves = Leaves::of(&world).await;
    let mut unknown_field = case(STREET, 60_000);
    unknown_field["colour"] = json!("red");
    world.fast_track(&unknown_field).send().await.refused(400, "VALIDATION");
    world.post("/v1/fast-track", &world.clerk(STREET), &case(STREET, 1)).send().await.refused(400, "KEY_MISSING");
    let stale = json!({"target_fen": 5});
    let stale = world.ask(reqwest::Method::PATCH, &format!("/v1/funds/{}", things.fund)).by(&world.finance()).json(&stale);
    world.countersign(stale.header("if-match", "\"99\""), "second-1").send().await.refused(412, "PRECONDITION_FAILED");
    assert_eq!(leaves.new_kinds().await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_leaf_names_a_person() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    let (name, phone, place, need, relation) = ("欧阳测试甲", "13900001880", "幸福里七号", "煤气爆炸后无处可住", "外甥女婿");
    let bank = account();
    let mut body = case(STREET, 70_000);
    body["incident"]["place"] = json!(place);
    body["need"] = json!(need);
    body["applicant"]["name"] = json!(name);
    body["applicant"]["phone"] = json!(phone);
    let (applicant, member) = (body["applicant"]["id_no"].as_str().unwrap().to_owned(), crate::world::person());
    body["household"] = json!([{"id_type": "resident_id", "id_no": member, "name": "司马测试乙", "relation": relation}]);
    body["payments"] = json!([{"method": "bank", "account": bank, "account_name": name}]);
    let paid = world.fast_track(&body).send().await.expect(201);
    world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");
    world.post("/v1/decisions/preview", &world.clerk(STREET), &body).send().await.expect(200);
    world.get(&format!("/v1/cases/{}", paid.text_at("/case/id")), &world.clerk(STREET)).await.expect(200);
    let search = json!({"id_type": "resident_id", "id_no": applicant});
    world.post("/v1/cases/search", &world.clerk(STREET), &search).send().await.expect(200);
    let reason = json!({"reason": format!("{name}举报")});
    world.post(&format!("/v1/funds/{}/freeze", things.fund), &world.finance(), &reason).once().send().await.expect(200);
    let holder = json!({"account": {"bank": "银行", "number": bank, "name": name}});
    let version = world.fund_now(&things.fund).await.at("/settings_version");
    let change = world.ask(reqwest::Method::PATCH, &format!("/v1/funds/{}", things.fund)).by(&world.finance()).json(&holder);
    world.countersign(change.header("if-match", format!("\"{version}\"")), "second-1").send().await.expect(200);

    let (debtor, owes) = (crate::world::person(), "诸葛测试丙");
    let asked = json!({
        "case_id": paid.text_at("/case/id"), "debtor": {"id_type": "resident_id", "id_no": debtor, "name": owes}, "principal_fen": 1,
        "authority_ref": "追〔2026〕1号",
    });
    // Paid through a bank that is not there: nothing was paid yet.
    world.post("/v1/recoveries", &world.finance(), &asked).once().send().await.refused(409, "CONFLICT");
    let mut asked_of = asked.clone();
    asked_of["case_id"] = json!(things.case);
    let recovery = world.post("/v1/recoveries", &world.finance(), &asked_of).once().send().await.expect(201).text_at("/id");
    world.get(&format!("/v1/recoveries/{recovery}"), &world.auditor()).await.expect(200);
    let given_up = json!({"reason": "hardship", "note": format!("{owes}无力偿还")});
    let given_up = world.post(&format!("/v1/recoveries/{recovery}/write-off"), &world.finance(), &given_up).once();
    world.countersign(given_up, "second-1").send().await.expect(200);

    let (patient, treated, diagnosis, error) =
        (crate::world::person(), "东方测试丁", "重度烧伤合并吸入性损伤", "东方测试丁的账单有误");
    let mut bill = crate::things::bill();
    bill["patient"] = json!({"id_type": "resident_id", "id_no": patient, "name": treated});
    bill["diagnosis"] = json!(diagnosis);
    let hospital = world.billing(STREET, HOSPITAL);
    world.post("/v1/settlements/quote", &hospital, &bill).send().await.expect(200);
    let settled = world.post("/v1/settlements", &hospital, &bill).once().send().await.expect(201).text_at("/id");
    world.get(&format!("/v1/settlements/{settled}"), &world.auditor()).await.expect(200);
    let cancel = json!({"reason": error});
    world.post(&format!("/v1/settlements/{settled}/cancel"), &hospital, &cancel).once().send().await.expect(200);
    let early = json!({"message_id": "m-early", "reason": error});
    world.post("/v1/settlements/reverse", &hospital, &early).once().send().await.expect(200);

    let client = world.database.client().await;
    let secrets = [
        &patient,
        treated,
        diagnosis,
        error,
        owes,
        &debtor,
        name,
        "司马测试乙",
        phone,
        place,
        need,
        relation,
        &applicant,
        &member,
        &bank,
    ];
    let hexed = |text: &str| hex::encode(text.as_bytes());
    for (table, column) in [("leaf", "bytes"), ("answer", "body")] {
        for row in client.query(&format!("select {column} from {table}"), &[]).await.unwrap() {
            let text = String::from_utf8(row.get(0)).unwrap();
            for secret in secrets {
                assert!(!text.contains(secret) && !text.contains(&hexed(secret)), "{table} tells {secret}: {text}");
            }
        }
    }
    // Nowhere in the database at all: every row of every table as text, where bytes are hex.
    let tables = "select relname::text from pg_class where relnamespace = 'jiujinan'::regnamespace and relkind = 'r'";
    for table in client.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        for row in client.query(&format!("select t::text from {table} as t"), &[]).await.unwrap() {
            let text: String = row.get(0);
            let told = secrets.iter().find(|secret| text.contains(**secret) || text.contains(&hexed(secret)));
            assert_eq!(told, None, "{table}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaves_are_canonical_and_say_who_did_it_when() {
    let world = World::new().await;
    Things::new(&world).await;
    let client = world.database.client().await;
    let rows = client.query("select city, id::text, bytes from leaf where city = '3403'", &[]).await.unwrap();
    assert!(rows.len() >= 3);
    for row in rows {
        let bytes: &[u8] = row.get("bytes");
        let leaf: Value = serde_json::from_slice(bytes).unwrap();
        assert_eq!(bytes, serde_json_canonicalizer::to_vec(&leaf).unwrap(), "{leaf}");
        assert_eq!(leaf["tag"], "jiujinan/leaf");
        assert_eq!((leaf["city"].as_str(), leaf["id"].as_str()), (row.get("city"), row.get("id")));
        assert!(leaf["actor"].as_str().unwrap().starts_with("urn:jiujinan:dev#"), "{leaf}");
        assert!(leaf["at"].as_str().unwrap().ends_with("+08:00"), "{leaf}");
    }
}
