//! A vacancy as consumers see it: its golden record, the postings it is made of, and the ids that lead to it.
//! Lists are read in batches: a fixed number of queries, however many vacancies.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::StoreError;
use store::posting::Posting as PostingRow;
use store::vacancy::Vacancy;
use utoipa::ToSchema;

use super::{Audience, Job, PostingId, VacancyId, body_of, source_name, time};
use crate::lifecycle::state;
use crate::linked::placement::{self, Hired};
use crate::linked::training::TrainingCourse;
use crate::pipeline::Body;
use crate::review::standing::Words;
use crate::world::World;

/// Trust of a source that is not in the catalog any more, thousandths.
const TRUST_UNKNOWN: u16 = 500;
/// Scope of an agreement under which only title, facts and the link may be shown.
const LINK_ONLY: &str = "link_only";
/// Whose word a value is that a steward typed.
const STEWARD: &str = "steward";
/// What such a source's texts may not fill.
const TEXTS: [&str; 3] = ["description", "qualifications", "job_benefits"];

/// A vacancy: one job, however many portals carry it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VacancyView {
    /// Stable id; never reused.
    #[schema(value_type = String, example = "v00c0ffee00c0ffee")]
    pub id: VacancyId,
    /// 1, 2, 3 … with each change of the record.
    pub version: i64,
    /// scheduled, open, suspected_filled, suspected_stale or closed.
    pub state: String,
    /// Why it is closed or suspected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when it is in this state.
    #[schema(format = DateTime)]
    pub state_since: String,
    /// When its first posting was first seen.
    #[schema(format = DateTime)]
    pub founded: String,
    /// Last change of the record.
    #[schema(format = DateTime)]
    pub changed: String,
    /// publish, hold or reject.
    pub verdict: String,
    /// The record: each field from the posting that says it best.
    pub job: Job,
    /// Which posting gave each field, and by which rule (`include=provenance`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Vec<Because>>,
    /// What linked systems know of who was hired for it, counts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hired: Option<Hired>,
    /// Courses that lead to it, best first (`include=training`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<Vec<TrainingCourse>>,
    /// The postings it is made of, oldest first.
    pub postings: Vec<MemberView>,
    /// Ids that were merged into it and redirect here.
    #[schema(value_type = Vec<String>)]
    pub merged: Vec<VacancyId>,
}

/// Where one field of the record comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Because {
    /// Field of `job`.
    pub field: String,
    /// The posting that gave it.
    #[schema(value_type = String, example = "p00c0ffee00c0ffee")]
    pub posting: PostingId,
    /// Its source.
    pub source: String,
    /// The rule, in a few words.
    pub rule: String,
}

/// A posting of a vacancy, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberView {
    /// Stable id.
    #[schema(value_type = String, example = "p00c0ffee00c0ffee")]
    pub id: PostingId,
    /// Name of its source.
    pub source: String,
    /// The source's own id.
    pub external_id: String,
    /// The page a person reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// open, unconfirmed or closed.
    pub state: String,
    /// Why it is closed or unconfirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// publish, hold or reject.
    pub verdict: String,
    /// When it was first seen.
    #[schema(format = DateTime)]
    pub first_seen: String,
    /// When what it says last changed.
    #[schema(format = DateTime)]
    pub changed: String,
}

/// Why a vacancy may not be shown; never says what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// `hold`, `reject`, or `empty` when no posting is left in it.
    pub reason: String,
    /// Ids of the rules that hold or reject its postings.
    pub rules: Vec<String>,
    /// Law articles they rest on.
    pub articles: Vec<String>,
}

/// What a look-up by id comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It is here.
    Here(Box<VacancyView>),
    /// It was merged: this one answers for it.
    Moved(VacancyId),
    /// It is there, and this audience may not see it.
    Withheld(Withheld),
    /// There never was one.
    Nowhere,
}

/// One vacancy by id.
///
/// # Errors
/// When the store fails.
pub async fn load_vacancy(
    world: &World,
    id: VacancyId,
    audience: Audience,
    provenance: bool,
) -> Result<Found, StoreError> {
    let Some(row) = world.store.vacancy(id.0).await? else { return Ok(Found::Nowhere) };
    if row.state == "merged" {
        return Ok(world.store.survivor(id.0).await?.map_or(Found::Nowhere, |id| Found::Moved(VacancyId(id))));
    }
    if audience == Audience::Public && row.verdict != "publish" {
        return withheld(world, &row).await.map(Found::Withheld);
    }
    let mut views = view_vacancies(world, vec![row], audience, provenance).await?;
    for view in &mut views {
        view.hired = placement::hired(world, view).await?;
    }
    let empty = Withheld { reason: "empty".to_owned(), rules: Vec::new(), articles: Vec::new() };
    Ok(views.pop().map_or(Found::Withheld(empty), |view| Found::Here(Box::new(view))))
}

/// Why a vacancy is not shown.
///
/// # Errors
/// When the store fails.
pub async fn withheld(world: &World, row: &Vacancy) -> Result<Withheld, StoreError> {
    let members: Vec<i64> = world.store.postings_of(row.id).await?.iter().map(|p| p.id).collect();
    let mut rules = BTreeSet::new();
    let mut articles = BTreeSet::new();
    for finding in world.store.findings_of_all(&members).await? {
        if matches!(finding.effect.as_str(), "holds" | "rejects") {
            rules.insert(finding.rule);
            articles.extend(finding.article);
        }
    }
    if !world.store.kept_back_by_coherence(&members).await?.is_empty() {
        rules.insert("COH".to_owned());
    }
    Ok(Withheld {
        reason: row.verdict.clone(),
        rules: rules.into_iter().collect(),
        articles: articles.into_iter().collect(),
    })
}

/// Vacancies with all that belongs to them, in the order of `rows`; those without a posting this audience may see are left out.
///
/// # Errors
/// When the store fails, or a posting's body is damaged.
pub async fn view_vacancies(
    world: &World,
    rows: Vec<Vacancy>,
    audience: Audience,
    provenance: bool,
) -> Result<Vec<VacancyView>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|v| v.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut groups: BTreeMap<i64, Vec<(PostingRow, Body)>> = BTreeMap::new();
    // a value that a steward fixed is the vacancy's, whatever becomes of the posting it was noted at
    let mut members: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for posting in world.store.postings_of_all(&ids).await? {
        members.entry(posting.vacancy).or_default().push(posting.id);
        if audience == Audience::Operator || posting.verdict == "publish" {
            let body = body_of(&posting)?;
            groups.entry(posting.vacancy).or_default().push((posting, body));
        }
    }
    let mut merged: BTreeMap<i64, Vec<VacancyId>> = BTreeMap::new();
    for (old, survivor) in world.store.redirected_to_all(&ids).await? {
        merged.entry(survivor).or_default().push(VacancyId(old));
    }
    let link_only = link_only(world).await?;
    let all: Vec<i64> = members.values().flatten().copied().collect();
    let words = Words::picks_of(&world.store, &all).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let group = groups.remove(&row.id)?;
            let merged = merged.remove(&row.id).unwrap_or_default();
            let picks = words.picks(members.remove(&row.id).unwrap_or_default());
            Some(view(world, row, &group, merged, &link_only, provenance, &picks))
        })
        .collect())
}

/// Sources whose texts may not be shown.
async fn link_only(world: &World) -> Result<BTreeSet<i64>, StoreError> {
    let agreements = world.store.agreements().await?;
    Ok(agreements.into_iter().filter(|a| a.scope == LINK_ONLY).map(|a| a.source).collect())
}

fn view(
    world: &World,
    row: Vacancy,
    group: &[(PostingRow, Body)],
    merged: Vec<VacancyId>,
    link_only: &BTreeSet<i64>,
    provenance: bool,
    picks: &[dedup::Pick],
) -> VacancyView {
    let mut golden = golden(world, group, picks);
    let source_of = |id: i64| group.iter().find(|(p, _)| p.id == id).map_or(0, |(p, _)| p.source);
    for because in golden.because.iter().filter(|b| link_only.contains(&source_of(b.posting))) {
        match because.field.as_ref() {
            "description" => golden.posting.description = None,
            "qualifications" => golden.posting.qualifications = None,
            "job_benefits" => golden.posting.job_benefits = None,
            _ => {}
        }
    }
    golden.because.retain(|b| {
        let hidden = TEXTS.contains(&b.field.as_ref()) && link_only.contains(&source_of(b.posting));
        // the state of a vacancy is not any one posting's
        !hidden && b.field != "status"
    });
    let because = provenance.then(|| {
        golden
            .because
            .iter()
            .map(|b| Because {
                field: b.field.to_string(),
                posting: PostingId(b.posting),
                // a value that a steward typed is no posting's
                source: if b.posting == 0 { STEWARD } else { source_name(world, source_of(b.posting)) }.to_owned(),
                rule: b.rule.to_string(),
            })
            .collect()
    });
    VacancyView {
        hired: None,
        training: None,
        id: VacancyId(row.id),
        version: row.version,
        state: row.state,
        reason: row.reason,
        state_since: time(row.state_since_ms),
        founded: time(row.founded_ms),
        changed: time(row.changed_ms),
        verdict: row.verdict,
        job: Job::from(golden.posting),
        because,
        postings: group.iter().map(|(posting, body)| member(world, posting, body)).collect(),
        merged,
    }
}

/// The record of a group: of the postings that may be shown, or of all where none may; stewards' picks hold.
fn golden(world: &World, group: &[(PostingRow, Body)], picks: &[dedup::Pick]) -> dedup::Golden {
    let shown = group.iter().any(|(p, _)| p.verdict == "publish");
    let members: Vec<dedup::Member<'_>> = group
        .iter()
        .filter(|(p, _)| !shown || p.verdict == "publish")
        .map(|(p, body)| {
            let (source, trust) =
                world.trust.get(&p.source).map_or(("", TRUST_UNKNOWN), |(name, t)| (name.as_str(), *t));
            let open = p.state != state::CLOSED;
            dedup::Member { id: p.id, source, trust, posting: &body.posting, changed_ms: p.changed_ms, open }
        })
        .collect();
    dedup::golden_picked(&members, picks)
}

pub(super) fn member(world: &World, posting: &PostingRow, body: &Body) -> MemberView {
    MemberView {
        id: PostingId(posting.id),
        source: source_name(world, posting.source).to_owned(),
        external_id: posting.external_id.clone(),
        url: body.posting.url.clone(),
        state: posting.state.clone(),
        reason: posting.reason.clone(),
        verdict: posting.verdict.clone(),
        first_seen: time(posting.first_seen_ms),
        changed: time(posting.changed_ms),
    }
}
