//! The sample pages in the source folders are what these dialects say of a few ads. `UPDATE_SAMPLES=1` writes them;
//! otherwise they must still be the same.

use std::io::Read as _;
use std::path::PathBuf;

use chrono::{NaiveDate, NaiveDateTime};

use super::{dialects, portals};
use crate::{Ad, Employer, MarketTest, Request, View};

pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub(super) fn at(date: NaiveDate, hour: u32, minute: u32) -> NaiveDateTime {
    date.and_hms_opt(hour, minute, 0).unwrap()
}

pub(super) fn ads() -> Vec<Ad> {
    let plain = Ad {
        id: "47101001".into(),
        id2: "49201001".into(),
        title: "[경력] 물류센터 지게차 운전원 모집 (주5일)".into(),
        company: "㈜한빛물류".into(),
        business_number: "1208147521".into(),
        industry_code: "52102".into(),
        industry: "일반 창고업".into(),
        occupation_code: "078100".into(),
        occupation: "지게차 운전원".into(),
        region_code: "41610".into(),
        region: "경기 광주시".into(),
        address: "경기 광주시 초월읍 산수로 12".into(),
        pay_period: 'M',
        pay_min: 2_600_000,
        pay_max: 2_900_000,
        pay: "월급 260만원 ~ 290만원".into(),
        employment: "permanent",
        employment_words: "정규직".into(),
        career: Some((2, None)),
        career_words: "경력 2년↑".into(),
        education_code: "03",
        education_words: "고졸↑".into(),
        headcount: 3,
        work_hours: "(오전) 8시 30분 ~ (오후) 5시 30분".into(),
        work_days: "주5일근무".into(),
        benefits: "4대보험, 퇴직금, 중식 제공".into(),
        description: "지게차 상하차 및 재고 관리\n- 3톤 이상 면허 소지자\n- R&D 창고 <A동> 근무".into(),
        requirements: "지게차운전기능사".into(),
        how_to_apply: "온라인 접수".into(),
        keywords: "지게차,물류,창고".into(),
        posted: at(day(2026, 11, 2), 9, 30),
        modified: at(day(2026, 11, 20), 14, 5),
        close_type: "by_date",
        closes: Some(day(2026, 12, 14)),
        ..Ad::default()
    };
    vec![
        plain.clone(),
        Ad {
            id: "47101002".into(),
            id2: "49201002".into(),
            title: "웹 백엔드 개발자 \"Rust & Go\" 채용 <신입/경력>".into(),
            company: "주식회사 펲시소프트".into(),
            business_number: "2208162517".into(),
            industry_code: "58222".into(),
            industry: "응용 소프트웨어 개발 및 공급업".into(),
            occupation_code: "024300".into(),
            occupation: "웹 개발자".into(),
            region_code: "11680".into(),
            region: "서울 강남구".into(),
            address: "서울 강남구 테헤란로 99".into(),
            pay_period: 'Y',
            pay_min: 42_000_000,
            pay_max: 60_000_000,
            pay: "연봉 4,200만원 ~ 6,000만원".into(),
            career: None,
            career_words: "경력무관".into(),
            education_code: "00",
            education_words: "학력무관".into(),
            headcount: 0,
            description: "백엔드 서비스 개발\n똠방각하 & 펲시 프로젝트".into(),
            keywords: "Rust,Go,백엔드".into(),
            close_type: "until_filled",
            closes: None,
            origin_provider: "CJK".into(),
            origin_id: "46208921".into(),
            requisition: "REQ-2026-17".into(),
            ..plain.clone()
        },
        Ad {
            id: "47101003".into(),
            id2: "49201003".into(),
            title: "매장관리 주말 아르바이트".into(),
            company: "도담카페 해운대점".into(),
            business_number: "6178112345".into(),
            occupation_code: "053200".into(),
            occupation: "매장 관리".into(),
            region_code: "26350".into(),
            region: "부산 해운대구".into(),
            address: "부산 해운대구 우동 1".into(),
            pay_period: 'H',
            pay_min: 10_320,
            pay_max: 0,
            pay: "시급 10,320원".into(),
            employment: "part_time",
            employment_words: "아르바이트".into(),
            career: Some((0, Some(0))),
            career_words: "신입".into(),
            close_type: "always_open",
            closes: None,
            origin_provider: "VALIDATION".into(),
            origin_id: "K151812611020054".into(),
            contact_email: "recruit@example.com".into(),
            ..plain
        },
    ]
}

pub(super) fn employers() -> Vec<Employer> {
    let firm = Employer {
        business_number: "1208147521".into(),
        name: "주식회사 한빛물류".into(),
        region_code: "41610".into(),
        address: "경기 광주시 초월읍 산수로 12".into(),
        industry_code: "52102".into(),
        industry: "일반 창고업".into(),
        workers: 141,
        founded: day(2009, 4, 1),
        business_state: "01",
        business_state_since: None,
        hires: vec![
            (day(2026, 9, 14), "078100".into(), 2),
            (day(2026, 9, 16), "078100".into(), 1),
            (day(2026, 11, 20), "078100".into(), 4),
        ],
        daily: vec![(day(2026, 9, 15), "890001".into(), 2)],
        tests: vec![],
    };
    let mut all = vec![
        firm.clone(),
        Employer {
            business_number: "2208162517".into(),
            name: "이음직업전문학교".into(),
            industry_code: "85661".into(),
            industry: "전산 학원".into(),
            workers: 35,
            hires: vec![],
            ..firm.clone()
        },
        Employer {
            business_number: "6178112345".into(),
            name: "도담카페".into(),
            industry_code: "56221".into(),
            industry: "커피 전문점".into(),
            workers: 4,
            business_state: "03",
            business_state_since: Some(day(2026, 10, 31)),
            hires: vec![],
            ..firm.clone()
        },
    ];
    for number in 0..12 {
        all.push(Employer {
            business_number: format!("70{number:02}100003"),
            name: format!("대성정밀 {number}공장"),
            industry_code: "25924".into(),
            industry: "절삭가공 및 유사처리업".into(),
            workers: 20 + number,
            tests: vec![MarketTest {
                permit_no: format!("EPS-2026-{number:08}"),
                portal: "work24".into(),
                posting: format!("K15181261102{number:04}"),
                named: number != 3,
                occupation: "890001".into(),
                slots: 1 + number % 3,
                registered: day(2026, 11, 10 + number),
                from: day(2026, 11, 11 + number),
                until: day(2026, 11, 17 + number),
                issued: (number == 0).then(|| day(2026, 11, 24)),
                changed: None,
            }],
            ..firm.clone()
        });
    }
    all
}

/// Folder and file, portal, and the request that gives the page.
struct Sample {
    file: &'static str,
    portal: &'static str,
    /// `GET /path?a=b` or `POST …`, values percent-free.
    ask: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const fn get(file: &'static str, portal: &'static str, ask: &'static str) -> Sample {
    Sample { file, portal, ask, headers: &[("x-batch-key", "k")], body: "" }
}

const WANTED: &[(&str, &str)] = &[("wanted-client-id", "id"), ("wanted-client-secret", "secret")];
const GREETING: &[(&str, &str)] = &[("x-api-version", "2.0"), ("x-greeting-openapi", "k")];

const SAMPLES: &[Sample] = &[
    get("private/saramin/page-1.json", "saramin", "GET /job-search?access-key=k&start=0&count=110"),
    get(
        "private/jobkorea/page-1.xml",
        "jobkorea",
        "GET /Service_JK/Data/JK_GI_XML_List.asp?api=k&size=1000&page=1&area=I000,B000,H000",
    ),
    Sample {
        file: "private/albamon/page-1.json",
        portal: "albamon",
        ask: "POST /recruit/search",
        headers: &[("albamon-domain-type", "pc")],
        body: "{\"pagination\":{\"page\":1,\"size\":200}}",
    },
    Sample {
        file: "private/wanted/page-1.json",
        portal: "wanted",
        ask: "GET /v1/jobs?limit=100&offset=0",
        headers: WANTED,
        body: "",
    },
    Sample {
        file: "private/wanted/detail-1.json",
        portal: "wanted",
        ask: "GET /v1/jobs/47101002",
        headers: WANTED,
        body: "",
    },
    get("private/incruit/page-1.xml", "incruit", "GET /sitemap-jobs-1.xml.gz"),
    get("private/incruit/detail-1.html", "incruit", "GET /jobs/47101001"),
    get("private/career_indeed/page-1.xml", "career_indeed", "GET /feed/indeed.xml"),
    get(
        "private/recruiter_co_kr/page-1.json",
        "recruiter_co_kr",
        "GET /app/jobnotice/list.json?pageSize=1000&currentPage=1",
    ),
    get(
        "private/recruiter_co_kr/detail-1.html",
        "recruiter_co_kr",
        "GET /app/jobnotice/view?systemKindCode=MRS2&jobnoticeSn=47101001",
    ),
    Sample {
        file: "private/greeting/page-1.json",
        portal: "greeting",
        ask: "GET /openapi/openings?page=0&pageSize=100",
        headers: GREETING,
        body: "",
    },
    Sample {
        file: "private/greeting/detail-1.json",
        portal: "greeting",
        ask: "GET /openapi/openings/47101001",
        headers: GREETING,
        body: "",
    },
    get("private/greenhouse/page-1.json", "greenhouse", "GET /v1/boards/toss/jobs?content=true"),
    get(
        "private/smartrecruiters/page-1.json",
        "smartrecruiters",
        "GET /v1/companies/DeliveryHero/postings?limit=100&offset=0",
    ),
    get("private/smartrecruiters/detail-1.json", "smartrecruiters", "GET /v1/companies/DeliveryHero/postings/47101001"),
    get(
        "linked/hrdnet/page-1.xml",
        "hrdnet",
        "GET /cm/openApi/call/hr/callOpenApiSvcInfo310L01.do?authKey=k&srchTraStDt=20260101&srchTraEndDt=20261231&pageNum=1&pageSize=100",
    ),
    get(
        "linked/insurance/page-1.xml",
        "insurance",
        "GET /B490001/gySjbPstateInfoService/getGySjBoheomBsshItem?serviceKey=k&v_saeopjaDrno=1208147521&numOfRows=100&pageNo=1",
    ),
    Sample {
        file: "linked/nts_status/page-1.json",
        portal: "nts_status",
        ask: "POST /api/nts-businessman/v1/status?serviceKey=k",
        headers: &[],
        body: "{\"b_no\":[\"1208147521\",\"6178112345\",\"9999999999\"]}",
    },
    get(
        "linked/eps_recruit/page-1.xml",
        "eps_recruit",
        "GET /B490007/epsRecruit?serviceKey=k&method=getApiTblRecruit&numOfRows=100&pageNo=1",
    ),
    get(
        "linked/ei_acquisitions/page-1.csv",
        "ei_acquisitions",
        "GET /batch/ei/acquisitions.csv?from=20260901&to=20261124",
    ),
    get("linked/eps_permits/page-1.csv", "eps_permits", "GET /batch/eps/permits.csv"),
    get("linked/training_institutions/page-1.jsonl", "training_institutions", "GET /batch/hrd/institutions.jsonl"),
];

fn request(sample: &Sample) -> Request {
    let (method, address) = sample.ask.split_once(' ').unwrap();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned()));
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: pairs.collect(),
        headers: sample.headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        body: sample.body.as_bytes().to_vec(),
    }
}

fn page(sample: &Sample) -> Vec<u8> {
    let (portals, dialects, ads, employers) = (portals(), dialects(), ads(), employers());
    let portal = portals.iter().find(|p| p.name == sample.portal).unwrap();
    let dialect = dialects.iter().find(|d| d.name() == portal.dialect).unwrap();
    let view = View {
        portal,
        ads: &ads,
        by_id: &|id| ads.iter().find(|ad| ad.id == id),
        employers: &employers,
        now: at(day(2026, 11, 24), 9, 0),
        claimed_total: None,
        shift: 0,
        schema_change: false,
        failure: None,
        base: "https://portal.example",
    };
    let reply = dialect.answer(&view, &request(sample));
    assert_eq!(reply.status, 200, "{}", sample.file);
    if reply.body.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&reply.body[..]).read_to_end(&mut plain).unwrap();
        return plain;
    }
    reply.body.to_vec()
}

#[test]
fn sample_pages_are_what_the_dialects_say() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../adapters/sources");
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    for sample in SAMPLES {
        let path = root.join(sample.file);
        let body = page(sample);
        assert!(body.len() > 150, "{} says almost nothing", sample.file);
        if update {
            std::fs::write(&path, &body).unwrap();
        }
        let kept = std::fs::read(&path).unwrap_or_default();
        assert!(kept == body, "{} differs from its dialect; UPDATE_SAMPLES=1 rewrites it", sample.file);
    }
}

#[test]
fn every_portal_speaks_a_dialect_and_the_counts_are_those_of_the_catalog() {
    let (portals, dialects) = (portals(), dialects());
    for portal in &portals {
        assert!(dialects.iter().any(|d| d.name() == portal.dialect), "{} speaks nothing", portal.name);
    }
    let of = |class: &str| portals.iter().filter(|p| p.class == class).count();
    assert_eq!((of("private"), of("linked")), (10, 7));
}

#[test]
fn the_large_portals_carry_their_share() {
    let all: Vec<_> = portals().into_iter().chain(crate::government::portals()).collect();
    let sum: f64 = all.iter().map(|p| p.weight).sum();
    let share = |names: &[&str]| -> f64 {
        all.iter().filter(|p| names.contains(&p.name.as_str())).map(|p| p.weight).sum::<f64>() / sum
    };
    assert!((0.30..0.40).contains(&share(&["saramin", "jobkorea"])), "{}", share(&["saramin", "jobkorea"]));
    assert!((0.06..0.10).contains(&share(&["albamon"])), "{}", share(&["albamon"]));
}
