//! Conditions of looks, height, weight and being unmarried, which 남녀고용평등법 제7조제2항 forbids as those of sex.

use super::super::lexicon::{Hit, Mark, end_of_first, has, number, start};

/// `신장 160 이상`, `키 170cm`; not the kidney of a clinic.
pub(super) fn height(hit: &Hit<'_>) -> Option<Mark> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(10);
    if let Some(tall) =
        start(behind, &["크신", "큰분", "큰남", "큰여", "가크신", "가큰분", "큰직원"]).filter(|_| hit.word() == "키")
    {
        return Some(hit.clear().on(tall.len()));
    }
    let open = behind.trim_start_matches([':', '(', ')', '[']);
    let open = open.strip_prefix(['가', '는', '은', '이']).unwrap_or(open);
    let (cm, digits) = number(open)?;
    let rest = &open[digits..];
    let unit = start(rest, &["cm", "센티미터", "센티", "센치"]).map_or(0, str::len);
    let bound = start(&rest[unit..], &["이상", "이하", "인", "정도", "전후", "~", "미만", "내외", "넘"]);
    let ended = rest[unit..].is_empty() || rest[unit..].starts_with([',', '/', ')']);
    ((140..=199).contains(&cm) && digits == 3 && (bound.is_some() || ended))
        .then(|| hit.clear().on(behind.len() - rest.len() + unit + bound.map_or(0, str::len)))
}

/// `체중 60kg 이하`: a bound on the applicant, not on what is lifted.
pub(super) fn weight(hit: &Hit<'_>) -> Option<Mark> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(12);
    let open = behind.trim_start_matches([':', '(', '이', '가', '은']);
    let (kg, digits) = number(open)?;
    let end = end_of_first(open, &["이하", "미만", "이상", "내외"])?;
    let others = ["반려", "하네스", "미숙아", "환자", "아동", "가축", "견", "대상자", "어린이"];
    ((35..=110).contains(&kg) && end <= digits + 18 && !has(hit.after(18), &others))
        .then(|| hit.clear().on(behind.len() - open.len() + end))
}

/// `호감 가는 외모`, `단정한 용모`: a word of praise beside the word for looks.
pub(super) fn looks(hit: &Hit<'_>) -> Option<Mark> {
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
        "이쁜",
        "매력",
        "동안",
        "관리가잘",
        "관리잘",
    ];
    if !hit.begins() && !hit.before(2).ends_with('형') {
        return None;
    }
    let (head, behind) = (hit.before(6), hit.after(7));
    if let Some(end) = end_of_first(behind, PRAISE) {
        return Some(hit.clear().on(end));
    }
    let praised = PRAISE.iter().filter_map(|word| head.rfind(word)).max()?;
    Some(hit.clear().back(head.len() - praised))
}

/// `예쁘신 분 환영`, `날씬한 체형`, `몸매 좋은 분`.
pub(super) fn beauty(hit: &Hit<'_>) -> Option<Mark> {
    const PEOPLE: &[&str] =
        &["분", "직원", "여", "남", "알바", "사람", "얼굴", "외모", "체형", "몸매", "스탭", "친구", "사원", "인상"];
    const WANTED: &[&str] =
        &["우대", "환영", "모집", "구합", "구함", "구해", "선호", "사절", "불가", "지원", "채용", "찾", "급구"];
    let behind = hit.after(16);
    let spoken = end_of_first(behind, WANTED).map_or(behind, |end| &behind[..end]);
    if !hit.begins()
        || has(spoken, &["상담", "앱", "보정", "관리", "대회", "프로그램", "의류", "사이즈", "디자인", "포장", "꽃"])
    {
        return None;
    }
    let wanted = end_of_first(behind, WANTED).filter(|end| behind[..*end].chars().count() <= 12);
    let people = end_of_first(behind, PEOPLE).filter(|end| behind[..*end].chars().count() <= 6);
    match hit.word() {
        "미모" => {
            (start(behind, &["의", "겸비", "를갖", "를겸", "가뛰", "가출중", "우대"]).is_some()).then(|| hit.clear())
        }
        // `미인 쌀 도정`: right before being wanted, or before people
        "미인" | "미남" | "미녀" | "훈남" | "훈녀" | "얼짱" => {
            let next = start(behind, WANTED)
                .or_else(|| start(behind, &["분", "직원", "알바", "미녀", "미남", "훈녀", "이신"]));
            wanted.and(next).map(|_| hit.clear())
        }
        "몸매" => end_of_first(behind, &["좋", "예쁜", "되시", "우대"]).map(|end| hit.clear().on(end)),
        "날씬" | "슬림" => people.map(|end| hit.clear().on(end)),
        "통통" | "뚱뚱" => people.and(wanted).map(|end| hit.clear().on(end)),
        _ => {
            let head = hit.before(5);
            let lead = head.rfind("얼굴").or_else(|| head.rfind("인상")).map_or(0, |at| head.len() - at);
            // `예쁜 옷가게 직원`: it is the shop that is pretty
            let people = if hit.word().ends_with('쁜') { start(behind, PEOPLE).map(str::len) } else { people };
            (people.is_some() || (lead > 0 && wanted.is_some())).then(|| hit.clear().back(lead).on(people.unwrap_or(0)))
        }
    }
}

/// `미혼자 우대`, `기혼 여성 지원 불가`; not `미혼·기혼 무관`, not a home for 미혼모.
pub(super) fn unmarried(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(14);
    let head = hit.before(5);
    if !hit.begins()
        || start(behind, &["모", "부", "한부모", "남녀", "여부"]).is_some()
        || has(head, &["기혼", "미혼"])
        || has(behind, &["기혼", "미혼", "무관", "상관", "환영합니다기"])
    {
        return None;
    }
    let who = start(behind, &["자", "인", "여성", "남성", "여자", "남자", "하신"]).map_or(0, str::len);
    let rest = &behind[who..];
    let sexed = behind.starts_with('여') || behind.starts_with('남');
    let end = end_of_first(rest, &["우대", "만", "불가", "사절", "환영", "선호", "한함", "지원", "모집", "입주"])
        .filter(|end| rest[..*end].chars().count() <= 4);
    if hit.word() == "기혼" {
        // `기혼자 주택자금`: a benefit
        let refused = end_of_first(rest, &["불가", "사절", "제외"]).filter(|end| rest[..*end].chars().count() <= 8)?;
        return Some(hit.clear().on(who + refused));
    }
    let whom = if sexed && who == 0 {
        start(behind, &["여직원", "남직원", "여사원", "남사원"]).map_or(0, str::len)
    } else {
        0
    };
    (end.is_some() || sexed).then(|| hit.clear().on(whom.max(who + end.filter(|e| *e <= 9).unwrap_or(0))))
}
