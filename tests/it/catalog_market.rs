//! The private, linked and generic half of the catalog against the servers of its formats, without a network: every ad a
//! portal shows arrives once, with its id, title and company, and details bring their text.

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

/// A portal, what it shows, and how many requests it answered.
struct Stand {
    portal: Portal,
    dialect: Box<dyn Dialect>,
    ads: Vec<Ad>,
    employers: Vec<Employer>,
}

impl Stand {
    fn of(portal: Portal, ads: Vec<Ad>) -> Stand {
        let dialect = portals::market::dialects().into_iter().find(|d| d.name() == portal.dialect).unwrap();
        Stand { portal, dialect, ads, employers: employers() }
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
            schema_change: false,
            failure: None,
            base: "http://portal.localhost:1",
        };
        self.dialect.answer(&view, &request(ask))
    }
}

/// What a server makes of a request.
fn request(ask: &Ask) -> Request {
    let secret = |text: &str| {
        let mut out = text.to_owned();
        while let Some((before, (_, after))) = out.split_once("{secret.").and_then(|(b, r)| Some((b, r.split_once('}')?))) {
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
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|h| u8::from_str_radix(h, 16).ok());
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
            let page = source.read(&ask, &answer(&reply)).unwrap_or_else(|e| panic!("{} {}: {e}", source.name(), ask.url));
            assert_eq!(page.incomplete, None, "{} {}", source.name(), ask.url);
            received += page.rows.len() as u64;
            for row in page.rows {
                match row {
                    Row::Posting(posting) => rows.push(posting),
                    Row::Reject(reject) => panic!("{}: {} in {}", source.name(), reject.why, reject.raw),
                }
            }
            if page.next.is_none() && page.split.is_empty() && source.slices(&plan).len() == 1 {
                assert!(page.total.is_none_or(|total| total == received), "{}: {:?} is not {received}", source.name(), page.total);
            }
            slices.extend(page.split);
            next = page.next;
        }
    }
    for row in &mut rows {
        let Some(ask) = source.detail(row) else { continue };
        let reply = stand.send(&ask);
        let detail = source.read_detail(&ask, &answer(&reply), row).unwrap_or_else(|e| panic!("{} {}: {e}", source.name(), ask.url));
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

const CLOSINGS: [(&str, Option<i64>); 6] =
    [("by_date", Some(20)), ("by_date", Some(0)), ("until_filled", Some(40)), ("until_filled", None), ("always_open", None), ("rolling", None)];

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
    let odd = ["생산직 모집", "R&D 연구원 <신입>", "\"펲시\" 매장 관리, 주5일", "개발자(Rust/Go) 채용 'A팀'", "똠방각하 홀서빙 100% 정규직"];
    let careers = [None, Some((0, Some(0))), Some((3, None)), Some((1, Some(5))), Some((0, Some(3)))];
    let educations = [("00", "학력무관"), ("03", "고졸↑"), ("04", "대졸(2,3년)"), ("05", "대졸(4년)"), ("06", "석사")];
    let employments = [("permanent", "정규직"), ("contract", "계약직"), ("part_time", "아르바이트"), ("intern", "인턴"), ("freelance", "프리랜서")];
    let posted = noon(today() - chrono::TimeDelta::days((n % 30) as i64));
    Ad {
        id: (47_000_000 + n * 7).to_string(),
        id2: (49_000_000 + n * 3).to_string(),
        title: format!("{} {n}호", odd[n % odd.len()]),
        company: ["㈜한빛물류", "(주)새봄", "주식회사 A&B", "도담카페 <본점>"][n % 4].to_owned() + &format!(" {}", n % 50),
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
        hires: (0..n % 4).map(|h| (today() - chrono::TimeDelta::days(45 + h as i64), "112100".to_owned(), 1 + h as u32)).collect(),
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
        let source = Source::parse(&text, &adapters::catalog::family, &adapters::catalog::codes).unwrap_or_else(|e| panic!("{family}: {e}"));
        let dialect = portals::market::dialects().iter().map(|d| d.name()).find(|d| *d == family).unwrap();
        let mut portal = Portal { name: "some_board".to_owned(), title: "어느 일자리".to_owned(), class: "local", dialect, ..Portal::default() };
        portal.params.insert("host", "job.some.go.kr".to_owned());
        portal.params.extend(params.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let stand = Stand::of(portal, ads(250));
        let rows = drive(&source, &stand, &[]);
        assert_whole(family, &stand.ads, &rows);
        // a file dataset has no text beyond its columns
        for ad in stand.ads.iter().filter(|_| family != "file_csv") {
            let description = row_of(&rows, ad).get(RawField::Description).unwrap_or_else(|| panic!("{family}: {} has no text", ad.id));
            assert!(description.contains(ad.description.lines().next().unwrap()), "{family}: {description}");
        }
    }
}
