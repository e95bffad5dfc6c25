//! What each level means, as tables.

use chrono::NaiveDate;
use normalizer::{
    CloseKind, Closing, Contact, Degree, Education, Experience, Occupation, Organization, Origin, Pay, PayPeriod,
    Place, Posting,
};
use proptest::prelude::*;

use super::*;
use crate::SourceTraits;

fn of(source: u32, id: &str, posting: &Posting) -> Profile {
    let traits = SourceTraits {
        number: source,
        name: format!("source{source}"),
        provider_codes: vec![format!("C{source}")],
        repeats_itself: false,
    };
    Profile::of(i64::from(source) * 100 + id.len() as i64, &traits, id, posting, &Contact::default())
}

/// The word of a comparison's level for two postings of two sources.
fn level(comparison: usize, a: &Posting, b: &Posting) -> &'static str {
    let (a, b) = (of(1, "a", a), of(2, "b", b));
    let levels = compare(&a, &b, &Common::default());
    assert_eq!(levels, compare(&b, &a, &Common::default()), "not symmetric");
    TABLE[comparison].levels[usize::from(levels.0[comparison])]
}

fn table(comparison: usize, rows: &[(Posting, Posting)], value: impl Fn(&Posting) -> String) -> String {
    rows.iter().map(|(a, b)| format!("{} ~ {} -> {}\n", value(a), value(b), level(comparison, a, b))).collect()
}

fn titled(title: &str) -> Posting {
    Posting { title: title.to_owned(), ..Posting::default() }
}

#[test]
fn titles() {
    let rows: Vec<_> = [
        ("[급구] 병동 간호사 채용", "병동간호사 모집"),
        ("전임강사 초등 수학", "초등 수학 전임강사"),
        ("병동 간호사", "병동 간호사 (야간)"),
        ("병동 간호사 (주간)", "병동 간호사 (야간)"),
        ("홀서빙 및 주방보조", "홀서빙, 주방보조"),
        ("백엔드 개발자", "자바 백엔드 개발자 3년 이상"),
        ("[검색팀] 백엔드 개발자", "[검색팀] 마케터"),
        ("[검색팀] 백엔드 개발자", "백엔드 개발자"),
        ("[검색팀] 백엔드 개발자", "[추천팀] 백엔드 개발자"),
        ("[신입] 백엔드 개발자", "백엔드 개발자"),
        ("개발자(ML)", "개발자(백엔드)"),
        ("Machine Learning Engineer", "Senior Machine Learning Engineer"),
        ("지게차 운전원", "간호조무사"),
        ("", "간호조무사"),
    ]
    .map(|(a, b)| (titled(a), titled(b)))
    .into();
    insta::assert_snapshot!(table(TITLE, &rows, |p| p.title.clone()), @r"
    [급구] 병동 간호사 채용 ~ 병동간호사 모집 -> same
    전임강사 초등 수학 ~ 초등 수학 전임강사 -> same
    병동 간호사 ~ 병동 간호사 (야간) -> same but a note
    병동 간호사 (주간) ~ 병동 간호사 (야간) -> alike, other note
    홀서빙 및 주방보조 ~ 홀서빙, 주방보조 -> same
    백엔드 개발자 ~ 자바 백엔드 개발자 3년 이상 -> very alike
    [검색팀] 백엔드 개발자 ~ [검색팀] 마케터 -> other
    [검색팀] 백엔드 개발자 ~ 백엔드 개발자 -> same
    [검색팀] 백엔드 개발자 ~ [추천팀] 백엔드 개발자 -> alike, other note
    [신입] 백엔드 개발자 ~ 백엔드 개발자 -> same but a note
    개발자(ML) ~ 개발자(백엔드) -> alike, other note
    Machine Learning Engineer ~ Senior Machine Learning Engineer -> alike, other note
    지게차 운전원 ~ 간호조무사 -> other
     ~ 간호조무사 -> unknown
    ");
}

#[test]
fn employers() {
    let named = |name: &str| Posting {
        hiring_organization: Organization { name: name.to_owned(), ..Organization::default() },
        ..Posting::default()
    };
    let rows: Vec<_> = [
        ("㈜다온정밀", "다온정밀 주식회사"),
        ("다온정밀", "다온정밀 본사"),
        ("데이블(Dable)", "주식회사 데이블"),
        ("서해대명개발", "서해대명개밟"),
        ("해솔한의원", "해솔한의원앤에스"),
        ("삼성전자", "삼성전기"),
        ("다온정밀", "대한아웃소싱"),
        ("한빛인력개발", "대한아웃소싱"),
        ("다온정밀", "한빛물산"),
        ("", "한빛물산"),
    ]
    .map(|(a, b)| (named(a), named(b)))
    .into();
    insta::assert_snapshot!(table(COMPANY, &rows, |p| p.hiring_organization.name.clone()), @r"
    ㈜다온정밀 ~ 다온정밀 주식회사 -> same
    다온정밀 ~ 다온정밀 본사 -> same
    데이블(Dable) ~ 주식회사 데이블 -> same
    서해대명개발 ~ 서해대명개밟 -> nearly
    해솔한의원 ~ 해솔한의원앤에스 -> part
    삼성전자 ~ 삼성전기 -> alike
    다온정밀 ~ 대한아웃소싱 -> an agency
    한빛인력개발 ~ 대한아웃소싱 -> other
    다온정밀 ~ 한빛물산 -> other
     ~ 한빛물산 -> unknown
    ");
}

#[test]
fn workplaces() {
    let at = |code: &str, address: &str| Posting {
        job_location: vec![Place {
            code: (!code.is_empty()).then(|| code.to_owned()),
            name: String::new(),
            address: (!address.is_empty()).then(|| address.to_owned()),
        }],
        ..Posting::default()
    };
    let rows: Vec<_> = [
        (("11680", "서울 강남구 역삼동"), ("11680", "서울특별시 강남구 역삼동 12")),
        (("11680", ""), ("11680", "")),
        (("11", ""), ("11680", "")),
        (("11680", "서울 강남구 역삼동"), ("41135", "서울 강남구 역삼동")),
        (("11680", "서울 강남구 역삼동"), ("11680", "서울 강남구 삼성동")),
        (("11680", ""), ("11650", "")),
        (("11680", ""), ("41135", "")),
        (("", "서울 중구 명동"), ("", "부산 중구 중앙동")),
        (("00", ""), ("11680", "")),
    ]
    .map(|((c, d), (e, f))| (at(c, d), at(e, f)))
    .into();
    let value = |p: &Posting| {
        let place = &p.job_location[0];
        format!("{} {}", place.code.as_deref().unwrap_or("-"), place.address.as_deref().unwrap_or("-"))
    };
    insta::assert_snapshot!(table(PLACE, &rows, value), @r"
    11680 서울 강남구 역삼동 ~ 11680 서울특별시 강남구 역삼동 12 -> same
    11680 - ~ 11680 - -> same district
    11 - ~ 11680 - -> same province
    11680 서울 강남구 역삼동 ~ 41135 서울 강남구 역삼동 -> same words, other code
    11680 서울 강남구 역삼동 ~ 11680 서울 강남구 삼성동 -> some words
    11680 - ~ 11650 - -> other district
    11680 - ~ 41135 - -> other province
    - 서울 중구 명동 ~ - 부산 중구 중앙동 -> other words
    00 - ~ 11680 - -> unknown
    ");
}

#[test]
fn pay_in_comparable_periods() {
    let paid = |period: PayPeriod, min: i64| Posting {
        base_salary: Some(Pay { period: Some(period), min: Some(min), ..Pay::default() }),
        ..Posting::default()
    };
    let rows = [
        (paid(PayPeriod::Year, 33_600_000), paid(PayPeriod::Month, 2_800_000)),
        (paid(PayPeriod::Hour, 10_000), paid(PayPeriod::Month, 2_090_000)),
        (paid(PayPeriod::Year, 36_000_000), paid(PayPeriod::Year, 34_500_000)),
        (paid(PayPeriod::Year, 36_000_000), paid(PayPeriod::Year, 30_000_000)),
        (paid(PayPeriod::Year, 36_000_000), paid(PayPeriod::Year, 24_000_000)),
        (paid(PayPeriod::Piece, 3_000), paid(PayPeriod::Year, 24_000_000)),
        (paid(PayPeriod::Year, i64::MAX), paid(PayPeriod::Hour, i64::MAX)),
    ];
    let value = |p: &Posting| p.base_salary.as_ref().map_or(String::new(), |s| format!("{:?} {:?}", s.period, s.min));
    insta::assert_snapshot!(table(PAY, &rows, value), @r"
    Some(Year) Some(33600000) ~ Some(Month) Some(2800000) -> equal
    Some(Hour) Some(10000) ~ Some(Month) Some(2090000) -> equal
    Some(Year) Some(36000000) ~ Some(Year) Some(34500000) -> near
    Some(Year) Some(36000000) ~ Some(Year) Some(30000000) -> far
    Some(Year) Some(36000000) ~ Some(Year) Some(24000000) -> other
    Some(Piece) Some(3000) ~ Some(Year) Some(24000000) -> unknown
    Some(Year) Some(9223372036854775807) ~ Some(Hour) Some(9223372036854775807) -> unknown
    ");
}

#[test]
fn lives_one_beside_or_after_the_other() {
    let day = |n: i32| NaiveDate::from_num_days_from_ce_opt(739_000 + n);
    let life = |from: i32, to: Option<i32>| {
        let posting = Posting {
            date_posted: day(from),
            closing: Closing { kind: Some(CloseKind::ByDate), valid_through: to.and_then(day) },
            ..Posting::default()
        };
        of(1, &format!("{from}{to:?}"), &posting).with_life(None, to.and_then(day).map(crate::day_number))
    };
    let rows = [
        (life(0, Some(20)), life(1, Some(20))),
        (life(0, Some(20)), life(6, Some(25))),
        (life(0, Some(20)), life(15, Some(40))),
        (life(0, Some(20)), life(25, Some(40))),
        (life(0, Some(20)), life(80, Some(90))),
        (life(0, Some(20)), life(200, None)),
        (life(0, None), life(200, None)),
    ];
    let lines: String = rows
        .iter()
        .map(|(a, b)| {
            let levels = compare(a, b, &Common::default());
            let words = |at: usize| TABLE[at].levels[usize::from(levels.0[at])];
            format!("{} / {} / exclusive {}\n", words(TIMING), words(CLOSING), exclusive(a, b))
        })
        .collect();
    insta::assert_snapshot!(lines, @r"
    same day / same day / exclusive true
    same week / within 10 days / exclusive true
    overlap / other / exclusive true
    soon after / unknown / exclusive false
    later / unknown / exclusive false
    long after / unknown / exclusive false
    overlap / unknown / exclusive true
    ");
}

#[test]
fn what_is_asked_for_and_what_work_it_is() {
    let asking = |degree: Option<Degree>, newcomer: bool, work: &str| Posting {
        education: Some(Education { min: degree, max: None }),
        experience: Some(Experience { newcomer, experienced: !newcomer, ..Experience::default() }),
        occupation: Some(Occupation { code: Some(work.to_owned()), ..Occupation::default() }),
        ..Posting::default()
    };
    let base = asking(Some(Degree::High), true, "8131");
    let rows = [
        asking(Some(Degree::High), true, "813100"),
        asking(Some(Degree::Bachelor), true, "8139"),
        asking(Some(Degree::Bachelor), false, "81"),
        asking(None, false, "8211"),
        asking(None, true, "0251"),
    ]
    .map(|other| (base.clone(), other));
    let both: String =
        rows.iter().map(|(a, b)| format!("{} / {}\n", level(ASKED, a, b), level(OCCUPATION, a, b))).collect();
    insta::assert_snapshot!(both, @r"
    same / same
    one other / same group
    other / same field
    other / other
    same / other
    ");
}

#[test]
fn what_portals_say_is_guarded() {
    let job = |title: &str, company: &str, origin: Option<(&str, &str)>| Posting {
        title: title.to_owned(),
        hiring_organization: Organization { name: company.to_owned(), ..Organization::default() },
        origin: origin.map(|(provider, id)| Origin {
            provider: Some(provider.to_owned()),
            id: Some(id.to_owned()),
            url: None,
        }),
        date_posted: NaiveDate::from_ymd_opt(2026, 7, 1),
        ..Posting::default()
    };
    let original = of(1, "77", &job("용접원", "다온정밀", None));
    let aliased = of(1, "78", &job("용접원", "다온정밀", Some(("C1", "5"))));
    let copy = |code: &str, id: &str, title: &str| of(2, "x", &job(title, "한빛물산", Some((code, id))));
    let word =
        |a: &Profile, b: &Profile| TABLE[ORIGIN].levels[usize::from(compare(a, b, &Common::default()).0[ORIGIN])];
    let rows = [
        ("by code", word(&original, &copy("c1", "77", "용접원")), "named"),
        ("by name", word(&original, &copy("source1", "77", "용접원")), "named"),
        ("by its other id", word(&aliased, &copy("C1", "5", "용접원")), "named"),
        ("another id", word(&original, &copy("C1", "76", "용접원")), "other origin"),
        ("another provider", word(&original, &copy("C9", "77", "용접원")), "unknown"),
        ("another job", word(&original, &copy("C1", "77", "간호조무사")), "named, another job"),
        ("two copies", word(&copy("C1", "77", "용접원"), &copy("C1", "77", "용접원")), "same origin"),
    ];
    for (what, found, expected) in rows {
        assert_eq!(found, expected, "{what}");
    }
}

proptest! {
    #[test]
    fn any_text_makes_a_profile_that_is_kept_and_compared(
        title in ".{0,60}", company in ".{0,30}", text in ".{0,400}", place in ".{0,30}", code in "[0-9]{0,6}",
        id in ".{0,20}", pay in any::<Option<i64>>(),
    ) {
        let posting = Posting {
            title,
            hiring_organization: Organization { name: company, ..Organization::default() },
            description: Some(text),
            job_location: vec![Place { code: Some(code.clone()), name: place.clone(), address: Some(place) }],
            occupation: Some(Occupation { code: Some(code), ..Occupation::default() }),
            base_salary: Some(Pay { period: Some(PayPeriod::Hour), min: pay, max: pay, ..Pay::default() }),
            ..Posting::default()
        };
        let one = of(1, &id, &posting);
        prop_assert!(one.keys().len() <= crate::KEYS_MAX);
        let bytes = one.to_bytes();
        prop_assert!(bytes.len() <= crate::PROFILE_BYTES_MAX);
        prop_assert_eq!(Profile::from_bytes(&bytes).unwrap(), one.clone());
        let other = of(2, &id, &posting);
        let levels = compare(&one, &other, &Common::default());
        for (level, comparison) in levels.0.iter().zip(&TABLE) {
            prop_assert!(usize::from(*level) < comparison.levels.len());
        }
        prop_assert_eq!(levels, compare(&other, &one, &Common::default()));
        let explained = crate::explain(&one, &other, &crate::Model::default());
        prop_assert!(explained.to_string().contains("verdict"));
        prop_assert_eq!(explained.sum, crate::Model::default().score(&levels));
    }

    #[test]
    fn damaged_bytes_are_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Profile::from_bytes(&bytes);
        let mut stored = of(1, "a", &titled("용접원")).to_bytes();
        stored.truncate(bytes.len());
        let whole = stored.len() == of(1, "a", &titled("용접원")).to_bytes().len();
        prop_assert_eq!(Profile::from_bytes(&stored).is_ok(), whole);
    }
}
