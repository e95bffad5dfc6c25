//! SEX: recruiting by sex, or by looks, height, weight or being unmarried (남녀고용평등법 제7조).

use super::Sure;
use super::lexicon::Hit;

/// What makes a word for a sex a condition, within a few syllables behind it.
const ASKED: &[&str] = &[
    "삼가",
    "불가",
    "사절",
    "사양",
    "지원바랍",
    "지원해",
    "모집",
    "채용",
    "구함",
    "구합",
    "구인",
    "우대",
    "환영",
    "선호",
    "한정",
    "만지원",
    "지원가능",
    "급구",
    "구해요",
    "찾습니다",
    "에한해",
    "에한함",
    "한해",
    "구해요",
];
/// Nouns that a word for a sex only qualifies.
const QUALIFIED: &[&str] = &[
    "대학",
    "상의",
    "하의",
    "청결",
    "생식",
    "의류",
    "복",
    "화장품",
    "전용",
    "병원",
    "고객",
    "용품",
    "쇼핑",
    "잡화",
    "의원",
    "센터",
    "기업",
    "인력개발",
    "재단",
    "단체",
    "정책",
    "가족",
    "복지",
    "청소년",
    "커트",
    "컷",
    "헤어",
    "시술",
    "탈모",
    "의학",
    "비뇨",
    "회원",
    "아이",
    "아동",
    "학생",
    "환자",
    "어르신",
    "어른",
    "노인",
    "중학",
    "고등학",
    "농구",
    "배구",
    "축구",
    "프로",
    "구두",
    "신발",
    "속옷",
    "질환",
    "건강",
    "과학",
    "친화",
    "가장",
    "일자리",
    "취업",
    "경제",
    "문화",
    "회관",
    "인권",
    "폭력",
    "쉼터",
    "긴급",
    "패션",
    "브랜드",
    "매거진",
    "의정",
    "화장실",
    "탈의실",
    "기숙사",
    "사우나",
    "목욕",
    "휴게",
    "숙소",
    "옷",
    "정장",
    "캐주얼",
    "니트",
    "향수",
    "뷰티",
    "시장",
    "타깃",
    "타겟",
    "대상",
    "호르몬",
    "흡연",
    "비율",
    "육아",
    "직업",
    "수영",
    "테니스",
    "골프",
    "팬",
    "유저",
];

/// How words for work end.
const JOB_ENDS: &[&str] =
    &["원", "사", "자", "홀", "방", "직", "무", "빙", "리", "생", "장", "보조", "알바", "간", "서", "님", "팀", "급"];

pub(super) fn ask(hit: &Hit<'_>, field: &str) -> Option<Sure> {
    match hit.word() {
        "남자" | "여자" | "남성" | "여성" | "여학생" | "남학생" | "여대생" | "여고생" | "女性" | "男性" | "女子"
        | "男子" => condition(hit),
        "성별" => stated(hit),
        "외모" | "용모" => looks(hit),
        "신장" | "키" => height(hit),
        "체중" | "몸무게" => weight(hit),
        _ => sign(hit, field),
    }
}

/// `남자 주차요원 모집`: a word for a sex, some syllables, then a word of recruiting.
fn condition(hit: &Hit<'_>) -> Option<Sure> {
    if !hit.begins() && !hit.before(1).starts_with('대') {
        return None;
    }
    let behind = hit.after(14);
    if QUALIFIED.iter().any(|noun| behind.starts_with(noun)) {
        return None;
    }
    // `남성의 경우 병역필`, `남자는 군필`
    if behind.contains("병역") || behind.contains("군필") || behind.contains("경우") || behind.contains("면제")
    {
        return None;
    }
    let other_first = behind.starts_with([',', '/', '·'])
        || behind.starts_with("여")
        || behind.starts_with("남")
        || behind.starts_with("및")
        || hit.before(1).ends_with(['/', ',']);
    if other_first {
        return None;
    }
    if behind.is_empty() && ["군필", "병역필"].iter().any(|word| hit.before(4).ends_with(word)) {
        return Some(Sure::Clear);
    }
    if behind.is_empty() && ["모집", "채용", "구함", "구인"].iter().any(|word| hit.before(4).ends_with(word)) {
        return Some(Sure::Doubtful);
    }
    let end = behind.find([',', '/', ')', ']']).unwrap_or(behind.len());
    ASKED.iter().any(|word| behind[..end].contains(word)).then_some(Sure::Clear)
}

/// `신장 160 이상`, `키 170cm`; not the kidney of a clinic.
fn height(hit: &Hit<'_>) -> Option<Sure> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(8).trim_start_matches([':', '(', ')']).trim_start_matches("가").trim_start_matches("는");
    let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok()?;
    let rest = &behind[digits.len()..];
    let of_person = rest.is_empty()
        || ["cm", "센", "이상", "이하", "인", "정도", "전후", "~", ",", "/", ")", "미만"]
            .iter()
            .any(|w| rest.starts_with(w));
    ((140..=199).contains(&number) && digits.len() == 3 && of_person).then_some(Sure::Clear)
}

/// `체중 60kg 이하`: a bound on the applicant, not on what is lifted.
fn weight(hit: &Hit<'_>) -> Option<Sure> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(10).trim_start_matches([':', '(']);
    let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok()?;
    ((35..=110).contains(&number) && (behind.contains("이하") || behind.contains("미만") || behind.contains("이상")))
        .then_some(Sure::Clear)
}

/// `주방(男)/홀(女)`, `사원(여)`: a sign behind a word for work, in a title or in requirements.
fn sign(hit: &Hit<'_>, field: &str) -> Option<Sure> {
    if !matches!(field, "title" | "qualifications" | "occupation" | "description") {
        return None;
    }
    let head = hit.before(8);
    let bracketed = hit.word().starts_with('(') || (head.ends_with('(') && hit.after(1) == ")");
    if !bracketed {
        return None;
    }
    let work = head.trim_end_matches('(');
    let job = work.ends_with("pt") || JOB_ENDS.iter().any(|end| work.ends_with(end));
    // `(남)(여)` and `(남/여)` name both for one job
    let behind = hit.after(3).trim_start_matches(')');
    let same_job = ["(여", "(남", "(女", "(男", "여", "남", "女", "男"].iter().any(|other| behind.starts_with(other))
        || ["(남)", "(여)", "(男)", "(女)"].iter().any(|other| head.ends_with(other));
    if !job || same_job {
        return None;
    }
    Some(if field == "description" { Sure::Doubtful } else { Sure::Clear })
}

/// `성별: 여`, `성별 남자`; not `성별 무관`.
fn stated(hit: &Hit<'_>) -> Option<Sure> {
    let behind = hit.after(8).trim_start_matches([':', '(', '/']);
    let one = ["남", "여"].iter().any(|sex| behind.starts_with(sex));
    let both = behind.contains("남녀") || behind.contains("여남") || (behind.contains('남') && behind.contains('여'));
    (hit.begins() && one && !both).then_some(Sure::Clear)
}

/// `호감 가는 외모`, `단정한 용모`: a word of praise beside the word for looks.
fn looks(hit: &Hit<'_>) -> Option<Sure> {
    const PRAISE: &[&str] = &[
        "단정",
        "준수",
        "우수",
        "깔끔",
        "수려",
        "출중",
        "훈훈",
        "호감",
        "빼어난",
        "뛰어난",
        "예쁜",
        "좋은",
        "중시",
        "자신있",
    ];
    let around = (hit.before(8), hit.after(8));
    (hit.begins() && PRAISE.iter().any(|w| around.0.contains(w) || around.1.contains(w))).then_some(Sure::Clear)
}

/// Whether a word for one sex only follows the other: `남/여 직원`, `남·여 사원`.
pub(super) fn names_both(hit: &Hit<'_>) -> bool {
    let head = hit.before(3).trim_end_matches([',', '/']);
    (hit.word().starts_with('여') && head.ends_with(['남', '男']))
        || (hit.word().starts_with('남') && head.ends_with(['여', '女']))
}
