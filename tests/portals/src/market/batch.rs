//! Batch files of the linked systems that have no public API: employment insurance, EPS permits, training institutions. The
//! schemas are this project's own (PORTALS §21 says to design them; docs/linked.md has them); only their clocks are real.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike as _, Months, NaiveDate, TimeDelta};

use super::hrdnet::is_institution;
use super::write;
use crate::{Dialect, Employer, Failure, MarketTest, Reply, Request, View};

/// The key every batch is fetched with.
fn refused(view: &View<'_>, request: &Request) -> Option<Reply> {
    let key = request.header("x-batch-key").is_some_and(|key| !key.trim().is_empty());
    Some(match view.failure.or((!key).then_some(Failure::Auth))? {
        Failure::Auth => Reply::status(401, "unauthorized").failing(),
        Failure::Quota => Reply::status(429, "too many requests").failing(),
        Failure::ServerError => Reply::status(503, "batch is being built").failing(),
    })
}

/// Days the batches of a request may be issued on: `from` and `to`, else all.
fn issue_days(request: &Request) -> (NaiveDate, NaiveDate) {
    let day = |name| request.arg(name).and_then(|text| NaiveDate::parse_from_str(text, "%Y%m%d").ok());
    (day("from").unwrap_or(NaiveDate::MIN), day("to").unwrap_or(NaiveDate::MAX))
}

/// A batch on its way into a file: its rows and their sums.
struct Batch {
    rows: String,
    count: usize,
    people: u64,
}

impl Batch {
    fn new() -> Batch {
        Batch { rows: String::new(), count: 0, people: 0 }
    }

    /// Ends the row that was written last.
    fn row(&mut self, people: u32) {
        self.rows.push('\n');
        self.count += 1;
        self.people += u64::from(people);
    }

    /// Its lines, with control totals; nothing where it has no rows.
    fn put(
        self,
        out: &mut String,
        system: &str,
        id: &str,
        revision: u32,
        issued: NaiveDate,
        period: (NaiveDate, NaiveDate),
    ) {
        if self.count == 0 {
            return;
        }
        let _ = writeln!(
            out,
            "#batch system={system} id={id} revision={revision} issued={issued} period={}..{}",
            period.0, period.1
        );
        out.push_str(&self.rows);
        let _ = writeln!(out, "#total rows={} people={}", self.count, self.people);
    }
}

/// Text of a CSV cell.
fn cell(out: &mut String, text: &str) {
    if text.contains([',', '"']) {
        let _ = write!(out, "\"{}\"", text.replace('"', "\"\""));
    } else {
        out.push_str(text);
    }
}

/// Employment insurance acquisitions and daily-work reports: counts by workplace, occupation and week, as CSV. The batch
/// of a month is issued on the 15th of the next one; what came late is in its second revision, on the 20th.
pub(super) struct EiAcquisitions;

/// Day of the month on which a batch is issued, and on which its correction is.
const ISSUED_ON: u32 = 15;
const CORRECTED_ON: u32 = 20;
/// Months that are served.
const MONTHS_BACK: u32 = 6;

impl Dialect for EiAcquisitions {
    fn name(&self) -> &'static str {
        "ei_acquisitions"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != "/batch/ei/acquisitions.csv" {
            return Reply::status(404, "not found");
        }
        if let Some(reply) = refused(view, request) {
            return reply;
        }
        let (from, to) = issue_days(request);
        let today = view.now.date();
        let mut out = format!(
            "record,workplace_no,{},workplace_name,region_code,{},week_from,week_until,people,counterpart_no\n",
            write::name(view, "business_number", "bizNo"),
            write::name(view, "occupation_code", "keco")
        );
        let this_month = today.with_day(1).unwrap_or(today);
        for back in (1..=MONTHS_BACK).rev() {
            let Some(first) = this_month.checked_sub_months(Months::new(back)) else { continue };
            // only the newest revision of a month is on file
            let issued = [(2, CORRECTED_ON), (1, ISSUED_ON)].into_iter().find_map(|(revision, on)| {
                let day = first.checked_add_months(Months::new(1)).and_then(|next| next.with_day(on))?;
                (day <= today).then_some((revision, day))
            });
            if let Some((revision, day)) = issued.filter(|(_, day)| *day >= from && *day <= to) {
                insurance(&mut out, view, first, revision, day);
            }
        }
        Reply::ok("text/csv; charset=utf-8", out)
    }
}

/// The two batches of a month: acquisitions and work by the day.
fn insurance(out: &mut String, view: &View<'_>, first: NaiveDate, revision: u32, issued: NaiveDate) {
    let last = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(first);
    let (mut acquired, mut daily) = (Batch::new(), Batch::new());
    for (at, employer) in view.employers.iter().enumerate() {
        acquisitions(&mut acquired, view, at, first, last, revision);
        for ((week, occupation), people) in weeks(&employer.daily, first, last) {
            insured_row(&mut daily, "daily", employer, occupation, week, people, None);
        }
    }
    let month = first.format("%Y%m");
    acquired.put(out, "ei", &format!("EI-{month}-001"), revision, issued, (first, last));
    daily.put(out, "eiday", &format!("EID-{month}-001"), revision, issued, (first, last));
}

/// What one employer reports for a month: hires of the world, hires that answer no posting, people who came from another
/// workplace, and now and then everybody once more under a new name.
fn acquisitions(batch: &mut Batch, view: &View<'_>, at: usize, first: NaiveDate, last: NaiveDate, revision: u32) {
    let employer = &view.employers[at];
    let mut all = weeks(&employer.hires, first, last);
    let chance = write::hash(&format!("{}{first}", employer.business_number));
    let monday = first + TimeDelta::days(((chance >> 8) % 28) as i64);
    let monday = monday - TimeDelta::days(i64::from(monday.weekday().num_days_from_monday()));
    // about one hire in a hundred workers and month is of people who answered no posting the hub knows
    let others = (f64::from(employer.workers) * 0.01 + (chance % 1000) as f64 / 1000.0) as u32;
    if others > 0 && chance.is_multiple_of(3) {
        *all.entry((monday, OTHER_TRADES[(chance >> 16) as usize % OTHER_TRADES.len()])).or_insert(0) += others.min(9);
    }
    for (nth, ((week, occupation), people)) in all.into_iter().enumerate() {
        // a few reports come after the first batch was made
        let late = write::hash(&format!("{}{week}{occupation}", employer.business_number)).is_multiple_of(33);
        if late && revision == 1 && nth % 2 == 0 {
            continue;
        }
        insured_row(batch, "acquired", employer, occupation, week, people, None);
    }
    let other = &view.employers[(at + 1) % view.employers.len()];
    let moved = employer.hires.first().map_or("028402", |(_, code, _)| code.as_str());
    if chance.is_multiple_of(97) && other.business_number != employer.business_number {
        let people = 1 + (chance >> 20) as u32 % 5;
        insured_row(batch, "transferred", employer, moved, monday, people, Some(format!("{}0", other.business_number)));
    }
    if chance.is_multiple_of(499) {
        let before = format!("{}9", employer.business_number);
        insured_row(batch, "renamed", employer, moved, monday, employer.workers.max(1), Some(before));
    }
}

/// Occupations of people who answered no posting.
const OTHER_TRADES: [&str; 8] = ["026301", "027103", "028402", "612407", "615106", "890001", "561101", "624101"];

fn insured_row(
    batch: &mut Batch,
    record: &str,
    employer: &Employer,
    occupation: &str,
    week: NaiveDate,
    people: u32,
    counterpart: Option<String>,
) {
    let _ = write!(batch.rows, "{record},{0}0,{0},", employer.business_number);
    cell(&mut batch.rows, &employer.name);
    let _ = write!(batch.rows, ",{},{occupation},", employer.region_code);
    write::day(&mut batch.rows, week, "-");
    batch.rows.push(',');
    write::day(&mut batch.rows, week + TimeDelta::days(6), "-");
    let _ = write!(batch.rows, ",{people},{}", counterpart.unwrap_or_default());
    batch.row(people);
}

/// An employer's hires of a month, by the Monday of their week and by occupation.
fn weeks(hires: &[(NaiveDate, String, u32)], first: NaiveDate, last: NaiveDate) -> BTreeMap<(NaiveDate, &str), u32> {
    let mut weeks = BTreeMap::new();
    for (day, occupation, people) in hires.iter().filter(|(day, ..)| (first..=last).contains(day)) {
        let monday = *day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()));
        *weeks.entry((monday, occupation.as_str())).or_insert(0) += people;
    }
    weeks
}

/// EPS: registrations of tests on the domestic market, permits and reports of changes, one batch of each a day, as CSV.
pub(super) struct EpsPermits;

/// How long back the file reaches, in days.
const PERMITS_BACK_DAYS: i64 = 180;

impl Dialect for EpsPermits {
    fn name(&self) -> &'static str {
        "eps_permits"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != "/batch/eps/permits.csv" {
            return Reply::status(404, "not found");
        }
        if let Some(reply) = refused(view, request) {
            return reply;
        }
        let (from, to) = issue_days(request);
        let today = view.now.date();
        let from = from.max(today - TimeDelta::days(PERMITS_BACK_DAYS));
        let mut days: BTreeMap<NaiveDate, [Batch; 2]> = BTreeMap::new();
        for employer in view.employers {
            for test in &employer.tests {
                let stages = [
                    (0, "labour_market_test", Some(test.registered), test.slots),
                    (1, "permit_issued", test.issued, test.slots.div_ceil(2)),
                    (1, "change_reported", test.changed, 1),
                ];
                for (which, stage, day, slots) in stages {
                    let Some(day) = day.filter(|d| *d <= today && *d >= from && *d <= to) else { continue };
                    let batch = &mut days.entry(day).or_insert_with(|| [Batch::new(), Batch::new()])[which];
                    permit_row(batch, employer, test, stage, day, slots);
                }
            }
        }
        let mut out = format!(
            "stage,{},{},workplace_name,region_code,occupation_code,slots,from,until,posting_no\n",
            write::name(view, "permit_no", "case_no"),
            write::name(view, "business_number", "biz_no")
        );
        for (day, [tests, permits]) in days {
            let name = day.format("%Y%m%d");
            tests.put(&mut out, "eps", &format!("EPS-{name}"), 1, day, (day, day));
            permits.put(&mut out, "permits", &format!("PERMIT-{name}"), 1, day, (day, day));
        }
        Reply::ok("text/csv; charset=utf-8", out)
    }
}

fn permit_row(batch: &mut Batch, employer: &Employer, test: &MarketTest, stage: &str, day: NaiveDate, slots: u32) {
    let _ = write!(batch.rows, "{stage},{},{},", test.permit_no, employer.business_number);
    cell(&mut batch.rows, &employer.name);
    let _ = write!(batch.rows, ",{},{},{slots},", employer.region_code, test.occupation);
    if stage == "labour_market_test" {
        let posting = if test.named { test.posting.as_str() } else { "" };
        let _ = write!(batch.rows, "{},{},{posting}", test.from, test.until);
    } else {
        let _ = write!(batch.rows, "{day},,");
    }
    batch.row(slots);
}

/// The national index of training institutions, as JSON Lines.
pub(super) struct TrainingInstitutions;

impl Dialect for TrainingInstitutions {
    fn name(&self) -> &'static str {
        "training_institutions"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != "/batch/hrd/institutions.jsonl" {
            return Reply::status(404, "not found");
        }
        if let Some(reply) = refused(view, request) {
            return reply;
        }
        let mut out = String::new();
        for employer in view.employers.iter().filter(|e| is_institution(e)) {
            out.push('{');
            write::json_pair(
                &mut out,
                write::name(view, "institution_no", "inst_cd"),
                &format!("5{}", employer.business_number),
            );
            write::json_pair(&mut out, "business_number", &employer.business_number);
            write::json_pair(&mut out, "name", &employer.name);
            write::json_pair(&mut out, "address", &employer.address);
            write::json_pair(&mut out, "region_code", &employer.region_code);
            out.push_str("\"certified_from\":\"");
            write::day(&mut out, employer.founded, "-");
            let state = if employer.business_state == "01" { "인증" } else { "인증종료" };
            let _ = writeln!(out, "\",\"state\":\"{state}\",\"capacity\":{}}}", 20 + employer.workers % 200);
        }
        Reply::ok("application/x-ndjson", out)
    }
}
