//! What the routes are asked about, and a good request for each of them.

mod finance;

use std::sync::atomic::{AtomicI64, Ordering};

use jiujinan::actor::Role;
use jiujinan::server::seed::HOSPITAL;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, STREET, World, case, person, today, until};

/// All of it lies in `STREET`.
pub struct Things {
    pub fund: String,
    pub case: String,
    pub incident: String,
    pub goods: String,
    pub hook: String,
    /// A fund without money.
    empty: String,
    /// How often a hospital was registered: what says the same leaves nothing.
    registered: AtomicI64,
    /// A fund that hospitals claim from.
    emergency: String,
}

impl Things {
    pub async fn new(world: &World) -> Self {
        let fund = world.fund(STREET, 100_000_000).await;
        let paid = world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
        let empty = json!({"division": STREET, "kind": "relief_fund", "name": "空", "target_fen": 0});
        let empty = world.post("/v1/funds", &world.finance(), &empty).once().send().await.expect(201).text_at("/id");
        let goods = body("POST", "/v1/goods").unwrap();
        let goods = world.post("/v1/goods", &world.finance(), &goods).once().send().await.expect(201).text_at("/id");
        let hook = hook(world).await;
        let hospital = World::hospital(world.ask(Method::PUT, &format!("/v1/hospitals/{HOSPITAL}")), 1);
        hospital.by(&world.token(&[Role::Admin], "3403", "admin-1")).send().await.expect(201);
        let emergency = json!({"division": STREET, "kind": "emergency_treatment", "name": "应急", "target_fen": 0});
        let emergency = world.post("/v1/funds", &world.finance(), &emergency).once().send().await.expect(201).text_at("/id");
        world.top_up(&emergency, 100_000_000).await.expect(201);
        Self {
            registered: AtomicI64::new(2),
            hook,
            goods,
            emergency,
            fund,
            case: paid.text_at("/case/id"),
            incident: paid.text_at("/case/incident_id"),
            empty,
        }
    }

    /// A good request for a route, but for its token.
    pub async fn ask(&self, world: &World, method: &str, path: &str) -> Ask {
        self.ask_for(world, method, path, "holder").await
    }

    /// The same for an officer who holds the box that it is about, where it is about one.
    pub async fn ask_for(&self, world: &World, method: &str, path: &str, sub: &str) -> Ask {
        if path.starts_with("/v1/custody") {
            return self.ask_custody(world, method, path, sub).await;
        }
        if path.starts_with("/v1/waivers") {
            return self.ask_waiver(world, method, path).await;
        }
        if path.starts_with("/v1/statements") || path == "/v1/reconciliation" {
            return self.ask_statement(world, method, path).await;
        }
        if path.starts_with("/v1/publicity") {
            return self.ask_publicity(world, method, path).await;
        }
        if path == "/v1/roster/imports" {
            return World::roster(world.ask(Method::POST, "/v1/roster/imports?mode=delta"), &person());
        }
        let filled = path
            .replace("{code}", HOSPITAL)
            .replace("{form}", "receipt")
            .replace("{fund}", &self.fund)
            .replace("{incident}", &self.incident)
            .replace("{goods}", &self.goods);
        let names = self.case_for(world, method, path).await;
        let fill = |text: String| names.iter().fold(text, |text, (name, value)| text.replace(name, value));
        let filled = fill(filled)
            .replace("/totals", "/totals?date=2026-11-20")
            .replace("/monthly", "/monthly?month=2026-11")
            .replace("/quarterly", "/quarterly?quarter=2026-Q4")
            .replace("{payer}", "third_party");
        let filled = match path.contains("{clearing}") {
            true => filled.replace("{clearing}", &self.clearing(world).await),
            false => filled,
        };
        let settlement = match path.contains("{settlement}") || path == "/v1/clearings" {
            true => self.settlement(world).await,
            false => String::new(),
        };
        let filled = filled.replace("{settlement}", &settlement);
        let filled = match path.contains("{recovery}") {
            true => filled.replace("{recovery}", &self.recovery_for(world, path).await),
            false => filled,
        };
        let filled = match path.contains("{hook}") {
            true => filled.replace("{hook}", &self.hook_for(world, method).await),
            false => filled,
        };
        let ask = world.ask(Method::from_bytes(method.as_bytes()).unwrap(), &filled);
        if method == "PUT" {
            return World::hospital(ask, self.registered.fetch_add(1, Ordering::Relaxed));
        }
        let Some(body) = body(method, path) else { return ask };
        let mut body: Value = serde_json::from_str(&fill(body.to_string())).unwrap();
        if path == "/v1/recoveries" {
            body["case_id"] = json!(self.case);
        }
        if path == "/v1/clearings" {
            body = json!({"settlement_ids": [settlement], "fund_id": self.emergency});
        }
        let ask = ask.json(&body);
        match (method, path) {
            ("PATCH", "/v1/funds/{fund}") => {
                let version = world.fund_now(&self.fund).await.at("/settings_version");
                world.countersign(ask.header("if-match", format!("\"{version}\"")), "second-1")
            }
            ("PATCH", _) => {
                let token = world.token(&[Role::Auditor], "3403", "looker");
                let version = world.get(&filled, &token).await.expect(200).at("/version");
                ask.header("if-match", format!("\"{version}\""))
            }
            (_, "/v1/decisions/preview" | "/v1/cases/search" | "/v1/settlements/quote") => ask,
            (
                _,
                "/v1/recoveries/{recovery}/write-off"
                | "/v1/recoveries/{recovery}/refunds"
                | "/v1/recoveries/{recovery}/cancellation",
            ) => world.countersign(ask.once(), "second-1"),
            _ => ask.once(),
        }
    }

    /// A good request about somebody who is on the roster as of now.
    async fn ask_waiver(&self, world: &World, method: &str, path: &str) -> Ask {
        let (who, hospital) = (person(), world.token(&[Role::Hospital], STREET, "his-1"));
        let admin = world.token(&[Role::Admin], "3403", "admin-1");
        World::roster(world.ask(Method::POST, "/v1/roster/imports?mode=delta"), &who).by(&admin).send().await.expect(201);
        let mut body = json!({"id_type": "resident_id", "id_no": who, "name": "测试人", "stay": "inpatient"});
        let ask = world.ask(Method::from_bytes(method.as_bytes()).unwrap(), path);
        // Every server knows hospital and roster within a second; before, it asks the database and records its question as well.
        let known = async || {
            let before = world.count("waiver_check").await;
            let answer = world.post("/v1/waivers/check", &hospital, &body).send().await.text_at("/answer");
            answer == "WAIVED" && world.count("waiver_check").await == before + 1
        };
        until("hospital and patient are known", known).await;
        if path.ends_with("/check") {
            return ask.json(&body);
        }
        body["visit_no"] = json!(who);
        if path == "/v1/waivers" {
            return ask.json(&body).once();
        }
        let id = world.post("/v1/waivers", &hospital, &body).once().send().await.expect(201).text_at("/id");
        let ask = world.ask(Method::from_bytes(method.as_bytes()).unwrap(), &path.replace("{waiver}", &id));
        if method == "GET" { ask } else { ask.json(&json!({})).once() }
    }

    /// A good request about a box of a fund of its own.
    async fn ask_custody(&self, world: &World, method: &str, path: &str, sub: &str) -> Ask {
        let ask = |path: &str| world.ask(Method::from_bytes(method.as_bytes()).unwrap(), path);
        if method == "GET" && !path.contains('{') {
            return ask(path);
        }
        if path.ends_with("/signatures") {
            let paid = self.by_handler(world, "/v1/fast-track", &case(STREET, 10_000)).send().await.expect(201);
            let receipt = paid.text_at("/payments/0/receipt_number");
            return ask(path).json(&json!({"receipt_number": receipt, "received_by": "payee", "signature_ref": "s-1"})).once();
        }
        // Who resolves a difference did not hold the box.
        let sub = if path.ends_with("/resolution") { "holder" } else { sub };
        let fund = self.empty_box(world, sub).await;
        let open = json!({"fund_id": fund, "division": STREET, "count_fen": 0});
        if path == "/v1/custody/shifts" {
            return ask(path).json(&open).once();
        }
        let cashier = world.token(&[Role::Cashier], STREET, sub);
        let shift = world.post("/v1/custody/shifts", &cashier, &open).once().send().await.expect(201).text_at("/id");
        let filled = path.replace("{shift}", &shift);
        if path.ends_with("/transfers") {
            world.top_up(&fund, 1).await.expect(201);
            let drawn =
                json!({"shift_id": shift, "direction": "drawn", "amount_fen": 1, "reference": "R", "value_date": today()});
            return ask(path).json(&drawn).once();
        }
        if !path.ends_with("/resolution") {
            return if method == "GET" { ask(&filled) } else { ask(&filled).json(&json!({"count_fen": 0})).once() };
        }
        let close = world.post(&format!("/v1/custody/shifts/{shift}/close"), &cashier, &json!({"count_fen": 5})).once();
        let difference = close.send().await.expect(200).text_at("/difference_id");
        let resolved = json!({"outcome": "explained", "note": "点错"});
        world.countersign(ask(&path.replace("{difference}", &difference)).json(&resolved).once(), "second-1")
    }

    /// A fund whose box nobody holds, for somebody who holds none.
    async fn empty_box(&self, world: &World, sub: &str) -> String {
        let open = world.get("/v1/custody/shifts?state=open&limit=200", &world.finance()).await.expect(200);
        for shift in open.at("/items").as_array().unwrap().iter().filter(|shift| shift["custodian"] == sub) {
            let path = format!("/v1/custody/shifts/{}/close", shift["id"].as_str().unwrap());
            world.post(&path, &world.finance(), &json!({"count_fen": shift["drawn_fen"]})).once().send().await.expect(200);
        }
        let fund = json!({"division": STREET, "kind": "relief_fund", "name": "现金", "target_fen": 0});
        world.post("/v1/funds", &world.finance(), &fund).once().send().await.expect(201).text_at("/id")
    }

    /// What stands for the names in the path of a case: a case that is ready for the verb, taken in by `handler` and, where that
    /// comes first, approved by `boss`.
    async fn case_for(&self, world: &World, method: &str, path: &str) -> Vec<(&'static str, String)> {
        let Some(verb) = path.strip_prefix("/v1/cases/{case}/").filter(|_| method == "POST") else {
            return vec![("{case}", self.case.clone())];
        };
        let id = |answer: Answer| vec![("{case}", answer.expect(201).text_at("/case/id"))];
        match verb {
            "approval" | "decline" | "withdrawal" => id(self.by_handler(world, "/v1/cases", &accepted(10_000)).send().await),
            "payments" => {
                let mut body = case(STREET, 10_000);
                body["payments"] = json!([{"method": "cash", "amount_fen": 1}]);
                id(self.by_handler(world, "/v1/fast-track", &body).send().await)
            }
            "papers" => {
                let ask = self.by_handler(world, "/v1/fast-track", &case(STREET, 100_000));
                id(world.countersign(ask, "boss").send().await)
            }
            "review" => id(self.by_handler(world, "/v1/fast-track", &case(STREET, 10_000)).send().await),
            "identity" | "identity/undo" => {
                let unknown = uuid::Uuid::new_v4().to_string();
                let mut unidentified = case(STREET, 10_000);
                unidentified["applicant"] = json!({"id_type": "temporary", "id_no": unknown, "name": "无名氏"});
                let taken_in = self.by_handler(world, "/v1/fast-track", &unidentified).send().await.expect(201);
                let id = taken_in.text_at("/case/id");
                if verb == "identity/undo" {
                    let path = format!("/v1/cases/{id}/identity");
                    let merge = body("POST", "/v1/cases/{case}/identity").unwrap();
                    let merge = serde_json::from_str(&merge.to_string().replace("{temporary}", &unknown)).unwrap();
                    self.by_handler(world, &path, &merge).send().await.expect(200);
                }
                vec![("{case}", id), ("{temporary}", unknown)]
            }
            "options/{option}" => {
                let mut body = case(STREET, 10_000);
                body["fund_id"] = json!(self.empty);
                let refused = self.by_handler(world, "/v1/fast-track", &body).send().await.refused(409, "FUND_INSUFFICIENT");
                vec![("{case}", refused.text_at("/case_id")), ("{option}", option(&refused, "urgent_topup"))]
            }
            "referrals/{referral}/outcome" => {
                let path = format!("/v1/cases/{}/referrals", self.case);
                let body = body("POST", "/v1/cases/{case}/referrals").unwrap();
                let referral = self.by_handler(world, &path, &body).send().await.expect(201).text_at("/id");
                vec![("{case}", self.case.clone()), ("{referral}", referral)]
            }
            _ => vec![("{case}", self.case.clone())],
        }
    }

    /// A settlement whose claim on the fund was approved.
    async fn settlement(&self, world: &World) -> String {
        let hospital = world.billing(STREET, HOSPITAL);
        let id = world.post("/v1/settlements", &hospital, &bill()).once().send().await.expect(201).text_at("/id");
        let approved = json!({"status": "approved", "amount_fen": 40, "reference": "R-1"});
        let path = format!("/v1/settlements/{id}/payers/emergency_treatment/result");
        world.post(&path, &world.finance(), &approved).once().send().await.expect(200);
        id
    }

    /// A clearing that waits for a bank.
    async fn clearing(&self, world: &World) -> String {
        let body = json!({"settlement_ids": [self.settlement(world).await], "fund_id": self.emergency});
        world.post("/v1/clearings", &world.finance(), &body).once().send().await.expect(201).text_at("/id")
    }

    /// A recovery of one fen that is ready for a verb: overpaid, where that comes first.
    async fn recovery_for(&self, world: &World, path: &str) -> String {
        let mut asked = body("POST", "/v1/recoveries").unwrap();
        asked["case_id"] = json!(self.case);
        let id = world.post("/v1/recoveries", &world.finance(), &asked).once().send().await.expect(201).text_at("/id");
        if path.ends_with("/refunds") {
            let over = json!({"amount_fen": 3, "reference": "B-0", "received_on": today()});
            world.post(&format!("/v1/recoveries/{id}/receipts"), &world.finance(), &over).once().send().await.expect(201);
        }
        id
    }

    /// A hook that nothing is told; a new one for who takes it away.
    async fn hook_for(&self, world: &World, method: &str) -> String {
        if method != "DELETE" {
            return self.hook.clone();
        }
        hook(world).await
    }

    fn by_handler(&self, world: &World, path: &str, body: &Value) -> Ask {
        world.post(path, &world.token(&[Role::Clerk], STREET, "handler"), body).once()
    }
}

/// A hook that listens for what no test does.
async fn hook(world: &World) -> String {
    let body = body("POST", "/v1/hooks").unwrap();
    world.post("/v1/hooks", &world.finance(), &body).once().send().await.expect(201).text_at("/id")
}

/// A case to be taken in.
fn accepted(requested_fen: i64) -> Value {
    let mut body = case(STREET, requested_fen);
    body.as_object_mut().unwrap().remove("payments");
    body
}

/// A bill that a third party and the emergency-treatment fund bear, in a message of its own.
pub fn bill() -> Value {
    json!({
        "message_id": uuid::Uuid::new_v4().to_string(), "visit_no": "V-1",
        "patient": {"id_type": "resident_id", "id_no": person(), "name": "测试人"}, "fees": {"other_fen": 100}, "medfee_sumamt_fen": 100,
        "third_party_fen": 60, "emergency": {"amount_fen": 40, "unable_to_pay_ref": "R-1"},
    })
}

/// A way out of a refusal.
fn option(refused: &Answer, kind: &str) -> String {
    let options = refused.at("/decision/options");
    let option = options.as_array().unwrap().iter().find(|option| option["kind"] == kind).unwrap();
    option["id"].as_str().unwrap().to_owned()
}

/// The body of a good request.
fn body(method: &str, path: &str) -> Option<Value> {
    let movement = json!({"amount_fen": 100, "reference": "R-1", "value_date": "2026-11-20"});
    let reason = json!({"reason": "盘点"});
    Some(match (method, path) {
        ("GET" | "DELETE", _) => return None,
        (_, "/v1/fast-track" | "/v1/decisions/preview") => case(STREET, 10_000),
        (_, "/v1/cases/search") => json!({"id_type": "resident_id", "id_no": person()}),
        (_, "/v1/cases") => accepted(10_000),
        (_, "/v1/cases/{case}/approval") => json!({"note": "属实"}),
        (_, "/v1/cases/{case}/decline" | "/v1/cases/{case}/withdrawal") => reason,
        (_, "/v1/cases/{case}/payments") => json!({"payments": [{"method": "cash"}]}),
        (_, "/v1/cases/{case}/options/{option}") => json!({}),
        (_, "/v1/cases/{case}/papers") => json!({"kind": "id_card"}),
        (_, "/v1/cases/{case}/review") => json!({"outcome": "confirmed", "note": "属实"}),
        (_, "/v1/cases/{case}/identity") => json!({
            "from": {"id_no": "{temporary}"}, "to": {"id_type": "resident_id", "id_no": person(), "name": "测试人"}, "note": "家属辨认"
        }),
        (_, "/v1/cases/{case}/identity/undo") => json!({"note": "认错了人"}),
        (_, "/v1/cases/{case}/referrals") => json!({"to": "county", "reason": "超出权限"}),
        (_, "/v1/cases/{case}/referrals/{referral}/outcome") => json!({"outcome": "helped"}),
        ("POST", "/v1/incidents") => json!({"cause": "fire", "place": "三号楼", "occurred_at": "2026-11-20T21:40:00+08:00"}),
        (_, "/v1/incidents/{incident}") => json!({"place": "另一处"}),
        ("POST", "/v1/goods") => json!({"division": STREET, "name": "棉被", "unit": "床", "value_fen": 12_000, "stock": 5}),
        (_, "/v1/goods/{goods}/deliveries" | "/v1/goods/{goods}/counts") => json!({"quantity": 5}),
        ("POST", "/v1/funds") => json!({"division": STREET, "kind": "relief_fund", "name": "基金", "target_fen": 0}),
        (_, "/v1/funds/{fund}") => json!({"target_fen": 1_000}),
        (_, "/v1/funds/{fund}/topups" | "/v1/funds/{fund}/withdrawals") => movement,
        (_, "/v1/funds/{fund}/freeze" | "/v1/funds/{fund}/unfreeze") => reason,
        (_, "/v1/hooks") => json!({"url": "https://example.com/hooks", "events": ["period.closed"], "division": STREET}),
        (_, "/v1/hooks/{hook}/rotate") => json!({}),
        (_, "/v1/hooks/{hook}/replay") => json!({"from": "2026-11-20T00:00:00+08:00", "to": "2026-11-21T00:00:00+08:00"}),
        (_, "/v1/recoveries") => json!({
            "debtor": {"id_type": "resident_id", "id_no": person(), "name": "测试人"}, "principal_fen": 1, "authority_ref": "追〔2026〕1号",
        }),
        (_, "/v1/recoveries/{recovery}/receipts") => json!({"amount_fen": 2, "reference": "B-1", "received_on": today()}),
        (_, "/v1/recoveries/{recovery}/write-off") => json!({"reason": "hardship", "note": "无力偿还"}),
        (_, "/v1/recoveries/{recovery}/cancellation") => json!({"note": "弄错了人"}),
        (_, "/v1/recoveries/{recovery}/refunds") => json!({"amount_fen": 1, "reference": "R-1"}),
        (_, "/v1/settlements/quote" | "/v1/settlements") => bill(),
        (_, "/v1/settlements/reverse") => json!({"message_id": uuid::Uuid::new_v4().to_string(), "reason": "超时"}),
        (_, "/v1/settlements/{settlement}/cancel") => json!({"reason": "录入有误"}),
        (_, "/v1/settlements/{settlement}/payers/{payer}/result") => {
            json!({"status": "paid", "amount_fen": 50, "reference": "R-1"})
        }
        (_, "/v1/clearings") => json!({}),
        _ => panic!("no body for {method} {path}"),
    })
}
