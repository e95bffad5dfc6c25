//! Batch files of the linked systems that have no public API: employment insurance acquisitions, EPS permits, training
//! institutions. The schemas are this project's own (PORTALS §21 says to design them); only their clocks are real.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike as _, Months, NaiveDate, TimeDelta};

use super::hrdnet::is_institution;
use super::register::recruits_abroad;
use super::write;
use crate::{Dialect, Employer, Failure, Reply, Request, View};

/// The key every batch is fetched with.
fn refused(view: &View<'_>, request: &Request) -> Option<Reply> {
    let key = request.header("x-batch-key").is_some_and(|key| !key.trim().is_empty());
    Some(match view.failure.or((!key).then_some(Failure::Auth))? {
        Failure::Auth => Reply::status(401, "unauthorized").failing(),
        Failure::Quota => Reply::status(429, "too many requests").failing(),
        Failure::ServerError => Reply::status(503, "batch is being built").failing(),
    })
}

/// When a hire is known: acquisitions are reported by the 15th of the month after.
fn reported(hired: NaiveDate) -> NaiveDate {
    let next = hired.with_day(1).and_then(|d| d.checked_add_months(Months::new(1)));
    next.and_then(|d| d.with_day(15)).unwrap_or(hired)
}

/// Employment insurance acquisitions: counts by workplace, occupation and week, as CSV.
pub(super) struct EiAcquisitions;

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
        let day = |name| request.arg(name).and_then(|text| NaiveDate::parse_from_str(text, "%Y%m%d").ok());
        let (from, to) = (day("from").unwrap_or(NaiveDate::MIN), day("to").unwrap_or(NaiveDate::MAX));
        let mut out = String::from("workplace_no,business_number,");
        out.push_str(write::name(view, "occupation_code", "keco"));
        out.push_str(",week_from,week_until,acquired\n");
        for employer in view.employers {
            for ((week, occupation), people) in weeks(employer, view.now.date()) {
                if week < from || week > to {
                    continue;
                }
                let _ = write!(out, "{0}0,{0},", employer.business_number);
                out.push_str(occupation);
                out.push(',');
                write::day(&mut out, week, "-");
                out.push(',');
                write::day(&mut out, week + TimeDelta::days(6), "-");
                let _ = writeln!(out, ",{people}");
            }
        }
        Reply::ok("text/csv; charset=utf-8", out)
    }
}

/// What is known today of an employer's hires, by the Monday of their week and by occupation.
fn weeks(employer: &Employer, today: NaiveDate) -> BTreeMap<(NaiveDate, &str), u32> {
    let mut weeks = BTreeMap::new();
    for (day, occupation, people) in employer.hires.iter().filter(|(day, ..)| reported(*day) <= today) {
        let monday = *day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()));
        *weeks.entry((monday, occupation.as_str())).or_insert(0) += people;
    }
    weeks
}

/// EPS permits: labour-market tests, permits and change reports of the last half year, as JSON Lines.
pub(super) struct EpsPermits;

/// How long back the file reaches, in days.
const PERMITS_BACK_DAYS: i64 = 180;

impl Dialect for EpsPermits {
    fn name(&self) -> &'static str {
        "eps_permits"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != "/batch/eps/permits.jsonl" {
            return Reply::status(404, "not found");
        }
        if let Some(reply) = refused(view, request) {
            return reply;
        }
        let today = view.now.date();
        let mut out = String::new();
        for employer in view.employers.iter().filter(|e| recruits_abroad(e)) {
            for year in today.year() - 1..=today.year() {
                permits(&mut out, view, employer, year, today);
            }
        }
        Reply::ok("application/x-ndjson", out)
    }
}

/// One application a year and employer: a test of 7 days (3 with proven effort), a permit within three months after it,
/// now and then a change report.
fn permits(out: &mut String, view: &View<'_>, employer: &Employer, year: i32, today: NaiveDate) {
    let hash = write::hash(&format!("{}{year}", employer.business_number));
    let Some(start) = NaiveDate::from_yo_opt(year, 1 + (hash % 360) as u32) else { return };
    let until = start + TimeDelta::days(if (hash >> 9).is_multiple_of(4) { 3 } else { 7 });
    let issued = until + TimeDelta::days(14 + (hash >> 16) as i64 % 70);
    let changed = issued + TimeDelta::days(20);
    let stages = [
        ("labour_market_test", start, Some(until), true),
        ("permit_issued", issued, None, !(hash >> 24).is_multiple_of(5)),
        ("change_reported", changed, None, (hash >> 30).is_multiple_of(6)),
    ];
    let occupation = employer.hires.last().map_or("", |(_, code, _)| code.as_str());
    for (stage, from, to, happens) in stages {
        if !happens || from > today || from < today - TimeDelta::days(PERMITS_BACK_DAYS) {
            continue;
        }
        let _ = write!(
            out,
            "{{\"{}\":\"EPS-{year}-{:08}\",\"stage\":\"{stage}\",\"{}\":\"{}\",\"workplace\":",
            write::name(view, "permit_no", "case_no"),
            hash % 100_000_000,
            write::name(view, "business_number", "biz_no"),
            employer.business_number
        );
        write::json(out, &employer.name);
        let _ = write!(out, ",\"occupation_code\":\"{occupation}\",\"slots\":{},\"from\":\"", 1 + (hash >> 4) % 5);
        write::day(out, from, "-");
        out.push_str("\",\"until\":");
        match to {
            Some(day) => {
                let _ = write!(out, "\"{}\"", write::day_text(day, "-"));
            }
            None => out.push_str("null"),
        }
        out.push_str("}\n");
    }
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
