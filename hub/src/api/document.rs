//! The OpenAPI 3.1 document, made from the handlers so that it cannot say what they do not do. `docs/openapi.json` is its
//! committed copy.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, changes, health, metrics, sources, vacancies};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jobhub Open API",
        version = "1",
        description = "Published vacancies of all sources as one list: what is the same job is one vacancy, whichever portals carry it. \
            Read `/v1/vacancies` once, then follow `/v1/changes`. Times are RFC 3339 with +09:00; days are days in Asia/Seoul; money is whole won. \
            Errors are RFC 9457 problems. Answers are compressed when asked for (`Accept-Encoding: gzip`).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "vacancies", description = "Jobs one can read about"),
        (name = "changes", description = "What happened to them, in order"),
        (name = "sources", description = "Where they come from"),
        (name = "operation", description = "For who runs the hub")
    )
)]
struct Frame;

/// All routes with their description.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(Frame::openapi())
        .routes(routes!(vacancies::list))
        .routes(routes!(vacancies::show))
        .routes(routes!(changes::list))
        .routes(routes!(sources::list))
        .routes(routes!(sources::show))
        .routes(routes!(sources::runs))
        .routes(routes!(health::check))
        .routes(routes!(metrics::serve))
}

/// The document as text.
pub(super) fn text(document: &utoipa::openapi::OpenApi) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// Serves it.
pub(super) async fn serve(document: Arc<str>) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], document.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_document_is_what_the_handlers_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
        let now = crate::api::openapi();
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            std::fs::write(path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == now,
            "docs/openapi.json is stale: run this test with UPDATE_OPENAPI=1 and commit the file"
        );
    }

    #[test]
    fn no_schema_of_the_document_names_a_contact() {
        let document: serde_json::Value = serde_json::from_str(&crate::api::openapi()).unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        assert!(schemas.contains_key("VacancyView"), "{:?}", schemas.keys().collect::<Vec<_>>());
        for (name, schema) in schemas {
            let fields =
                schema["properties"].as_object().map(|p| p.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
            assert!(
                !fields.iter().any(|f| ["contact", "names", "phones", "emails"].contains(&f.as_str())),
                "{name}: {fields:?}"
            );
        }
    }
}
