//! What the description of the calls says of all of them: what a token is, and the refusals that come
//! before a call's own.

/// What the tests of every service ask of it.
pub mod check;

use contracts::problem::ProblemBody;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, Response};
use utoipa::{PartialSchema as _, ToSchema as _};

const PROBLEM: &str = "ProblemBody";

/// Completes the document of a service, whose calls with a token name the security scheme `bearer`.
pub(crate) fn complete(document: &mut OpenApi) {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.schemas.insert(PROBLEM.to_owned(), ProblemBody::schema());
    let mut nested = Vec::new();
    ProblemBody::schemas(&mut nested);
    components.schemas.extend(nested);
    for operation in operations(document) {
        describe_refusals(operation);
    }
}

/// Every call that the document describes.
pub fn operations(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    document
        .paths
        .paths
        .values_mut()
        .flat_map(|PathItem { get, put, post, delete, .. }| [get, put, post, delete].into_iter().flatten())
}

fn describe_refusals(operation: &mut Operation) {
    let mut refusals = vec![("503", "Something that we depend on is away; try again after `Retry-After`")];
    if operation.request_body.is_some() {
        refusals.extend([
            ("400", "The body is not JSON"),
            ("413", "The body is larger than 64 KiB"),
            ("415", "The body is not JSON by its content type"),
            ("422", "A field is missing or invalid; `errors` says which"),
        ]);
    }
    if operation.security.is_some() {
        refusals.push(("401", "No token, or one that does not count"));
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in refusals {
        let response = || RefOr::T(Response::new(description));
        responses.entry(status.to_owned()).or_insert_with(response);
    }
    for (status, response) in responses {
        if status.as_str() >= "400"
            && let RefOr::T(response) = response
        {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(PROBLEM))).build();
            response.content.insert("application/problem+json".to_owned(), RefOr::T(content));
        }
    }
}
