//! Postings field by field against the record: what each says, whether it differs, and by which rule the record has its
//! value. Rows that differ come first, the heaviest of them at the top.

use normalizer::Posting;

use super::super::words::Lang;
use super::spelling::{self, Kind, Part};
use super::values::{self, FIELDS, Field, t, with};

/// Postings that stand in columns; the others are behind "+N".
pub(crate) const COLUMNS_MAX: usize = 5;
/// Characters of a long text that a cell shows.
const CELL_CHARS_MAX: usize = 120;
/// Pay this near, in thousandths, is the same pay in another unit.
const SAME_PAY: i64 = 5;

/// A posting that is compared.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    /// Its id.
    pub(crate) posting: i64,
    /// What it says.
    pub(crate) says: Posting,
}

/// Whether the postings agree on a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Agreement {
    /// Those that say something say the same.
    Same,
    /// They say the same in other words or units.
    Spelling,
    /// They do not.
    Differs,
}

/// What one posting says of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The posting.
    pub(crate) posting: i64,
    /// Its value, in stretches; empty when it says nothing.
    pub(crate) parts: Vec<Part>,
    /// The whole value where the cell shows its beginning only.
    pub(crate) whole: Option<String>,
    /// The same in the record's unit: `= 월급 3,000,000원`.
    pub(crate) converted: Option<String>,
    /// The source's own words, where they read otherwise.
    pub(crate) raw: Option<String>,
}

impl Cell {
    /// Whether the posting says anything.
    pub(crate) fn given(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The value as it is shown.
    pub(crate) fn text(&self) -> String {
        self.parts.iter().map(|p| p.text.as_str()).collect()
    }
}

/// One field of all postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The field.
    pub(crate) field: Field,
    /// Whether they agree.
    pub(crate) agreement: Agreement,
    /// The record's value, empty when nobody gives one.
    pub(crate) golden: String,
    /// Words of the rule that chose it.
    pub(crate) rule: Option<String>,
    /// The posting it is from; 0 for a value that a steward wrote.
    pub(crate) from: Option<i64>,
    /// What each posting says, in the order of the seats.
    pub(crate) cells: Vec<Cell>,
}

/// Compares postings against the record, row by row.
pub(crate) fn rows(seats: &[Seat], golden: &dedup::Golden, lang: Lang) -> Vec<Row> {
    let mut rows: Vec<Row> = FIELDS.iter().filter_map(|field| row(*field, seats, golden, lang)).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.agreement), std::cmp::Reverse(row.field.weight)));
    rows
}

fn row(field: Field, seats: &[Seat], golden: &dedup::Golden, lang: Lang) -> Option<Row> {
    let record = values::value(&golden.posting, field.name, lang).unwrap_or_default();
    let cells: Vec<Cell> = seats.iter().map(|seat| cell(field, seat, golden, &record, lang)).collect();
    if record.is_empty() && !cells.iter().any(Cell::given) {
        return None;
    }
    // the business number is chosen with the employer
    let chosen_with = if field.name == "business_number" { "hiring_organization" } else { field.name };
    let because = golden.because.iter().find(|b| b.field == chosen_with);
    Some(Row {
        field,
        agreement: agreement(field.name, seats, golden),
        rule: because.map(|b| t(lang, &format!("case-rule-{}", b.rule.replace(' ', "-")))),
        from: because.map(|b| b.posting),
        golden: record,
        cells,
    })
}

fn cell(field: Field, seat: &Seat, golden: &dedup::Golden, record: &str, lang: Lang) -> Cell {
    let value = values::value(&seat.says, field.name, lang).unwrap_or_default();
    let long = value.chars().count() > CELL_CHARS_MAX;
    let parts = if value.is_empty() {
        Vec::new()
    } else if long {
        let kind = one_kind(field.name, &seat.says, &golden.posting);
        let text: String = value.chars().take(CELL_CHARS_MAX).collect();
        vec![Part { text: format!("{text}…"), kind }]
    } else {
        let mut parts = spelling::parts(record, &value);
        let kind = one_kind(field.name, &seat.says, &golden.posting);
        if kind != Kind::Differs {
            // the same in another unit, or less exact: nothing in it is marked as another value
            for part in parts.iter_mut().filter(|p| p.kind == Kind::Differs) {
                part.kind = kind;
            }
        }
        parts
    };
    let provenance = seat.says.provenance.iter().find(|p| p.field == field.name);
    let raw = provenance.map(|p| p.raw.trim()).filter(|raw| !raw.is_empty() && !said_in(raw, &value));
    Cell {
        posting: seat.posting,
        parts,
        whole: long.then_some(value),
        converted: (field.name == "base_salary").then(|| converted(&seat.says, &golden.posting, lang)).flatten(),
        raw: raw.map(|raw| raw.chars().take(CELL_CHARS_MAX).collect()),
    }
}

fn said_in(raw: &str, value: &str) -> bool {
    spelling::same_but_spelling(raw, value) || value.contains(raw)
}

/// `= 월급 3,000,000원` for pay by another unit than the record's.
fn converted(says: &Posting, record: &Posting, lang: Lang) -> Option<String> {
    let (theirs, ours) = (says.base_salary.as_ref()?, record.base_salary.as_ref()?);
    if theirs.period == ours.period || theirs.period.is_none() {
        return None;
    }
    let month = values::monthly(theirs)?;
    Some(with(lang, "case-value-as-month", &[("amount", values::won(month, lang))]))
}

/// How one posting's value stands to the record's.
fn one_kind(field: &str, says: &Posting, record: &Posting) -> Kind {
    match agree(field, says, record) {
        None | Some(Agreement::Same) => Kind::Same,
        Some(Agreement::Spelling) => Kind::Spelling,
        Some(Agreement::Differs) => Kind::Differs,
    }
}

/// The furthest that any posting is from the record or from another.
fn agreement(field: &str, seats: &[Seat], golden: &dedup::Golden) -> Agreement {
    let mut furthest = Agreement::Same;
    for (at, seat) in seats.iter().enumerate() {
        let others = seats[at + 1..].iter().map(|s| &s.says).chain([&golden.posting]);
        for other in others {
            furthest = furthest.max(agree(field, &seat.says, other).unwrap_or(Agreement::Same));
        }
    }
    furthest
}

/// Whether two postings agree on a field; nothing where one of them says nothing.
fn agree(field: &str, a: &Posting, b: &Posting) -> Option<Agreement> {
    use Agreement::{Differs, Same, Spelling};
    let texts = |a: &str, b: &str| match (a, b) {
        ("", _) | (_, "") => None,
        (a, b) if a == b => Some(Same),
        (a, b) if spelling::same_but_spelling(a, b) => Some(Spelling),
        _ => Some(Differs),
    };
    let optional = |a: &Option<String>, b: &Option<String>| texts(a.as_deref()?, b.as_deref()?);
    fn equal<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> Option<Agreement> {
        Some(if a.as_ref()? == b.as_ref()? { Same } else { Differs })
    }
    match field {
        "hiring_organization" => {
            let (x, y) = (&a.hiring_organization, &b.hiring_organization);
            let same_branch = x.branch.is_none() || y.branch.is_none() || x.branch == y.branch;
            match texts(&x.name, &y.name)? {
                Differs if x.match_name == y.match_name && !x.match_name.is_empty() && same_branch => Some(Spelling),
                found => Some(found),
            }
        }
        "business_number" => equal(&a.hiring_organization.business_number, &b.hiring_organization.business_number),
        "title" => texts(&a.title, &b.title),
        "base_salary" => {
            let (x, y) = (a.base_salary.as_ref()?, b.base_salary.as_ref()?);
            if x == y {
                return Some(Same);
            }
            match (values::monthly(x), values::monthly(y)) {
                (Some(m), Some(n))
                    if x.period != y.period && m.abs_diff(n) <= (m.max(n) * SAME_PAY / 1000).unsigned_abs() =>
                {
                    Some(Spelling)
                }
                _ => Some(Differs),
            }
        }
        "closing" => {
            let none = |p: &Posting| p.closing.kind.is_none() && p.closing.valid_through.is_none();
            if none(a) || none(b) {
                return None;
            }
            Some(if a.closing == b.closing { Same } else { Differs })
        }
        "status" => Some(if a.status == b.status { Same } else { Differs }),
        "job_location" => places(a, b),
        "occupation" => {
            let (x, y) = (a.occupation.as_ref()?, b.occupation.as_ref()?);
            match (&x.code, &y.code) {
                (Some(m), Some(n)) if m == n => Some(if x.name == y.name { Same } else { Spelling }),
                // a shorter code is the same field said less exactly
                (Some(m), Some(n)) if m.starts_with(n.as_str()) || n.starts_with(m.as_str()) => Some(Spelling),
                (Some(_), Some(_)) => Some(Differs),
                _ => texts(&x.name, &y.name),
            }
        }
        "employment_type" if a.employment_type.is_empty() || b.employment_type.is_empty() => None,
        "employment_type" => Some(if a.employment_type == b.employment_type { Same } else { Differs }),
        "total_job_openings" => equal(&a.total_job_openings, &b.total_job_openings),
        "education" => equal(&a.education, &b.education),
        "experience" => equal(&a.experience, &b.experience),
        "weekly_minutes" => equal(&a.weekly_minutes, &b.weekly_minutes),
        "work_hours" => optional(&a.work_hours, &b.work_hours),
        "date_posted" => equal(&a.date_posted, &b.date_posted),
        "industry" => optional(&a.industry, &b.industry),
        "requisition" => optional(&a.requisition, &b.requisition),
        "qualifications" => optional(&a.qualifications, &b.qualifications),
        "description" => optional(&a.description, &b.description),
        "job_benefits" => optional(&a.job_benefits, &b.job_benefits),
        // each posting has its own
        _ => None,
    }
}

/// A province agrees with its districts, a district with its streets.
fn places(a: &Posting, b: &Posting) -> Option<Agreement> {
    if a.job_location.is_empty() || b.job_location.is_empty() {
        return None;
    }
    if a.job_location == b.job_location {
        return Some(Agreement::Same);
    }
    let codes = |p: &Posting| -> Vec<String> { p.job_location.iter().filter_map(|l| l.code.clone()).collect() };
    let (x, y) = (codes(a), codes(b));
    if x.is_empty() || y.is_empty() {
        let names = |p: &Posting| p.job_location.iter().map(|l| l.name.as_str()).collect::<Vec<_>>().join(" ");
        let same = spelling::same_but_spelling(&names(a), &names(b));
        return Some(if same { Agreement::Spelling } else { Agreement::Differs });
    }
    let near = |c: &String, d: &String| c.starts_with(d.as_str()) || d.starts_with(c.as_str());
    let shared = x.iter().any(|c| y.iter().any(|d| near(c, d)));
    Some(if shared { Agreement::Spelling } else { Agreement::Differs })
}
