//! Unlawful postings: the wording or the pay that breaks a rule, so that truth can say which rule and where.

use super::chance::Chance;
use super::table::Trade;

/// A way to break a rule.
pub(crate) struct Offence {
    /// Rule id as in the vetting rules: SEX, AGE, FEE, PII, FA1, FA2, ADV, MW.
    pub(crate) rule: &'static str,
    pub(crate) place: Where,
    pub(crate) words: &'static str,
}

/// Where the unlawful words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    Title,
    Requirement,
    /// Among the other notes at the end: where real ones hide.
    Notes,
    /// Instead of the employer's name.
    Company,
    Pay,
}

const fn offence(rule: &'static str, place: Where, words: &'static str) -> Offence {
    Offence { rule, place, words }
}

pub(crate) static OFFENCES: [Offence; 40] = [
    offence("MW", Where::Pay, ""),
    offence("SEX", Where::Requirement, "여성 우대"),
    offence("SEX", Where::Title, "남자 사원모집"),
    offence("SEX", Where::Title, "주방(男)/홀(女)"),
    offence("SEX", Where::Requirement, "남성만 지원 가능"),
    offence("SEX", Where::Title, "주방 이모 구함"),
    offence("SEX", Where::Requirement, "신장 160cm 이상, 용모 단정한 여성"),
    offence("SEX", Where::Requirement, "훈훈한 외모를 가진 분"),
    offence("SEX", Where::Notes, "미혼 여성 환영합니다"),
    offence("SEX", Where::Title, "여직원 모집"),
    offence("SEX", Where::Requirement, "군필 남자"),
    offence("SEX", Where::Notes, "* 업무 특성상 여 성 분은 지원을 삼가 주세요"),
    offence("AGE", Where::Requirement, "35세 이하"),
    offence("AGE", Where::Requirement, "1990년 이후 출생자"),
    offence("AGE", Where::Requirement, "나이: 20대~30대 초반"),
    offence("AGE", Where::Requirement, "2026년 졸업자에 한함"),
    offence("AGE", Where::Requirement, "졸업 후 2년 이내인 분"),
    offence("AGE", Where::Notes, "만 45세 미만 지원 가능합니다"),
    offence("AGE", Where::Title, "젊은 직원 모집"),
    offence("AGE", Where::Requirement, "40 세 이 하 우대"),
    offence("FEE", Where::Notes, "입사 전 교육비 30만원은 본인 부담입니다"),
    offence("FEE", Where::Notes, "보증금 100만원 예치 후 근무 시작"),
    offence("FEE", Where::Requirement, "지입차량 구입 가능자(차량 할부 가능)"),
    offence("FEE", Where::Notes, "유니폼 및 교재 구입비 15만원 별도"),
    offence("FEE", Where::Notes, "등록비 5만원 입금 후 면접 일정 안내"),
    offence("PII", Where::Notes, "이력서에 키, 몸무게, 가족의 직업과 학력을 적어 주세요"),
    offence("PII", Where::Notes, "주민등록등본과 가족관계증명서 제출(재산 사항 기재)"),
    offence("PII", Where::Notes, "본인의 출신지역 및 결혼 여부를 기재하시기 바랍니다"),
    offence("PII", Where::Requirement, "부모님 직업 및 재산 기재 필수"),
    offence("PII", Where::Notes, "종교와 혈액형, 신장·체중을 꼭 적어 주세요"),
    offence("FA1", Where::Notes, "회원 모집 실적에 따라 수당 지급, 투자금 납입 시 지점장 승격"),
    offence("FA1", Where::Notes, "교육생 수료 후 판매 실적에 따라 위촉"),
    offence("FA1", Where::Title, "무자본 창업 월 천만원"),
    offence("FA2", Where::Company, "비공개"),
    offence("FA2", Where::Company, "***"),
    offence("FA2", Where::Company, "채용담당자"),
    offence("ADV", Where::Title, "룸싸롱 웨이터 선불 가능"),
    offence("ADV", Where::Notes, "선불금 500만원까지 당일 지급"),
    offence("ADV", Where::Notes, "유흥주점 도우미, 숙소 제공, 마이킹 가능"),
    offence("ADV", Where::Notes, "선급금 가능, 노래방 도우미 병행"),
];

/// Index of an offence plus one. Pay below the minimum only where pay is by the hour, day or month.
pub(crate) fn draw(c: &mut Chance, trade: &Trade) -> u8 {
    let weights: [(&str, f64); 8] = [
        ("MW", 14.0),
        ("SEX", 30.0),
        ("AGE", 22.0),
        ("FEE", 12.0),
        ("PII", 12.0),
        ("FA1", 4.0),
        ("FA2", 4.0),
        ("ADV", 6.0),
    ];
    let shares: Vec<f64> =
        weights.iter().map(|(rule, w)| if *rule == "MW" && trade.period == 'Y' { 0.0 } else { *w }).collect();
    let rule = weights[c.weighted(&shares)].0;
    let of = |rule: &str| -> Vec<u8> {
        (1u8..).zip(&OFFENCES).filter(|(_, o)| o.rule == rule && fits(o, trade)).map(|(i, _)| i).collect()
    };
    // Where a rule has no wording for the trade, the commonest one has.
    let fitting = match of(rule) {
        none if none.is_empty() => of("SEX"),
        some => some,
    };
    *c.pick(&fitting)
}

/// Some wordings are said in some trades only.
fn fits(offence: &Offence, trade: &Trade) -> bool {
    const ONLY: [(&[&str], &[&str]); 3] = [
        (&["주방"], &["조리", "주방", "서빙", "급식"]),
        (&["룸싸롱", "선불금", "유흥", "노래방"], &["서빙", "음료", "주방", "숙박", "미용", "피부", "상담원"]),
        (&["지입차량"], &["운전", "택배", "배송"]),
    ];
    let only = ONLY.iter().find(|(words, _)| words.iter().any(|w| offence.words.contains(w)));
    only.is_none_or(|(_, trades)| trades.iter().any(|t| trade.name.contains(t)))
}

/// The offence of this number.
pub(crate) fn get(number: u8) -> Option<&'static Offence> {
    OFFENCES.get(usize::from(number).checked_sub(1)?)
}
