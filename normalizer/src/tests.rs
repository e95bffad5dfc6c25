//! The crate as a whole: one ordinary row, and hostile ones through every field.

use super::*;
use proptest::prelude::*;

fn context() -> Context<'static> {
    Context { source: "test", fetched_on: "2026-11-24".parse().unwrap() }
}

fn row(fields: &[(RawField, &str)]) -> RawPosting {
    let mut row = RawPosting::at(0);
    for (field, text) in fields {
        row.set(*field, *text);
    }
    row
}

#[test]
fn an_ordinary_row_is_read_whole() {
    let raw = row(&[
        (RawField::Title, "[급구] 백엔드 개발자 &amp; 서버 운영 (~12/31)"),
        (RawField::Company, "㈜한빛소프트 판교지점"),
        (RawField::BusinessNumber, "124-81-00998"),
        (RawField::RegionCode, "41135"),
        (RawField::Region, "경기 성남시 분당구"),
        (RawField::Pay, "연봉 3,000 만원 ~ 4,800 만원"),
        (RawField::EmploymentType, "정규직·계약직"),
        (RawField::Career, "신입·경력1년↑"),
        (RawField::Education, "대졸(2~3년) ~ 대졸(4년)"),
        (RawField::Headcount, "2명"),
        (RawField::WorkHours, "주 40시간"),
        (RawField::ValidThrough, "채용시까지  26-12-31"),
        (RawField::DatePosted, "20261101"),
        (RawField::Url, "https://www.jobkorea.co.kr/Recruit/GI_Read/1?Oem_Code=C900&api=KEY"),
        (RawField::OriginProvider, "CJK"),
        (RawField::OriginId, "22334455"),
        (RawField::Requisition, "REQ-7"),
        (RawField::Status, "모집중"),
        (RawField::Description, "<p>서버를 만듭니다.</p><p>문의 010-1234-5678, hr@a.co.kr</p>"),
    ]);
    let got = normalize(&raw, &context());
    assert_eq!(got.findings, []);
    assert_eq!(vet(&got, "2026-11-24".parse().unwrap()), []);
    assert_eq!(got.contact.phones, ["01012345678"]);
    assert_eq!(got.contact.emails, ["hr@a.co.kr"]);
    let mut posting = got.posting;
    assert!(posting.provenance.len() >= 14);
    posting.provenance.clear();
    insta::assert_snapshot!(serde_json::to_string_pretty(&posting).unwrap(), @r#"
    {
      "title": "백엔드 개발자 & 서버 운영",
      "hiring_organization": {
        "name": "(주)한빛소프트 판교지점",
        "match_name": "한빛소프트",
        "legal_form": "주식회사",
        "branch": "판교지점",
        "business_number": "1248100998"
      },
      "job_location": [
        {
          "code": "41135",
          "name": "경기 성남시 분당구"
        }
      ],
      "occupation": {
        "code": "133200",
        "name": "응용 소프트웨어 개발자",
        "confidence": 700,
        "evidence": "개발자"
      },
      "employment_type": [
        "PERMANENT",
        "CONTRACT"
      ],
      "base_salary": {
        "period": "YEAR",
        "min": 30000000,
        "max": 48000000,
        "hourly": 11962
      },
      "education": {
        "min": "associate",
        "max": "bachelor"
      },
      "experience": {
        "newcomer": true,
        "experienced": true,
        "min_months": 12
      },
      "total_job_openings": 2,
      "weekly_minutes": 2400,
      "work_hours": "주 40시간",
      "description": "서버를 만듭니다.\n문의 [연락처], [이메일]",
      "date_posted": "2026-11-01",
      "closing": {
        "kind": "until_filled",
        "valid_through": "2026-12-31"
      },
      "status": "open",
      "url": "https://www.jobkorea.co.kr/Recruit/GI_Read/1",
      "origin": {
        "provider": "CJK",
        "id": "22334455"
      },
      "requisition": "REQ-7",
      "rules": 2
    }
    "#);
}

#[test]
fn what_is_missing_holds_a_posting() {
    let got = normalize(&RawPosting::at(0), &context());
    let held: Vec<_> = got.findings.iter().filter(|f| f.effect == Effect::Holds).map(|f| f.rule.as_ref()).collect();
    assert_eq!(held, ["title.missing", "company.missing"]);
}

#[test]
fn what_is_not_understood_is_said() {
    let raw = row(&[
        (RawField::Title, "사원"),
        (RawField::Company, "한빛"),
        (RawField::Region, "어딘가 좋은 곳"),
        (RawField::Pay, "많이"),
        (RawField::Career, "글쎄"),
        (RawField::Education, "운전면허"),
        (RawField::EmploymentType, "?X9"),
        (RawField::ValidThrough, "언젠가"),
        (RawField::DatePosted, "그때"),
        (RawField::Headcount, "글쎄"),
        (RawField::Status, "글쎄"),
        (RawField::CloseType, "?9"),
        (RawField::OccupationCode, "?77"),
        (RawField::Url, "없는 주소"),
    ]);
    let mut rules: Vec<_> = normalize(&raw, &context()).findings.into_iter().map(|f| f.rule.into_owned()).collect();
    rules.sort();
    insta::assert_snapshot!(rules.join("\n"), @r"
    career.not_understood
    closing.not_understood
    closing.unknown_code
    date_posted.not_understood
    education.not_understood
    employment_type.unknown_code
    headcount.not_understood
    occupation.unknown_code
    pay.not_understood
    region.not_understood
    status.not_understood
    url.not_understood
    ");
}

#[test]
fn source_words_for_nothing_are_no_findings() {
    let raw = row(&[
        (RawField::Title, "사원"),
        (RawField::Company, "한빛"),
        (RawField::Region, "-"),
        (RawField::Pay, "정보 없음"),
        (RawField::ValidThrough, "None"),
        (RawField::Url, "null"),
        (RawField::OriginId, "0"),
    ]);
    let got = normalize(&raw, &context());
    assert_eq!(got.findings, []);
    assert_eq!(got.posting.origin, None);
}

#[test]
fn contact_fields_go_to_the_contact_record_only() {
    let raw = row(&[
        (RawField::Title, "사원 010-9999-8888"),
        (RawField::Company, "한빛 010-7777-6666"),
        (RawField::Address, "서울 강남구 테헤란로 1 (010-5555-4444)"),
        (RawField::ContactName, "장은은"),
        (RawField::ContactPhone, "02-123-4567, 010-1111-2222"),
        (RawField::ContactEmail, "HR@A.co.kr"),
        (RawField::HowToApply, "hr2@a.co.kr 로 제출"),
    ]);
    let got = normalize(&raw, &context());
    assert_eq!(got.contact.names, ["장은은"]);
    assert_eq!(got.contact.phones, ["01099998888", "01077776666", "01055554444", "021234567", "01011112222"]);
    assert_eq!(got.contact.emails, ["hr2@a.co.kr", "hr@a.co.kr"]);
    let shown = serde_json::to_string(&got.posting).unwrap() + &serde_json::to_string(&got.findings).unwrap();
    for secret in ["장은은", "9999-8888", "hr2@", "1111", "7777", "5555"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_row_panics(texts in proptest::collection::vec("(\\PC|[0-9~./만원년월일세시&<>@\n-]){0,60}", RawField::ALL.len())) {
        let mut raw = RawPosting::at(0);
        for (field, text) in RawField::ALL.iter().zip(&texts) {
            raw.set(*field, text.as_str());
        }
        let got = normalize(&raw, &context());
        let _ = vet(&got, "2026-11-24".parse().unwrap());
        prop_assert_eq!(normalize(&raw, &context()), got);
    }

    #[test]
    fn the_order_in_which_fields_were_given_does_not_matter(seed in proptest::collection::vec(0usize..1000, 12)) {
        let mut fields = vec![
            (RawField::Title, "[급구] 백엔드 개발자 3명 (~12/31)"),
            (RawField::Company, "(주)한빛 강남점"),
            (RawField::Region, "서울 강남구, 경기 성남시"),
            (RawField::Address, "서울 강남구 테헤란로 1"),
            (RawField::Pay, "월급 250만원 이상"),
            (RawField::PayPeriod, "월급"),
            (RawField::WorkHours, "주 40시간"),
            (RawField::Career, "경력 3~5년"),
            (RawField::ValidThrough, "채용시까지 26-12-31"),
            (RawField::DatePosted, "26-11-01"),
            (RawField::Description, "문의 010-1234-5678"),
            (RawField::HowToApply, "hr@a.co.kr 로 제출"),
        ];
        let straight = normalize(&row(&fields), &context());
        for (n, at) in seed.into_iter().enumerate() {
            let len = fields.len();
            fields.swap(n % len, at % len);
        }
        prop_assert_eq!(normalize(&row(&fields), &context()), straight);
    }

    #[test]
    fn what_was_cleaned_is_clean(picks in proptest::collection::vec(0usize..13, 1..6)) {
        let parts = ["[급구]", "(초보가능)", "백엔드 개발자", "★", "(~12/31)", "3명 모집", "&amp;", "[상시채용]", "요양보호사", "(주5일)", "<주간>", "D-3", "(5명)"];
        let raw = picks.iter().map(|n| parts[*n]).collect::<Vec<_>>().join(" ");
        let line = text::line(&raw).into_owned();
        prop_assert_eq!(text::line(&line), line.as_str());
        let once = title::parse(&line);
        // a title that is nothing but a badge keeps it
        if !once.title.starts_with(['[', '(']) {
            let twice = title::parse(&once.title);
            prop_assert_eq!(&twice.title, &once.title);
        }
        let company = company::match_name(&format!("(주){line}"));
        prop_assert_eq!(company::match_name(&company), company);
    }

    #[test]
    fn the_order_of_a_list_of_contracts_does_not_matter(mut kinds in proptest::sample::subsequence(vec!["정규직", "계약직", "인턴", "파견직", "프리랜서", "아르바이트"], 1..6)) {
        let straight = employment_type::said(&kinds.join("·"));
        kinds.reverse();
        prop_assert_eq!(employment_type::said(&kinds.join(", ")), straight);
    }
}
