//! Sources and runs as people and programs see them: counts, freshness, what the last run came to.
//! A run's error text stays with the operator: it may name hosts and addresses.

use std::collections::BTreeMap;

use serde::Serialize;
use store::StoreError;
use store::run::Run;
use utoipa::ToSchema;

use super::time;
use crate::pipeline::Counts;
use crate::world::World;

/// A source: a portal, or a linked system.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SourceView {
    /// Name, as in every other answer.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// public, local, private or linked.
    pub class: String,
    /// posting or signal.
    pub entity: String,
    /// Whether an operator paused it.
    pub paused: bool,
    /// When the last complete run began; postings are as new as this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub fresh: Option<String>,
    /// Seconds since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<i64>,
    /// When it is due next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub next_due: Option<String>,
    /// Its postings, by state and verdict.
    pub postings: PostingSums,
    /// Its last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RunView>,
}

/// How many postings a source has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PostingSums {
    /// All ever seen.
    pub all: i64,
    /// One can apply.
    pub open: i64,
    /// Missing from the last complete list.
    pub unconfirmed: i64,
    /// One cannot.
    pub closed: i64,
    /// Not closed, and may be shown.
    pub published: i64,
    /// Not closed, kept back until something is cleared.
    pub held: i64,
    /// Not closed, must not be shown.
    pub rejected: i64,
}

impl PostingSums {
    /// Adds a row of counts.
    pub fn add(&mut self, state: &str, verdict: &str, count: i64) {
        self.all += count;
        match state {
            "open" | "scheduled" => self.open += count,
            // missing or suspected: shown, in doubt
            "unconfirmed" | "suspected_stale" | "suspected_filled" => self.unconfirmed += count,
            _ => {
                self.closed += count;
                return;
            }
        }
        match verdict {
            "publish" => self.published += count,
            "hold" => self.held += count,
            _ => self.rejected += count,
        }
    }
}

/// One sync of one source.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunView {
    /// Id, growing.
    pub id: i64,
    /// Name of the source.
    pub source: String,
    /// full or incremental.
    pub kind: String,
    /// running, waiting, complete, partial, guarded or failed.
    pub state: String,
    /// When it began.
    #[schema(format = DateTime)]
    pub began: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ended: Option<String>,
    /// Until when a quota or a Retry-After makes it wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub waits_until: Option<String>,
    /// What became of its rows, by name.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub counts: Counts,
    /// Why it is not complete, from its certificate.
    pub reasons: Vec<String>,
}

/// A run for the public: without the text of its error.
pub fn view_run(source: &str, run: &Run) -> RunView {
    let certificate: serde_json::Value =
        run.certificate.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let reasons = certificate.get("reasons").and_then(|r| serde_json::from_value(r.clone()).ok()).unwrap_or_default();
    RunView {
        id: run.id,
        source: source.to_owned(),
        kind: run.kind.clone(),
        state: run.state.clone(),
        began: time(run.as_of_ms),
        ended: run.ended_ms.map(time),
        waits_until: run.wait_until_ms.map(time),
        counts: serde_json::from_str(&run.counts).unwrap_or_default(),
        reasons,
    }
}

/// All sources in the store, by name. Four queries, one of which counts all postings.
///
/// # Errors
/// When the store fails.
pub async fn load_sources(world: &World) -> Result<Vec<SourceView>, StoreError> {
    let now_ms = world.clock.now().timestamp_millis();
    let mut sums: BTreeMap<i64, PostingSums> = BTreeMap::new();
    for row in world.store.posting_counts().await? {
        sums.entry(row.source).or_default().add(&row.state, &row.verdict, row.count);
    }
    let mut runs: BTreeMap<i64, Run> =
        world.store.last_runs().await?.into_iter().map(|run| (run.source, run)).collect();
    let rows = world.store.sources().await?;
    Ok(rows
        .into_iter()
        .map(|row| SourceView {
            postings: sums.get(&row.number).copied().unwrap_or_default(),
            last_run: runs.remove(&row.number).map(|run| view_run(&row.name, &run)),
            fresh: row.watermark_ms.map(time),
            age_seconds: row.watermark_ms.map(|ms| (now_ms - ms).max(0) / 1000),
            next_due: row.next_due_ms.map(time),
            paused: row.paused.is_some(),
            name: row.name,
            title: row.title,
            class: row.class,
            entity: row.entity,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_postings_are_not_counted_as_shown() {
        let mut sums = PostingSums::default();
        for (state, verdict, count) in
            [("open", "publish", 5), ("unconfirmed", "hold", 2), ("closed", "publish", 9), ("open", "reject", 1)]
        {
            sums.add(state, verdict, count);
        }
        let want = PostingSums { all: 17, open: 6, unconfirmed: 2, closed: 9, published: 5, held: 2, rejected: 1 };
        assert_eq!(sums, want);
    }
}
