//! Every route, every role, every place: who gets in, and what it leaves in the audit log.

use std::collections::BTreeSet;

use jiujinan::actor::Role;
use reqwest::Method;

use crate::records::Leaves;
use crate::things::Things;
use crate::world::{Answer, OTHER_STREET, STREET, World};

/// Roles in the order of the table.
const ROLES: [(&str, Role); 7] = [
    ("clerk", Role::Clerk),
    ("approver", Role::Approver),
    ("cashier", Role::Cashier),
    ("hospital", Role::Hospital),
    ("finance", Role::Finance),
    ("auditor", Role::Auditor),
    ("admin", Role::Admin),
];

/// Another city, of the same province.
const OTHER_CITY: &str = "340102001";

/// What a route does outside the caller's scope.
#[derive(Clone, Copy, PartialEq)]
enum Foreign {
    /// It is as if nothing were there.
    Hidden,
    /// The same, but for places inside the one it lies in.
    Around,
    /// It is the city's: whoever has a part of it finds nothing.
    City,
    /// It is decided, and refused, in writing.
    Decided,
    /// There is nothing foreign to ask for: it acts where the caller is, or shows what lies there.
    Own,
}

/// One route: the roles it is for (a letter each, `.` for none), its status for them, what is foreign, and the leaf it leaves.
struct Route {
    method: &'static str,
    path: &'static str,
    roles: &'static str,
    status: u16,
    foreign: Foreign,
    leaf: Option<&'static str>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    roles: &'static str,
    status: u16,
    foreign: Foreign,
    leaf: Option<&'static str>,
) -> Route {
    Route { method, path, roles, status, foreign, leaf }
}

use Foreign::{Around, City, Decided, Hidden, Own};

// Who: c clerk, a approver, k cashier, h hospital, f finance, u auditor, d admin.
#[rustfmt::skip]
const TABLE: &[Route] = &[
    //    method    path                                who        own  foreign leaf
    route("POST",  "/v1/fast-track",                   "ca.....", 201, Hidden, Some("case.decided")),
    route("POST",  "/v1/decisions/preview",            "ca.....", 200, Hidden, Some("decision.previewed")),
    route("GET",   "/v1/cases",                        "cak.fu.", 200, Own,    Some("case.seen")),
    route("POST",  "/v1/cases/search",                 "cak.fu.", 200, Own,    Some("case.seen")),
    route("GET",   "/v1/cases/{case}",                 "cak.fu.", 200, Hidden, Some("case.seen")),
    route("POST",  "/v1/cases",                        "ca.....", 201, Hidden, Some("case.decided")),
    route("POST",  "/v1/cases/{case}/approval",        ".a.....", 200, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/decline",         ".a.....", 200, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/withdrawal",      "ca.....", 200, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/payments",        "c.k....", 201, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/options/{option}", "ca.....", 200, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/papers",          "ca.....", 200, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/review",          ".a.....", 200, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/referrals",       "ca.....", 201, Hidden, Some("case.referred")),
    route("POST",  "/v1/cases/{case}/referrals/{referral}/outcome", "ca.....", 200, Hidden, Some("case.referred")),
    route("POST",  "/v1/cases/{case}/identity",        "ca.....", 200, Hidden, Some("case.changed")),
    route("POST",  "/v1/cases/{case}/identity/undo",   ".a.....", 200, Hidden, Some("case.changed")),
    route("GET",   "/v1/cases/{case}/forms/{form}",    "cak.fu.", 200, Hidden, Some("case.seen")),
    route("POST",  "/v1/goods",                        "..k.f..", 201, Hidden, Some("goods.moved")),
    route("POST",  "/v1/goods/{goods}/deliveries",     "..k.f..", 201, Hidden, Some("goods.moved")),
    route("POST",  "/v1/goods/{goods}/counts",         "..k.f..", 200, Hidden, Some("goods.moved")),
    route("GET",   "/v1/goods",                        "cak.fu.", 200, Own,    None),
    route("GET",   "/v1/goods/{goods}",                "cak.fu.", 200, Around, None),
    route("GET",   "/v1/goods/{goods}/moves",          "cak.fu.", 200, Around, None),
    route("POST",  "/v1/incidents",                    "ca.....", 201, Own,    Some("incident.reported")),
    route("GET",   "/v1/incidents/{incident}",         "cak.fu.", 200, Around, Some("case.seen")),
    route("PATCH", "/v1/incidents/{incident}",         "ca.....", 200, Around, Some("incident.changed")),
    route("POST",  "/v1/funds",                        "....f..", 201, Hidden, Some("fund.opened")),
    route("GET",   "/v1/funds",                        "cak.fu.", 200, Own,    None),
    route("GET",   "/v1/funds/{fund}",                 "cak.fu.", 200, Hidden, None),
    route("PATCH", "/v1/funds/{fund}",                 "....f..", 200, Hidden, Some("fund.settings_changed")),
    route("POST",  "/v1/funds/{fund}/topups",          "....f..", 201, Hidden, Some("fund.moved")),
    route("POST",  "/v1/funds/{fund}/withdrawals",     "....f..", 201, Hidden, Some("fund.moved")),
    route("POST",  "/v1/funds/{fund}/freeze",          "....f..", 200, Hidden, Some("fund.status_set")),
    route("POST",  "/v1/funds/{fund}/unfreeze",        "....f..", 200, Hidden, Some("fund.status_set")),
    route("GET",   "/v1/funds/{fund}/entries",         "cak.fu.", 200, Hidden, None),
    route("POST",  "/v1/custody/shifts",               "..k....", 201, Hidden, Some("custody.shift_opened")),
    route("GET",   "/v1/custody/shifts",               "cak.fu.", 200, Own,    None),
    route("GET",   "/v1/custody/shifts/{shift}",       "cak.fu.", 200, Hidden, None),
    route("POST",  "/v1/custody/shifts/{shift}/close", "..k.f..", 200, Hidden, Some("custody.shift_closed")),
    route("POST",  "/v1/custody/transfers",            "..k....", 201, Hidden, Some("custody.cash_moved")),
    route("POST",  "/v1/custody/signatures",           "c.k....", 200, Hidden, Some("custody.signed")),
    route("GET",   "/v1/custody/differences",          "cak.fu.", 200, Own,    None),
    route("POST",  "/v1/custody/differences/{difference}/resolution", "....f..", 200, Hidden, Some("custody.difference_resolved")),
    route("POST",  "/v1/recoveries",                   ".a..f..", 201, Hidden, Some("recovery.imposed")),
    route("GET",   "/v1/recoveries",                   ".a..fu.", 200, Own,    Some("recovery.seen")),
    route("GET",   "/v1/recoveries/{recovery}",        ".a..fu.", 200, Hidden, Some("recovery.seen")),
    route("POST",  "/v1/recoveries/{recovery}/receipts", "....f..", 201, Hidden, Some("recovery.received")),
    route("POST",  "/v1/recoveries/{recovery}/write-off", "....f..", 200, Hidden, Some("recovery.written_off")),
    route("POST",  "/v1/recoveries/{recovery}/refunds", "....f..", 201, Hidden, Some("recovery.refunded")),
    route("POST",  "/v1/roster/imports",               "......d", 201, City,   Some("roster.imported")),
    route("GET",   "/v1/roster/versions",              "......d", 200, Own,    None),
    route("GET",   "/v1/hospitals/{code}",             "...hfud", 200, Hidden, None),
    route("POST",  "/v1/waivers/check",                "...h...", 200, Own,    Some("waiver.checked")),
    route("POST",  "/v1/waivers",                      "...h...", 201, Decided, Some("waiver.granted")),
    route("GET",   "/v1/waivers/{waiver}",             "...hfu.", 200, Hidden, None),
    route("POST",  "/v1/waivers/{waiver}/close",       "...h...", 200, Hidden, Some("waiver.closed")),
    route("PUT",   "/v1/hospitals/{code}",             "......d", 200, Hidden, Some("hospital.registered")),
    route("POST",  "/v1/recoveries/{recovery}/cancellation", "....f..", 200, Hidden, Some("recovery.cancelled")),
    route("POST",  "/v1/hooks",                        "....f.d", 201, Hidden, Some("hook.changed")),
    route("GET",   "/v1/hooks",                        "....fud", 200, Own,    None),
    route("GET",   "/v1/hooks/{hook}",                 "....fud", 200, Hidden, None),
    route("DELETE", "/v1/hooks/{hook}",                "....f.d", 204, Hidden, Some("hook.changed")),
    route("POST",  "/v1/hooks/{hook}/rotate",          "....f.d", 200, Hidden, Some("hook.changed")),
    route("GET",   "/v1/hooks/{hook}/deliveries",      "....fud", 200, Hidden, None),
    route("POST",  "/v1/hooks/{hook}/replay",          "....f.d", 200, Hidden, Some("hook.replayed")),
    route("POST",  "/v1/settlements/quote",            "...h...", 200, Own,    Some("settlement.quoted")),
    route("POST",  "/v1/settlements",                  "...h...", 201, Own,    Some("settlement.settled")),
    route("POST",  "/v1/settlements/reverse",          "...h...", 200, Own,    Some("settlement.fenced")),
    route("GET",   "/v1/settlements/totals",           "...h...", 200, Own,    None),
    route("GET",   "/v1/settlements/{settlement}",     "...hfu.", 200, Hidden, Some("settlement.seen")),
    route("POST",  "/v1/settlements/{settlement}/cancel", "...h...", 200, Hidden, Some("settlement.changed")),
    route("POST",  "/v1/settlements/{settlement}/payers/{payer}/result", "...hf..", 200, Hidden, Some("settlement.changed")),
    route("POST",  "/v1/clearings",                    "....f..", 201, Hidden, Some("clearing.instructed")),
    route("GET",   "/v1/clearings/{clearing}",         "....fu.", 200, Hidden, None),
    route("POST",  "/v1/statements",                   "....f..", 201, Hidden, Some("statement.imported")),
    route("GET",   "/v1/statements/{statement}",       "....fu.", 200, Hidden, Some("statement.seen")),
    route("POST",  "/v1/statements/{statement}/matches", "....f..", 201, Hidden, Some("statement.matched")),
    route("POST",  "/v1/statements/{statement}/bookings", "....f..", 201, Hidden, Some("statement.booked")),
    route("GET",   "/v1/reconciliation",               "....fu.", 200, Hidden, Some("statement.seen")),
    route("GET",   "/v1/reports/monthly",              ".a..fu.", 200, Own,    None),
    route("GET",   "/v1/reports/quarterly",            ".a..fu.", 200, Own,    None),
    route("POST",  "/v1/publicity",                    ".a..f..", 201, Hidden, Some("publicity.published")),
    route("GET",   "/v1/publicity",                    "ca..fu.", 200, Own,    None),
    route("GET",   "/v1/publicity/{publication}",      "ca..fu.", 200, Hidden, None),
    route("POST",  "/v1/publicity/{publication}/take-down", ".a..f..", 200, Hidden, Some("publicity.taken_down")),
    route("GET",   "/v1/alarms",                       ".a..fu.", 200, Own,    None),
];

/// Routes for everybody, without a token.
const OPEN: [(&str, &str); 3] = [("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/.well-known/jwks.json")];
/// Routes that a signature opens instead of a token; `tests/window/bank.rs` tries the wrong ones.
const SIGNED: [(&str, &str); 1] = [("POST", "/v1/rail/results")];

impl Route {
    fn lets_in(&self, role: usize) -> bool {
        self.roles.as_bytes()[role] != b'.'
    }
}

#[test]
fn every_route_is_in_the_table() {
    let listed = TABLE.iter().map(|route| (route.method, route.path)).chain(OPEN).chain(SIGNED);
    let listed: BTreeSet<_> = listed.map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    let offered: BTreeSet<_> = jiujinan::server::offered().into_iter().collect();
    assert_eq!(listed.len(), TABLE.len() + OPEN.len() + SIGNED.len(), "a route stands twice");
    assert_eq!(listed, offered);
}

/// What is expected of a route for a role from a place, and which leaf it leaves.
fn expected(route: &Route, role: usize, place: &str) -> (u16, Option<&'static str>) {
    let inside = STREET.starts_with(place);
    match (route.lets_in(role), inside, route.foreign) {
        (false, ..) => (403, Some("access.denied")),
        (true, false, Around) if place.starts_with(STREET) => (route.status, route.leaf),
        // Of another city the caller brings the roster of its own.
        (true, _, City) if place.len() == 4 => (route.status, route.leaf),
        (true, false, Decided) => (409, Some("waiver.refused")),
        (true, false, Hidden | Around) | (true, _, City) => (404, Some("access.denied")),
        (true, ..) => (route.status, route.leaf),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_lets_in_its_roles_within_their_scope_and_nobody_else() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    let mut leaves = Leaves::of(&world).await;
    let mut wrong = Vec::new();
    for route in TABLE {
        for place in [STREET, "340303", "3403", OTHER_STREET, "340303001001", OTHER_CITY] {
            for (index, (name, role)) in ROLES.into_iter().enumerate() {
                let sub = format!("{name}-{place}");
                let ask = things.ask_for(&world, route.method, route.path, &sub).await;
                leaves.skip().await;
                let answer = ask.by(&world.token(&[role], place, &sub)).send().await;
                let left = leaves.new_kinds().await;
                let (status, leaf) = expected(route, index, place);
                let at = format!("{} {} by {name} of {place}", route.method, route.path);
                if answer.status != status {
                    wrong.push(format!("{at}: {} and not {status}: {}", answer.status, answer.code()));
                }
                if left != Vec::from_iter(leaf) {
                    wrong.push(format!("{at}: leaves {left:?} and not {leaf:?}"));
                }
                if status == 404 && tells_of_the_thing(&answer) {
                    wrong.push(format!("{at}: tells what is there: {}", answer.text));
                }
            }
        }
    }
    world.check_invariants().await;
    assert!(wrong.is_empty(), "{} deviations: {wrong:#?}", wrong.len());
}

/// A 404 of a foreign thing must read like one of nothing at all.
fn tells_of_the_thing(answer: &Answer) -> bool {
    answer.code() != "NOT_FOUND"
        || answer.text_at("/detail") != "there is no such thing, or it lies outside your scope"
        || answer.body.as_object().unwrap().keys().any(|member| {
            !["type", "title", "status", "detail", "instance", "code", "retryable", "trace_id"].contains(&member.as_str())
        })
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_only_what_lies_in_the_scope() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    for (place, seen) in [(STREET, true), ("3403", true), (OTHER_STREET, false), ("340303001001", false), (OTHER_CITY, false)] {
        let token = world.token(&[Role::Auditor], place, "auditor-2");
        let funds = world.get("/v1/funds", &token).await.expect(200);
        let cases = world.get("/v1/cases", &token).await.expect(200);
        assert_eq!(funds.text.contains(&things.fund), seen, "funds for {place}");
        assert_eq!(cases.text.contains(&things.case), seen, "cases for {place}");
    }
    let token = world.token(&[Role::Auditor], OTHER_STREET, "auditor-2");
    world.get(&format!("/v1/cases?division={STREET}"), &token).await.refused(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_roles_open_the_doors_of_both() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    let both = world.token(&[Role::Hospital, Role::Finance], STREET, "both");
    things.ask(&world, "POST", "/v1/funds/{fund}/topups").await.by(&both).send().await.expect(201);
    things.ask(&world, "POST", "/v1/fast-track").await.by(&both).send().await.refused(403, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_every_door_is_shut() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    let mut leaves = Leaves::of(&world).await;
    for route in TABLE {
        let ask = things.ask(&world, route.method, route.path).await;
        leaves.skip().await;
        let answer = ask.send().await.refused(401, "UNAUTHENTICATED");
        assert_eq!(answer.headers.get("www-authenticate").unwrap(), "Bearer", "{}", route.path);
        // Whoever sends nothing has tried nothing: a record of it would let strangers fill the log.
        assert_eq!(leaves.new_kinds().await, [] as [&str; 0], "{}", route.path);
    }
    for (method, path) in OPEN {
        let ask = world.ask(Method::from_bytes(method.as_bytes()).unwrap(), path);
        ask.send().await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_is_checked_before_the_body() {
    let world = World::new().await;
    let things = Things::new(&world).await;
    for route in TABLE.iter().filter(|route| route.method != "GET") {
        let path = route.path.replace("{fund}", &things.fund).replace("{incident}", &things.incident);
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        let junk = world.ask(method, &path).bytes(b"{".to_vec());
        junk.clone().send().await.refused(401, "UNAUTHENTICATED");
        let (name, role) = ROLES[(0..ROLES.len()).find(|role| !route.lets_in(*role)).unwrap()];
        junk.by(&world.token(&[role], STREET, name)).send().await.refused(403, "FORBIDDEN");
    }
}
