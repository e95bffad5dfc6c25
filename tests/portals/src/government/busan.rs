//! Busan 채용정보 (data.go.kr 15034072) in the city's own JSON: the operation's name is the root, no posting id.

use std::fmt::Write;

use super::fact;
use super::gateway::{self, Key};
use super::service::{Column, Listing, Paging, Service, text};

const COLUMNS: &[Column] = &[
    text("title", fact::title),
    text("recruitAgencyName", fact::company),
    text("recruitAgencyType", fact::industry),
    text("mngDept", fact::nothing),
    text("mngName", fact::contact_name),
    text("bunya", fact::occupation),
    text("workDate_type", fact::nothing),
    text("workDate_nm", fact::employment_words),
    text("workregiontxt", fact::region),
    text("reqDate_s", fact::posted_dashes),
    text("reqDate_e", fact::closes_dashes),
];

/// Answers for Busan.
pub(super) const BUSAN: Service = Service {
    name: "busan",
    path: "getJobOpnngInfo",
    key: Key::Gateway,
    paging: Paging::GATEWAY,
    columns: COLUMNS,
    oldest_first: false,
    content_type: "application/json;charset=UTF-8",
    envelope,
    refusal: gateway::bad_parameter,
};

fn envelope(listing: &Listing<'_, '_>, out: &mut String) {
    out.push_str("{\"getJobOpnngInfo\":{\"header\":{\"code\":\"00\",\"message\":\"NORMAL_CODE\"},\"item\":[");
    listing.json_rows(out);
    let _ = write!(
        out,
        "],\"numOfRows\":{},\"pageNo\":{},\"totalCount\":{}}}}}",
        listing.size, listing.page, listing.total
    );
}
