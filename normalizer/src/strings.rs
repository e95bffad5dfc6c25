//! One string of one field alone, as it stands in a portal's cell: what `jobhub normalize eval` counts and what the
//! tables of checked readings hold. Holds no rule; each field's file reads.

use chrono::NaiveDate;

use crate::{brief, career, closing, education, employment_type, headcount, pay, region, text};

/// A field whose strings can be read alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StringField {
    /// Pay as offered.
    Pay,
    /// How and when it closes.
    Closing,
    /// Workplaces.
    Region,
    /// Experience asked for.
    Career,
    /// Education asked for.
    Education,
    /// Kinds of contract.
    Employment,
    /// Number of openings.
    Headcount,
}

impl StringField {
    /// Every field.
    pub const ALL: [StringField; 7] = [
        StringField::Pay,
        StringField::Closing,
        StringField::Region,
        StringField::Career,
        StringField::Education,
        StringField::Employment,
        StringField::Headcount,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            StringField::Pay => "pay",
            StringField::Closing => "closing",
            StringField::Region => "region",
            StringField::Career => "career",
            StringField::Education => "education",
            StringField::Employment => "employment",
            StringField::Headcount => "headcount",
        }
    }

    /// The field that a word in a file's name or a heading means: `salary.csv`, `deadline`, `근무지역`.
    pub fn of_name(name: &str) -> Option<StringField> {
        const WORDS: [(StringField, &[&str]); 7] = [
            (StringField::Pay, &["pay", "salary", "wage", "급여", "연봉", "임금"]),
            (StringField::Closing, &["closing", "deadline", "valid_through", "마감"]),
            (StringField::Region, &["region", "location", "지역", "근무지"]),
            (StringField::Career, &["career", "experience", "경력"]),
            (StringField::Education, &["education", "학력"]),
            (StringField::Employment, &["employment", "contract", "고용형태"]),
            (StringField::Headcount, &["headcount", "openings", "인원"]),
        ];
        let name = name.to_lowercase();
        WORDS.iter().find(|(_, words)| words.iter().any(|w| name.contains(w))).map(|(field, _)| *field)
    }
}

/// What became of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It says something, and this is what, in the lines of [`brief`].
    Understood(String),
    /// It says explicitly that there is nothing to say: 협의, 정보 없음, a badge in the place of pay.
    None,
    /// It belongs to another field: a rank or 경력무관 where a region should stand.
    Foreign,
    /// Not understood.
    Not,
}

/// Reads a string. `on` is the day of fetching in Asia/Seoul.
pub fn hear(field: StringField, raw: &str, on: NaiveDate) -> Heard {
    let line = text::line(raw);
    match alone(field, &line, on) {
        // a string that other fields understand whole was put into the wrong bucket
        Heard::Not if is_foreign(field, &line, on) => Heard::Foreign,
        heard => heard,
    }
}

fn alone(field: StringField, line: &str, on: NaiveDate) -> Heard {
    if text::is_absent(line) {
        return Heard::None;
    }
    let understood = |brief: Option<String>| brief.map_or(Heard::Not, Heard::Understood);
    match field {
        StringField::Pay => match pay::said(line) {
            Some(said) if said.none || (said.pay.negotiable && said.pay.min.is_none() && said.pay.max.is_none()) => {
                Heard::None
            }
            said => understood(said.map(|s| s.pay.brief())),
        },
        StringField::Closing => match closing::said(line, on) {
            Some(said) if said.none => Heard::None,
            Some(said) if said.closed => Heard::Understood("closed".to_owned()),
            said => understood(said.map(|s| s.closing.brief())),
        },
        StringField::Region => match region::said(line, on) {
            places if places.is_empty() && region::is_unstated(line) => Heard::None,
            places if places.is_empty() => Heard::Not,
            places => Heard::Understood(brief::places(&places)),
        },
        StringField::Career | StringField::Education if is_left_open(line) => Heard::None,
        StringField::Career => understood(career::said(line).map(|e| e.brief())),
        StringField::Education => understood(education::said(line).map(|e| e.brief())),
        StringField::Employment => match employment_type::said(line) {
            kinds if kinds.is_empty() => Heard::Not,
            kinds => Heard::Understood(brief::kinds(&kinds)),
        },
        StringField::Headcount => match headcount::said(line) {
            Some(headcount::Said::Number(n)) => Heard::Understood(n.to_string()),
            Some(headcount::Said::Unstated) => Heard::None,
            None => Heard::Not,
        },
    }
}

/// Words that leave a requirement open.
fn is_left_open(line: &str) -> bool {
    let word = text::compact(line);
    matches!(
        word.as_str(),
        "협의" | "추후협의" | "면접후결정" | "면접시결정" | "notapplicable" | "미정" | "공고참조" | "상세요강참조"
    )
}

/// Ranks of staff: a column of its own on one portal, in the cell of another field where that is empty.
const RANKS: &[&str] = &[
    "사원",
    "주임",
    "계장",
    "대리",
    "과장",
    "차장",
    "부장",
    "팀장",
    "팀원",
    "실장",
    "매니저",
    "본부장",
    "센터장",
    "임원",
    "이사",
    "상무",
    "전무",
    "부사장",
    "사장",
    "대표",
    "ceo",
    "파트장",
    "파트리더",
    "그룹장",
    "지점장",
    "공장장",
    "소장",
    "국장",
    "원장",
    "연구원",
    "선임연구원",
    "책임연구원",
    "수석연구원",
    "연구소장",
    "인턴",
    "수습",
];

fn is_rank(line: &str) -> bool {
    let body = line.strip_suffix('외').unwrap_or(line).trim();
    let mut parts = body.split(['/', '~', '·', ',']).map(|p| text::compact(p.trim())).peekable();
    parts.peek().is_some()
        && parts.all(|part| RANKS.contains(&part.as_str()) || RANKS.contains(&part.trim_end_matches('급')))
}

/// A place and nothing else: `서울 강남구 외`, `아프리카 알제리`.
fn is_place(line: &str, on: NaiveDate) -> bool {
    let body = line.trim_end_matches(['외', '등', ' ']);
    region::is_place(body) || region::said(body, on).first().is_some_and(|p| p.code.as_deref() == Some(region::ABROAD))
}

fn is_foreign(field: StringField, line: &str, on: NaiveDate) -> bool {
    if field != StringField::Headcount && is_rank(line) {
        return true;
    }
    let word = text::compact(line);
    let heard = |other| field != other && matches!(alone(other, line, on), Heard::Understood(_));
    // only words that can mean nothing else: `서울` is a region in any column, `5` is anything
    (heard(StringField::Career) && (word.contains("경력") || word.starts_with("신입")))
        || (heard(StringField::Education) && (word.contains("학력") || word.contains('졸') || word.ends_with("사이상")))
        || (heard(StringField::Employment) && (word.ends_with("직") || word.ends_with("직외") || word == "프리랜서"))
        || (field != StringField::Region && is_place(line, on))
        || (heard(StringField::Pay) && (line.contains("만원") || line.contains("원(")))
        || (heard(StringField::Closing)
            && (word.ends_with("마감") || word.starts_with("상시") || line.starts_with('~')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_understood_explicitly_nothing_foreign_or_not_understood() {
        let on = "2024-12-03".parse().unwrap();
        let said = |words: &str| Heard::Understood(words.to_owned());
        for (field, raw, want) in [
            (StringField::Pay, "3,000만원 이상", said("year 30000000..")),
            (StringField::Pay, "면접 후 결정", Heard::None),
            (StringField::Pay, "IT개발·데이터 지원 TOP100", Heard::None),
            (StringField::Pay, "경력무관", Heard::Foreign),
            (StringField::Pay, "많이", Heard::Not),
            (StringField::Closing, "~ 12/08(일)", said("by_date 2024-12-08")),
            (StringField::Closing, "None", Heard::None),
            (StringField::Region, "팀원 외", Heard::Foreign),
            (StringField::Region, "본부장/센터장 외", Heard::Foreign),
            (StringField::Region, "주임~대리급", Heard::Foreign),
            (StringField::Region, "경력무관", Heard::Foreign),
            (StringField::Region, "서울 강남구 외", said("11680")),
            (StringField::Region, "좋은 곳", Heard::Not),
            (StringField::Career, "학력무관", Heard::Foreign),
            (StringField::Career, "경력 3~10년", said("exp 36..120")),
            (StringField::Education, "정규직", Heard::Foreign),
            (StringField::Employment, "아프리카 알제리", Heard::Foreign),
            (StringField::Employment, "정규직 외", said("permanent")),
            (StringField::Headcount, "3명", said("3")),
            (StringField::Headcount, "00명", Heard::None),
        ] {
            assert_eq!(hear(field, raw, on), want, "{} {raw}", field.name());
        }
    }

    #[test]
    fn a_files_name_names_its_field() {
        for (name, want) in [
            ("salary.csv", Some(StringField::Pay)),
            ("held_out_deadline_2.csv", Some(StringField::Closing)),
            ("region.csv", Some(StringField::Region)),
            ("employment.csv", Some(StringField::Employment)),
            ("rank.csv", None),
        ] {
            assert_eq!(StringField::of_name(name), want, "{name}");
        }
    }
}
