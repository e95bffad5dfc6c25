//! AGE: limits of age, said or hidden in a year of birth or of leaving school (고령자고용법 제4조의4).

use super::Sure;
use super::lexicon::Hit;

/// Ages that can be a limit on grown applicants; below, the law itself forbids work.
const GROWN: std::ops::RangeInclusive<u32> = 20..=75;
/// What makes years a condition.
const ASKED: &[&str] = &[
    "우대", "환영", "모집", "구함", "구합", "선호", "지원", "채용", "까지", "이하", "만", "가능", "구인", "한함", "분",
];

pub(super) fn ask(hit: &Hit<'_>) -> Option<Sure> {
    let word = hit.word();
    match word {
        "세이하" | "세미만" | "세까지" | "세이내" | "세이전" | "살이하" | "살미만" | "살까지" => {
            limit(hit)
        }
        "세이상" | "세부터" => lower_limit(hit),
        "세~" => range(hit),
        "년생" => birth_year(hit),
        "년이후출생" | "년이전출생" | "이후출생" | "이후출생자" => {
            Some(Sure::Clear).filter(|_| hit.before(12).bytes().any(|b| b.is_ascii_digit()))
        }
        "년졸업자" | "년도졸업자" | "년졸업생" => {
            // `2026년 졸업예정자` is no limit to those of an age, `2024년 졸업자` is
            hit.number_before(4)
                .filter(|y| (1990..=2099).contains(y))
                .map(|_| Sure::Clear)
                .filter(|_| !hit.before(12).contains("이전") && !hit.after(6).contains("이전"))
        }
        "졸업후" | "졸업한지" => graduates(hit),
        "나이" | "연령" => labelled(hit),
        "젊은" => young(hit),
        "대초반" | "대중반" | "대후반" => part_of_decade(hit),
        _ => decade(hit),
    }
}

fn limit(hit: &Hit<'_>) -> Option<Sure> {
    // `만 60세 이하`, with the word for retirement near, is an exception of the lexicon
    hit.number_before(2).or_else(|| spoken(hit.before(4))).filter(|n| GROWN.contains(n)).map(|_| Sure::Clear)
}

/// A lower limit alone keeps out the young, which the law on the old does not forbid before 40: looked at by a person.
fn lower_limit(hit: &Hit<'_>) -> Option<Sure> {
    let age = hit.number_before(2).filter(|n| GROWN.contains(n))?;
    let behind = hit.after(12);
    if behind.contains("불가") || behind.contains("제외") {
        return Some(Sure::Clear);
    }
    let bounded = behind.contains("세이하") || behind.contains("세미만") || behind.contains("세까지");
    (bounded || age >= 25).then_some(if bounded { Sure::Clear } else { Sure::Doubtful })
}

/// `20세~35세`.
fn range(hit: &Hit<'_>) -> Option<Sure> {
    let low = hit.number_before(2).filter(|n| (15..=75).contains(n))?;
    let behind = hit.after(4);
    let digits: String = behind.trim_start_matches("만").chars().take_while(char::is_ascii_digit).collect();
    let high: u32 = digits.parse().ok()?;
    (GROWN.contains(&high) && low < high && behind.contains('세')).then_some(Sure::Clear)
}

fn birth_year(hit: &Hit<'_>) -> Option<Sure> {
    let year = hit.number_before(4)?;
    let plausible = (1940..=2010).contains(&year) || (50..=99).contains(&year) || year <= 10;
    let behind = hit.after(6);
    let asked = ["이후", "까지", "이상", "이하", "이전", "부터", "모집", "우대", "환영", "~", "만"]
        .iter()
        .any(|w| behind.starts_with(w));
    let ranged = hit.before(8).contains('~') || behind.trim_start_matches(')').starts_with('~');
    (plausible && (asked || ranged)).then_some(Sure::Clear)
}

/// `졸업 후 2년 이내`.
fn graduates(hit: &Hit<'_>) -> Option<Sure> {
    let behind = hit.after(10);
    let years = behind.find(['년', '개']).filter(|_| behind.bytes().any(|b| b.is_ascii_digit()));
    (years.is_some() && (behind.contains("이내") || behind.contains("미만") || behind.contains("이하")))
        .then_some(Sure::Clear)
}

/// `연령: 20~40`, `나이: 35세 이하`.
fn labelled(hit: &Hit<'_>) -> Option<Sure> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(10);
    let digits: String = behind.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let age: u32 = digits.parse().ok()?;
    (GROWN.contains(&age)
        && (behind.contains('~') || behind.contains("이하") || behind.contains('대') || behind.contains("미만")))
    .then_some(Sure::Clear)
}

/// `20~30대 우대`, `30대까지`.
fn decade(hit: &Hit<'_>) -> Option<Sure> {
    if !is_decade(hit) {
        return None;
    }
    let (word, behind) = (hit.word(), hit.after(8));
    // `40대 모집` may count machines or cars
    let of_people = hit.before(5).contains('~') || ["나이", "연령"].iter().any(|w| hit.before(8).contains(w));
    match word {
        "대모집" | "대구함" | "대만" => of_people.then_some(Sure::Clear),
        "대여성" | "대남성" | "대여자" | "대남자" | "대분" | "대지원" => ASKED
            .iter()
            .any(|w| behind.starts_with(w) || behind.contains("우대") || behind.contains("환영"))
            .then_some(Sure::Clear),
        "대이상" => ["불가", "제외", "사절"].iter().any(|w| behind.contains(w)).then_some(Sure::Clear),
        "대이하" | "대까지" => Some(Sure::Doubtful),
        _ => Some(Sure::Clear),
    }
}

/// `20대`, `2030대`.
fn is_decade(hit: &Hit<'_>) -> bool {
    hit.number_before(2).is_some_and(|n| matches!(n, 20 | 30 | 40 | 50))
        || hit.number_before(4).is_some_and(|n| matches!(n, 2030 | 3040 | 4050))
}

/// `30대 중반까지`, `20대 초반 우대`.
fn part_of_decade(hit: &Hit<'_>) -> Option<Sure> {
    let behind = hit.after(10);
    let asked =
        ["우대", "환영", "선호", "모집", "까지", "이하", "지원", "구함", "구합"].iter().any(|w| behind.contains(w));
    (is_decade(hit) && asked).then_some(Sure::Clear)
}

/// `삼십오` at the end of a text.
fn spoken(head: &str) -> Option<u32> {
    const DIGITS: &str = "일이삼사오육칠팔구";
    let digit = |c: char| DIGITS.chars().position(|d| d == c).map(|n| n as u32 + 1);
    let mut back = head.chars().rev();
    let last = back.next()?;
    let (ones, ten) = if last == '십' { (0, '십') } else { (digit(last)?, back.next()?) };
    (ten == '십').then(|| back.next().and_then(digit).unwrap_or(1) * 10 + ones)
}

/// `젊은 직원 모집`; not `젊은 조직 문화`.
fn young(hit: &Hit<'_>) -> Option<Sure> {
    let behind = hit.after(12);
    let people = ["직원", "분", "사람", "인재", "사원", "남", "여", "층", "피"].iter().any(|w| behind.starts_with(w));
    let asked = ["모집", "우대", "환영", "구함", "구합", "채용", "선호", "찾습니다"].iter().any(|w| behind.contains(w));
    (hit.begins() && people && asked).then_some(Sure::Clear)
}
