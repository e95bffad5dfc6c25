//! Employers: name, legal form, number with a right check digit, place, sector, size; 5 in 100 are agencies.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};

use super::chance::{Chance, Facet};
use super::table::{Kind, PROVINCES, TABLES};
use crate::Employer;

/// What the world knows of an employer beside the [`Employer`] that linked systems see.
#[derive(Clone, Debug)]
pub(crate) struct Firm {
    pub(crate) sector: usize,
    pub(crate) place: usize,
    /// Name without a legal form: `한빛물류`.
    pub(crate) brand: String,
    pub(crate) form: Form,
    pub(crate) founded: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// 주식회사
    Stock,
    /// 유한회사
    Limited,
    /// 의료법인, 사회복지법인 and the like, as a prefix.
    Foundation(&'static str),
    /// No legal form in the name.
    Bare,
}

const FIRST: [&str; 64] = [
    "한",
    "대",
    "신",
    "동",
    "삼",
    "세",
    "태",
    "영",
    "우",
    "진",
    "금",
    "성",
    "광",
    "미",
    "유",
    "남",
    "서",
    "백",
    "청",
    "해",
    "다",
    "누",
    "가",
    "나",
    "이",
    "하",
    "온",
    "새",
    "참",
    "명",
    "정",
    "경",
    "부",
    "창",
    "일",
    "원",
    "화",
    "국",
    "조",
    "현",
    "두",
    "코",
    "에스",
    "케이",
    "제이",
    "엘",
    "디",
    "비",
    "엠",
    "에이",
    "와이",
    "씨",
    "더",
    "휴",
    "위",
    "알",
    "티",
    "글로",
    "아이",
    "그린",
    "블루",
    "스마트",
    "탑",
    "네오",
];
const SECOND: [&str; 56] = [
    "빛", "솔", "성", "원", "양", "진", "일", "창", "우", "흥", "강", "명", "래", "광", "산", "림", "온", "리", "람",
    "룸", "봄", "울", "들", "결", "도", "보", "신", "영", "인", "주", "천", "평", "한", "현", "화", "텍", "넷", "원스",
    "앤", "디", "엠", "트", "비", "아", "코", "론", "벨", "웰", "스", "라", "모아", "마루", "나루", "터", "누리",
    "나라",
];
const PUBLIC_TOPIC: [&str; 20] = [
    "환경",
    "시설관리",
    "문화",
    "관광",
    "교통",
    "도시개발",
    "산업",
    "에너지",
    "물산업",
    "청소년",
    "여성가족",
    "사회서비스",
    "일자리",
    "테크노",
    "해양",
    "농업기술",
    "보건",
    "체육",
    "디자인",
    "콘텐츠",
];
const CARE: [&str; 18] = [
    "행복한",
    "사랑의",
    "은혜",
    "효",
    "참사랑",
    "늘푸른",
    "햇살",
    "하늘",
    "소망",
    "믿음",
    "온누리",
    "다정",
    "한마음",
    "새봄",
    "우리",
    "가족",
    "건강한",
    "미소",
];
const ROADS: [&str; 24] = [
    "중앙로",
    "시청로",
    "산업로",
    "번영로",
    "공단로",
    "역전로",
    "대학로",
    "문화로",
    "평화로",
    "충장로",
    "새마을로",
    "강변로",
    "테크노밸리로",
    "봉은사로",
    "경인로",
    "남부순환로",
    "동부대로",
    "첨단로",
    "신도시로",
    "하나로",
    "벚꽃로",
    "은행로",
    "학동로",
    "물류단지로",
];
const VILLAGES: [&str; 16] = [
    "중앙동",
    "신흥동",
    "평화동",
    "도화동",
    "송정동",
    "신정동",
    "역삼동",
    "성내동",
    "문화동",
    "봉명동",
    "상대동",
    "대흥동",
    "교동",
    "남산동",
    "석남동",
    "고잔동",
];

/// Check digit of a business registration number (weights 1 3 7 1 3 7 1 3 5, plus the tens of the last product).
pub(crate) fn check_digit(first_nine: &[u8; 9]) -> u8 {
    const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];
    let sum: u32 = first_nine.iter().zip(WEIGHTS).map(|(d, w)| u32::from(*d) * w).sum();
    let sum = sum + u32::from(first_nine[8]) * 5 / 10;
    ((10 - sum % 10) % 10) as u8
}

fn business_number(chance: &mut Chance, corporate: bool) -> String {
    let kinds: &[i64] =
        if corporate { &[81, 82, 85, 86, 87, 88] } else { &[1, 3, 10, 15, 22, 26, 31, 44, 52, 60, 71, 79, 90] };
    let text = format!("{:03}{:02}{:04}", chance.range(101, 899), chance.pick(kinds), chance.range(1, 9999));
    let mut nine = [0u8; 9];
    for (slot, byte) in nine.iter_mut().zip(text.bytes()) {
        *slot = byte - b'0';
    }
    format!("{text}{}", check_digit(&nine))
}

/// The street address of a place, in the long spelling of official records.
pub(crate) fn address(chance: &mut Chance, place: usize) -> String {
    let p = &TABLES.places[place];
    let province = &PROVINCES[p.province];
    let town = if province.short == "세종" { "" } else { p.town };
    let gap = if town.is_empty() { "" } else { " " };
    let floor = if chance.happens(0.4) { format!(", {}층", chance.range(1, 12)) } else { String::new() };
    format!(
        "{}{gap}{town} {} {}{floor} ({})",
        province.full,
        chance.pick(&ROADS),
        chance.range(1, 480),
        chance.pick(&VILLAGES)
    )
}

fn brand(chance: &mut Chance, kind: Kind, ending: &str, town: &str) -> String {
    // The last word of `수원시 영통구`, without its unit: a shop names itself after the quarter.
    let quarter = town.rsplit(' ').next().unwrap_or(town);
    let quarter = quarter.strip_suffix(['시', '구', '군']).filter(|q| q.chars().count() > 1).unwrap_or(quarter);
    let stem = |chance: &mut Chance| format!("{}{}", chance.pick(&FIRST), chance.pick(&SECOND));
    match kind {
        Kind::Public if ending == "청" => match chance.below(4) {
            0 => format!("{town}보건소"),
            1 => format!("{town}농업기술센터"),
            _ => format!("{town}청"),
        },
        Kind::Public => format!("{quarter}{}{ending}", chance.pick(&PUBLIC_TOPIC)),
        Kind::School => match chance.below(3) {
            0 => format!("{quarter}{}{ending}", chance.pick(&["중앙", "동", "서", "남", "북", "제일", "한빛"])),
            1 => format!("{}{ending}", chance.pick(&CARE)),
            _ => format!("{}{ending}", stem(chance)),
        },
        Kind::Clinic => match chance.below(3) {
            0 => format!("{quarter}{}{ending}", chance.pick(&CARE)),
            1 => format!("{}{ending}", stem(chance)),
            _ => format!("{}{ending}", chance.pick(&CARE)),
        },
        Kind::Shop => {
            let name = format!("{}{ending}", stem(chance));
            if chance.happens(0.35) { format!("{name} {quarter}점") } else { name }
        }
        Kind::Firm | Kind::Office | Kind::Agency => format!("{}{ending}", stem(chance)),
    }
}

fn form(chance: &mut Chance, kind: Kind) -> Form {
    match kind {
        Kind::Firm | Kind::Agency => match chance.below(100) {
            0..=69 => Form::Stock,
            70..=76 => Form::Limited,
            _ => Form::Bare,
        },
        Kind::Clinic => match chance.below(100) {
            0..=11 => Form::Foundation("의료법인"),
            12..=23 => Form::Foundation("사회복지법인"),
            _ => Form::Bare,
        },
        Kind::School => {
            if chance.happens(0.06) {
                Form::Foundation("학교법인")
            } else {
                Form::Bare
            }
        }
        Kind::Shop | Kind::Public | Kind::Office => Form::Bare,
    }
}

fn registered(firm_form: Form, brand: &str, after: bool) -> String {
    match firm_form {
        Form::Stock if after => format!("{brand} 주식회사"),
        Form::Stock => format!("주식회사 {brand}"),
        Form::Limited => format!("유한회사 {brand}"),
        Form::Foundation(prefix) => format!("{prefix} {brand}"),
        Form::Bare => brand.to_owned(),
    }
}

fn workers(chance: &mut Chance, kind: Kind) -> u32 {
    // Most employers are tiny, a few are large.
    let small = match kind {
        Kind::Shop => 3.0,
        Kind::Public => 60.0,
        Kind::Agency => 40.0,
        _ => 8.0,
    };
    let u = chance.share().max(0.002);
    (small / u.powf(0.9)).min(9_000.0) as u32 + 1
}

/// Creates `count` employers, sorted by business number, with what the world knows of each at the same index.
pub(crate) fn found(seed: u64, count: usize, today: NaiveDate) -> (Vec<Employer>, Vec<Firm>) {
    let tables = &*TABLES;
    let sector_weights: Vec<f64> = tables.sectors.iter().map(|s| s.weight).collect();
    let place_weights: Vec<f64> = tables.places.iter().map(|p| p.weight).collect();
    let mut taken = HashSet::with_capacity(count);
    let mut all: Vec<(Employer, Firm)> = Vec::with_capacity(count);
    for i in 0..count {
        let mut c = Chance::new(seed, Facet::Firm, i as u64);
        // The first employers make a world of any size whole: each sector has one.
        let sector = if i < tables.sectors.len() { i } else { c.weighted(&sector_weights) };
        let place = c.weighted(&place_weights);
        let s = &tables.sectors[sector];
        let ending = *c.pick(&s.endings);
        let brand = brand(&mut c, s.kind, ending, tables.places[place].town);
        let form = form(&mut c, s.kind);
        let mut number = business_number(&mut c, !matches!(form, Form::Bare));
        while !taken.insert(number.clone()) {
            number = business_number(&mut c, !matches!(form, Form::Bare));
        }
        let founded = today - Days::new(c.range(200, 14_000) as u64);
        let (business_state, since) = match c.below(1_000) {
            0..=5 => ("03", Some(today - Days::new(c.range(5, 300) as u64))),
            6..=9 => ("02", Some(today - Days::new(c.range(5, 200) as u64))),
            _ => ("01", None),
        };
        let employer = Employer {
            business_number: number,
            name: registered(form, &brand, c.happens(0.3)),
            region_code: tables.places[place].code.to_owned(),
            address: address(&mut c, place),
            industry_code: s.code.to_owned(),
            industry: s.industry.to_owned(),
            workers: workers(&mut c, s.kind),
            founded,
            business_state,
            business_state_since: since,
            hires: Vec::new(),
            daily: Vec::new(),
            tests: Vec::new(),
        };
        let year = founded.format("%Y").to_string().parse().unwrap_or(2000);
        all.push((employer, Firm { sector, place, brand, form, founded: year }));
    }
    all.sort_by(|a, b| a.0.business_number.cmp(&b.0.business_number));
    all.into_iter().unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_the_tax_office_s() {
        // 124-81-00998 is a well-known listed company's number.
        assert_eq!(check_digit(&[1, 2, 4, 8, 1, 0, 0, 9, 9]), 8);
    }

    #[test]
    fn employers_are_sorted_unique_and_whole() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let (employers, firms) = found(7, 4_000, day);
        assert!(employers.windows(2).all(|w| w[0].business_number < w[1].business_number));
        assert_eq!(employers.len(), firms.len());
        let agencies = firms.iter().filter(|f| TABLES.sectors[f.sector].kind == Kind::Agency).count();
        assert!((100..300).contains(&agencies), "about 5 % are agencies, not {agencies} of 4000 by head");
    }
}
