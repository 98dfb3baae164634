//! Calls as each side describes them, in a form that can be compared.

use std::collections::BTreeMap;

use harness::gateway::Route;
use harness::http::API;
use serde_json::Value;

/// What one call is to its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) service: String,
    pub(crate) token: bool,
    pub(crate) query: Vec<String>,
}

/// By method and full path.
pub(crate) type Calls = BTreeMap<(String, String), Facts>;

pub(crate) fn calls_of_table(routes: &[Route]) -> Calls {
    let mut calls = Calls::new();
    for route in routes {
        let facts = Facts {
            service: route.service.clone(),
            token: route.token,
            query: sorted(route.query.iter().cloned()),
        };
        let key = (route.method.clone(), format!("{API}{}", route.path));
        assert_eq!(calls.insert(key.clone(), facts), None, "{key:?} is in the table twice");
    }
    calls
}

pub(crate) fn calls_of_document(service: &str, document: &Value) -> Calls {
    let facts = |operation: &Value| Facts {
        service: service.to_owned(),
        token: !list(&operation["security"]).is_empty(),
        query: sorted(parameters(operation, "query").into_iter()),
    };
    operations(document).into_iter().map(|(call, operation)| (call, facts(&operation))).collect()
}

pub(crate) fn operations(document: &Value) -> Vec<((String, String), Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation.is_object() {
                operations.push(((method.to_uppercase(), path.clone()), operation.clone()));
            }
        }
    }
    operations
}

pub(crate) fn parameters(operation: &Value, place: &str) -> Vec<String> {
    let parameters = list(&operation["parameters"]);
    parameters
        .iter()
        .filter(|parameter| parameter["in"] == place)
        .map(|parameter| text(&parameter["name"]))
        .collect()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

#[track_caller]
pub(crate) fn assert_same(left_name: &str, left: &Calls, right_name: &str, right: &Calls) {
    let mut differences = Vec::new();
    for (call, facts) in left {
        match right.get(call) {
            None => differences.push(format!("{call:?} is missing in {right_name}")),
            Some(other) if other != facts => {
                differences.push(format!("{call:?}: {left_name} say {facts:?}, {right_name} {other:?}"));
            }
            Some(_) => {}
        }
    }
    let missing = right.keys().filter(|call| !left.contains_key(*call));
    differences.extend(missing.map(|call| format!("{call:?} is missing in {left_name}")));
    assert!(!left.is_empty(), "{left_name} have no routes");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
