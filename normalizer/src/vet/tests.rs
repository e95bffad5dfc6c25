use super::*;
use crate::{Context, RawField, RawPosting, Verdict, normalize};

fn judged(fields: &[(RawField, &str)], law_of: &str) -> Vec<Finding> {
    let mut row = RawPosting::at(0);
    row.set(RawField::Title, "사원 모집");
    row.set(RawField::Company, "한빛전자");
    for (field, text) in fields {
        row.set(*field, *text);
    }
    let context = Context { source: "t", fetched_on: "2026-11-24".parse().unwrap() };
    crate::vet(&normalize(&row, &context), law_of.parse().unwrap())
}

fn rules(text: &str) -> String {
    let found = judged(&[(RawField::Description, text)], "2026-11-24");
    let mut names: Vec<String> = found.iter().map(|f| format!("{}:{:?}", f.rule, f.effect)).collect();
    names.sort();
    names.join(" ")
}

#[test]
fn pay_is_judged_by_the_wage_of_the_day() {
    for (pay, hours, law_of, want) in [
        ("시급 10,320원", "", "2026-11-24", None),
        ("시급 10,300원", "", "2026-11-24", Some(Effect::Rejects)),
        ("시급 10,320원", "", "2027-01-01", Some(Effect::Rejects)),
        ("시급 10,030원", "", "2025-12-31", None),
        ("시급 9,800~12,000원", "", "2026-11-24", Some(Effect::Rejects)),
        ("월급 2,156,880원", "주 40시간", "2026-11-24", None),
        ("월급 2,100,000원", "주 40시간", "2026-11-24", Some(Effect::Rejects)),
        ("월급 1,200,000원", "주 20시간", "2026-11-24", None),
        ("월급 2,100,000원", "", "2026-11-24", Some(Effect::Reviews)),
        ("월급 2,500,000원", "", "2026-11-24", None),
        ("연봉 2,400만원", "주 40시간", "2026-11-24", Some(Effect::Rejects)),
        ("연봉 3,000만원", "", "2026-11-24", None),
        ("일급 70,000원", "09:00 ~ 18:00", "2026-11-24", Some(Effect::Rejects)),
        ("일급 70,000원", "", "2026-11-24", Some(Effect::Reviews)),
        ("일급 90,000원", "09:00 ~ 18:00", "2026-11-24", None),
        ("면접 후 결정", "", "2026-11-24", None),
        ("건별 1,000원", "", "2026-11-24", None),
    ] {
        let found = judged(&[(RawField::Pay, pay), (RawField::WorkHours, hours)], law_of);
        let effect = found.iter().find(|f| f.rule == "MW").map(|f| f.effect);
        assert_eq!(effect, want, "{pay} {hours} {law_of}: {found:?}");
    }
    assert_eq!(hourly_minimum("2018-05-01".parse().unwrap()), Some(7530));
}

#[test]
fn recruiting_by_sex_is_found_and_exceptions_pass() {
    for (text, want) in [
        ("여성 우대", "SEX:Holds"),
        ("남자 사원모집", "SEX:Holds"),
        ("남 자 사 원 모집", "SEX:Holds"),
        ("ㄴㅏㅁㅈㅏ ㅅㅏㅇㅝㄴ ㅁㅗㅈㅣㅂ", "SEX:Holds"),
        ("女性 우대", "SEX:Holds"),
        ("여\u{200b}성 우\u{200b}대", "SEX:Holds"),
        ("ㅋㅋ 즐거운 회사", ""),
        ("주방 이모 구합니다", "SEX:Holds"),
        ("신장 160 이상", "SEX:Holds"),
        ("훈훈한 외모", "SEX:Holds"),
        ("용모 단정하신 분", "SEX:Holds"),
        ("여자 트레이너 모집", "SEX:Holds"),
        ("20대 여성 환영", "AGE:Holds SEX:Holds"),
        ("미혼 여성", "SEX:Holds"),
        ("성별 무관, 남성 여성 모두 지원 가능", ""),
        ("남성의 경우 병역필 또는 면제자", ""),
        ("여성 의류 MD 모집", ""),
        ("강남 자동차 정비 모집", ""),
        ("인공신장실 간호사 모집", ""),
        ("여성전용 사우나 관리", ""),
        ("여성기업 우대", ""),
        ("경력단절여성 우대", ""),
        ("용모·키·체중에 따른 차별을 하지 않습니다", ""),
        ("미혼모 시설 근무", ""),
        ("여성 고객 상담원 모집", ""),
        ("키오스크 160대 관리", ""),
    ] {
        assert_eq!(rules(text), want, "{text}");
    }
    let title = judged(&[(RawField::Title, "주방(男)/홀(女) 직원")], "2026-11-24");
    assert!(title.iter().any(|f| f.rule == "SEX" && f.effect == Effect::Holds && f.field == "title"), "{title:?}");
}

#[test]
fn limits_of_age_are_found_and_exceptions_pass() {
    for (text, want) in [
        ("35세 이하", "AGE:Holds"),
        ("만 40세 미만인 자", "AGE:Holds"),
        ("1990년 이후 출생자", "AGE:Holds"),
        ("90년생 이후 지원", "AGE:Holds"),
        ("2024년 졸업자", "AGE:Holds"),
        ("졸업 후 2년 이내", "AGE:Holds"),
        ("20~30대 우대", "AGE:Holds"),
        ("2O대 환영", "AGE:Holds"),
        ("３５세 이하", "AGE:Holds"),
        ("연령: 20~40세", "AGE:Holds"),
        ("20세~35세", "AGE:Holds"),
        ("정년 60세 이하인 자", ""),
        ("만 18세 미만은 지원할 수 없습니다", ""),
        ("만 34세 이하 청년일자리도약장려금 대상자", ""),
        ("만 5세 이하 아동 돌봄", ""),
        ("고객 20~30대 대상 마케팅", ""),
        ("연령 무관", ""),
        ("지게차 20대 보유", ""),
        ("경력 35년 이하", ""),
    ] {
        assert_eq!(rules(text), want, "{text}");
    }
}

#[test]
fn demands_for_private_matters_fees_and_forbidden_business_are_found() {
    for (text, want) in [
        ("이력서에 혼인여부, 본적 기재", "PII:Holds"),
        ("부모님 직업을 기재해 주세요", "PII:Holds"),
        ("가족관계증명서 제출", "PII:Reviews"),
        ("최종합격자에 한해 가족관계증명서 제출", ""),
        ("출신지역, 가족사항을 기재하지 마십시오", ""),
        ("교육비 본인부담 30만원", "FEE:Holds"),
        ("교육비 지원", ""),
        ("지입차 기사 모집", "FEE:Holds"),
        ("지입 아님, 월급제", ""),
        ("기숙사 보증금 지원", ""),
        ("차량 구입 후 근무", "FEE:Holds"),
        ("노래방 도우미 모집", "ADV:Rejects"),
        ("선불금 가능", "ADV:Rejects"),
        ("선불 요금제 가입 상담", ""),
        ("회원 모집 실적에 따라 수당 지급", "FA1:Reviews"),
        ("성매매피해자 상담소 근무", ""),
    ] {
        assert_eq!(rules(text), want, "{text}");
    }
}

#[test]
fn a_withheld_employer_is_held() {
    let found = judged(&[(RawField::Company, "회사명 비공개")], "2026-11-24");
    assert!(found.iter().any(|f| f.rule == "FA2" && f.effect == Effect::Holds));
    assert_eq!(Verdict::of(&found), Verdict::Hold);
}

#[test]
fn a_rule_not_yet_in_force_finds_nothing() {
    let text = [(RawField::Description, "이력서에 혼인여부 기재")];
    assert!(judged(&text, "2019-07-16").iter().all(|f| f.rule != "PII"));
    assert!(judged(&text, "2019-07-17").iter().any(|f| f.rule == "PII"));
}

#[test]
fn every_finding_of_vetting_names_an_article_and_masks_its_span() {
    let found = judged(&[(RawField::Description, "남자 사원 모집 010-1234-5678 문의")], "2026-11-24");
    assert!(!found.is_empty());
    for finding in found {
        assert!(finding.article.is_some());
        assert!(!finding.span.contains("1234"), "{}", finding.span);
    }
}

#[test]
fn every_word_of_the_lexicon_belongs_to_a_rule_of_law() {
    for line in include_str!("../../data/vet_words.tsv").lines().filter(|l| !l.starts_with('#')).skip(1) {
        let rule = line.split('\t').next().unwrap();
        assert!(laws().iter().any(|law| law.id == rule), "{line}");
    }
}

#[test]
fn work_of_next_year_needs_next_years_wage() {
    for (closing, want) in [
        ("2026-12-31", None),
        ("2027-01-15", Some(Effect::Reviews)),
        // a sentinel is no day of work
        ("2099-12-31", None),
    ] {
        let found = judged(&[(RawField::Pay, "시급 10,320원"), (RawField::ValidThrough, closing)], "2026-11-24");
        let finding = found.iter().find(|f| f.rule == "MW");
        assert_eq!(finding.map(|f| f.effect), want, "{closing}: {found:?}");
        assert!(finding.is_none_or(|f| f.span.contains("10700원 (2027-01-15)")), "{finding:?}");
    }
}

#[test]
fn wording_is_found_in_every_free_field() {
    for field in [
        RawField::Title,
        RawField::Description,
        RawField::Requirements,
        RawField::Preferences,
        RawField::HowToApply,
        RawField::Keywords,
        RawField::Benefits,
        RawField::WorkHours,
        RawField::EmploymentType,
        RawField::Education,
        RawField::Career,
        RawField::Pay,
        RawField::Occupation,
    ] {
        let found = judged(&[(field, "판매직 여성 우대, 35세 이하 우대")], "2026-11-24");
        for rule in ["SEX", "AGE"] {
            assert!(found.iter().any(|f| f.rule == rule && !f.span.is_empty()), "{field:?} {rule}: {found:?}");
        }
    }
    let badge = judged(&[(RawField::Title, "[여성우대] 경리 사원")], "2026-11-24");
    assert!(badge.iter().any(|f| f.rule == "SEX" && f.field == "title"), "{badge:?}");
}

#[test]
fn tricks_with_spaces_widths_jamo_and_signs_are_undone() {
    for text in [
        "여 성 우 대",
        "여.성.우.대",
        "여*성*우*대",
        "여·성 우·대",
        "여\u{200b}성\u{200b}우대",
        "여성　우대",
        "ㅇㅕ성 우대",
        "女性 우대",
        "여_성_우_대",
        "여 . 성 . 우 . 대",
    ] {
        assert!(rules(text).contains("SEX:Holds"), "{text}: {}", rules(text));
    }
    for text in ["３５세 이하", "3 5 세 이 하", "35세↓", "3ㅇ대 우대", "2O대 환영", "만 35 세 이하"]
    {
        assert!(rules(text).contains("AGE:Holds"), "{text}: {}", rules(text));
    }
}

fn judged_with(fields: &[(RawField, &str)], facts: &Facts) -> Vec<(String, Effect, String)> {
    let mut row = RawPosting::at(0);
    row.set(RawField::Title, "사원 모집");
    row.set(RawField::Company, "(주)한빛전자");
    for (field, text) in fields {
        row.set(*field, *text);
    }
    let day: NaiveDate = "2026-11-24".parse().unwrap();
    let context = Context { source: "t", fetched_on: day };
    let found = crate::vet_with(&normalize(&row, &context), day, facts);
    found.into_iter().map(|f| (f.rule.into_owned(), f.effect, f.span)).collect()
}

#[test]
fn facts_from_other_systems_are_judged() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let business = |status, since: Option<&str>, name: Option<&str>| Facts {
        business: Some(Business { status, since: since.map(day), name: name.map(str::to_owned) }),
        ..Facts::default()
    };
    let arrears = |from, until: Option<&str>| Facts {
        arrears: Some(Arrears { from: day(from), until: until.map(day), won: Some(30_000_000) }),
        ..Facts::default()
    };
    for (facts, want) in [
        (Facts::default(), None),
        (business(BusinessStatus::Active, None, Some("주식회사 한빛전자")), None),
        (business(BusinessStatus::Active, None, Some("달빛물산")), Some(("ID", Effect::Lowers))),
        (business(BusinessStatus::Unknown, None, None), Some(("ID", Effect::Lowers))),
        (business(BusinessStatus::Closed, Some("2026-11-01"), None), Some(("COH", Effect::Holds))),
        (business(BusinessStatus::Closed, Some("2026-12-31"), None), None),
        (business(BusinessStatus::Suspended, None, None), Some(("COH", Effect::Reviews))),
        (arrears("2025-01-01", None), Some(("ARR", Effect::Holds))),
        (arrears("2022-01-01", Some("2025-01-01")), None),
        (Facts { rejected_twin: Some("saramin/1 (SEX)".to_owned()), ..Facts::default() }, Some(("COH", Effect::Holds))),
        (Facts { filled: Some("고용보험 취득".to_owned()), ..Facts::default() }, Some(("COH", Effect::Reviews))),
    ] {
        let found = judged_with(&[], &facts);
        let first = found.first().map(|(rule, effect, _)| (rule.as_str(), *effect));
        assert_eq!((first, found.len()), (want, usize::from(want.is_some())), "{facts:?}: {found:?}");
    }
}

#[test]
fn terms_changed_for_the_worse_are_found() {
    let pay = |min, period| Some(crate::Pay { min: Some(min), period: Some(period), ..crate::Pay::default() });
    let before = |pay: Option<crate::Pay>, types: &[crate::EmploymentType], weekly| Facts {
        before: vec![Terms {
            of: "version 1".to_owned(),
            pay,
            employment_type: types.to_vec(),
            weekly_minutes: weekly,
        }],
        ..Facts::default()
    };
    use crate::{EmploymentType as Kind, PayPeriod as Period};
    let now =
        [(RawField::Pay, "월급 250만원"), (RawField::EmploymentType, "계약직"), (RawField::WorkHours, "주 40시간")];
    for (facts, want) in [
        (before(pay(3_000_000, Period::Month), &[], None), Some("version 1: 3000000원 → 2500000원")),
        (before(pay(2_500_000, Period::Month), &[], None), None),
        (before(pay(2_000_000, Period::Month), &[], None), None),
        (before(pay(40_000_000, Period::Year), &[], None), None),
        (before(None, &[Kind::Permanent], None), Some("version 1: 정규직 → 계약직")),
        (before(None, &[Kind::PartTime], None), None),
        (before(None, &[], Some(35 * 60)), None),
    ] {
        let found = judged_with(&now, &facts);
        let span = found.iter().find(|(rule, ..)| rule == "FA3").map(|(_, _, span)| span.as_str());
        assert_eq!(span, want, "{facts:?}: {found:?}");
    }
    let longer = Facts {
        before: vec![Terms { weekly_minutes: Some(35 * 60), pay: judged_pay(), ..Terms::default() }],
        ..Facts::default()
    };
    assert!(judged_with(&now, &longer).iter().any(|(rule, ..)| rule == "FA3"));
}

fn judged_pay() -> Option<crate::Pay> {
    let mut row = RawPosting::at(0);
    row.set(RawField::Pay, "월급 250만원");
    normalize(&row, &Context { source: "t", fetched_on: "2026-11-24".parse().unwrap() }).posting.base_salary
}

#[test]
fn small_employers_are_not_under_the_hiring_act() {
    let text = [(RawField::Description, "이력서에 혼인여부 기재")];
    for (employees, want) in [(None, Effect::Holds), (Some(30), Effect::Holds), (Some(29), Effect::Lowers)] {
        let found = judged_with(&text, &Facts { employees, ..Facts::default() });
        assert_eq!(
            found.iter().find(|(rule, ..)| rule == "PII").map(|(_, effect, _)| *effect),
            Some(want),
            "{employees:?}"
        );
    }
}

#[test]
fn every_rule_has_dates_an_article_and_a_remedy() {
    for id in ["MW", "ID", "FA1", "FA2", "FA3", "SEX", "AGE", "PII", "FEE", "ADV", "ARR", "COH"] {
        assert!(rules_of_law().contains(&id), "{id}");
        let remedy = remedy(id).unwrap();
        assert!(remedy.about.iter().chain(&remedy.todo).all(|words| !words.is_empty()), "{id}");
    }
    for law in laws() {
        assert!(!law.article.is_empty() && law.effect > Effect::None && !law.penalty.is_empty(), "{law:?}");
        assert!(law.to.is_none_or(|to| law.from < to), "{law:?}");
    }
    assert_eq!(remedy("company.missing").map(|r| r.rule), Some("company"));
}

fn rules_of_law() -> Vec<&'static str> {
    super::rules()
}

proptest::proptest! {
    #[test]
    fn no_text_panics_and_judging_twice_is_the_same(
        text in "(여성|남|女|우대|모집|35|세|이하|[0-9]{1,5}|대|년생|졸업|후|2년|이내|교육비|만원|납부|지입|차|본적|기재|키|[ㄱ-ㅣ]|↓|[,/()~:. \\n]|\\PC){0,40}"
    ) {
        let once = judged(&[(RawField::Description, &text)], "2026-11-24");
        proptest::prop_assert_eq!(&once, &judged(&[(RawField::Description, &text)], "2026-11-24"));
        for finding in once {
            proptest::prop_assert!(finding.article.is_some());
        }
    }
}
