mod world;

use actix_web::test::TestRequest;
use actix_web::{App, HttpServer};
use serde_json::json;

use super::*;
use crate::actor::Subject;
use crate::http::DenialKind;
use crate::http::trace::tests::world::World;
use crate::id::CaseId;

#[actix_web::test]
async fn a_good_request_passes_every_check() {
    let world = World::new();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = world.posting(r#"{"requested_fen":5,"need":"米"}"#);
    let answer = world.send(request.insert_header(("traceparent", format!("00-{trace}-00f067aa0ba902b7-01")))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.body["subject"], "https://idp.test#officer-1");
    assert_eq!(answer.body["need_bytes"], 3);
    assert_eq!(answer.body["trace_id"], trace);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("content-type", "application/json"),
        ("ratelimit", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let again = world.send(world.posting("{ \"need\" : \"\\u7c73\", \"requested_fen\": 5 }")).await;
    assert_eq!((&answer.body["digest"], &answer.body["fingerprint"]), (&again.body["digest"], &again.body["fingerprint"]));
    let other = world.send(world.posting(r#"{"requested_fen":6}"#)).await;
    assert_ne!(answer.body["fingerprint"], other.body["fingerprint"]);
}

#[actix_web::test]
async fn checks_come_in_the_order_of_the_interface() {
    let world = World::new();
    let long = format!("{{\"requested_fen\":5,\"x\":\"{}\"", "x".repeat(2000));
    // Everything is wrong with it; then one thing after the other is put right.
    let request = || TestRequest::post().uri("/v1/nobody").set_payload(long.clone());
    assert_eq!(world.refused(request()).await, (401, "UNAUTHENTICATED".into()));
    assert_eq!(world.refused(world.authorized(request())).await, (403, "FORBIDDEN".into()));
    let request = || world.authorized(TestRequest::post().uri("/v1/cases/no-uuid"));
    let json = |request: TestRequest| request.insert_header(("Content-Type", "application/json"));
    assert_eq!(world.refused(request().set_payload(long.clone())).await, (415, "UNSUPPORTED_MEDIA_TYPE".into()));
    assert_eq!(world.refused(json(request()).set_payload(long.clone())).await, (413, "PAYLOAD_TOO_LARGE".into()));
    assert_eq!(world.refused(json(request()).set_payload("{")).await, (400, "VALIDATION".into()));
    assert_eq!(world.refused(json(request()).set_payload(r#"{"requested_fen":11}"#)).await, (400, "ID_INVALID".into()));
    assert_eq!(world.refused(json(request()).set_payload(r#"{"requested_fen":5}"#)).await, (400, "KEY_MISSING".into()));
    let keyed = json(request()).insert_header(("Idempotency-Key", "k")).set_payload(r#"{"requested_fen":5}"#);
    assert_eq!(world.refused(keyed).await, (404, "NOT_FOUND".into()));
}

#[actix_web::test]
async fn faults_point_at_what_is_wrong_and_repeat_nothing() {
    let world = World::new();
    for (body, pointer) in [
        (r#"{"requested_fen":"340303188001010018"}"#, "/requested_fen"),
        (r#"{"requested_fen":5,"need":"340303188001010018340303188001010018"}"#, "/need"),
        (r#"{"requested_fen":5,"nead":"340303188001010018"}"#, "/nead"),
        (r#"{"requested_fen":0}"#, "/requested_fen"),
        ("{}", "/requested_fen"),
        ("", ""),
        (r#"{"requested_fen":5,"requested_fen":6}"#, ""),
    ] {
        let answer = world.send(world.posting(body)).await;
        answer.is_problem();
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{body}: {}", answer.text);
        assert!(!answer.text.contains("340303188001010018"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn a_failed_login_and_a_wrong_role_leave_a_denial() {
    let world = World::new();
    let none = world.send(TestRequest::get().uri("/v1/cases/x")).await;
    assert_eq!((none.status, none.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(none.denial, None);
    let bad = world.send(TestRequest::get().uri("/v1/cases/x?q=1").insert_header(("Authorization", "Bearer junk"))).await;
    assert_eq!((bad.status, bad.header("www-authenticate")), (401, "Bearer error=\"invalid_token\""));
    let denial = bad.denial.unwrap();
    assert_eq!((denial.kind, denial.method.as_str(), denial.route.as_str()), (DenialKind::Login, "GET", "/v1/cases/{case}"));
    assert_eq!((denial.subject, denial.detail), (None, "not a JWT of a known algorithm"));
    let role = world.send(world.authorized(TestRequest::post().uri("/v1/nobody"))).await;
    let denial = role.denial.unwrap();
    assert_eq!((denial.kind, denial.subject), (DenialKind::Role, Some(Subject::from("https://idp.test#officer-1"))));
    assert_eq!((denial.city.unwrap().as_str(), denial.route.as_str()), ("3403", "/v1/nobody"));
    for scheme in ["Basic abc", "Bearer", "bearer  "] {
        let answer = world.send(TestRequest::get().uri("/v1/cases/x").insert_header(("Authorization", scheme))).await;
        assert_eq!((answer.status, answer.denial.is_some()), (401, true), "{scheme}");
    }
}

#[actix_web::test]
async fn what_lies_outside_the_scope_is_404_with_a_denial() {
    let world = World::new();
    let foreign = world.send(world.authorized(TestRequest::get().uri("/v1/foreign"))).await;
    let absent = world.send(world.authorized(TestRequest::get().uri("/v1/cases/no-uuid"))).await;
    assert_eq!((foreign.status, &foreign.body["detail"]), (404, &absent.body["detail"]));
    let denial = foreign.denial.unwrap();
    assert_eq!((denial.kind, denial.route.as_str(), denial.city.unwrap().as_str()), (DenialKind::Scope, "/v1/foreign", "3403"));
    assert_eq!(absent.denial, None);
}

#[actix_web::test]
async fn a_read_takes_ids_and_known_parameters_only() {
    let world = World::new();
    let case = CaseId::new();
    let good = world.send(world.authorized(TestRequest::get().uri(&format!("/v1/cases/{case}")))).await;
    assert_eq!((good.status, &good.body["case"]), (200, &json!(case)));
    let odd = world.send(world.authorized(TestRequest::get().uri(&format!("/v1/cases/{case}?a=b")))).await;
    assert_eq!((odd.status, &odd.body["errors"][0]["pointer"]), (400, &json!("/a")));
    let simple = case.uuid().simple().to_string();
    for id in ["x", &simple, "%00", "0190a5f2-1234-7abc-8def-a1391234567g"] {
        let answer = world.refused(world.authorized(TestRequest::get().uri(&format!("/v1/cases/{id}")))).await;
        assert_eq!(answer, (404, "NOT_FOUND".into()), "{id}");
    }
}

#[actix_web::test]
async fn a_change_says_which_version_it_changes() {
    let world = World::new();
    let request = || {
        let request = TestRequest::patch().uri("/v1/funds").insert_header(("Content-Type", "application/json; charset=utf-8"));
        world.authorized(request).set_payload(r#"{"requested_fen":5}"#)
    };
    assert_eq!(world.refused(request()).await, (428, "PRECONDITION_REQUIRED".into()));
    for stale in ["\"6\"", "*", "W/\"7\""] {
        assert_eq!(world.refused(request().insert_header(("If-Match", stale))).await, (412, "PRECONDITION_FAILED".into()));
    }
    let done = world.send(request().insert_header(("If-Match", "\"7\""))).await;
    assert_eq!((done.status, done.header("etag")), (200, "\"8\""));
}

#[actix_web::test]
async fn nothing_is_ever_plain_text() {
    let world = World::new();
    for (request, status, code) in [
        (TestRequest::get().uri("/nowhere/340303188001010018"), 404, "NOT_FOUND"),
        (TestRequest::get().uri("/v1/nowhere"), 404, "NOT_FOUND"),
        (TestRequest::default().method("BREW".parse().unwrap()).uri("/nowhere"), 404, "NOT_FOUND"),
        (TestRequest::delete().uri("/v1/cases/x"), 405, "METHOD_NOT_ALLOWED"),
        (TestRequest::get().uri("/v1/cases"), 405, "METHOD_NOT_ALLOWED"),
        (TestRequest::get().uri("/plain"), 503, "OVERLOADED"),
        (TestRequest::post().uri("/typed").set_payload("{"), 400, "VALIDATION"),
        (
            TestRequest::post().uri("/typed").insert_header(("Content-Type", "application/json")).set_payload("{"),
            400,
            "VALIDATION",
        ),
        (TestRequest::get().uri("/panic"), 500, "INTERNAL"),
    ] {
        let answer = world.send(request).await;
        answer.is_problem();
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text);
        assert!(!answer.text.contains("secret") && !answer.text.contains("library"), "{}", answer.text);
    }
    let known = world.send(TestRequest::delete().uri("/v1/cases/x")).await;
    assert_eq!(known.header("allow"), "GET, POST");
    let text = world.measured();
    assert!(text.contains(r#"{method="other",route="unmatched",status="404"} 1"#), "{text}");
    assert!(text.contains(r#"{method="POST",route="/typed",status="400"} 2"#), "{text}");
    assert!(!text.contains("nowhere"), "{text}");
}

#[actix_web::test]
async fn a_stored_answer_goes_out_byte_for_byte() {
    let world = World::new();
    let answer = world.send(world.authorized(TestRequest::get().uri("/v1/stored"))).await;
    assert_eq!((answer.status, answer.text.as_str()), (409, "{\"as\":\"stored\"}"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("idempotent-replayed"), "true");
}

#[actix_web::test]
async fn a_caller_who_asks_too_often_waits() {
    let world = World::limited(Some("1/2"));
    let request = || world.authorized(TestRequest::get().uri("/v1/stored"));
    let first = world.send(request()).await;
    assert_eq!((first.header("ratelimit-policy"), first.header("ratelimit")), ("\"default\";q=2;w=2", "\"default\";r=1;t=1"));
    world.send(request()).await;
    let third = world.send(request()).await;
    third.is_problem();
    assert_eq!((third.status, third.code().as_str(), &third.body["retryable"]), (429, "RATE_LIMITED", &json!(true)));
    assert_eq!((third.header("retry-after"), third.header("ratelimit")), ("1", "\"default\";r=0;t=2"));
    // 429 comes before 403, and whoever has no token has a rate of their own.
    let role = world.authorized(TestRequest::post().uri("/v1/nobody"));
    assert_eq!(world.refused(role).await.0, 429);
    let stranger = || TestRequest::get().uri("/v1/stored").peer_addr("192.0.2.1:1".parse().unwrap());
    assert_eq!((world.refused(stranger()).await.0, world.refused(stranger()).await.0), (401, 401));
    assert_eq!(world.refused(stranger()).await, (429, "RATE_LIMITED".into()));
    assert_eq!(world.meters.rate_limited.get(), 3);
}

#[actix_web::test]
async fn a_middleware_around_it_finds_denial_and_context() {
    let world = World::new();
    let problem = Problem::outside_scope("340304".parse().unwrap());
    let request = TestRequest::get().uri("/v1/x?y=z").to_srv_request();
    let context = Rc::new(std::cell::RefCell::new(None));
    let kept = Rc::clone(&context);
    let inner = actix_web::dev::fn_service(move |request: ServiceRequest| {
        *kept.borrow_mut() = Some(Context::of(request.request()));
        let response = problem.clone();
        async move { Ok(request.error_response(response)) }
    });
    let traced = Traced { service: inner, meters: Rc::new(world.meters.clone()) };
    let response = traced.call(request).await.unwrap();
    let inside = context.borrow().clone().unwrap();
    let outside = Context::of(response.request());
    assert_eq!((inside.trace_id, inside.request_id), (outside.trace_id, outside.request_id));
    assert_eq!(response.response().extensions().get::<Denial>().unwrap().method, "GET");
}

#[actix_web::test]
async fn over_a_real_connection_a_panic_is_a_problem_and_the_next_request_is_answered() {
    let world = std::sync::Arc::new(World::new());
    let serving = std::sync::Arc::clone(&world);
    let app = move || App::new().configure(serving.offer()).wrap(Trace::new(serving.meters.clone()));
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let client = reqwest::Client::new();
    for (path, status) in [("/panic", 500), ("/v1/cases/x", 401), ("/nowhere", 404), ("/panic", 500)] {
        let answer = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        assert!(!answer.text().await.unwrap().contains("secret"));
    }
    // The body is not read before 401: an unread one does no harm to the next request.
    let unread = client.post(format!("{base}/v1/cases")).body("x".repeat(200_000)).send().await.unwrap();
    assert_eq!(unread.status().as_u16(), 401);
    assert_eq!(client.get(format!("{base}/nowhere")).send().await.unwrap().status().as_u16(), 404);
    handle.stop(false).await;
}
