//! FEE: applicants are charged: training, deposits, vehicles to buy (채용절차법 제9조, 직업안정법 제32조).

use super::lexicon::{Hit, Mark, end_of_first, has, start};

/// Words behind a cost that lay it on the applicant, beyond doubt.
const CHARGED: &[&str] = &[
    "본인부담",
    "본인이부담",
    "자부담",
    "개인부담",
    "개인이부담",
    "지원자부담",
    "지원자가부담",
    "응시자부담",
    "구직자부담",
    "구직자가부담",
    "납부",
    "입금",
    "선납",
    "결제",
    "별도납부",
    "부담해야",
    "부담하셔야",
    "내야",
    "내셔야",
    "내고",
    "내면",
    "지불",
    "완납",
    "예치",
    "본인구매",
    "본인구입",
    "개인구매",
    "개인구입",
    "공제",
    "을받습니다",
    "를받습니다",
    "본인납부",
    "후급여",
    "선지급",
    "송금",
];
/// Words behind a cost that make one look.
const DOUBTFUL: &[&str] = &[
    "별도",
    "필요",
    "발생",
    "있음",
    "있습니다",
    "유료",
    "준비",
    "있으신",
    "구매비용부담",
    "구매비용",
    "보증금",
    "부담",
];
/// Words that say that nothing is charged, or that it is paid to the applicant.
const FREE: &[&str] = &[
    "무료",
    "환급과정",
    "환급신청",
    "없음",
    "없습니다",
    "없이",
    "없어",
    "제공",
    "지급",
    "회사부담",
    "회사가부담",
    "회사에서",
    "회사전액",
    "당사",
    "면제",
    "0원",
    "무상",
    "요구하지",
    "요구하는",
    "요구시",
    "신고",
    "사절",
    "안받",
    "받지않",
    "회사지원",
    "할인",
    "환불",
    "반환소송",
    "보조금",
    "불필요",
    "전액지원",
    "직접채용",
    "회사이",
    "세액",
    "받는",
    "부담없",
];
/// Words that say that a fee is what the work is about, right behind it or behind the charge.
const WORK: &[&str] = &[
    "안내",
    "업무",
    "담당",
    "상담",
    "관리",
    "경리",
    "처리",
    "대행",
    "고객",
    "직원",
    "보조",
    "정산",
    "독촉",
    "청구",
    "고지",
    "수납",
    "창구",
    "분양",
    "산출",
    "산정",
    "견적",
    "절감",
    "원가",
    "유치",
    "회수",
    "집행",
    "심사역",
    "회계",
    "운용",
    "판매",
    "영업",
    "프로모션",
    "이벤트",
    "설명",
    "상한",
    "수입",
    "배분",
    "반환",
    "보험심사",
    "중도금",
    "발행",
    "매입",
    "딜러",
    "탁송",
    "점검",
    "컨설턴트",
    "조립",
    "발송업무",
    "제작업체",
    "주문",
    "변호사",
    "대출",
    "보증보험",
    "계약보증",
    "개발",
    "분석",
    "교사",
    "사무",
    "배차담당",
    "지출결의",
    "구매팀",
    "수수료율",
    "리스사",
];
/// Words that say that a cost belongs to somebody else's life: homes, children, customers.
const OTHERS: &[&str] = &[
    "기숙사",
    "사택",
    "임대",
    "임차",
    "전세",
    "월세",
    "주택",
    "숙소",
    "자녀",
    "학자금",
    "입찰",
    "렌터카",
    "동호회",
    "학회",
    "노동조합",
    "조합비",
    "4대",
    "대학원",
    "누적",
];

pub(super) fn ask(hit: &Hit<'_>) -> Option<Mark> {
    let (word, head) = (hit.word(), hit.before(10));
    match word {
        "지입" => owner_driver(hit),
        "구입" | "구매" | "인수" | "승계" => bought(hit, head),
        "입금해" | "입금하셔" | "입금하시" | "입금하면" | "보내주시면" | "송금해" | "입금후" => {
            paid_first(hit, head)
        }
        // only of what one drives or works with; a home's rent is another's
        "임대료" | "리스비" | "렌트비" | "렌트료" | "리스료"
            if !has(head, &["번호판", "차량", "장비", "기기", "탑차"]) =>
        {
            None
        }
        "비용" => expenses(hit, head),
        "회비" | "가맹비" | "면접비" | "심사비" if !hit.begins() && !has(head, &["월", "연", "서류"]) => {
            None
        }
        _ => cost(hit, head),
    }
}

/// `교육비 30만원 납부`, `보증금 필요`; not `교육비 지원`, not the work of collecting it.
fn cost(hit: &Hit<'_>, head: &str) -> Option<Mark> {
    let behind = hit.after(22);
    let clause = &behind[..clause_end(behind)];
    if has(head, OTHERS) || start(clause, OTHERS).is_some() || start(clause, WORK).is_some() {
        return None;
    }
    // `선입금 후`, `교육비 공제 후 급여 지급`: what comes after the charge does not undo it
    let first = hit.word() == "선입금" && clause.starts_with('후');
    if first {
        return Some(hit.clear());
    }
    // what a company says of itself is no charge, a contract's sum none either
    if hit.word() == "자본금" && !has(head, &["초기", "소자본", "창업"]) || clause.starts_with('액') {
        return None;
    }
    let then_paid = end_of_first(clause, CHARGED).filter(|end| clause[*end..].starts_with("후"));
    let said = &clause[..then_paid.unwrap_or(clause.len())];
    if has(said, FREE) || given(said) {
        return None;
    }
    // what the law lets an employer withhold
    let lawful = ["건강", "4대", "국민", "고용"].iter().any(|w| head.ends_with(w));
    if hit.word().starts_with("보험료") && (lawful || !has(clause, &["선납", "전액본인", "본인부담", "개인부담"]))
    {
        return None;
    }
    let lead = lead_of(head);
    let mark = hit.clear().back(lead);
    if let Some(end) = end_of_first(clause, CHARGED) {
        let then = &clause[end..];
        // `납부 후 근무` is a charge, `납부 안내` a job
        let then = if then.starts_with("확인후") { "후" } else { then };
        let work =
            !then.starts_with(['후', '하', '시', '해']) && start(then, &["금", "액"]).is_some() || work_near(then);
        let paid_out = ["내면", "내고", "내야", "내셔야"].iter().any(|w| clause[..end].ends_with(w));
        return (paid_out || !work).then(|| mark.on(end));
    }
    let money = amount(clause);
    if let Some(end) = end_of_first(clause, DOUBTFUL).filter(|end| clause[..*end].chars().count() <= 12) {
        let lasts = clause[..end].ends_with("있음");
        return (lasts || !work_near(&clause[end..])).then(|| hit.doubt().back(lead).on(end));
    }
    // an amount right behind a cost: `접수비 1만원`; trainees and applicants are paid `교육비 100만`, `면접비 2만원`
    if matches!(hit.word(), "교육비" | "면접비") {
        return None;
    }
    let rest = &clause[money?..];
    (!work_near(rest) && !has(rest, &["억"])).then(|| hit.doubt().back(lead).on(money.unwrap_or(0)))
}

/// `교육 이수 비용 개인 부담`: whatever it is for, the applicant bears it.
fn expenses(hit: &Hit<'_>, head: &str) -> Option<Mark> {
    const BORNE: &[&str] = &[
        "본인부담",
        "본인이부담",
        "자부담",
        "개인부담",
        "개인이부담",
        "지원자부담",
        "지원자가부담",
        "응시자부담",
        "구직자부담",
    ];
    if has(head, OTHERS) || has(head, &["반환", "숙식", "식사", "식대", "중식", "교통", "이사", "병원", "진료", "치료"])
    {
        return None;
    }
    let behind = hit.after(12);
    let skip = start(behind, &["은", "는", "을", "일체", "은전액", "전액"]).map_or(0, str::len);
    let borne = start(&behind[skip..], BORNE)?;
    let words: String = head.chars().rev().take(4).collect();
    Some(hit.clear().back(words.len()).on(skip + borne.len()))
}

/// Whether words of work stand close behind, not after `후`.
fn work_near(rest: &str) -> bool {
    let near: String = rest.chars().take(8).collect();
    !rest.starts_with(['후', '하', '해', '시']) && has(&near, WORK)
}

/// `10만원 지원`, `비용 지급`: 지원 is support, but 지원자 is an applicant.
fn given(clause: &str) -> bool {
    clause
        .match_indices("지원")
        .any(|(at, word)| !clause[at + word.len()..].starts_with(['자', '서', '바', '하', '해', '가', '시']))
}

/// Where the clause about a cost ends: at a comma that no digit follows, or a bracket that closes.
fn clause_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let stop = |at: usize| match bytes[at] {
        b',' => !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) || at == 0,
        b')' | b'[' => true,
        _ => false,
    };
    // `교육비, 보증금 등 일체 비용 없음`: a list of costs is one clause
    if text.starts_with(',') {
        return text.len();
    }
    (0..bytes.len()).find(|at| stop(*at)).unwrap_or(text.len())
}

/// Bytes of an amount of money at the start, or a few syllables on: `은 30만원`, ` 월급의 20%`.
fn amount(clause: &str) -> Option<usize> {
    let skip = clause.len()
        - clause.trim_start_matches(['은', '는', '이', '가', '로', '월', '약', '첫', '달', '급', '의', ':', '(']).len();
    let rest = &clause[skip..];
    let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b',').count();
    let unit = if digits == 0 {
        start(rest, &["만원", "천원"])
    } else {
        start(&rest[digits..], &["만원", "천원", "백만원", "천만원", "원", "%", "만5천원", "만"])
    }?;
    Some(skip + digits + unit.len())
}

/// Bytes of the word before a cost that belongs to it: `근무 보증금`, `알선 수수료`.
fn lead_of(head: &str) -> usize {
    const LEADS: &[&str] = &[
        "입사",
        "신원",
        "이행",
        "근무",
        "단말기",
        "물품",
        "유니폼",
        "열쇠",
        "헬멧",
        "휴대폰",
        "월",
        "초도",
        "채용",
        "원서",
        "서류",
        "시험",
        "알선",
        "소개",
        "취업",
        "등록",
        "응시",
        "직업소개",
        "교육",
        "샘플",
        "자격증",
        "초기",
        "가입",
        "회원",
        "연",
        "프로그램",
        "매니지먼트",
        "소속사",
        "영업용번호판",
        "번호판",
        "재료비",
        "장비",
        "공구",
        "작업복",
        "근무복",
        "유니폼",
        "앞치마",
        "안전장비",
        "자격",
        "산재",
        "면접",
        "오디션",
        "탑차",
        "차량",
    ];
    LEADS.iter().filter(|lead| head.ends_with(**lead)).map(|lead| lead.len()).max().unwrap_or(0)
}

/// `지입차주 모집`, `지입료 월 25만원`; not `지입 아님`, not the office that keeps their books.
fn owner_driver(hit: &Hit<'_>) -> Option<Mark> {
    let behind = hit.after(16);
    let refused =
        ["아님", "아닙", "아닌", "아니", "x", "no", "없", "사절", "사양", "안합", "금지", "절대", "회사아", "영업전화"];
    if has(behind, &refused) || hit.before(2).ends_with(['무', '비']) {
        return None;
    }
    let then = start(
        behind,
        &["차주", "차량", "차", "기사", "조건", "비용", "료", "계약", "화물", "가능", "제", "월", "운행"],
    )
    .unwrap_or("");
    if work_near(&behind[then.len()..]) || has(behind, &["정산", "사무", "문의"]) {
        return None;
    }
    let alone = hit.begins() && hit.ends();
    let end = if then == "차" && behind[then.len()..].starts_with("주") { "차주".len() } else { then.len() };
    let more = start(&behind[end..], &["기사", "월", "차량"]).map_or(0, str::len);
    let paid = if then == "료" { amount(&behind[end..]).unwrap_or(0) } else { 0 };
    (!then.is_empty() || alone).then(|| hit.clear().on(end + more.max(paid)))
}

/// What applicants are made to buy.
const GOODS: &[&str] = &[
    "차량",
    "트럭",
    "탑차",
    "화물차",
    "중고차",
    "킥보드",
    "오토바이",
    "물품",
    "제품",
    "키트",
    "유니폼",
    "샘플",
    "재료",
    "장비",
    "공구",
    "교재",
    "근무복",
    "작업복",
    "안전화",
    "번호판",
    "할부",
    "상품",
    "초도물품",
    "초도물량",
    "기기",
];

/// `차량 구입 후 근무`, `제품을 구입해야`; not `차량 구매 상담`, not buying as a job.
fn bought(hit: &Hit<'_>, head: &str) -> Option<Mark> {
    let object = head.trim_end_matches(['을', '를', '로']);
    let object = ["먼저", "개인", "본인"]
        .iter()
        .find_map(|w| object.strip_suffix(w))
        .unwrap_or(object)
        .trim_end_matches(['을', '를']);
    let good = GOODS.iter().find(|good| object.ends_with(**good))?;
    let lead = head.len() - object.len() + good.len();
    let behind = hit.after(20);
    let clause = &behind[..clause_end(behind)];
    if has(clause, FREE)
        || given(clause)
        || start(clause, &["상담", "고객", "대행", "및", "담당", "업무", "자재", "후기", "관련", "인계", "팀"])
            .is_some()
    {
        return None;
    }
    let mark = hit.clear().back(lead);
    let driven = ["비", "비용", "대금", "자금", "금", "비용은"];
    if let Some(what) = start(clause, &driven) {
        let rest = &clause[what.len()..];
        let end = end_of_first(rest, CHARGED).or_else(|| end_of_first(rest, DOUBTFUL)).or_else(|| amount(rest))?;
        return (!work_near(&rest[end..])).then(|| mark.on(what.len() + end));
    }
    if head.ends_with("개인") || head.ends_with("본인") {
        return Some(mark);
    }
    let end = start(
        clause,
        &[
            "후",
            "조건",
            "필수",
            "하셔야",
            "하여",
            "해야",
            "하면",
            "본인부담",
            "필요",
            "하신후",
            "한후",
            "하고",
            "하신분",
            "하실분",
            "가능하신",
            "가능자",
            "가능한",
        ],
    )?;
    let rest = &clause[end.len()..];
    (start(rest, &["관리", "업무", "담당", "상담"]).is_none()).then(|| mark.on(end.len()))
}

/// `일 시작 전 3만원을 입금해 주셔야`: money asked for in so many words.
fn paid_first(hit: &Hit<'_>, head: &str) -> Option<Mark> {
    let object = head.trim_end_matches(['을', '를', '은', '먼', '저', '선']);
    let rest = object
        .strip_suffix("원")
        .or_else(|| object.strip_suffix("만"))
        .or_else(|| head.ends_with('선').then_some(object))?;
    let digits = rest.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '만' | '천' | ','));
    let behind = hit.after(14);
    if has(behind, FREE) || has(behind, &["확인", "업무", "관리", "주문"]) {
        return None;
    }
    Some(hit.clear().back(head.len() - digits.len()))
}
