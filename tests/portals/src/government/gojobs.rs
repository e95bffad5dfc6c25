//! 나라일터 (인사혁신처, data.go.kr 15156780): JSON in the standard envelope, oldest first, no filter for open ones;
//! text only in `getItem`.

use crate::{Ad, Dialect, Reply, Request, View};

use super::envelope;
use super::fact;
use super::gateway::{self, Key};
use super::service::{Column, Listing, Paging, Rows, Span, number, rows_of, text};

const LIST: &[Column] = &[
    number("idx", fact::id),
    text("title", fact::title),
    text("insttname", fact::company),
    text("regdate", fact::posted_compact),
    text("enddate", fact::closes_compact),
    text("areaname", fact::region),
    text("typename", |ad, _| if ad.career.is_none() { "공개경쟁" } else { "경력경쟁" }.into()),
];

const ITEM: &[Column] = &[
    number("idx", fact::id),
    text("title", fact::title),
    text("insttname", fact::company),
    text("regdate", fact::posted_compact),
    text("enddate", fact::closes_compact),
    text("contents", fact::description),
];

/// Answers for 나라일터.
pub(super) struct GoJobs;

impl Dialect for GoJobs {
    fn name(&self) -> &'static str {
        "gojobs"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let path = request.path.trim_end_matches('/');
        if !path.ends_with("/getList") && !path.ends_with("/getItem") {
            return gateway::no_service();
        }
        if let Some(reply) = Key::Gateway.refuse(view, request) {
            return reply;
        }
        let mut out = String::new();
        if path.ends_with("/getItem") {
            let rows = request.arg("idx").and_then(view.by_id).map_or(&[][..], std::slice::from_ref);
            let span = Span { page: 1, size: 1, start: 0 };
            write(&Listing::new(view, ITEM, Rows::Run(rows), rows.len(), span), request, &mut out);
        } else {
            let Some(span) = Paging::GATEWAY.span(request) else { return gateway::bad_parameter() };
            let from = request.arg("Begin_de").map(|d| d.replace('-', "")).filter(|d| d.len() == 8);
            let newest_first = matches!(request.arg("Sort_order"), Some("1" | "DESC"));
            let listing = match from {
                None => Listing::new(view, LIST, rows_of(view.ads, span, !newest_first), view.ads.len(), span),
                Some(from) => {
                    let mut since: Vec<&Ad> =
                        view.ads.iter().filter(|ad| fact::day(ad.posted.date(), "", true) >= from).collect();
                    if !newest_first {
                        since.reverse();
                    }
                    let total = since.len();
                    let rows = since.into_iter().skip(span.start).take(span.size).collect();
                    Listing::new(view, LIST, Rows::Picked(rows), total, span)
                }
            };
            out.reserve(512 + listing.count() * 400);
            write(&listing, request, &mut out);
        }
        let json = request.arg("_type") == Some("json");
        Reply::ok(if json { "application/json;charset=UTF-8" } else { "application/xml;charset=UTF-8" }, out)
    }
}

fn write(listing: &Listing<'_, '_>, request: &Request, out: &mut String) {
    if request.arg("_type") == Some("json") { envelope::json(listing, out) } else { envelope::xml(listing, out) }
}
