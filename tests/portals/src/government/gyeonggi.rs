//! Gyeonggi 잡아바 and city portals on openapi.gg.go.kr: JSON as an array of two objects, no posting id, at most 1000 rows;
//! the sample key gives page 1 of 5 rows only.

use std::fmt::Write;

use crate::{Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Fault};
use super::service::{Column, Listing, Paging, absent, number, rows_of, text};
use super::write::{json_text, xml_element};

const PAGING: Paging =
    Paging { page: "pIndex", size: "pSize", first: 1, size_default: 100, size_max: 1000, needs: &[] };

const COLUMNS: &[Column] = &[
    absent("ENTRPRS_NM", fact::company),
    text("PBANC_CONT", fact::title),
    text("PBANC_FORM_DIV", fact::employment_words),
    text("RCPT_BGNG_DE", fact::posted_dashes),
    text("RCPT_END_DE", fact::closes_or_words),
    number("EMPLMNT_PSNCNT", fact::headcount),
    text("SALARY_COND", fact::pay),
    text("WORK_REGION_CONT", fact::region),
    text("WORK_REGION_CD", fact::region_code),
    text("CAREER_DIV", fact::career_words),
    text("ACDMCR_DIV", fact::education_words),
    text("RECRUT_FIELD_CD_NM", fact::occupation_code),
    text("RECRUT_FIELD_NM", fact::occupation),
    text("EMPLMNT_PLC", fact::address),
    text("URL", fact::origin_or_link),
];

/// Answers for Gyeonggi.
pub(super) struct Gyeonggi;

impl Dialect for Gyeonggi {
    fn name(&self) -> &'static str {
        "gyeonggi"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let service = view.portal.params.get("service").map_or("GGJOBABARECRUSTM", String::as_str);
        let json = !request.arg("Type").is_some_and(|t| t.eq_ignore_ascii_case("xml"));
        if request.path.trim_matches('/') != service {
            return failure(
                json,
                "ERROR-310",
                "해당하는 서비스를 찾을 수 없습니다. 요청인자 중 SERVICE를 확인하십시오.",
            );
        }
        // Without a key the service answers with its sample, which is not a failure.
        let key = request.arg("KEY").filter(|k| !k.is_empty());
        let sample = key.is_none() || key == Some("sample");
        match gateway::check(view, key.or(Some("sample"))) {
            Some(Fault::OverQuota) => return failure(json, "ERROR-337", "일별 트래픽 제한을 넘은 호출입니다."),
            Some(Fault::Server) => return failure(json, "ERROR-500", "서버 오류입니다."),
            Some(_) => return failure(json, "ERROR-290", "인증키가 유효하지 않습니다."),
            None => {}
        }
        let Some(span) = PAGING.span(request) else {
            return failure(json, "ERROR-333", "요청위치 값의 타입이 유효하지 않습니다.");
        };
        if sample && (span.page != 1 || span.size > 5) {
            return failure(json, "ERROR-290", "샘플키로는 pIndex=1, pSize=5 까지 조회할 수 있습니다.");
        }
        let listing = Listing::new(view, COLUMNS, rows_of(view.ads, span, false), view.ads.len(), span);
        if listing.count() == 0 {
            return failure(json, "INFO-200", "해당하는 데이터가 없습니다.");
        }
        write_page(&listing, service, json)
    }
}

fn write_page(listing: &Listing<'_, '_>, service: &str, json: bool) -> Reply {
    let mut out = String::with_capacity(512 + listing.count() * 900);
    if json {
        let _ = write!(
            out,
            "{{\"{service}\":[{{\"head\":[{{\"list_total_count\":{}}},{{\"RESULT\":{{\"CODE\":\"INFO-000\",\"MESSAGE\":\"정상 처리되었습니다.\"}}}},{{\"api_version\":\"1.0\"}}]}},{{\"row\":[",
            listing.total
        );
        listing.json_rows(&mut out);
        out.push_str("]}]}");
        return Reply::ok("application/json;charset=UTF-8", out);
    }
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{service}><head><list_total_count>{}</list_total_count><RESULT><CODE>INFO-000</CODE><MESSAGE>정상 처리되었습니다.</MESSAGE></RESULT><api_version>1.0</api_version></head>",
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
