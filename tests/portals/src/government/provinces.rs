//! Local governments with a service of their own: Gyeongnam, Jeonnam, Sejong, Gangwon, Jeju, Yongin, Boryeong, and the file
//! data sets that api.odcloud.kr serves with Korean column names. Paging words differ in each.

use std::borrow::Cow;
use std::fmt::Write;

use crate::{Ad, Reply, View};

use super::envelope;
use super::fact;
use super::gateway::{self, Fault, Key};
use super::service::{Listing, Paging, Service, number, row_number, text};
use super::write::xml_element;

const XML_TYPE: &str = "application/xml;charset=UTF-8";
const JSON_TYPE: &str = "application/json;charset=UTF-8";

/// Gyeongnam (15062884): five fields, the middle dot lost at the source, no closing date.
pub(super) const GYEONGNAM: Service = Service {
    name: "gyeongnam",
    path: "gyeongnamworkList",
    key: Key::Gateway200,
    paging: Paging::GATEWAY,
    columns: &[
        text("entid", fact::id),
        text("title", |ad, _| lost_dot(&ad.title)),
        text("contents", |ad, _| lost_dot(&ad.description)),
        text("author", |ad, _| lost_dot(&ad.company)),
        text("regDate", fact::posted_dashes),
    ],
    oldest_first: false,
    content_type: XML_TYPE,
    envelope: envelope::xml,
    refusal: gateway::bad_parameter,
};

/// `기술개발·보급` → `기술개발?보급`.
fn lost_dot(text: &str) -> Cow<'_, str> {
    if text.contains(['·', 'ㆍ']) { Cow::Owned(text.replace(['·', 'ㆍ'], "?")) } else { Cow::Borrowed(text) }
}

/// Jeonnam (15062766, 15062773): startPage and pageSize, and numOfRows must be there too.
pub(super) const JEONNAM: Service = Service {
    name: "jeonnam",
    path: "",
    key: Key::Gateway200,
    paging: Paging {
        page: "startPage",
        size: "pageSize",
        first: 1,
        size_default: 10,
        size_max: 1000,
        needs: &["numOfRows"],
    },
    columns: &[
        text("jobKey", fact::id),
        text("jobTitle", fact::title),
        text("jobCompany", fact::company),
        text("jobDataSrcNm", source_name),
        text("jobRegion", fact::region),
        text("jobCont", fact::description),
        text("jobPay", fact::pay),
        text("jobCareer", fact::career_words),
        text("jobEdu", fact::education_words),
        text("jobType", fact::employment_words),
        text("jobRegDt", fact::posted_dashes),
        text("jobApplyStartDt", fact::posted_dashes),
        text("jobApplyEndDt", fact::closes_dashes),
        text("jobUrl", fact::origin_or_link),
    ],
    oldest_first: false,
    content_type: XML_TYPE,
    envelope: |listing, out| envelope::xml_with(listing, out, "item", "NORMAL_CODE"),
    refusal: || gateway::failure(200, "11", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR"),
};

/// Whose posting it is, in words.
fn source_name<'a>(ad: &'a Ad, _: &View<'_>) -> Cow<'a, str> {
    Cow::Borrowed(match ad.origin_provider.as_str() {
        "VALIDATION" => "워크넷",
        "CJK" => "잡코리아",
        "CSI" => "사람인",
        _ => "자체",
    })
}

/// Sejong and its like (15098502): pageIndex and pageUnit, JSON by default, totals as text.
pub(super) const PAGE_UNIT: Service = Service {
    name: "page_unit",
    path: "",
    key: Key::Gateway,
    paging: Paging { page: "pageIndex", size: "pageUnit", first: 1, size_default: 20, size_max: 100, needs: &[] },
    columns: &[
        text("jobId", fact::id),
        text("jobSj", fact::title),
        text("cmpnyNm", fact::company),
        text("jobTy", fact::employment_words),
        text("jssfc", fact::occupation),
        text("workArea", fact::region),
        text("workAdres", fact::address),
        text("salary", fact::pay),
        text("career", fact::career_words),
        text("acdmcr", fact::education_words),
        text("rcritCo", fact::headcount_people),
        text("cn", fact::description),
        text("regDe", fact::posted_dots),
        text("closDe", fact::closes_or_words),
        text("detailUrl", fact::link),
    ],
    oldest_first: false,
    content_type: JSON_TYPE,
    envelope: page_unit,
    refusal: gateway::bad_parameter,
};

fn page_unit(listing: &Listing<'_, '_>, out: &mut String) {
    let _ = write!(
        out,
        "{{\"resultCode\":\"00\",\"resultMsg\":\"NORMAL_SERVICE\",\"totalCount\":\"{}\",\"pageIndex\":\"{}\",\"pageUnit\":\"{}\",\"list\":[",
        listing.total, listing.page, listing.size
    );
    listing.json_rows(out);
    out.push_str("]}");
}

/// Gangwon: `status`, `message`, `timestamp` around the data, as its statistics service has them.
pub(super) const GANGWON: Service = Service {
    name: "gangwon",
    path: "/jobs",
    key: Key::Own("authKey", gangwon_refusal),
    paging: Paging { page: "page", size: "perPage", first: 1, size_default: 10, size_max: 500, needs: &[] },
    columns: &[
        text("jobNo", fact::id),
        text("title", fact::title),
        text("companyName", fact::company),
        text("businessNo", fact::business_number),
        text("jobsCd", fact::occupation_code),
        text("jobsNm", fact::occupation),
        text("regionCd", fact::region_code),
        text("regionNm", fact::region),
        text("empTp", fact::employment_words),
        text("salTp", fact::pay_period),
        number("minSal", fact::pay_min),
        number("maxSal", fact::pay_max),
        text("career", fact::career_words),
        text("edu", fact::education_words),
        number("headcount", fact::headcount),
        text("regDt", fact::posted_dashes),
        text("closeDt", fact::closes_or_words),
        text("url", fact::link),
    ],
    oldest_first: false,
    content_type: JSON_TYPE,
    envelope: gangwon,
    refusal: || Reply::ok(JSON_TYPE, "{\"status\":400,\"message\":\"BAD_REQUEST\",\"timestamp\":\"\",\"data\":null}"),
};

fn gangwon_refusal(fault: Fault) -> Reply {
    let (status, message) = match fault {
        Fault::OverQuota => (429, "TOO_MANY_REQUESTS"),
        Fault::Server => (500, "INTERNAL_SERVER_ERROR"),
        _ => (401, "UNAUTHORIZED"),
    };
    Reply::ok(JSON_TYPE, format!("{{\"status\":{status},\"message\":\"{message}\",\"timestamp\":\"\",\"data\":null}}"))
}

fn gangwon(listing: &Listing<'_, '_>, out: &mut String) {
    let at = listing.view.now;
    let _ = write!(
        out,
        "{{\"status\":200,\"message\":\"OK\",\"timestamp\":\"{at}\",\"data\":{{\"total\":{},\"page\":{},\"perPage\":{},\"items\":[",
        listing.total, listing.page, listing.size
    );
    listing.json_rows(out);
    out.push_str("]}}");
}

/// Jeju data hub: the key ends the path, `number` and `limit`, `totCnt` and `hasMore` beside `data`.
pub(super) const JEJU: Service = Service {
    name: "jeju",
    path: "",
    key: Key::PathEnd(jeju_refusal),
    paging: Paging { page: "number", size: "limit", first: 1, size_default: 10, size_max: 100, needs: &[] },
    columns: &[
        text("recruitNo", fact::id),
        text("recruitTitle", fact::title),
        text("companyNm", fact::company),
        text("jobNm", fact::occupation),
        text("employTypeNm", fact::employment_words),
        text("areaNm", fact::region),
        text("address", fact::address),
        text("payCn", fact::pay),
        text("careerNm", fact::career_words),
        text("schoolNm", fact::education_words),
        text("recruitCnt", fact::headcount_people),
        text("workCn", fact::description),
        text("regDate", fact::posted_compact),
        text("closeDate", fact::closes_or_words),
        text("linkUrl", fact::link),
    ],
    oldest_first: false,
    content_type: JSON_TYPE,
    envelope: jeju,
    refusal: || gateway::with_status(400, Reply::ok(JSON_TYPE, "{\"error\":\"number, limit 값을 확인하세요.\"}")),
};

fn jeju_refusal(fault: Fault) -> Reply {
    let (status, error) = match fault {
        Fault::OverQuota => (429, "호출 허용량을 초과하였습니다."),
        Fault::Server => (500, "서버 오류입니다."),
        _ => (401, "프로젝트 키가 유효하지 않습니다."),
    };
    gateway::with_status(status, Reply::ok(JSON_TYPE, format!("{{\"error\":\"{error}\"}}")))
}

fn jeju(listing: &Listing<'_, '_>, out: &mut String) {
    let more = ((listing.start + listing.count()) as u64) < listing.total;
    let _ = write!(out, "{{\"totCnt\":{},\"hasMore\":{more},\"data\":[", listing.total);
    listing.json_rows(out);
    out.push_str("]}");
}

/// Yongin (15097362): titles cut with dots, semicolons where commas were, result code `0 NORMAL_CODE`.
pub(super) const YONGIN: Service = Service {
    name: "yongin",
    path: "getJobInfoList",
    key: Key::Gateway,
    paging: Paging::GATEWAY,
    columns: &[
        text("no", fact::id),
        text("co_nm", |ad, _| semicolons(&ad.company)),
        text("sj", |ad, view| Cow::Owned(semicolons(&fact::title_cut(ad, view)).into_owned())),
        text("srch_bgn_dt", fact::posted_dashes),
        text("srch_end_dt", fact::closes_dashes),
        text("emplym_stle", |ad, _| semicolons(&ad.employment_words)),
        text("work_region", fact::region),
        text("wage", |ad, _| ad.pay.replace(',', "").into()),
        text("acdmcr", fact::education_words),
        text("career", fact::career_words),
        text("qlfc_rqrmnt", |ad, _| semicolons(&ad.requirements)),
        text("job_cn", |ad, _| semicolons(&ad.description)),
    ],
    oldest_first: false,
    content_type: JSON_TYPE,
    envelope: yongin,
    refusal: gateway::bad_parameter,
};

fn semicolons(text: &str) -> Cow<'_, str> {
    if text.contains(',') { Cow::Owned(text.replace(',', ";")) } else { Cow::Borrowed(text) }
}

fn yongin(listing: &Listing<'_, '_>, out: &mut String) {
    out.push_str("{\"resultCode\":\"0\",\"resultMsg\":\"NORMAL_CODE\",\"items\":[");
    listing.json_rows(out);
    let _ =
        write!(out, "],\"numOfRows\":{},\"pageNo\":{},\"totalCount\":{}}}", listing.size, listing.page, listing.total);
}

/// Boryeong (15060054): pageIndex is the number of rows, firstIndex the number of the page; no id, no closing date.
pub(super) const BORYEONG: Service = Service {
    name: "boryeong",
    path: "getEmployList",
    key: Key::Gateway200,
    paging: Paging { page: "firstIndex", size: "pageIndex", first: 1, size_default: 10, size_max: 100, needs: &[] },
    columns: &[
        text("employSt", fact::hiring_words),
        text("employName", fact::company),
        text("writer", fact::contact_name),
        text("employJob", fact::title),
        text("employTell", fact::contact_phone),
        text("employHome", fact::nothing),
        text("employIntro", fact::industry),
        text("employField", fact::occupation),
        text("employNum", fact::headcount_people),
        text("qualiNage", |_, _| "무관".into()),
        text("employPay", fact::pay),
        text("employCont", fact::description),
    ],
    oldest_first: false,
    content_type: "application/xml",
    envelope: boryeong,
    refusal: gateway::bad_parameter,
};

fn boryeong(listing: &Listing<'_, '_>, out: &mut String) {
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><header><resultCode>00</resultCode><resultMsg>NORMAL_CODE</resultMsg></header><body>");
    xml_element(out, "totCnt", &listing.total.to_string());
    out.push_str("<items>");
    listing.xml_rows(out, "item");
    out.push_str("</items></body></response>");
}

/// A file data set as api.odcloud.kr serves it: Korean column names, a running number in place of an id.
pub(super) const ODCLOUD: Service = Service {
    name: "odcloud",
    path: "",
    key: Key::Odcloud,
    paging: Paging { page: "page", size: "perPage", first: 1, size_default: 10, size_max: 1000, needs: &[] },
    columns: &[
        row_number("연번"),
        text("채용공고명", fact::title),
        text("기업명", fact::company),
        text("모집직종", fact::occupation),
        text("고용형태", fact::employment_words),
        text("근무지역", fact::region),
        text("근무지주소", fact::address),
        text("임금조건", fact::pay),
        text("경력조건", fact::career_words),
        text("학력조건", fact::education_words),
        number("모집인원", fact::headcount),
        text("등록일자", fact::posted_dashes),
        text("마감일자", fact::closes_or_words),
        text("공고URL", fact::link),
        text("데이터기준일자", basis_day),
    ],
    oldest_first: false,
    content_type: JSON_TYPE,
    envelope: odcloud,
    refusal: || gateway::with_status(400, Reply::ok(JSON_TYPE, "{\"code\":-2,\"msg\":\"잘못된 파라미터 입니다.\"}")),
};

fn basis_day<'a>(_: &'a Ad, view: &View<'_>) -> Cow<'a, str> {
    Cow::Owned(fact::day(view.now.date(), "-", true))
}

fn odcloud(listing: &Listing<'_, '_>, out: &mut String) {
    let _ = write!(out, "{{\"currentCount\":{},\"data\":[", listing.count());
    listing.json_rows(out);
    let _ = write!(
        out,
        "],\"matchCount\":{0},\"page\":{1},\"perPage\":{2},\"totalCount\":{0}}}",
        listing.total, listing.page, listing.size
    );
}
