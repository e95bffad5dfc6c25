//! The rows of a page on their way in: known or not, changed or not, completed by their detail page, normalized and vetted.

use adapters::{Adapter, Answer, Ask, Detail, RawField, RawPosting, Row};
use dedup::Profile;
use normalizer::vet::Facts;
use normalizer::{Normalized, Verdict};
use rustc_hash::FxHashMap;
use store::StoreError;
use store::posting::Known;

use super::fetch::{Answered, Got, Trouble};
use super::judge::{Of, judge};
use super::{Running, Taken, posting_id};
use crate::terms::Terms;
use crate::world::seoul_day;

/// A row of a page, as far as it has come.
pub(super) enum Draft {
    /// It says what it said before.
    Unchanged { id: i64 },
    /// It is new or says something else.
    Read(Box<ReadDraft>),
    /// It could not be read.
    Reject(adapters::Reject),
    /// A row of a linked system.
    Signal { key: String, raw: RawPosting, hash: i64 },
}

/// A row that was normalized and vetted.
pub(super) struct ReadDraft {
    pub(super) id: i64,
    pub(super) external_id: String,
    pub(super) content_hash: i64,
    pub(super) position: u32,
    pub(super) detail: &'static str,
    pub(super) normalized: Normalized,
    pub(super) body: String,
    pub(super) body_hash: i64,
    pub(super) business_number: Option<String>,
    pub(super) verdict: Verdict,
    pub(super) profile: Profile,
    pub(super) keep: Keep,
}

/// What stays or changes in the row's lifecycle.
pub(super) struct Keep {
    pub(super) closed: Option<&'static str>,
    /// Last day to apply, or the end of its certification.
    pub(super) valid_through: Option<String>,
    pub(super) close_kind: Option<&'static str>,
}

/// A detail page that was read for a row.
pub(super) struct DetailPage {
    pub(super) of: i64,
    pub(super) ask: Ask,
    pub(super) answer: Answered,
    pub(super) outcome: String,
}

impl Running<'_> {
    /// Takes a page's rows in, up to everything that needs no transaction.
    pub(super) async fn take_in(&mut self, got: Got) -> Result<Taken, StoreError> {
        let Got { ask, answer, mut page } = got;
        let rows = std::mem::take(&mut page.rows);
        let (drafts, details) = if let Some((_, seen)) = &answer.same_as {
            (seen.iter().map(|id| Draft::Unchanged { id: *id }).collect(), Vec::new())
        } else if self.source.is_signal() {
            self.draft_signals(rows).await?
        } else {
            for row in &rows {
                if let Row::Posting(raw) = row {
                    self.profile.add(raw);
                }
            }
            self.draft_rows(rows, &answer).await?
        };
        Ok(Taken { ask, got: answer, page, drafts, details })
    }

    /// Rows of a linked system; those that are new or changed are completed by their detail page, where there is one.
    async fn draft_signals(&mut self, rows: Vec<Row>) -> Result<(Vec<Draft>, Vec<DetailPage>), StoreError> {
        let keys: Vec<String> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Posting(raw) if self.details_left > 0 => raw.get(RawField::ExternalId).map(str::to_owned),
                _ => None,
            })
            .collect();
        let known: FxHashMap<String, i64> = if keys.is_empty() {
            FxHashMap::default()
        } else {
            self.world.store.signal_hashes(self.number, &keys).await?.into_iter().collect()
        };
        let (mut drafts, mut details) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            let mut raw = match row {
                Row::Posting(raw) => raw,
                Row::Reject(reject) => {
                    drafts.push(Draft::Reject(reject));
                    continue;
                }
            };
            strip_nul(&mut raw);
            let Some(key) = raw.get(RawField::ExternalId).map(str::to_owned) else {
                drafts.push(Draft::Reject(without_id(&raw)));
                continue;
            };
            let mut hash = raw.content_hash().cast_signed();
            if known.get(&key) != Some(&hash) {
                let id = posting_id(self.source.name(), &key);
                // a row whose detail is still to be read looks changed the next time
                if self.read_detail(id, &mut raw, &mut details).await == "pending" {
                    hash = hash.wrapping_add(1);
                }
            }
            drafts.push(Draft::Signal { key, raw, hash });
        }
        Ok((drafts, details))
    }

    async fn draft_rows(
        &mut self,
        rows: Vec<Row>,
        answer: &Answered,
    ) -> Result<(Vec<Draft>, Vec<DetailPage>), StoreError> {
        let name = self.source.name();
        let ids: Vec<i64> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Posting(raw) => raw.get(RawField::ExternalId).map(|id| posting_id(name, id)),
                Row::Reject(_) => None,
            })
            .collect();
        let known: FxHashMap<i64, Known> =
            self.world.store.known(&ids).await?.into_iter().map(|known| (known.id, known)).collect();
        let firsts = self.first_terms(&rows, &known).await?;
        let mut drafts = Vec::with_capacity(rows.len());
        let mut details = Vec::new();
        for row in rows {
            let raw = match row {
                Row::Posting(raw) => raw,
                Row::Reject(reject) => {
                    drafts.push(Draft::Reject(reject));
                    continue;
                }
            };
            let Some(external_id) = raw.get(RawField::ExternalId).map(str::to_owned) else {
                drafts.push(Draft::Reject(without_id(&raw)));
                continue;
            };
            let id = posting_id(name, &external_id);
            let content_hash = raw.content_hash().cast_signed();
            let before = known.get(&id);
            let same = before.is_some_and(|k| k.content_hash == content_hash);
            let wants_detail = self.details_left > 0 && before.is_none_or(|k| !same || k.detail == "pending");
            if same && !wants_detail {
                drafts.push(Draft::Unchanged { id });
                continue;
            }
            let facts = firsts.get(&id).cloned().unwrap_or_default();
            drafts.push(self.draft_row(id, external_id, content_hash, raw, before, answer, &facts, &mut details).await);
        }
        Ok((drafts, details))
    }

    /// What rows that changed said when they were first published: terms must not get worse afterwards.
    async fn first_terms(
        &self,
        rows: &[Row],
        known: &FxHashMap<i64, Known>,
    ) -> Result<FxHashMap<i64, Facts>, StoreError> {
        let name = self.source.name();
        let changed: Vec<i64> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Posting(raw) => {
                    let before = known.get(&posting_id(name, raw.get(RawField::ExternalId)?))?;
                    (before.content_hash != raw.content_hash().cast_signed()).then_some(before.id)
                }
                Row::Reject(_) => None,
            })
            .collect();
        if changed.is_empty() {
            return Ok(FxHashMap::default());
        }
        let firsts = self.world.store.first_bodies(&changed).await?;
        firsts.into_iter().map(|(id, text)| Ok((id, crate::verdicts::first_terms(id, &text)?))).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "one call site, in a loop that owns these")]
    async fn draft_row(
        &mut self,
        id: i64,
        external_id: String,
        content_hash: i64,
        mut raw: RawPosting,
        before: Option<&Known>,
        answer: &Answered,
        facts: &Facts,
        details: &mut Vec<DetailPage>,
    ) -> Draft {
        let position = raw.position;
        strip_nul(&mut raw);
        let detail = self.read_detail(id, &mut raw, details).await;
        // a pending detail that still cannot be read adds nothing to a row that did not change
        if detail == "pending" && before.is_some_and(|k| k.content_hash == content_hash) {
            return Draft::Unchanged { id };
        }
        let traits = self.world.traits.get(&self.number).cloned().unwrap_or_default();
        let of = Of { source: self.source.name(), traits: &traits, id, external_id: &external_id, detail };
        let judged = judge(&raw, &of, seoul_day(answer.at), facts);
        // what the list says alone must not replace what list and detail said together: the row is taken when both can be read
        if detail == "pending" && judged.closed.is_none() && before.is_some_and(|k| k.detail == "read") {
            return Draft::Unchanged { id };
        }
        Draft::Read(Box::new(ReadDraft {
            id,
            external_id: external_id.replace('\0', "\u{fffd}"),
            content_hash,
            position,
            detail,
            body_hash: judged.body_hash,
            business_number: judged.normalized.posting.hiring_organization.business_number.clone(),
            normalized: judged.normalized,
            body: judged.body,
            verdict: judged.verdict,
            profile: judged.profile,
            keep: Keep { closed: judged.closed, valid_through: judged.valid_through, close_kind: judged.close_kind },
        }))
    }

    /// Reads a row's detail page within the budget; gives the detail state.
    async fn read_detail(&mut self, id: i64, raw: &mut RawPosting, details: &mut Vec<DetailPage>) -> &'static str {
        let Some(ask) = self.source.detail(raw) else { return "none" };
        if self.details_left == 0 {
            return "pending";
        }
        self.details_left -= 1;
        let answer = match self.fetcher.detail(&ask).await {
            Ok(answer) => answer,
            Err(trouble) => {
                if !matches!(trouble, Trouble::Slice { .. }) {
                    self.details_left = 0;
                }
                return "pending";
            }
        };
        let read = self.source.read_detail(
            &ask,
            &Answer {
                status: answer.status,
                content_type: answer.content_type.as_deref(),
                link: answer.link.as_deref(),
                body: &answer.body,
            },
            raw,
        );
        let (state, outcome) = match read {
            Ok(Detail::Read) => ("read", "ok".to_owned()),
            Ok(Detail::Closed) => ("gone", "ok".to_owned()),
            Err(error) => ("pending", error.to_string()),
        };
        details.push(DetailPage { of: id, ask, answer, outcome });
        state
    }
}

/// PostgreSQL refuses NUL in text; what a source meant by one is nothing.
pub(crate) fn strip_nul(raw: &mut RawPosting) {
    let stained: Vec<(RawField, String)> = raw
        .iter()
        .filter(|(_, text)| text.contains('\0'))
        .map(|(field, text)| (field, text.replace('\0', "\u{fffd}")))
        .collect();
    for (field, text) in stained {
        raw.set(field, text);
    }
}

fn without_id(raw: &RawPosting) -> adapters::Reject {
    let text: Vec<String> = raw.iter().map(|(field, text)| format!("{}={text}", field.name())).collect();
    adapters::Reject {
        position: raw.position,
        field: Some(RawField::ExternalId),
        why: "the row has no id".to_owned(),
        raw: text.join("\n").chars().take(8192).collect(),
    }
}
