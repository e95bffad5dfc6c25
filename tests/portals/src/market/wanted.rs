//! Wanted OpenAPI v1/v2: offset paging without a total, `links.next`, `annual_to = 100` for "no upper bound". PORTALS §5.
//! Error bodies are not established; these say what is wrong with the status code that means it.

use std::fmt::Write as _;

use super::{codes, write};
use crate::{Ad, Dialect, Failure, Reply, Request, View};

/// Most rows a call.
const LIMIT_MAX: usize = 100;

/// See the module.
pub(super) struct Wanted;

impl Dialect for Wanted {
    fn name(&self) -> &'static str {
        "wanted"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if let Some(id) = request.path.strip_prefix("/wd/") {
            return write::person_page((view.by_id)(id));
        }
        if let Some(failing) = view.failure {
            return match failing {
                Failure::Auth => failure(401, "UNAUTHORIZED", "invalid client"),
                Failure::Quota => failure(429, "TOO_MANY_REQUESTS", "rate limit exceeded"),
                Failure::ServerError => failure(500, "INTERNAL_SERVER_ERROR", "internal server error"),
            }
            .failing();
        }
        let header = |name: &str| request.header(name).map(str::trim).filter(|v| !v.is_empty());
        let Some(client) = header("wanted-client-id").filter(|_| header("wanted-client-secret").is_some()) else {
            return failure(401, "UNAUTHORIZED", "invalid client");
        };
        match request.path.as_str() {
            "/v1/jobs" | "/v2/jobs" => list(view, request, client),
            path => match path.strip_prefix("/v1/jobs/").map(|id| (view.by_id)(id)) {
                Some(Some(ad)) => detail(view, ad, client),
                _ => failure(404, "NOT_FOUND", "job not found"),
            },
        }
    }
}

fn failure(status: u16, code: &str, message: &str) -> Reply {
    Reply {
        status,
        ..Reply::ok("application/json", format!("{{\"error_code\":\"{code}\",\"message\":\"{message}\"}}"))
    }
}

fn list(view: &View<'_>, request: &Request, client: &str) -> Reply {
    let limit = request.number("limit").unwrap_or(20);
    if limit == 0 || limit > LIMIT_MAX {
        return failure(400, "BAD_REQUEST", "limit must be between 1 and 100");
    }
    let offset = request.number("offset").unwrap_or(0);
    let rows = write::page(view.ads, offset, limit);
    let mut out = String::with_capacity(128 + rows.len() * 900);
    let _ = write!(out, "{{\"{}\":[", write::name(view, "data", "jobs"));
    for (at, ad) in rows.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        job(&mut out, view, ad, client, false);
    }
    out.push_str("],\"links\":{\"prev\":");
    link(&mut out, request, offset.checked_sub(limit), limit);
    out.push_str(",\"next\":");
    link(&mut out, request, Some(offset + limit).filter(|next| *next < view.ads.len()), limit);
    out.push_str("}}");
    Reply::ok("application/json", out)
}

fn link(out: &mut String, request: &Request, offset: Option<usize>, limit: usize) {
    let Some(offset) = offset else { return out.push_str("null") };
    let _ = write!(out, "\"{}?limit={limit}&offset={offset}", request.path);
    for (name, value) in request.query.iter().filter(|(n, _)| n != "limit" && n != "offset") {
        let encode = |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        let _ = write!(out, "&{name}={}", encode(value));
    }
    out.push('"');
}

fn detail(view: &View<'_>, ad: &Ad, client: &str) -> Reply {
    let mut out = String::with_capacity(2048 + ad.description.len() * 2);
    job(&mut out, view, ad, client, true);
    Reply::ok("application/json", out)
}

fn category(ad: &Ad) -> Option<(u32, &'static str)> {
    Some(match codes::jobkorea_part(&ad.occupation_code).0 {
        "" => return None,
        "10031" => (518, "개발"),
        "10040" | "10043" => (513, "엔지니어링·설계"),
        "10044" => (515, "의료·제약·바이오"),
        "10045" => (524, "미디어"),
        "10035" => (530, "영업"),
        _ => (507, "경영·비즈니스"),
    })
}

fn employment(ad: &Ad) -> &'static str {
    match ad.employment {
        "intern" => "intern",
        "contract" | "temporary" | "freelance" | "part_time" | "per_diem" => "contract",
        _ => "regular",
    }
}

fn job(out: &mut String, view: &View<'_>, ad: &Ad, client: &str, whole: bool) {
    let _ = write!(out, "{{\"{}\":", write::name(view, "id", "job_id"));
    write::json_id(out, &ad.id);
    let company = write::hash(&ad.company) % 50_000;
    let _ = write!(
        out,
        ",\"status\":\"{}\",\"company\":{{\"id\":{company},\"name\":",
        if ad.closed { "close" } else { "active" }
    );
    write::json(out, &ad.company);
    let _ = write!(
        out,
        ",\"link\":\"\",\"logo_img\":{{\"origin\":null,\"thumb\":null}},\"company_tags\":[]}},\"detail\":{{\"{}\":",
        write::name(view, "name", "position")
    );
    write::json(out, &ad.title);
    if whole {
        out.push_str(",\"intro\":");
        write::json(out, &ad.description);
        out.push_str(",\"main_tasks\":");
        write::json(out, &ad.occupation);
        out.push_str(",\"requirements\":");
        write::json(out, &ad.requirements);
        out.push_str(",\"preferred_points\":\"\",\"benefits\":");
        write::json(out, &ad.benefits);
    }
    out.push_str("},\"category_tags\":{\"parent_tag\":");
    match category(ad) {
        None => out.push_str("null,\"child_tags\":[]},\"skill_tags\":["),
        Some((tag, title)) => {
            let child = tag * 10 + 1;
            let _ = write!(out, "{{\"id\":{tag},\"title\":\"{title}\"}},\"child_tags\":[{{\"id\":{child},\"title\":");
            write::json(out, &ad.occupation);
            out.push_str("}]},\"skill_tags\":[");
        }
    }
    for (at, word) in ad.keywords.split(',').map(str::trim).filter(|w| !w.is_empty()).enumerate() {
        out.push_str(if at > 0 { ",{\"title\":" } else { "{\"title\":" });
        write::json(out, word);
        out.push('}');
    }
    let (from, to) = ad.career.map_or((0, 100), |(from, to)| (from, to.unwrap_or(100)));
    let _ = write!(
        out,
        "],\"employment_type\":\"{}\",\"annual_from\":{from},\"annual_to\":{to},\"address\":{{\"location\":",
        employment(ad)
    );
    write::json(out, ad.region.split(' ').next().unwrap_or(""));
    out.push_str(",\"full_location\":");
    write::json(out, if ad.address.is_empty() { &ad.region } else { &ad.address });
    out.push_str("},\"reward\":{\"total\":\"1,000,000원\"},\"due_time\":");
    match ad.closes {
        Some(day) => {
            let _ = write!(out, "\"{}\"", write::day_text(day, "-"));
        }
        None => out.push_str("null"),
    }
    let _ = write!(out, ",\"url\":\"https://www.wanted.co.kr/wd/{}?client_id=", ad.id);
    write::json_inner(out, client);
    out.push_str("\"}");
}
