//! Good requests of finance.

use reqwest::Method;
use serde_json::json;

use super::Things;
use crate::world::statement::Paper;
use crate::world::{Ask, STREET, World, case, today};

impl Things {
    /// A good request about a list: for one to be published there is a case that stands in none, one to be taken down is shown.
    pub(super) async fn ask_publicity(&self, world: &World, method: &str, path: &str) -> Ask {
        let ask = |path: &str| world.ask(Method::from_bytes(method.as_bytes()).unwrap(), path);
        if method == "GET" && !path.contains('{') {
            return ask(path);
        }
        let paid = self.by_handler(world, "/v1/fast-track", &case(STREET, 100_000));
        world.countersign(paid, "boss").send().await.expect(201);
        let days = json!({"division": STREET, "from": today(), "to": today()});
        if path == "/v1/publicity" {
            return ask(path).json(&days).once();
        }
        let published = world.post("/v1/publicity", &world.finance(), &days).once().send().await.expect(201);
        let filled = path.replace("{publication}", &published.text_at("/id"));
        if method == "GET" { ask(&filled) } else { ask(&filled).json(&json!({"reason": "有异议"})).once() }
    }

    /// A good request about a statement of a fund of its own: its first line is interest, its second a top-up that it does not name.
    pub(super) async fn ask_statement(&self, world: &World, method: &str, path: &str) -> Ask {
        let (fund, account) = world.fund_at_bank(STREET, "relief_fund").await;
        let paper = Paper::new(&account, 0).line(1_235, "结息").line(7_700, "");
        if path == "/v1/statements" {
            return world.statement(&fund, &paper);
        }
        world.top_up(&fund, 7_700).await.expect(201);
        let statement = world.take_in(&fund, &paper).await.text_at("/id");
        let ask = |path: &str| world.ask(Method::from_bytes(method.as_bytes()).unwrap(), path);
        if path == "/v1/reconciliation" {
            return ask(&format!("{path}?fund={fund}&date={}", today()));
        }
        let ask = ask(&path.replace("{statement}", &statement));
        if method == "GET" {
            return ask;
        }
        let said = if path.ends_with("/matches") {
            json!({"line": 2, "version": 1, "ordinal": 0})
        } else {
            json!({"line": 1, "code": "INTEREST", "account": "interest_payable"})
        };
        world.countersign(ask.json(&said).once(), "second-1")
    }
}
