//! What the dialects do at the edges: keys, quotas, caps, pages beyond the end, claimed totals, an unannounced release.

use super::samples::{ads, at, day, employers};
use super::{dialects, portals};
use crate::{Ad, Failure, Portal, Reply, Request, View};

/// A portal under test with what it shows.
struct Stand {
    portal: Portal,
    ads: Vec<Ad>,
    claimed_total: Option<u64>,
    schema_change: bool,
    failure: Option<Failure>,
}

impl Stand {
    /// A portal of the catalog, or one that speaks a generic dialect.
    fn of(name: &str) -> Stand {
        let generic = dialects().iter().map(|d| d.name()).find(|d| *d == name);
        let own = portals().into_iter().find(|p| p.name == name);
        let portal =
            own.unwrap_or_else(|| Portal { name: name.to_owned(), dialect: generic.unwrap(), ..Portal::default() });
        Stand { portal, ads: ads(), claimed_total: None, schema_change: false, failure: None }
    }

    fn with(mut self, name: &'static str, value: &str) -> Stand {
        self.portal.params.insert(name, value.to_owned());
        self
    }

    /// So many ads, all alike but for their ids.
    fn many(mut self, count: usize) -> Stand {
        let first = self.ads[0].clone();
        self.ads = (0..count)
            .map(|n| Ad { id: format!("{}", 1000 + n), id2: format!("{}", 9000 + n), ..first.clone() })
            .collect();
        self
    }

    fn ask(&self, line: &str) -> Reply {
        self.send(line, "")
    }

    fn send(&self, line: &str, body: &str) -> Reply {
        let (method, address) = line.split_once(' ').unwrap();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned()));
        let keys =
            ["wanted-client-id", "wanted-client-secret", "x-greeting-openapi", "x-batch-key", "albamon-domain-type"];
        let mut headers: Vec<(String, String)> = keys.iter().map(|n| ((*n).to_owned(), "k".to_owned())).collect();
        headers.push(("x-api-version".to_owned(), "2.0".to_owned()));
        if query.contains("nokey") {
            headers.clear();
        }
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs.collect(),
            headers,
            body: body.as_bytes().to_vec(),
        };
        let all = dialects();
        let employers = employers();
        let view = View {
            portal: &self.portal,
            ads: &self.ads,
            by_id: &|id| self.ads.iter().find(|ad| ad.id == id),
            employers: &employers,
            now: at(day(2026, 11, 24), 9, 0),
            claimed_total: self.claimed_total,
            shift: 0,
            schema_change: self.schema_change,
            failure: self.failure,
            base: "https://portal.example",
        };
        all.iter().find(|d| d.name() == self.portal.dialect).unwrap().answer(&view, &request)
    }
}

fn text(reply: &Reply) -> String {
    let (text, ..) = encoding_rs::UTF_8.decode(&reply.body);
    if text.contains('\u{fffd}') { encoding_rs::EUC_KR.decode(&reply.body).0.into_owned() } else { text.into_owned() }
}

const JOBKOREA: &str = "GET /Service_JK/Data/JK_GI_XML_List.asp?api=k";
const INSURANCE: &str = "GET /B490001/gySjbPstateInfoService/getGySjBoheomBsshItem";
const COURSES: &str = "GET /cm/openApi/call/hr/callOpenApiSvcInfo310L01.do?authKey=k";

#[test]
fn a_missing_key_and_a_spent_quota_are_answered_as_each_service_does() {
    let (ok, quota, auth, down) = (None, Some(Failure::Quota), Some(Failure::Auth), Some(Failure::ServerError));
    for (name, refuse, line, status, want) in [
        ("saramin", ok, "GET /job-search?count=1", 200, "\"code\":1"),
        ("saramin", quota, "GET /job-search?access-key=k", 200, "\"code\":3"),
        ("saramin", ok, "GET /job-search?access-key=k&start=x", 200, "\"code\":2"),
        ("jobkorea", ok, "GET /Service_JK/Data/JK_GI_XML_List.asp?size=10", 200, "등록되지 않은 IP"),
        ("jobkorea", auth, JOBKOREA, 200, "등록되지 않은 IP"),
        ("albamon", ok, "GET /recruit/search", 405, "Method"),
        ("wanted", ok, "GET /v1/jobs?nokey=1", 401, "UNAUTHORIZED"),
        ("wanted", ok, "GET /v1/jobs?limit=101", 400, "BAD_REQUEST"),
        ("greeting", auth, "GET /openapi/openings", 401, "UNAUTHORIZED"),
        ("greenhouse", ok, "GET /v1/boards/other/jobs", 404, "not found"),
        ("smartrecruiters", ok, "GET /v1/companies/Unknown/postings", 200, "\"totalFound\":0"),
        ("hrdnet", ok, "GET /cm/openApi/call/hr/callOpenApiSvcInfo310L01.do?nokey=1", 200, "<GO24><error>"),
        ("hrdnet", ok, COURSES, 200, "훈련시작일"),
        ("insurance", ok, INSURANCE, 200, "<returnReasonCode>30<"),
        ("insurance", quota, &format!("{INSURANCE}?serviceKey=k"), 200, "<returnReasonCode>22<"),
        ("insurance", ok, &format!("{INSURANCE}?serviceKey=k&v_saeopjaDrno=0000000000"), 200, "<items/>"),
        ("nts_status", ok, "POST /api/nts-businessman/v1/status", 401, "\"code\":-401"),
        ("nts_status", ok, "POST /api/nts-businessman/v1/status?serviceKey=k", 400, "BAD_JSON_REQUEST"),
        ("eps_recruit", ok, "GET /B490007/epsRecruit?serviceKey=k&method=other", 200, "<resultCode>10<"),
        ("eps_recruit", down, "GET /B490007/epsRecruit?serviceKey=k", 200, "<returnReasonCode>04<"),
        ("saramin", down, "GET /job-search?access-key=k", 200, "\"code\":99"),
        ("ei_acquisitions", ok, "GET /batch/ei/acquisitions.csv?nokey=1", 401, "unauthorized"),
    ] {
        let mut stand = Stand::of(name);
        stand.failure = refuse;
        let reply = stand.ask(line);
        let said = text(&reply).to_lowercase();
        assert!(
            reply.status == status && said.contains(&want.to_lowercase()),
            "{name} {line}: {} {said}",
            reply.status
        );
    }
}

#[test]
fn sizes_and_caps_are_kept_to_the_row() {
    let rows = |reply: &Reply, mark: &str| text(reply).matches(mark).count();
    for (name, cap, line, body, mark, want) in [
        ("saramin", "", "GET /job-search?access-key=k&count=500", "", "\"id\":\"", 110),
        ("saramin", "", "GET /job-search?access-key=k&start=5&count=110", "", "\"id\":\"", 50),
        ("saramin", "", "GET /job-search?access-key=k&start=6&count=110", "", "\"id\":\"", 0),
        ("albamon", "", "POST /recruit/search", "{\"pagination\":{\"page\":1,\"size\":900}}", "\"recruitNo\":", 200),
        ("albamon", "", "POST /recruit/search", "{\"pagination\":{\"page\":4,\"size\":200}}", "\"recruitNo\":", 0),
        ("wanted", "", "GET /v1/jobs?limit=100&offset=550", "", "\"status\":", 50),
        ("smartrecruiters", "", "GET /v1/companies/DeliveryHero/postings?limit=500", "", "\"refNumber\":", 100),
        ("greenhouse", "", "GET /v1/boards/toss/jobs", "", "\"internal_job_id\":", 600),
        // without a condition 100 rows, with one as many as the contract allows, in pages of its size
        ("jobkorea", "500", &format!("{JOBKOREA}&size=1000"), "", "<Items>", 100),
        ("jobkorea", "500", &format!("{JOBKOREA}&size=1000&area=B000"), "", "<Items>", 500),
        ("jobkorea", "100000", &format!("{JOBKOREA}&size=1000&area=B000"), "", "<Items>", 600),
        ("jobkorea", "500", &format!("{JOBKOREA}&size=100&page=6&area=B000"), "", "<Items>", 0),
        ("jobkorea", "500", &format!("{JOBKOREA}&size=100&area=I000"), "", "<Items>", 0),
    ] {
        let stand = Stand::of(name).many(600).with("cap", cap);
        let reply = stand.send(line, body);
        assert_eq!((reply.status, rows(&reply, mark)), (200, want), "{name} {line} {body}");
    }
    let capped = Stand::of("jobkorea").many(600).with("cap", "500").ask(&format!("{JOBKOREA}&size=100&area=B000"));
    assert!(text(&capped).contains("<TotalSumCnt>500</TotalSumCnt><TotalCnt>100</TotalCnt>"));
}

#[test]
fn pages_of_a_list_hold_every_ad_once() {
    for (name, lines, mark) in [
        (
            "board_html",
            vec![
                "GET /job/list.do?pageIndex=1&pageUnit=50",
                "GET /job/list.do?pageIndex=2&pageUnit=50",
                "GET /job/list.do?pageIndex=3&pageUnit=50",
            ],
            "data-no=\"",
        ),
        ("board_rss", vec!["GET /rss/job.xml?page=1", "GET /rss/job.xml?page=2"], "<guid isPermaLink=\"false\">"),
        (
            "hr_xml",
            vec!["GET /hrxml/positions?page=1", "GET /hrxml/positions?page=2", "GET /hrxml/positions?page=3"],
            "schemeAgencyName=\"\">",
        ),
        ("jsonl", vec!["GET /export/postings.jsonl"], "{\"id\":\""),
    ] {
        let stand = Stand::of(name).many(130);
        let mut ids: Vec<String> = Vec::new();
        for line in lines {
            let page = text(&stand.ask(line));
            ids.extend(page.split(mark).skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect()));
        }
        let given: Vec<String> = stand.ads.iter().map(|ad| ad.id.clone()).collect();
        assert_eq!(ids, given, "{name}");
    }
}

#[test]
fn the_quirks_of_the_fleet_reach_the_page() {
    let ask = |name: &str| match name {
        "saramin" => "GET /job-search?access-key=k",
        "recruiter_co_kr" => "GET /app/jobnotice/list.json",
        "smartrecruiters" => "GET /v1/companies/DeliveryHero/postings",
        "board_html" => "GET /job/list.do",
        _ => "GET /service?area=B000",
    };
    for (name, today, renamed, total) in [
        ("saramin", "\"job\":[", "\"items\":[", "\"total\":\"77\""),
        ("recruiter_co_kr", "\"jobnoticeSn\":", "\"noticeSn\":", "\"recordCount\":77"),
        ("smartrecruiters", "\"content\":[", "\"postings\":[", "\"totalFound\":77"),
        ("board_html", "\"board_list\"", "\"tbl_list\"", "<strong>77</strong>"),
    ] {
        let mut stand = Stand::of(name);
        stand.claimed_total = Some(77);
        let before = text(&stand.ask(ask(name)));
        stand.schema_change = true;
        let after = text(&stand.ask(ask(name)));
        assert!(before.contains(today) && before.contains(total), "{name}: {before}");
        assert!(after.contains(renamed) && !after.contains(today), "{name}: {after}");
    }
}

#[test]
fn a_closed_posting_is_said_to_be_closed_in_each_portals_way() {
    for (name, line, status, want) in [
        ("board_html", "GET /job/view.do?recruitNo=47101001", 200, "alert(\"구인정보를 확인할 수 없습니다\")"),
        ("board_html", "GET /job/view.do?recruitNo=none", 200, "history.back()"),
        ("incruit", "GET /jobs/47101001", 200, "마감된 채용공고입니다"),
        ("incruit", "GET /jobs/none", 404, "존재하지 않는"),
        ("saramin", "GET /zf_user/jobs/relay/view?rec_idx=47101001", 200, "마감되었습니다"),
        ("saramin", "GET /job-search?access-key=k&id=47101001", 200, "\"active\":0"),
        ("jobkorea", "GET /Recruit/GI_Read/49201001", 200, "마감되었습니다"),
        ("wanted", "GET /v1/jobs/47101001", 200, "\"status\":\"close\""),
        ("smartrecruiters", "GET /v1/companies/DeliveryHero/postings/47101001", 404, "not found"),
        ("greenhouse", "GET /v1/boards/toss/jobs/47101001", 404, "not found"),
        ("recruiter_co_kr", "GET /app/jobnotice/view?jobnoticeSn=47101001", 200, "마감되었습니다"),
    ] {
        let mut stand = Stand::of(name);
        stand.ads[0].closed = true;
        let reply = stand.ask(line);
        assert!(
            reply.status == status && text(&reply).contains(want),
            "{name} {line}: {} {}",
            reply.status,
            text(&reply)
        );
    }
}

#[test]
fn korean_pages_come_in_cp949_with_its_own_characters() {
    let mut stand = Stand::of("board_html").with("charset", "euc-kr");
    stand.ads[0].title = "똠방각하 펲시 햏자 뷁".to_owned();
    let page = stand.ask("GET /job/list.do");
    let (body, wrong) = encoding_rs::EUC_KR.decode_without_bom_handling(&page.body);
    assert!(!wrong && body.contains("똠방각하 펲시 햏자 뷁") && body.contains("charset=euc-kr"));
    assert_eq!(page.headers, [("content-type", "text/html".to_owned())]);
    let detail = Stand::of("board_html").many(60).ask("GET /job/view.do?recruitNo=1001");
    assert!((15_000..25_000).contains(&detail.body.len()), "{} bytes", detail.body.len());
}

#[test]
fn acquisitions_are_known_from_the_fifteenth_of_the_next_month() {
    let stand = Stand::of("ei_acquisitions");
    let file = text(&stand.ask("GET /batch/ei/acquisitions.csv"));
    // two hires of one September week are one row; those of November are not reported yet
    assert!(file.contains(",41610,078100,2026-09-14,2026-09-20,3,\n") && !file.contains(",2026-11-"), "{file}");
    assert!(file.contains("#batch system=ei id=EI-202609-001 revision=2 issued=2026-10-20"), "{file}");
    assert!(file.contains("#batch system=eiday id=EID-202609-001 revision=2 issued=2026-10-20"), "{file}");
}
