use super::*;

fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

#[test]
fn a_code_is_the_one_in_force_on_its_day() {
    for (code, day, want) in [
        ("42110", "2023-06-10", Some("42110")),
        ("42110", "2023-06-11", Some("51110")),
        ("51110", "2022-01-01", Some("42110")),
        ("42", "2026-01-01", Some("51")),
        ("45111", "2024-01-17", Some("45111")),
        ("45111", "2024-01-18", Some("52111")),
        ("29110", "2026-06-30", Some("29110")),
        ("29110", "2026-07-01", Some("12210")),
        ("46110", "2026-11-24", Some("12110")),
        ("46", "2026-11-24", Some("12")),
        ("29", "2026-11-24", Some("12")),
        ("12110", "2025-01-01", Some("46110")),
        ("47720", "2026-11-24", Some("27720")),
        ("27720", "2022-01-01", Some("47720")),
        ("28110", "2026-11-24", Some("28")),
        ("28140", "2026-11-24", Some("28125")),
        ("28260", "2026-06-30", Some("28260")),
        ("28170", "2026-11-24", Some("28177")),
        ("41195", "2020-01-01", Some("41190")),
        ("41195", "2026-01-01", Some("41192")),
        ("11000", "2026-01-01", Some("11")),
        ("36", "2026-01-01", Some("36110")),
        ("36000", "2026-01-01", Some("36110")),
        ("41135", "2026-01-01", Some("41135")),
        ("41597", "2025-01-01", Some("41590")),
        ("77777", "2026-01-01", None),
        ("", "2026-01-01", None),
    ] {
        assert_eq!(canonical(code, on(day)), want, "{code} on {day}");
    }
}

fn table(day: &str, raws: &[&str]) -> String {
    raws.iter()
        .map(|raw| {
            let places: Vec<String> = said(raw, on(day))
                .iter()
                .map(|p| {
                    format!(
                        "{} {}{}",
                        p.code.as_deref().unwrap_or("?"),
                        p.name,
                        if p.address.is_some() { " +" } else { "" }
                    )
                })
                .collect();
            format!("{raw} -> {}\n", places.join(" | "))
        })
        .collect()
}

#[test]
fn reads_the_ways_portals_write_places() {
    let raws = [
        "서울 강남구",
        "경기 성남시 분당구",
        "서울 전지역 외",
        "서울전체",
        "서울강남구",
        "경기성남시 분당구",
        "전국",
        "지역무관",
        "일본 도쿄 외",
        "아시아·중동 인도네시아",
        "미국",
        "서울 강남구, 서초구",
        "서울 강남구|서울 서초구",
        "대전 > 대전전체,대전 > 대덕구",
        "세종특별자치시",
        "세종",
        "강원 강릉시",
        "강원도 고성군",
        "경남 고성군",
        "전북 전주시 덕진구",
        "광주 북구",
        "전남 여수시",
        "전남광주 목포시",
        "광주 전지역",
        "경기 광주시",
        "광주시 남구",
        "광주시",
        "인천 서구",
        "인천 서구 청라동",
        "인천광역시 중구 운서동 12",
        "제주 제주시",
        "제주시",
        "부산 부산진구 외",
        "충남 천안시",
        "충남 천안시 동남구",
        "서울 강남구 역삼로9길 12, (역삼동)",
        "서울 강남구 서울특별시 강남구 역삼로9길 12",
        "경기 성남시 경기도 성남시 분당구 대왕판교로 10번길 2 한빛타워",
        "서울 관악구 서울대학교 연구동 본관 101호",
        "서울시 종로구 창경궁로 12-3 2층",
        "중구",
        "분당",
        "강남",
        "수원 영통구",
        "서울 강남역",
        "서울 등",
        "경북 군위군",
        "대구 군위군",
        "경기 화성시 동탄구",
        "Seoul",
        "(06234) 서울특별시 강남구 테헤란로 1",
        "팀원 외",
        "본부장/센터장 외",
        "경기 부천시 원미구",
        "서울 중구 서울시 중구 서소문로10 한빛빌딩 101호",
        "경남 창원시 마산합포구",
        "서울·경기",
        "인천 남구",
        "마산합포구",
        "서울 성동구 서울특별시 성동구 연무장1길 2, 한빛타워 W101-102",
    ];
    insta::assert_snapshot!(table("2026-11-24", &raws), @r"
    서울 강남구 -> 11680 서울 강남구
    경기 성남시 분당구 -> 41135 경기 성남시 분당구
    서울 전지역 외 -> 11 서울
    서울전체 -> 11 서울
    서울강남구 -> 11680 서울 강남구
    경기성남시 분당구 -> 41135 경기 성남시 분당구
    전국 -> 00 전국
    지역무관 -> 00 전국
    일본 도쿄 외 -> 99 해외 일본 도쿄
    아시아·중동 인도네시아 -> 99 해외 아시아·중동 인도네시아
    미국 -> 99 해외 미국
    서울 강남구, 서초구 -> 11680 서울 강남구 | 11650 서울 서초구
    서울 강남구|서울 서초구 -> 11680 서울 강남구 | 11650 서울 서초구
    대전 > 대전전체,대전 > 대덕구 -> 30 대전 | 30230 대전 대덕구
    세종특별자치시 -> 36110 세종
    세종 -> 36110 세종
    강원 강릉시 -> 51150 강원 강릉시
    강원도 고성군 -> 51820 강원 고성군
    경남 고성군 -> 48820 경남 고성군
    전북 전주시 덕진구 -> 52113 전북 전주시 덕진구
    광주 북구 -> 12300 전남광주 북구
    전남 여수시 -> 12130 전남광주 여수시
    전남광주 목포시 -> 12110 전남광주 목포시
    광주 전지역 -> 12 전남광주
    경기 광주시 -> 41610 경기 광주시
    광주시 남구 -> 12270 전남광주 남구
    광주시 -> 
    인천 서구 -> 28 인천
    인천 서구 청라동 -> 28275 인천 서해구 +
    인천광역시 중구 운서동 12 -> 28155 인천 영종구 +
    제주 제주시 -> 50110 제주 제주시
    제주시 -> 50110 제주 제주시
    부산 부산진구 외 -> 26230 부산 부산진구
    충남 천안시 -> 44130 충남 천안시
    충남 천안시 동남구 -> 44131 충남 천안시 동남구
    서울 강남구 역삼로9길 12, (역삼동) -> 11680 서울 강남구 +
    서울 강남구 서울특별시 강남구 역삼로9길 12 -> 11680 서울 강남구 +
    경기 성남시 경기도 성남시 분당구 대왕판교로 10번길 2 한빛타워 -> 41135 경기 성남시 분당구 +
    서울 관악구 서울대학교 연구동 본관 101호 -> 11620 서울 관악구 +
    서울시 종로구 창경궁로 12-3 2층 -> 11110 서울 종로구 +
    중구 -> 
    분당 -> 41135 경기 성남시 분당구
    강남 -> 11680 서울 강남구
    수원 영통구 -> 41117 경기 수원시 영통구
    서울 강남역 -> 11680 서울 강남구
    서울 등 -> 11 서울
    경북 군위군 -> 27720 대구 군위군
    대구 군위군 -> 27720 대구 군위군
    경기 화성시 동탄구 -> 41597 경기 화성시 동탄구
    Seoul -> 11 서울
    (06234) 서울특별시 강남구 테헤란로 1 -> 11680 서울 강남구 +
    팀원 외 -> 
    본부장/센터장 외 -> 
    경기 부천시 원미구 -> 41192 경기 부천시 원미구
    서울 중구 서울시 중구 서소문로10 한빛빌딩 101호 -> 11140 서울 중구 +
    경남 창원시 마산합포구 -> 48125 경남 창원시 마산합포구
    서울·경기 -> 11 서울 | 41 경기
    인천 남구 -> 28177 인천 미추홀구
    마산합포구 -> 48125 경남 창원시 마산합포구
    서울 성동구 서울특별시 성동구 연무장1길 2, 한빛타워 W101-102 -> 11200 서울 성동구 +
    ");
}

#[test]
fn codes_and_words_of_one_posting_are_joined() {
    use crate::{Context, RawPosting, normalize};
    let context = Context { source: "t", fetched_on: on("2026-11-24") };
    let mut row = RawPosting::at(0);
    row.set(RawField::RegionCode, "11000,?A123,41135");
    row.set(RawField::Region, "서울 강남구");
    row.set(RawField::Address, "서울특별시 강남구 테헤란로 1");
    let got = normalize(&row, &context);
    let places: Vec<_> =
        got.posting.job_location.iter().map(|p| (p.code.as_deref().unwrap(), p.address.as_deref())).collect();
    assert_eq!(places, [("11680", Some("서울특별시 강남구 테헤란로 1")), ("41135", None)]);
    assert!(got.findings.iter().any(|f| f.rule == "region.unknown_code"));
}

#[test]
fn a_station_places_a_posting_that_says_nothing_else() {
    use crate::{Context, RawPosting, normalize};
    let context = Context { source: "t", fetched_on: on("2026-11-24") };
    let mut row = RawPosting::at(0);
    row.set(RawField::Subway, "2호선 강남역 3번 출구");
    assert_eq!(normalize(&row, &context).posting.job_location[0].code.as_deref(), Some("11680"));
}

#[test]
fn every_district_in_force_is_found_in_every_spelling() {
    let full = |short: &str| {
        let long = [
            ("서울", "서울특별시"),
            ("부산", "부산광역시"),
            ("대구", "대구광역시"),
            ("인천", "인천광역시"),
            ("대전", "대전광역시"),
            ("울산", "울산광역시"),
            ("경기", "경기도"),
            ("강원", "강원특별자치도"),
            ("충북", "충청북도"),
            ("충남", "충청남도"),
            ("전북", "전북특별자치도"),
            ("경북", "경상북도"),
            ("경남", "경상남도"),
            ("제주", "제주특별자치도"),
            ("전남광주", "전남광주통합특별시"),
            ("광주", "광주광역시"),
            ("전남", "전라남도"),
        ];
        long.iter().find(|(s, _)| *s == short).map(|(_, l)| (*l).to_owned())
    };
    let mut checked = 0;
    for line in include_str!("../../data/regions.tsv").lines().filter(|l| !l.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let Some((sido, district)) = cells[1].split_once(' ') else { continue };
        for day in ["2022-06-01", "2024-02-01", "2025-09-01", "2026-11-24"] {
            if canonical(cells[0], on(day)) != Some(cells[0]) {
                continue;
            }
            let sido_full = full(sido).unwrap_or_else(|| panic!("{sido}"));
            for spelled in [
                cells[1].to_owned(),
                format!("{sido_full} {district}"),
                format!("{sido} > {district}"),
                format!("{sido}{district}"),
                format!("{sido} {} 외", district),
                format!("{sido_full} {district} 중앙로 12, 3층"),
                format!("{sido} {district} {sido_full} {district} 중앙로 12"),
                format!("[{sido} {district}]"),
                format!("{sido} {}", district.replace(' ', "")),
            ] {
                let got = said(&spelled, on(day));
                assert_eq!(got.first().and_then(|p| p.code.as_deref()), Some(cells[0]), "{spelled} on {day}: {got:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 5_000, "{checked}");
}

proptest::proptest! {
    #[test]
    fn no_text_panics(raw in "\\PC{0,60}") {
        let _ = said(&raw, on("2026-11-24"));
    }

    #[test]
    fn moving_a_code_to_its_day_twice_is_once(n in 0usize..370, days in 0i64..9000) {
        let day = on("2005-01-01") + chrono::TimeDelta::days(days);
        let code = include_str!("../../data/regions.tsv").lines().nth(n % 370 + 3).and_then(|l| l.split('\t').next()).unwrap_or("11").to_owned();
        if let Some(first) = canonical(&code, day) {
            proptest::prop_assert_eq!(canonical(first, day), Some(first));
        }
    }
}
