//! Folding of names and titles to what can be compared: no case, spaces, punctuation, legal forms, badges.
//! Works on text the normalizer has already read, and on raw records; never fails.

/// Longest folded name kept, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 24;
/// Longest title looked at, in characters; real ones stay under 120.
pub(crate) const TITLE_CHARS_MAX: usize = 160;

/// One character folded: full-width ASCII to ASCII, lower case; `None` for what is not a letter or digit.
pub(crate) fn fold_char(c: char) -> Option<char> {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    if c.is_ascii() {
        return c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase());
    }
    match c {
        '가'..='힣' => Some(c),
        _ if c.is_alphanumeric() => Some(c.to_lowercase().next().unwrap_or(c)),
        _ => None,
    }
}

/// Legal forms and their abbreviations, longest first so that none hides in another.
const LEGAL_FORMS: [&str; 22] = [
    "농업회사법인",
    "사회복지법인",
    "사회적협동조합",
    "유한책임회사",
    "의료법인",
    "학교법인",
    "재단법인",
    "사단법인",
    "협동조합",
    "주식회사",
    "유한회사",
    "합자회사",
    "합명회사",
    "(주)",
    "(유)",
    "(재)",
    "(사)",
    "(합)",
    "co.,ltd.",
    "co., ltd.",
    "co.,ltd",
    "co., ltd",
];

/// A company's name to match by: legal forms and a branch word at the end taken off, then letters and digits only.
/// Gives the folded name and the branch word, if any.
pub(crate) fn company(name: &str) -> (String, Option<String>) {
    let mut text: String = name
        .chars()
        .take(200)
        .map(|c| match c {
            '㈜' | '㈔' | '㈐' => '\u{1}',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect::<String>()
        .replace('\u{1}', "(주)")
        .to_lowercase();
    for form in LEGAL_FORMS {
        if text.contains(form) {
            text = text.replace(form, " ");
        }
    }
    let text = without_alias(&text);
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut branch = None;
    if words.len() > 1 {
        let last = words[words.len() - 1].trim_matches(|c: char| !c.is_alphanumeric());
        let is_branch = ["지점", "지사", "본사", "본점", "공장", "센터", "사업소", "영업소", "점"]
            .iter()
            .any(|b| last.ends_with(b));
        let name = words[..words.len() - 1].iter().map(|w| w.chars().count()).sum::<usize>();
        if is_branch && last.chars().count() <= 8 && name >= 2 {
            branch = Some(last.to_owned());
            words.pop();
        }
    }
    let folded: String = words.iter().flat_map(|w| w.chars()).filter_map(fold_char).take(NAME_CHARS_MAX).collect();
    (folded, branch)
}

/// Words in names of firms that recruit or employ for others: staffing, outsourcing, head-hunting, facility management.
const AGENCY_WORDS: [&str; 14] = [
    "인력",
    "아웃소싱",
    "에이치알",
    "헤드헌팅",
    "서치펌",
    "서치앤",
    "맨파워",
    "스탭",
    "스태프",
    "휴먼리소스",
    "리쿠르트",
    "파견",
    "잡컨설팅",
    "에프엠",
];

/// Whether a folded name is that of an agency: then another employer's name beside it says little.
pub(crate) fn is_agency(company: &str) -> bool {
    AGENCY_WORDS.iter().any(|word| company.contains(word)) || company.ends_with("hr") || company.starts_with("hr")
}

/// A name without what stands in brackets, 데이블(Dable) → 데이블, as long as something is left.
fn without_alias(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0u32;
    for c in text.chars() {
        match c {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    if out.chars().filter(|c| c.is_alphanumeric()).count() >= 2 { out } else { text.to_owned() }
}

/// Words that say that there is a job, not which.
const HIRING_WORDS: [&str; 18] = [
    "모집합니다",
    "구합니다",
    "채용합니다",
    "모십니다",
    "채용공고",
    "모집공고",
    "채용안내",
    "모집중",
    "채용중",
    "상시채용",
    "수시채용",
    "공개채용",
    "모집",
    "채용",
    "구인",
    "구함",
    "급구",
    "공고",
];

/// Kinds of contract; they have a field of their own.
const CONTRACT_WORDS: [&str; 7] = ["무기계약직", "정규직", "계약직", "일용직", "파견직", "시간제", "아르바이트"];

/// Provinces as they are written in titles and addresses, longest first.
pub(crate) const PROVINCES: [&str; 49] = [
    "제주특별자치도",
    "강원특별자치도",
    "전북특별자치도",
    "세종특별자치시",
    "서울특별시",
    "부산광역시",
    "대구광역시",
    "인천광역시",
    "광주광역시",
    "대전광역시",
    "울산광역시",
    "충청북도",
    "충청남도",
    "전라북도",
    "전라남도",
    "경상북도",
    "경상남도",
    "서울시",
    "부산시",
    "대구시",
    "인천시",
    "대전시",
    "울산시",
    "세종시",
    "경기도",
    "강원도",
    "제주도",
    "서울",
    "부산",
    "대구",
    "인천",
    "광주",
    "대전",
    "울산",
    "세종",
    "경기",
    "강원",
    "충북",
    "충남",
    "전북",
    "전남",
    "경북",
    "경남",
    "제주",
    "제주시",
    "전국",
    "수도권",
    "해외",
    "지방",
];

/// What a title says once badges, hiring words, contract words, places and the company are off.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TitleCore {
    /// Letters and digits of all that is left, in order.
    pub(crate) all: String,
    /// The same without what stood in brackets.
    pub(crate) base: String,
    /// All but what stands in brackets before the first word: teams, badges, other names of the employer.
    pub(crate) unbadged: String,
    /// Which of [`MARKS`] it says, one bit each.
    pub(crate) marks: u16,
    /// Its portal cut it: it ends in dots.
    pub(crate) cut: bool,
}

/// What makes a job another one though the rest of the title is the same: rank and shift. Korean words are looked for
/// inside words, others as whole words.
const MARKS: [&[&str]; 10] = [
    &["시니어", "senior", "sr"],
    &["주니어", "junior", "jr"],
    &["리더", "리드", "lead", "leader", "head"],
    &["팀장", "파트장"],
    &["인턴", "intern", "internship"],
    &["야간"],
    &["주말"],
    &["오전"],
    &["오후"],
    &["단기"],
];

fn marks(word: &str) -> u16 {
    let says = |mark: &&str| if mark.is_ascii() { word == *mark } else { word.contains(mark) };
    MARKS.iter().enumerate().filter(|(_, words)| words.iter().any(says)).fold(0, |bits, (at, _)| bits | 1 << at)
}

/// Where a word of a title stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Outside,
    /// In brackets before any other word.
    Badge,
    /// In other brackets.
    Note,
}

/// Reads a title. `company` is the folded name; its repeats are dropped.
pub(crate) fn title(text: &str, company: &str) -> TitleCore {
    let (mut all, mut base, mut unbadged) = (String::new(), String::new(), String::new());
    let mut word = String::new();
    let mut words: Vec<(String, Side)> = Vec::new();
    let mut depth = 0u32;
    for c in text.chars().take(TITLE_CHARS_MAX).chain(std::iter::once(' ')) {
        match fold_char(c) {
            // `+`, `#` and `.` carry meaning in C++, C# and .NET
            None if (c == '+' || c == '#') && !word.is_empty() => word.push(c),
            Some(folded) => word.push(folded),
            None => {
                if !word.is_empty() {
                    let before = words.iter().all(|(_, side)| *side == Side::Badge);
                    let side = match (depth > 0, before) {
                        (false, _) => Side::Outside,
                        // whom it is for is a note wherever it stands
                        (true, true) if !matches!(word.as_str(), "신입" | "경력" | "경력직" | "인턴") => {
                            Side::Badge
                        }
                        (true, _) => Side::Note,
                    };
                    words.push((std::mem::take(&mut word), side));
                }
                match c {
                    '(' | '[' | '<' | '【' | '〔' | '（' | '［' | '「' => depth += 1,
                    ')' | ']' | '>' | '】' | '〕' | '）' | '］' | '」' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    let kept: Vec<(&str, Side)> = words
        .iter()
        .enumerate()
        .filter_map(|(at, (word, side))| {
            let core = strip_word(word, company);
            let place = is_place(word, at == 0 || (at == 1 && is_province(&words[0].0)));
            (!core.is_empty() && !place).then_some((core, *side))
        })
        .collect();
    let trimmed = text.trim_end();
    let cut = trimmed.ends_with("..") || trimmed.ends_with('…') || text.chars().nth(TITLE_CHARS_MAX).is_some();
    if cut && kept.is_empty() {
        // only badges and the employer's name stood before the cut
        return TitleCore { cut, ..TitleCore::default() };
    }
    let nothing_outside = !kept.iter().any(|(_, side)| *side == Side::Outside);
    let kept = if nothing_outside { words.iter().map(|(w, side)| (w.as_str(), *side)).collect() } else { kept };
    for (word, side) in kept {
        all.push_str(word);
        if side == Side::Outside {
            base.push_str(word);
        }
        if side != Side::Badge {
            unbadged.push_str(word);
        }
    }
    let marks = words.iter().fold(0, |bits, (word, _)| bits | marks(word));
    TitleCore { all, base, unbadged, marks, cut }
}

fn strip_word<'a>(word: &'a str, company: &str) -> &'a str {
    let mut rest = word;
    if !company.is_empty() && company.chars().count() >= 2 {
        if strsim::normalized_levenshtein(rest, company) >= 0.8 {
            return "";
        }
        rest = rest.strip_prefix(company).unwrap_or(rest);
    }
    for contract in CONTRACT_WORDS {
        if let Some(after) = rest.strip_prefix(contract) {
            rest = after;
            break;
        }
    }
    if matches!(rest, "급" | "및" | "등" | "외" | "이상" | "이하") || is_years(rest) {
        return "";
    }
    for hiring in HIRING_WORDS {
        if let Some(before) = rest.strip_suffix(hiring) {
            rest = before;
            break;
        }
    }
    rest
}

/// `5년`, `5년이상`: years of experience have a field of their own.
fn is_years(word: &str) -> bool {
    let after = word.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=2).contains(&(word.len() - after.len()))
        && matches!(after, "년" | "년이상" | "년이하" | "년차" | "년차이상" | "년미만")
}

fn is_province(word: &str) -> bool {
    PROVINCES.contains(&word)
}

/// Whether a word is a place: a province anywhere, a district only where titles put it, at the front.
fn is_place(word: &str, at_front: bool) -> bool {
    if is_province(word) {
        return true;
    }
    let chars = word.chars().count();
    at_front && (2..=5).contains(&chars) && ["시", "군", "구"].iter().any(|end| word.ends_with(end)) && chars >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_fold_to_one_name() {
        let names =
            ["㈜다온정밀", "(주)다온정밀", "（주）다온정밀", "주식회사 다온정밀", "다온정밀 본사", "다온 정밀(주)"];
        for name in names {
            assert_eq!(company(name).0, "다온정밀", "{name}");
        }
        assert_eq!(company("다온정밀 강남점"), ("다온정밀".to_owned(), Some("강남점".to_owned())));
        assert_eq!(company("OpenAI Co., Ltd").0, "openai");
        assert_eq!(company("데이블(Dable)").0, "데이블");
        assert_eq!(company("").0, "");
    }

    #[test]
    fn titles_keep_the_job() {
        let table = [
            ("[다온정밀] 재가 요양보호사 구함", "재가요양보호사"),
            ("정규직국내영업신입/경력(신입)", "국내영업신입경력신입"),
            ("경북 청도군 병동 간호사 채용 (초보가능) 모집", "병동간호사초보가능"),
            ("★홀서빙 및 주방보조 (공장)", "홀서빙주방보조공장"),
            ("(급)조리원(단체급식)", "조리원단체급식"),
            ("C++ / C# 개발자", "c++c#개발자"),
            ("데이터 엔지니어 (3년 이상)", "데이터엔지니어"),
            ("채용", "채용"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(title(text, "다온정밀").all, expected, "{text}");
        }
        assert_eq!(title("국내영업 (주말)", "").base, "국내영업");
        assert_eq!(title("[200억 투자] [연구소] 국내영업 (주말)", "").unbadged, "국내영업주말");
    }
}
