//! 100세누리 senior jobs (한국노인인력개발원, data.go.kr 15015153): list and detail name the same things differently.

use crate::{Dialect, Reply, Request, View};

use super::envelope;
use super::fact;
use super::gateway::{self, Key};
use super::service::{Column, Listing, Paging, Rows, Span, rows_of, text};

const LIST: &[Column] = &[
    text("acptMthd", |_, _| "온라인".into()),
    text("acptMthdCd", |_, _| "CM0801".into()),
    text("deadline", |ad, view| if fact::open(ad, view) { "접수중" } else { "마감" }.into()),
    text("emplymShp", fact::employment_senuri),
    text("emplymShpNm", fact::employment_words),
    text("frDd", fact::posted_compact),
    text("jobId", fact::id),
    text("jobcls", fact::occupation_code),
    text("jobclsNm", fact::occupation),
    text("oranNm", fact::company),
    text("organYn", |_, _| "N".into()),
    text("recrtTitle", fact::title),
    text("stmId", |_, _| "B".into()),
    text("stmNm", |_, _| "워크넷".into()),
    text("toDd", fact::closes_compact),
    text("workPlc", fact::region_code),
    text("workPlcNm", fact::region),
];

const DETAIL: &[Column] = &[
    text("acptMthdCd", |_, _| "CM0801".into()),
    text("age", fact::nothing),
    text("clerk", fact::contact_name),
    text("clerkContt", fact::contact_phone),
    text("clltPrnnum", fact::headcount),
    text("createDy", fact::posted_compact),
    text("detCnts", fact::description),
    text("etcItm", fact::requirements),
    text("frAcptDd", fact::posted_compact),
    text("homepage", fact::nothing),
    text("jobId", fact::id),
    text("lnkStmId", fact::nothing),
    text("organYn", |_, _| "N".into()),
    text("plDetAddr", fact::address),
    text("plbizNm", fact::company),
    text("repr", fact::nothing),
    text("stmId", |_, _| "B".into()),
    text("toAcptDd", fact::closes_compact),
    text("updDy", |ad, view| fact::modified_dashes(ad, view).replace('-', "").into()),
    text("wantedTitle", fact::title),
];

/// Answers for 세누리.
pub(super) struct Senuri;

impl Dialect for Senuri {
    fn name(&self) -> &'static str {
        "senuri"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let path = request.path.trim_end_matches('/');
        if !path.ends_with("getJobList") && !path.ends_with("getJobInfo") {
            return gateway::no_service();
        }
        if let Some(reply) = Key::Gateway200.refuse(view, request) {
            return reply;
        }
        let mut out = String::new();
        if path.ends_with("getJobInfo") {
            let found = request.arg("id").and_then(view.by_id);
            let rows = found.map_or(&[][..], std::slice::from_ref);
            let span = Span { page: 1, size: 1, start: 0 };
            envelope::xml(&Listing::new(view, DETAIL, Rows::Run(rows), rows.len(), span), &mut out);
            return Reply::ok("application/xml", out);
        }
        let Some(span) = Paging::GATEWAY.span(request) else { return gateway::bad_parameter() };
        let listing = Listing::new(view, LIST, rows_of(view.ads, span, false), view.ads.len(), span);
        out.reserve(512 + listing.count() * 900);
        envelope::xml(&listing, &mut out);
        Reply::ok("application/xml", out)
    }
}
