//! The interface as served is the interface as kept: `deploy/openapi.json`.

use reqwest::Method;
use serde_json::Value;

use crate::snapshot;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_served_document_is_the_one_in_the_repository() {
    let world = World::new().await;
    let served = world.ask(Method::GET, "/openapi.json").send().await.expect(200);
    assert_eq!(served.headers.get("content-type").unwrap(), "application/json");
    let pretty = serde_json::to_string_pretty(&served.body).unwrap() + "\n";
    snapshot::check("deploy/openapi.json", &pretty);
    let generated = serde_json::to_value(jiujinan::server::document()).unwrap();
    assert_eq!(served.body, generated);
}

/// Method, path and operation of everything offered.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let methods = ["get", "post", "put", "patch", "delete"];
    let of = |(path, item): (&String, &Value)| {
        let (path, item) = (path.clone(), item.as_object().unwrap().clone());
        let operations = item.into_iter().filter(|(method, _)| methods.contains(&method.as_str()));
        operations.map(move |(method, operation)| (method, path.clone(), operation)).collect::<Vec<_>>()
    };
    paths.flat_map(of).collect()
}

#[test]
fn every_operation_says_what_it_does_and_how_it_refuses() {
    let document = serde_json::to_value(jiujinan::server::document()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    assert!(!document["info"]["description"].as_str().unwrap().is_empty());
    let mut wrong = Vec::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("{method} {path}");
        if operation["summary"].as_str().or(operation["description"].as_str()).is_none_or(str::is_empty) {
            wrong.push(format!("{at} does not say what it does"));
        }
        if operation["operationId"].as_str().is_none_or(str::is_empty) {
            wrong.push(format!("{at} has no name"));
        }
        if !path.starts_with("/v1/") {
            continue;
        }
        for status in ["400", "401", "403", "404", "429", "503"] {
            let kind = &operation["responses"][status]["content"]["application/problem+json"];
            if kind["schema"]["$ref"] != "#/components/schemas/Problem" {
                wrong.push(format!("{at} does not document {status}"));
            }
        }
        if operation["security"][0]["bearer"].is_null() {
            wrong.push(format!("{at} does not say that it needs a token"));
        }
        let good = operation["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2')).count();
        if good != 1 {
            wrong.push(format!("{at} documents {good} ways to succeed"));
        }
        let keyed = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        let only_asks = ["/preview", "/search", "/quote", "/check"].iter().any(|end| path.ends_with(end));
        if keyed != (method == "post" && !only_asks) {
            wrong.push(format!("{at} is wrong about Idempotency-Key"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = serde_json::to_value(jiujinan::server::document()).unwrap();
    let text = document.to_string();
    let mut lost = Vec::new();
    for rest in text.split("\"$ref\":\"#").skip(1) {
        let pointer = rest.split('"').next().unwrap();
        if document.pointer(pointer).is_none() {
            lost.push(pointer.to_owned());
        }
    }
    assert!(lost.is_empty(), "{lost:?}");
    let names: Vec<_> = operations(&document).into_iter().map(|(_, _, operation)| operation["operationId"].to_string()).collect();
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_needs_no_other_host() {
    let world = World::new().await;
    let page = world.ask(Method::GET, "/docs/").send().await.expect(200);
    assert!(page.headers.get("content-type").unwrap().to_str().unwrap().starts_with("text/html"));
    let mut parts: Vec<String> = Vec::new();
    for attribute in ["src=\"", "href=\""] {
        parts.extend(page.text.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    assert!(!parts.is_empty(), "{}", page.text);
    for part in &parts {
        assert!(!part.contains("//"), "{part} is on another host");
        let found = world.ask(Method::GET, &format!("/docs/{}", part.trim_start_matches("./"))).send().await;
        assert_eq!(found.status, 200, "{part}");
    }
    let setup = world.ask(Method::GET, "/docs/swagger-initializer.js").send().await.expect(200);
    assert!(setup.text.contains("/openapi.json") && !setup.text.contains("https://petstore"), "{}", setup.text);
}
