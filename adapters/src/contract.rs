//! What every source must keep, checked on its own sample pages: the same checks in the tests of this crate and in
//! `jobhub source test`. Samples are given, not read: this crate opens no files.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use url::Url;

use crate::{Adapter as _, Answer, Ask, At, Detail, Entity, Format, Page, Plan, RawField, RawPosting, Row, Source};

/// A page kept beside a manifest. What it is for is said by its name: `page-*`, `detail-*`, and, expected to say so,
/// `empty-*` (no rows), `error-*` (a failure), `closed-*` (a closed detail page).
#[derive(Clone, Debug)]
pub struct Sample {
    /// File name, e.g. `page-1.json`.
    pub name: String,
    /// The body as it came.
    pub body: Vec<u8>,
    /// Text of its snapshot, where there is one.
    pub snapshot: Option<String>,
}

/// What a source does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The sample it shows on; empty for the manifest itself.
    pub sample: String,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.sample.is_empty() { f.write_str(&self.what) } else { write!(f, "{}: {}", self.sample, self.what) }
    }
}

/// How many places a sample is cut at.
const CUTS: usize = 96;
/// Rows shown in a snapshot.
const ROWS_SHOWN: usize = 3;
/// Characters of a field shown in a snapshot.
const CHARS_SHOWN: usize = 120;

/// Checks a source on its samples; nothing found is an empty list.
pub fn check(source: &Source, samples: &[Sample]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |sample: &str, what: String| problems.push(Problem { sample: sample.to_owned(), what });
    for what in check_plan(source) {
        say("", what);
    }
    for sample in samples {
        let name = &sample.name;
        match kind(name) {
            Kind::Page => check_page(source, sample).into_iter().for_each(|what| say(name, what)),
            Kind::Empty => match read(source, &sample.body) {
                Ok(page) if page.rows.is_empty() => {}
                Ok(page) => say(name, format!("{} rows where none were expected", page.rows.len())),
                Err(error) => say(name, format!("an empty list is taken for a failure: {error}")),
            },
            Kind::Error => {
                if let Ok(page) = read(source, &sample.body) {
                    say(name, format!("a failure is taken for a page with {} rows", page.rows.len()));
                }
            }
            Kind::Detail | Kind::Closed => {
                let wanted = if kind(name) == Kind::Closed { Detail::Closed } else { Detail::Read };
                match read_detail(source, &sample.body) {
                    Ok((got, _)) if got != wanted => say(name, format!("read as {got:?}, not {wanted:?}")),
                    Ok(_) => {}
                    Err(error) => say(name, error),
                }
            }
            Kind::Other => {}
        }
        if let Some(kept) = &sample.snapshot
            && kind(name) != Kind::Other
        {
            let now = snapshot(source, sample);
            if let Some(difference) = first_difference(kept, &now) {
                say(name, format!("differs from its snapshot: {difference}"));
            }
        }
    }
    problems
}

/// What a sample says, as the short text that is kept beside it.
pub fn snapshot(source: &Source, sample: &Sample) -> String {
    let mut out = String::new();
    if matches!(kind(&sample.name), Kind::Detail | Kind::Closed) {
        match read_detail(source, &sample.body) {
            Ok((Detail::Read, row)) => {
                out.push_str("detail\n");
                fields(&mut out, &row);
            }
            Ok((Detail::Closed, _)) => out.push_str("closed\n"),
            Err(error) => {
                let _ = writeln!(out, "error {error}");
            }
        }
        return out;
    }
    match read(source, &sample.body) {
        Err(error) => {
            let _ = writeln!(out, "error {error}");
        }
        Ok(page) => list(&mut out, &page),
    }
    out
}

fn list(out: &mut String, page: &Page) {
    let rejects = page.rows.iter().filter(|r| matches!(r, Row::Reject(_))).count();
    let total = page.total.map_or_else(|| "none".to_owned(), |t| t.to_string());
    let _ = writeln!(out, "rows {} rejects {rejects} skipped {} total {total}", page.rows.len(), page.skipped);
    let _ = writeln!(out, "next {}", page.next.as_ref().map_or("none", |n| n.url.as_str()));
    if let Some(body) = page.next.as_ref().and_then(|n| n.body.as_deref()) {
        let _ = writeln!(out, "body {}", shown(body));
    }
    if !page.split.is_empty() {
        let _ = writeln!(out, "split into {}", page.split.len());
    }
    if let Some(why) = &page.incomplete {
        let _ = writeln!(out, "incomplete {why}");
    }
    for row in page.rows.iter().take(ROWS_SHOWN) {
        match row {
            Row::Posting(posting) => {
                let _ = writeln!(out, "row {}", posting.position);
                fields(out, posting);
            }
            Row::Reject(reject) => {
                let _ = writeln!(out, "reject {}: {}", reject.position, reject.why);
            }
        }
    }
}

fn fields(out: &mut String, row: &RawPosting) {
    for (field, text) in row.iter() {
        let _ = writeln!(out, "  {} = {}", field.name(), shown(text));
    }
}

fn shown(text: &str) -> String {
    let mut line: String =
        text.chars().take(CHARS_SHOWN).map(|c| if c == '\n' || c == '\r' { '⏎' } else { c }).collect();
    if text.chars().nth(CHARS_SHOWN).is_some() {
        line.push('…');
    }
    line
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    Detail,
    Empty,
    Error,
    Closed,
    Other,
}

fn kind(name: &str) -> Kind {
    if name.ends_with(".snap") || name.ends_with(".toml") {
        return Kind::Other;
    }
    match name.split(['-', '.']).next().unwrap_or_default() {
        "page" => Kind::Page,
        "detail" => Kind::Detail,
        "empty" => Kind::Empty,
        "error" => Kind::Error,
        "closed" => Kind::Closed,
        _ => Kind::Other,
    }
}

/// The day samples are read on: any fixed one, so that snapshots do not change.
fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default()
}

fn lookup() -> Vec<String> {
    vec!["1234567890".to_owned()]
}

fn first_ask(source: &Source) -> Ask {
    let known = lookup();
    let plan = Plan { today: day(), since: None, secrets: &|_| None, lookup: &known };
    match source.slices(&plan).first() {
        Some(slice) => source.first(slice, &plan),
        None => source.ask(At::default()),
    }
}

fn read(source: &Source, body: &[u8]) -> Result<Page, crate::PageError> {
    source.read(&first_ask(source), &Answer { status: 200, content_type: None, link: None, body })
}

fn read_detail(source: &Source, body: &[u8]) -> Result<(Detail, RawPosting), String> {
    let mut row = RawPosting::at(0);
    for field in RawField::ALL {
        // enough of a row for any detail address
        row.set(*field, "1");
    }
    let ask = source.detail(&row).unwrap_or_else(|| first_ask(source));
    let mut row = RawPosting::at(0);
    let answer = Answer { status: 200, content_type: None, link: None, body };
    source.read_detail(&ask, &answer, &mut row).map(|d| (d, row)).map_err(|e| e.to_string())
}

fn check_plan(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    let known = lookup();
    let since = day().and_hms_opt(0, 0, 0).map(|t| t.and_utc());
    for since in [None, since] {
        let plan = Plan { today: day(), since, secrets: &|_| None, lookup: &known };
        let slices = source.slices(&plan);
        if slices.is_empty() {
            wrong.push("no slices".to_owned());
        }
        let names: BTreeSet<&str> = slices.iter().map(|s| s.name.as_str()).collect();
        if names.len() < slices.len() {
            wrong.push("two slices have one name".to_owned());
        }
        for slice in slices.iter().take(3) {
            wrong.extend(check_ask(source, &source.first(slice, &plan)));
        }
    }
    wrong
}

fn check_ask(source: &Source, ask: &Ask) -> Option<String> {
    let mut bare = ask.url.clone();
    for secret in source.secrets() {
        bare = bare.replace(&format!("{{secret.{secret}}}"), "secret");
    }
    match Url::parse(&bare) {
        Ok(url) if !source.may_reach(&url) => {
            Some(format!("it asks `{}`, no host of its own", url.host_str().unwrap_or_default()))
        }
        Ok(_) if bare.contains(['{', '}']) => Some(format!("an unfilled place in `{bare}`")),
        Ok(_) => None,
        Err(e) => Some(format!("`{bare}` is no address: {e}")),
    }
}

fn check_page(source: &Source, sample: &Sample) -> Vec<String> {
    let page = match read(source, &sample.body) {
        Ok(page) => page,
        Err(error) => return vec![format!("cannot be read: {error}")],
    };
    let mut wrong = Vec::new();
    let postings: Vec<&RawPosting> = page
        .rows
        .iter()
        .filter_map(|r| match r {
            Row::Posting(p) => Some(p),
            Row::Reject(_) => None,
        })
        .collect();
    let index_of_sitemaps = source.format() == Format::Sitemap && page.next.is_some();
    if postings.is_empty() && page.split.is_empty() && !index_of_sitemaps {
        wrong.push("no postings".to_owned());
    }
    for row in &page.rows {
        if let Row::Reject(reject) = row {
            wrong.push(format!("row {} is rejected: {}", reject.position, reject.why));
        }
    }
    let mut ids = BTreeSet::new();
    for id in postings.iter().filter_map(|p| p.text(RawField::ExternalId)) {
        if !ids.insert(id) {
            wrong.push(format!("the id `{id}` stands twice"));
        }
    }
    let wants_title = source.entity() == Entity::Posting && source.detail_when().is_none();
    if wants_title && let Some(row) = postings.iter().find(|p| p.text(RawField::Title).is_none()) {
        wrong.push(format!("row {} has no title", row.position));
    }
    wrong.extend(page.next.as_ref().and_then(|next| check_ask(source, next)));
    for posting in &postings {
        if let Some(ask) = source.detail(posting) {
            wrong.extend(check_ask(source, &ask));
            break;
        }
    }
    wrong.extend(check_cuts(source, &sample.body, &page));
    wrong
}

/// Cuts the sample at many bytes: a cut page is an error, or it has all its rows, unless its format cannot tell.
fn check_cuts(source: &Source, body: &[u8], whole: &Page) -> Option<String> {
    let cannot_tell = match source.format() {
        Format::Csv | Format::Jsonl => true,
        // a fragment has no end to miss
        Format::Html | Format::Jsonld => memchr::memmem::find(body, b"</html").is_none(),
        _ => false,
    };
    let step = (body.len() / CUTS).max(1);
    let near_end = body.len().saturating_sub(24)..body.len();
    for cut in (0..body.len()).step_by(step).chain(near_end) {
        let Ok(page) = read(source, &body[..cut]) else { continue };
        let fewer = page.rows.len() < whole.rows.len() && page.split.is_empty();
        if fewer && !cannot_tell && page.incomplete.is_none() {
            return Some(format!("cut at byte {cut} it is taken for a whole page with {} rows", page.rows.len()));
        }
    }
    None
}

fn first_difference(kept: &str, now: &str) -> Option<String> {
    let (mut old, mut new) = (kept.lines(), now.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (old.next(), new.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => {
                return Some(format!("line {number} was `{}`, is `{}`", a.unwrap_or("(end)"), b.unwrap_or("(end)")));
            }
        }
    }
}
