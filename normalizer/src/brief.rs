//! Canonical values on one short line: what tables of checked readings, agreements and replays compare and show.
//! Holds no reading of text; equal values have equal lines, and a line names everything its value holds.

use crate::{CloseKind, Closing, Degree, Education, EmploymentType, Experience, Occupation, Pay, PayPeriod, Place};

/// `3..5`, `3..`, `..5`, `3` where both bounds are one, `` where there is none.
fn range<T: std::fmt::Display + PartialEq>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(low), Some(high)) if low == high => low.to_string(),
        (Some(low), Some(high)) => format!("{low}..{high}"),
        (Some(low), None) => format!("{low}.."),
        (None, Some(high)) => format!("..{high}"),
        (None, None) => String::new(),
    }
}

fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

impl PayPeriod {
    /// `hour`, `day`, `week`, `month`, `year`, `piece`.
    pub fn word(self) -> &'static str {
        match self {
            PayPeriod::Hour => "hour",
            PayPeriod::Day => "day",
            PayPeriod::Week => "week",
            PayPeriod::Month => "month",
            PayPeriod::Year => "year",
            PayPeriod::Piece => "piece",
        }
    }
}

impl Pay {
    /// `year 30000000..48000000`, `hour 9860`, `50000 USD`, `month 2200000.. negotiable`, `negotiable`.
    pub fn brief(&self) -> String {
        let bounds = range(self.min, self.max);
        joined([
            self.period.map_or("", PayPeriod::word),
            bounds.as_str(),
            self.currency.as_deref().unwrap_or(""),
            if self.negotiable { "negotiable" } else { "" },
        ])
    }
}

impl CloseKind {
    /// `by_date`, `until_filled`, `always_open`, `rolling`.
    pub fn word(self) -> &'static str {
        match self {
            CloseKind::ByDate => "by_date",
            CloseKind::UntilFilled => "until_filled",
            CloseKind::AlwaysOpen => "always_open",
            CloseKind::Rolling => "rolling",
        }
    }
}

impl Closing {
    /// `by_date 2024-12-08`, `until_filled`, `always_open`, `rolling 2026-01-31`; `` where nothing was said.
    pub fn brief(&self) -> String {
        let day = self.valid_through.map(|d| d.to_string()).unwrap_or_default();
        joined([self.kind.map_or("", CloseKind::word), day.as_str()])
    }
}

impl Experience {
    /// `any`, `new`, `exp`, `exp 36..120`, `any 12..` (newcomers too); bounds are months.
    pub fn brief(&self) -> String {
        let who = match (self.newcomer, self.experienced) {
            (true, true) => "any",
            (true, false) => "new",
            (false, true) => "exp",
            (false, false) => "",
        };
        joined([who, range(self.min_months, self.max_months).as_str()])
    }
}

impl Degree {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Degree::Elementary => "elementary",
            Degree::Middle => "middle",
            Degree::High => "high",
            Degree::Associate => "associate",
            Degree::Bachelor => "bachelor",
            Degree::Master => "master",
            Degree::Doctorate => "doctorate",
        }
    }
}

impl Education {
    /// `any`, `high..`, `associate..bachelor`, `..high`.
    pub fn brief(&self) -> String {
        match range(self.min.map(Degree::word), self.max.map(Degree::word)) {
            none if none.is_empty() => "any".to_owned(),
            bounds => bounds,
        }
    }
}

impl EmploymentType {
    /// The word in JSON, in lower case.
    pub fn word(self) -> &'static str {
        match self {
            EmploymentType::Permanent => "permanent",
            EmploymentType::Contract => "contract",
            EmploymentType::IndefiniteContract => "indefinite_contract",
            EmploymentType::Temporary => "temporary",
            EmploymentType::PerDiem => "per_diem",
            EmploymentType::PartTime => "part_time",
            EmploymentType::Intern => "intern",
            EmploymentType::Freelance => "freelance",
            EmploymentType::MilitaryService => "military_service",
            EmploymentType::Other => "other",
        }
    }
}

/// Codes of workplaces in their order, `11680+11650`; `?` for one that was not understood.
pub fn places(places: &[Place]) -> String {
    places.iter().map(|p| p.code.as_deref().unwrap_or("?")).collect::<Vec<_>>().join("+")
}

/// Kinds of contract, `permanent+contract`.
pub fn kinds(kinds: &[EmploymentType]) -> String {
    kinds.iter().map(|k| k.word()).collect::<Vec<_>>().join("+")
}

impl Occupation {
    /// Code and certainty, `133200 700`; `?` without a code.
    pub fn brief(&self) -> String {
        self.code.as_deref().map_or_else(|| "?".to_owned(), |code| format!("{code} {}", self.confidence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_line() {
        let pay = |period, min, max, negotiable| Pay { period, min, max, negotiable, ..Pay::default() }.brief();
        assert_eq!(pay(Some(PayPeriod::Year), Some(30), Some(48), false), "year 30..48");
        assert_eq!(pay(Some(PayPeriod::Hour), Some(9), Some(9), true), "hour 9 negotiable");
        assert_eq!(pay(None, None, None, true), "negotiable");
        assert_eq!(pay(None, None, Some(5), false), "..5");
        let day = "2024-12-08".parse().ok();
        assert_eq!(Closing { kind: Some(CloseKind::ByDate), valid_through: day }.brief(), "by_date 2024-12-08");
        assert_eq!(Closing::default().brief(), "");
        let any = Experience { newcomer: true, experienced: true, min_months: Some(12), max_months: None };
        assert_eq!(any.brief(), "any 12..");
        assert_eq!(Education { min: Some(Degree::High), max: None }.brief(), "high..");
        assert_eq!(Education::default().brief(), "any");
        assert_eq!(kinds(&[EmploymentType::Permanent, EmploymentType::Contract]), "permanent+contract");
        let seoul = Place { code: Some("11".into()), ..Place::default() };
        assert_eq!(places(&[seoul, Place::default()]), "11+?");
    }
}
