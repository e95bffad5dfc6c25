//! AGE: limits of age, said or hidden in a year of birth or of leaving school (고령자고용법 제4조의4).

use super::lexicon::{Hit, Mark, end_of_first, has, number, number_at_end, start};

/// Ages that can be a limit on grown applicants; below, the law itself forbids work.
const GROWN: std::ops::RangeInclusive<u32> = 20..=75;
/// From this age on a lower limit alone is looked at; below it is mostly the law's own.
const LOWER_MIN: u32 = 25;
/// What makes words about people a condition.
const ASKED: &[&str] = &[
    "우대",
    "환영",
    "선호",
    "모집",
    "구함",
    "구합",
    "구해",
    "구인",
    "모십",
    "모셔",
    "찾",
    "지원",
    "채용",
    "까지",
    "이하",
    "미만",
    "이내",
    "만가능",
    "가능",
    "한함",
    "희망",
    "뽑",
    "만채",
    "만모",
    "만지",
];
/// Bounds behind an age.
const BOUNDS: &[&str] = &[
    "이하",
    "미만",
    "까지",
    "이내",
    "이전",
    "전후",
    "내외",
    "안쪽",
    "아래",
    "를넘지않",
    "넘지않",
    "을넘지않",
    "를안넘",
    "한정",
];
/// What turns people away.
const REFUSED: &[&str] =
    &["불가", "제외", "사절", "사양", "하지말", "하지마", "안됩", "안됨", "받지않", "안받", "어렵", "지원제한"];
/// Things that are counted by the word that also says a decade of age.
const THINGS: &[&str] = &[
    "차량",
    "버스",
    "트럭",
    "지게차",
    "굴삭기",
    "굴착기",
    "컴퓨터",
    "pc",
    "카메라",
    "서버",
    "선반",
    "mct",
    "cnc",
    "장비",
    "기계",
    "렌터카",
    "렌트카",
    "오토바이",
    "자전거",
    "드론",
    "로봇",
    "주차",
    "설비",
    "크레인",
    "노트북",
    "모니터",
    "에어컨",
    "엘리베이터",
    "승강기",
    "키오스크",
    "프레스",
    "냉장고",
    "정수기",
    "택시",
    "화물차",
    "국내",
    "세계",
    "대한민국",
    "중장비",
];
/// What a count of things is followed by.
const COUNTED: &[&str] = &[
    "기업",
    "그룹",
    "로펌",
    "건설사",
    "주차",
    "가동",
    "보유",
    "운행",
    "운영",
    "운용",
    "규모",
    "설치",
    "세차",
    "입고",
    "대통령",
    "이상주차",
    "생산",
    "판매",
    "렌탈",
    "소규모",
    "국회",
    "대학",
    "설계",
];
/// What says that an age is somebody else's than the applicant's, right behind it or a little before.
const OTHERS: &[&str] =
    &["고객", "타깃", "타겟", "소비자", "시청자", "독자", "유저", "대상", "직원연령", "팀원", "구성원", "평균"];

/// Words made of a digit and a unit: `5세`, `0대`, `8년`.
pub(super) fn words() -> Vec<String> {
    let units = ["세", "살", "대", "년", "이하", "미만", "전후", "을넘지", "생"];
    let spoken = ["일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
    let counted = (0..=9).flat_map(|digit| units.map(|unit| format!("{digit}{unit}")));
    counted.chain(spoken.iter().flat_map(|one| ["세", "살"].map(|unit| format!("십{one}{unit}")))).collect()
}

pub(super) fn ask(hit: &Hit<'_>) -> Option<Mark> {
    let word = hit.word();
    match word {
        "이후출생" | "이전출생" | "이후생" | "이후에태어" => born(hit),
        "졸업" => left_school(hit),
        "내졸업" => {
            let head = hit.before(8);
            let years = head.trim_end_matches('이').strip_suffix('년').and_then(number_at_end)?;
            let rest = head.trim_end_matches('이').len() - "년".len() - years.1;
            Some(hit.clear().back(head.len() - rest))
        }
        "나이" | "연령" => labelled(hit),
        "젊은" | "젊으신" | "젊고" | "어린" | "또래" => young(hit),
        "나이많" | "나이가많" | "고령자" | "고령" | "중장년" | "장년" | "노년" | "어르신" | "노인" | "만학도" => {
            elder(hit)
        }
        "mz세대" | "z세대" | "엠지세대" => preferred(hit, 0),
        "2030" | "3040" | "4050" | "5060" | "2040" => preferred(hit, 0),
        "스물" | "서른" | "마흔" | "쉰" | "예순" => native(hit),
        _ if word.starts_with(|c: char| c.is_ascii_digit()) => counted(hit, &word[1..]),
        _ if word.starts_with('십') => spoken(hit),
        _ => None,
    }
}

/// A number with a unit.
fn counted(hit: &Hit<'_>, unit: &str) -> Option<Mark> {
    let head = hit.before(6);
    let inside = hit.squashed.text.get(hit.from..hit.from + 1)?;
    let digits = format!("{}{inside}", &head[head.len() - head.bytes().rev().take_while(u8::is_ascii_digit).count()..]);
    let front = digits.len() - 1;
    match unit {
        "세" | "살" => years(hit, &digits, front),
        "대" => decade(hit, &digits, front),
        "년" => year(hit, &digits, front),
        "생" => born_in(hit, &digits, front, ""),
        _ => bare(hit, &digits, front),
    }
}

/// `만 35세 이하`, `20세~40세`, `45세 이상 지원 불가`.
fn years(hit: &Hit<'_>, digits: &str, front: usize) -> Option<Mark> {
    let behind = hit.after(18);
    // 500세대, 20세트, 세제곱
    if start(behind, &["대", "트", "제곱", "금", "무", "종", "션", "계"]).is_some() {
        return None;
    }
    let head = hit.before(8).strip_suffix(&digits[..front])?;
    // `2035세`: a hyphen that was dropped
    if digits.len() == 4 {
        let (low, high): (u32, u32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
        return range(low, high).then(|| hit.clear().back(front));
    }
    let age: u32 = digits.parse().ok().filter(|_| digits.len() <= 2)?;
    let plain = head.trim_end_matches('만').trim_end_matches(['~', ',']).trim_end_matches(['세', '살']);
    let low = number_at_end(plain).filter(|_| head.trim_end_matches('만').ends_with('~'));
    if let Some((_, bytes)) = low.filter(|(low, _)| range(*low, age)) {
        let lead = head.len() - (plain.len() - bytes);
        return Some(hit.clear().back(front + lead));
    }
    let lead = if head.ends_with('만') { '만'.len_utf8() } else { 0 };
    let mark = hit.clear().back(front + lead);
    let bounded = behind.trim_start_matches(['(', ')']);
    if let Some(bound) = start(bounded, BOUNDS) {
        return GROWN.contains(&age).then(|| mark.on(behind.len() - bounded.len() + bound.len()));
    }
    if let Some(low_bound) = start(behind, &["이상", "부터", "이후", "초과", "에서", "~"]) {
        return lower_limit(hit, mark, age, &behind[low_bound.len()..], low_bound);
    }
    None
}

/// What stands behind `45세 이상`: an upper bound, a refusal, or nothing.
fn lower_limit(hit: &Hit<'_>, mark: Mark, age: u32, rest: &str, bound: &str) -> Option<Mark> {
    let gap = rest.len() - rest.trim_start_matches(['~', '만', ',']).len();
    if let Some((high, bytes)) = number(&rest[gap..]) {
        let tail = &rest[gap + bytes..];
        let unit = start(tail, &["세", "살"]);
        if (15..=75).contains(&age) && range(age, high) && unit.is_some() {
            return Some(mark.on(bound.len() + gap + bytes + "세".len()));
        }
    }
    if bound == "~" || bound == "에서" {
        return None;
    }
    if let Some(end) = end_of_first(rest, REFUSED).filter(|_| age >= LOWER_MIN) {
        return Some(mark.on(bound.len() + end));
    }
    // a lower limit keeps out the young: a person should look; `60세 이상도 지원 가능` lets in
    let let_in = rest.starts_with('도') || has(rest, &["지원금", "우대", "환영", "고령", "할인"]);
    ((LOWER_MIN..50).contains(&age) && !let_in).then(|| {
        let doubt = hit.doubt();
        doubt.back(1).on(bound.len())
    })
}

/// Whether two ages are a range of grown applicants.
fn range(low: u32, high: u32) -> bool {
    (15..=75).contains(&low) && GROWN.contains(&high) && low < high
}

/// `나이 30 전후`, `연령 45 이하`: a number without its unit counts only behind the word for age, or of people.
fn bare(hit: &Hit<'_>, digits: &str, front: usize) -> Option<Mark> {
    let age: u32 = digits.parse().ok().filter(|_| digits.len() == 2)?;
    let head = hit.before(8).strip_suffix(&digits[..front])?;
    let behind = hit.after(10);
    let of_age = has(head, &["나이", "연령"]);
    let people = has(behind, &["남성", "여성", "남자", "여자", "않은분", "않는분", "않은자"]);
    (GROWN.contains(&age) && (of_age || (people && !has(behind, OTHERS)))).then(|| hit.clear().back(front))
}

/// `20~30대 우대`, `30대까지`, `40대 초반 이하`.
fn decade(hit: &Hit<'_>, digits: &str, front: usize) -> Option<Mark> {
    let n: u32 = digits.parse().ok()?;
    let behind = hit.after(16);
    if behind.starts_with('생') {
        return born_in(hit, digits, front, "생");
    }
    if !matches!(n, 20 | 30 | 40 | 50 | 60 | 2030 | 3040 | 4050 | 5060 | 2040 | 3050) {
        return None;
    }
    let head = hit.before(12);
    if has(head, THINGS) || start(behind, COUNTED).is_some() || has(behind, &["주차", "세차", "고객", "타깃", "타겟"])
    {
        return None;
    }
    if has(hit.before(7), OTHERS) || start(behind, OTHERS).is_some() {
        return None;
    }
    if has(hit.after(18), &["다양", "분포", "고루", "함께일", "함께근무", "근무하고", "근무중", "일하고"])
    {
        return None;
    }
    let ranged = head.strip_suffix(&digits[..front]).is_some_and(|h| h.ends_with(['~', ',']));
    let lead = if ranged { '~'.len_utf8() + 2 } else { 0 };
    let mark = hit.clear().back(front + lead);
    let part = start(behind, &["초반", "중반", "후반", "초중반", "중후반"]).unwrap_or("");
    let rest = &behind[part.len()..];
    if let Some(bound) = start(rest, &["이상", "부터", "이후"]) {
        let end = end_of_first(&rest[bound.len()..], REFUSED)?;
        return Some(mark.on(part.len() + bound.len() + end));
    }
    // `20대~30대 모집`, `20대, 30대 환영`: the later one speaks for both
    let who = start(
        rest,
        &[
            "분들", "분", "의", "직원", "남성", "여성", "남자", "여자", "남녀", "사원", "젊은", "층", "만", "으로",
            "을", "를", "인분",
        ],
    )
    .unwrap_or("");
    let tail = &rest[who.len()..];
    // the old are let in by name without keeping anybody out (고령자고용법 제4조의5)
    if n == 60 && start(tail, &["우대", "환영", "선호", "모집", "구", "채용", "지원", "가능", "모십", "모셔"]).is_some()
    {
        return None;
    }
    // `초보, 주부, 10대, 20대 가능` lets in
    if who.is_empty() && part.is_empty() && tail.starts_with("가능") {
        return None;
    }
    let asked = start(tail, ASKED).or_else(|| start(tail, &["only", "신입"])).or_else(|| {
        let near: String = tail.chars().take(5).collect();
        let cut = near.find([',', '/', ')']).unwrap_or(near.len());
        ASKED.iter().find(|word| near[..cut].contains(**word) && **word != "가능" && **word != "찾").copied()
    });
    if let Some(asked) = asked {
        let end = tail.find(asked).map_or(0, |at| at + asked.len());
        return Some(mark.on(part.len() + who.len() + end));
    }
    // `연령: 20대 ~ 40대`, `나이 30대`
    let of_age = has(head, &["나이", "연령"]) && !has(behind, &["다양", "분포", "데이터"]);
    // the first of a range speaks for both: the other is behind it
    let other = tail.strip_prefix('~').and_then(number).filter(|(n, _)| matches!(n, 20 | 30 | 40 | 50 | 60));
    let ranged_on = other.map_or(0, |(_, digits)| {
        let last = &tail[1 + digits..];
        let last = last
            .strip_prefix('대')
            .map_or(0, |rest| "대".len() + start(rest, &["초반", "중반", "후반"]).map_or(0, str::len));
        1 + digits + last
    });
    (of_age || (who == "만" && !tail.is_empty())).then(|| mark.on(part.len() + ranged_on))
}

/// `MZ세대 우대`.
fn preferred(hit: &Hit<'_>, skip: usize) -> Option<Mark> {
    let behind = hit.after(8);
    // `2,040원 우대`
    if hit.before(1).ends_with([',', '.']) || !hit.begins() || behind.starts_with('원') {
        return None;
    }
    let end = end_of_first(&behind[skip..], &["우대", "환영", "선호", "만지원", "채용", "모집"])?;
    (!has(behind, OTHERS)).then(|| hit.clear().on(skip + end))
}

/// `1990년 이후 출생`, `88년생까지`, `2024년 졸업자`.
fn year(hit: &Hit<'_>, digits: &str, front: usize) -> Option<Mark> {
    let behind = hit.after(18);
    let mark = hit.clear().back(front);
    if behind.starts_with('생') {
        return born_in(hit, digits, front, "생");
    }
    if behind.starts_with("대생") {
        return born_in(hit, digits, front, "대생");
    }
    let n: u32 = digits.parse().ok()?;
    let birth = (1940..=2010).contains(&n) || (digits.len() == 2 && ((40..=99).contains(&n) || n <= 10));
    if let Some(when) = start(behind, &["이후", "이전", "부터"]).filter(|_| birth) {
        let rest: &str = behind[when.len()..].trim_start_matches(['에', '로']);
        let skipped = behind.len() - rest.len();
        if let Some(word) = start(rest, &["출생", "태어", "생"]) {
            return Some(mark.on(skipped + word.len()));
        }
        if has(hit.before(12), &["출생", "생년", "나이", "연령"]) {
            return Some(mark.on(when.len()));
        }
    }
    // `2026년 졸업예정자` is no limit to those of an age, `2024년 졸업자` is
    if (1990..=2099).contains(&n) && digits.len() == 4 {
        let end = end_of_first(behind, &["졸업자", "졸업생", "졸업한"])?;
        let between = &behind[..end];
        let dated = between.chars().count() <= 12 && !has(between, &["예정", "이전", "설립", "기졸업"]);
        return dated.then(|| mark.on(end));
    }
    None
}

/// `80~95년생 모집`, `1988년생 이하`, `90년대생 우대`.
fn born_in(hit: &Hit<'_>, digits: &str, front: usize, unit: &str) -> Option<Mark> {
    let n: u32 = digits.parse().ok()?;
    let plausible = (1940..=2010).contains(&n) || (digits.len() == 2 && ((40..=99).contains(&n) || n <= 10));
    if !plausible {
        return None;
    }
    let behind = hit.after(10);
    let rest = behind.strip_prefix(unit)?;
    let asked = start(
        rest,
        &[
            "이후", "까지", "이상", "이하", "이전", "부터", "모집", "우대", "환영", "~", "만", "구인", "구함", "구합",
            "선호", "지원", "사이",
        ],
    );
    let head = hit.before(9).strip_suffix(&digits[..front])?;
    let ranged = head.ends_with('~') && head.trim_end_matches('~').ends_with(|c: char| c.is_ascii_digit() || c == '생');
    if asked.is_none() && !ranged {
        return None;
    }
    let lead = if ranged {
        head.len() - head.trim_end_matches(|c: char| c.is_ascii_digit() || "~년생".contains(c)).len()
    } else {
        0
    };
    // `99생` is said, `12생` is anything
    let named = hit.word().ends_with('생') && !(70..=99).contains(&n);
    (!named).then(|| hit.clear().back(front + lead).on(unit.len() + asked.map_or(0, str::len)))
}

/// `1988.01.01 이후 출생`.
fn born(hit: &Hit<'_>) -> Option<Mark> {
    let head = hit.before(12);
    let date = head.trim_end_matches(['일', '월', '년']);
    let unit = head.len() - date.len();
    let head = date;
    let digits = head.bytes().rev().take_while(u8::is_ascii_digit).count();
    (digits >= 1 && (digits >= 2 || unit > 0)).then(|| hit.clear().back(digits + unit))
}

/// `졸업 후 2년 이내`, `졸업한 지 1년이 안 된`.
fn left_school(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(16);
    let skip =
        start(behind, &["후", "한지", "한후", "일로부터", "일기준", "일로부터만", "후만", "이후"]).map_or(0, str::len);
    let (_, digits) = number(&behind[skip..])?;
    let rest = &behind[skip + digits..];
    let unit = start(rest, &["년", "개월"])?;
    let tail = &rest[unit.len()..];
    let end = end_of_first(tail, &["이내", "미만", "이하", "안된", "안되", "내인", "넘지"])?;
    (tail[..end].chars().count() <= 6).then(|| hit.clear().on(skip + digits + unit.len() + end))
}

/// `연령 제한: 20~50세`, `나이: 25-38`, `나이 어린 분 우대`.
fn labelled(hit: &Hit<'_>) -> Option<Mark> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(20);
    for lead in ["어린", "가어린", "어리신"] {
        if behind.starts_with(lead) {
            return Some(hit.clear().on(lead.len()));
        }
    }
    if has(hit.before(8), OTHERS) {
        return None;
    }
    let name = start(behind, &["제한", "대", "제한은", "는", "은", "제한이"]).unwrap_or("");
    let rest = &behind[name.len()..];
    let opened = rest.trim_start_matches([':', '(', '[', ')']);
    let opened = opened.strip_prefix("있음").unwrap_or(opened).trim_start_matches(['(', ':', ',']);
    let opened = opened.strip_prefix('만').unwrap_or(opened);
    let skipped = behind.len() - opened.len();
    let Some((n, digits)) = number(opened) else {
        let said = start(rest.trim_start_matches([':', '(']), &["있음", "있습니다", "있어요"]);
        return said.filter(|_| name.starts_with("제한")).map(|said| hit.clear().on(name.len() + said.len()));
    };
    let tail = &opened[digits..];
    let unit = start(tail, &["세", "살", "대", "대초반", "대중반", "대후반"]).unwrap_or("");
    let tail = &tail[unit.len()..];
    let mark = hit.clear().on(skipped + digits + unit.len());
    if digits == 4 {
        return range(n / 100, n % 100).then_some(mark);
    }
    if !GROWN.contains(&n) && !(15..20).contains(&n) {
        return None;
    }
    if let Some((high, bytes)) = tail.strip_prefix('~').map(|t| t.trim_start_matches('만')).and_then(number) {
        return range(n, high).then(|| mark.on(1 + bytes));
    }
    let bound = start(tail, &["이하", "미만", "까지", "전후", "이내"]);
    let limited = name.starts_with("제한") && !tail.starts_with("이상") && GROWN.contains(&n);
    (bound.is_some() || limited).then(|| mark.on(bound.map_or(0, str::len)))
}

/// `젊은 직원 모집`, `젊고 활동적인 분 우대`; not `젊은 조직 문화`.
fn young(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(18);
    if !hit.begins() || has(behind, &["고객", "대상", "타깃", "마케팅", "분위기", "문화", "기업"]) {
        return None;
    }
    const PEOPLE: &[&str] = &[
        "직원", "분", "사람", "인재", "사원", "남", "여", "층", "피", "친구", "청년", "감각", "알바", "편", "인력",
        "(", "스탭",
    ];
    let who = if hit.word() == "젊고" {
        end_of_first(behind, &["분", "사람", "직원", "인재", "친구"])
    } else {
        start(behind, PEOPLE).map(str::len)
    }?;
    let rest = &behind[who..];
    let asked = end_of_first(
        rest,
        &["모집", "우대", "환영", "구함", "구합", "구해", "채용", "선호", "찾", "만", "지원", "뽑"],
    )?;
    (rest[..asked].chars().count() <= 10).then(|| hit.clear().on(who + asked))
}

/// `고령자 불가`, `나이 많으신 분은 지원 불가`.
fn elder(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(14);
    let end = end_of_first(behind, REFUSED)?;
    // `어르신 돌봄 … 불가` speaks of something else
    let between = &behind[..end];
    (hit.begins() && !has(between, &["돌봄", "요양", "방문", "학대", "시설"])).then(|| hit.clear().on(end))
}

/// `삼십오세 이하`, `이십대 환영`, `이,삼십대`.
fn spoken(hit: &Hit<'_>) -> Option<Mark> {
    const DIGITS: &str = "이삼사오육칠";
    let head = hit.before(4);
    let mut lead = head.chars().rev();
    let first = lead.next()?;
    if !DIGITS.contains(first) {
        return None;
    }
    let mut back = first.len_utf8();
    for c in lead.take_while(|c| DIGITS.contains(*c) || *c == ',' || *c == '~') {
        back += c.len_utf8();
    }
    let behind = hit.after(8);
    let mark = hit.clear().back(back);
    if hit.word() != "십대" {
        let bound = start(behind, BOUNDS)?;
        return Some(mark.on(bound.len()));
    }
    let who = start(behind, &["분", "직원", "여성", "남성", "만", "초반", "중반", "후반"]).map_or(0, str::len);
    let asked = start(&behind[who..], ASKED)?;
    (!has(hit.before(8), THINGS)).then(|| mark.on(who + asked.len()))
}

/// `서른다섯 이하`, `마흔 전`, `쉰 살까지`.
fn native(hit: &Hit<'_>) -> Option<Mark> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(18);
    let ones = start(behind, &["하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"]).map_or(0, str::len);
    let unit = start(&behind[ones..], &["살", "세"]).map_or(0, str::len);
    let rest = &behind[ones + unit..];
    let bound = start(rest, BOUNDS)
        .map(str::len)
        .or_else(|| rest.starts_with("전분").then_some("전".len()))
        .or_else(|| rest.starts_with("부터").then(|| end_of_first(rest, &["까지", "사이"])).flatten())?;
    Some(hit.clear().on(ones + unit + bound))
}
