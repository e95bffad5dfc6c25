//! Registers that answer by business number: insurance workplaces (PORTALS §19), NTS business status (§20) and EPS
//! recruitment statistics (§21), the first and last behind the data.go.kr gateway (§22).

use std::fmt::Write as _;

use serde::Deserialize;

use super::write;
use crate::{Dialect, Employer, Failure, Reply, Request, View};

/// Numbers the business status service takes in one call.
const NUMBERS_MAX: usize = 100;

/// The data.go.kr gateway's own failures: XML whatever was asked for. What the portal is to fail with goes first.
fn gateway(view: &View<'_>, request: &Request) -> Option<Reply> {
    let key = write::has_key(request, "serviceKey") || write::has_key(request, "ServiceKey");
    let failing = view.failure.or((!key).then_some(Failure::Auth))?;
    let (code, words) = match failing {
        Failure::Auth => (30, "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
        Failure::Quota => (22, "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"),
        Failure::ServerError => (4, "HTTP_ERROR"),
    };
    let body = format!(
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{words}</returnAuthMsg><returnReasonCode>{code:02}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
    );
    Some(Reply::ok("text/xml;charset=UTF-8", body).failing())
}

fn employer<'v>(view: &View<'v>, number: &str) -> Option<&'v Employer> {
    let at = view.employers.binary_search_by(|e| e.business_number.as_str().cmp(number)).ok()?;
    view.employers.get(at)
}

/// Workplaces under employment and industrial-accident insurance, by business number.
pub(super) struct Insurance;

impl Dialect for Insurance {
    fn name(&self) -> &'static str {
        "insurance"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != "/B490001/gySjbPstateInfoService/getGySjBoheomBsshItem" {
            return Reply::status(404, "API not found");
        }
        if let Some(failure) = gateway(view, request) {
            return failure;
        }
        let number = request.arg("v_saeopjaDrno").unwrap_or("");
        let insurance = request.arg("opaBoheomFg");
        let rows = employer(view, number).map(|e| workplaces(e, insurance)).unwrap_or_default();
        let size = request.number("numOfRows").unwrap_or(10).clamp(1, 1000);
        let page = request.number("pageNo").unwrap_or(1).max(1);
        let shown = write::page(&rows, (page - 1).saturating_mul(size), size);
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><response><header><resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body>",
        );
        if shown.is_empty() {
            out.push_str("<items/>");
        } else {
            out.push_str("<items>");
            shown.iter().for_each(|row| workplace(&mut out, view, row));
            out.push_str("</items>");
        }
        let _ = write!(
            out,
            "<numOfRows>{size}</numOfRows><pageNo>{page}</pageNo><totalCount>{}</totalCount></body></response>",
            write::total(view, rows.len())
        );
        Reply::ok("application/xml;charset=UTF-8", out)
    }
}

/// A workplace under one insurance: 1 = industrial accidents, 2 = employment.
struct Workplace<'a> {
    employer: &'a Employer,
    insurance: &'static str,
    site: u32,
    workers: u32,
}

/// One business number, many workplaces: a second site beyond a hundred workers, a third beyond five hundred.
fn workplaces<'a>(employer: &'a Employer, only: Option<&str>) -> Vec<Workplace<'a>> {
    let sites = 1 + u32::from(employer.workers > 100) + u32::from(employer.workers > 500);
    let mut rows = Vec::new();
    for insurance in ["1", "2"] {
        if only.is_some_and(|o| o != insurance) {
            continue;
        }
        for site in 0..sites {
            let workers = employer.workers / sites + if site == 0 { employer.workers % sites } else { 0 };
            rows.push(Workplace { employer, insurance, site, workers });
        }
    }
    rows
}

fn workplace(out: &mut String, view: &View<'_>, row: &Workplace<'_>) {
    let employer = row.employer;
    out.push_str("<item>");
    write::element(out, "addr", &employer.address);
    write::element(out, "gyEopjongCd", &employer.industry_code);
    write::element(out, "gyEopjongNm", &employer.industry);
    let name =
        if row.site == 0 { employer.name.clone() } else { format!("{} 제{}사업장", employer.name, row.site + 1) };
    let _ = write!(
        out,
        "<opaBoheomFg>{}</opaBoheomFg><post/><saeopFg>{}</saeopFg>",
        row.insurance,
        if employer.business_state == "03" { "2" } else { "1" }
    );
    write::element(out, write::name(view, "saeopjaDrno", "bizNo"), &employer.business_number);
    write::element(out, "saeopjangNm", &name);
    let _ = write!(out, "<sangsiInwonCnt>{}</sangsiInwonCnt><seongripDt>", row.workers);
    write::day(out, employer.founded, "");
    out.push_str("</seongripDt><sjEopjongCd>");
    write::xml(out, &employer.industry_code);
    // the accident insurance's own table pads its names
    out.push_str("</sjEopjongCd><sjEopjongNm>");
    write::xml(out, &employer.industry);
    out.push_str("      </sjEopjongNm></item>");
}

/// Business registration status.
pub(super) struct Nts;

#[derive(Deserialize)]
struct Numbers {
    b_no: Vec<String>,
}

impl Dialect for Nts {
    fn name(&self) -> &'static str {
        "nts"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let json = "application/json; charset=utf-8";
        let refuse = |status, code: i32, msg: &str| Reply {
            status,
            ..Reply::ok(json, format!("{{\"code\":{code},\"msg\":\"{msg}\"}}"))
        };
        if request.path != "/api/nts-businessman/v1/status" {
            return refuse(404, -4, "등록되지 않은 서비스 입니다.");
        }
        let key = write::has_key(request, "serviceKey");
        match view.failure.or((!key).then_some(Failure::Auth)) {
            Some(Failure::Auth) => return refuse(401, -401, "유효하지 않은 인증키 입니다.").failing(),
            Some(Failure::Quota) => return refuse(429, -10, "트래픽을 초과하였습니다.").failing(),
            Some(Failure::ServerError) => return refuse(500, -5, "서비스 제공기관의 오류입니다.").failing(),
            None => {}
        }
        let Ok(Numbers { b_no }) = serde_json::from_slice::<Numbers>(&request.body) else {
            return Reply { status: 400, ..Reply::ok(json, "{\"status_code\":\"BAD_JSON_REQUEST\"}") };
        };
        if b_no.len() > NUMBERS_MAX {
            return Reply { status: 413, ..Reply::ok(json, "{\"status_code\":\"TOO_LARGE_REQUEST\"}") };
        }
        statuses(view, &b_no)
    }
}

fn statuses(view: &View<'_>, numbers: &[String]) -> Reply {
    let found: Vec<Option<&Employer>> = numbers.iter().map(|n| employer(view, n)).collect();
    let matched = found.iter().flatten().count();
    let mut out = String::with_capacity(128 + numbers.len() * 260);
    let _ = write!(out, "{{\"request_cnt\":{},", numbers.len());
    if matched > 0 {
        let _ = write!(out, "\"match_cnt\":{matched},");
    }
    let _ = write!(out, "\"status_code\":\"OK\",\"{}\":[", write::name(view, "data", "items"));
    for (at, (number, employer)) in numbers.iter().zip(&found).enumerate() {
        out.push_str(if at > 0 { ",{" } else { "{" });
        write::json_pair(&mut out, "b_no", number);
        let state = employer.map_or("", |e| e.business_state);
        let words = match state {
            "01" => "계속사업자",
            "02" => "휴업자",
            "03" => "폐업자",
            _ => "",
        };
        let tax = if employer.is_some() {
            "부가가치세 일반과세자"
        } else {
            "국세청에 등록되지 않은 사업자등록번호입니다."
        };
        let since = employer.filter(|e| e.business_state == "03").and_then(|e| e.business_state_since);
        let end = since.map_or(String::new(), |day| write::day_text(day, ""));
        let _ = write!(
            out,
            "\"b_stt\":\"{words}\",\"b_stt_cd\":\"{state}\",\"tax_type\":\"{tax}\",\"tax_type_cd\":\"{}\",\"end_dt\":\"{end}\",\"utcc_yn\":\"N\",\"tax_type_change_dt\":\"\",\"invoice_apply_dt\":\"\",\"rbf_tax_type\":\"해당없음\",\"rbf_tax_type_cd\":\"99\"}}",
            if employer.is_some() { "01" } else { "" }
        );
    }
    out.push_str("]}");
    Reply::ok("application/json; charset=utf-8", out)
}

/// HRDK recruitment for foreign workers: the operation is chosen by a `method` parameter, and `pageNo` of the response
/// is the number of pages.
pub(super) struct EpsRecruit;

impl Dialect for EpsRecruit {
    fn name(&self) -> &'static str {
        "eps_recruit"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != "/B490007/epsRecruit" {
            return Reply::status(404, "API not found");
        }
        if let Some(failure) = gateway(view, request) {
            return failure;
        }
        if request.arg("method") != Some("getApiTblRecruit") {
            let body = "<response><header><resultCode>10</resultCode><resultMsg>INVALID_REQUEST_PARAMETER_ERROR</resultMsg></header></response>";
            return Reply::ok("application/xml;charset=UTF-8", body);
        }
        let rows: Vec<&Employer> = view.employers.iter().filter(|e| recruits_abroad(e)).collect();
        let size = request.number("numOfRows").unwrap_or(10).clamp(1, 1000);
        let page = request.number("pageNo").unwrap_or(1).max(1);
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><header><resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body><items>",
        );
        for employer in write::page(&rows, (page - 1).saturating_mul(size), size) {
            const NATIONS: [&str; 6] = ["베트남", "네팔", "캄보디아", "인도네시아", "미얀마", "태국"];
            let hash = write::hash(&employer.business_number);
            out.push_str("<item>");
            write::element(&mut out, write::name(view, "localCompanyName", "companyName"), &employer.name);
            let _ = write!(
                out,
                "<recruitNum>{}</recruitNum><worknational>{}</worknational></item>",
                1 + hash % 12,
                NATIONS[(hash >> 8) as usize % NATIONS.len()]
            );
        }
        let _ = write!(
            out,
            "</items><numOfRows>{size}</numOfRows><pageNo>{}</pageNo><totalCount>{}</totalCount></body></response>",
            rows.len().div_ceil(size),
            write::total(view, rows.len())
        );
        Reply::ok("application/xml;charset=UTF-8", out)
    }
}

/// Employers with foreign workers that go on.
pub(super) fn recruits_abroad(employer: &Employer) -> bool {
    employer.business_state == "01" && crate::world::office::recruits_abroad(employer)
}
