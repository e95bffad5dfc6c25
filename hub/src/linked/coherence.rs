//! The fourth verification step: what linked systems say, held against the postings. Brings rows to the pure rules of
//! `assign` and `window`, and what follows to the lifecycle and to stewards.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use rustc_hash::{FxHashMap, FxHashSet};
use store::StoreError;
use store::acquisition::Acquisition;
use store::candidate::Candidate;
use store::hire::Hire;

use super::assign::{self, Ended, Opening, Share, Taken};
use super::batch::System;
use super::{facts, import, stages, training, window};
use crate::lifecycle::{reason, state};
use crate::pipeline::{Body, RunReport, source_number};
use crate::world::{World, instant, seoul_day};

/// Businesses matched in one transaction.
const BUSINESSES_A_STEP: usize = 1_000;
/// Vacancies read at a time when hires are matched.
const CANDIDATES_A_STEP: i64 = 10_000;
/// Hires of so many days after the hub's first run may answer vacancies that ended before it.
const UNSEEN_DAYS: u64 = 28;
/// Pages taken after one run, at most.
const PAGES_MAX: i64 = 1_000;

/// What follows from a run of a linked system. A run that was cut is caught up with by the next one.
///
/// # Errors
/// When the store fails.
pub async fn after_run(world: &World, source: &str, report: &RunReport) -> Result<(), StoreError> {
    let number = source_number(source);
    let systems = System::of_source(source);
    if !systems.is_empty() {
        take_pages(world, source, number, systems).await?;
    }
    note_asked(world, number, report.run).await?;
    let mark = format!("signals:{source}");
    let since = world.store.linked_mark(&mark).await?;
    match source {
        "nts_status" => stages::take_businesses(world, number, since).await?,
        "hrdnet" => {
            training::take(world, number, since).await?;
        }
        _ => {}
    }
    if let Some(run) = world.store.run(report.run).await? {
        let tx = world.store.write().await?;
        tx.set_linked_mark(&mark, run.as_of_ms.max(since)).await?;
        tx.commit().await?;
    }
    catch_up(world).await
}

/// Takes the batches on pages that a sync brought.
async fn take_pages(world: &World, source: &str, number: i64, systems: &[System]) -> Result<(), StoreError> {
    let mark = format!("pages:{source}");
    let mut after = world.store.linked_mark(&mark).await?;
    for (page, _) in world.store.good_pages_after(number, after, PAGES_MAX).await? {
        if let Some(body) = world.store.page_body(page).await? {
            let text = String::from_utf8_lossy(&body);
            for outcome in import::take(world, &text, systems, &format!("page {page}")).await? {
                if outcome.state == "rejected" {
                    tracing::warn!(
                        source,
                        page,
                        batch = outcome.id,
                        "a batch was rejected; `jobhub linked list` has the report"
                    );
                }
            }
        }
        after = page;
        let tx = world.store.write().await?;
        tx.set_linked_mark(&mark, after).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Notes which numbers a look-up really asked about: those of slices that were read to their end.
async fn note_asked(world: &World, source: i64, run: i64) -> Result<(), StoreError> {
    let Some(row) = world.store.run(run).await? else { return Ok(()) };
    let mut asked = BTreeSet::new();
    for slice in world.store.slices(run).await?.iter().filter(|s| s.state == "read") {
        let Ok(parts) = serde_json::from_str::<adapters::Slice>(&slice.slice) else { continue };
        for (_, value) in &parts.values {
            let numbers = value.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() == 10);
            asked.extend(numbers.map(str::to_owned));
        }
    }
    if asked.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = asked.into_iter().collect();
    let tx = world.store.write().await?;
    tx.asked_about(source, &list, row.as_of_ms).await?;
    tx.commit().await
}

/// Brings everything up to date with what linked systems have said so far: windows, hires, businesses, samples. Cheap when
/// there is nothing new; whatever was interrupted is done now.
///
/// # Errors
/// When the store fails.
pub async fn catch_up(world: &World) -> Result<(), StoreError> {
    let now = world.clock.now();
    bind_windows(world, now).await?;
    book_permits(world, now).await?;
    match_hires(world, now).await?;
    reopen_contradicted(world, now).await?;
    stages::pass(world, now).await
}

/// Finds the postings of tests and holds them.
async fn bind_windows(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = world.store.write().await?;
    window::bind(&tx, now).await?;
    let open = tx.open_windows(&seoul_day(now).to_string()).await?;
    let mut told = facts::Facts::of(world);
    told.holds(&tx, &open).await?;
    told.settle(world, &tx, now).await?;
    tx.commit().await
}

/// Books permits, and slots that are free again, on the vacancies their tests were about.
async fn book_permits(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = world.store.write().await?;
    let unbooked = tx.unbooked_permits().await?;
    if unbooked.is_empty() {
        return Ok(());
    }
    let hires: Vec<Hire> = unbooked
        .iter()
        .map(|(permit, vacancy)| Hire {
            batch: permit.batch,
            nr: permit.nr,
            vacancy: *vacancy,
            business_number: permit.business_number.clone(),
            record: permit.stage.clone(),
            people: if permit.stage == "change_reported" { -permit.slots } else { permit.slots },
            confidence: 1000,
            week_from: permit.day_from.clone(),
            week_until: permit.day_from.clone(),
            standing: "stands".to_owned(),
        })
        .collect();
    tx.put_hires(&hires).await?;
    let vacancies: BTreeSet<i64> = unbooked.iter().map(|(_, vacancy)| *vacancy).collect();
    let list: Vec<i64> = vacancies.into_iter().collect();
    let sought = headcounts(world, &list).await?;
    let mut told = facts::Facts::of(world);
    told.fills(&tx, &list, &sought).await?;
    told.settle(world, &tx, now).await?;
    tx.commit().await
}

/// Matches hires of the businesses whose rows changed with the vacancies that were open around then.
async fn match_hires(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let numbers = world.store.to_rematch().await?;
    if numbers.is_empty() {
        return Ok(());
    }
    let since = seoul_day(now) - Days::new(u64::try_from(world.settings.linked.match_days).unwrap_or(0));
    let watched = world.store.watched_since().await?;
    let watched = watched.map_or(seoul_day(now), |ms| seoul_day(instant(ms))) + Days::new(UNSEEN_DAYS);
    let mut groups = candidates(world, &numbers, since).await?;
    for chunk in numbers.chunks(BUSINESSES_A_STEP) {
        let mine: BTreeMap<String, Vec<Candidate>> =
            chunk.iter().filter_map(|n| Some((n.clone(), groups.remove(n)?))).collect();
        match_chunk(world, now, chunk, &mine, (since, watched)).await?;
    }
    Ok(())
}

/// The vacancies of some businesses: by number, and where postings give none by name and place.
async fn candidates(
    world: &World,
    numbers: &[String],
    since: NaiveDate,
) -> Result<FxHashMap<String, Vec<Candidate>>, StoreError> {
    let wanted: FxHashSet<&str> = numbers.iter().map(String::as_str).collect();
    let names = Names::of(world.store.names_to_rematch().await?);
    let since_ms = crate::world::seoul_instant(since, 0).timestamp_millis();
    let mut groups: FxHashMap<String, Vec<Candidate>> = FxHashMap::default();
    let mut after = i64::MIN;
    loop {
        let page = world.store.candidates_after(after, since_ms, CANDIDATES_A_STEP).await?;
        let Some(last) = page.last() else { return Ok(groups) };
        after = last.id;
        for candidate in page {
            let number = match candidate.business_number.as_deref() {
                Some(number) => wanted.contains(number).then(|| number.to_owned()),
                None => names.number(&candidate.company, candidate.region.as_deref()).map(str::to_owned),
            };
            if let Some(number) = number {
                groups.entry(number).or_default().push(candidate);
            }
        }
    }
}

/// Which business a name means at a place, where only one bears it there.
struct Names {
    by_name: FxHashMap<String, Vec<(String, Option<String>)>>,
}

impl Names {
    fn of(rows: Vec<(String, String, Option<String>)>) -> Names {
        let mut by_name: FxHashMap<String, Vec<(String, Option<String>)>> = FxHashMap::default();
        for (number, name, region) in rows {
            let key = normalizer::company::match_name(&name);
            if key.chars().count() > 1 {
                by_name.entry(key).or_default().push((number, region));
            }
        }
        Names { by_name }
    }

    fn number(&self, company: &str, region: Option<&str>) -> Option<&str> {
        if self.by_name.is_empty() {
            return None;
        }
        let found = self.by_name.get(&normalizer::company::match_name(company))?;
        let here = |digits: usize| {
            let place = region.and_then(|r| r.get(..digits));
            let mut there: Vec<&str> = found
                .iter()
                .filter(|(_, at)| place.is_some() && at.as_deref().and_then(|r| r.get(..digits)) == place)
                .map(|(number, _)| number.as_str())
                .collect();
            there.dedup();
            there
        };
        match (&here(5)[..], &here(2)[..]) {
            ([one], _) | ([], [one]) => Some(one),
            // people also work elsewhere than at the seat: a name that only one business bears is that business
            ([], []) if found.iter().all(|(number, _)| *number == found[0].0) => Some(found[0].0.as_str()),
            _ => None,
        }
    }
}

async fn match_chunk(
    world: &World,
    now: DateTime<Utc>,
    numbers: &[String],
    groups: &BTreeMap<String, Vec<Candidate>>,
    (since, watched): (NaiveDate, NaiveDate),
) -> Result<(), StoreError> {
    let with_vacancies: Vec<String> = groups.keys().cloned().collect();
    let rows = if with_vacancies.is_empty() {
        Vec::new()
    } else {
        world.store.acquisitions_of(&with_vacancies, &since.to_string()).await?
    };
    let ids: Vec<i64> = groups.values().flatten().map(|c| c.id).collect();
    let said = what_is_sought(world, &ids).await?;
    let mut hires = Vec::new();
    let mut at = 0;
    for (number, candidates) in groups {
        let from = at + rows[at..].partition_point(|r| r.business_number < *number);
        let until = from + rows[from..].partition_point(|r| r.business_number == *number);
        at = until;
        hires.extend(hires_of(number, candidates, &rows[from..until], &said, (watched, seoul_day(now))));
    }
    let tx = world.store.write().await?;
    let mut vacancies: BTreeSet<i64> = tx.hired_at(numbers).await?.into_iter().collect();
    tx.forget_hires_at(numbers).await?;
    tx.put_hires(&hires).await?;
    vacancies.extend(hires.iter().map(|h| h.vacancy));
    let list: Vec<i64> = vacancies.into_iter().collect();
    let sought = if list.iter().all(|id| said.contains_key(id)) {
        said.iter().map(|(id, s)| (*id, s.headcount)).collect()
    } else {
        headcounts(world, &list).await?
    };
    let mut told = facts::Facts::of(world);
    told.fills(&tx, &list, &sought).await?;
    told.settle(world, &tx, now).await?;
    tx.rematched(numbers).await?;
    tx.commit().await
}

/// What postings of a vacancy say of its size and beginning.
#[derive(Clone, Copy, Debug, Default)]
struct Sought {
    headcount: Option<u32>,
    posted: Option<NaiveDate>,
}

async fn what_is_sought(world: &World, vacancies: &[i64]) -> Result<FxHashMap<i64, Sought>, StoreError> {
    let mut sought: FxHashMap<i64, Sought> = FxHashMap::default();
    if vacancies.is_empty() {
        return Ok(sought);
    }
    for (vacancy, text) in world.store.bodies_in(vacancies).await? {
        let Ok(body) = serde_json::from_str::<Body>(&text) else { continue };
        let entry = sought.entry(vacancy).or_default();
        entry.headcount = entry.headcount.max(body.posting.total_job_openings.filter(|n| *n > 0));
        entry.posted = match (entry.posted, body.posting.date_posted) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Ok(sought)
}

/// People sought by vacancies, where their postings say.
pub(super) async fn headcounts(world: &World, vacancies: &[i64]) -> Result<FxHashMap<i64, Option<u32>>, StoreError> {
    Ok(what_is_sought(world, vacancies).await?.into_iter().map(|(id, s)| (id, s.headcount)).collect())
}

/// One business: its insurance rows against its vacancies; day labour only against work by the day.
fn hires_of(
    number: &str,
    candidates: &[Candidate],
    rows: &[Acquisition],
    said: &FxHashMap<i64, Sought>,
    (watched, today): (NaiveDate, NaiveDate),
) -> Vec<Hire> {
    let mut hires = Vec::new();
    for record in ["acquired", "daily"] {
        let taken: Vec<Taken> = rows.iter().filter(|r| r.record == record).filter_map(taken).collect();
        if taken.is_empty() {
            continue;
        }
        let openings: Vec<Opening> = candidates
            .iter()
            .filter(|c| (c.employment.as_deref() == Some("PER_DIEM")) == (record == "daily"))
            .map(|c| opening(c, said.get(&c.id).copied().unwrap_or_default(), today))
            .collect();
        hires.extend(assign::assign(&openings, &taken, watched).iter().map(|share| hire(number, record, share)));
    }
    hires
}

fn taken(row: &Acquisition) -> Option<Taken> {
    Some(Taken {
        key: (row.batch, row.nr),
        occupation: row.occupation.clone(),
        region: row.region.clone(),
        from: row.week_from.parse().ok()?,
        until: row.week_until.parse().ok()?,
        people: row.people,
    })
}

fn opening(candidate: &Candidate, said: Sought, today: NaiveDate) -> Opening {
    let day = |ms: i64| seoul_day(instant(ms));
    let founded = day(candidate.founded_ms);
    let over = candidate.open == 0 || candidate.state == state::CLOSED;
    let deadline = candidate.valid_through.as_deref().and_then(|d| d.parse::<NaiveDate>().ok());
    // evidence dates an end back; when the hub noticed it is later
    let closed = day(candidate.closed_ms.unwrap_or(candidate.state_since_ms).min(candidate.state_since_ms));
    // a date behind 채용시까지 closes nothing by itself, but a posting that ends with it was not taken down before it
    let by_deadline = candidate.reason.as_deref() == Some(reason::DEADLINE) || deadline.is_some_and(|d| d <= closed);
    Opening {
        vacancy: candidate.id,
        occupation: candidate.occupation.clone(),
        region: candidate.region.clone(),
        opened: said.posted.map_or(founded, |posted| posted.min(founded)),
        last: match (over, by_deadline) {
            (false, _) => today,
            (true, true) => deadline.unwrap_or(closed),
            (true, false) => closed,
        },
        ended: match (over, by_deadline, candidate.reason.as_deref()) {
            (false, ..) => Ended::Open,
            // missed by two lists, it may have gone before its last day
            (true, true, Some(reason::ABSENT)) => Ended::Either,
            (true, true, _) => Ended::Deadline,
            (true, false, _) => Ended::TakenDown,
        },
        headcount: said.headcount,
        booked: 0,
        by_number: candidate.business_number.is_some(),
    }
}

fn hire(number: &str, record: &str, share: &Share) -> Hire {
    Hire {
        batch: share.key.0,
        nr: share.key.1,
        vacancy: share.vacancy,
        business_number: number.to_owned(),
        record: record.to_owned(),
        people: share.people,
        confidence: (share.confidence * 1000.0).round() as i64,
        week_from: share.from.to_string(),
        week_until: share.until.to_string(),
        standing: "stands".to_owned(),
    }
}

/// A vacancy whose posting says something new, or that was posted anew, well after its supposed hire was not filled by it:
/// what was concluded is taken back.
async fn reopen_contradicted(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let filled = world.store.filled_by_insurance().await?;
    if filled.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = filled.iter().map(|(vacancy, _)| *vacancy).collect();
    let now_said: FxHashMap<i64, Candidate> =
        world.store.candidates(&ids).await?.into_iter().map(|c| (c.id, c)).collect();
    let grace = Days::new(u64::try_from(world.settings.linked.contradiction_days).unwrap_or(0));
    let mut contradicted = Vec::new();
    for (vacancy, week_until) in &filled {
        let Some(candidate) = now_said.get(vacancy).filter(|c| c.open > 0) else { continue };
        let Some(after) = week_until.parse::<NaiveDate>().ok().and_then(|d| d.checked_add_days(grace)) else {
            continue;
        };
        let newest = candidate.changed_ms.max(candidate.newest_ms);
        if seoul_day(instant(newest)) > after {
            contradicted.push(*vacancy);
        }
    }
    if contradicted.is_empty() {
        return Ok(());
    }
    let tx = world.store.write().await?;
    tx.set_standing(&contradicted, "contradicted").await?;
    let mut told = facts::Facts::of(world);
    told.fills(&tx, &contradicted, &FxHashMap::default()).await?;
    told.settle(world, &tx, now).await?;
    tx.commit().await
}
