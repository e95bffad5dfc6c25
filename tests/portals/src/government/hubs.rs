//! Job hubs of public bodies without a published interface, in shapes such sites have: a Spring page (여성기업일자리허브),
//! XML with attributes (R&D Job), an eGovFrame JSON list read by POST (i-ONE JOB).

use std::fmt::Write;

use crate::{Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Fault, Key};
use super::service::{Column, Listing, Paging, Service, Span, number, rows_of, text};
use super::write::xml_text;

/// 여성기업일자리허브: `content`, `totalElements`, pages from 0.
pub(super) const WBIZ: Service = Service {
    name: "wbiz",
    path: "/recruits",
    key: Key::Own("apiKey", spring_refusal),
    paging: Paging { page: "page", size: "size", first: 0, size_default: 20, size_max: 200, needs: &[] },
    columns: &[
        number("recruitId", fact::id),
        text("title", fact::title),
        text("companyName", fact::company),
        text("bizRegNo", fact::business_number),
        text("jobCategory", fact::occupation),
        text("employmentType", fact::employment_words),
        text("workRegion", fact::region),
        text("workAddress", fact::address),
        text("salary", fact::pay),
        text("education", fact::education_words),
        text("career", fact::career_words),
        number("headcount", fact::headcount),
        text("content", fact::description),
        text("startDate", fact::posted_dashes),
        text("endDate", fact::closes_dashes),
        text("closeType", |ad, _| ad.close_type.into()),
        text("detailUrl", fact::link),
    ],
    oldest_first: false,
    content_type: "application/json",
    envelope: spring,
    refusal: || gateway::with_status(400, Reply::ok("application/json", "{\"status\":400,\"error\":\"Bad Request\"}")),
};

fn spring_refusal(fault: Fault) -> Reply {
    let (status, error) = match fault {
        Fault::OverQuota => (429, "Too Many Requests"),
        Fault::Server => (500, "Internal Server Error"),
        _ => (401, "Unauthorized"),
    };
    gateway::with_status(
        status,
        Reply::ok("application/json", format!("{{\"status\":{status},\"error\":\"{error}\"}}")),
    )
}

fn spring(listing: &Listing<'_, '_>, out: &mut String) {
    out.push_str("{\"content\":[");
    listing.json_rows(out);
    let pages = listing.total.div_ceil(listing.size.max(1) as u64);
    let _ = write!(
        out,
        "],\"number\":{},\"size\":{},\"numberOfElements\":{},\"totalElements\":{},\"totalPages\":{pages},\"first\":{},\"last\":{}}}",
        listing.page,
        listing.size,
        listing.count(),
        listing.total,
        listing.page == 0,
        listing.page as u64 + 1 >= pages
    );
}

/// R&D Job (한국산업기술진흥협회): attributes on `<recruit>`, text in its children, zero-padded ids.
pub(super) struct RndJob;

const RND: &[Column] = &[
    text("title", fact::title),
    text("company", fact::company),
    text("bizno", fact::business_number),
    text("field", fact::occupation),
    text("region", fact::region),
    text("pay", fact::pay),
    text("career", fact::career_words),
    text("degree", fact::education_words),
    text("contents", fact::description),
    text("link", fact::link),
];

impl Dialect for RndJob {
    fn name(&self) -> &'static str {
        "rndjob"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        const PAGING: Paging =
            Paging { page: "page", size: "rows", first: 1, size_default: 20, size_max: 100, needs: &[] };
        if !request.path.ends_with("/recruitList.xml") {
            return Reply::status(404, "Not Found");
        }
        let refused = gateway::check(view, request.arg("certKey")).map(|fault| match fault {
            Fault::OverQuota => ("9002", "호출 허용량 초과"),
            Fault::Server => ("9999", "시스템 오류"),
            _ => ("9001", "인증키 오류"),
        });
        if let Some((code, message)) = refused {
            let body =
                format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><recruits code=\"{code}\" message=\"{message}\"/>");
            return Reply::ok("text/xml", body);
        }
        let Some(span) = PAGING.span(request) else { return Reply::status(400, "Bad Request") };
        let listing = Listing::new(view, RND, rows_of(view.ads, span, false), view.ads.len(), span);
        let mut out = String::with_capacity(256 + listing.count() * 1500);
        let _ = write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><recruits code=\"0000\" total=\"{}\" page=\"{}\">",
            listing.total, span.page
        );
        listing.each(|row, ad| {
            out.push_str("<recruit");
            let attributes = [
                ("no", ad.id.as_str().into()),
                ("type", ad.employment_words.as_str().into()),
                ("reg", fact::posted_dashes(ad, view)),
                ("close", fact::closes_or_words(ad, view)),
            ];
            for (name, value) in attributes {
                let _ = write!(out, " {name}{}=\"", if view.schema_change { "_v2" } else { "" });
                xml_text(&mut out, &value);
                out.push('"');
            }
            out.push('>');
            listing.xml_fields(&mut out, ad, row);
            out.push_str("</recruit>");
        });
        out.push_str("</recruits>");
        Reply::ok("text/xml", out)
    }
}

/// i-ONE JOB (IBK기업은행): POST, `resultList` and eGovFrame's `paginationInfo`, no key.
pub(super) struct IOneJob;

const IONE: &[Column] = &[
    text("rcrtNo", fact::id),
    text("rcrtTtl", fact::title),
    text("entNm", fact::company),
    text("brno", fact::business_number),
    text("jobNm", fact::occupation),
    text("emplFormNm", fact::employment_words),
    text("wrkRgnNm", fact::region),
    text("anslCn", fact::pay),
    text("crerNm", fact::career_words),
    text("acbgNm", fact::education_words),
    number("rcrtPnum", fact::headcount),
    text("rgstYmd", fact::posted_compact),
    text("ddlnYmd", fact::closes_compact),
    text("ddlnDvNm", |ad, _| {
        match ad.close_type {
            "by_date" => "마감일",
            "always_open" => "상시채용",
            "rolling" => "수시채용",
            _ => "채용시까지",
        }
        .into()
    }),
    text("dtlUrl", fact::link),
];

impl Dialect for IOneJob {
    fn name(&self) -> &'static str {
        "ionejob"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        /// Rows the site gives on one page.
        const SIZE_MAX: usize = 100;
        if !request.path.ends_with("/selectRcrtList.json") {
            return Reply::status(404, "Not Found");
        }
        if request.method != "POST" {
            return Reply::status(405, "Method Not Allowed");
        }
        // There is no key; what can fail is the site.
        if let Some(fault) = gateway::check(view, Some("none")) {
            return spring_refusal(fault);
        }
        let body: serde_json::Value = match serde_json::from_slice(&request.body) {
            Ok(body) => body,
            Err(_) => return Reply::status(400, "Bad Request"),
        };
        let read =
            |name: &str| body.get(name).and_then(serde_json::Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let page = read("pageIndex").unwrap_or(1).max(1);
        let size = read("recordCountPerPage").unwrap_or(10).clamp(1, SIZE_MAX);
        let span = Span { page, size, start: (page - 1).saturating_mul(size) };
        let listing = Listing::new(view, IONE, rows_of(view.ads, span, false), view.ads.len(), span);
        let mut out = String::with_capacity(512 + listing.count() * 800);
        out.push_str("{\"resultList\":[");
        listing.json_rows(&mut out);
        let pages = listing.total.div_ceil(size as u64);
        let _ = write!(
            out,
            "],\"paginationInfo\":{{\"currentPageNo\":{page},\"recordCountPerPage\":{size},\"pageSize\":10,\"totalRecordCount\":{},\"totalPageCount\":{pages}}}}}",
            listing.total
        );
        Reply::ok("application/json;charset=UTF-8", out)
    }
}
