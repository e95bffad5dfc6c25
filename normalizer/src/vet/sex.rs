//! SEX: recruiting by sex, or by looks, height, weight or being unmarried (남녀고용평등법 제7조).

use super::Sure;
use super::lexicon::Hit;

/// What makes a word for a sex a condition, within a few syllables behind it.
const ASKED: &[&str] = &[
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
];
/// Nouns that a word for a sex only qualifies.
const QUALIFIED: &[&str] = &[
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

pub(super) fn ask(hit: &Hit<'_>, field: &str) -> Option<Sure> {
    match hit.word() {
        "남자" | "여자" | "남성" | "여성" => condition(hit),
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
    ((140..=199).contains(&number) && digits.len() == 3).then_some(Sure::Clear)
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
    let job = ["원", "사", "자", "홀", "방", "직", "무", "빙", "리", "생", "장", "보조", "알바"]
        .iter()
        .any(|end| head.trim_end_matches('(').ends_with(end));
    // `대표 홍길동(남)` names a person; `(남)(여)` and `남/여` name both
    let both = hit.after(8).contains("여)")
        || hit.after(8).contains("남)")
        || hit.after(8).contains("女")
        || hit.after(8).contains("男")
        || head.contains("(남)")
        || head.contains("(男)");
    let same_job = both && !hit.after(8).contains('/') && !head.contains('/');
    if !job || same_job {
        return None;
    }
    Some(if field == "description" { Sure::Doubtful } else { Sure::Clear })
}
