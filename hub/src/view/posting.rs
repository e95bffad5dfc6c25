//! A posting as an operator sees it: canonical fields with how each was read, findings, earlier versions, the page and
//! position it came from. Its contact is masked; [`reveal_contact`] is the one way to it.

use serde::Serialize;
use store::StoreError;
use store::posting::Posting as PostingRow;

use super::{Job, PostingId, VacancyId, body_of, job::word, source_name, time};
use crate::people::{Actor, audit};
use crate::world::World;

/// One source's posting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PostingView {
    /// Stable id.
    pub id: PostingId,
    /// Name of its source.
    pub source: String,
    /// The source's own id.
    pub external_id: String,
    /// Vacancy it belongs to.
    pub vacancy: VacancyId,
    /// open, unconfirmed or closed.
    pub state: String,
    /// Why it is closed or unconfirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// publish, hold or reject.
    pub verdict: String,
    /// Whether its detail page was read: none, pending, read or gone.
    pub detail: String,
    /// Complete lists in a row that did not have it.
    pub absences: i64,
    /// 1, 2, 3 …
    pub version: i64,
    /// When it was first seen.
    pub first_seen: String,
    /// When what it says last changed.
    pub changed: String,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    /// Canonical fields.
    pub job: Job,
    /// How they were read.
    pub provenance: Vec<ProvenanceView>,
    /// What is wrong or doubtful.
    pub findings: Vec<FindingView>,
    /// The four verification steps, in order (not in lists).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<crate::linked::stages::StepView>,
    /// Personal data: only that there is some, unless it was revealed.
    pub contact: ContactView,
    /// The page its current version came from.
    pub page: PageView,
    /// What it said before, newest first (not in lists).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionView>,
}

/// How a field was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvenanceView {
    /// Canonical field.
    pub field: String,
    /// The source's text, personal data masked.
    pub raw: String,
    /// The rule that read it.
    pub rule: String,
    /// Thousandths.
    pub confidence: u16,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// Rule id.
    pub rule: String,
    /// Field.
    pub field: String,
    /// none, lowers, reviews, holds or rejects.
    pub effect: String,
    /// The words it rests on, personal data masked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub span: String,
    /// Law article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}

/// Where a version came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PageView {
    /// Page id in the store.
    pub id: i64,
    /// 0-based position on it.
    pub position: i64,
    /// What was asked, secrets left out; absent once the page was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched: Option<String>,
    /// Run that read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
}

/// An earlier version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionView {
    /// 1, 2, 3 …
    pub version: i64,
    /// Until when the source said so.
    pub until: String,
    /// Page it came from.
    pub page: i64,
    /// Position on that page.
    pub position: i64,
    /// Fields in which it differs from the version after it.
    pub differs: Vec<String>,
    /// Canonical fields.
    pub job: Job,
}

/// Personal data of a posting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContactView {
    /// Whether there is any.
    pub kept: bool,
    /// The data, when it was revealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revealed: Option<normalizer::Contact>,
}

/// One posting with its page, versions and whether a contact is kept; `None` when there is none of that id.
///
/// # Errors
/// When the store fails, or a body is damaged.
pub async fn load_posting(world: &World, id: PostingId) -> Result<Option<PostingView>, StoreError> {
    let Some(row) = world.store.posting(id.0).await? else { return Ok(None) };
    let mut view = view(world, &row)?;
    view.steps = crate::linked::stages::steps_of(world, &row, &body_of(&row)?).await?;
    view.contact.kept = world.store.contact(id.0).await?.is_some();
    if let Some(page) = world.store.page(row.page).await? {
        view.page.url = serde_json::from_str::<adapters::Ask>(&page.ask).ok().map(|ask| ask.url);
        view.page.fetched = Some(time(page.fetched_ms));
        view.page.run = Some(page.run);
    }
    let mut after = serde_json::to_value(&view.job).unwrap_or_default();
    for version in world.store.versions(id.0).await? {
        let earlier = PostingRow { body: version.body, ..row.clone() };
        let job = Job::from(body_of(&earlier)?.posting);
        let now = serde_json::to_value(&job).unwrap_or_default();
        view.versions.push(VersionView {
            version: version.version,
            until: time(version.until_ms),
            page: version.page,
            position: version.position,
            differs: differing(&now, &after),
            job,
        });
        after = now;
    }
    Ok(Some(view))
}

/// Postings without pages, versions and contacts, in the order of `rows`.
///
/// # Errors
/// When a body is damaged.
pub fn view_postings(world: &World, rows: &[PostingRow]) -> Result<Vec<PostingView>, StoreError> {
    rows.iter().map(|row| view(world, row)).collect()
}

/// The contact of a posting, for somebody who says why. Who and why are in the audit log before anything is read; the
/// data never is.
///
/// # Errors
/// When the store fails or the record is damaged.
pub async fn reveal_contact(
    world: &World,
    actor: &Actor,
    id: PostingId,
    purpose: &str,
) -> Result<Option<normalizer::Contact>, StoreError> {
    let tx = world.store.write().await?;
    let detail = serde_json::json!({ "purpose": purpose });
    let at_ms = world.clock.now().timestamp_millis();
    audit::record(&tx, at_ms, actor, "contact.read", &format!("posting:{id}"), &detail).await?;
    tx.commit().await?;
    let Some(text) = world.store.contact(id.0).await? else { return Ok(None) };
    // the parser's message could quote the record
    let damaged =
        |_| StoreError::Corrupt { table: "contact", id: id.to_string(), what: "not a contact record".to_owned() };
    serde_json::from_str(&text).map(Some).map_err(damaged)
}

fn view(world: &World, row: &PostingRow) -> Result<PostingView, StoreError> {
    let body = body_of(row)?;
    let provenance = body.posting.provenance.iter().map(|p| ProvenanceView {
        field: p.field.to_string(),
        raw: p.raw.clone(),
        rule: p.rule.to_string(),
        confidence: p.confidence,
    });
    let findings = body.findings.iter().map(|f| FindingView {
        rule: f.rule.to_string(),
        field: f.field.to_string(),
        effect: word(&f.effect),
        span: f.span.clone(),
        article: f.article.as_ref().map(ToString::to_string),
    });
    Ok(PostingView {
        id: PostingId(row.id),
        source: source_name(world, row.source).to_owned(),
        external_id: row.external_id.clone(),
        vacancy: VacancyId(row.vacancy),
        state: row.state.clone(),
        reason: row.reason.clone(),
        verdict: row.verdict.clone(),
        detail: row.detail.clone(),
        absences: row.absences,
        version: row.version,
        first_seen: time(row.first_seen_ms),
        changed: time(row.changed_ms),
        closed: row.closed_ms.map(time),
        provenance: provenance.collect(),
        findings: findings.collect(),
        steps: Vec::new(),
        contact: ContactView::default(),
        page: PageView { id: row.page, position: row.position, ..PageView::default() },
        versions: Vec::new(),
        job: Job::from(body.posting),
    })
}

/// Names of the fields in which two records differ.
fn differing(a: &serde_json::Value, b: &serde_json::Value) -> Vec<String> {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return Vec::new() };
    let mut fields: Vec<String> = a.keys().chain(b.keys()).filter(|k| a.get(*k) != b.get(*k)).cloned().collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_name_the_fields_in_which_they_differ() {
        let differ = |a, b| differing(&a, &b);
        use serde_json::json;
        assert_eq!(differ(json!({"title": "a", "url": "x"}), json!({"title": "b", "url": "x"})), ["title"]);
        assert_eq!(differ(json!({"title": "a"}), json!({"title": "a", "url": "x"})), ["url"]);
        assert!(differ(json!({"title": "a"}), json!({"title": "a"})).is_empty());
    }
}
