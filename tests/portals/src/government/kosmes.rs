//! 중소벤처기업진흥공단 job announcements: own API at an IP address, counted in pages from 0, upper-case XML.

use crate::{Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Fault};
use super::service::{Column, Listing, Paging, Rows, Span, rows_of, text};
use super::write::xml_element;

const PAGING: Paging =
    Paging { page: "startCount", size: "listCount", first: 0, size_default: 10, size_max: 100, needs: &[] };
/// Largest `startCount`.
const START_MAX: usize = 1000;

const LIST: &[Column] = &[
    text("PBLANC_NO", fact::id),
    text("PBLANC_SJ", fact::title),
    text("ENTRPRS_NM", fact::company),
    text("BIZRNO", fact::business_number),
    text("JSSFC_STR", fact::occupation),
    text("AREA_STR", fact::region),
    text("EMPLYM_STLE_SE_STR", fact::employment_words),
    text("SALARY_STR", fact::pay),
    text("CAREER_STR", fact::career_words),
    text("ACDMCR_STR", fact::education_words),
    text("RCRIT_NMPR", fact::headcount_people),
    text("REGIST_DE", fact::posted_dots),
    text("RCEPT_END_DE", fact::closes_or_words),
    text("DETAIL_URL", fact::link),
];

const DETAIL: &[Column] = &[
    text("PBLANC_NO", fact::id),
    text("DTY_STR", fact::description),
    text("QUALF_STR", fact::requirements),
    text("RCEPT_MTH_STR", fact::how_to_apply),
    text("WORK_ADRES", fact::address),
    text("WORK_TIME_STR", fact::work_hours),
    text("WELFARE_STR", fact::benefits),
    text("CHARGER_NM", fact::contact_name),
    text("CHARGER_TELNO", fact::contact_phone),
];

/// Answers for KOSMES.
pub(super) struct Kosmes;

impl Dialect for Kosmes {
    fn name(&self) -> &'static str {
        "kosmes"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if !request.path.ends_with("jopblancApi.do") {
            return Reply::status(404, "Not Found");
        }
        match gateway::check(view, request.arg("authKey")) {
            Some(Fault::OverQuota) => return failure("E003", "일일 호출 허용량을 초과하였습니다."),
            Some(Fault::Server) => return failure("E999", "시스템 오류입니다."),
            Some(_) => return failure("E001", "인증키가 유효하지 않습니다."),
            None => {}
        }
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        match request.arg("callTp") {
            Some("L") => {}
            Some("D") => {
                let Some(ad) = request.arg("pblancNo").and_then(view.by_id) else {
                    return failure("E006", "해당 공고가 존재하지 않습니다.");
                };
                let rows = Rows::Run(std::slice::from_ref(ad));
                let one = Listing::new(view, DETAIL, rows, 1, Span { page: 0, size: 1, start: 0 });
                out.push_str("<JOB_PBLANC_DETAIL>");
                one.xml_rows(&mut out, "JOB_PBLANC");
                out.push_str("</JOB_PBLANC_DETAIL>");
                return Reply::ok("text/xml;charset=UTF-8", out);
            }
            _ => return failure("E008", "callTp 값이 유효하지 않습니다."),
        }
        let Some(span) = PAGING.span(request).filter(|span| span.page <= START_MAX) else {
            return failure("E009", "startCount 값이 유효하지 않습니다.");
        };
        let listing = Listing::new(view, LIST, rows_of(view.ads, span, false), view.ads.len(), span);
        out.push_str("<JOB_PBLANC_LIST>");
        xml_element(&mut out, "TOTAL_COUNT", &listing.total.to_string());
        xml_element(&mut out, "START_COUNT", &span.page.to_string());
        xml_element(&mut out, "LIST_COUNT", &span.size.to_string());
        listing.xml_rows(&mut out, "JOB_PBLANC");
        out.push_str("</JOB_PBLANC_LIST>");
        Reply::ok("text/xml;charset=UTF-8", out)
    }
}

fn failure(code: &str, message: &str) -> Reply {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<JOB_PBLANC_ERROR>");
    xml_element(&mut out, "ERR_CODE", code);
    xml_element(&mut out, "ERR_MSG", message);
    out.push_str("</JOB_PBLANC_ERROR>");
    Reply::ok("text/xml;charset=UTF-8", out)
}
