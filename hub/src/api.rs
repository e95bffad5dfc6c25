//! The Open API: published vacancies, their changes, and how fresh each source is. Read-only; nothing held or rejected and
//! no contact is ever in an answer. The only place, with `console`, that names axum.

mod changes;
mod cursor;
mod document;
mod gate;
mod health;
mod kept;
mod metrics;
mod problem;
mod query;
mod sources;
mod vacancies;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::view::SourceView;
use crate::world::World;
use kept::Kept;
use problem::Problem;

/// Requests carry no body; this much is read before one is refused.
const BODY_BYTES_MAX: usize = 1024;
/// Counting all postings is not done more often than this, and more rarely where it takes long.
const COUNTS_KEPT: Duration = Duration::from_secs(5);

/// What the handlers share.
pub(crate) struct Api {
    world: World,
    started: Instant,
    sources: Kept<Vec<SourceView>>,
    metrics: Kept<String>,
    schema: health::Schema,
}

/// The API's routes over a world.
pub fn router(world: World) -> Router {
    let api = Arc::new(Api {
        world,
        started: Instant::now(),
        sources: Kept::new(COUNTS_KEPT),
        metrics: Kept::new(COUNTS_KEPT),
        schema: health::Schema::default(),
    });
    let (routes, document) = document::routes().split_for_parts();
    let document: Arc<str> = document::text(&document).into();
    routes
        .route("/openapi.json", axum::routing::get(move || document::serve(document.clone())))
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .with_state(api)
        .layer(axum::middleware::from_fn_with_state(gate::Gate::default(), gate::pass))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(CompressionLayer::new().gzip(true))
        .layer(fixed("x-content-type-options", "nosniff"))
        .layer(fixed("content-security-policy", "default-src 'none'; frame-ancestors 'none'"))
        .layer(fixed("referrer-policy", "no-referrer"))
        .layer(fixed("x-frame-options", "DENY"))
        // public data: pages of other sites may read it
        .layer(fixed("access-control-allow-origin", "*"))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(answered))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// The OpenAPI document, as committed in `docs/openapi.json`.
pub fn openapi() -> String {
    document::text(&document::routes().into_openapi())
}

fn fixed(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
}

async fn nowhere() -> Problem {
    Problem::new(404, "not_found", "There is nothing at this address", "see /openapi.json for what there is")
}

async fn wrong_method() -> Problem {
    Problem::new(405, "method_not_allowed", "This API only reads", "use GET or HEAD")
}

/// Path and id only: what people search for stays out of the log.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|v| v.to_str().ok()).unwrap_or("");
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

fn answered(response: &Response, latency: Duration, _: &tracing::Span) {
    tracing::debug!(status = response.status().as_u16(), milliseconds = latency.as_millis() as u64, "answered");
}
