//! `/v1/vacancies` and `/v1/vacancies/{id}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use store::vacancy::Search;
use utoipa::{IntoParams, ToSchema};

use super::cursor::{self, Of};
use super::problem::{Problem, Reason};
use super::query::{self, Params};
use super::{Api, changes};
use crate::linked::training::{self, TrainingCourse};
use crate::view::{Audience, Found, VacancyId, VacancyView, load_vacancy, view_vacancies};

/// What may be added to the vacancies of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Include {
    /// Which posting gave each field, and by which rule.
    Provenance,
}

/// What may be added to one vacancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum IncludeOne {
    /// Which posting gave each field, and by which rule.
    Provenance,
    /// Training courses that lead to it.
    Training,
}

impl IncludeOne {
    fn name(self) -> &'static str {
        match self {
            IncludeOne::Provenance => "provenance",
            IncludeOne::Training => "training",
        }
    }
}

/// States to choose by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateFilter {
    /// Published, applications begin later.
    Scheduled,
    /// One can apply.
    Open,
    /// Probably filled.
    SuspectedFilled,
    /// Missing from its sources' last lists.
    SuspectedStale,
    /// One cannot apply any more.
    Closed,
}

impl StateFilter {
    fn name(self) -> &'static str {
        match self {
            StateFilter::Scheduled => "scheduled",
            StateFilter::Open => "open",
            StateFilter::SuspectedFilled => "suspected_filled",
            StateFilter::SuspectedStale => "suspected_stale",
            StateFilter::Closed => "closed",
        }
    }
}

/// How to choose vacancies; all that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// Words that must all be in title or company; at most 8 words and 100 characters.
    #[param(example = "간호 강남")]
    q: Option<String>,
    /// Administrative code: 2 digits (시도) or 5 (시군구).
    #[param(example = "11")]
    region: Option<String>,
    /// KECO code or its beginning, 1 to 6 digits.
    #[param(example = "30")]
    occupation: Option<String>,
    /// State; left out = all that are not closed.
    #[param(inline)]
    state: Option<StateFilter>,
    /// `next` of the page before.
    after: Option<String>,
    /// Vacancies of a page, 1 to 1000; left out = 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// `provenance` adds which posting gave each field.
    #[param(inline)]
    include: Option<Include>,
}

/// What may be added to one vacancy.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ShowParams {
    /// `provenance` adds which posting gave each field, `training` the courses that lead to it.
    #[param(inline)]
    include: Option<IncludeOne>,
}

/// A page of vacancies, in the order of their ids.
#[derive(Serialize, ToSchema)]
pub(super) struct VacancyPage {
    /// The vacancies.
    vacancies: Vec<VacancyView>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// `since` for `/v1/changes`: whoever reads all pages and then the changes since the *first* page's value misses nothing.
    changes: String,
}

/// Where a merged vacancy went.
#[derive(Serialize, ToSchema)]
pub(super) struct Moved {
    /// The id that was asked for.
    #[schema(value_type = String)]
    id: VacancyId,
    /// The id that answers for it now.
    #[schema(value_type = String)]
    merged_into: VacancyId,
}

/// Published vacancies, page by page.
#[utoipa::path(get, path = "/v1/vacancies", operation_id = "listVacancies", tag = "vacancies", params(ListParams), responses(
    (status = 200, description = "A page", body = VacancyPage),
    (status = 400, description = "A parameter cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Arc<Api>>, Params(params): Params<ListParams>) -> Result<Response, Problem> {
    let limit = query::limit(params.limit)?;
    let search = Search {
        words: query::words(params.q.as_ref())?,
        region: region(params.region.as_ref())?,
        occupation: query::code("occupation", params.occupation.as_ref(), 1..=6)?,
        state: params.state.map(|state| state.name().to_owned()),
        unpublished: false,
        after: query::given(params.after.as_ref())
            .map(|text| cursor::read(Of::Vacancies, "after", text))
            .transpose()?,
        limit: limit + 1,
    };
    // read before the vacancies: a change between the two is seen twice rather than never
    let changes = changes::cursor_now(&api.world).await?;
    let mut rows = api.world.store.search(&search).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| cursor::write(Of::Vacancies, row.id));
    let vacancies = view_vacancies(&api.world, rows, Audience::Public, params.include.is_some()).await?;
    Ok(Json(VacancyPage { vacancies, next, changes }).into_response())
}

/// One vacancy.
#[utoipa::path(get, path = "/v1/vacancies/{id}", operation_id = "getVacancy", tag = "vacancies",
    params(("id" = String, Path, description = "Id of the vacancy", example = "v00c0ffee00c0ffee"), ShowParams,
        ("If-None-Match" = Option<String>, Header, description = "ETag of the copy the caller has")),
    responses(
        (status = 200, description = "The vacancy", body = VacancyView, headers(("ETag" = String, description = "Strong: its version and a hash of the answer"))),
        (status = 301, description = "It was merged into another", body = Moved, headers(("Location" = String, description = "Address of the survivor"))),
        (status = 304, description = "The caller's copy is current"),
        (status = 404, description = "There never was one", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "It must not be shown; says why, not what it was", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Params(params): Params<ShowParams>,
) -> Result<Response, Problem> {
    let provenance = params.include == Some(IncludeOne::Provenance);
    let id: VacancyId = id.parse().map_err(|_| unknown())?;
    match load_vacancy(&api.world, id, Audience::Public, provenance).await? {
        Found::Here(mut view) => {
            if params.include == Some(IncludeOne::Training) {
                view.training = Some(courses(&api, id).await?);
            }
            Ok(answer(&view, headers.get(header::IF_NONE_MATCH)))
        }
        Found::Moved(survivor) => Ok(moved(id, survivor, params.include)),
        Found::Withheld(withheld) => {
            let mut problem = Problem::new(
                410,
                "withheld",
                "This vacancy must not be shown",
                "drop what you have of it; /v1/changes says when it is back",
            );
            problem.reason = Some(match withheld.reason.as_str() {
                "hold" => Reason::Hold,
                "empty" => Reason::Empty,
                _ => Reason::Reject,
            });
            problem.rules = withheld.rules.into();
            problem.articles = withheld.articles.into();
            Err(problem)
        }
        Found::Nowhere => Err(unknown()),
    }
}

/// Courses that lead to a vacancy that is shown.
async fn courses(api: &Api, id: VacancyId) -> Result<Vec<TrainingCourse>, Problem> {
    let row = api.world.store.vacancy(id.0).await?;
    let (occupation, region) = row.map_or((None, None), |v| (v.occupation, v.region));
    Ok(training::courses_for(&api.world, occupation.as_deref(), region.as_deref()).await?)
}

/// 2 digits or 5: there are no codes between.
fn region(text: Option<&String>) -> Result<Option<String>, Problem> {
    let code = query::code("region", text, 2..=5)?;
    if code.as_ref().is_some_and(|code| code.len() != 2 && code.len() != 5) {
        return Err(Problem::parameter("region", "`region` must be a code of 2 or 5 digits"));
    }
    Ok(code)
}

fn unknown() -> Problem {
    Problem::new(
        404,
        "unknown_vacancy",
        "There never was such a vacancy",
        "ids are `v` and 16 hexadecimal digits, as /v1/vacancies gives them",
    )
}

fn answer(view: &VacancyView, known: Option<&HeaderValue>) -> Response {
    let body = serde_json::to_vec(view).unwrap_or_default();
    let etag = format!("\"{}-{:016x}\"", view.version, xxhash_rust::xxh3::xxh3_64(&body));
    let same = known.and_then(|k| k.to_str().ok()).is_some_and(|known| matches(known, &etag));
    let tag = HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\""));
    if same {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let json = HeaderValue::from_static("application/json");
    ([(header::ETAG, tag), (header::CONTENT_TYPE, json)], body).into_response()
}

/// Whether an If-None-Match names a tag (weak comparison, RFC 9110 13.1.2).
fn matches(known: &str, etag: &str) -> bool {
    known.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

fn moved(id: VacancyId, survivor: VacancyId, include: Option<IncludeOne>) -> Response {
    let query = include.map(|what| format!("?include={}", what.name())).unwrap_or_default();
    let place = format!("/v1/vacancies/{survivor}{query}");
    let location = HeaderValue::from_str(&place).unwrap_or(HeaderValue::from_static("/v1/vacancies"));
    let body = Json(Moved { id, merged_into: survivor });
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_none_match_takes_lists_stars_and_weak_tags() {
        let etag = "\"3-00c0ffee00c0ffee\"";
        for (known, want) in [
            (etag, true),
            ("W/\"3-00c0ffee00c0ffee\"", true),
            ("\"1-0\", \"3-00c0ffee00c0ffee\"", true),
            ("*", true),
            ("\"2-00c0ffee00c0ffee\"", false),
            ("3-00c0ffee00c0ffee", false),
            ("", false),
        ] {
            assert_eq!(matches(known, etag), want, "{known}");
        }
    }

    #[test]
    fn region_codes_have_two_or_five_digits() {
        for (text, good) in [("11", true), ("11680", true), ("116", false), ("1168", false), ("서울", false)] {
            assert_eq!(region(Some(&text.to_owned())).is_ok(), good, "{text}");
        }
    }
}
