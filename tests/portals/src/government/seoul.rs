//! Seoul 일자리포털 (OA-13341) and the 구 portals on the same platform: key, format and 1-based inclusive row numbers are in
//! the path; at most 1000 rows a call; an error replaces the whole body.

use std::fmt::Write;

use crate::{Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Fault};
use super::service::{Column, Listing, Span, absent, number, rows_of, text};
use super::write::{json_text, xml_element};

/// Most rows one call gives.
const ROWS_MAX: usize = 1000;

const COLUMNS: &[Column] = &[
    text("JO_REQST_NO", fact::id),
    // The number at Work24, for what was registered there.
    absent("JO_REGIST_NO", |ad, _| if ad.origin_provider == "VALIDATION" { ad.origin_id.as_str() } else { "" }.into()),
    text("CMPNY_NM", fact::company),
    text("BSNS_SUMRY_CN", fact::industry),
    text("RCRIT_JSSFC_CMMN_CODE_SE", fact::occupation_code),
    text("JOBCODE_NM", fact::occupation),
    number("RCRIT_NMPR_CO", fact::headcount_float),
    text("ACDMCR_CMMN_CODE_SE", |ad, _| format!("J002{}", ad.education_code).into()),
    text("ACDMCR_NM", fact::education_words),
    text("EMPLYM_STLE_CMMN_CODE_SE", |ad, view| format!("J010{}", fact::employment_work24(ad, view)).into()),
    text("EMPLYM_STLE_CMMN_MM", fact::employment_words),
    text("WORK_PARAR_BASS_ADRES_CN", fact::address),
    text("SUBWAY_NM", fact::nothing),
    text("DTY_CN", fact::description),
    text("CAREER_CND_CMMN_CODE_SE", |ad, _| if ad.career.is_none() { "J01300" } else { "J01302" }.into()),
    text("CAREER_CND_NM", fact::career_words),
    text("HOPE_WAGE", fact::pay_slash),
    text("RET_GRANTS_NM", fact::nothing),
    text("WORK_TIME_NM", fact::nothing),
    text("WORK_TM_NM", |ad, _| {
        if ad.work_hours.is_empty() { String::new() } else { format!("(근무시간) {}", ad.work_hours) }.into()
    }),
    text("HOLIDAY_NM", fact::work_days),
    text("WEEK_WORK_HR", fact::nothing),
    text("JO_FEINSR_SBSCRB_NM", fact::benefits),
    text("RCEPT_CLOS_NM", fact::closes_seoul),
    text("RCEPT_MTH_IEM_NM", fact::how_to_apply),
    absent("MODEL_MTH_NM", fact::nothing),
    absent("RCEPT_MTH_NM", fact::nothing),
    absent("PRESENTN_PAPERS_NM", fact::nothing),
    text("MNGR_NM", fact::contact_name),
    text("MNGR_PHON_NO", fact::contact_phone),
    text("MNGR_INSTT_NM", fact::nothing),
    text("BASS_ADRES_CN", fact::address),
    text("JO_SJ", fact::title),
    text("JO_REG_DT", fact::posted_dashes),
    text("GUI_LN", fact::requirements),
];

/// Answers for Seoul and its 구.
pub(super) struct Seoul;

impl Dialect for Seoul {
    fn name(&self) -> &'static str {
        "seoul"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let service = view.portal.params.get("service").map_or("GetJobInfo", String::as_str);
        // /{KEY}/{json|xml}/{service}/{start}/{end}/…; an empty key shortens the path to nothing useful.
        let mut parts = request.path.trim_start_matches('/').split('/');
        let (key, format, asked) = (parts.next(), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let json = match format {
            "json" => true,
            "xml" => false,
            _ => return failure(true, "ERROR-301", "파일타입 값이 누락 혹은 유효하지 않습니다."),
        };
        match gateway::check(view, key) {
            Some(Fault::OverQuota) => {
                return failure(json, "ERROR-337", "데이터요청은 일별 최대 1000건을 넘을 수 없습니다.");
            }
            Some(Fault::Server) => return failure(json, "ERROR-500", "서버 오류입니다."),
            Some(_) => return failure(json, "INFO-100", "인증키가 유효하지 않습니다."),
            None => {}
        }
        if asked != service {
            return failure(json, "ERROR-310", "해당하는 서비스를 찾을 수 없습니다.");
        }
        let bounds = (parts.next().map(str::parse::<usize>), parts.next().map(str::parse::<usize>));
        let (Some(Ok(start)), Some(Ok(end))) = bounds else {
            return failure(json, "ERROR-331", "요청시작위치 값은 정수를 입력하세요.");
        };
        if start == 0 || end < start {
            return failure(json, "ERROR-334", "요청종료위치 보다 요청시작위치가 더 큽니다.");
        }
        if end - start >= ROWS_MAX {
            return failure(json, "ERROR-336", "데이터요청은 한번에 최대 1000건을 넘을 수 없습니다.");
        }
        let span = Span { page: 1, size: end - start + 1, start: start - 1 };
        let listing = Listing::new(view, COLUMNS, rows_of(view.ads, span, false), view.ads.len(), span);
        if listing.count() == 0 {
            return failure(json, "INFO-200", "해당하는 데이터가 없습니다.");
        }
        write_page(&listing, service, json)
    }
}

fn write_page(listing: &Listing<'_, '_>, service: &str, json: bool) -> Reply {
    let mut out = String::with_capacity(512 + listing.count() * 2400);
    if json {
        let _ = write!(
            out,
            "{{\"{service}\":{{\"list_total_count\":{},\"RESULT\":{{\"CODE\":\"INFO-000\",\"MESSAGE\":\"정상 처리되었습니다\"}},\"row\":[",
            listing.total
        );
        listing.json_rows(&mut out);
        out.push_str("]}}");
        return Reply::ok("application/json;charset=UTF-8", out);
    }
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{service}><list_total_count>{}</list_total_count><RESULT><CODE>INFO-000</CODE><MESSAGE>정상 처리되었습니다</MESSAGE></RESULT>",
        listing.total
    );
    listing.xml_rows(&mut out, "row");
    let _ = write!(out, "</{service}>");
    Reply::ok("application/xml;charset=UTF-8", out)
}

fn failure(json: bool, code: &str, message: &str) -> Reply {
    let mut out = String::new();
    if json {
        out.push_str("{\"RESULT\":{\"CODE\":");
        json_text(&mut out, code);
        out.push_str(",\"MESSAGE\":");
        json_text(&mut out, message);
        out.push_str("}}");
        return Reply::ok("application/json;charset=UTF-8", out);
    }
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<RESULT>");
    xml_element(&mut out, "CODE", code);
    xml_element(&mut out, "MESSAGE", message);
    out.push_str("</RESULT>");
    Reply::ok("application/xml;charset=UTF-8", out)
}
