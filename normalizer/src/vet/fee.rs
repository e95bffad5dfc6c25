//! FEE: applicants are charged: training, deposits, vehicles to buy (채용절차법 제9조, 직업안정법 제32조).

use super::Sure;
use super::lexicon::Hit;

/// Words behind a cost that lay it on the applicant.
const CHARGES: &[&str] = &[
    "본인부담",
    "자부담",
    "개인부담",
    "납부",
    "입금",
    "선납",
    "결제",
    "별도",
    "부담해야",
    "부담하",
    "내야",
    "필요",
    "발생",
    "있음",
    "있습니다",
    "공제",
    "지불",
    "완납",
    "만원",
];

pub(super) fn ask(hit: &Hit<'_>) -> Option<Sure> {
    // 구입비 stands at the end of a compound
    if !hit.begins() && hit.word() != "구입비" {
        return None;
    }
    let behind = hit.after(14);
    let charged = CHARGES.iter().any(|w| behind.contains(w));
    match hit.word() {
        "지입" => {
            let vehicle = ["차", "기사", "모집", "조건", "비용", "료", "계약", "화물", "가능"]
                .iter()
                .any(|w| behind.starts_with(w));
            let refused = ["아님", "아닙", "x", "없", "사절", "안합", "문의금지"].iter().any(|w| behind.contains(w));
            (vehicle && !refused).then_some(Sure::Clear)
        }
        "차량구입" | "차량구매" | "차량인수" | "차량할부" => {
            let asked =
                charged || ["후", "조건", "필수", "가능하신", "가능자", "가능한"].iter().any(|w| behind.contains(w));
            asked.then_some(Sure::Clear)
        }
        "물품구입" | "물품구매" | "초기비용" | "투자금" | "회비" | "선입금" => {
            charged.then_some(Sure::Doubtful)
        }
        _ => charged.then_some(
            if behind.contains("본인부담")
                || behind.contains("납부")
                || behind.contains("입금")
                || behind.contains("자부담")
                || behind.contains("선납")
            {
                Sure::Clear
            } else {
                Sure::Doubtful
            },
        ),
    }
}
