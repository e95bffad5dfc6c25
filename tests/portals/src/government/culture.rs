//! Culture institutions (ARTE and the schema of data.go.kr 15062540): no key and no paging but a date window, names in mixed
//! case, deleted items stay with `itemStatus` N, `modDate` = changed or deleted.

use crate::{Ad, Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Fault};
use super::service::{Column, Listing, Rows, Span, text};
use super::write::xml_element;

const COLUMNS: &[Column] = &[
    text("itemId", fact::id),
    text("itemStatus", |ad, _| if ad.closed { "N" } else { "Y" }.into()),
    text("regDate", fact::posted_slashes),
    text("modDate", fact::modified_slashes),
    text("ENDDATE", fact::closes_slashes),
    text("TITLE", fact::title),
    text("ITEMURL", fact::link),
    text("ORGNM", fact::company),
];

const TYPE: &str = "text/xml;charset=utf-8";

/// Answers for ARTE.
pub(super) struct Culture;

impl Dialect for Culture {
    fn name(&self) -> &'static str {
        "culture"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if !request.path.ends_with("/api.do") {
            return Reply::status(404, "Not Found");
        }
        match gateway::check(view, Some("none")) {
            Some(Fault::OverQuota) => return Reply::ok(TYPE, page("22", "호출 허용량 초과", 0, "")),
            Some(Fault::Server) => return Reply::ok(TYPE, page("01", "시스템 오류", 0, "")),
            Some(_) => return Reply::ok(TYPE, page("30", "허용되지 않은 요청", 0, "")),
            None => {}
        }
        let window = [request.arg("startdt"), request.arg("enddt")].map(|d| d.map(|d| d.replace('-', "")));
        let [Some(from), Some(until)] = window else {
            return Reply::ok(TYPE, page("99", "startdt, enddt는 필수입니다.", 0, ""));
        };
        let within = |ad: &&Ad| {
            let day = fact::day(ad.posted.date(), "", true);
            day >= from && day <= until
        };
        let rows: Vec<&Ad> = view.ads.iter().filter(within).collect();
        let total = rows.len();
        let span = Span { page: 1, size: total, start: 0 };
        let listing = Listing::new(view, COLUMNS, Rows::Picked(rows), total, span);
        let mut items = String::with_capacity(total * 500);
        listing.xml_rows(&mut items, "item");
        Reply::ok(TYPE, page("00", "success", listing.total, &items))
    }
}

fn page(code: &str, message: &str, count: u64, items: &str) -> String {
    let mut out = String::with_capacity(items.len() + 300);
    out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss>");
    xml_element(&mut out, "result_code", code);
    xml_element(&mut out, "result_Msg", message);
    xml_element(&mut out, "result_count", &count.to_string());
    out.push_str("<items>");
    out.push_str(items);
    out.push_str("</items></rss>");
    out
}
