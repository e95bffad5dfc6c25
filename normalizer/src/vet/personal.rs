//! PII: applicants are asked for what an employer must not ask: origin, marriage, property, the family (채용절차법 제4조의3).

use super::Sure;
use super::lexicon::Hit;

/// What makes a mention a demand.
const DEMANDS: &[&str] = &[
    "기재",
    "제출",
    "작성",
    "명시",
    "필수",
    "기입",
    "첨부",
    "적어",
    "표기",
    "포함하여",
    "포함한",
    "지참",
    "1부",
    "각1부",
    "구비",
    "확인서류",
    "알려",
];

pub(super) fn ask(hit: &Hit<'_>) -> Option<Sure> {
    let begins = hit.begins() || hit.before(1).ends_with([',', '/', '(']);
    if !begins {
        return None;
    }
    let behind = hit.after(18);
    let head = hit.before(14);
    let demanded = DEMANDS.iter().any(|w| behind.contains(w))
        || (head.contains("이력서") && head.len() < 40)
        || head.contains("제출서류")
        || head.contains("구비서류");
    if !demanded {
        return None;
    }
    match hit.word() {
        // papers that many hand in lawfully after they were chosen
        "주민등록등본"
        | "주민등록초본"
        | "가족관계증명서"
        | "호적등본"
        | "가족관계"
        | "신체조건"
        | "신체사항"
        | "혈액형"
        | "재산세" => Some(Sure::Doubtful),
        _ => Some(Sure::Clear),
    }
}
