//! Greeting OpenAPI 2.0: 0-based pages of openings inside `data`, details as HTML. PORTALS §6.
//! The header that carries the customer's key and the workspace name of a row are guesses.

use std::fmt::Write as _;

use chrono::{NaiveDateTime, TimeDelta};

use super::write;
use crate::{Ad, Dialect, Failure, Reply, Request, View};

/// Most rows a page.
const SIZE_MAX: usize = 100;

/// See the module.
pub(super) struct Greeting;

impl Dialect for Greeting {
    fn name(&self) -> &'static str {
        "greeting"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if let Some(id) = request.path.strip_prefix("/o/") {
            return write::person_page((view.by_id)(id));
        }
        if let Some(failing) = view.failure {
            return match failing {
                Failure::Auth => failure(401, "UNAUTHORIZED"),
                Failure::Quota => failure(429, "TOO_MANY_REQUESTS"),
                Failure::ServerError => failure(200, "INTERNAL_SERVER_ERROR"),
            }
            .failing();
        }
        if request.header("x-greeting-openapi").is_none_or(|key| key.trim().is_empty()) {
            return failure(401, "UNAUTHORIZED");
        }
        if request.header("x-api-version").is_none_or(|v| v.trim() != "2.0") {
            return failure(400, "UNSUPPORTED_API_VERSION");
        }
        match request.path.strip_prefix("/openapi/openings") {
            Some("") => list(view, request),
            Some(rest) => match rest.strip_prefix('/').and_then(|id| (view.by_id)(id)) {
                Some(ad) => detail(view, ad),
                None => failure(404, "OPENING_NOT_FOUND"),
            },
            None => failure(404, "NOT_FOUND"),
        }
    }
}

fn failure(status: u16, code: &str) -> Reply {
    Reply {
        status,
        ..Reply::ok("application/json", format!("{{\"success\":false,\"error\":{{\"code\":\"{code}\"}}}}"))
    }
}

fn list(view: &View<'_>, request: &Request) -> Reply {
    let size = request.number("pageSize").unwrap_or(20).clamp(1, SIZE_MAX);
    let page = request.number("page").unwrap_or(0);
    let pages = view.ads.len().div_ceil(size);
    let rows = write::page(view.ads, page.saturating_mul(size), size);
    let total = write::total(view, view.ads.len());
    let mut out = String::with_capacity(200 + rows.len() * 700);
    let _ = write!(
        out,
        "{{\"success\":true,\"data\":{{\"page\":{page},\"pageSize\":{size},\"totalCount\":{total},\"totalPage\":{pages},\"hasPrev\":{},\"hasNext\":{},\"{}\":[",
        page > 0,
        page + 1 < pages,
        write::name(view, "datas", "openings")
    );
    for (at, ad) in rows.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        row(&mut out, view, ad);
    }
    out.push_str("]}}");
    Reply::ok("application/json", out)
}

/// `2022-10-29T13:17:22Z`: UTC, nine hours before the Seoul clock.
fn utc(out: &mut String, at: NaiveDateTime) {
    let _ = write!(out, "\"{}\"", (at - TimeDelta::hours(9)).format("%Y-%m-%dT%H:%M:%SZ"));
}

fn due(out: &mut String, ad: &Ad) {
    match ad.closes {
        Some(day) => utc(out, write::end_of_day(day)),
        None => out.push_str("null"),
    }
}

fn row(out: &mut String, view: &View<'_>, ad: &Ad) {
    let _ = write!(out, "{{\"{}\":", write::name(view, "id", "openingId"));
    write::json_id(out, &ad.id);
    out.push(',');
    write::json_pair(out, "title", &ad.title);
    write::json_pair(out, "workspaceName", &ad.company);
    out.push_str("\"openDate\":");
    utc(out, ad.posted);
    out.push_str(",\"dueDate\":");
    due(out, ad);
    let _ = write!(
        out,
        ",\"url\":\"https://{}/o/{}\",\"openingJobPositionInfo\":{{",
        write::param(view, "host", "career.greetinghr.com"),
        ad.id
    );
    write::json_pair(out, "occupation", &ad.occupation);
    write::json_pair(out, "employment", &ad.employment_words);
    write::json_pair(out, "career", &ad.career_words);
    out.push_str("\"place\":");
    write::json(out, &ad.region);
    out.push_str("}}");
}

fn detail(view: &View<'_>, ad: &Ad) -> Reply {
    let mut html = String::with_capacity(64 + ad.description.len());
    html.push_str("<p>");
    write::html_lines(&mut html, &ad.description);
    html.push_str("</p>");
    let mut out = String::with_capacity(400 + html.len());
    out.push_str("{\"success\":true,\"data\":{\"openingInfo\":{\"openingId\":");
    write::json_id(&mut out, &ad.id);
    out.push(',');
    write::json_pair(&mut out, "title", &ad.title);
    write::json_pair(&mut out, write::name(view, "detail", "content"), &html);
    out.push_str("\"openDate\":");
    utc(&mut out, ad.posted);
    out.push_str(",\"dueDate\":");
    due(&mut out, ad);
    let _ = write!(out, ",\"deploy\":{}}}}}}}", !ad.closed);
    Reply::ok("application/json", out)
}
