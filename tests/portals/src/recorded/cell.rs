//! What a recorded cell says beside its words: career, schooling, contract, place, pay and closing, as far as it is plain.

use crate::Ad;
use crate::world::table::{PROVINCES, TABLES};

/// The number that begins here after `from`.
fn number_after(text: &str, from: &str) -> Option<u32> {
    let rest = text.split_once(from)?.1.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

pub(super) fn career(ad: &mut Ad, words: &str) {
    ad.career_words = words.to_owned();
    let years = number_after(words, "경력");
    ad.career = match (words, years) {
        (w, _) if w.contains("무관") && !w.contains("년수무관") => None,
        (w, None) if w.starts_with("신입") && !w.contains("경력") => Some((0, Some(0))),
        (w, _) if w.starts_with("신입") => None,
        (w, Some(n)) => {
            let to = w.split_once(['~', '-']).and_then(|(_, to)| number_after(to, ""));
            Some((n, to))
        }
        (_, None) => None,
    };
}

/// Is this a demand of schooling?
pub(super) fn is_education(words: &str) -> bool {
    words.contains("학력무관")
        || ["고졸", "초대졸", "대졸", "석사", "박사", "대학", "고등학교"].iter().any(|w| words.starts_with(w))
}

pub(super) fn education(ad: &mut Ad, words: &str) {
    ad.education_words = words.to_owned();
    ad.education_code = match words {
        w if w.starts_with("고졸") || w.starts_with("고등학교") => "03",
        w if w.starts_with("초대졸") || w.contains("2,3년") || w.contains("2~3년") => "04",
        w if w.starts_with("대졸") || w.contains("4년") => "05",
        w if w.starts_with("석사") => "06",
        w if w.starts_with("박사") => "07",
        _ => "00",
    };
}

const CONTRACTS: [(&str, &str); 14] = [
    ("정규직", "permanent"),
    ("무기계약", "indefinite"),
    ("계약직", "contract"),
    ("기간제", "temporary"),
    ("인턴", "intern"),
    ("아르바이트", "part_time"),
    ("알바", "part_time"),
    ("프리랜서", "freelance"),
    ("위촉직", "freelance"),
    ("파견", "contract"),
    ("도급", "contract"),
    ("병역특례", "contract"),
    ("연수생", "intern"),
    ("교육생", "intern"),
];

/// Is this a kind of contract?
pub(super) fn is_employment(words: &str) -> bool {
    CONTRACTS.iter().any(|(w, _)| words.trim_start().starts_with(w))
        || words.starts_with("전문연구요원")
        || words.starts_with("전임")
}

pub(super) fn employment(ad: &mut Ad, words: &str) {
    ad.employment_words = words.to_owned();
    ad.employment = CONTRACTS.iter().find(|(w, _)| words.contains(w)).map_or("permanent", |(_, e)| e);
}

/// Keeps the words and finds the code of the first place they name.
pub(super) fn region(ad: &mut Ad, words: &str) {
    ad.region = words.to_owned();
    let clean: String = words.replace(" 외", "").replace(" 지도", "").replace('>', " ");
    let mut parts = clean.split_whitespace();
    let Some(first) = parts.next() else { return };
    let Some(province) = PROVINCES.iter().find(|p| first.starts_with(p.short) || first == p.full) else {
        if first == "Seoul" {
            ad.region_code = "11000".to_owned();
        }
        return;
    };
    // One crawl lost the space: `서울강남구`.
    let glued = first.strip_prefix(province.short).filter(|rest| !rest.is_empty() && !province.full.ends_with(rest));
    let town = glued.or_else(|| parts.next()).unwrap_or_default();
    let exact = TABLES.places.iter().find(|p| {
        PROVINCES[p.province].short == province.short
            && !town.is_empty()
            && (p.town == town || p.town.starts_with(&format!("{town} ")))
    });
    ad.region_code = match exact {
        // A city with districts is named by its first four digits.
        Some(p) if p.town != town => format!("{}0", &p.code[..4]),
        Some(p) => p.code.to_owned(),
        // Sejong has no districts: its one code is the whole of it.
        None if province.code == "36" => "36110".to_owned(),
        None => format!("{}000", province.code),
    };
}

/// Is this pay?
pub(super) fn is_pay(words: &str) -> bool {
    (words.contains("만원") || words.contains("만 원") || words.contains("원(") || words.ends_with('원'))
        && words.chars().any(|c| c.is_ascii_digit())
        || words.contains("회사내규")
        || words.contains("면접후")
        || words.contains("면접 후")
}

/// Keeps the words and reads amounts: `3,000~4,000만원`, `300만원 이상(월)`, `9,860원(시)`, `연봉 3,800 만원`, `월급 290 만원 (주 40시간)`.
pub(super) fn pay(ad: &mut Ad, words: &str) {
    ad.pay = words.to_owned();
    let unit = if words.contains("만원") || words.contains("만 원") { 10_000 } else { 1 };
    let head = words.split('(').next().unwrap_or(words);
    let amounts: Vec<i64> = head
        .replace(',', "")
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|n| n.parse::<i64>().ok())
        .map(|n| n.saturating_mul(unit))
        .take(2)
        .collect();
    let period = match words {
        w if w.contains("(시)") || w.contains("시급") => 'H',
        w if w.contains("(일)") || w.contains("일급") => 'D',
        w if w.contains("(주)") || w.contains("주급") => 'W',
        w if w.contains("(월)") || w.contains("월급") => 'M',
        w if w.contains("(건)") || w.contains("건별") => 'N',
        _ if unit == 10_000 => 'Y',
        _ => 'N',
    };
    (ad.pay_period, ad.pay_min, ad.pay_max) = match (period, amounts[..].first(), amounts.get(1)) {
        ('N', ..) | (_, None, _) => ('N', 0, 0),
        (p, Some(min), max) => (p, *min, *max.unwrap_or(min)),
    };
}

/// Pay that was not said.
pub(super) fn no_pay(ad: &mut Ad) {
    if ad.pay.is_empty() {
        ad.pay_period = 'N';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_far_as_they_are_plain() {
        let pay_of = |words: &str| {
            let mut ad = Ad::default();
            pay(&mut ad, words);
            assert_eq!(ad.pay, words);
            (ad.pay_period, ad.pay_min, ad.pay_max)
        };
        assert_eq!(pay_of("3,000~4,000만원"), ('Y', 30_000_000, 40_000_000));
        assert_eq!(pay_of("300만원 이상(월)"), ('M', 3_000_000, 3_000_000));
        assert_eq!(pay_of("9,860원(시)"), ('H', 9_860, 9_860));
        assert_eq!(pay_of("연봉 3,800 만원 (주 40시간)"), ('Y', 38_000_000, 38_000_000));
        assert_eq!(pay_of("회사내규에 따름"), ('N', 0, 0));
        let region_of = |words: &str| {
            let mut ad = Ad::default();
            region(&mut ad, words);
            ad.region_code
        };
        assert_eq!(region_of("부산 해운대구 외"), "26350");
        assert_eq!(region_of("경기 성남시"), "41130");
        assert_eq!(region_of("경기 성남시 분당구"), "41130");
        assert_eq!(region_of("서울강남구"), "11680");
        assert_eq!(region_of("전북특별자치도 군산시 설림길"), "52130");
        assert_eq!(region_of("서울 전지역 외"), "11000");
        assert_eq!(region_of("전국"), "");
        let career_of = |words: &str| {
            let mut ad = Ad::default();
            career(&mut ad, words);
            ad.career
        };
        assert_eq!(career_of("경력3년↑"), Some((3, None)));
        assert_eq!(career_of("경력 2~10년"), Some((2, Some(10))));
        assert_eq!(career_of("신입"), Some((0, Some(0))));
        assert_eq!(career_of("신입·경력1년↑"), None);
        assert_eq!(career_of("경력무관"), None);
    }
}
