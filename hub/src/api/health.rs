//! `/healthz`: whether this process can serve: the store answers and has the schema this program was built for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::problem::Problem;

/// Whether the schema was found whole: asked until it is, then never again, because migrations are never taken back.
#[derive(Default)]
pub(super) struct Schema(AtomicBool);

/// All is well.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
    /// Number of the newest change.
    last_change: i64,
}

/// Whether the hub can answer.
#[utoipa::path(get, path = "/healthz", operation_id = "getHealth", tag = "operation", responses(
    (status = 200, description = "It can", body = Health),
    (status = 503, description = "The store does not answer, or migrations are pending", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn check(State(api): State<Arc<Api>>) -> Result<Json<Health>, Problem> {
    if !api.schema.0.load(Ordering::Relaxed) {
        let pending = api.world.store.pending_migrations().await?.len();
        if pending > 0 {
            return Err(Problem::unavailable(
                format!("{pending} migrations are pending: the operator runs `jobhub migrate`"),
                30,
            ));
        }
        api.schema.0.store(true, Ordering::Relaxed);
    }
    Ok(Json(Health { status: "ok", last_change: api.world.store.last_event().await? }))
}
