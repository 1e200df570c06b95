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
        // What was settled before is answered again, with another status than what is settled now.
        let wanted = if at == "post /v1/settlements" { 2 } else { 1 };
        if good != wanted {
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

/// Every name of a member, and every word that a member may hold.
fn words(value: &Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| words(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("properties", Value::Object(properties)) => found.extend(properties.keys().cloned()),
                    ("enum", Value::Array(all)) => found.extend(all.iter().filter_map(Value::as_str).map(str::to_owned)),
                    _ => {}
                }
                words(member, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_page_for_hospitals_names_codes_amounts_and_routes_that_there_are() {
    let document = serde_json::to_value(jiujinan::server::document()).unwrap();
    let mut known = std::collections::BTreeSet::new();
    words(&document, &mut known);
    let page = crate::source::read("deploy/integrator/README.md");
    let (mut wrong, mut named) = (Vec::new(), 0);
    for word in page.split('`').skip(1).step_by(2) {
        let code = word.len() > 3 && word.chars().all(|character| character.is_ascii_uppercase() || character == '_');
        if code || word.ends_with("_fen") && word.len() > 4 {
            named += 1;
            if !known.contains(word) {
                wrong.push(word.to_owned());
            }
        }
        if let Some((method, path)) = word.split_once(" /v1/") {
            named += 1;
            let path = format!("/v1/{}", path.split('?').next().unwrap());
            if document["paths"][&path][method.to_lowercase()].is_null() {
                wrong.push(word.to_owned());
            }
        }
    }
    assert!(wrong.is_empty() && named > 40, "{named} named, wrong: {wrong:?}");
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
