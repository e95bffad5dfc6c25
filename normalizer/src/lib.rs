//! Text → canonical postings. Pure and total: no IO, no clock, no panic on any input; what was not understood
//! is a [`Finding`], never a silent null, and a posting is never dropped for a bad field.

mod finding;
mod posting;
mod raw;
mod reading;

pub mod brief;
pub mod strings;
pub mod text;

pub mod benefit;
pub mod business_number;
pub mod career;
pub mod closing;
pub mod company;
pub mod contact;
pub mod date;
pub mod education;
pub mod employment_type;
pub mod headcount;
pub mod hours;
pub mod industry;
pub mod language;
pub mod licence;
pub mod occupation;
mod origin;
pub mod pay;
pub mod region;
pub mod title;
pub mod url;
mod words;

pub mod vet;

pub use finding::{Effect, Finding, SPAN_CHARS_MAX, Verdict};
pub use posting::*;
pub use raw::{RawField, RawPosting, UnknownField};

/// What a reading may depend on besides the text.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Name of the source, for its own habits.
    pub source: &'a str,
    /// Day of fetching in Asia/Seoul: resolves `D-3`, `~ 12/31(화)`, and which region codes are in force.
    pub fetched_on: chrono::NaiveDate,
}

/// A raw posting, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Normalized {
    /// Canonical values with provenance.
    pub posting: Posting,
    /// Personal data, found in its own fields or in any free text and taken out of it.
    pub contact: Contact,
    /// What is doubtful or was not understood.
    pub findings: Vec<Finding>,
}

/// Reads every field of a row. Same input, same output, byte for byte.
pub fn normalize(raw: &RawPosting, context: &Context<'_>) -> Normalized {
    let mut reading = reading::Reading::of(raw, context);
    // the title goes first: it lends a deadline and a headcount to fields that stay silent
    title::read(&mut reading);
    business_number::read(&mut reading);
    company::read(&mut reading);
    region::read(&mut reading);
    occupation::read(&mut reading);
    industry::read(&mut reading);
    employment_type::read(&mut reading);
    pay::read(&mut reading);
    education::read(&mut reading);
    career::read(&mut reading);
    headcount::read(&mut reading);
    hours::read(&mut reading);
    pay::equivalent(&mut reading);
    licence::read(&mut reading);
    language::read(&mut reading);
    benefit::read(&mut reading);
    closing::read(&mut reading);
    origin::read(&mut reading);
    closing::check(&mut reading);
    url::read(&mut reading);
    words::read(&mut reading);
    contact::read(&mut reading);
    reading.out.posting.rules = RULES_VERSION;
    reading.out
}

/// Judges a posting under the law in force on a day (the day of judging, in Asia/Seoul).
/// `findings` of the reading are not repeated.
pub fn vet(normalized: &Normalized, law_of: chrono::NaiveDate) -> Vec<Finding> {
    vet::judge(normalized, law_of, &vet::Facts::default())
}

/// As [`vet()`], with what other systems and earlier versions say of the posting.
pub fn vet_with(normalized: &Normalized, law_of: chrono::NaiveDate, facts: &vet::Facts) -> Vec<Finding> {
    vet::judge(normalized, law_of, facts)
}

/// Version of the reading rules: a change of any rule's outcome raises it.
/// It stands in every posting, so that `jobhub renormalize` knows which were read otherwise.
pub const RULES_VERSION: u32 = 2;

#[cfg(test)]
mod tests;
