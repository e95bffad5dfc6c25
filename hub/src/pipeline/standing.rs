//! What the rows of a batch mean for the life of their postings: evidence of what they say now, weighed with what stands
//! about them already.

use normalizer::Posting;
use rustc_hash::FxHashMap;
use store::StoreError;
use store::Tx;
use store::posting::{Known, Standing};

use super::intake::Keep;
use super::settle::Judge;
use crate::lifecycle::evidence::{Evidence, Kind, New, Said, outcome};
use crate::lifecycle::stand::{Closed, belief, end_of, facts, said_of};
use crate::lifecycle::{At, Rules, Verdict, fuse, reason, state};

/// Days ahead a first day to apply is believed.
const OPENS_DAYS_MAX: i64 = 60;

/// Judges the postings of a batch.
pub(super) struct Lives<'a> {
    rules: &'a Rules,
    at: At,
    source: i64,
    clock_fits: bool,
    /// Of postings that were known before.
    standing: FxHashMap<i64, Standing>,
    said: FxHashMap<i64, Vec<Evidence>>,
    news: Vec<store::evidence::Evidence>,
    beliefs: Vec<store::history::Belief>,
    ended: Vec<Closed>,
}

impl<'a> Lives<'a> {
    /// Loads what stands about those of `ids` that are known.
    pub(super) async fn load(
        tx: &Tx,
        judge: &'a Judge<'_>,
        source: i64,
        clock_fits: bool,
        known: &FxHashMap<i64, Known>,
        ids: impl Iterator<Item = i64>,
    ) -> Result<Lives<'a>, StoreError> {
        let before: Vec<i64> = ids.filter(|id| known.contains_key(id)).collect();
        let rows = if before.is_empty() { Vec::new() } else { tx.standings(&before).await? };
        let said = if rows.is_empty() { FxHashMap::default() } else { said_of(tx, &rows, judge.as_of_ms).await? };
        Ok(Lives {
            rules: &judge.rules,
            at: At { as_of_ms: judge.as_of_ms, run: judge.run },
            source,
            clock_fits,
            standing: rows.into_iter().map(|row| (row.id, row)).collect(),
            said,
            news: Vec::new(),
            beliefs: Vec::new(),
            ended: Vec::new(),
        })
    }

    /// Whether a row whose content did not change says nothing new of the life of its posting either.
    pub(super) fn says_nothing_new(&self, known: &Known, closed: Option<&'static str>) -> bool {
        let own = [reason::SOURCE_CLOSED, reason::DEADLINE, reason::PROBE];
        let said = known.reason.as_deref().filter(|r| own.contains(r));
        let closed = closed.filter(|why| self.clock_fits || *why != reason::DEADLINE);
        match closed {
            Some(_) => known.state == state::CLOSED,
            // closed for a reason that is not the row's own: the row cannot undo it
            None => {
                let undone = [reason::ABSENT, reason::STALE];
                known.state == state::OPEN
                    || (said.is_none() && known.reason.as_deref().is_none_or(|r| !undone.contains(&r)))
            }
        }
    }

    /// State and reason of a posting whose row is new or changed; notes the evidence and what is believed from now on.
    pub(super) fn judge(&mut self, id: i64, before: Option<&Known>, keep: &Keep, posting: &Posting) -> Verdict {
        let as_of = self.at.as_of_ms;
        let closed = keep.closed.filter(|why| self.clock_fits || *why != reason::DEADLINE);
        let news = self.news_of(id, before, closed, keep, posting);
        let known = self.standing.get(&id).cloned();
        let row = Standing {
            valid_through: keep.valid_through.clone().filter(|_| self.clock_fits || closed.is_some()),
            close_kind: keep.close_kind.map(str::to_owned),
            first_seen_ms: known.as_ref().map_or(as_of, |row| row.first_seen_ms),
            ..known.clone().unwrap_or_else(|| newborn(id, self.source))
        };
        let mut set = self.said.get(&id).cloned().unwrap_or_default();
        let rows: Vec<_> = news.iter().map(|new| new.row(as_of, self.at.run)).collect();
        set.extend(rows.iter().filter_map(Evidence::of).filter(|e| e.kind != Kind::Deadline));
        set.extend(facts(&row, None));
        let mut verdict = fuse(&set, self.rules.of(self.source), as_of);
        if verdict.evidence.is_empty() {
            verdict.evidence = rows.iter().map(|row| row.id).collect();
        }
        let (state, why) =
            known.as_ref().map_or((state::OPEN, None), |row| (row.state.as_str(), row.reason.as_deref()));
        if (state, why) != (verdict.state, verdict.reason) {
            self.beliefs.push(belief(id, &verdict, self.at));
        }
        if verdict.state == state::CLOSED && state != state::CLOSED && known.is_some() {
            let Verdict { reason, since_ms, .. } = verdict;
            self.ended.push(Closed { posting: id, source: self.source, reason, since_ms });
        }
        self.news.extend(rows);
        verdict
    }

    /// What a row says of the life of its posting that was not said before.
    fn news_of(
        &self,
        id: i64,
        before: Option<&Known>,
        closed: Option<&'static str>,
        keep: &Keep,
        posting: &Posting,
    ) -> Vec<New> {
        let as_of = self.at.as_of_ms;
        let new = |kind, said, at_ms| New { source: Some(self.source), ..New::posting(id, kind, said, at_ms) };
        let was = before.map_or(state::OPEN, |k| k.state.as_str());
        let why = before.and_then(|k| k.reason.as_deref());
        match closed {
            Some(reason::DEADLINE) => {
                let last = keep.valid_through.as_deref().and_then(|day| day.parse().ok());
                let at_ms = last.map_or(as_of, end_of);
                vec![New {
                    detail: serde_json::json!({ "last_day": keep.valid_through }),
                    ..new(Kind::Deadline, Said::Closed, at_ms)
                }]
            }
            Some(reason::PROBE) if why != Some(reason::PROBE) => {
                let detail = serde_json::json!({ "outcome": outcome::FORM });
                vec![New { detail, ..new(Kind::Probe, Said::Closed, as_of) }]
            }
            Some(reason::SOURCE_CLOSED) if why != Some(reason::SOURCE_CLOSED) => {
                vec![new(Kind::SourceFlag, Said::Closed, as_of)]
            }
            Some(_) => Vec::new(),
            None if before.is_none() => {
                let opens = posting.date_posted.map(|day| end_of(day) - 86_400_000);
                let ahead = opens.filter(|at| *at > as_of && *at - as_of <= OPENS_DAYS_MAX * 86_400_000);
                ahead.map(|at| new(Kind::Opens, Said::Open, at)).into_iter().collect()
            }
            None if was != state::OPEN => {
                let flag = (why == Some(reason::SOURCE_CLOSED)).then(|| new(Kind::SourceFlag, Said::Open, as_of));
                flag.into_iter().chain([new(Kind::Listed, Said::Open, as_of)]).collect()
            }
            None => Vec::new(),
        }
    }

    /// Writes the evidence and beliefs; gives the postings that ended.
    pub(super) async fn write(self, tx: &Tx) -> Result<Vec<Closed>, StoreError> {
        tx.put_evidence(&self.news).await?;
        tx.put_beliefs(&self.beliefs).await?;
        Ok(self.ended)
    }
}

fn newborn(id: i64, source: i64) -> Standing {
    Standing {
        id,
        source,
        vacancy: id,
        state: state::OPEN.to_owned(),
        reason: None,
        absences: 0,
        valid_through: None,
        close_kind: None,
        first_seen_ms: 0,
        closed_ms: None,
    }
}
