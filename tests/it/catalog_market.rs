//! The private, linked and generic half of the catalog against the servers of its formats, without a network: every ad a
//! portal shows arrives once, with its id, title and company, and details bring their text.

#![expect(clippy::unwrap_used, reason = "the lint is off in tests, but does not see that these functions are theirs")]

use std::collections::BTreeMap;

use adapters::{Adapter as _, Answer, Ask, Detail, Method, Plan, RawField, RawPosting, Row, Source};
use chrono::{NaiveDate, NaiveDateTime};
use portals::{Ad, Dialect, Employer, Portal, Reply, Request, View};

/// Most requests of a run: a paginator that never ends is a failure, not a hang.
const REQUESTS_MAX: usize = 2_000;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn noon(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(12, 0, 0).unwrap()
}

/// A portal, what it shows, and what is wrong with it.
struct Stand {
    portal: Portal,
    dialect: Box<dyn Dialect>,
    ads: Vec<Ad>,
    employers: Vec<Employer>,
    failure: Option<portals::Failure>,
    schema_change: bool,
}

impl Stand {
    fn of(portal: Portal, ads: Vec<Ad>) -> Stand {
        let dialect = portals::market::dialects().into_iter().find(|d| d.name() == portal.dialect).unwrap();
        Stand { portal, dialect, ads, employers: employers(), failure: None, schema_change: false }
    }

    /// A portal of the catalog with so many ads.
    fn catalog(name: &str, count: usize) -> Stand {
        let portal = portals::market::portals().into_iter().find(|p| p.name == name).unwrap();
        Stand::of(portal, ads(count))
    }

    fn send(&self, ask: &Ask) -> Reply {
        let view = View {
            portal: &self.portal,
            ads: &self.ads,
            by_id: &|id| self.ads.iter().find(|ad| ad.id == id),
            employers: &self.employers,
            now: noon(today()),
            claimed_total: None,
            shift: 0,
            schema_change: self.schema_change,
            failure: self.failure,
            base: "http://portal.localhost:1",
        };
        self.dialect.answer(&view, &request(ask))
    }
}

/// What a server makes of a request.
fn request(ask: &Ask) -> Request {
    let secret = |text: &str| {
        let mut out = text.to_owned();
        while let Some((before, (_, after))) =
            out.split_once("{secret.").and_then(|(b, r)| Some((b, r.split_once('}')?)))
        {
            out = format!("{before}test-key{after}");
        }
        out
    };
    let url = secret(&ask.url);
    let rest = url.split_once("://").unwrap().1;
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = address.find('/').map_or("/", |at| &address[at..]);
    Request {
        method: if ask.method == Method::Post { "POST" } else { "GET" }.to_owned(),
        path: decoded(path),
        query: query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " "))))
            .collect(),
        headers: ask.headers.iter().map(|(name, value)| (name.to_lowercase(), secret(value))).collect(),
        body: ask.body.as_deref().map(secret).unwrap_or_default().into_bytes(),
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap()
}

fn answer(reply: &Reply) -> Answer<'_> {
    let header = |name: &str| reply.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
    Answer { status: reply.status, content_type: header("content-type"), link: header("link"), body: &reply.body }
}

/// A whole run: every slice, page and split, and the detail page of every row that has one.
fn drive(source: &Source, stand: &Stand, lookup: &[String]) -> Vec<RawPosting> {
    let plan = Plan { today: today(), since: None, secrets: &|_| Some("test-key".to_owned()), lookup };
    let mut slices = source.slices(&plan);
    let mut rows = Vec::new();
    let mut requests = 0;
    while let Some(slice) = slices.pop() {
        let mut next = Some(source.first(&slice, &plan));
        let mut received = 0;
        while let Some(ask) = next {
            requests += 1;
            assert!(requests < REQUESTS_MAX, "{}: no end", source.name());
            let reply = stand.send(&ask);
            let page =
                source.read(&ask, &answer(&reply)).unwrap_or_else(|e| panic!("{} {}: {e}", source.name(), ask.url));
            assert_eq!(page.incomplete, None, "{} {}", source.name(), ask.url);
            received += page.rows.len() as u64;
            for row in page.rows {
                match row {
                    Row::Posting(posting) => rows.push(posting),
                    Row::Reject(reject) => panic!("{}: {} in {}", source.name(), reject.why, reject.raw),
                }
            }
            if page.next.is_none() && page.split.is_empty() && source.slices(&plan).len() == 1 {
                assert!(
                    page.total.is_none_or(|total| total == received),
                    "{}: {:?} is not {received}",
                    source.name(),
                    page.total
                );
            }
            slices.extend(page.split);
            next = page.next;
        }
    }
    for row in &mut rows {
        let Some(ask) = source.detail(row) else { continue };
        let reply = stand.send(&ask);
        let detail = source
            .read_detail(&ask, &answer(&reply), row)
            .unwrap_or_else(|e| panic!("{} {}: {e}", source.name(), ask.url));
        assert_eq!(detail, Detail::Read, "{} {}", source.name(), ask.url);
    }
    rows
}

const PLACES: [(&str, &str); 20] = [
    ("11680", "서울 강남구"),
    ("11110", "서울 종로구"),
    ("26350", "부산 해운대구"),
    ("27260", "대구 수성구"),
    ("28177", "인천 미추홀구"),
    ("29200", "광주 광산구"),
    ("30200", "대전 유성구"),
    ("31140", "울산 남구"),
    ("36110", "세종"),
    ("41610", "경기 광주시"),
    ("41117", "경기 수원시 영통구"),
    ("51110", "강원 춘천시"),
    ("43111", "충북 청주시 상당구"),
    ("44131", "충남 천안시 동남구"),
    ("52111", "전북 전주시 완산구"),
    ("46130", "전남 여수시"),
    ("47130", "경북 경주시"),
    ("48121", "경남 창원시 의창구"),
    ("50110", "제주 제주시"),
    ("00000", "전국"),
];

const CLOSINGS: [(&str, Option<i64>); 6] = [
    ("by_date", Some(20)),
    ("by_date", Some(0)),
    ("until_filled", Some(40)),
    ("until_filled", None),
    ("always_open", None),
    ("rolling", None),
];

const PAYS: [(char, i64, i64, &str); 6] = [
    ('M', 2_500_000, 2_800_000, "월급 250만원 ~ 280만원"),
    ('Y', 36_000_000, 0, "연봉 3,600만원"),
    ('H', 10_320, 10_320, "시급 10,320원"),
    ('D', 130_000, 0, "일급 130,000원"),
    ('N', 0, 0, "면접 후 결정"),
    ('W', 600_000, 0, "주급 60만원"),
];

/// Ads that differ in all that the formats treat differently.
fn ads(count: usize) -> Vec<Ad> {
    (0..count).map(ad).collect()
}

fn ad(n: usize) -> Ad {
    let (region_code, region) = PLACES[n % PLACES.len()];
    let (close_type, days) = CLOSINGS[n % CLOSINGS.len()];
    let (pay_period, pay_min, pay_max, pay) = PAYS[n % PAYS.len()];
    let odd = [
        "생산직 모집",
        "R&D 연구원 <신입>",
        "\"펲시\" 매장 관리, 주5일",
        "개발자(Rust/Go) 채용 'A팀'",
        "똠방각하 홀서빙 100% 정규직",
    ];
    let careers = [None, Some((0, Some(0))), Some((3, None)), Some((1, Some(5))), Some((0, Some(3)))];
    let educations = [("00", "학력무관"), ("03", "고졸↑"), ("04", "대졸(2,3년)"), ("05", "대졸(4년)"), ("06", "석사")];
    let employments = [
        ("permanent", "정규직"),
        ("contract", "계약직"),
        ("part_time", "아르바이트"),
        ("intern", "인턴"),
        ("freelance", "프리랜서"),
    ];
    let posted = noon(today() - chrono::TimeDelta::days((n % 30) as i64));
    Ad {
        id: (47_000_000 + n * 7).to_string(),
        id2: (49_000_000 + n * 3).to_string(),
        title: format!("{} {n}호", odd[n % odd.len()]),
        company: ["㈜한빛물류", "(주)새봄", "주식회사 A&B", "도담카페 <본점>"][n % 4].to_owned()
            + &format!(" {}", n % 50),
        business_number: format!("{:010}", 1_208_100_000 + n % 50),
        industry_code: "25924".to_owned(),
        industry: "절삭가공 및 유사처리업".to_owned(),
        occupation_code: ["024300", "016100", "053200", "112100", "078100"][n % 5].to_owned(),
        occupation: "기계 조작원".to_owned(),
        region_code: region_code.to_owned(),
        region: region.to_owned(),
        address: format!("{region} 산업로 {n}"),
        pay_period,
        pay_min,
        pay_max,
        pay: pay.to_owned(),
        employment: employments[n % 5].0,
        employment_words: employments[n % 5].1.to_owned(),
        career: careers[n % 5],
        career_words: ["경력무관", "신입", "경력 3년↑", "경력 1~5년", "신입·경력"][n % 5].to_owned(),
        education_code: educations[n % 5].0,
        education_words: educations[n % 5].1.to_owned(),
        headcount: (n % 4) as u32,
        work_hours: "09:00 ~ 18:00".to_owned(),
        work_days: "주5일근무".to_owned(),
        benefits: "4대보험, 퇴직금".to_owned(),
        description: format!("담당 업무 {n}번\n- 조립 & 포장\n- 3톤 <미만> 운반"),
        requirements: "성실한 분".to_owned(),
        how_to_apply: "온라인 접수".to_owned(),
        keywords: "생산,조립".to_owned(),
        posted,
        modified: posted,
        close_type,
        closes: days.map(|d| today() + chrono::TimeDelta::days(d)),
        origin_provider: match n % 10 {
            0 => "CJK".to_owned(),
            1 => "VALIDATION".to_owned(),
            _ => String::new(),
        },
        origin_id: match n % 10 {
            0 => format!("4620{n:04}"),
            1 => format!("K15181261102{n:04}"),
            _ => String::new(),
        },
        requisition: if n.is_multiple_of(3) { format!("REQ-{n}") } else { String::new() },
        ..Ad::default()
    }
}

fn market_test(n: usize) -> portals::MarketTest {
    let registered = today() - chrono::TimeDelta::days((n % 40) as i64);
    portals::MarketTest {
        permit_no: format!("EPS-2026-{n:08}"),
        portal: "work24".to_owned(),
        posting: format!("K1518126110{n:05}"),
        named: true,
        occupation: "890001".to_owned(),
        slots: 2,
        registered,
        from: registered + chrono::TimeDelta::days(1),
        until: registered + chrono::TimeDelta::days(7),
        issued: None,
        changed: None,
    }
}

fn employers() -> Vec<Employer> {
    let of = |n: usize| Employer {
        business_number: format!("{:010}", 1_208_100_000 + n),
        name: format!("주식회사 {n}호"),
        region_code: PLACES[n % 19].0.to_owned(),
        address: format!("{} 산업로 {n}", PLACES[n % 19].1),
        industry_code: ["25924", "85661", "01110", "56111"][n % 4].to_owned(),
        industry: "업종".to_owned(),
        workers: (n * 7 % 700) as u32,
        founded: NaiveDate::from_ymd_opt(2010, 3, 2).unwrap(),
        business_state: if n.is_multiple_of(9) { "03" } else { "01" },
        business_state_since: n.is_multiple_of(9).then(|| today() - chrono::TimeDelta::days(3)),
        hires: (0..n % 4)
            .map(|h| (today() - chrono::TimeDelta::days(45 + h as i64), "112100".to_owned(), 1 + h as u32))
            .collect(),
        daily: Vec::new(),
        tests: if n.is_multiple_of(4) { vec![market_test(n)] } else { Vec::new() },
    };
    (0..300).map(of).collect()
}

fn source(name: &str) -> &'static Source {
    adapters::catalog().get(name).unwrap_or_else(|| panic!("no source {name}: {:?}", adapters::catalog().errors()))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every ad once, by id, with its title and company as shown.
fn assert_whole(name: &str, ads: &[Ad], rows: &[RawPosting]) {
    let mut by_id: BTreeMap<&str, &RawPosting> = BTreeMap::new();
    for row in rows {
        let id = row.get(RawField::ExternalId).unwrap();
        assert!(by_id.insert(id, row).is_none(), "{name}: {id} came twice");
    }
    assert_eq!(by_id.len(), ads.len(), "{name}");
    for ad in ads {
        let row = by_id.get(ad.id.as_str()).unwrap_or_else(|| panic!("{name}: {} did not come", ad.id));
        let said = |field| row.get(field).map(squeezed);
        assert_eq!(said(RawField::Title).as_deref(), Some(ad.title.as_str()), "{name}: {}", ad.id);
        assert_eq!(said(RawField::Company).as_deref(), Some(ad.company.as_str()), "{name}: {}", ad.id);
    }
}

/// The text of one ad's row, for looking at its fields.
fn row_of<'r>(rows: &'r [RawPosting], ad: &Ad) -> &'r RawPosting {
    rows.iter().find(|row| row.get(RawField::ExternalId) == Some(&ad.id)).unwrap()
}

#[test]
fn the_market_half_of_the_catalog_is_ten_private_and_seven_linked_sources_with_a_portal_each() {
    let names = |class: &str| -> Vec<String> {
        adapters::catalog().iter().filter(|s| s.class().name() == class).map(|s| s.name().to_owned()).collect()
    };
    assert_eq!((names("private").len(), names("linked").len()), (10, 7), "{:?}", adapters::catalog().errors());
    let portals = portals::market::portals();
    for class in ["private", "linked"] {
        for name in names(class) {
            assert!(portals.iter().any(|p| p.name == name && p.class == class), "{name} has no portal");
        }
    }
}

#[test]
fn every_ad_of_every_private_portal_arrives_once() {
    for name in [
        "saramin",
        "jobkorea",
        "albamon",
        "wanted",
        "incruit",
        "career_indeed",
        "recruiter_co_kr",
        "greeting",
        "greenhouse",
        "smartrecruiters",
    ] {
        let stand = Stand::catalog(name, 250);
        let rows = drive(source(name), &stand, &[]);
        assert_whole(name, &stand.ads, &rows);
    }
}

#[test]
fn every_ad_of_the_generic_families_arrives_once_with_its_detail() {
    for (family, params) in [
        ("board_html", [("path", "/work"), ("charset", "utf-8")]),
        ("board_html", [("path", "/job"), ("charset", "euc-kr")]),
        ("board_jsonld", [("path", "/jobs"), ("markup", "jsonld")]),
        ("board_jsonld", [("path", "/recruit"), ("markup", "microdata")]),
        ("board_rss", [("path", "/rss/job.xml"), ("charset", "utf-8")]),
        ("file_csv", [("path", "/file/job.csv"), ("charset", "cp949")]),
        ("hr_xml", [("path", "/hrxml/positions"), ("charset", "utf-8")]),
        ("jsonl", [("path", "/export/postings.jsonl"), ("charset", "utf-8")]),
    ] {
        let listed: String = params.iter().map(|(name, value)| format!(", {name} = {value:?}")).collect();
        let text = format!(
            "name = \"some_board\"\ntitle = \"어느 일자리\"\nclass = \"local\"\nowner = \"어느 시\"\nfamily = \"{family}\"\nschedule = \"0 0 6 * * *\"\nparams = {{ host = \"job.some.go.kr\"{listed} }}\n"
        );
        let source = Source::parse(&text, &adapters::catalog::family, &adapters::catalog::codes)
            .unwrap_or_else(|e| panic!("{family}: {e}"));
        let dialect = portals::market::dialects().iter().map(|d| d.name()).find(|d| *d == family).unwrap();
        let mut portal = Portal {
            name: "some_board".to_owned(),
            title: "어느 일자리".to_owned(),
            class: "local",
            dialect,
            ..Portal::default()
        };
        portal.params.insert("host", "job.some.go.kr".to_owned());
        portal.params.extend(params.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let stand = Stand::of(portal, ads(250));
        let rows = drive(&source, &stand, &[]);
        assert_whole(family, &stand.ads, &rows);
        // a file dataset has no text beyond its columns
        for ad in stand.ads.iter().filter(|_| family != "file_csv") {
            let description = row_of(&rows, ad)
                .get(RawField::Description)
                .unwrap_or_else(|| panic!("{family}: {} has no text", ad.id));
            assert!(description.contains(ad.description.lines().next().unwrap()), "{family}: {description}");
        }
    }
}

#[test]
fn fields_keep_what_each_format_can_say() {
    let all = ads(60);
    for (name, ad, field, want) in [
        ("saramin", 1, RawField::CloseType, Some("by_date")),
        ("saramin", 1, RawField::ValidThrough, Some("2026-11-24T23:59:59+09:00")),
        // 2033-01-01 stands for no date
        ("saramin", 4, RawField::ValidThrough, None),
        ("saramin", 4, RawField::CloseType, Some("always_open")),
        ("saramin", 10, RawField::Region, Some("경기 > 수원시 영통구")),
        ("saramin", 0, RawField::Url, Some("http://www.saramin.co.kr/zf_user/jobs/relay/view?rec_idx=47000000")),
        ("jobkorea", 4, RawField::ValidThrough, None),
        ("jobkorea", 4, RawField::CloseType, Some("always_open")),
        ("jobkorea", 3, RawField::CloseType, Some("until_filled")),
        ("jobkorea", 0, RawField::CloseType, None),
        ("jobkorea", 0, RawField::ValidThrough, Some("20261214")),
        ("jobkorea", 0, RawField::PayMin, Some("250")),
        ("jobkorea", 0, RawField::PayUnit, Some("만원")),
        ("jobkorea", 1, RawField::PayMax, None),
        ("jobkorea", 2, RawField::PayMin, Some("10320")),
        ("jobkorea", 2, RawField::PayUnit, Some("KRW")),
        ("jobkorea", 4, RawField::Pay, Some("면접 후 결정")),
        ("jobkorea", 17, RawField::RegionCode, Some("48120")),
        ("jobkorea", 8, RawField::RegionCode, Some("36110")),
        ("jobkorea", 19, RawField::RegionCode, Some("00000")),
        ("jobkorea", 2, RawField::CareerMin, Some("3")),
        // the address carries the caller's key, and a number that is not GI_No
        ("jobkorea", 5, RawField::Url, Some("http://www.jobkorea.co.kr/Recruit/GI_Read/49000015")),
        ("jobkorea", 5, RawField::OriginId, Some("49000015")),
        ("albamon", 0, RawField::OriginUrl, Some("http://www.jobkorea.co.kr/Recruit/GI_Read/46200000")),
        ("albamon", 0, RawField::OriginProvider, None),
        ("albamon", 1, RawField::OriginProvider, Some("VALIDATION")),
        ("albamon", 1, RawField::OriginId, Some("K151812611020001")),
        ("albamon", 2, RawField::OriginUrl, None),
        ("albamon", 1, RawField::ValidThrough, Some("오늘마감")),
        ("albamon", 0, RawField::ValidThrough, Some("D-20")),
        ("albamon", 4, RawField::ValidThrough, Some("상시모집")),
        ("wanted", 0, RawField::CareerMax, None),
        ("wanted", 3, RawField::CareerMax, Some("5")),
        ("wanted", 3, RawField::Url, Some("https://www.wanted.co.kr/wd/47000021")),
        ("wanted", 3, RawField::Requirements, Some("성실한 분")),
        ("recruiter_co_kr", 1, RawField::ValidThrough, Some("2026-11-24T23:59:59+09:00")),
        ("recruiter_co_kr", 1, RawField::DatePosted, Some("2026-11-23T12:00:00+09:00")),
        ("greeting", 1, RawField::ValidThrough, Some("2026-11-24T14:59:59Z")),
        ("greenhouse", 1, RawField::EmploymentType, Some("계약직")),
        ("greenhouse", 3, RawField::Requisition, Some("REQ-3")),
        ("greenhouse", 1, RawField::DateModified, Some("2026-11-22T22:00:00-05:00")),
        ("career_indeed", 1, RawField::ValidThrough, Some("Tue, 24 Nov 2026")),
        ("career_indeed", 1, RawField::Url, Some("https://www.career.co.kr/viewjob?jobid=47000007")),
        ("incruit", 1, RawField::Region, Some("서울 종로구")),
    ] {
        let stand = Stand::catalog(name, 60);
        let only = [all[ad].clone()];
        let stand = Stand { ads: only.to_vec(), ..stand };
        let rows = drive(source(name), &stand, &[]);
        assert_eq!(row_of(&rows, &all[ad]).get(field), want, "{name} {} of ad {ad}", field.name());
    }
}

#[test]
fn no_key_of_ours_and_no_markup_of_theirs_is_kept() {
    for portal in portals::market::portals().iter().filter(|p| p.class == "private") {
        let stand = Stand::catalog(&portal.name, 20);
        for row in drive(source(&portal.name), &stand, &[]) {
            for (field, text) in row.iter() {
                assert!(!text.contains("test-key"), "{}: {} holds the key", portal.name, field.name());
                let may_hold_markup =
                    matches!(field, RawField::Description | RawField::Requirements | RawField::Benefits);
                assert!(may_hold_markup || !text.contains("&amp;"), "{}: {} = {text}", portal.name, field.name());
            }
        }
    }
}

#[test]
fn the_guides_own_cap_is_seen_and_never_passed_for_the_whole() {
    // the manifest for a partner without a better contract: 100 rows a page, 500 a query
    let text = include_str!("../../adapters/sources/private/jobkorea/source.toml");
    let text = text.replace("size  = 1000", "size  = 100").replace("cap    = 100000", "cap    = 500");
    let guide = Source::parse(&text, &adapters::catalog::family, &adapters::catalog::codes).unwrap();
    let mut stand = Stand::catalog("jobkorea", 1_300);
    stand.portal.params.extend([("cap", "500".to_owned()), ("size", "100".to_owned())]);
    for ad in &mut stand.ads {
        (ad.region_code, ad.region) = ("11680".to_owned(), "서울 강남구".to_owned());
    }
    let plan = Plan { today: today(), since: None, secrets: &|_| Some("test-key".to_owned()), lookup: &[] };
    let seoul = guide.slices(&plan).into_iter().find(|s| s.name == "area=I000").unwrap();
    let mut next = Some(guide.first(&seoul, &plan));
    let (mut rows, mut incomplete) = (0, None);
    while let Some(ask) = next {
        let page = guide.read(&ask, &answer(&stand.send(&ask))).unwrap();
        rows += page.rows.len();
        incomplete = incomplete.or(page.incomplete);
        next = page.next;
    }
    assert!(rows <= 500 && incomplete.is_some(), "{rows} rows, {incomplete:?}");
}

#[test]
fn a_failing_portal_is_understood_in_its_own_words() {
    use adapters::PageErrorKind::{Auth, Format, Quota, Retry};
    use portals::Failure::{Auth as NoKey, Quota as Spent, ServerError as Down};
    for (name, failure, want) in [
        ("saramin", NoKey, vec![Auth]),
        ("saramin", Spent, vec![Quota]),
        ("saramin", Down, vec![Retry]),
        ("jobkorea", NoKey, vec![Auth]),
        ("jobkorea", Spent, vec![Quota]),
        ("jobkorea", Down, vec![Retry]),
        ("albamon", NoKey, vec![Auth]),
        ("albamon", Spent, vec![Quota]),
        ("albamon", Down, vec![Retry]),
        ("wanted", NoKey, vec![Auth]),
        ("wanted", Spent, vec![Quota]),
        ("wanted", Down, vec![Retry]),
        // a login page says nothing of why
        ("recruiter_co_kr", NoKey, vec![Format]),
        ("greeting", NoKey, vec![Auth]),
        ("greeting", Spent, vec![Quota]),
        ("greeting", Down, vec![Retry]),
        ("greenhouse", Spent, vec![Quota]),
        ("greenhouse", Down, vec![Retry]),
        ("smartrecruiters", Spent, vec![Quota]),
        ("smartrecruiters", Down, vec![Retry]),
        ("hrdnet", NoKey, vec![Auth]),
        ("hrdnet", Spent, vec![Quota]),
        ("hrdnet", Down, vec![Retry]),
        ("insurance", NoKey, vec![Auth]),
        ("insurance", Spent, vec![Quota]),
        ("insurance", Down, vec![Retry]),
        ("nts_status", NoKey, vec![Auth]),
        ("nts_status", Spent, vec![Quota]),
        ("nts_status", Down, vec![Retry]),
        ("eps_recruit", Spent, vec![Quota]),
        ("ei_acquisitions", NoKey, vec![Auth]),
        ("eps_permits", Down, vec![Retry]),
        ("training_institutions", Spent, vec![Quota]),
    ] {
        let mut stand = Stand::catalog(name, 20);
        stand.failure = Some(failure);
        let lookup = ["1208100000".to_owned()];
        let plan = Plan { today: today(), since: None, secrets: &|_| Some("test-key".to_owned()), lookup: &lookup };
        let source = source(name);
        let ask = source.first(&source.slices(&plan)[0], &plan);
        let got = source.read(&ask, &answer(&stand.send(&ask))).map(|page| page.rows.len()).map_err(|e| e.kind);
        assert!(want.iter().any(|kind| got == Err(*kind)), "{name} {failure:?}: {got:?}");
    }
}

#[test]
fn an_unannounced_release_of_a_portal_never_looks_like_an_empty_list() {
    for portal in portals::market::portals() {
        let mut stand = Stand::catalog(&portal.name, 20);
        stand.schema_change = true;
        let lookup = ["1208100001".to_owned()];
        let plan = Plan { today: today(), since: None, secrets: &|_| Some("test-key".to_owned()), lookup: &lookup };
        let source = source(&portal.name);
        let mut asks: Vec<Ask> = source.slices(&plan).iter().map(|slice| source.first(slice, &plan)).collect();
        let mut seen = false;
        while let Some(ask) = asks.pop() {
            match source.read(&ask, &answer(&stand.send(&ask))) {
                Err(error) => seen |= error.kind == adapters::PageErrorKind::Format,
                Ok(page) => {
                    for row in page.rows {
                        let Row::Posting(mut posting) = row else {
                            seen = true;
                            continue;
                        };
                        if let Some(ask) = source.detail(&posting) {
                            seen |= source.read_detail(&ask, &answer(&stand.send(&ask)), &mut posting).is_err();
                        }
                        // what a row is about: a posting's title, a signal's employer
                        seen |= match portal.class {
                            "linked" if portal.name == "eps_recruit" => posting.text(RawField::SubjectName),
                            "linked" => posting.text(RawField::SubjectNumber),
                            _ => posting.text(RawField::Title),
                        }
                        .is_none();
                    }
                    asks.extend(page.next);
                }
            }
        }
        assert!(seen, "{}: a renamed field went unnoticed", portal.name);
    }
}

#[test]
fn a_detail_page_that_says_closed_is_understood() {
    for name in ["wanted", "incruit", "recruiter_co_kr", "greeting", "smartrecruiters"] {
        let mut stand = Stand::catalog(name, 5);
        let mut rows = drive(source(name), &stand, &[]);
        stand.ads.iter_mut().for_each(|ad| ad.closed = true);
        for row in &mut rows {
            let ask = source(name).detail(row).unwrap();
            let said = source(name).read_detail(&ask, &answer(&stand.send(&ask)), row).unwrap();
            let closed = said == Detail::Closed || row.get(RawField::Status) == Some("closed");
            assert!(closed, "{name}: {said:?}");
        }
    }
}

#[test]
fn linked_systems_answer_for_the_employers_they_are_asked_about() {
    let rows = |name: &str| {
        let stand = Stand::catalog(name, 0);
        let mut lookup: Vec<String> = stand.employers.iter().map(|e| e.business_number.clone()).collect();
        lookup.push("9999999999".to_owned());
        (drive(source(name), &stand, &lookup), stand)
    };
    // a hundred numbers a call, and the number nobody registered says nothing
    let (status, stand) = rows("nts_status");
    assert_eq!(status.len(), stand.employers.len());
    let closed = |row: &&RawPosting| {
        row.get(RawField::SignalCode) == Some("03") && row.get(RawField::SignalFrom) == Some("20261121")
    };
    assert_eq!(
        status.iter().filter(closed).count(),
        stand.employers.iter().filter(|e| e.business_state == "03").count()
    );
    let (workplaces, stand) = rows("insurance");
    let workers = |code: &str| -> u32 {
        let under = workplaces.iter().filter(|r| r.get(RawField::SignalCode).is_some_and(|c| c.starts_with(code)));
        under.filter_map(|r| r.get(RawField::SignalCount)?.parse::<u32>().ok()).sum()
    };
    assert_eq!(workers("2"), stand.employers.iter().map(|e| e.workers).sum::<u32>());
    assert_eq!(workers("1"), workers("2"));
    let (hires, stand) = rows("ei_acquisitions");
    // beside them stand people who answered no posting, in other occupations, and transfers
    let ours = hires.iter().filter(|r| {
        r.get(RawField::OccupationCode) == Some("112100") && r.get(RawField::SignalCode) == Some("acquired")
    });
    let people: u32 = ours.filter_map(|r| r.get(RawField::SignalCount)?.parse::<u32>().ok()).sum();
    assert_eq!(people, stand.employers.iter().flat_map(|e| &e.hires).map(|(.., n)| n).sum::<u32>());
    for name in ["hrdnet", "eps_recruit", "eps_permits", "training_institutions"] {
        let (signals, _) = rows(name);
        let mut ids: Vec<&str> = signals.iter().filter_map(|r| r.get(RawField::ExternalId)).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(ids.len() > 20 && ids.len() == signals.len(), "{name}: {} of {}", ids.len(), signals.len());
        assert!(signals.iter().all(|r| r.text(RawField::SubjectName).is_some()), "{name}");
    }
}
