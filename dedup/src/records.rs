//! Records of the comparison files (one JSON object a line, the shape of the open deduplication set) as postings and
//! profiles; so that `dedup` can be measured without a store and against other tools.

use std::collections::HashMap;

use chrono::NaiveDate;
use normalizer::{
    CloseKind, Closing, Contact, EmploymentType, Occupation, Organization, Origin, Pay, PayPeriod, Place, Posting,
    SourceStatus,
};
use serde::{Deserialize, Serialize};

use crate::profile::{Profile, SourceTraits, day_number};
use crate::{PostingId, fold};

/// Longest line read, in bytes.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// One record. Unknown fields are ignored, absent ones are empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Number of the record; the posting's id here. Must be given.
    #[serde(default = "no_number")]
    pub rec_id: i64,
    /// Number of its source.
    pub source: u32,
    /// Id there.
    pub origin_id: String,
    /// Page.
    pub url: String,
    /// Employer, as written.
    pub company: String,
    /// Business number or `""`.
    pub biz_no: String,
    /// Title, as written.
    pub title: String,
    /// Administrative code of 5 digits, `xx000` for a province, `""`.
    pub region_code: String,
    /// Occupation code or `""`.
    pub occupation: String,
    /// Kind of contract in words or `""`.
    pub emp_type: String,
    /// `Y` year, `M` month, `H` hour, `N` not said.
    pub salary_type: String,
    /// Least, in won.
    pub salary_min: Option<i64>,
    /// Most, in won.
    pub salary_max: Option<i64>,
    /// Openings.
    pub headcount: Option<u32>,
    /// First day.
    pub posted: Option<NaiveDate>,
    /// Closing date.
    pub deadline: Option<NaiveDate>,
    /// Last day it was open; absent = still open.
    pub closed: Option<NaiveDate>,
    /// `source:id` of the original, or `""`.
    pub cross_ref: String,
    /// Description, possibly with markup.
    pub description: String,
}

/// Why a line is not a record.
#[derive(Debug)]
pub enum RecordError {
    /// Longer than [`LINE_BYTES_MAX`].
    TooLong(usize),
    /// Not JSON.
    Json(serde_json::Error),
    /// JSON, but no object.
    NoObject,
    /// A field that is not what it should be, or is missing.
    Field {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}

impl std::fmt::Display for RecordError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RecordError::TooLong(bytes) => write!(f, "record has {bytes} bytes, the limit is {LINE_BYTES_MAX}"),
            RecordError::Json(e) => write!(f, "record is not JSON, from character {} on", e.column()),
            RecordError::NoObject => write!(f, "record is no JSON object"),
            RecordError::Field { name, why } => write!(f, "field `{name}`: {why}"),
        }
    }
}

impl std::error::Error for RecordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            RecordError::Json(e) => Some(e),
            _ => None,
        }
    }
}

impl Record {
    /// Reads one line.
    pub fn read(line: &str) -> Result<Record, RecordError> {
        if line.len() > LINE_BYTES_MAX {
            return Err(RecordError::TooLong(line.len()));
        }
        // a list of values in order would do for serde, and is no record
        if line.trim_start().starts_with('[') {
            return Err(RecordError::NoObject);
        }
        let record: Record = serde_json::from_str(line).map_err(|_| wrong_field(line))?;
        if record.rec_id == no_number() {
            return Err(RecordError::Field { name: "rec_id".to_owned(), why: "is missing".to_owned() });
        }
        Ok(record)
    }

    /// The canonical posting and the contact taken out of the description.
    pub fn posting(&self) -> (Posting, Contact) {
        let (description, contact) = without_contacts(&without_markup(&self.description));
        let (match_name, branch) = fold::company(&self.company);
        let posting = Posting {
            title: self.title.clone(),
            hiring_organization: Organization {
                name: self.company.clone(),
                match_name,
                branch,
                business_number: (self.biz_no.len() == 10).then(|| self.biz_no.clone()),
                ..Organization::default()
            },
            job_location: self.places(),
            occupation: (!self.occupation.is_empty()).then(|| Occupation {
                code: Some(self.occupation.clone()),
                confidence: 1000,
                ..Occupation::default()
            }),
            employment_type: contract(&self.emp_type).into_iter().collect(),
            base_salary: self.pay(),
            total_job_openings: self.headcount,
            description: (!description.is_empty()).then_some(description),
            date_posted: self.posted,
            closing: Closing { kind: self.deadline.map(|_| CloseKind::ByDate), valid_through: self.deadline },
            status: if self.closed.is_some() { SourceStatus::Closed } else { SourceStatus::Open },
            url: (!self.url.is_empty()).then(|| self.url.clone()),
            origin: self.origin(),
            ..Posting::default()
        };
        (posting, contact)
    }

    /// The profile.
    pub fn profile(&self, source: &SourceTraits) -> Profile {
        let (posting, contact) = self.posting();
        Profile::of(self.rec_id, source, &self.origin_id, &posting, &contact)
            .with_life(None, self.closed.map(day_number))
    }

    /// A source as these files know it: its number is its name and its code.
    pub fn source_traits(&self) -> SourceTraits {
        SourceTraits { number: self.source, name: self.source.to_string(), ..SourceTraits::default() }
    }

    fn places(&self) -> Vec<Place> {
        let code = match self.region_code.as_str() {
            code if code.len() != 5 => return Vec::new(),
            code if code.ends_with("000") => &code[..2],
            code => code,
        };
        vec![Place { code: Some(code.to_owned()), ..Place::default() }]
    }

    fn pay(&self) -> Option<Pay> {
        let period = match self.salary_type.as_str() {
            "Y" => PayPeriod::Year,
            "M" => PayPeriod::Month,
            "D" => PayPeriod::Day,
            "H" => PayPeriod::Hour,
            _ => return None,
        };
        Some(Pay { period: Some(period), min: self.salary_min, max: self.salary_max, ..Pay::default() })
    }

    fn origin(&self) -> Option<Origin> {
        let (provider, id) = self.cross_ref.split_once(':')?;
        Some(Origin { provider: Some(provider.to_owned()), id: Some(id.to_owned()), url: None })
    }
}

fn no_number() -> i64 {
    i64::MIN
}

/// Which field of a line that is no record is wrong: each is tried alone.
fn wrong_field(line: &str) -> RecordError {
    let value: serde_json::Value = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => return RecordError::Json(error),
    };
    let serde_json::Value::Object(fields) = value else { return RecordError::NoObject };
    for (name, value) in fields {
        let alone = serde_json::Value::Object([(name.clone(), value)].into_iter().collect());
        if let Err(error) = serde_json::from_value::<Record>(alone) {
            return RecordError::Field { name, why: error.to_string() };
        }
    }
    RecordError::NoObject
}

/// Profiles of many lines, in order; errors with their line number, counted from 1.
pub fn profiles<'a>(lines: impl Iterator<Item = &'a str>) -> (Vec<Profile>, Vec<(usize, RecordError)>) {
    let mut sources: HashMap<u32, SourceTraits> = HashMap::new();
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    for (at, line) in lines.enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match Record::read(line) {
            Ok(record) => {
                let source = sources.entry(record.source).or_insert_with(|| record.source_traits());
                out.push(record.profile(source));
            }
            Err(error) => errors.push((at + 1, error)),
        }
    }
    (out, errors)
}

/// The truth file `rec_id,vacancy_id,…` with a header, as a map; lines that are not two numbers are left out.
pub fn truth(text: &str) -> rustc_hash::FxHashMap<PostingId, i64> {
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((cells.next()?.trim().parse().ok()?, cells.next()?.trim().parse().ok()?))
        })
        .collect()
}

fn contract(words: &str) -> Option<EmploymentType> {
    Some(match words {
        "정규직" => EmploymentType::Permanent,
        "계약직" => EmploymentType::Contract,
        "무기계약직" => EmploymentType::IndefiniteContract,
        "파견직" => EmploymentType::Temporary,
        "일용직" => EmploymentType::PerDiem,
        "시간제" => EmploymentType::PartTime,
        "인턴" => EmploymentType::Intern,
        "프리랜서" => EmploymentType::Freelance,
        "" => return None,
        _ => EmploymentType::Other,
    })
}

/// Tags become line feeds.
fn without_markup(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let tag = &rest[open + 1..];
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tag.find('>') {
            Some(close) if is_tag && close < 200 => {
                out.push_str(&rest[..open]);
                out.push('\n');
                rest = &tag[close + 1..];
            }
            _ => {
                out.push_str(&rest[..=open]);
                rest = tag;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Phones (`02-123-4567`, `1588-0000`) and e-mail addresses go to the contact.
fn without_contacts(text: &str) -> (String, Contact) {
    let mut contact = Contact::default();
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut kept = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|b| b.is_ascii_digit() || **b == b'-').count();
        let run = &text[at..end];
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        let groups = run.split('-').filter(|g| !g.is_empty()).count();
        let phone = groups == 3 && run.starts_with('0') && (9..=12).contains(&digits.len());
        // numbers of a portal's own help line (15xx-xxxx) are nobody's contact
        let help_line = groups == 2 && digits.len() == 8 && digits.starts_with('1');
        if phone || help_line {
            out.push_str(&text[kept..at]);
            kept = end;
            if phone {
                contact.phones.push(digits);
            }
        }
        at = end;
    }
    out.push_str(&text[kept..]);
    (out, contact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_becomes_a_posting() {
        let line = r#"{"rec_id": 7, "source": 3, "origin_id": "K1", "url": "", "company": "㈜다온정밀", "biz_no": "",
            "title": "용접원", "region_code": "41000", "occupation": "8131", "emp_type": "정규직", "salary_type": "M",
            "salary_min": 2800000, "salary_max": 2800000, "salary_text": "월급 280만원", "headcount": 2,
            "posted": "2026-07-01", "deadline": null, "closed": "2026-07-19", "cross_ref": "12:34",
            "description": "용접<br/>문의: 031-111-2222, 1588-0000"}"#;
        let record = Record::read(line).unwrap();
        let (posting, contact) = record.posting();
        assert_eq!(posting.hiring_organization.match_name, "다온정밀");
        assert_eq!(posting.job_location[0].code.as_deref(), Some("41"));
        assert_eq!(posting.description.as_deref(), Some("용접\n문의: , "));
        assert_eq!(contact.phones, ["0311112222"]);
        assert_eq!(posting.origin.unwrap().id.as_deref(), Some("34"));
        let profile = record.profile(&record.source_traits());
        assert_eq!(
            (profile.pay, profile.live, profile.regions.as_slice()),
            (Some((33_600, 33_600)), false, &[41000][..])
        );
        assert_eq!(Profile::from_bytes(&profile.to_bytes()), Ok(profile));
    }

    #[test]
    fn a_line_that_is_no_record_says_which_field() {
        let wrong = |line: &str| Record::read(line).unwrap_err().to_string();
        assert_eq!(
            wrong(r#"{"rec_id": 1, "salary_min": "many"}"#),
            "field `salary_min`: invalid type: string \"many\", expected i64"
        );
        assert_eq!(wrong(r#"{"rec_id": 1, "posted": "2026-02-30"}"#), "field `posted`: input is out of range");
        assert_eq!(wrong(r#"{"title": "용접원"}"#), "field `rec_id`: is missing");
        assert_eq!(wrong(r#"{"rec_id": 1"#), "record is not JSON, from character 12 on");
        assert_eq!(wrong("[1]"), "record is no JSON object");
        assert!(matches!(Record::read(&" ".repeat(LINE_BYTES_MAX + 1)), Err(RecordError::TooLong(_))));
    }

    #[test]
    fn markup_is_removed_and_comparisons_stay() {
        assert_eq!(without_markup("a<br/>b < c <3"), "a\nb < c <3");
    }
}
