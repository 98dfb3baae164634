//! What the tests of every service ask of the description of its calls.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;

use crate::http;

/// A call as a test writes it down: its method in lower case, its path, and `token` or `open`.
pub type Call = (&'static str, &'static str, &'static str);

/// # Panics
/// When `routes` has a call that is not in `table`, or the other way round.
#[track_caller]
pub fn assert_calls<S: Clone + Send + Sync + 'static>(routes: OpenApiRouter<S>, table: &[Call]) {
    let document = described(routes);
    let found: BTreeSet<_> = operations(&document)
        .map(|(method, path, operation)| {
            (method, path, if operation["security"].is_array() { "token" } else { "open" })
        })
        .collect();
    assert_eq!(found, table.iter().copied().collect::<BTreeSet<_>>());
}

/// # Panics
/// When two calls of `routes` have the same name, one does not describe a refusal that can come before its own, or the
/// description names a part of itself that is not there.
#[track_caller]
pub fn assert_names_and_refusals<S: Clone + Send + Sync + 'static>(routes: OpenApiRouter<S>) {
    let document = described(routes);
    assert_references(&document, &document);
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str();
        assert!(name.is_some_and(|name| names.insert(name)), "{method} {path} has no name of its own");
        let mut expected = vec!["503"];
        if operation["requestBody"].is_object() {
            expected.extend(["400", "413", "415", "422"]);
        }
        if operation["security"].is_array() {
            expected.push("401");
        }
        for status in expected {
            let content = &operation["responses"][status]["content"]["application/problem+json"];
            assert_eq!(
                content["schema"]["$ref"], "#/components/schemas/ProblemBody",
                "{method} {path} {status}"
            );
        }
    }
}

/// What is named as being elsewhere in the document is there.
#[track_caller]
fn assert_references(value: &Value, document: &Value) {
    if let Some(reference) = value["$ref"].as_str() {
        let found = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        assert!(found.is_some(), "{reference} leads nowhere");
    }
    for (_, inner) in members(value) {
        assert_references(inner, document);
    }
    for inner in value.as_array().into_iter().flatten() {
        assert_references(inner, document);
    }
}

fn described<S: Clone + Send + Sync + 'static>(routes: OpenApiRouter<S>) -> Value {
    serde_json::to_value(http::described(routes).1).expect("a description is JSON")
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    members(&document["paths"]).flat_map(|(path, item)| {
        members(item).map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
