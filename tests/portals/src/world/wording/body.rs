//! Descriptions: sections under a portal's own headings and bullets, employer boiler-plate, the portal's header and footer, cuts.

use super::{Chance, Facet, Kind, Matter, TABLES, Where, Why, edit, heading, put, spelling};

/// Headings: duties, requirements, conditions, benefits, procedure, application, notes.
const HEADS: [[&str; 7]; 7] = [
    ["담당업무", "자격요건", "근무조건", "복리후생", "전형절차", "접수방법", "기타사항"],
    [
        "■ 모집부문 및 담당업무",
        "■ 지원자격",
        "■ 근무환경",
        "■ 복지 및 혜택",
        "■ 전형방법",
        "■ 접수기간 및 방법",
        "■ 유의사항",
    ],
    ["[주요업무]", "[자격요건 및 우대사항]", "[근로조건]", "[복리후생]", "[채용절차]", "[지원방법]", "[기타]"],
    ["◎ 하는 일", "◎ 이런 분을 찾아요", "◎ 근무 조건", "◎ 혜택", "◎ 절차", "◎ 지원 방법", "◎ 참고해 주세요"],
    ["직무내용", "응시자격", "근무조건", "복리후생", "시험방법", "원서접수", "기타 유의사항"],
    ["1. 업무내용", "2. 자격", "3. 조건", "4. 복지", "5. 전형", "6. 접수", "7. 기타"],
    [
        "포지션 및 담당업무",
        "필수요건",
        "근무장소 및 시간",
        "복리후생 및 급여제도",
        "전형절차",
        "접수기간 및 방법",
        "유의사항",
    ],
];
const BULLETS: [&str; 8] = ["ㆍ", "- ", "· ", "* ", "○ ", "▶ ", "", "• "];
const BENEFITS: [&str; 28] = [
    "4대보험",
    "퇴직금",
    "중식 제공",
    "연차 휴가",
    "명절 선물",
    "경조사비 지원",
    "통근버스 운행",
    "기숙사 운영",
    "자녀 학자금 지원",
    "건강검진",
    "우수사원 포상",
    "장기근속자 포상",
    "주차 가능",
    "유니폼 지급",
    "교육비 지원(직무)",
    "석식 제공",
    "인센티브",
    "휴게실",
    "도서구입비 지원",
    "생일 선물",
    "출산·육아휴직",
    "유연근무",
    "정기 회식",
    "상여금 연 200%",
    "야간수당",
    "식비 별도 지급",
    "동호회 지원",
    "퇴직연금",
];
const INTROS: [&str; 8] = [
    "{b}은(는) {y}년 설립되어 {i} 분야에서 꾸준히 성장해 온 기업입니다.",
    "{y}년 창업한 {b}에서 함께 일할 가족을 모십니다.",
    "저희 {b}은(는) 직원 {w}명이 근무하고 있으며 {i}을(를) 주로 합니다.",
    "{b}에서 성실하고 책임감 있는 분을 찾습니다.",
    "{i} 전문 기업 {b}입니다. 안정적인 거래처를 바탕으로 인원을 충원합니다.",
    "{r} 소재 {b}에서 유능한 인재를 모집하오니 많은 관심과 지원 바랍니다.",
    "사업 확장에 따라 {b}와(과) 함께 성장할 분을 기다립니다.",
    "오랜 경험과 기술력을 갖춘 {b}에서 신규 인력을 채용합니다.",
];
const STEPS: [&str; 6] = [
    "서류전형 > 면접 > 최종합격",
    "서류전형 > 1차면접 > 2차면접 > 최종합격",
    "1차 서류심사, 2차 면접심사(개별 통보)",
    "서류 검토 후 개별 연락드리며 면접 일정은 추후 통보합니다.",
    "면접 후 결정",
    "서류전형 > 실무면접 > 임원면접 > 처우협의",
];
const NOTES: [&str; 8] = [
    "제출된 서류는 채용절차의 공정화에 관한 법률에 따라 반환을 청구할 수 있습니다.",
    "허위사실이 발견될 경우 채용이 취소될 수 있습니다.",
    "채용 시 조기에 마감될 수 있습니다.",
    "수습기간 3개월 (급여 동일)",
    "입사일은 협의 가능합니다.",
    "보훈대상자 및 장애인은 관련 법에 따라 우대합니다.",
    "주차 공간이 협소하오니 대중교통을 이용해 주세요.",
    "문자로 지원 시 성함과 거주지를 남겨 주세요.",
];

fn choose(c: &mut Chance, of: &[&'static str], count: usize) -> Vec<&'static str> {
    let mut left: Vec<&'static str> = of.to_vec();
    let mut chosen = Vec::with_capacity(count);
    for _ in 0..count.min(of.len()) {
        chosen.push(left.swap_remove(c.below(left.len())));
    }
    chosen
}

/// The benefits the vacancy offers; a rewritten copy may name them in another order and leave some out.
pub(super) fn benefits(m: &Matter<'_>) -> Vec<&'static str> {
    let mut c = Chance::new(m.world.seed, Facet::Firm, u64::from(m.vacancy.firm) | 2 << 40);
    let count = c.range(2, 9) as usize;
    let mut chosen = choose(&mut c, &BENEFITS, count);
    if m.post.why == Why::Copy && !m.post.republished {
        let mut own = m.own(20);
        chosen.retain(|_| !own.happens(0.15));
    }
    chosen
}

/// Requirements, unlawful ones included.
pub(super) fn requirements(m: &Matter<'_>) -> Vec<String> {
    let mut c = m.shared(10);
    let first = m.trade.wants[0];
    let mut lines: Vec<String> = vec![first.to_owned()];
    let more = c.range(1, 3) as usize;
    lines.extend(choose(&mut c, &m.trade.wants[1..], more).into_iter().map(str::to_owned));
    if m.vacancy.variant == 3 {
        lines.push(heading::variant(m));
    }
    if let Some(words) = m.unlawful(Where::Requirement) {
        lines.insert(1.min(lines.len()), words.to_owned());
    }
    lines.push(format!("학력 : {}", spelling::education(m)));
    lines.push(format!("경력 : {}", spelling::career(m)));
    lines
}

/// Documents and ways to apply.
pub(super) fn how_to_apply(m: &Matter<'_>, portal: &str) -> String {
    let mut c = m.own(21);
    match (m.kind, c.below(5)) {
        (Kind::Public, 0..=2) => "방문 또는 등기우편 접수(응시원서, 자기소개서, 개인정보 동의서)".to_owned(),
        (_, 0) => format!("{portal} 입사지원"),
        (_, 1) => "이메일 접수, 이력서 및 자기소개서 제출".to_owned(),
        (_, 2) => "전화 문의 후 방문 면접".to_owned(),
        (_, 3) => "온라인 접수만 가능하며 우편 접수는 받지 않습니다.".to_owned(),
        _ => "홈페이지 지원, 이메일".to_owned(),
    }
}

struct Page<'m> {
    out: String,
    bullet: &'m str,
}

impl Page<'_> {
    fn head(&mut self, words: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(words);
        self.out.push('\n');
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.out.push_str(self.bullet);
        put(&mut self.out, line);
        self.out.push('\n');
    }
}

/// Numbers and place words that only this workplace has; what tells two vacancies apart when all else is boiler-plate.
fn salient(m: &Matter<'_>) -> String {
    let thing = if m.vacancy.variant == 0 { m.text } else { u64::from(m.post.vacancy) };
    let mut c = Chance::new(m.world.seed, Facet::Facts, thing | 5 << 40);
    let station = spelling::quarter(m.place.town);
    // Each kind of workplace counts other things.
    let kinds: &[u32] = match (TABLES.sectors[m.firm.sector].key, m.kind) {
        ("apt", _) => &[0, 2, 3, 3, 6],
        (key, _) if key.starts_with("mfg") => &[0, 1, 2, 4, 6, 7],
        (_, Kind::Shop) => &[0, 2, 5, 5, 6],
        (_, Kind::Firm | Kind::Agency) => &[0, 1, 2, 6, 7],
        _ => &[0, 2, 6, 7],
    };
    match c.pick(kinds) {
        0 => format!("{station}역 {}번 출구 도보 {}분", c.range(1, 9), c.range(3, 20)),
        1 => format!("일 평균 {}건 처리", c.range(2, 40) * 5),
        2 => format!("근무인원 {}명, 동일 업무 {}명", c.range(5, 90), c.range(2, 12)),
        3 => format!("{}세대 단지, {}개 동", c.range(20, 220) * 10, c.range(3, 24)),
        4 => format!("장비 {}대 운영", c.range(2, 60)),
        5 => format!("{}평 규모, 좌석 {}석", c.range(20, 400), c.range(15, 200)),
        6 => format!("버스 {}번 정류장 앞", c.range(10, 999)),
        _ => format!("근무 시작 예정일 {}월 {}일", c.range(11, 12), c.range(1, 28)),
    }
}

fn intro(m: &Matter<'_>) -> String {
    let mut c = Chance::new(m.world.seed, Facet::Firm, u64::from(m.vacancy.firm) | 3 << 40);
    let employer = &m.world.employers[m.vacancy.firm as usize];
    let brand = m.unlawful(Where::Company).unwrap_or(&m.firm.brand);
    let mut text = c
        .pick(&INTROS)
        .replace("{b}", brand)
        .replace("{y}", &m.firm.founded.to_string())
        .replace("{i}", employer.industry.trim_end_matches('업'))
        .replace("{w}", &employer.workers.to_string())
        .replace("{r}", m.place.name);
    if m.kind == Kind::Agency {
        put(
            &mut text,
            format_args!(
                "\n고객사: {} 소재 {} (당사 소속으로 근무)",
                m.place.name,
                ["제조업체", "물류센터", "금융사", "유통사", "공공기관"][c.below(5)]
            ),
        );
    }
    text
}

fn conditions(m: &Matter<'_>, page: &mut Page<'_>, pay: &str) {
    page.line(format_args!("근무지 : {}", m.place.name));
    page.line(format_args!("근무시간 : {} ({})", m.offer.hours, m.offer.days));
    page.line(format_args!(
        "고용형태 : {}{}",
        spelling::employment(m),
        if m.offer.probation { "(수습기간 3개월)" } else { "" }
    ));
    page.line(format_args!("급여 : {pay}"));
    match super::headcount(m) {
        0 => page.line(format_args!("모집인원 : 0명")),
        n => page.line(format_args!("모집인원 : {n}명")),
    }
    page.line(format_args!("{}", salient(m)));
    let variant = heading::variant(m);
    if !variant.is_empty() {
        page.line(format_args!("구분 : {variant}"));
    }
}

/// The whole text as this portal shows it.
pub(super) fn description(
    m: &Matter<'_>,
    title: &str,
    pay: &str,
    contact: &(String, String, String),
    portal: &str,
) -> String {
    let heads = if m.kind == Kind::Public { &HEADS[4] } else { &HEADS[m.layout.heads] };
    let mut page = Page { out: String::with_capacity(1_500), bullet: BULLETS[m.layout.bullet] };
    match m.manner.header {
        0 => put(&mut page.out, format_args!("{title}\n")),
        1 => put(&mut page.out, format_args!("[{portal} 채용정보]\n")),
        _ => {}
    }
    put(&mut page.out, format_args!("{}\n", intro(m)));
    page.head(heads[0]);
    let mut c = m.shared(11);
    let count = c.range(3, 6) as usize;
    let mut duties = choose(&mut c, &m.trade.duties, count);
    let mut own = m.own(22);
    if m.post.why == Why::Copy && !m.post.republished && own.happens(0.4) {
        let turn = own.below(duties.len().max(1));
        duties.rotate_left(turn);
    }
    for duty in &duties {
        page.line(format_args!("{duty}"));
    }
    let conditions_first = own.happens(0.3);
    if conditions_first {
        page.head(heads[2]);
        conditions(m, &mut page, pay);
    }
    page.head(heads[1]);
    for line in requirements(m) {
        page.line(format_args!("{line}"));
    }
    if !conditions_first {
        page.head(heads[2]);
        conditions(m, &mut page, pay);
    }
    let benefits = benefits(m);
    if !benefits.is_empty() {
        page.head(heads[3]);
        page.line(format_args!("{}", benefits.join(if m.layout.bullet.is_multiple_of(2) { ", " } else { " / " })));
    }
    page.head(heads[4]);
    page.line(format_args!("{}", m.shared(12).pick(&STEPS)));
    closing(m, &mut page, heads, contact, portal);
    let mut text = page.out;
    // What breaks a rule is never cut away, else truth would be wrong.
    if m.manner.cut > 0 && m.vacancy.offence == 0 && text.chars().count() > m.manner.cut {
        text = text.chars().take(m.manner.cut).collect::<String>() + "...";
    }
    // Tens of thousands of these are held at once.
    text.shrink_to_fit();
    text
}

fn closing(m: &Matter<'_>, page: &mut Page<'_>, heads: &[&str; 7], contact: &(String, String, String), portal: &str) {
    page.head(heads[5]);
    page.line(format_args!("{}", how_to_apply(m, portal)));
    if m.own(23).happens(0.55) {
        page.line(format_args!("문의 : {}", contact.1));
    }
    page.head(heads[6]);
    let mut c = m.shared(13);
    for note in choose(&mut c, &NOTES, 2) {
        page.line(format_args!("{note}"));
    }
    if let Some(words) = m.unlawful(Where::Notes) {
        page.line(format_args!("{words}"));
    }
    if edit(m).is_some() {
        page.line(format_args!("(수정 {}회) 지원자가 많아 연락이 늦어질 수 있습니다.", m.version));
    }
    match m.manner.footer {
        0 => put(
            &mut page.out,
            format_args!("\n본 채용정보는 {portal}에서 제공합니다. 무단 전재 및 재배포를 금합니다.\n"),
        ),
        1 => put(&mut page.out, format_args!("\n※ 자세한 내용은 원문 공고를 확인하세요.\n")),
        2 => put(
            &mut page.out,
            format_args!("\n이 공고는 {portal}에 등록된 정보로 사정에 따라 조기 마감될 수 있습니다.\n"),
        ),
        3 => put(&mut page.out, format_args!("\n<최저임금법을 준수합니다> {portal}\n")),
        _ => {}
    }
}
