//! Work24 공채속보 (open recruitment): list 210L21 and detail 210D21. The education is only the upper bound of a range,
//! affiliates may share title and address, and the contract types are a pipe list.

use crate::{Dialect, Reply, Request, View};

use super::fact;
use super::gateway;
use super::service::{Column, Listing, Paging, Rows, Span, rows_of, text};
use super::work24;
use super::write::xml_element;

const PAGING: Paging =
    Paging { page: "startPage", size: "display", first: 1, size_default: 10, size_max: 100, needs: &[] };

const LIST: &[Column] = &[
    text("empSeqno", fact::id),
    text("empWantedTitle", fact::title),
    text("empBusiNm", fact::company),
    text("coClcdNm", |_, _| "대기업".into()),
    text("empWantedStdt", fact::posted_compact),
    text("empWantedEndt", fact::closes_compact),
    text("empWantedTypeNm", |ad, _| ad.employment_words.replace([',', '/'], "|").into()),
    text("regLogImgNm", fact::nothing),
    text("empWantedHomepgDetail", fact::origin_or_link),
    text("empWantedMobileUrl", fact::link),
];

const DETAIL: &[Column] = &[
    text("empSeqno", fact::id),
    text("empWantedTitle", fact::title),
    text("empBusiNm", fact::company),
    text("empWantedStdt", fact::posted_compact),
    text("empWantedEndt", fact::closes_compact),
    text("recrCommCont", fact::description),
    text("empRcptMthdCont", fact::how_to_apply),
    text("empWantedHomepg", fact::origin_or_link),
];

const RECRUIT: &[Column] = &[
    text("empRecrNm", fact::occupation),
    text("jobCont", fact::description),
    text("workRegionNm", fact::region),
    text("empWantedCareerNm", fact::career_words),
    text("empWantedEduNm", fact::education_words),
    text("recrPsncnt", fact::headcount),
];

/// Answers for 공채속보.
pub(super) struct Work24Open;

impl Dialect for Work24Open {
    fn name(&self) -> &'static str {
        "work24_open"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let detail = request.path.contains("210D21");
        if !detail && !request.path.contains("210L21") {
            return Reply::status(404, "Not Found");
        }
        if let Some(reply) = gateway::check(view, request.arg("authKey")).map(work24::refusal) {
            return reply;
        }
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        if detail {
            let Some(ad) = request.arg("empSeqno").and_then(view.by_id) else {
                return Reply::ok(
                    "text/xml",
                    "<dhsOpenEmpInfoDetailRoot><message>공채속보 정보가 없습니다.</message><messageCd>006</messageCd></dhsOpenEmpInfoDetailRoot>",
                );
            };
            let span = Span { page: 1, size: 1, start: 0 };
            let one = std::slice::from_ref(ad);
            out.push_str("<dhsOpenEmpInfoDetailRoot>");
            Listing::new(view, DETAIL, Rows::Run(one), 1, span).xml_fields(&mut out, ad, 0);
            out.push_str("<empRecrList>");
            Listing::new(view, RECRUIT, Rows::Run(one), 1, span).xml_rows(&mut out, "empRecrListInfo");
            out.push_str("</empRecrList></dhsOpenEmpInfoDetailRoot>");
            return Reply::ok("text/xml", out);
        }
        let Some(span) = PAGING.span(request) else { return Reply::status(400, "Bad Request") };
        let listing = Listing::new(view, LIST, rows_of(view.ads, span, false), view.ads.len(), span);
        out.push_str("<dhsOpenEmpInfoList>");
        xml_element(&mut out, "total", &listing.total.to_string());
        xml_element(&mut out, "startPage", &span.page.to_string());
        xml_element(&mut out, "display", &span.size.to_string());
        listing.xml_rows(&mut out, "dhsOpenEmpInfo");
        out.push_str("</dhsOpenEmpInfoList>");
        Reply::ok("text/xml", out)
    }
}
