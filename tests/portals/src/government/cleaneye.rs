//! CleanEye 지방공기업 (행정안전부, data.go.kr 15159757): one whole 시도 a call and no paging, element names made from the
//! service's name, `totalCount` 0 whatever there is, dashes for empty fields, no charset.

use crate::{Ad, Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Key};
use super::region;
use super::service::{Column, Listing, Rows, Span, row_number, text};
use super::write::xml_element;

const COLUMNS: &[Column] = &[
    row_number("NO"),
    text("ENT_NAME", fact::company),
    text("ENT_TITLE", fact::title),
    text("ENT_GB", |_, _| "지방공기업".into()),
    text("ENT_KIND", fact::industry),
    text("JOB_TYPE", fact::occupation),
    text("EMPLOY_GB", fact::employment_words),
    text("EMPLOY_NUM", fact::headcount),
    text("PUB_DATE", fact::posted_dashes),
    text("PUB_END_DATE", fact::closes_dashes),
    text("STATUS", fact::open_words),
    text("SIDO_CD", |ad, _| sido(ad).into()),
    text("ADDRESS", fact::address),
    text("WORK_PLACE", fact::region),
    text("ENT_RECRUIT", fact::career_words),
    text("DUTY_DETAIL", fact::description),
    text("ENT_LICENSE1", fact::dash),
    text("ENT_LICENSE2", fact::dash),
    text("ENT_LICENSE3", fact::dash),
    text("ENT_LICENSE4", fact::dash),
    text("SPECIAL_ITEM", fact::requirements),
    text("YEARINCOME", fact::pay),
    text("JUDGE_METHOD", fact::nothing),
    text("ACCUSATION", fact::how_to_apply),
    text("JOB_SEEK_ETC", fact::nothing),
    text("EXHIBIT", fact::nothing),
    text("RE_MAN_YN", |_, _| "N".into()),
    text("LOCAL_YN", |_, _| "N".into()),
    text("LOCAL_NAME", fact::dash),
    text("POSITION", fact::dash),
    text("URL", |ad, view| match ad.vacancy % 5 {
        0 => "-".into(),
        1 => "null".into(),
        _ => fact::link(ad, view),
    }),
];

/// The 시도 an ad is listed under; one without a workplace region is under Seoul, where its owner sits.
fn sido(ad: &Ad) -> &'static str {
    region::province(&ad.region_code).map_or("007001", |p| p.cleaneye)
}

/// Answers for CleanEye.
pub(super) struct CleanEye;

impl Dialect for CleanEye {
    fn name(&self) -> &'static str {
        "cleaneye"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if !request.path.trim_end_matches('/').ends_with("openXmlEmployInfo") {
            return gateway::no_service();
        }
        if let Some(reply) = Key::Gateway200.refuse(view, request) {
            return reply;
        }
        let Some(sido) = request.arg("sidoCd").filter(|s| s.starts_with("007")) else {
            return Reply::ok("application/xml", page("11", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR", ""));
        };
        let rows: Vec<&Ad> = view.ads.iter().filter(|ad| self::sido(ad) == sido).collect();
        if rows.is_empty() {
            return Reply::ok("application/xml", page("3", "NOTEXISTDATA", "<items/>"));
        }
        let span = Span { page: 1, size: rows.len(), start: 0 };
        let total = rows.len();
        let listing = Listing::new(view, COLUMNS, Rows::Picked(rows), total, span);
        let mut items = String::with_capacity(total * 1600);
        items.push_str("<items>");
        listing.xml_rows(&mut items, "item");
        items.push_str("</items>");
        Reply::ok("application/xml", page("0", "SUCCESS_INFO", &items))
    }
}

fn page(code: &str, message: &str, items: &str) -> String {
    let mut out = String::with_capacity(items.len() + 400);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><response><openXmlEmployInfo-header>");
    xml_element(&mut out, "resultCode", code);
    xml_element(&mut out, "resultMsg", message);
    out.push_str("</openXmlEmployInfo-header><openXmlEmployInfo-body>");
    out.push_str(items);
    // The service says 0 whatever it sends.
    out.push_str("<totalCount>0</totalCount></openXmlEmployInfo-body></response>");
    out
}
