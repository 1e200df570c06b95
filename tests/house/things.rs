//! What the routes are asked about, and a good request for each of them.

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, STREET, World, case, person};

/// All of it lies in `STREET`.
pub struct Things {
    pub fund: String,
    pub case: String,
    pub incident: String,
    /// A fund without money.
    empty: String,
}

impl Things {
    pub async fn new(world: &World) -> Self {
        let fund = world.fund(STREET, 100_000_000).await;
        let paid = world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
        let empty = json!({"division": STREET, "kind": "relief_fund", "name": "空", "target_fen": 0});
        let empty = world.post("/v1/funds", &world.finance(), &empty).once().send().await.expect(201).text_at("/id");
        Self { fund, case: paid.text_at("/case/id"), incident: paid.text_at("/case/incident_id"), empty }
    }

    /// A good request for a route, but for its token.
    pub async fn ask(&self, world: &World, method: &str, path: &str) -> Ask {
        let filled = path.replace("{form}", "receipt").replace("{fund}", &self.fund).replace("{incident}", &self.incident);
        let names = self.case_for(world, method, path).await;
        let fill = |text: String| names.iter().fold(text, |text, (name, value)| text.replace(name, value));
        let filled = fill(filled);
        let ask = world.ask(Method::from_bytes(method.as_bytes()).unwrap(), &filled);
        let Some(body) = body(method, path) else { return ask };
        let body: Value = serde_json::from_str(&fill(body.to_string())).unwrap();
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
            (_, "/v1/decisions/preview" | "/v1/cases/search") => ask,
            _ => ask.once(),
        }
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

    fn by_handler(&self, world: &World, path: &str, body: &Value) -> Ask {
        world.post(path, &world.token(&[Role::Clerk], STREET, "handler"), body).once()
    }
}

/// A case to be taken in.
fn accepted(requested_fen: i64) -> Value {
    let mut body = case(STREET, requested_fen);
    body.as_object_mut().unwrap().remove("payments");
    body
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
        ("GET", _) => return None,
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
        ("POST", "/v1/funds") => json!({"division": STREET, "kind": "relief_fund", "name": "基金", "target_fen": 0}),
        (_, "/v1/funds/{fund}") => json!({"target_fen": 1_000}),
        (_, "/v1/funds/{fund}/topups" | "/v1/funds/{fund}/withdrawals") => movement,
        (_, "/v1/funds/{fund}/freeze" | "/v1/funds/{fund}/unfreeze") => reason,
        _ => panic!("no body for {method} {path}"),
    })
}
