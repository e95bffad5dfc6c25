//! The postings that a case or a vacancy is about, loaded for a screen: each with its source and what it says, and the
//! record they make together.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use store::StoreError;
use store::posting::Posting as PostingRow;

use super::compare::{self, COLUMNS_MAX, Row, Seat};
use super::values::{self, label, t};
use crate::console::format;
use crate::console::page::Page;
use crate::pipeline::Body;
use crate::view::{PostingId, body_of};
use crate::world::World;

/// Postings that are loaded for one screen; a vacancy with more is shown by its oldest.
const POSTINGS_MAX: usize = 60;
/// Trust of a source that is not in the catalog any more, thousandths.
const TRUST_UNKNOWN: u16 = 500;
/// Earlier values that are listed.
const VERSIONS_MAX: usize = 20;

/// A posting with what it says.
pub(crate) struct Seated {
    pub(crate) row: PostingRow,
    pub(crate) body: Body,
    /// Name of its source.
    pub(crate) name: String,
    /// Title of its source.
    pub(crate) title: String,
    /// public, local, private or linked.
    pub(crate) class: String,
    /// Trust, thousandths.
    pub(crate) trust: u16,
}

/// Postings and their record.
pub(crate) struct Group {
    pub(crate) seats: Vec<Seated>,
    pub(crate) golden: dedup::Golden,
}

/// A column of the comparison.
pub(crate) struct Column {
    pub(crate) nr: usize,
    pub(crate) to: String,
    pub(crate) source: String,
    pub(crate) class: String,
    pub(crate) external_id: String,
    pub(crate) fetched: String,
    pub(crate) trust: String,
    pub(crate) closed: bool,
    pub(crate) state: String,
    pub(crate) url: Option<String>,
    /// Texts as the source wrote them: field and words.
    pub(crate) raw: Vec<(String, String)>,
    pub(crate) text: Option<String>,
}

/// Further postings that say the same.
pub(crate) struct Extra {
    pub(crate) says: String,
    pub(crate) columns: Vec<Column>,
}

/// A value a posting had before.
pub(crate) struct Earlier {
    pub(crate) source: String,
    pub(crate) until: String,
    pub(crate) field: String,
    pub(crate) was: String,
}

impl Group {
    /// Loads the postings of vacancies, those named first in front, or only those.
    ///
    /// # Errors
    /// When the store fails or a body is damaged.
    pub(crate) async fn load(
        world: &World,
        vacancies: &[i64],
        first: &[i64],
        only_first: bool,
    ) -> Result<Group, StoreError> {
        let mut rows = world.store.postings_of_all(vacancies).await?;
        if only_first {
            rows.retain(|row| first.contains(&row.id));
        }
        let place = |id: i64| first.iter().position(|f| *f == id).unwrap_or(first.len());
        rows.sort_by_key(|row| (place(row.id), row.state == "closed", row.first_seen_ms, row.id));
        rows.truncate(POSTINGS_MAX);
        let sources: FxHashMap<i64, store::source::Source> =
            world.store.sources().await?.into_iter().map(|s| (s.number, s)).collect();
        let mut seats = Vec::with_capacity(rows.len());
        for row in rows {
            let body = body_of(&row)?;
            let trust = world.trust.get(&row.source).map_or(TRUST_UNKNOWN, |(_, trust)| *trust);
            let source = sources.get(&row.source);
            seats.push(Seated {
                name: source.map(|s| s.name.clone()).unwrap_or_default(),
                title: source.map_or_else(|| "?".to_owned(), |s| s.title.clone()),
                class: source.map(|s| s.class.clone()).unwrap_or_default(),
                trust,
                row,
                body,
            });
        }
        let picks = picks(world, &seats).await?;
        let golden = dedup::golden_picked(&members(&seats), &picks);
        Ok(Group { seats, golden })
    }

    /// Whether a posting is among them.
    pub(crate) fn has(&self, posting: i64) -> bool {
        self.seats.iter().any(|s| s.row.id == posting)
    }

    /// What a posting says of a field, in the canonical posting's JSON.
    pub(crate) fn value(&self, posting: i64, field: &str) -> Option<serde_json::Value> {
        let seat = self.seats.iter().find(|s| s.row.id == posting)?;
        serde_json::to_value(&seat.body.posting).ok()?.get(field).cloned()
    }

    /// Name and title of the record, for a heading.
    pub(crate) fn subject(&self) -> String {
        let p = &self.golden.posting;
        let parts = [p.hiring_organization.name.as_str(), p.title.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// The comparison of the postings that stand in columns.
    pub(crate) fn rows(&self, page: &Page) -> Vec<Row> {
        let seats: Vec<Seat> = self
            .seats
            .iter()
            .take(COLUMNS_MAX)
            .map(|s| Seat { posting: s.row.id, says: s.body.posting.clone() })
            .collect();
        compare::rows(&seats, &self.golden, page.lang)
    }

    /// The columns.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn columns(&self, world: &World, page: &Page) -> Result<Vec<Column>, StoreError> {
        let mut columns = Vec::new();
        for (at, seat) in self.seats.iter().take(COLUMNS_MAX).enumerate() {
            let fetched_ms = match world.store.page(seat.row.page).await? {
                Some(head) => head.fetched_ms,
                None => seat.row.changed_ms,
            };
            columns.push(column(at + 1, seat, fetched_ms, page));
        }
        Ok(columns)
    }

    /// The postings behind "+N", by what they say that the record does not.
    pub(crate) fn extra(&self, page: &Page) -> Vec<Extra> {
        let mut groups: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for (at, seat) in self.seats.iter().enumerate().skip(COLUMNS_MAX) {
            let alone = [Seat { posting: seat.row.id, says: seat.body.posting.clone() }];
            let rows = compare::rows(&alone, &self.golden, page.lang);
            let differs = rows.iter().filter(|r| r.agreement == compare::Agreement::Differs && r.field.pick);
            let says: Vec<String> =
                differs.map(|r| format!("{} {}", label(page.lang, r.field.name), short(&r.cells[0].text()))).collect();
            let says = if says.is_empty() { t(page.lang, "case-extra-same") } else { says.join(" · ") };
            groups.entry(says).or_default().push(column(at + 1, seat, seat.row.changed_ms, page));
        }
        groups.into_iter().map(|(says, columns)| Extra { says, columns }).collect()
    }

    /// What the postings in columns said before, newest first.
    ///
    /// # Errors
    /// When the store fails or a body is damaged.
    pub(crate) async fn earlier(&self, world: &World, page: &Page) -> Result<Vec<Earlier>, StoreError> {
        let mut found: Vec<(i64, Earlier)> = Vec::new();
        for seat in self.seats.iter().take(COLUMNS_MAX).filter(|s| s.row.version > 1) {
            let mut after = seat.body.posting.clone();
            for version in world.store.versions(seat.row.id).await? {
                let row = PostingRow { body: version.body, ..seat.row.clone() };
                let said = body_of(&row)?.posting;
                for field in values::FIELDS {
                    let (was, now) =
                        (values::value(&said, field.name, page.lang), values::value(&after, field.name, page.lang));
                    if was != now {
                        found.push((
                            version.until_ms,
                            Earlier {
                                source: seat.title.clone(),
                                until: page.when(version.until_ms),
                                field: label(page.lang, field.name),
                                was: was.map_or_else(|| t(page.lang, "case-none"), |was| short(&was)),
                            },
                        ));
                    }
                }
                after = said;
            }
        }
        found.sort_by_key(|(until_ms, _)| std::cmp::Reverse(*until_ms));
        found.truncate(VERSIONS_MAX);
        Ok(found.into_iter().map(|(_, earlier)| earlier).collect())
    }
}

/// A value in at most so many characters.
pub(crate) fn short(text: &str) -> String {
    const CHARS_MAX: usize = 80;
    let line = text.replace('\n', " ");
    if line.chars().count() <= CHARS_MAX {
        return line;
    }
    line.chars().take(CHARS_MAX).chain(['…']).collect()
}

fn members(seats: &[Seated]) -> Vec<dedup::Member<'_>> {
    let member = |s: &'_ Seated| -> (i64, bool) { (s.row.id, s.row.state != "closed") };
    seats
        .iter()
        .map(|s| {
            let (id, open) = member(s);
            dedup::Member {
                id,
                source: &s.name,
                trust: s.trust,
                posting: &s.body.posting,
                changed_ms: s.row.changed_ms,
                open,
            }
        })
        .collect()
}

/// What stewards chose for these postings' record.
async fn picks(world: &World, seats: &[Seated]) -> Result<Vec<dedup::Pick>, StoreError> {
    let ids: Vec<i64> = seats.iter().map(|s| s.row.id).collect();
    let rows = world.store.standing_at(&ids).await?;
    Ok(crate::review::standing::Words::of(&rows, &FxHashMap::default()).picks(ids))
}

fn column(nr: usize, seat: &Seated, fetched_ms: i64, page: &Page) -> Column {
    let posting = &seat.body.posting;
    let raw = posting
        .provenance
        .iter()
        .filter(|p| !p.raw.trim().is_empty())
        .map(|p| (page.word("case-field", &p.field), short(p.raw.trim())));
    Column {
        nr,
        to: format!("/postings/{}", PostingId(seat.row.id)),
        source: seat.title.clone(),
        class: page.word("vacancy-class", &seat.class),
        external_id: seat.row.external_id.clone(),
        fetched: format!("{} {}", format::short_day(page.lang, fetched_ms), format::clock(fetched_ms)),
        trust: format!("{:.2}", f64::from(seat.trust) / 1000.0),
        closed: seat.row.state != "open",
        state: page.word("case-state", &seat.row.state),
        url: posting.url.clone(),
        raw: raw.collect(),
        text: posting.description.clone(),
    }
}
