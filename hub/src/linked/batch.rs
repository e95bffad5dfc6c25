//! What a batch file may say, and whether it does: lines in, checked rows or a report out. Pure; `docs/linked.md` describes
//! the format for those who write it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::personal;

/// Largest file.
pub const BYTES_MAX: usize = 512 << 20;
/// Most rows of a batch.
pub const ROWS_MAX: usize = 2_000_000;
/// Most people or slots in a row.
pub const PEOPLE_MAX: i64 = 100_000;
/// Most problems that a report lists; the others are counted.
pub const PROBLEMS_MAX: usize = 50;
/// Longest name of a workplace, characters.
const NAME_CHARS_MAX: usize = 120;
/// Longest id of a batch, permit or posting.
const ID_BYTES_MAX: usize = 64;
/// Longest test on the domestic market, days (fourteen until 2024-01-09).
const TEST_DAYS_MAX: i64 = 31;

/// A linked system that sends batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Employment insurance: acquisitions, with transfers and renamings marked.
    Ei,
    /// Employment insurance: daily work reports.
    EiDay,
    /// EPS: registrations of tests on the domestic market.
    Eps,
    /// EPS: permits and reports of changes.
    Permits,
}

impl System {
    /// All of them.
    pub const ALL: [System; 4] = [System::Ei, System::EiDay, System::Eps, System::Permits];

    /// The word on the command line, in files and in the store.
    pub fn name(self) -> &'static str {
        match self {
            System::Ei => "ei",
            System::EiDay => "eiday",
            System::Eps => "eps",
            System::Permits => "permits",
        }
    }

    /// The system of a word.
    pub fn named(word: &str) -> Option<System> {
        System::ALL.into_iter().find(|system| system.name() == word)
    }

    /// What a source's pages may hold.
    pub fn of_source(source: &str) -> &'static [System] {
        match source {
            "ei_acquisitions" => &[System::Ei, System::EiDay],
            "eps_permits" => &[System::Eps, System::Permits],
            _ => &[],
        }
    }

    /// Columns of its rows, in order.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            System::Ei | System::EiDay => &[
                "record",
                "workplace_no",
                "business_number",
                "workplace_name",
                "region_code",
                "occupation_code",
                "week_from",
                "week_until",
                "people",
                "counterpart_no",
            ],
            System::Eps | System::Permits => &[
                "stage",
                "permit_no",
                "business_number",
                "workplace_name",
                "region_code",
                "occupation_code",
                "slots",
                "from",
                "until",
                "posting_no",
            ],
        }
    }

    /// What the first column of a row may say.
    fn records(self) -> &'static [&'static str] {
        match self {
            System::Ei => &["acquired", "transferred", "renamed"],
            System::EiDay => &["daily"],
            System::Eps => &["labour_market_test", "withdrawn"],
            System::Permits => &["permit_issued", "change_reported"],
        }
    }
}

/// First line of a batch: `#batch system=ei id=EI-202611-001 revision=1 issued=2026-12-15 period=2026-11-01..2026-11-30`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// Which system.
    pub system: System,
    /// The system's own id.
    pub id: String,
    /// 1, 2, 3 …
    pub revision: i64,
    /// Day the system made it.
    pub issued: NaiveDate,
    /// First day it is about.
    pub period_from: NaiveDate,
    /// Last day it is about.
    pub period_until: NaiveDate,
}

/// A checked row. Which fields mean what is the system's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// acquired, transferred, renamed, daily; or the stage of a permit.
    pub record: &'static str,
    /// 사업장관리번호, or the permit's number.
    pub key: String,
    /// 사업자등록번호.
    pub business_number: String,
    /// Name of the workplace.
    pub name: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// KECO code.
    pub occupation: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// People or slots.
    pub people: i64,
    /// Counterpart of a transfer, or number of a posting.
    pub other: Option<String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// What; never the value where that may be personal.
    pub what: String,
}

/// A batch that was found in a file.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its first line; `None` where that cannot be read.
    pub header: Option<Header>,
    /// Rows that are good.
    pub rows: Vec<Row>,
    /// Lines that hold rows.
    pub lines: usize,
    /// Sum of people or slots over the good rows.
    pub people: i64,
    /// What is wrong, the first [`PROBLEMS_MAX`] of it.
    pub problems: Vec<Problem>,
    /// How much is wrong in all.
    pub wrong: usize,
    /// SHA-256 of its lines, hexadecimal.
    pub hash: String,
}

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its batches, in order.
    pub sections: Vec<Section>,
    /// What is wrong with the file itself; then nothing of it is taken.
    pub problems: Vec<Problem>,
}

/// Reads a file of batches. `allowed` are the systems it may be of; with one of them missing, rows are read as the batch says.
pub fn read(text: &str, allowed: &[System]) -> File {
    let mut file = File::default();
    let text = text.trim_start_matches('\u{feff}');
    let Some(first) = allowed.first() else { return file };
    let mut columns_seen = false;
    let mut open: Option<Open> = None;
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            continue;
        }
        if let Some(said) = line.strip_prefix("#batch") {
            if let Some(unended) = open.replace(Open::begin(said, number, allowed)) {
                file.sections.push(unended.cut(number));
            }
        } else if let Some(said) = line.strip_prefix("#total") {
            match open.take() {
                Some(section) => file.sections.push(section.end(said, line, number)),
                None => {
                    file.problems.push(Problem { line: number, what: "a #total without a #batch before it".to_owned() })
                }
            }
        } else if line.starts_with('#') {
        } else if !columns_seen {
            columns_seen = true;
            if let Some(what) = wrong_columns(line, first.columns()) {
                file.problems.push(Problem { line: number, what });
                return file;
            }
        } else if let Some(section) = &mut open {
            section.row(line, number);
        } else {
            file.problems.push(Problem { line: number, what: "a row outside a batch".to_owned() });
            return file;
        }
    }
    if let Some(unended) = open {
        file.sections.push(unended.cut(text.lines().count() + 1));
    }
    if !columns_seen {
        file.problems.push(Problem { line: 1, what: "the line of column names is missing".to_owned() });
    }
    file
}

/// What is wrong with the line of column names.
fn wrong_columns(line: &str, wanted: &[&str]) -> Option<String> {
    let found: Vec<&str> = line.split(',').map(str::trim).collect();
    if let Some(personal) = found.iter().find(|name| personal::column(name)) {
        return Some(format!(
            "column `{personal}` is personal data; linked systems send counts of workplaces, never persons"
        ));
    }
    if found == wanted {
        return None;
    }
    let missing: Vec<&str> = wanted.iter().copied().filter(|w| !found.contains(w)).collect();
    let unknown: Vec<&str> = found.iter().copied().filter(|f| !wanted.contains(f)).collect();
    Some(match (missing.is_empty(), unknown.is_empty()) {
        (true, true) => format!("columns must stand in the order {}", wanted.join(",")),
        (false, true) => format!("columns are missing: {}", missing.join(", ")),
        (true, false) => format!("unknown columns: {}", unknown.join(", ")),
        (false, false) => {
            format!("columns are missing: {}; unknown columns: {}", missing.join(", "), unknown.join(", "))
        }
    })
}

/// A batch that is being read.
struct Open {
    section: Section,
    /// Rows already seen, to notice one that comes twice.
    seen: rustc_hash::FxHashSet<u64>,
    hasher: Sha256,
    began: usize,
}

impl Open {
    fn begin(said: &str, line: usize, allowed: &[System]) -> Open {
        let mut hasher = Sha256::new();
        hasher.update(said.trim().as_bytes());
        let mut section = Section {
            header: None,
            rows: Vec::new(),
            lines: 0,
            people: 0,
            problems: Vec::new(),
            wrong: 0,
            hash: String::new(),
        };
        match header(said) {
            Ok(found) if allowed.contains(&found.system) => section.header = Some(found),
            Ok(found) => {
                let names: Vec<&str> = allowed.iter().map(|s| s.name()).collect();
                say(
                    &mut section,
                    line,
                    format!("a batch of `{}` where {} was expected", found.system.name(), names.join(" or ")),
                );
                section.header = Some(found);
            }
            Err(what) => say(&mut section, line, what),
        }
        Open { section, seen: rustc_hash::FxHashSet::default(), hasher, began: line }
    }

    fn row(&mut self, line: &str, number: usize) {
        self.hasher.update(b"\n");
        self.hasher.update(line.as_bytes());
        self.section.lines += 1;
        if self.section.lines > ROWS_MAX {
            if self.section.lines == ROWS_MAX + 1 {
                say(&mut self.section, number, format!("more than {ROWS_MAX} rows"));
            }
            return;
        }
        let Some(header) = &self.section.header else { return };
        match row(line, header) {
            Ok(row) => {
                if !self.seen.insert(xxhash_rust::xxh3::xxh3_64(line.as_bytes())) {
                    say(&mut self.section, number, "the same row stands twice".to_owned());
                    return;
                }
                self.section.people += row.people;
                self.section.rows.push(row);
            }
            Err(what) => say(&mut self.section, number, what),
        }
    }

    /// The batch ends with its control totals.
    fn end(mut self, said: &str, line: &str, number: usize) -> Section {
        self.hasher.update(b"\n");
        self.hasher.update(line.as_bytes());
        match totals(said) {
            Ok((rows, people)) => {
                if rows != self.section.lines as i64 {
                    let what = format!("control total: {rows} rows announced, {} came", self.section.lines);
                    say(&mut self.section, number, what);
                }
                // a row that was refused has no people; its own problem says so
                if self.section.rows.len() == self.section.lines && people != self.section.people {
                    let what = format!("control total: {people} people announced, {} came", self.section.people);
                    say(&mut self.section, number, what);
                }
            }
            Err(what) => say(&mut self.section, number, what),
        }
        self.sealed()
    }

    /// The batch has no end.
    fn cut(mut self, number: usize) -> Section {
        let what = format!("the batch that begins on line {} has no #total: the file was cut", self.began);
        say(&mut self.section, number, what);
        self.sealed()
    }

    fn sealed(self) -> Section {
        let mut hash = String::with_capacity(64);
        for byte in self.hasher.finalize() {
            let _ = write!(hash, "{byte:02x}");
        }
        Section { hash, ..self.section }
    }
}

fn say(section: &mut Section, line: usize, what: String) {
    section.wrong += 1;
    if section.problems.len() < PROBLEMS_MAX {
        section.problems.push(Problem { line, what });
    }
}

/// `name=value` pairs, each once.
fn pairs(said: &str) -> Result<BTreeMap<&str, &str>, String> {
    let mut pairs = BTreeMap::new();
    for word in said.split_whitespace() {
        let (name, value) = word.split_once('=').ok_or_else(|| format!("`{word}` is not name=value"))?;
        if pairs.insert(name, value).is_some() {
            return Err(format!("`{name}` stands twice"));
        }
    }
    Ok(pairs)
}

fn header(said: &str) -> Result<Header, String> {
    let mut pairs = pairs(said)?;
    let mut take = |name: &str| pairs.remove(name).ok_or_else(|| format!("#batch does not say {name}"));
    let (system, id, revision, issued, period) =
        (take("system")?, take("id")?, take("revision")?, take("issued")?, take("period")?);
    if let Some((name, _)) = pairs.first_key_value() {
        return Err(format!("#batch does not know `{name}`"));
    }
    let (from, until) = period.split_once("..").ok_or("period is not <first day>..<last day>")?;
    let header = Header {
        system: System::named(system).ok_or_else(|| format!("system `{system}` is none of ei, eiday, eps, permits"))?,
        id: id_of("id", id)?.to_owned(),
        revision: revision.parse().ok().filter(|r| (1..=1000).contains(r)).ok_or("revision is not 1 to 1000")?,
        issued: day("issued", issued)?,
        period_from: day("period", from)?,
        period_until: day("period", until)?,
    };
    if header.period_until < header.period_from || header.issued < header.period_from {
        return Err("the period ends before it begins, or was issued before it began".to_owned());
    }
    Ok(header)
}

fn totals(said: &str) -> Result<(i64, i64), String> {
    let pairs = pairs(said)?;
    let number = |name: &str| {
        let text = pairs.get(name).ok_or_else(|| format!("#total does not say {name}"))?;
        text.parse::<i64>().ok().filter(|n| *n >= 0).ok_or_else(|| format!("#total: {name} is no number"))
    };
    Ok((number("rows")?, number("people")?))
}

/// Letters, digits and hyphens, nothing a person could be read from.
fn id_of<'t>(what: &str, text: &'t str) -> Result<&'t str, String> {
    let good = !text.is_empty()
        && text.len() <= ID_BYTES_MAX
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    match personal::value(text) {
        Some(kind) => Err(format!("{what} looks like {kind}; personal data are not taken")),
        None if good => Ok(text),
        None => Err(format!("{what} is not 1 to {ID_BYTES_MAX} letters, digits and hyphens")),
    }
}

fn day(what: &str, text: &str) -> Result<NaiveDate, String> {
    // chrono also takes `2026-1-5`
    let found = (text.len() == 10).then(|| text.parse::<NaiveDate>().ok()).flatten();
    found.filter(|d| (2000..=2100).contains(&d.year())).ok_or_else(|| format!("{what} is no day such as 2026-11-09"))
}

fn digits<'t>(what: &str, text: &'t str, count: std::ops::RangeInclusive<usize>) -> Result<&'t str, String> {
    if count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(text);
    }
    Err(match personal::value(text) {
        Some(kind) => format!("{what} looks like {kind}; personal data are not taken"),
        None if count.start() == count.end() => format!("{what} is not {} digits", count.start()),
        None => format!("{what} is not {} to {} digits", count.start(), count.end()),
    })
}

/// Fields of a line; quotes only where a name needs them.
fn fields(line: &str) -> Result<[std::borrow::Cow<'_, str>; 10], String> {
    use std::borrow::Cow;
    let mut out: [Cow<'_, str>; 10] = Default::default();
    let mut count = 0;
    let mut rest = Some(line);
    while let Some(text) = rest {
        let slot = out.get_mut(count).ok_or("more columns than the line of names has")?;
        if let Some(quoted) = text.strip_prefix('"') {
            let mut value = String::new();
            let mut inner = quoted;
            loop {
                let (before, after) = inner.split_once('"').ok_or("a quote is not closed")?;
                value.push_str(before);
                match after.strip_prefix('"') {
                    Some(more) => {
                        value.push('"');
                        inner = more;
                    }
                    None => {
                        rest = match after.strip_prefix(',') {
                            Some(next) => Some(next),
                            None if after.is_empty() => None,
                            None => return Err("text after a closing quote".to_owned()),
                        };
                        break;
                    }
                }
            }
            *slot = Cow::Owned(value);
        } else {
            match text.split_once(',') {
                Some((field, next)) => {
                    *slot = Cow::Borrowed(field);
                    rest = Some(next);
                }
                None => {
                    *slot = Cow::Borrowed(text);
                    rest = None;
                }
            }
        }
        count += 1;
    }
    if count == out.len() { Ok(out) } else { Err(format!("{count} columns where the line of names has {}", out.len())) }
}

fn row(line: &str, header: &Header) -> Result<Row, String> {
    let fields = fields(line)?;
    let field = |at: usize| fields[at].trim();
    let names = header.system.columns();
    let insurance = matches!(header.system, System::Ei | System::EiDay);
    let record = header
        .system
        .records()
        .iter()
        .find(|known| **known == field(0))
        .copied()
        .ok_or_else(|| format!("{} is none of {}", names[0], header.system.records().join(", ")))?;
    let (people_at, from_at, until_at) = if insurance { (8, 6, 7) } else { (6, 7, 8) };
    let key = if insurance { digits(names[1], field(1), 11..=11)? } else { id_of(names[1], field(1))? };
    let business_number = digits(names[2], field(2), 10..=10)?;
    if !normalizer::business_number::is_valid(business_number) {
        return Err("business_number has a wrong check digit".to_owned());
    }
    let people: i64 = field(people_at)
        .parse()
        .ok()
        .filter(|n| (1..=PEOPLE_MAX).contains(n))
        .ok_or_else(|| format!("{} is not 1 to {PEOPLE_MAX}", names[people_at]))?;
    let from = day(names[from_at], field(from_at))?;
    let until = Some(field(until_at)).filter(|t| !t.is_empty()).map(|t| day(names[until_at], t)).transpose()?;
    check_days(header, record, from, until)?;
    let occupation = digits("occupation_code", field(5), 2..=6)?;
    let region = Some(field(4)).filter(|t| !t.is_empty()).map(|t| digits("region_code", t, 2..=5)).transpose()?;
    let other = Some(field(9)).filter(|t| !t.is_empty());
    let other = match other {
        Some(text) if insurance => Some(digits(names[9], text, 11..=11)?),
        Some(text) => Some(id_of(names[9], text)?),
        None if matches!(record, "transferred" | "renamed") => {
            return Err(format!("{record} without the other workplace in {}", names[9]));
        }
        None => None,
    };
    Ok(Row {
        record,
        key: key.to_owned(),
        business_number: business_number.to_owned(),
        name: name_of(field(3))?,
        region: region.map(str::to_owned),
        occupation: occupation.to_owned(),
        from,
        until,
        people,
        other: other.map(str::to_owned),
    })
}

fn name_of(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(kind) = personal::value(text) {
        return Err(format!("workplace_name looks like {kind}; personal data are not taken"));
    }
    if text.chars().count() > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        return Err(format!("workplace_name is longer than {NAME_CHARS_MAX} characters or holds control characters"));
    }
    Ok(Some(text.to_owned()))
}

/// Weeks are Monday to Sunday and lie in the period; a test has an end.
fn check_days(header: &Header, record: &str, from: NaiveDate, until: Option<NaiveDate>) -> Result<(), String> {
    match header.system {
        System::Ei | System::EiDay => {
            let whole = from.weekday() == Weekday::Mon && until == from.checked_add_days(chrono::Days::new(6));
            if !whole {
                return Err("week_from and week_until are not a Monday and its Sunday".to_owned());
            }
            if until.is_some_and(|u| u < header.period_from) || from > header.period_until {
                return Err("the week is outside the period of the batch".to_owned());
            }
        }
        System::Eps if record == "labour_market_test" => {
            let days = until.map(|u| (u - from).num_days() + 1);
            if !days.is_some_and(|days| (1..=TEST_DAYS_MAX).contains(&days)) {
                return Err(format!("a test lasts 1 to {TEST_DAYS_MAX} days, from and until included"));
            }
        }
        System::Eps | System::Permits => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
