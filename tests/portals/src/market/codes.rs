//! The private portals' own code tables, as far as their formats need them: regions, occupations, pay.
//! Official codes (administrative regions, KECO) go in; each portal's codes come out.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::Ad;

/// A sido: its administrative prefixes (old and new), name as portals write it, JobKorea area, Saramin region.
pub(super) struct Sido {
    prefixes: &'static [&'static str],
    pub(super) name: &'static str,
    pub(super) jobkorea: &'static str,
    pub(super) saramin: &'static str,
}

const fn sido(
    prefixes: &'static [&'static str],
    name: &'static str,
    jobkorea: &'static str,
    saramin: &'static str,
) -> Sido {
    Sido { prefixes, name, jobkorea, saramin }
}

/// 12 is 전남광주 since 2026-07: its districts (자치구) are those of 광주, all else was 전남; see [`sido_of`].
static SIDO: &[Sido] = &[
    sido(&["11"], "서울", "I000", "101000"),
    sido(&["41"], "경기", "B000", "102000"),
    sido(&["29"], "광주", "E000", "103000"),
    sido(&["27"], "대구", "F000", "104000"),
    sido(&["30"], "대전", "G000", "105000"),
    sido(&["26"], "부산", "H000", "106000"),
    sido(&["31"], "울산", "J000", "107000"),
    sido(&["28"], "인천", "K000", "108000"),
    sido(&["51", "42"], "강원", "A000", "109000"),
    sido(&["48"], "경남", "C000", "110000"),
    sido(&["47"], "경북", "D000", "111000"),
    sido(&["46"], "전남", "L000", "112000"),
    sido(&["52", "45"], "전북", "M000", "113000"),
    sido(&["43"], "충북", "P000", "114000"),
    sido(&["44"], "충남", "O000", "115000"),
    sido(&["50", "49"], "제주", "N000", "116000"),
    sido(&["36"], "세종", "1000", "118000"),
];

/// Nationwide, or a region these portals have no code for.
static ANYWHERE: Sido = sido(&[], "전국", "Q000", "117000");

/// The sido an ad's workplace is in, as the portals that keep the borders of before 2026-07 see it.
pub(super) fn sido_of(ad: &Ad) -> &'static Sido {
    static BY_PREFIX: OnceLock<[Option<&'static Sido>; 100]> = OnceLock::new();
    let by_prefix = BY_PREFIX
        .get_or_init(|| std::array::from_fn(|n| SIDO.iter().find(|s| s.prefixes.iter().any(|p| p.parse() == Ok(n)))));
    let two = ad.region_code.as_bytes().first_chunk::<2>().filter(|two| two.iter().all(u8::is_ascii_digit));
    let number = two.map_or(0, |[tens, ones]| usize::from(tens - b'0') * 10 + usize::from(ones - b'0'));
    if number == 12 {
        let names = ["광주", "동구", "서구", "남구", "북구", "광산구"];
        let gwangju = ad.region.split(' ').any(|w| !w.contains("전남") && names.iter().any(|n| w.starts_with(n)));
        return by_prefix[if gwangju { 29 } else { 46 }].unwrap_or(&ANYWHERE);
    }
    by_prefix[number].or_else(|| SIDO.iter().find(|s| ad.region.starts_with(s.name))).unwrap_or(&ANYWHERE)
}

/// JobKorea's area code of an ad: the district where its table has it by code or by name, else the sido.
pub(super) fn jobkorea_area(ad: &Ad) -> &'static str {
    static AREAS: OnceLock<FxHashMap<&'static str, &'static str>> = OnceLock::new();
    let areas = AREAS.get_or_init(|| {
        let lines = include_str!("areas.txt").lines().filter(|l| !l.starts_with('#'));
        let parts =
            lines.filter_map(|l| l.split_once(' ').and_then(|(code, rest)| Some((code, rest.split_once(' ')?))));
        parts.flat_map(|(code, (area, name))| [(code, area), (name, area)]).collect()
    });
    if let Some(area) = areas.get(ad.region_code.as_str()) {
        return area;
    }
    // a ward of a city that the table of 2013 knows only as a whole
    if let Some(city) = ad.region_code.get(..4)
        && let Some(area) = areas.get(format!("{city}0").as_str())
        && !area.ends_with("000")
    {
        return area;
    }
    // recorded lists have words only: `부산 해운대구 외`
    let second = ad.region.match_indices(' ').nth(1).map_or(ad.region.len(), |(at, _)| at);
    let place = ad.region.get(..second).unwrap_or("");
    areas.get(place).copied().unwrap_or_else(|| sido_of(ad).jobkorea)
}

/// JobKorea's 직무 대분류 (10026 … 10046) and its name, by KECO; nothing for an ad without a code.
pub(super) fn jobkorea_part(keco: &str) -> (&'static str, &'static str) {
    match (keco.get(..2).unwrap_or(""), keco.get(..3).unwrap_or("")) {
        ("", _) => ("", ""),
        (_, "015") => ("10026", "기획·전략"),
        (_, "018") => ("10029", "회계·세무"),
        (_, "01A") => ("10036", "고객상담·TM"),
        (_, "01C" | "01D") => ("10037", "금융·보험"),
        (_, "019") => ("10033", "물류·무역"),
        ("01", _) => ("10027", "법무·사무·총무"),
        (_, "023" | "024" | "025") => ("10031", "개발·데이터"),
        ("02", _) => ("10040", "엔지니어링·설계"),
        ("03", _) => ("10042", "교육"),
        ("04", _) => ("10044", "의료·바이오"),
        ("05", _) => ("10045", "미디어·문화·스포츠"),
        ("06", _) => ("10039", "고객서비스·리테일"),
        ("07", _) => ("10035", "영업"),
        ("08", _) => ("10043", "건축·시설"),
        _ => ("10041", "제조·생산"),
    }
}

/// Saramin's 직무 대분류, by KECO; nothing for an ad without a code.
pub(super) fn saramin_mid(keco: &str) -> (&'static str, &'static str) {
    match (keco.get(..2).unwrap_or(""), keco.get(..3).unwrap_or("")) {
        ("", _) => ("", ""),
        (_, "015") => ("16", "기획·전략"),
        (_, "018") => ("3", "회계·세무·재무"),
        (_, "01C" | "01D") => ("17", "금융·보험"),
        ("01", _) => ("4", "총무·법무·사무"),
        (_, "023" | "024" | "025") => ("2", "IT개발·데이터"),
        ("02", _) => ("9", "연구·R&D"),
        ("03", _) => ("19", "교육"),
        ("04", _) => ("6", "의료"),
        ("05", _) => ("13", "미디어·문화·스포츠"),
        ("06", _) => ("10", "서비스"),
        ("07", _) => ("8", "영업·판매·무역"),
        ("08", _) => ("22", "건설·건축"),
        _ => ("11", "생산"),
    }
}

/// JobKorea's employment code of an ad.
pub(super) fn jobkorea_employment(ad: &Ad) -> &'static str {
    match ad.employment {
        "contract" | "temporary" => "2",
        "intern" => "3",
        "freelance" => "6",
        "part_time" | "per_diem" => "7",
        "" => "",
        _ => "1",
    }
}

/// Saramin's employment code of an ad.
pub(super) fn saramin_employment(ad: &Ad) -> &'static str {
    match ad.employment {
        "contract" | "temporary" => "2",
        "intern" => "4",
        "part_time" => "5",
        "freelance" => "9",
        "per_diem" => "14",
        _ => "1",
    }
}

/// The experience code Saramin and JobKorea share in spirit: `'Z'` any, `'N'` new, `'E'` experienced, `'B'` both.
pub(super) fn career_kind(ad: &Ad) -> char {
    match ad.career {
        None => 'Z',
        Some((0, Some(0))) => 'N',
        Some((0, _)) => 'B',
        Some(_) => 'E',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_get_the_codes_of_each_portal() {
        for (code, words, area, saramin) in [
            ("11680", "서울 강남구", "I010", "101000"),
            ("36110", "세종", "1000", "118000"),
            ("48121", "경남 창원시 의창구", "C160", "110000"),
            ("51110", "강원 춘천시", "A130", "109000"),
            ("", "부산 해운대구 외", "H160", "106000"),
            ("", "경기", "B000", "102000"),
            ("12110", "전남광주 동구", "E000", "103000"),
            ("12130", "전남광주 여수시", "L000", "112000"),
            ("00000", "전국", "Q000", "117000"),
            ("가나다라", "바다", "Q000", "117000"),
        ] {
            let ad = Ad { region_code: code.into(), region: words.into(), ..Ad::default() };
            assert_eq!((jobkorea_area(&ad), sido_of(&ad).saramin), (area, saramin), "{code} {words}");
        }
    }
}
