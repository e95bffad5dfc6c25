//! SEX: recruiting by sex, or by looks, height, weight or being unmarried (남녀고용평등법 제7조).

use super::lexicon::{Hit, Mark, end_of_first, has, number, start};

/// What makes a word for a sex a condition, right behind it.
const ASKED: &[&str] = &[
    "모집", "채용", "구함", "구합", "구해", "구인", "급구", "우대", "환영", "선호", "한정", "에한해", "에한함", "에한하", "우선",
    "지원바", "지원해", "지원가능", "지원요", "만", "이면", "이신", "필수", "희망", "가능", "찾", "모십", "모셔", "을우대", "를우대",
    "을선호", "를선호", "을모집", "를모집", "을구", "를구", "을찾", "를찾", "으로제한", "으로한정", "사절", "불가", "사양", "삼가",
    "분모집", "뽑", "구하", "를구하", "을구하", "를채용", "을채용", "를환영", "을환영", "초빙", "충원", "지원자만", "지원자를", "지원자에", "지원자우대",
    "지원자선호", "전용채용", "전용모집", "전용구인",
];
/// What makes a word for people of one sex a condition, some syllables behind it.
const SOUGHT: &[&str] = &[
    "모집", "채용", "구함", "구합", "구해", "구인", "급구", "우대", "환영", "선호", "한정", "한해", "한함", "지원", "찾", "모십",
    "모셔", "모심", "뽑", "초빙", "충원", "희망", "사절", "불가", "만", "필수", "구하",
];
/// Words for those who work, as a sex is put before them.
const WORKERS: &[&str] = &[
    "직원", "사원", "알바", "아르바이트", "근로자", "근무자", "인력", "스텝", "스탭", "스태프", "보조", "매니저", "캐셔", "바리스타",
    "트레이너", "텔레마케터", "비서", "도우미", "캐디", "선생", "실장", "팀장", "점장", "원장", "조리사", "교사", "강사", "미용사",
    "간호사", "간호조무사", "상담원", "상담사", "상담직", "경리", "바텐더", "요양보호사", "간병인", "기사", "경비", "경비원", "미화원",
    "판매원", "판매사원", "서빙", "홀서빙", "웨이터", "주방장", "주방", "찬모", "조리원", "조리보조", "사무원", "사무직", "생산직",
    "기술자", "기능공", "작업자", "작업원", "운전원", "주차요원", "안내원", "안내", "요원", "모델", "치위생사", "약사", "코디네이터",
    "코디", "설거지", "청소원", "배달원", "배송원", "관리자", "관리인", "관리원", "지원자", "구직자분", "사람", "인재", "분", "님",
    "대리", "과장", "주임", "인턴", "가이드", "승무원", "통역", "플래너", "헤어디자이너", "네일", "피부관리사", "마사지사", "세신사",
    "영업사원", "영업직", "현장직", "일용직", "잡부", "용접공", "반장", "조공", "시터", "베이비시터", "가사도우미", "사감",
];
/// Nouns that a word for a sex only qualifies.
const QUALIFIED: &[&str] = &[
    "대학", "상의", "하의", "청결", "생식", "의류", "복", "화장", "전용", "병원", "고객", "용", "쇼핑", "잡화", "의원", "센터", "기업",
    "인력개발", "재단", "단체", "정책", "가족", "복지", "청소년", "커트", "컷", "헤어", "시술", "탈모", "의학", "비뇨", "회원", "아이",
    "아동", "아기", "학생", "환자", "어르신", "어른", "노인", "중학", "중급", "고등", "고앞", "농구", "배구", "축구", "핸드볼", "프로",
    "구두", "신발", "속옷", "질환", "건강", "과학", "친화", "가장", "일자리", "취업", "경제", "문화", "회관", "인권", "폭력", "쉼터",
    "긴급", "패션", "브랜드", "매거진", "잡지", "의정", "탈의", "기숙사", "사우나", "목욕", "휴게", "숙소", "옷", "정장", "캐주얼",
    "니트", "향수", "뷰티", "시장", "타깃", "타겟", "대상", "호르몬", "흡연", "비율", "육아", "직업", "수영", "테니스", "골프선수",
    "팬", "유저", "친구", "암", "수트", "의상", "그루밍", "위생", "플라자", "사전시관", "안심", "발명", "농업", "장애", "노동자",
    "수감", "수용", "샤워", "방", "보컬", "아이돌", "역할", "성악", "임원", "관리자비율", "관리자채용목표", "ceo", "주차장",
    "전문병원", "구직자취업", "돌봄", "5인조", "4인조", "근로자모성", "근로자보호", "근로자와", "근로자비율", "과남", "과여",
    "합창", "중창", "듀오", "밴드", "그룹",
];
/// What tells how things are rather than what is sought.
const TOLD: &[&str] = &["재직", "함께일", "일합니다", "근무중", "비율", "육아휴직", "휴직", "휴가", "다수재", "다수있", "휴게", "임금을", "단축근무", "보호", "회운영"];

/// How words for work end.
const JOB_ENDS: &[&str] =
    &["원", "사", "자", "홀", "방", "직", "무", "빙", "리", "생", "장", "보조", "알바", "간", "서", "님", "팀", "급", "pt"];

/// Words made of a sign for a sex and a worker: `여직원`, `남 바텐더`.
pub(super) fn words() -> Vec<String> {
    const SHORT: &[&str] = &["분", "님", "사람", "안내", "코디", "주방", "네일", "지원자", "인재", "대리", "과장", "기능공"];
    let workers = WORKERS.iter().filter(|w| !SHORT.contains(w));
    workers.flat_map(|worker| ["남", "여", "男", "女"].map(|sign| format!("{sign}{worker}"))).collect()
}

pub(super) fn ask(hit: &Hit<'_>, field: &str) -> Option<Mark> {
    match hit.word() {
        "남자" | "여자" | "남성" | "여성" | "여학생" | "남학생" | "여대생" | "여고생" | "女性" | "男性" | "女子"
        | "男子" => condition(hit),
        "성별" => stated(hit),
        "외모" | "용모" => looks(hit),
        "예쁜" | "예쁘" | "이쁜" | "이쁘" | "잘생긴" | "미인" | "미모" | "훈남" | "훈녀" | "날씬" | "슬림" | "통통" | "뚱뚱"
        | "몸매" | "얼짱" => beauty(hit),
        "신장" | "키" => height(hit),
        "체중" | "몸무게" => weight(hit),
        "미혼" | "기혼" | "결혼안" => unmarried(hit),
        "이모" | "삼촌" | "아줌마" | "아주머니" | "아저씨" | "아가씨" | "총각" | "여사님" | "주부" => kin(hit),
        "남" | "여" | "男" | "女" => counted(hit),
        "(남)" | "(여)" | "(男)" | "(女)" => sign(hit, field),
        _ => worker(hit),
    }
}

/// Whether it goes on with the other sex, or came from it: `남/여 직원`, `남녀`.
fn names_both(hit: &Hit<'_>) -> bool {
    let (head, behind) = (hit.before(3), hit.after(3));
    let male = hit.word().starts_with(['남', '男']);
    let other = if male { ['여', '女'] } else { ['남', '男'] };
    let head = head.trim_end_matches([',', '/', '및', '자', '성', '와', '과']);
    let tail = behind.trim_start_matches([',', '/', '및', '와', '과']);
    head.ends_with(other) || (tail.starts_with(other) && !tail.starts_with("여러") && !tail.starts_with("여직원과"))
}

/// `여성 우대`, `남자 주차요원 모집`, `여자 2명`.
fn condition(hit: &Hit<'_>) -> Option<Mark> {
    let known = hit.begins() || hit.before(1).starts_with('대') || hit.word().starts_with(['女', '男']);
    if !known || names_both(hit) {
        return None;
    }
    let behind = hit.after(18);
    // `남성의 경우 병역필`, `남자는 군필`
    let soldiers = has(hit.before(10), &["면제", "병역", "군필자또는"]);
    if soldiers || has(behind, &["병역", "군필", "경우", "면제"]) || start(behind, &["도", "과", "와"]).is_some() {
        return None;
    }
    let end = behind.find(['/', ')', ']', ':']).unwrap_or(behind.len());
    let rest = &behind[..end];
    let who = start(rest, &["분들", "분", "들", "의"]).filter(|w| *w != "의").map_or(0, str::len);
    let bare = &rest[who..];
    if let Some(asked) = start(bare, ASKED) {
        let other = start(bare, &["만족", "만남", "만들", "만있", "만의", "만큼", "가능성", "희망하는고객"]).is_some();
        return (!other).then(|| hit.clear().on(who + asked.len()));
    }
    if let Some(mark) = heads(hit, who, bare) {
        return Some(mark);
    }
    if start(rest, QUALIFIED).is_some() {
        return None;
    }
    if bare.is_empty() || bare.starts_with(',') || bare.starts_with("(필수") {
        // `간병사 (여성)`: a sex in brackets behind a word for work
        let head = hit.before(4);
        if head.ends_with('(') && hit.after(1).starts_with(')') {
            let work = head.trim_end_matches('(');
            return JOB_ENDS.iter().any(|end| work.ends_with(end)).then(|| hit.doubt());
        }
        const LABELS: &[&str] = &["성별", "모집", "채용", "구인", "대상", "우대", "사항", "조건", "요건", "자격", "군필", "병역필", "구함"];
        return has(hit.before(8), LABELS).then(|| hit.clear().on(who));
    }
    // a sex before those who work: `여성 상담원 채용`
    if let Some(word) = start(bare, WORKERS) {
        let after = &bare[word.len()..];
        if has(after, TOLD) || after.starts_with('도') {
            return None;
        }
        let sought = after.is_empty() || end_of_first(after, SOUGHT).is_some_and(|end| after[..end].chars().count() <= 10);
        let counted = number(after).is_some();
        return (sought || counted).then(|| hit.clear().on(who + word.len()));
    }
    // `남자 프레스공 모집`: an unknown trade, sought at once
    let sought = end_of_first(bare, &["모집", "채용", "구함", "구합", "구해", "구인", "급구", "우대", "만모집", "지원바"])?;
    let trade = &bare[..sought];
    let person = trade.trim_end_matches(|c: char| "모집채용구함구합구해구인급구우대지원바만".contains(c));
    let ends = ["원", "사", "공", "직", "장", "님", "자", "생", "인", "수", "부"].iter().any(|e| person.ends_with(e));
    (ends && trade.chars().count() <= 10).then(|| hit.clear().on(who + person.len()))
}

/// `남자 3명`, `여 2명 모집`; not `남직원 30명이 함께 일합니다`.
fn heads(hit: &Hit<'_>, who: usize, rest: &str) -> Option<Mark> {
    let (_, digits) = number(rest)?;
    let tail = &rest[digits..];
    let unit = start(tail, &["명", "인", "분"])?;
    let far = hit.after(28);
    if has(far, TOLD) || has(far, &["과외", "환자", "학생", "돌봄", "등원", "하원"]) || tail.starts_with("인조") {
        return None;
    }
    Some(hit.clear().on(who + digits + unit.len()))
}

/// A sign for a sex that stands alone before a count: `여 10명 모집`, or in a label: `[남]`.
fn counted(hit: &Hit<'_>) -> Option<Mark> {
    let alone = (hit.squashed.begins(hit.from) || hit.before(1).ends_with(['(', '[', ',', '/'])) && hit.ends();
    if !alone || names_both(hit) && number(hit.after(4)).is_none() {
        return None;
    }
    if let Some(mark) = heads(hit, 0, hit.after(8)) {
        return Some(mark);
    }
    let behind = hit.after(6);
    if hit.before(1).ends_with('[') && hit.after(1) == "]" && has(hit.before(8), &["모집", "채용", "구인"]) {
        return Some(hit.doubt());
    }
    // `여 우대`, `남 알바생`
    let asked = start(behind, &["우대", "모집", "구함", "구합", "구인", "환영", "선호"])?;
    hit.squashed.begins(hit.from).then(|| hit.clear().on(asked.len()))
}

/// `여직원 구합니다`, `남 요양보호사 급구`, `女직원`.
fn worker(hit: &Hit<'_>) -> Option<Mark> {
    let sign = hit.word().chars().next().map_or(0, char::len_utf8);
    if !hit.squashed.begins(hit.from) || names_both(hit) {
        return None;
    }
    // `여기 사람`: a word that begins elsewhere inside; single syllables apart are a trick and pass
    let parts = (1..hit.to - hit.from).filter(|at| hit.begins_inside(*at)).count();
    let syllables = hit.word().chars().count();
    if parts > 1 && parts + 1 != syllables || parts == 1 && !hit.begins_inside(sign) {
        return None;
    }
    let behind = hit.after(16);
    if has(behind, TOLD) || start(behind, &["회", "도", "휴게", "과", "와", "들과"]).is_some() {
        return None;
    }
    let end = behind.find(['/', ')', ']']).unwrap_or(behind.len());
    let rest = behind[..end].trim_start_matches(['님', '생']);
    let sought = end_of_first(rest, SOUGHT).is_some_and(|end| rest[..end].chars().count() <= 12);
    let counted = number(rest).is_some();
    (sought || counted || rest.is_empty() || rest.starts_with(',')).then(|| hit.clear())
}

/// `신장 160 이상`, `키 170cm`; not the kidney of a clinic.
fn height(hit: &Hit<'_>) -> Option<Mark> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(10);
    if let Some(tall) = start(behind, &["크신", "큰분", "큰남", "큰여", "가크신", "가큰분", "큰직원"]).filter(|_| hit.word() == "키") {
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
fn weight(hit: &Hit<'_>) -> Option<Mark> {
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

/// `주방(男)/홀(女)`, `사원(여)`: a sign behind a word for work.
fn sign(hit: &Hit<'_>, field: &str) -> Option<Mark> {
    let head = hit.before(8);
    const SOUGHT: &[&str] = &["모집", "채용", "구인", "구함", "명"];
    let work = JOB_ENDS.iter().chain(SOUGHT).find(|end| head.ends_with(**end))?;
    // `(남)(여)` and `(남/여)` name both for one job
    let behind = hit.after(3);
    let same_job = ["(여", "(남", "(女", "(男", "여", "남", "女", "男"].iter().any(|other| behind.starts_with(other))
        || ["(남)", "(여)", "(男)", "(女)"].iter().any(|other| head.ends_with(other));
    if same_job {
        return None;
    }
    let mark = if field == "description" { hit.doubt() } else { hit.clear() };
    Some(mark.back(work.len()))
}

/// `성별: 여`, `성별 남자`, `성별은 여성으로 제한`; not `성별 무관`.
fn stated(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(14);
    let open = behind.trim_start_matches([':', '(', '/', '[']);
    let open = start(open, &["은", "는", "구분", "제한", "조건"]).map_or(open, |w| &open[w.len()..]);
    let open = open.trim_start_matches([':', '(', '[']);
    let one = start(open, &["남성", "여성", "남자", "여자", "남", "여", "男", "女"])?;
    let rest = &open[one.len()..];
    let both = rest.trim_start_matches([',', '/', '성', '자']).starts_with(['남', '여', '男', '女']) || has(behind, &["무관", "남녀", "여남", "동등"]);
    let known = hit.begins() || has(hit.before(4), &["모집", "지원", "채용", "가능", "근무자"]);
    (known && !both).then(|| hit.clear().on(behind.len() - rest.len()))
}

/// `호감 가는 외모`, `단정한 용모`: a word of praise beside the word for looks.
fn looks(hit: &Hit<'_>) -> Option<Mark> {
    const PRAISE: &[&str] = &[
        "단정", "준수", "우수", "깔끔", "수려", "출중", "훈훈", "호감", "빼어난", "뛰어난", "예쁜", "좋은", "중시", "자신있", "이쁜",
        "매력", "동안",
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
fn beauty(hit: &Hit<'_>) -> Option<Mark> {
    const PEOPLE: &[&str] = &["분", "직원", "여", "남", "알바", "사람", "얼굴", "외모", "체형", "몸매", "스탭", "친구", "사원", "인상"];
    const WANTED: &[&str] = &["우대", "환영", "모집", "구합", "구함", "구해", "선호", "사절", "불가", "지원", "채용", "찾", "급구"];
    let behind = hit.after(16);
    let spoken = end_of_first(behind, WANTED).map_or(behind, |end| &behind[..end]);
    if !hit.begins() || has(spoken, &["상담", "앱", "보정", "관리", "대회", "프로그램", "의류", "사이즈", "디자인", "포장", "꽃"]) {
        return None;
    }
    let wanted = end_of_first(behind, WANTED).filter(|end| behind[..*end].chars().count() <= 12);
    let people = end_of_first(behind, PEOPLE).filter(|end| behind[..*end].chars().count() <= 6);
    match hit.word() {
        "미모" => (start(behind, &["의", "겸비", "를", "가", "우대"]).is_some()).then(|| hit.clear()),
        "미인" | "훈남" | "훈녀" | "얼짱" => wanted.map(|_| hit.clear()),
        "몸매" => end_of_first(behind, &["좋", "예쁜", "되시", "우대"]).map(|end| hit.clear().on(end)),
        "날씬" | "슬림" => people.map(|end| hit.clear().on(end)),
        "통통" | "뚱뚱" => people.and(wanted).map(|end| hit.clear().on(end)),
        _ => {
            let head = hit.before(5);
            let lead = head.rfind("얼굴").or_else(|| head.rfind("인상")).map_or(0, |at| head.len() - at);
            (people.is_some() || (lead > 0 && wanted.is_some())).then(|| hit.clear().back(lead).on(people.unwrap_or(0)))
        }
    }
}

/// `미혼자 우대`, `기혼 여성 지원 불가`; not `미혼·기혼 무관`, not a home for 미혼모.
fn unmarried(hit: &Hit<'_>) -> Option<Mark> {
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
        .filter(|end| rest[..*end].chars().count() <= 8);
    if hit.word() == "기혼" {
        // `기혼자 주택자금`: a benefit
        let refused = end_of_first(rest, &["불가", "사절", "제외"]).filter(|end| rest[..*end].chars().count() <= 8)?;
        return Some(hit.clear().on(who + refused));
    }
    (end.is_some() || sexed).then(|| hit.clear().on(who + end.filter(|e| *e <= 9).unwrap_or(0)))
}

/// `주방 이모 구합니다`, `식당 아줌마`, `주부사원 모집`; not `이모네 식당`.
fn kin(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(10);
    if start(behind, &["네", "들과", "들을", "들의", "치킨", "떡볶이", "부", "저모", "티콘", "작", "와", "과", "습진", "가", "의"]).is_some() {
        return None;
    }
    let known = hit.begins() || has(hit.before(2), &["주방", "식당", "홀", "청소", "찬모"]);
    let who = start(behind, &["님들", "님", "사원", "알바", "분들", "분"]).map_or(0, str::len);
    let rest = &behind[who..];
    let sought = end_of_first(rest, SOUGHT).filter(|end| rest[..*end].chars().count() <= 8).is_some();
    let counted = number(rest).is_some_and(|(_, n)| start(&rest[n..], &["명", "분", "인"]).is_some());
    let lead = start(hit.before(2), &["주방", "식당"]).map_or(0, str::len);
    (known && (sought || counted)).then(|| hit.clear().back(lead).on(who))
}
