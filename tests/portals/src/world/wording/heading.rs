//! Titles: the employer's own pattern, reworded, badged and respaced from portal to portal.

use super::spelling::{in_title, quarter};
use super::{Datelike, Kind, Matter, Where, Why, edit};

const BADGES: [&str; 16] = [
    "[급구] ",
    "★급구★ ",
    "[정규직] ",
    "<초보가능> ",
    "[주5일] ",
    "[즉시출근] ",
    "[신입/경력] ",
    "◆",
    "[기숙사 제공] ",
    "[4대보험] ",
    "(급) ",
    "[R&D] ",
    "■ ",
    "[상시] ",
    "【채용】",
    "[경력무관] ",
];
const PERKS: [&str; 10] = [
    "주5일",
    "기숙사 제공",
    "중식 제공",
    "4대보험",
    "초보 가능",
    "인근거주자 우대",
    "월 8회 휴무",
    "즉시출근 가능",
    "주간고정",
    "통근버스 운행",
];

/// What sets a look-alike apart from its twin.
pub(super) fn variant(m: &Matter<'_>) -> String {
    let mut c = super::Chance::new(m.world.seed, super::Facet::Facts, u64::from(m.post.vacancy) | 4 << 40);
    match m.vacancy.variant {
        1 => format!("{}{}", quarter(m.place.town), c.pick(&["점", "지점", "센터", "지사"])),
        2 => (*c.pick(&["야간", "주말", "오후조", "격일제", "새벽"])).to_owned(),
        3 => (*c.pick(&["경력자", "1종 대형 소지자", "자격증 소지자", "팀장급", "신입"])).to_owned(),
        4 => (*c.pick(&["2공장", "B동", "3팀", "제2사업장", "신관"])).to_owned(),
        _ => String::new(),
    }
}

fn role(m: &Matter<'_>) -> &'static str {
    let mut c = m.shared(1);
    let role = *c.pick(&m.trade.titles);
    // A copy written anew may use another word for the job.
    if m.post.why == Why::Copy && !m.post.republished && m.own(4).happens(0.22) {
        m.trade.titles[m.own(5).below(m.trade.titles.len())]
    } else {
        role
    }
}

fn pattern(m: &Matter<'_>, role: &str) -> String {
    let mut c = m.shared(2);
    let year = m.world.date(m.vacancy.born).year();
    let brand = in_title(m);
    let town = quarter(m.place.town);
    if m.kind == Kind::Public {
        return match c.below(6) {
            0 => format!("{year}년 {brand} {role} 채용 공고"),
            1 => format!("{brand} {role} 공개채용(제{}차)", c.range(1, 9)),
            2 => format!("{year}년도 제{}회 {brand} {role} 채용 계획 공고", c.range(1, 30)),
            3 => format!("[{brand}] {role} 모집 공고"),
            4 => format!("{brand} {role} 채용 재공고"),
            _ => format!("{year}년 하반기 {role} 채용({brand})"),
        };
    }
    match c.below(14) {
        0 | 1 => format!("{role} 채용"),
        2 => format!("[{brand}] {role} 채용"),
        3 => format!("{brand} {role} 모집"),
        4 => format!("{town} {role} 구합니다"),
        5 => format!("{role} 모집합니다"),
        6 => format!("{role} 신입/경력 채용"),
        7 => format!("[{town}] {role} {} 모집", super::spelling::contract(m.offer.employment)),
        8 => format!("{year}년 하반기 {role} 채용"),
        9 => format!("{role}({}) 모집", c.pick(&PERKS)),
        10 => format!("[{}/{}] {role} 모십니다", c.pick(&PERKS), c.pick(&PERKS)),
        11 => format!("{brand}에서 함께할 {role}{} 모집합니다", object(role)),
        12 => format!("{role} & 관리 업무 담당자 모집"),
        _ => format!("{brand} <{role}> 정규직 채용"),
    }
}

/// The object particle after a word: 을 after a final consonant, else 를.
fn object(word: &str) -> &'static str {
    let last = word.chars().rev().find(|c| ('가'..='힣').contains(c)).unwrap_or('가');
    if word.ends_with(')') || (u32::from(last) - u32::from('가')).is_multiple_of(28) { "를" } else { "을" }
}

/// The title as this portal shows it.
pub(super) fn title(m: &Matter<'_>, company: &str) -> String {
    if let Some(words) = m.unlawful(Where::Title) {
        // Words that name a job of their own stand alone.
        let alone = ["웨이터", "창업", "이모", "주방(男)"].iter().any(|w| words.contains(w));
        return if alone { words.to_owned() } else { format!("{} {words}", role(m)) };
    }
    let mut title = pattern(m, role(m));
    let hidden = m.shared(3).happens(0.12);
    let variant = variant(m);
    if !variant.is_empty() && !hidden {
        title = match m.own(6).below(3) {
            0 => format!("{title} ({variant})"),
            1 => format!("[{variant}] {title}"),
            _ => format!("{title}-{variant}"),
        };
    }
    if m.kind == Kind::Agency && m.shared(4).happens(0.5) {
        title = format!("[{}] {title}", ["대기업", "외국계", "공공기관", "중견기업", "상장사"][m.shared(5).below(5)]);
    }
    if m.post.why == Why::Copy && !m.post.republished {
        title = reword(m, title, company);
    }
    match edit(m) {
        Some(2) => format!("{title} ({}차)", m.version + 1),
        Some(3) => format!("[마감임박] {title}"),
        _ => title,
    }
}

fn reword(m: &Matter<'_>, title: String, company: &str) -> String {
    let mut c = m.own(7);
    let title = match c.below(10) {
        0 => title.replace("채용", "모집"),
        1 => title.replace("모집", "채용"),
        2 => title.replace("모집합니다", "구합니다").replace("구합니다", "구해요"),
        3 => title.replace(' ', ""),
        4 => title.replace(['[', ']'], " ").trim().to_owned(),
        _ => title,
    };
    match c.below(10) {
        0..=2 => format!("{}{title}", c.pick(&BADGES)),
        3 if !title.contains(&m.firm.brand) => format!("{company} {title}"),
        4 => format!("{title} [{}]", quarter(m.place.town)),
        5 => format!("{title}  ♥{}♥", c.pick(&PERKS)),
        _ => title,
    }
}
