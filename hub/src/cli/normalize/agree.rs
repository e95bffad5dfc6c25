//! `normalize agree`: the same postings as several programs read them, joined by their ids, and whether the canonical values agree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use normalizer::{Context, Effect, Normalized, RawField, RawPosting, brief, normalize};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::columns::{Mapping, fields_of, flat, key_of, objects};
use super::{open, percent, share};
use crate::cli::context::{Code, Out, count, cut, note, table};
use crate::cli::refusal::Refusal;

/// Rows read of one file.
const ROWS_MAX: usize = 2_000_000;
/// Bytes of a JSON file.
const JSON_BYTES_MAX: u64 = 512 << 20;
/// Bad rows that are named on the error stream.
const BAD_SHOWN: usize = 5;
/// The fields that are compared.
const FIELDS: [&str; 7] = ["company", "region", "closing", "career", "education", "employment", "pay"];

/// Which files, and how their columns are called.
#[derive(Args, Debug)]
#[command(
    after_help = "CSV with a header, JSON (a list of objects) or JSON Lines; columns are known by their usual names.\n\
A value counts where it was given and understood; a region within another (서울, 서울 강남구) is shown apart from an equal one.\n\n\
Examples:\n  jobhub normalize agree a.csv b.json --show 10\n  jobhub normalize agree *.csv --map region=근무지역 --map b.csv:closing=끝 --fetched 2024-12-03"
)]
pub struct AgreeArgs {
    /// Files, two or more.
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A column that its name does not tell: FIELD=COLUMN, or FILE:FIELD=COLUMN for files whose name holds FILE.
    #[arg(long, value_name = "MAP")]
    pub map: Vec<String>,
    /// Day on which the files were fetched (default: told from the days in them).
    #[arg(long, value_name = "DATE")]
    pub fetched: Option<NaiveDate>,
    /// How many disagreements are shown per field.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub show: usize,
}

/// A posting as one file gives it.
struct Said {
    file: usize,
    /// Per field of [`FIELDS`]: canonical line and raw text.
    values: [Option<(String, String)>; FIELDS.len()],
}

/// A file that was read.
#[derive(Debug, Serialize)]
struct Source {
    file: String,
    fetched: NaiveDate,
    rows: u64,
    /// Rows of an id that stood in the file before.
    repeated: u64,
    /// Rows without an id.
    without_id: u64,
    bad_rows: u64,
    fields: Vec<String>,
    /// Values that were given and not understood, by field.
    not_understood: BTreeMap<String, u64>,
}

/// Two values of one posting that differ.
#[derive(Debug, Serialize)]
struct Differs {
    id: String,
    values: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Value {
    file: String,
    raw: String,
    value: String,
}

/// A field over all postings.
#[derive(Debug, Default, Serialize)]
struct Field {
    field: &'static str,
    /// Postings that two files or more give and say understandably.
    postings: u64,
    /// Of these, with one canonical value.
    equal: u64,
    /// With values that lie within one another: 서울, 서울 강남구.
    within: u64,
    differ: u64,
    /// Equal or within.
    agreement: f64,
    disagreements: Vec<Differs>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    within_one_another: Vec<Differs>,
}

/// The answer for a program.
#[derive(Debug, Serialize)]
struct Report {
    files: Vec<Source>,
    ids: u64,
    ids_in_several: u64,
    fields: Vec<Field>,
}

/// Compares files.
///
/// # Errors
/// When one cannot be read, or no column gives an id.
pub(super) fn run(out: &Out, json: bool, today: NaiveDate, args: &AgreeArgs) -> Result<Code> {
    let maps: Vec<Mapping> = args.map.iter().map(|m| m.parse()).collect::<Result<_, Refusal>>()?;
    let mut tables = Vec::new();
    for path in &args.files {
        tables.push(load(path, &maps)?);
    }
    let days = match args.fetched {
        Some(day) => vec![day; tables.len()],
        None => fetch_days(&tables, today),
    };
    let mut by_id: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    let mut files = Vec::new();
    for (n, (loaded, fetched)) in tables.into_iter().zip(days).enumerate() {
        files.push(take(n, loaded, fetched, &mut by_id));
    }
    let report = compare(files, &by_id, args.show);
    if json {
        out.json(&report)?;
    } else {
        print(out, &report)?;
    }
    Ok(Code::Ok)
}

/// A file's rows with their columns named.
struct Loaded {
    name: String,
    rows: Vec<RawPosting>,
    /// Texts beside the fields in which portals write the day of a change.
    changes: Vec<String>,
    bad_rows: u64,
    fields: Vec<String>,
}

fn load(path: &Path, maps: &[Mapping]) -> Result<Loaded> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut loaded = Loaded { name, rows: Vec::new(), changes: Vec::new(), bad_rows: 0, fields: Vec::new() };
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "json" | "jsonl" | "ndjson" => load_json(path, maps, &mut loaded)?,
        _ => load_csv(path, maps, &mut loaded)?,
    }
    let has = |field: RawField| loaded.fields.iter().any(|f| f == field.name());
    if !loaded.rows.is_empty() && !has(RawField::ExternalId) && !has(RawField::Url) {
        return Err(Refusal::new(
            format!("no column of {} gives an id or a link", path.display()),
            "the header",
            "name it: --map external_id=COLUMN or --map url=COLUMN",
        )
        .into());
    }
    Ok(loaded)
}

fn load_csv(path: &Path, maps: &[Mapping], loaded: &mut Loaded) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(open(path)?);
    let columns: Vec<String> =
        reader.byte_headers()?.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let fields = fields_of(&loaded.name, &columns, maps);
    loaded.fields = fields.iter().flatten().map(|f| f.name().to_owned()).collect();
    let mut record = csv::ByteRecord::new();
    while loaded.rows.len() < ROWS_MAX {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) if error.is_io_error() => return Err(error.into()),
            Err(error) => {
                loaded.bad(&error.to_string());
                continue;
            }
        }
        if record.len() != columns.len() {
            loaded.bad(&format!("{} cells under {} columns", record.len(), columns.len()));
            continue;
        }
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
        loaded.push(fields.iter().copied().zip(cells));
    }
    Ok(())
}

fn load_json(path: &Path, maps: &[Mapping], loaded: &mut Loaded) -> Result<()> {
    use std::io::Read as _;
    let mut text = String::new();
    open(path)?.take(JSON_BYTES_MAX).read_to_string(&mut text)?;
    let text = text.trim_start_matches('\u{feff}');
    let objects: Vec<serde_json::Value> = match serde_json::from_str(text) {
        Ok(value) => objects(value),
        // JSON Lines: a bad line is a bad row
        Err(_) => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .filter_map(|line| serde_json::from_str(line).map_err(|error| loaded.bad(&error.to_string())).ok())
            .collect(),
    };
    let mut known: FxHashSet<String> = FxHashSet::default();
    for object in objects.iter().take(ROWS_MAX) {
        let cells = flat(object);
        let columns: Vec<String> = cells.iter().map(|(name, _)| name.clone()).collect();
        let fields = fields_of(&loaded.name, &columns, maps);
        for field in fields.iter().flatten() {
            if known.insert(field.name().to_owned()) {
                loaded.fields.push(field.name().to_owned());
            }
        }
        loaded.push(fields.into_iter().zip(cells.into_iter().map(|(_, text)| text)));
    }
    Ok(())
}

impl Loaded {
    fn bad(&mut self, why: &str) {
        self.bad_rows += 1;
        if self.bad_rows <= BAD_SHOWN as u64 {
            note(&format!("{}, row {}: {why}: left out", self.name, self.rows.len() as u64 + self.bad_rows));
        }
    }

    fn push(&mut self, cells: impl Iterator<Item = (Option<RawField>, String)>) {
        let mut row = RawPosting::at(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        for (field, text) in cells {
            match field {
                Some(field) => row.set(field, text),
                None => {
                    if let Some((_, day)) = text.split_once("수정일") {
                        self.changes.push(normalizer::text::cut(day.trim(), 20).to_owned());
                    }
                }
            }
        }
        self.rows.push(row);
    }
}

/// The latest day of posting or change that a file names: it was fetched then or a little later.
fn latest_day(loaded: &Loaded, today: NaiveDate) -> Option<NaiveDate> {
    let posted = loaded.rows.iter().filter_map(|row| row.text(RawField::DatePosted));
    posted
        .chain(loaded.changes.iter().map(String::as_str))
        .filter_map(|text| normalizer::date::first(text, today))
        .filter(|day| day.rule != "date.relative" && day.rule != "date.yearless" && day.date <= today)
        .map(|day| day.date)
        .max()
}

/// Days by which a file's relative words may move the day taken for its fetching.
const DAYS_OFF_MAX: i64 = 3;

/// The day on which each file was fetched, which no file says: the latest day of posting or change in it, moved to where its
/// relative words (`오늘마감`, `D-3`) meet the dates that most of the other files' rows of the same postings give.
fn fetch_days(tables: &[Loaded], today: NaiveDate) -> Vec<NaiveDate> {
    let days: Vec<Option<NaiveDate>> = tables.iter().map(|t| latest_day(t, today)).collect();
    let fallback = days.iter().flatten().max().copied().unwrap_or(today);
    let days: Vec<NaiveDate> = days.into_iter().map(|day| day.unwrap_or(fallback)).collect();
    let mut dated: FxHashMap<String, Vec<(usize, NaiveDate)>> = FxHashMap::default();
    let mut relative: Vec<(usize, String, i64)> = Vec::new();
    for (n, (table, on)) in tables.iter().zip(&days).enumerate() {
        for row in &table.rows {
            let (Some(id), Some(text)) = (key_of(row), row.text(RawField::ValidThrough)) else { continue };
            match normalizer::date::all(text, *on).last() {
                Some(day) if day.rule == "date.relative" => relative.push((n, id, (day.date - *on).num_days())),
                Some(day) => dated.entry(id).or_default().push((n, day.date)),
                None => {}
            }
        }
    }
    let mut votes: Vec<BTreeMap<NaiveDate, usize>> = vec![BTreeMap::new(); tables.len()];
    for (n, id, ahead) in relative {
        for (_, date) in dated.get(&id).into_iter().flatten().filter(|(other, _)| *other != n) {
            *votes[n].entry(*date - chrono::TimeDelta::days(ahead)).or_default() += 1;
        }
    }
    let settled = |day: NaiveDate, votes: &BTreeMap<NaiveDate, usize>| {
        let total: usize = votes.values().sum();
        let (best, count) = votes.iter().max_by_key(|(_, count)| **count)?;
        (count * 2 > total && (*best - day).num_days().abs() <= DAYS_OFF_MAX).then_some(*best)
    };
    days.into_iter().zip(&votes).map(|(day, votes)| settled(day, votes).unwrap_or(day)).collect()
}

/// Reads a file's rows and adds them under their ids.
fn take(n: usize, loaded: Loaded, fetched: NaiveDate, by_id: &mut BTreeMap<String, Vec<Said>>) -> Source {
    let mut source = Source {
        file: loaded.name,
        fetched,
        rows: loaded.rows.len() as u64,
        repeated: 0,
        without_id: 0,
        bad_rows: loaded.bad_rows,
        fields: loaded.fields,
        not_understood: BTreeMap::new(),
    };
    let context = Context { source: "file", fetched_on: fetched };
    for row in loaded.rows {
        let Some(id) = key_of(&row) else {
            source.without_id += 1;
            continue;
        };
        let readings = by_id.entry(id).or_default();
        if readings.iter().any(|said| said.file == n) {
            source.repeated += 1;
            continue;
        }
        let normalized = normalize(&row, &context);
        for finding in normalized.findings.iter().filter(|f| f.rule.ends_with(".not_understood")) {
            debug_assert!(finding.effect <= Effect::Reviews);
            let family = finding.rule.split('.').next().unwrap_or_default();
            *source.not_understood.entry(family.to_owned()).or_default() += 1;
        }
        readings.push(Said { file: n, values: values(&row, &normalized) });
    }
    source
}

/// Canonical lines of the compared fields, where they were given and understood.
fn values(row: &RawPosting, normalized: &Normalized) -> [Option<(String, String)>; FIELDS.len()] {
    let posting = &normalized.posting;
    let given = |field: RawField, line: String| {
        let raw = row.text(field)?;
        (!line.is_empty()).then(|| (line, raw.to_owned()))
    };
    let coded = posting.job_location.iter().all(|p| p.code.is_some());
    [
        given(RawField::Company, posting.hiring_organization.match_name.clone()),
        given(RawField::Region, if coded { brief::places(&posting.job_location) } else { String::new() }),
        given(RawField::ValidThrough, posting.closing.brief()),
        given(RawField::Career, posting.experience.map(|e| e.brief()).unwrap_or_default()),
        given(RawField::Education, posting.education.map(|e| e.brief()).unwrap_or_default()),
        given(RawField::EmploymentType, brief::kinds(&posting.employment_type)),
        given(RawField::Pay, posting.base_salary.as_ref().map(|p| p.brief()).unwrap_or_default()),
    ]
}

/// How the values of one posting stand to each other.
fn standing(field: &str, lines: &[&str]) -> Standing {
    if lines.windows(2).all(|pair| pair[0] == pair[1]) {
        return Standing::Equal;
    }
    let related = |a: &str, b: &str| a == b || contains(a, b) || contains(b, a);
    if field == "region" && lines.windows(2).all(|pair| related(pair[0], pair[1])) {
        return Standing::Within;
    }
    Standing::Differ
}

enum Standing {
    Equal,
    Within,
    Differ,
}

/// Whether every place of `inner` lies in one of `outer`.
fn contains(outer: &str, inner: &str) -> bool {
    let holds = |o: &str, i: &str| {
        o == "00"
            || i == o
            || (o.len() == 2 && i.starts_with(o))
            || (o.len() == 5 && o.ends_with('0') && i.starts_with(&o[..4]))
    };
    inner.split('+').all(|i| outer.split('+').any(|o| holds(o, i)))
}

fn compare(files: Vec<Source>, by_id: &BTreeMap<String, Vec<Said>>, show: usize) -> Report {
    let mut fields: Vec<Field> = FIELDS.iter().map(|field| Field { field, ..Field::default() }).collect();
    for (id, readings) in by_id.iter().filter(|(_, readings)| readings.len() > 1) {
        for (n, field) in fields.iter_mut().enumerate() {
            let given: Vec<(usize, &(String, String))> =
                readings.iter().filter_map(|said| said.values[n].as_ref().map(|v| (said.file, v))).collect();
            if given.len() < 2 {
                continue;
            }
            field.postings += 1;
            let lines: Vec<&str> = given.iter().map(|(_, (line, _))| line.as_str()).collect();
            let list = match standing(field.field, &lines) {
                Standing::Equal => {
                    field.equal += 1;
                    continue;
                }
                Standing::Within => {
                    field.within += 1;
                    &mut field.within_one_another
                }
                Standing::Differ => {
                    field.differ += 1;
                    &mut field.disagreements
                }
            };
            if list.len() < show {
                let values = given.iter().map(|(file, (line, raw))| Value {
                    file: files[*file].file.clone(),
                    raw: cut(raw, 80),
                    value: cut(line, 80),
                });
                list.push(Differs { id: id.clone(), values: values.collect() });
            }
        }
    }
    for field in &mut fields {
        field.agreement = share(field.equal + field.within, field.postings);
    }
    let several = by_id.values().filter(|readings| readings.len() > 1).count() as u64;
    Report { files, ids: by_id.len() as u64, ids_in_several: several, fields }
}

fn print(out: &Out, report: &Report) -> Result<()> {
    let number = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    let lines = report.files.iter().map(|f| {
        let not: Vec<String> = f.not_understood.iter().map(|(field, n)| format!("{field} {n}")).collect();
        vec![f.file.clone(), number(f.rows), number(f.repeated), f.fetched.to_string(), not.join(", ")]
    });
    out.line(&table(&["file", "rows", "repeated", "fetched", "not understood"], lines))?;
    out.line(&format!(
        "\n{} postings, {} of them in two files or more",
        number(report.ids),
        number(report.ids_in_several)
    ))?;
    let lines = report.fields.iter().filter(|f| f.postings > 0).map(|f| {
        vec![
            f.field.to_owned(),
            number(f.postings),
            percent(f.agreement),
            number(f.equal),
            number(f.within),
            number(f.differ),
        ]
    });
    out.line(&table(&["field", "postings", "agree", "equal", "within", "differ"], lines))?;
    for field in &report.fields {
        for (list, title) in [
            (&field.disagreements, format!("{}: differ", field.field)),
            (&field.within_one_another, format!("{}: within one another", field.field)),
        ] {
            if list.is_empty() {
                continue;
            }
            let lines = list.iter().flat_map(|d| {
                d.values.iter().map(|v| vec![d.id.clone(), v.file.clone(), v.raw.clone(), v.value.clone()])
            });
            out.line(&format!("\n{title}\n{}", table(&["id", "file", "written", "read as"], lines)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_lies_within_another() {
        for (outer, inner, want) in [
            ("11", "11680", true),
            ("11680", "11", false),
            ("41130", "41135", true),
            ("00", "26", true),
            ("11+41", "41135+11680", true),
            ("11", "41135", false),
        ] {
            assert_eq!(contains(outer, inner), want, "{outer} {inner}");
        }
    }
}
