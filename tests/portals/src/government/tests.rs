//! Every dialect of this half answers for its portals: paging without gaps, refusals as the service words them, samples for the catalog.

use std::path::PathBuf;
use std::time::Instant;

use chrono::{Days, NaiveDate};

use crate::{Ad, Dialect, Failure, Portal, Reply, Request, View};

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// Ads that differ in everything formats spell differently.
fn ads(count: usize, region: &str) -> Vec<Ad> {
    (0..count).map(|i| ad(i, region)).collect()
}

fn ad(i: usize, region: &str) -> Ad {
    let posted = day(11, 20) - Days::new((i % 40) as u64);
    let (close_type, closes) = match i % 5 {
        0 => ("until_filled", None),
        1 => ("until_filled", Some(day(12, 17))),
        2 => ("always_open", None),
        _ => ("by_date", Some(day(12, 1) + Days::new((i % 28) as u64))),
    };
    let (pay_period, pay_min, pay_max, pay) = match i % 4 {
        0 => ('M', 2_380_000, 2_570_000, "월급 238만원 ~ 257만원"),
        1 => ('H', 10_320, 10_320, "시급 10,320원"),
        2 => ('Y', 30_000_000, 48_000_000, "연봉 3,000 만원 ~ 4,800 만원"),
        _ => ('N', 0, 0, "면접 후 결정"),
    };
    let region_code = if region.ends_with("000") { format!("{}110", &region[..2]) } else { region.to_owned() };
    Ad {
        id: format!("K1518124{i:07}"),
        vacancy: u32::try_from(i).unwrap(),
        title: format!("[급구] 물류센터 입·출고 관리 및 지게차 운전원 <주간> 모집 & 채용 {i}호"),
        company: format!("(주)한빛물류{i}"),
        business_number: "1234567891".to_owned(),
        industry: "창고 및 운송관련 서비스업".to_owned(),
        occupation_code: "079100".to_owned(),
        occupation: "화물차 운전원".to_owned(),
        region: "서울 강남구".to_owned(),
        region_code,
        address: format!("서울 강남구 테헤란로 {i}"),
        pay_period,
        pay_min,
        pay_max,
        pay: pay.to_owned(),
        employment: if i.is_multiple_of(7) { "contract" } else { "permanent" },
        employment_words: if i.is_multiple_of(7) { "계약직" } else { "정규직" }.to_owned(),
        career: [None, Some((0, Some(0))), Some((3, None))][i % 3],
        career_words: ["관계없음", "신입", "경력 3년↑"][i % 3].to_owned(),
        education_code: "03",
        education_words: "고졸".to_owned(),
        headcount: 1 + u32::try_from(i % 4).unwrap(),
        work_hours: "09:00~18:00".to_owned(),
        work_days: "주5일근무".to_owned(),
        description: "입고·출고 관리\n지게차 운전, 재고 조사".to_owned(),
        requirements: "지게차운전기능사".to_owned(),
        how_to_apply: "이메일, 방문".to_owned(),
        contact_name: "담당자".to_owned(),
        contact_phone: "02-000-0000".to_owned(),
        posted: posted.and_hms_opt(9, 30, 5).unwrap(),
        modified: posted.and_hms_opt(14, 12, 40).unwrap(),
        close_type,
        closes,
        url: format!("/recruit/{i}"),
        ..Ad::default()
    }
}

fn answer_with(portal: &Portal, ads: &[Ad], request: &Request, change: impl FnOnce(&mut View<'_>)) -> Reply {
    let by_id = |id: &str| ads.iter().find(|ad| ad.id == id);
    let mut view = View {
        portal,
        ads,
        by_id: &by_id,
        employers: &[],
        now: day(11, 24).and_hms_opt(10, 0, 0).unwrap(),
        claimed_total: None,
        shift: 0,
        schema_change: false,
        failure: None,
        base: "https://portal.example",
    };
    change(&mut view);
    dialect(portal.dialect).answer(&view, request)
}

fn answer(portal: &Portal, ads: &[Ad], request: &Request) -> Reply {
    answer_with(portal, ads, request, |_| {})
}

fn dialect(name: &str) -> Box<dyn Dialect> {
    super::dialects().into_iter().chain(crate::market::dialects()).find(|d| d.name() == name).unwrap()
}

fn portal(name: &str) -> Portal {
    super::portals().into_iter().find(|p| p.name == name).unwrap()
}

/// A request for `path?name=value&…`.
fn get(address: &str) -> Request {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let query = query.split('&').filter(|p| !p.is_empty()).map(|p| p.split_once('=').unwrap_or((p, "")));
    Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: query.map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        ..Request::default()
    }
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

/// One list page of every dialect: portal, address of a first page of `{n}` rows, what marks a row, file extension.
const LISTS: &[(&str, &str, &str, &str)] = &[
    (
        "work24",
        "/cm/openApi/call/wk/callOpenApiSvcInfo210L01.do?authKey=k&callTp=L&returnType=XML&startPage={p}&display={n}&empTpGb=1|2",
        "<wanted>",
        "xml",
    ),
    (
        "work24_open",
        "/cm/openApi/call/wk/callOpenApiSvcInfo210L21.do?authKey=k&callTp=L&returnType=XML&startPage={p}&display={n}",
        "<dhsOpenEmpInfo>",
        "xml",
    ),
    (
        "alio",
        "/1051000/recruitment/list?serviceKey=k&pageNo={p}&numOfRows={n}&resultType=json&ongoingYn=Y",
        "\"recrutPblntSn\":",
        "json",
    ),
    ("gojobs", "/1760000/PblJobService/getList?serviceKey=k&pageNo={p}&numOfRows={n}&_type=json", "\"idx\":", "json"),
    ("senuri", "/B552474/SenuriService/getJobList?ServiceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    ("kead", "/B552583/job/job_list_env?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    ("worldjob", "/B490007/worldjob/worldjobRecruitList?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    ("mma", "/1300000/CyJeongBo/list?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    ("cwma", "/B551264/CwmaJobService/getJobInfoList?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    (
        "kto",
        "/B551011/TourismJobService/tourismJobList?serviceKey=k&pageNo={p}&numOfRows={n}&_type=json",
        "\"empmnInfoNo\":",
        "json",
    ),
    ("mpva", "/1180000/MpvaJobService/getVeteranJobList?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    ("nars", "/9710000/NarsRecruitService/getRecruitList?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    (
        "ssis",
        "/B554287/WelfareJobService/getWelfareJobList?serviceKey=k&pageNo={p}&numOfRows={n}",
        "\"jobOfferNo\":",
        "json",
    ),
    ("rndjob", "/openapi/recruitList.xml?certKey=k&page={p}&rows={n}", "<recruit ", "xml"),
    (
        "busan",
        "/6260000/BusanJobOpnngInfoService/getJobOpnngInfo?serviceKey=k&pageNo={p}&numOfRows={n}&resultType=json",
        "\"title\":",
        "json",
    ),
    ("gyeonggi", "/GGJOBABARECRUSTM?KEY=k&Type=json&pIndex={p}&pSize={n}", "\"PBANC_CONT\":", "json"),
    ("gyeongnam", "/6480000/gyeongnamwork/gyeongnamworkList?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    ("jeonnam", "/6460000/jnJobInfo/getJobList?serviceKey=k&startPage={p}&pageSize={n}&numOfRows={n}", "<item>", "xml"),
    ("sejong", "/openapi/job/jobList.do?serviceKey=k&pageIndex={p}&pageUnit={n}&dataTy=json", "\"jobId\":", "json"),
    ("gangwon", "/openapi/jobs?authKey=k&page={p}&perPage={n}", "\"jobNo\":", "json"),
    ("jeju", "/api/proxy/jobRecruitList/k?number={p}&limit={n}", "\"recruitNo\":", "json"),
    ("yongin", "/4050000/yonginJobService/getJobInfoList?serviceKey=k&pageNo={p}&numOfRows={n}", "\"co_nm\":", "json"),
    (
        "boryeong",
        "/4510000/employService/getEmployList?serviceKey=k&pageIndex={n}&firstIndex={p}&dataType=XML",
        "<item>",
        "xml",
    ),
    ("suwon", "/3740000/SuwonJobService/getJobList?serviceKey=k&pageNo={p}&numOfRows={n}", "<item>", "xml"),
    (
        "hwaseong",
        "/5530000/HwaseongJobService/getJobList?serviceKey=k&pageNo={p}&numOfRows={n}&type=json",
        "\"rcritSn\":",
        "json",
    ),
    ("gwangju", "/api/15072312/v1/uddi:jobs?serviceKey=k&page={p}&perPage={n}", "\"연번\":", "json"),
];

/// Lists whose address has no page number to put in, with the file extension and one detail page where there is one.
const OTHER_LISTS: &[(&str, &str, &str)] = &[
    ("cleaneye", "/B551982/openApiEmployInfo/openXmlEmployInfo?serviceKey=k&sidoCd=007001&type=xml", "xml"),
    ("arte", "/notice/job/api.do?startdt=20261001&enddt=20261124", "xml"),
    ("kosmes", "/data/api/jopblancApi.do?authKey=k&callTp=L&startCount=0&listCount=100", "xml"),
    ("wbiz", "/api/v1/recruits?apiKey=k&page=0&size=200", "json"),
    ("seoul", "/k/json/GetJobInfo/1/1000/", "json"),
    ("gyeongbuk", "/job/board/list.do?pageIndex=1", "html"),
    ("saeil", "/job/board/list.do?pageIndex=1", "html"),
];

/// Municipal boards in the generic formats.
const BOARDS: &[(&str, &str, &str)] = &[
    ("haeundae", "/job/list.do?pageIndex=1&pageUnit=50", "html"),
    ("busanjin", "/job/list.do?pageIndex=1&pageUnit=50", "html"),
    ("gwangsan", "/rss/job.xml?page=1", "xml"),
    ("hongseong", "/file/job.csv", "csv"),
];

const DETAILS: &[(&str, &str, &str)] = &[
    (
        "work24",
        "/cm/openApi/call/wk/callOpenApiSvcInfo210D01.do?authKey=k&callTp=D&returnType=XML&infoSvc=VALIDATION&wantedAuthNo=",
        "xml",
    ),
    (
        "work24_open",
        "/cm/openApi/call/wk/callOpenApiSvcInfo210D21.do?authKey=k&callTp=D&returnType=XML&empSeqno=",
        "xml",
    ),
    ("gojobs", "/1760000/PblJobService/getItem?serviceKey=k&_type=json&idx=", "json"),
    ("senuri", "/B552474/SenuriService/getJobInfo?ServiceKey=k&id=", "xml"),
    ("kosmes", "/data/api/jopblancApi.do?authKey=k&callTp=D&pblancNo=", "xml"),
    ("gyeongbuk", "/job/board/view.do?seq=", "html"),
    ("saeil", "/job/board/view.do?seq=", "html"),
    ("haeundae", "/job/view.do?recruitNo=", "html"),
    ("busanjin", "/job/view.do?recruitNo=", "html"),
    ("paju", "/jobs/", "html"),
    ("icheon", "/jobs/", "html"),
];

fn list_page(address: &str, page: usize, rows: usize) -> Request {
    get(&address.replace("{p}", &page.to_string()).replace("{n}", &rows.to_string()))
}

#[test]
fn pages_follow_each_other_without_gaps_and_end() {
    let ads = ads(53, "11000");
    for (name, address, row, _) in LISTS {
        let portal = portal(name);
        let counts: Vec<usize> = (1..=4)
            .map(|page| text(&answer(&portal, &ads, &list_page(address, page, 20))).matches(row).count())
            .collect();
        assert_eq!(counts, [20, 20, 13, 0], "{name}");
        let first = text(&answer(&portal, &ads, &list_page(address, 1, 20)));
        assert_ne!(first, text(&answer(&portal, &ads, &list_page(address, 2, 20))), "{name}");
    }
}

#[test]
fn a_missing_key_is_refused_and_so_is_one_over_its_quota() {
    let ads = ads(3, "11000");
    for (name, address, row, _) in LISTS {
        for (key, what) in [("", "empty"), (super::gateway::OVER_QUOTA_KEY, "over quota")] {
            let address = address.replace("Key=k", &format!("Key={key}")).replace("List/k?", &format!("List/{key}?"));
            let address = address.replace("KEY=k", &format!("KEY={key}"));
            let reply = answer(&portal(name), &ads, &list_page(&address, 1, 10));
            // Without a key the Gyeonggi platform answers with its sample; ten rows are more than that.
            assert_eq!(text(&reply).matches(row).count(), 0, "{name} {what}: {}", text(&reply));
        }
    }
}

#[test]
fn a_portal_told_to_fail_does_so_in_its_own_words() {
    let ads = ads(3, "11000");
    let others = OTHER_LISTS.iter().map(|(name, address, _)| (*name, get(address)));
    for (name, request) in LISTS.iter().map(|(name, address, ..)| (*name, list_page(address, 1, 10))).chain(others) {
        let mut words = Vec::new();
        for failure in [Failure::Quota, Failure::Auth, Failure::ServerError] {
            let reply = answer_with(&portal(name), &ads, &request, |view| view.failure = Some(failure));
            assert!(reply.headers.iter().any(|(n, _)| *n == crate::dialect::FAILURE_MARK), "{name} has no envelope");
            assert!(!text(&reply).contains("한빛물류"), "{name} {failure:?}");
            words.push(text(&reply));
        }
        words.dedup();
        assert_eq!(words.len(), 3, "{name}: failures look alike");
    }
}

#[test]
fn a_claimed_total_is_what_the_page_says_and_a_schema_change_renames_the_fields() {
    let ads = ads(3, "11000");
    for (name, address, _, _) in LISTS {
        let portal = portal(name);
        let request = list_page(address, 1, 10);
        let reply = answer_with(&portal, &ads, &request, |view| view.claimed_total = Some(98_765));
        assert!(text(&reply).contains("98765"), "{name}");
        let renamed = answer_with(&portal, &ads, &request, |view| view.schema_change = true);
        assert!(text(&renamed).contains("_v2"), "{name}");
    }
}

#[test]
fn work24_speaks_as_documented() {
    let portal = portal("work24");
    let base = "/cm/openApi/call/wk/callOpenApiSvcInfo210L01.do?";
    let mut ads = ads(30, "11000");
    ads[4].employment = "per_diem";
    ads[7].region_code = "12110".to_owned();
    let list = |query: &str| answer(&portal, &ads, &get(&format!("{base}{query}")));
    let page = list("authKey=k&callTp=L&returnType=XML&startPage=1&display=100");
    assert_eq!(page.headers, [("content-type", "text/xml".to_owned())], "no charset");
    assert!(page.body.starts_with("\u{feff}".as_bytes()), "a BOM");
    let page = text(&page);
    assert!(page.contains("<total>29</total>"), "day labour is left out unless asked for");
    assert!(page.contains("<closeDt>채용시까지</closeDt>"));
    assert!(page.contains("<closeDt>채용시까지  26-12-17</closeDt>"), "two spaces");
    assert!(page.contains("<regDt>26-11-20</regDt>"));
    assert!(page.contains("<smodifyDtm>202611201412</smodifyDtm>"));
    assert!(page.contains("<sal>238만원 ~ 257만원</sal><minSal>2380000</minSal>"));
    assert!(page.contains("<title>[급구] 물류센터 입·출고 관리 및 지게차 운전원 &lt;주...</title>"));
    for (query, expected) in [
        ("authKey=&callTp=X&returnType=XML", "<messageCd>008</messageCd>"),
        ("authKey=&callTp=L&returnType=JSON", "<messageCd>004</messageCd>"),
        ("authKey=&callTp=L&returnType=XML", "<messageCd>002</messageCd>"),
        ("authKey=over-quota&callTp=L&returnType=XML", "<messageCd>003</messageCd>"),
        ("authKey=expired&callTp=L&returnType=XML", "<GO24><error>"),
        ("authKey=k&callTp=D&returnType=XML", "<messageCd>018</messageCd>"),
        ("authKey=k&callTp=L&returnType=XML&region=50000", "<messageCd>006</messageCd>"),
        ("authKey=k&callTp=L&returnType=XML&startPage=1001", "<messageCd>009</messageCd>"),
        ("authKey=k&callTp=L&returnType=XML&region=46000&empTpGb=1|2", "<total>1</total>"),
        ("authKey=k&callTp=L&returnType=XML&region=11000|46000&empTpGb=1|2", "<total>30</total>"),
        ("authKey=k&callTp=L&returnType=XML&minWantedAuthDt=20261119", "<total>2</total>"),
        ("authKey=k&callTp=L&returnType=XML&display=999", "<display>100</display>"),
    ] {
        let reply = text(&list(query));
        assert!(reply.contains(expected), "{query}: {}", reply.chars().take(300).collect::<String>());
    }
}

#[test]
fn the_region_index_of_work24_notices_another_day() {
    let portal = portal("work24");
    let request = get("/210L01.do?authKey=k&callTp=L&returnType=XML&region=11000&empTpGb=1|2");
    let dialect = dialect("work24");
    let total = |ads: &[Ad]| {
        let by_id = |_: &str| None;
        let now = day(11, 24).and_hms_opt(0, 0, 0).unwrap();
        let view = View {
            portal: &portal,
            ads,
            by_id: &by_id,
            employers: &[],
            now,
            claimed_total: None,
            shift: 0,
            schema_change: false,
            failure: None,
            base: "",
        };
        text(&dialect.answer(&view, &request))
    };
    let mut list = ads(20, "11000");
    assert!(total(&list).contains("<total>20</total>"));
    list.iter_mut().take(5).for_each(|ad| ad.region_code = "26110".to_owned());
    assert!(total(&list).contains("<total>15</total>"));
}

#[test]
fn caps_and_refusals_of_the_path_paged_platform_hold() {
    let portal = portal("seoul");
    let ads = ads(1200, "11000");
    for (path, expected) in [
        ("/k/json/GetJobInfo/1/1000/", "\"list_total_count\":1200"),
        ("/k/json/GetJobInfo/1/1001/", "ERROR-336"),
        ("/k/json/GetJobInfo/1201/1300/", "INFO-200"),
        ("/k/xml/GetJobInfo/1/2/", "<list_total_count>1200</list_total_count>"),
        ("//json/GetJobInfo/1/5/", "ERROR-301"),
        ("/over-quota/json/GetJobInfo/1/5/", "ERROR-337"),
        ("/k/json/Other/1/5/", "ERROR-310"),
        ("/k/json/GetJobInfo/5/1/", "ERROR-334"),
    ] {
        let reply = text(&answer(&portal, &ads, &get(path)));
        assert!(reply.contains(expected), "{path}: {}", &reply[..reply.len().min(300)]);
    }
}

#[test]
fn one_row_is_an_object_and_none_is_an_empty_text() {
    let portal = portal("hwaseong");
    let page = |n: usize| text(&answer(&portal, &ads(n, "41590"), &get("/x/y/getJobList?serviceKey=k&numOfRows=10")));
    assert!(page(0).contains("\"items\":\"\""));
    assert!(page(1).contains("\"items\":{\"item\":{"));
    assert!(page(2).contains("\"items\":{\"item\":[{"));
}

#[test]
fn portals_are_144_and_equal_the_folders_of_the_catalog() {
    let portals = super::portals();
    let mut names: Vec<String> = portals.iter().map(|p| format!("{}/{}", p.class, p.name)).collect();
    names.sort_unstable();
    assert_eq!(portals.iter().filter(|p| p.class == "public").count(), 22);
    assert_eq!(portals.iter().filter(|p| p.class == "local").count(), 122);
    let mut folders: Vec<String> = Vec::new();
    for class in ["public", "local"] {
        let Ok(entries) = std::fs::read_dir(sources().join(class)) else { panic!("no folder {class} in the catalog") };
        folders.extend(
            entries
                .map(|e| e.unwrap())
                .filter(|e| e.path().join("source.toml").is_file())
                .map(|e| format!("{class}/{}", e.file_name().to_string_lossy())),
        );
    }
    folders.sort_unstable();
    assert_eq!(names, folders);
    names.dedup();
    assert_eq!(names.len(), 144, "names are unique");
}

fn sources() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../adapters/sources")
}

/// With `UPDATE_SAMPLES=1` the sample pages in the catalog are written anew; without, they must be what the dialects say.
#[test]
fn sample_pages_of_the_catalog_are_what_the_dialects_say() {
    let write = std::env::var_os("UPDATE_SAMPLES").is_some();
    let lists =
        LISTS.iter().map(|(name, address, _, ext)| (*name, list_page(address, 1, 100), format!("page-1.{ext}")));
    let others =
        OTHER_LISTS.iter().chain(BOARDS).map(|(name, address, ext)| (*name, get(address), format!("page-1.{ext}")));
    let ione = Request {
        method: "POST".to_owned(),
        body: br#"{"pageIndex":1,"recordCountPerPage":100}"#.to_vec(),
        ..get("/recruit/selectRcrtList.json")
    };
    let others = others.chain([("ionejob", ione, "page-1.json".to_owned())]);
    let details = DETAILS
        .iter()
        .map(|(name, address, ext)| (*name, get(&format!("{address}K15181240000002")), format!("detail-1.{ext}")));
    for (name, request, file) in lists.chain(others).chain(details) {
        let portal = portal(name);
        let region = portal.regions.first().map_or("11000", String::as_str);
        let reply = answer(&portal, &ads(5, region), &request);
        assert_eq!(reply.status, 200, "{name} {file}: {}", text(&reply));
        let path = sources().join(portal.class).join(name).join(&file);
        if write {
            std::fs::write(&path, &reply.body).unwrap();
        } else {
            let kept = std::fs::read(&path).unwrap_or_default();
            assert!(
                kept == reply.body,
                "{} is not what the dialect says; UPDATE_SAMPLES=1 writes it anew",
                path.display()
            );
        }
    }
}

/// A list page of 100 rows is cheap. The limit is loose: debug builds and busy machines are slower than the figure that counts.
#[test]
fn a_page_of_a_hundred_rows_is_cheap() {
    let limit_micros = if cfg!(debug_assertions) { 60_000 } else { 2_000 };
    for name in ["work24", "alio", "suwon", "hwaseong"] {
        let (_, address, _, _) = LISTS.iter().find(|(n, ..)| *n == name).unwrap();
        let portal = portal(name);
        let ads = ads(1000, "11000");
        let request = list_page(address, 3, 100);
        let dialect = dialect(portal.dialect);
        let by_id = |_: &str| None;
        let now = day(11, 24).and_hms_opt(0, 0, 0).unwrap();
        let view = View {
            portal: &portal,
            ads: &ads,
            by_id: &by_id,
            employers: &[],
            now,
            claimed_total: None,
            shift: 0,
            schema_change: false,
            failure: None,
            base: "",
        };
        let mut best = u128::MAX;
        for _ in 0..20 {
            let start = Instant::now();
            let reply = dialect.answer(&view, &request);
            best = best.min(start.elapsed().as_micros());
            assert!(reply.body.len() > 10_000);
        }
        println!("{name}: {best} us for 100 rows");
        assert!(best < limit_micros, "{name}: {best} us");
    }
}

#[test]
fn the_page_people_read_tells_open_closed_and_gone_apart() {
    let mut ads = ads(2, "11000");
    ads[1].closed = true;
    ads[0].origin_id = "45900123".to_owned();
    for (name, address, expected, status) in [
        ("suwon", "/recruit/K15181240000000", "한빛물류0", 200),
        ("suwon", "/recruit/K15181240000001", "마감되었습니다", 200),
        ("suwon", "/recruit/none", "찾을 수 없습니다", 404),
        ("work24", "/wk/a/b/1500/empDetailAuthView.do?wantedAuthNo=K15181240000000", "한빛물류0", 200),
        (
            "work24",
            "/wk/a/b/1500/empDetailAuthView.do?wantedAuthNo=K15181240000001",
            "구인정보를 확인할 수 없습니다",
            200,
        ),
        ("work24", "/wk/a/b/1500/retrivePriEmpDtlView.do?wantedAuthNo=45900123", "한빛물류0", 200),
        ("alio", "/mobile2021/recruit/recruitView.do?idx=K15181240000001", "마감되었습니다", 200),
    ] {
        let reply = answer(&portal(name), &ads, &get(address));
        assert!(reply.status == status && text(&reply).contains(expected), "{name} {address}: {}", text(&reply));
    }
}
