//! `/v1/sources`, `/v1/sources/{name}` and `/v1/runs`: where the data comes from, how fresh it is, what each sync came to.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::cursor::{self, Of};
use super::problem::Problem;
use super::query::{self, Params};
use crate::view::{RunView, SourceView, load_sources, source_name, view_run};

/// All sources.
#[derive(Serialize, ToSchema)]
pub(super) struct Sources {
    /// The sources, by name.
    sources: Vec<SourceView>,
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RunsParams {
    /// Name of a source; left out = all.
    source: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Runs of a page, 1 to 1000; left out = 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// No parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Runs, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Runs {
    /// The runs.
    runs: Vec<RunView>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// All sources with counts and freshness; some seconds old.
#[utoipa::path(get, path = "/v1/sources", operation_id = "listSources", tag = "sources", responses((status = 200, description = "The sources", body = Sources)))]
pub(super) async fn list(State(api): State<Arc<Api>>, Params(_): Params<Nothing>) -> Result<Json<Sources>, Problem> {
    let sources = api.sources.get(load_sources(&api.world)).await?;
    Ok(Json(Sources { sources: sources.to_vec() }))
}

/// One source.
#[utoipa::path(get, path = "/v1/sources/{name}", operation_id = "getSource", tag = "sources",
    params(("name" = String, Path, description = "Name of the source", example = "saramin")),
    responses(
        (status = 200, description = "The source", body = SourceView),
        (status = 404, description = "No source is called so", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    Path(name): Path<String>,
    Params(_): Params<Nothing>,
) -> Result<Json<SourceView>, Problem> {
    let sources = api.sources.get(load_sources(&api.world)).await?;
    sources.iter().find(|source| source.name == name).cloned().map(Json).ok_or_else(unknown)
}

/// Syncs, newest first.
#[utoipa::path(get, path = "/v1/runs", operation_id = "listRuns", tag = "sources", params(RunsParams), responses(
    (status = 200, description = "A page of runs", body = Runs),
    (status = 400, description = "A parameter cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No source is called so", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn runs(
    State(api): State<Arc<Api>>,
    Params(params): Params<RunsParams>,
) -> Result<Json<Runs>, Problem> {
    let limit = query::limit(params.limit)?;
    let before = query::given(params.after.as_ref()).map(|text| cursor::read(Of::Runs, "after", text)).transpose()?;
    let names: BTreeMap<i64, String> =
        api.world.store.sources().await?.into_iter().map(|s| (s.number, s.name)).collect();
    let source = match query::given(params.source.as_ref()) {
        None => None,
        Some(name) => {
            Some(names.iter().find(|(_, n)| n.as_str() == name).map(|(number, _)| *number).ok_or_else(unknown)?)
        }
    };
    let mut rows = api.world.store.runs_before(source, before.unwrap_or(i64::MAX), limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|run| cursor::write(Of::Runs, run.id));
    let name = |number: i64| names.get(&number).map_or_else(|| source_name(&api.world, number), String::as_str);
    Ok(Json(Runs { runs: rows.iter().map(|run| view_run(name(run.source), run)).collect(), next }))
}

fn unknown() -> Problem {
    Problem::new(404, "unknown_source", "No source is called so", "/v1/sources lists them")
}
