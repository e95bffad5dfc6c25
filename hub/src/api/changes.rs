//! `/v1/changes`: what happened to published vacancies, in one order without gaps, removals included.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::event::Event;
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::cursor::{self, Of};
use super::problem::Problem;
use super::query::{self, Params};
use crate::view::{Audience, VacancyId, VacancyView, time, view_vacancies};
use crate::world::World;

/// What may be added to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Include {
    /// The vacancy as it is now.
    Vacancy,
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangesParams {
    /// `next` of the answer before, or `changes` of `/v1/vacancies`; left out or empty = from the beginning.
    since: Option<String>,
    /// Changes of a page, 1 to 1000; left out = 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// `vacancy` adds the vacancy as it is now, where it may be shown.
    #[param(inline)]
    include: Option<Include>,
}

/// Changes in order.
#[derive(Serialize, ToSchema)]
pub(super) struct Changes {
    /// The changes.
    changes: Vec<Change>,
    /// `since` of the next request, also when there was nothing new.
    next: String,
    /// Whether there are more already.
    more: bool,
}

/// One change. `close`, `withdraw` and `merge` are tombstones: the id is not open any more.
#[derive(Serialize, ToSchema)]
pub(super) struct Change {
    /// Stands after this change.
    cursor: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// upsert, close, merge, split or withdraw.
    kind: String,
    /// The vacancy.
    #[schema(value_type = String)]
    vacancy: VacancyId,
    /// merge: the vacancy that answers for it from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    merged_into: Option<VacancyId>,
    /// split: the vacancy it was part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    split_from: Option<VacancyId>,
    /// upsert: new, changed or reopened; close: deadline, source_closed, absent …; withdraw: hold or reject.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The vacancy as it is now (`include=vacancy`).
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<VacancyView>,
}

/// The cursor after the newest change.
pub(super) async fn cursor_now(world: &World) -> Result<String, Problem> {
    Ok(cursor::write(Of::Changes, world.store.last_event().await?))
}

/// Changes since a cursor. Ask again with `next`; it may be kept for as long as the hub lives.
#[utoipa::path(get, path = "/v1/changes", operation_id = "listChanges", tag = "changes", params(ChangesParams), responses(
    (status = 200, description = "Changes", body = Changes),
    (status = 400, description = "A parameter cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 410, description = "The cursor is of another store: read /v1/vacancies anew", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Params(params): Params<ChangesParams>,
) -> Result<Json<Changes>, Problem> {
    let limit = query::limit(params.limit)?;
    let since = match query::given(params.since.as_ref()) {
        None | Some("0") => 0,
        Some(text) => cursor::read(Of::Changes, "since", text)?,
    };
    let mut events = api.world.store.events(since, limit + 1).await?;
    if events.is_empty() && since > api.world.store.last_event().await? {
        let detail = "this cursor lies ahead of the feed, so it is of another store: read /v1/vacancies anew and go on from its `changes`";
        return Err(Problem::new(410, "foreign_cursor", "This cursor is not of this feed", detail));
    }
    let more = events.len() as i64 > limit;
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = cursor::write(Of::Changes, events.last().map_or(since, |event| event.seq));
    let records = if params.include.is_some() { records(&api.world, &events).await? } else { BTreeMap::new() };
    let changes = events.into_iter().map(|event| change(event, &records)).collect();
    Ok(Json(Changes { changes, next, more }))
}

/// The vacancies of events as they are now, where they may be shown.
async fn records(world: &World, events: &[Event]) -> Result<BTreeMap<i64, VacancyView>, Problem> {
    let ids: Vec<i64> = events.iter().map(|event| event.vacancy).collect::<BTreeSet<_>>().into_iter().collect();
    let mut rows = world.store.vacancies(&ids).await?;
    rows.retain(|row| row.verdict == "publish" && row.state != "merged");
    let views = view_vacancies(world, rows, Audience::Public, false).await?;
    Ok(views.into_iter().map(|view| (view.id.0, view)).collect())
}

fn change(event: Event, records: &BTreeMap<i64, VacancyView>) -> Change {
    let other = event.other.map(VacancyId);
    Change {
        cursor: cursor::write(Of::Changes, event.seq),
        at: time(event.at_ms),
        merged_into: other.filter(|_| event.kind == "merge"),
        split_from: other.filter(|_| event.kind == "split"),
        kind: event.kind,
        vacancy: VacancyId(event.vacancy),
        reason: event.reason,
        record: records.get(&event.vacancy).cloned(),
    }
}
