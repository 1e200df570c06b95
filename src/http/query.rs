//! The query of a GET as a typed value.

use actix_web::web;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http::echo::echo;
use crate::http::json::from_pairs;
use crate::http::problem::Problem;

/// How many parameters a query has at most.
const PARAMETERS_MAX: usize = 50;

/// The query of a route without parameters.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

/// The typed query; unknown, repeated and malformed parameters are faults at `/<name>`.
pub(crate) fn parse<Q: DeserializeOwned>(query: &str) -> Result<Q, Problem> {
    let pairs = if query.is_empty() {
        Vec::new()
    } else {
        web::Query::<Vec<(String, String)>>::from_query(query)
            .map_err(|_| Problem::fault("", "not a query of names and values"))?
            .0
    };
    if pairs.len() > PARAMETERS_MAX {
        return Err(Problem::fault("", "more parameters than any route has"));
    }
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if let Some([name, _]) = names.windows(2).find(|pair| matches!(pair, [one, other] if one == other)) {
        return Err(Problem::fault(format!("/{}", echo(name)), "given twice"));
    }
    from_pairs(&pairs).map_err(|fault| Problem::faults(fault.code, vec![fault]))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::division::Division;
    use crate::http::context::{Context, Language};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        division: Option<Division>,
        limit: Option<u32>,
        sealed: Option<bool>,
        lane: Option<Lane>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Lane {
        Quick,
    }

    fn pointer(query: &str) -> (String, String) {
        let context =
            Context { language: Language::Chinese, instance: String::new(), trace_id: String::new(), request_id: String::new() };
        let body: Value = serde_json::from_slice(&parse::<Filter>(query).unwrap_err().body(&context)).unwrap();
        (body["errors"][0]["pointer"].as_str().unwrap().into(), body["errors"][0]["detail"].as_str().unwrap().into())
    }

    #[test]
    fn a_query_is_read_into_its_types() {
        let filter: Filter = parse("division=340303&limit=20&sealed=true&lane=quick").unwrap();
        assert_eq!(filter.division.unwrap().as_str(), "340303");
        assert_eq!((filter.limit, filter.sealed, filter.lane), (Some(20), Some(true), Some(Lane::Quick)));
        assert!(parse::<Filter>("").unwrap().limit.is_none());
        assert!(parse::<NoQuery>("").is_ok());
        assert!(parse::<NoQuery>("a=b").is_err());
    }

    #[test]
    fn a_parameter_that_does_not_fit_is_pointed_at() {
        for (query, name) in [
            ("offset=3", "/offset"),
            ("limit=1&limit=1", "/limit"),
            ("limit=", "/limit"),
            ("limit=-1", "/limit"),
            ("limit=4294967296", "/limit"),
            ("sealed=yes", "/sealed"),
            ("lane=slow", "/lane"),
            ("division=34x", "/division"),
        ] {
            let (at, detail) = pointer(query);
            assert_eq!(at, name, "{query}: {detail}");
        }
    }
}
