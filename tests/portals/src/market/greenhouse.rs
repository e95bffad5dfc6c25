//! A Greenhouse job board: the whole board in one response, `content` entity-escaped HTML. PORTALS §23.
//! Params: `token` (of the board).

use std::fmt::Write as _;

use chrono::{NaiveDateTime, TimeDelta};

use super::write;
use crate::{Ad, Dialect, Failure, Reply, Request, View};

/// See the module.
pub(super) struct Greenhouse;

impl Dialect for Greenhouse {
    fn name(&self) -> &'static str {
        "greenhouse"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let token = write::param(view, "token", "toss");
        let board = request.path.strip_prefix("/v1/boards/").and_then(|p| p.strip_prefix(token));
        if let Some(failing) = view.failure.filter(|_| request.path.starts_with("/v1/")) {
            let (status, words) = match failing {
                Failure::Auth => (404, "Job not found"),
                Failure::Quota => (429, "Rate limit exceeded"),
                Failure::ServerError => (500, "Internal server error"),
            };
            let body = format!("{{\"status\":{status},\"error\":\"{words}\"}}");
            return Reply { status, ..Reply::ok("application/json", body) }.failing();
        }
        match board {
            Some("/jobs") => board_jobs(view, request.arg("content") == Some("true")),
            Some(path) => match path.strip_prefix("/jobs/").and_then(|id| (view.by_id)(id)).filter(|ad| !ad.closed) {
                Some(ad) => {
                    let mut out = String::with_capacity(2048);
                    job(&mut out, view, ad, true);
                    Reply::ok("application/json", out)
                }
                None => missing(),
            },
            None if request.path.starts_with("/v1/") => missing(),
            // pages for people are on the employer's own site, by gh_jid
            None => write::person_page(request.arg("gh_jid").and_then(|id| (view.by_id)(id))),
        }
    }
}

fn missing() -> Reply {
    Reply { status: 404, ..Reply::ok("application/json", "{\"status\":404,\"error\":\"Job not found\"}") }
}

fn board_jobs(view: &View<'_>, content: bool) -> Reply {
    let mut out = String::with_capacity(64 + view.ads.len() * if content { 2000 } else { 700 });
    let _ = write!(out, "{{\"{}\":[", write::name(view, "jobs", "job_posts"));
    for (at, ad) in view.ads.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        job(&mut out, view, ad, content);
    }
    let _ = write!(out, "],\"meta\":{{\"total\":{}}}}}", write::total(view, view.ads.len()));
    Reply::ok("application/json; charset=utf-8", out)
}

/// Eastern standard time, as this service writes its instants wherever the board is.
fn eastern(out: &mut String, at: NaiveDateTime) {
    let _ = write!(out, "\"{}-05:00\"", (at - TimeDelta::hours(14)).format("%Y-%m-%dT%H:%M:%S"));
}

fn job(out: &mut String, view: &View<'_>, ad: &Ad, content: bool) {
    let _ = write!(
        out,
        "{{\"absolute_url\":\"{}?gh_jid={}\",\"internal_job_id\":{},\"location\":{{\"name\":",
        write::param(view, "site", "https://toss.im/career/job-detail"),
        ad.id,
        write::hash(&ad.id) % 9_000_000_000
    );
    write::json(out, &ad.region);
    out.push_str("},\"metadata\":[{\"id\":4112432003,\"name\":\"고용 형태\",\"value\":");
    write::json(out, &ad.employment_words);
    out.push_str(",\"value_type\":\"single_select\"},{\"id\":4161116003,\"name\":\"인재풀 공고인가요?\",\"value\":false,\"value_type\":\"yes_no\"},{\"id\":4169410003,\"name\":\"포지션의 소속 자회사를 선택해 주세요.\",\"value\":");
    write::json(out, &ad.company);
    let _ = write!(out, ",\"value_type\":\"single_select\"}}],\"{}\":", write::name(view, "id", "job_id"));
    write::json_id(out, &ad.id);
    out.push_str(",\"updated_at\":");
    eastern(out, ad.modified);
    out.push_str(",\"first_published\":");
    eastern(out, ad.posted);
    out.push_str(",\"requisition_id\":");
    if ad.requisition.is_empty() {
        out.push_str("null")
    } else {
        write::json(out, &ad.requisition)
    }
    out.push(',');
    write::json_pair(out, "company_name", &ad.company);
    let _ = write!(out, "\"{}\":", write::name(view, "title", "name"));
    write::json(out, &ad.title);
    if content {
        let mut html = String::with_capacity(64 + ad.description.len());
        html.push_str("<p>");
        write::html_lines(&mut html, &ad.description);
        html.push_str("</p>");
        let mut escaped = String::with_capacity(html.len() * 2);
        write::xml(&mut escaped, &html);
        out.push_str(",\"content\":");
        write::json(out, &escaped);
        let _ = write!(out, ",\"departments\":[{{\"id\":{},\"name\":", write::hash(&ad.occupation) % 4_000_000);
        write::json(out, &ad.occupation);
        out.push_str(",\"child_ids\":[],\"parent_id\":null}],\"offices\":[]");
    }
    out.push('}');
}
