//! Employers' names: what to show, what to match by, the legal form and the branch.

use crate::reading::Reading;
use crate::{Effect, Organization, RawField, contact, region, text};

/// Longest name kept, in bytes.
pub const NAME_BYTES_MAX: usize = 300;

/// Spellings of legal forms and the form they mean, the longer before those they contain.
const FORMS: &[(&str, &str)] = &[
    ("농업회사법인 주식회사", "농업회사법인"),
    ("농업회사법인주식회사", "농업회사법인"),
    ("어업회사법인", "어업회사법인"),
    ("농업회사법인", "농업회사법인"),
    ("영농조합법인", "영농조합법인"),
    ("유한책임회사", "유한책임회사"),
    ("사회적협동조합", "협동조합"),
    ("협동조합", "협동조합"),
    ("사회복지법인", "사회복지법인"),
    ("의료법인", "의료법인"),
    ("학교법인", "학교법인"),
    ("재단법인", "재단법인"),
    ("사단법인", "사단법인"),
    ("특수법인", "특수법인"),
    ("세무법인", "세무법인"),
    ("법무법인", "법무법인"),
    ("노무법인", "노무법인"),
    ("회계법인", "회계법인"),
    ("주식회사", "주식회사"),
    ("유한회사", "유한회사"),
    ("합자회사", "합자회사"),
    ("합명회사", "합명회사"),
    ("(주)", "주식회사"),
    ("주)", "주식회사"),
    ("(유)", "유한회사"),
    ("(유한)", "유한회사"),
    ("(자)", "합자회사"),
    ("(합)", "합자회사"),
    ("(명)", "합명회사"),
    ("(재)", "재단법인"),
    ("(사)", "사단법인"),
    ("(복)", "사회복지법인"),
    ("(의)", "의료법인"),
    ("(학)", "학교법인"),
    ("(특)", "특수법인"),
];

/// Forms that belong to the name where they end it: `가나다 협동조합`, `법무법인 가나` stay matchable by their other words.
const FORMS_LATIN: &[&str] = &[
    "co.,ltd",
    "co.,ltd.",
    "co., ltd",
    "co., ltd.",
    "co.ltd",
    "co.ltd.",
    "co. ltd",
    "inc",
    "inc.",
    "corp",
    "corp.",
    "corporation",
    "ltd",
    "ltd.",
    "limited",
    "llc",
    "co.",
    "company",
    "gmbh",
    "plc",
];

/// Reads `company`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::Company) else {
        reading.doubt("company.missing", "hiring_organization", Effect::Holds, "");
        return;
    };
    let business_number = reading.out.posting.hiring_organization.business_number.take();
    let raw = contact::take(text::cut(&raw, NAME_BYTES_MAX), &mut reading.out.contact);
    let raw = raw.as_ref();
    let mut organization = parse(raw);
    if organization.match_name.is_empty() {
        reading.doubt("company.not_understood", "hiring_organization", Effect::Reviews, raw);
    }
    if is_agency(&organization.match_name) {
        // its name in the employer's place says little about who hires
        reading.doubt("company.agency", "hiring_organization", Effect::None, raw);
    }
    organization.business_number = business_number;
    reading.took("hiring_organization", raw, "company.name", 1000);
    reading.out.posting.hiring_organization = organization;
}

/// The name to match by, of a name as shown.
pub fn match_name(name: &str) -> String {
    parse(&text::line(name)).match_name
}

/// Whether a name says that the employer is withheld.
pub fn is_withheld(name: &str) -> bool {
    let word = text::compact(name);
    let circles = name.chars().filter(|c| matches!(c, '○' | '〇' | '◯' | '●' | '*')).count();
    circles >= 2
        || matches!(
            word.as_str(),
            "" | "비공개"
                | "기업비공개"
                | "회사명비공개"
                | "업체명비공개"
                | "상호비공개"
                | "회사명"
                | "당사"
                | "익명"
                | "미공개"
                | "oo"
                | "ooo"
                | "xx"
                | "xxx"
                | "테스트"
                | "test"
                | "채용담당자"
                | "인사담당자"
                | "담당자"
                | "채용팀"
                | "인사팀"
                | "사장님"
        )
        || word.starts_with("비공개")
        || word.ends_with("비공개")
        || (word.chars().all(|c| matches!(c, 'o' | 'x' | 'ㅇ')) && word.chars().count() <= 5)
}

/// Whether a match name is that of a labour broker or a search firm.
fn is_agency(match_name: &str) -> bool {
    [
        "아웃소싱",
        "인력개발",
        "인력공사",
        "인력사무소",
        "헤드헌팅",
        "헤드헌터",
        "서치펌",
        "채용대행",
        "직업소개소",
        "인재파견",
        "스태핑",
        "outsourcing",
        "headhunting",
    ]
    .iter()
    .any(|w| match_name.contains(w))
}

/// Splits a folded name into its parts.
pub fn parse(name: &str) -> Organization {
    let shown = without_tag(name.trim()).trim();
    let mut rest = shown.to_owned();
    let mut legal_form = None;
    strip_korean(&mut rest, &mut legal_form);
    strip_latin(&mut rest, &mut legal_form);
    let rest_before_alias = rest.clone();
    let place = strip_alias(&mut rest);
    let branch = split_branch(&mut rest, legal_form.is_some()).or(place);
    let mut match_name = text::compact(&rest);
    if match_name.is_empty() {
        match_name = text::compact(&rest_before_alias);
    }
    if match_name.is_empty() {
        match_name = text::compact(shown);
    }
    Organization {
        name: shown.to_owned(),
        match_name,
        legal_form: legal_form.map(str::to_owned),
        branch,
        business_number: None,
    }
}

/// `[KOTRA] 이름`: a programme's tag before the name.
fn without_tag(name: &str) -> &str {
    match name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) if !rest.trim().is_empty() => rest,
        _ => name,
    }
}

fn strip_korean(rest: &mut String, legal_form: &mut Option<&'static str>) {
    // `(주) 가나`, `가나 (주)`, `주식회사가나`: at most one at each end, and (주) anywhere
    for _ in 0..2 {
        let trimmed = rest.trim();
        let found = FORMS.iter().find_map(|(word, form)| {
            let left = trimmed.strip_prefix(word).or_else(|| trimmed.strip_suffix(word))?;
            // what is left must still be a name
            (text::compact(left).chars().count() >= 1).then(|| (left.trim().to_owned(), *form))
        });
        let Some((left, form)) = found else { break };
        *rest = left;
        legal_form.get_or_insert(form);
    }
    for (word, form) in [("(주)", "주식회사"), ("(유)", "유한회사"), ("(재)", "재단법인"), ("(사)", "사단법인")]
    {
        if let Some(at) = rest.find(word) {
            let left = format!("{} {}", rest[..at].trim(), rest[at + word.len()..].trim());
            if !text::compact(&left).is_empty() {
                *rest = left;
                legal_form.get_or_insert(form);
            }
        }
    }
}

fn strip_latin(rest: &mut String, legal_form: &mut Option<&'static str>) {
    for _ in 0..2 {
        let trimmed = rest.trim_end_matches([' ', ',']);
        let found = FORMS_LATIN.iter().filter_map(|word| {
            let at = trimmed.len().checked_sub(word.len())?;
            let tail = trimmed.get(at..)?;
            let head = trimmed.get(..at)?;
            (tail.eq_ignore_ascii_case(word) && head.ends_with([' ', ',']) && !text::compact(head).is_empty())
                .then_some(at)
        });
        let Some(at) = found.min() else { break };
        *rest = trimmed[..at].trim_end_matches([' ', ',']).to_owned();
        legal_form.get_or_insert("주식회사");
    }
}

/// `가나(구. 다라)`, `가나 (GANA)`: what stands in brackets at the end is an alias, or a branch where it is a place.
fn strip_alias(rest: &mut String) -> Option<String> {
    let mut branch = None;
    if rest.ends_with(')')
        && let Some(open) = rest.rfind('(')
        && !text::compact(&rest[..open]).is_empty()
    {
        let alias = rest[open + 1..rest.len() - 1].trim();
        branch = region::is_place(alias).then(|| alias.to_owned());
        rest.truncate(open);
    }
    let end = rest.trim_end().len();
    rest.truncate(end);
    branch
}

/// `가나다 강남점` → 강남점.
fn split_branch(rest: &mut String, has_form: bool) -> Option<String> {
    let (head, tail) = rest.rsplit_once(' ')?;
    let syllables = tail.chars().count();
    let is_branch = ["지점", "지사", "본점", "본사", "영업소", "사업소", "직영점", "대리점", "캠퍼스"]
        .iter()
        .any(|w| tail.ends_with(w))
        || (tail.ends_with('점') && syllables >= 3)
        || (has_form && ["공장", "센터", "사업장", "연구소"].iter().any(|w| tail.ends_with(w)));
    if !is_branch || syllables > 12 || text::compact(head).chars().count() < 2 {
        return None;
    }
    let branch = tail.to_owned();
    let head = head.trim().to_owned();
    *rest = head;
    Some(branch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_employer_in_many_spellings_has_one_match_name() {
        for name in [
            "(주)한빛전자",
            "㈜한빛전자",
            "주식회사 한빛전자",
            "한빛전자(주)",
            "한빛전자 주식회사",
            "（주） 한빛 전자",
            "한빛전자(주) 강남점",
            "[KOTRA] (주)한빛전자",
        ] {
            assert_eq!(match_name(name), "한빛전자", "{name}");
        }
    }

    #[test]
    fn names_are_split_into_their_parts() {
        for (raw, match_name, form, branch) in [
            ("(주)한빛전자", "한빛전자", Some("주식회사"), None),
            ("스타커피 강남역점", "스타커피", None, Some("강남역점")),
            ("한빛전자(주) 평택공장", "한빛전자", Some("주식회사"), Some("평택공장")),
            ("서울 복지센터", "서울복지센터", None, None),
            ("사회복지법인 푸른마을", "푸른마을", Some("사회복지법인"), None),
            ("Hanbit Electronics Co., Ltd.", "hanbitelectronics", Some("주식회사"), None),
            ("한빛전자(구. 두빛전자)", "한빛전자", None, None),
            ("농업회사법인 주식회사 들녘", "들녘", Some("농업회사법인"), None),
            ("법무법인(유) 가온", "가온", Some("법무법인"), None),
            ("들녘식당 (강남)", "들녘식당", None, Some("강남")),
            ("(주)", "주", None, None),
            ("협동조합", "협동조합", None, None),
        ] {
            let got = parse(&text::line(raw));
            assert_eq!(
                (got.match_name.as_str(), got.legal_form.as_deref(), got.branch.as_deref()),
                (match_name, form, branch),
                "{raw}"
            );
        }
    }

    #[test]
    fn withheld_names_are_known() {
        for (name, want) in [
            ("회사명 비공개", true),
            ("(주)○○○", true),
            ("OOO", true),
            ("채용담당자", true),
            ("비공개 채용", true),
            ("한빛전자", false),
            ("오투", false),
        ] {
            assert_eq!(is_withheld(name), want, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_name_panics_and_matching_a_match_name_changes_nothing(raw in "\\PC{0,60}") {
            let _ = parse(&raw);
            let once = match_name("주식회사 가나다 강남점");
            proptest::prop_assert_eq!(match_name(&once), once);
        }
    }
}
