//! How much of what came may be shown, and what speaks against the rest: per run, per round of runs, per source.

use std::collections::BTreeMap;

use serde::Serialize;
use store::StoreError;

use crate::pipeline::Counts;
use crate::view::PostingSums;
use crate::world::World;

/// The share that may be shown, and the reasons against the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Shown {
    /// Postings judged.
    pub judged: i64,
    /// Of these, those that may be shown.
    pub published: i64,
    /// Kept back until something is cleared.
    pub held: i64,
    /// Must not be shown.
    pub rejected: i64,
    /// Published of judged, 0 to 1; absent where nothing was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Rules that spoke against postings (with reviews, holds or rejects), most postings first.
    pub reasons: Vec<Reason>,
}

/// A rule and how many postings it spoke against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Rule id.
    pub rule: String,
    /// reviews, holds or rejects.
    pub effect: String,
    /// Postings.
    pub postings: i64,
}

impl Shown {
    fn new(published: i64, held: i64, rejected: i64, reasons: Vec<Reason>) -> Shown {
        let judged = published + held + rejected;
        let share = (judged > 0).then(|| (published as f64 / judged as f64 * 10_000.0).round() / 10_000.0);
        Shown { judged, published, held, rejected, share, reasons }
    }

    /// From what became of the new and changed rows of runs, and the reasons they noted.
    pub fn of_counts(counts: &Counts, reasons: Vec<store::verdict::Reason>) -> Shown {
        let n = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let reasons =
            reasons.into_iter().map(|r| Reason { rule: r.rule, effect: r.effect, postings: r.postings }).collect();
        Shown::new(n(counts.published + counts.merged), n(counts.held), n(counts.rejected), reasons)
    }
}

/// Of each source's postings that are not closed, by the source's number. Two queries.
///
/// # Errors
/// When the store fails.
pub async fn shown_by_source(world: &World) -> Result<BTreeMap<i64, Shown>, StoreError> {
    let mut sums: BTreeMap<i64, PostingSums> = BTreeMap::new();
    for row in world.store.posting_counts().await? {
        sums.entry(row.source).or_default().add(&row.state, &row.verdict, row.count);
    }
    let mut reasons: BTreeMap<i64, Vec<Reason>> = BTreeMap::new();
    for (source, rule, effect, postings) in world.store.reasons_by_source().await? {
        reasons.entry(source).or_default().push(Reason { rule, effect, postings });
    }
    Ok(sums
        .into_iter()
        .map(|(source, sum)| {
            let reasons = reasons.remove(&source).unwrap_or_default();
            (source, Shown::new(sum.published, sum.held, sum.rejected, reasons))
        })
        .collect())
}
