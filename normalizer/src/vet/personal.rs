//! PII: applicants are asked for what an employer must not ask: body, origin, marriage, property, the family (채용절차법 제4조의3).

use super::lexicon::{Hit, Mark, has, start};

/// What makes a mention a demand, behind it.
const DEMANDS: &[&str] = &[
    "기재",
    "제출",
    "작성",
    "명시",
    "명기",
    "필수",
    "기입",
    "첨부",
    "적어",
    "적을",
    "적은",
    "적기",
    "써주",
    "쓰시오",
    "쓸것",
    "써서",
    "표기",
    "표시",
    "포함",
    "지참",
    "1부",
    "1통",
    "각1",
    "구비",
    "밝혀",
    "알려",
    "남겨",
    "보내",
    "동봉",
    "접수",
    "송부",
    "체크",
    "요망",
    "빠뜨리지",
    "빠짐없",
    "누락",
    "내주",
    "내야",
    "챙겨",
    "가지고",
    "가져",
    "확인가능",
    "확인합니다",
    "채워",
    "쓰기",
    "필요",
    "문자",
    "준비",
    "적고",
];
/// What makes a mention a demand, before it.
const FORMS: &[&str] = &[
    "이력서(",
    "이력서에",
    "이력서:",
    "지원서에",
    "자기소개서에",
    "제출서류",
    "구비서류",
    "접수서류",
    "응시서류",
    "입사서류",
    "필요서류",
    "지원양식",
    "이력서양식",
    "지원서항목",
    "필수항목",
    "입사지원서항목",
    "인적사항에",
];
/// What makes a mention no demand on applicants: refused, of others, of those who were chosen, or the work itself.
const NOT_ASKED: &[&str] = &[
    "하지",
    "금지",
    "기재불가",
    "작성불가",
    "표기불가",
    "불이익",
    "감점",
    "제외",
    "삭제",
    "지양",
    "않",
    "마세",
    "마시",
    "마십",
    "불필요",
    "무관",
    "상관",
    "비워",
    "쓰지",
    "적지",
    "불합격",
    "주의",
    "블라인드",
    "묻지",
    "차별",
    "안함",
    "란이없",
    "란없",
    "란이없는",
];
/// What makes a refusal of leaving it out a demand.
const INSISTED: &[&str] = &["빠뜨리지", "빠짐없", "누락"];
const CHOSEN: &[&str] = &[
    "합격",
    "입사후",
    "입사시",
    "입사일",
    "입사확정",
    "입사가확정",
    "채용후",
    "채용확정",
    "채용이확정",
    "채용시",
    "임용",
    "근로계약",
    "선발된",
    "확정자",
    "확정후",
    "신청시",
    "등록을위한",
    "가점",
    "우대시",
    "해당자",
    "취업지원대상",
    "18세미만",
    "미성년",
    "친권자",
    "나중에",
    "요청드",
    "결정되",
    "채용결정",
    "입사당일",
    "출근일",
    "첫출근",
    "후보자등록",
];
const OF_OTHERS: &[&str] = &[
    "환자",
    "고객",
    "아동",
    "영유아",
    "신생아",
    "내담자",
    "민원",
    "보건실",
    "선수",
    "가축",
    "반려",
    "측정",
    "기록",
    "재고",
    "업무",
    "담당",
    "창구",
    "발급",
    "안내",
    "프로그램",
    "수당",
    "휴가",
    "지원금",
    "축하",
    "기념",
    "출장",
    "양복",
    "개인정보",
    "원산지",
    "라벨",
    "시약",
    "어린이",
    "동의서",
    "어르신",
    "일지",
    "파악",
    "입소",
    "학부모",
    "보호자",
];
/// Papers that many hand in lawfully after they were chosen.
const PAPERS: &[&str] = &[
    "등본",
    "초본",
    "등초본",
    "가족관계증명서",
    "가족관계증명원",
    "혼인관계증명서",
    "기본증명서",
    "재산증명서",
    "신체검사서",
];
/// What must not be asked of a relative.
const OF_RELATIVES: &[&str] = &["직업", "직장", "학력", "재산", "생존", "나이와직업"];

pub(super) fn ask(hit: &Hit<'_>) -> Option<Mark> {
    let mark = topic(hit)?;
    let (head, behind) = (hit.before(22), hit.after(26));
    let end = behind.char_indices().nth(18).map_or(behind.len(), |(at, _)| at);
    let demanded = has(&behind[..end], DEMANDS) || has(head, FORMS) || asked_by_message(hit);
    if !demanded || has(hit.around(20), OF_OTHERS) || has(hit.around(30), CHOSEN) || refused(hit) {
        return None;
    }
    Some(mark)
}

/// `기재하지 마십시오`, `수집하지 않습니다`, before or behind in the sentence.
fn refused(hit: &Hit<'_>) -> bool {
    let behind = hit.after(26);
    // `빠뜨리지 마세요` insists
    !has(behind, INSISTED) && has(behind, NOT_ASKED) || has(hit.before(12), &["블라인드", "무관"])
}

/// `이름/나이/키/몸무게 문자`: what a message of application must say.
fn asked_by_message(hit: &Hit<'_>) -> bool {
    has(
        hit.before(20),
        &[
            "문자지원",
            "문자로",
            "지원문자에",
            "카톡으로",
            "카톡지원",
            "톡지원",
            "지원양식",
            "지원시",
            "지원메일",
            "문자에",
        ],
    )
}

/// What a word is about, if about what must not be asked; the mark covers all of it.
fn topic(hit: &Hit<'_>) -> Option<Mark> {
    let word = hit.word();
    let (behind, head) = (hit.after(12), hit.before(6));
    let own = hit.begins() || head.ends_with([',', '/', '(', '와', '과', '및', ':']);
    match word {
        "등본" | "초본" | "등초본" => {
            let lead = start_of(head, &["주민등록", "호적", "제적", "주민"]);
            let company = has(head, &["등기부", "건축물", "대장", "토지", "법인"]);
            (!company && (own || lead > 0)).then(|| hit.doubt().back(lead))
        }
        _ if PAPERS.contains(&word) => own.then(|| hit.doubt()),
        "부모" | "아버지" | "어머니" | "부친" | "모친" | "형제" | "자매" | "배우자" | "가족" | "직계" | "친인척"
        | "처가" | "자녀" => own.then(|| relative(hit, behind)).flatten(),
        "혼인" | "결혼" => {
            let what = start(behind, &["여부", "사항", "상태", "이력", "유무", "관계여부"])?;
            own.then(|| hit.clear().on(what.len()))
        }
        "미혼" | "기혼" => {
            let open = behind.trim_start_matches(['/', ',']);
            let other = start(open, &["기혼", "미혼"]).map_or(0, str::len);
            let rest = &open[other..];
            let whether = start(rest, &["여부", "유무"]).map_or(0, str::len);
            (own && (other > 0 || whether > 0)).then(|| hit.clear().on(behind.len() - rest.len() + whether))
        }
        "재산" => {
            const WHAT: &[&str] =
                &["상황", "정도", "현황", "내역", "보유", "사항", "세납부", "세과세", "및", "을", "과", ",", ")"];
            const FIRST: &[&str] = &["지식", "지적", "국유", "무형", "공유", "유형"];
            let what = start(behind, WHAT);
            (own && what.is_some() && !has(head, FIRST))
                .then(|| hit.clear().on(what.filter(|w| w.chars().count() > 1).map_or(0, str::len)))
        }
        "부동산" | "동산" | "주택" | "자가" | "전세" | "월세" | "자택" => {
            let end = ["소유", "보유", "여부", "형태", "부동산"]
                .iter()
                .filter_map(|w| behind.find(w).map(|at| at + w.len()))
                .min();
            let end = end.filter(|end| behind[..*end].chars().count() <= 6)?;
            own.then(|| hit.clear().on(end))
        }
        "키" | "몸무게" | "체중" | "신장" => body(hit, own, behind, head),
        "신체" => start(behind, &["조건", "사항", "정보", "치수", "사이즈", "검사서"])
            .filter(|_| own)
            .map(|what| hit.doubt().on(what.len())),
        "용모" => own.then(|| hit.doubt()),
        "종교" | "혈액형" => {
            (own && start(behind, &["시설", "단체", "재단", "용품", "활동", "별"]).is_none()).then(|| hit.doubt())
        }
        "고향" => {
            (own && start(behind, &["을", "이", "기재", ",", "및", "작성", "(", ":"]).is_some()).then(|| hit.clear())
        }
        _ => own.then(|| hit.clear()),
    }
}

/// Bytes of the first of the words that a text ends with.
fn start_of(head: &str, words: &[&str]) -> usize {
    words.iter().find(|word| head.ends_with(**word)).map_or(0, |word| word.len())
}

/// `부모님의 직업`, `가족사항`, `형제자매의 학력`.
fn relative(hit: &Hit<'_>, behind: &str) -> Option<Mark> {
    let word = hit.word();
    let rest = start(
        behind,
        &["님들의", "님의", "들의", "님", "의", "자매의", "자매", "및친인척", "구성원의", "가족의", "및"],
    )
    .map_or(behind, |w| &behind[w.len()..]);
    let skipped = behind.len() - rest.len();
    let at = OF_RELATIVES.iter().filter_map(|w| rest.find(w).map(|at| at + w.len())).min();
    if let Some(end) = at.filter(|end| rest[..*end].chars().count() <= 6) {
        return Some(hit.clear().on(skipped + end));
    }
    let what: &[&str] = match word {
        "가족" => &["사항", "관계", "구성", "상황", "소개"],
        "형제" | "자매" => &["관계"],
        "배우자" | "자녀" => &["유무", "여부"],
        _ => &[],
    };
    let what = start(behind, what)?;
    let paper = start(&behind[what.len()..], &["증명", "등록", "향상"]).is_some();
    (!paper).then(|| hit.clear().on(what.len()))
}

/// `키/체중`, `키와 몸무게`, `신장, 체중`; a word alone only where it is one of a list.
fn body(hit: &Hit<'_>, own: bool, behind: &str, head: &str) -> Option<Mark> {
    if !own || behind.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let open = behind.trim_start_matches(['/', ',', '와', '과', '및']);
    if let Some(other) = start(open, &["몸무게", "체중", "신장", "키", "신발"]) {
        return Some(hit.clear().on(behind.len() - open.len() + other.len()));
    }
    let listed = head.ends_with(['/', ',']) || behind.starts_with(['/', ',']);
    let alone = hit.ends() || start(behind, &["를", "을", "가", "이"]).is_some();
    match hit.word() {
        "몸무게" => alone.then(|| hit.clear()),
        _ => listed.then(|| hit.clear()),
    }
}
