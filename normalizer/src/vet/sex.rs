//! SEX: recruiting by sex, or by looks, height, weight or being unmarried (남녀고용평등법 제7조).

mod looks;
mod words;

use super::lexicon::{Hit, Mark, end_of_first, has, number, start};

use looks::{beauty, height, looks, unmarried, weight};
use words::{ASKED, JOB_ENDS, QUALIFIED, SOUGHT, TOLD, TRADES, WORKERS};

/// Words made of a sign for a sex and a worker: `여직원`, `남 바텐더`.
pub(super) fn words() -> Vec<String> {
    const SHORT: &[&str] =
        &["분", "님", "사람", "안내", "코디", "주방", "네일", "지원자", "인재", "대리", "과장", "기능공"];
    let workers = WORKERS.iter().filter(|w| !SHORT.contains(w));
    workers.flat_map(|worker| ["남", "여", "男", "女"].map(|sign| format!("{sign}{worker}"))).collect()
}

pub(super) fn ask(hit: &Hit<'_>, field: &str) -> Option<Mark> {
    match hit.word() {
        "남자" | "여자" | "남성" | "여성" | "여학생" | "남학생" | "여대생" | "여고생" | "女性" | "男性" | "女子"
        | "男子" => condition(hit),
        "성별" => stated(hit),
        "외모" | "용모" => looks(hit),
        "예쁜" | "예쁘" | "이쁜" | "이쁘" | "잘생긴" | "미인" | "미남" | "미녀" | "미모" | "훈남" | "훈녀" | "날씬"
        | "슬림" | "통통" | "뚱뚱" | "몸매" | "얼짱" => beauty(hit),
        "신장" | "키" => height(hit),
        "체중" | "몸무게" => weight(hit),
        "미혼" | "기혼" | "결혼안" => unmarried(hit),
        "이모" | "삼촌" | "아줌마" | "아주머니" | "아저씨" | "아가씨" | "총각" | "여사님" | "주부" => {
            kin(hit)
        }
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
    // `지원조건: 남자, 군필`
    if behind.starts_with(',') && has(hit.before(6), &["조건", "자격", "요건", "성별"]) {
        return Some(hit.clear());
    }
    // `남성의 경우 병역필`, `남자는 군필`
    let soldiers = has(hit.before(10), &["면제", "병역", "군필자또는"]) || has(hit.around(8), &["피팅모델"]);
    if soldiers
        || has(behind, &["병역", "군필", "경우", "면제"])
        || (!hit.ends() && start(behind, &["도", "과", "와"]).is_some())
    {
        return None;
    }
    let end = behind.find(['/', ')', ']', ':']).unwrap_or(behind.len());
    let rest = &behind[..end];
    const COUNTED: &[&str] =
        &["분한분", "분두분", "분세분", "분한명", "한분", "두분", "세분", "한명", "두명", "세명", "분을", "분들을"];
    let who = start(rest, COUNTED).or_else(|| start(rest, &["분들", "분", "들"])).map_or(0, str::len);
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
        return alone(hit, who, &behind[who..]);
    }
    if start(bare, WORKERS).is_some() { before_workers(hit, who, bare) } else { before_trade(hit, who, bare) }
}

/// A sex that says nothing more: in brackets, behind a label, behind an adjective of people.
fn alone(hit: &Hit<'_>, who: usize, rest: &str) -> Option<Mark> {
    // of whom a home or a benefit is, is told: `출산휴가(남성)`, `어르신(여성)`
    const TOLD_OF: &[&str] = &[
        "휴가",
        "배우자",
        "어르신",
        "환자",
        "할머니",
        "할아버지",
        "노인",
        "고객",
        "병역",
        "실",
        "탕",
        "사우나",
        "기숙사",
        "의류",
        "복",
        "옷",
        "등급",
        "대상자",
        "자녀",
        "아이",
        "아동",
        "학생",
    ];
    const LABELS: &[&str] =
        &["성별", "모집", "채용", "구인", "대상", "우대", "사항", "조건", "요건", "자격", "군필", "병역필", "구함"];
    // `건강한 남성`
    const PRAISED: &[&str] = &["건강한", "건장한", "힘센", "힘좋은", "체력좋은", "성실한", "가능한", "젊은", "씩씩한"];
    let praised = PRAISED.iter().any(|word| hit.before(5).ends_with(word));
    if praised || has(hit.before(8), LABELS) {
        return Some(hit.clear().on(who));
    }
    // `영업직원 모집합니다. (남성)`, `물류관리 [남성]`
    let bracketed = hit.before(1).ends_with(['(', '[']) && rest.starts_with([')', ']', '/', ',']);
    (bracketed && !has(hit.before(12), TOLD_OF)).then(|| hit.doubt().on(who))
}

/// A sex before those who work: `여성 상담원 채용`.
fn before_workers(hit: &Hit<'_>, who: usize, bare: &str) -> Option<Mark> {
    let word = start(bare, WORKERS)?;
    let after = &bare[word.len()..];
    if has(after, TOLD) || after.trim_start_matches('님').starts_with('도') {
        return None;
    }
    let sought = after.is_empty() || end_of_first(after, SOUGHT).is_some_and(|end| after[..end].chars().count() <= 10);
    let counted = number(after).is_some();
    (sought || counted).then(|| hit.clear().on(who + word.len()))
}

/// A sex before an unknown trade that is sought at once: `남자 프레스공 모집`.
fn before_trade(hit: &Hit<'_>, who: usize, bare: &str) -> Option<Mark> {
    const TRADE_SOUGHT: &[&str] = &["모집", "채용", "구함", "구합", "구해", "구인", "급구", "우대", "만모집", "지원바"];
    let (from, _) = TRADE_SOUGHT.iter().filter_map(|w| bare.find(w).map(|at| (at, at + w.len()))).min()?;
    let person = bare[..from].trim_end_matches(['을', '를', '님', '만', '급']);
    // word by word: one word of any kind is a trade, of several the first must be (`여성 노숙인 시설 사회복지사` is none)
    let first = hit.to + who;
    let starts: Vec<usize> = (1..person.len()).filter(|at| hit.squashed.begins(first + at)).collect();
    let length = person.chars().count();
    if starts.is_empty() {
        let ends =
            ["원", "사", "공", "직", "장", "님", "자", "생", "인", "수", "부"].iter().any(|end| person.ends_with(end));
        let alone = hit.squashed.begins(first) && hit.squashed.begins(first + person.len());
        let mark = if ends { hit.clear() } else { hit.doubt() };
        return (((ends && length <= 6) || alone) && (2..=6).contains(&length)).then(|| mark.on(who + person.len()));
    }
    let head = &person[..starts[0]];
    let thing = ["실", "점", "장", "센터", "클리닉", "병원", "회사", "제품", "잡지", "식품", "앱"]
        .iter()
        .any(|end| head.ends_with(end));
    let trade = !thing && (start(head, TRADES).is_some() || start(head, WORKERS).is_some());
    // syllable by syllable is a trick: `남 자 주 차 원 모 집`
    let apart = starts.len() + 1 == length;
    ((trade || apart) && length <= 10).then(|| hit.clear().on(who + person.len()))
}

/// `남자 3명`, `여 2명 모집`; not `남직원 30명이 함께 일합니다`.
fn heads(hit: &Hit<'_>, who: usize, rest: &str) -> Option<Mark> {
    let (_, digits) = number(rest)?;
    let tail = &rest[digits..];
    let unit = start(tail, &["명", "인", "분"])?;
    let far = hit.after(28);
    if has(far, TOLD)
        || has(far, &["과외", "환자", "학생", "돌봄", "등원", "하원"])
        || start(tail, &["인조", "인가구", "인실", "인용", "인세대"]).is_some()
    {
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
    let bracketed = hit.before(1).ends_with('[') && hit.after(1) == "]";
    if bracketed && has(hit.around(12), &["모집", "채용", "구인", "구함"]) {
        return Some(hit.doubt());
    }
    // `치과위생사 여 정규직`
    let work = JOB_ENDS.iter().any(|end| hit.before(3).ends_with(end));
    if work && start(hit.after(3), &["정규직", "계약직", "신입", "경력직"]).is_some() {
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

/// `주방(男)/홀(女)`, `사원(여)`: a sign behind a word for work.
fn sign(hit: &Hit<'_>, field: &str) -> Option<Mark> {
    let head = hit.before(8);
    const SOUGHT: &[&str] = &["모집", "채용", "구인", "구함", "명"];
    let behind = hit.after(3).trim_start();
    // `카운터(여) 1명`: any word for a place of work, but not `탈의실(여) 1명`
    let counted = number(behind).is_some_and(|(_, n)| behind[n..].starts_with('명'));
    // `… 모집합니다. (男)`
    if head.is_empty() && behind.is_empty() {
        return Some(hit.doubt());
    }
    let place = ["실", "기숙사", "사우나", "탕"].iter().any(|end| head.ends_with(end));
    let work = JOB_ENDS.iter().chain(SOUGHT).copied().find(|end| head.ends_with(*end));
    let work = work.or_else(|| (counted && !place).then_some("")).filter(|_| !place)?;
    // `(남)(여)` and `(남/여)` name both for one job
    let behind = hit.after(3);
    let same_job = ["(여", "(남", "(女", "(男", "여", "남", "女", "男"].iter().any(|other| behind.starts_with(other))
        || ["(남)", "(여)", "(男)", "(女)"].iter().any(|other| head.ends_with(other));
    if same_job {
        return None;
    }
    let mark = if field == "description" { hit.doubt() } else { hit.clear() };
    let lead = if work.is_empty() {
        let from = hit.from.saturating_sub(head.len());
        hit.from - (from..hit.from).rev().find(|at| hit.squashed.begins(*at)).unwrap_or(from)
    } else {
        work.len()
    };
    Some(mark.back(lead))
}

/// `성별: 여`, `성별 남자`, `성별은 여성으로 제한`; not `성별 무관`.
fn stated(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(14);
    let open = behind.trim_start_matches([':', '(', '/', '[', ']']);
    let open = start(open, &["은", "는", "구분", "제한", "조건"]).map_or(open, |w| &open[w.len()..]);
    let open = open.trim_start_matches([':', '(', '[']);
    let one = start(open, &["남성", "여성", "남자", "여자", "남", "여", "男", "女"])?;
    let rest = &open[one.len()..];
    let both = rest.trim_start_matches([',', '/', '성', '자']).starts_with(['남', '여', '男', '女'])
        || has(behind, &["남녀", "여남", "동등"])
        || start(rest.trim_start_matches([',', '/']), &["무관", "불문"]).is_some();
    let known = hit.begins() || has(hit.before(4), &["모집", "지원", "채용", "가능", "근무자"]);
    (known && !both).then(|| hit.clear().on(behind.len() - rest.len()))
}

/// `주방 이모 구합니다`, `식당 아줌마`, `주부사원 모집`; not `이모네 식당`.
fn kin(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(10);
    if start(
        behind,
        &["네", "들과", "들을", "들의", "치킨", "떡볶이", "부", "저모", "티콘", "작", "와", "과", "습진", "가", "의"],
    )
    .is_some()
    {
        return None;
    }
    let known = hit.begins() || has(hit.before(2), &["주방", "식당", "홀", "청소", "찬모"]);
    let who = start(behind, &["님들", "님", "사원", "알바", "분들", "분"]).map_or(0, str::len);
    let rest = &behind[who..];
    // `삼촌김밥 주방 구함`: a name that goes on
    if who == 0 && !hit.ends() && start(rest, SOUGHT).is_none() && !rest.starts_with(['를', '을']) {
        return None;
    }
    // `총각 김치 제조 사원`, `봉사단 지원 담당`: what is sought must come right behind
    let next = rest.strip_prefix(['빨', '급']).map_or(rest, |r| r.trim_start_matches(['리', '히']));
    let sought = rest.is_empty()
        || start(rest, SOUGHT).or_else(|| start(next, SOUGHT)).or_else(|| start(rest, &["를", "을"])).is_some_and(
            |word| {
                word != "지원" || start(&rest[word.len().min(rest.len())..], &["바", "해", "가", "자", "만"]).is_some()
            },
        );
    let counted = number(rest).is_some_and(|(_, n)| start(&rest[n..], &["명", "분", "인"]).is_some());
    let lead = start(hit.before(2), &["주방", "식당"]).map_or(0, str::len);
    (known && (sought || counted)).then(|| hit.clear().back(lead).on(who))
}
