//! A batch file into the store: whole or not at all, once, and by its newest revision. What follows from its rows is
//! `coherence`'s.

use chrono::NaiveDate;
use serde::Serialize;
use store::acquisition::Acquisition;
use store::batch::Batch;
use store::labour_window::LabourWindow;
use store::permit::Permit;
use store::{StoreError, Tx};

use super::batch::{self, Header, Problem, Row, Section, System};
use crate::world::World;

/// Rows written in one transaction: other writers are not kept waiting for a whole batch.
const ROWS_A_STEP: usize = 16_384;

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// ei, eiday, eps or permits.
    pub system: &'static str,
    /// The system's own id; empty where it could not be read.
    pub id: String,
    /// Its revision.
    pub revision: i64,
    /// taken, unchanged (it was here before), stale (a newer revision is here) or rejected.
    pub state: &'static str,
    /// Its number in the store, where it has one.
    pub number: Option<i64>,
    /// Rows in it.
    pub rows: i64,
    /// People or slots in it.
    pub people: i64,
    /// Why it was rejected, the first problems.
    pub problems: Vec<Problem>,
    /// How many problems there are.
    pub wrong: usize,
}

/// What is kept about a batch.
#[derive(Serialize)]
struct Report<'a> {
    rows: usize,
    people: i64,
    wrong: usize,
    problems: &'a [Problem],
    records: std::collections::BTreeMap<&'static str, (i64, i64)>,
}

/// Takes the batches of a file. `allowed` are the systems it may be of; `origin` says where it came from.
///
/// # Errors
/// When the store fails; a batch that is wrong is in the outcome.
pub async fn take(world: &World, text: &str, allowed: &[System], origin: &str) -> Result<Vec<Outcome>, StoreError> {
    let file = batch::read(text, allowed);
    if !file.problems.is_empty() {
        return Ok(vec![refuse_file(world, allowed, &file.problems, origin, text).await?]);
    }
    let mut outcomes = Vec::with_capacity(file.sections.len());
    for section in file.sections {
        outcomes.push(take_section(world, section, allowed, origin).await?);
    }
    Ok(outcomes)
}

/// A file that is none: it is kept in the list of batches, so that its sender can be told.
async fn refuse_file(
    world: &World,
    allowed: &[System],
    problems: &[Problem],
    origin: &str,
    text: &str,
) -> Result<Outcome, StoreError> {
    let today = crate::world::seoul_day(world.clock.now());
    let hash = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(text.as_bytes()));
    let section = Section {
        header: None,
        rows: Vec::new(),
        lines: 0,
        people: 0,
        problems: problems.to_vec(),
        wrong: problems.len(),
        hash,
    };
    reject(world, &section, allowed, today, origin).await
}

async fn take_section(
    world: &World,
    section: Section,
    allowed: &[System],
    origin: &str,
) -> Result<Outcome, StoreError> {
    let today = crate::world::seoul_day(world.clock.now());
    let Some(header) = section.header.clone().filter(|_| section.wrong == 0) else {
        return reject(world, &section, allowed, today, origin).await;
    };
    let tx = world.store.write().await?;
    let known = tx.batches_called(header.system.name(), &header.id).await?;
    let standing: Vec<&Batch> = known.iter().filter(|b| b.state == "taken").collect();
    if let Some(newest) = standing.iter().max_by_key(|b| b.revision) {
        let state = match newest.revision.cmp(&header.revision) {
            std::cmp::Ordering::Equal if newest.hash == section.hash => Some("unchanged"),
            std::cmp::Ordering::Greater => Some("stale"),
            _ => None,
        };
        if let Some(state) = state {
            return Ok(outcome(&section, &header, state, Some(newest.number)));
        }
        if newest.revision == header.revision {
            drop(tx);
            let what = format!(
                "revision {} was here before and said something else; a correction has the next revision",
                header.revision
            );
            let wrong = Section { wrong: 1, problems: vec![Problem { line: 0, what }], ..section };
            return reject(world, &wrong, allowed, today, origin).await;
        }
    }
    let before: Vec<i64> = standing.iter().map(|b| b.number).collect();
    for cut in known.iter().filter(|b| b.state == "taking") {
        tx.forget_batch(cut.number).await?;
    }
    let number = tx.next_batch().await?;
    tx.put_batch(&row_of(world, &section, &header, number, "taking", origin)).await?;
    tx.commit().await?;
    write_rows(world, &section, &header, number).await?;
    let tx = world.store.write().await?;
    tx.finish_batch(number, &before).await?;
    if header.system == System::Eps {
        take_windows(&tx, &section.rows, number).await?;
    }
    tx.commit().await?;
    Ok(outcome(&section, &header, "taken", Some(number)))
}

fn outcome(section: &Section, header: &Header, state: &'static str, number: Option<i64>) -> Outcome {
    Outcome {
        system: header.system.name(),
        id: header.id.clone(),
        revision: header.revision,
        state,
        number,
        rows: section.lines as i64,
        people: section.people,
        problems: section.problems.clone(),
        wrong: section.wrong,
    }
}

fn row_of(world: &World, section: &Section, header: &Header, number: i64, state: &str, origin: &str) -> Batch {
    let mut records: std::collections::BTreeMap<&'static str, (i64, i64)> = std::collections::BTreeMap::new();
    for row in &section.rows {
        let entry = records.entry(row.record).or_default();
        *entry = (entry.0 + 1, entry.1 + row.people);
    }
    let report = Report {
        rows: section.lines,
        people: section.people,
        wrong: section.wrong,
        problems: &section.problems,
        records,
    };
    Batch {
        number,
        system: header.system.name().to_owned(),
        id: header.id.clone(),
        revision: header.revision,
        hash: section.hash.clone(),
        state: state.to_owned(),
        issued: header.issued.to_string(),
        period_from: header.period_from.to_string(),
        period_until: header.period_until.to_string(),
        received_ms: world.clock.now().timestamp_millis(),
        rows_taken: section.lines as i64,
        people: section.people,
        origin: origin.to_owned(),
        report: serde_json::to_string(&report).unwrap_or_default(),
    }
}

/// Keeps the report of a batch that is not taken; the same one again is not entered twice.
async fn reject(
    world: &World,
    section: &Section,
    allowed: &[System],
    today: NaiveDate,
    origin: &str,
) -> Result<Outcome, StoreError> {
    let header = section.header.clone().unwrap_or(Header {
        system: allowed.first().copied().unwrap_or(System::Ei),
        id: String::new(),
        revision: 0,
        issued: today,
        period_from: today,
        period_until: today,
    });
    let tx = world.store.write().await?;
    let known = tx.batches_called(header.system.name(), &header.id).await?;
    if let Some(before) = known.iter().find(|b| b.state == "rejected" && b.hash == section.hash) {
        return Ok(outcome(section, &header, "rejected", Some(before.number)));
    }
    let number = tx.next_batch().await?;
    tx.put_batch(&row_of(world, section, &header, number, "rejected", origin)).await?;
    tx.commit().await?;
    Ok(outcome(section, &header, "rejected", Some(number)))
}

async fn write_rows(world: &World, section: &Section, header: &Header, number: i64) -> Result<(), StoreError> {
    for (step, rows) in section.rows.chunks(ROWS_A_STEP).enumerate() {
        let first = (step * ROWS_A_STEP) as i64 + 1;
        let numbered = rows.iter().zip(first..);
        let tx = world.store.write().await?;
        match header.system {
            System::Ei | System::EiDay => {
                let rows: Vec<Acquisition> = numbered.map(|(row, nr)| acquisition(row, number, nr)).collect();
                tx.put_acquisitions(&rows).await?;
            }
            System::Eps | System::Permits => {
                let rows: Vec<Permit> = numbered.map(|(row, nr)| permit(row, number, nr)).collect();
                tx.put_permits(&rows).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

fn acquisition(row: &Row, batch: i64, nr: i64) -> Acquisition {
    Acquisition {
        batch,
        nr,
        record: row.record.to_owned(),
        workplace: row.key.clone(),
        business_number: row.business_number.clone(),
        name: row.name.clone(),
        region: row.region.clone(),
        occupation: row.occupation.clone(),
        week_from: row.from.to_string(),
        week_until: row.until.unwrap_or(row.from).to_string(),
        people: row.people,
        counterpart: row.other.clone(),
    }
}

fn permit(row: &Row, batch: i64, nr: i64) -> Permit {
    Permit {
        batch,
        nr,
        permit_no: row.key.clone(),
        stage: row.record.to_owned(),
        business_number: row.business_number.clone(),
        name: row.name.clone(),
        region: row.region.clone(),
        occupation: row.occupation.clone(),
        slots: row.people,
        day_from: row.from.to_string(),
        day_until: row.until.map(|day| day.to_string()),
        posting_no: row.other.clone(),
    }
}

/// Registrations open windows; a withdrawn application ends its own on its day.
async fn take_windows(tx: &Tx, rows: &[Row], batch: i64) -> Result<(), StoreError> {
    let windows: Vec<LabourWindow> = rows
        .iter()
        .filter(|row| row.record == "labour_market_test")
        .map(|row| LabourWindow {
            permit_no: row.key.clone(),
            batch,
            business_number: row.business_number.clone(),
            name: row.name.clone(),
            region: row.region.clone(),
            occupation: row.occupation.clone(),
            slots: row.people,
            day_from: row.from.to_string(),
            day_until: row.until.unwrap_or(row.from).to_string(),
            posting_no: row.other.clone(),
            posting: None,
            matched_by: None,
        })
        .collect();
    tx.put_labour_windows(&windows).await?;
    let ended: Vec<(String, String)> = rows
        .iter()
        .filter(|row| row.record == "withdrawn")
        .map(|row| (row.key.clone(), row.from.pred_opt().unwrap_or(row.from).to_string()))
        .collect();
    tx.end_labour_windows(&ended).await
}
