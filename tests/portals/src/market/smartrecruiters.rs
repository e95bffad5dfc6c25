//! SmartRecruiters postings: offset paging with `totalFound`, the description in the detail call only. PORTALS §23.
//! An unknown company answers 200 with nothing found. Params: `company` (its identifier, case-sensitive).

use std::fmt::Write as _;

use chrono::{NaiveDateTime, TimeDelta};

use super::write;
use crate::{Ad, Dialect, Failure, Reply, Request, View};

/// Most rows a call.
const LIMIT_MAX: usize = 100;

/// See the module.
pub(super) struct SmartRecruiters;

impl Dialect for SmartRecruiters {
    fn name(&self) -> &'static str {
        "smartrecruiters"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let company = write::param(view, "company", "SmartRecruiters");
        let Some((asked, rest)) = request.path.strip_prefix("/v1/companies/").and_then(|p| p.split_once('/')) else {
            let id = request.path.rsplit('/').next().unwrap_or("");
            return write::person_page((view.by_id)(id));
        };
        if let Some(failing) = view.failure {
            return match failing {
                Failure::Auth => failure(401, "Unauthorized"),
                Failure::Quota => failure(429, "Too many requests"),
                Failure::ServerError => failure(500, "Internal error"),
            }
            .failing();
        }
        match rest.strip_prefix("postings") {
            Some("") if asked == company => list(view, request),
            Some("") => Reply::ok("application/json", "{\"offset\":0,\"limit\":100,\"totalFound\":0,\"content\":[]}"),
            Some(path) => match path.strip_prefix('/').and_then(|id| (view.by_id)(id)).filter(|ad| !ad.closed) {
                Some(ad) => detail(view, ad),
                None => missing(),
            },
            None => missing(),
        }
    }
}

fn failure(status: u16, message: &str) -> Reply {
    Reply { status, ..Reply::ok("application/json", format!("{{\"message\":\"{message}\",\"errors\":[]}}")) }
}

fn missing() -> Reply {
    Reply { status: 404, ..Reply::ok("application/json", "{\"message\":\"Posting not found\",\"errors\":[]}") }
}

fn list(view: &View<'_>, request: &Request) -> Reply {
    let limit = request.number("limit").unwrap_or(LIMIT_MAX).clamp(1, LIMIT_MAX);
    let offset = request.number("offset").unwrap_or(0);
    let rows = write::page(view.ads, offset, limit);
    let mut out = String::with_capacity(128 + rows.len() * 800);
    let _ = write!(
        out,
        "{{\"offset\":{offset},\"limit\":{limit},\"totalFound\":{},\"{}\":[",
        write::total(view, view.ads.len()),
        write::name(view, "content", "postings")
    );
    for (at, ad) in rows.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push('{');
        posting(&mut out, view, ad);
        out.push('}');
    }
    out.push_str("]}");
    Reply::ok("application/json;charset=UTF-8", out)
}

fn utc(out: &mut String, name: &str, at: NaiveDateTime) {
    let _ = write!(out, "\"{name}\":\"{}\",", (at - TimeDelta::hours(9)).format("%Y-%m-%dT%H:%M:%S.000Z"));
}

fn posting(out: &mut String, view: &View<'_>, ad: &Ad) {
    let company = write::param(view, "company", "SmartRecruiters");
    write::json_pair(out, write::name(view, "id", "postingId"), &ad.id);
    write::json_pair(out, write::name(view, "name", "jobTitle"), &ad.title);
    write::json_pair(out, "uuid", &format!("{:016x}", write::hash(&ad.id)));
    write::json_pair(
        out,
        "refNumber",
        &if ad.requisition.is_empty() { format!("REF{}", ad.id) } else { ad.requisition.clone() },
    );
    utc(out, "releasedDate", ad.posted);
    let _ = write!(out, "\"company\":{{\"identifier\":\"{company}\",\"name\":");
    write::json(out, &ad.company);
    let (region, city) = ad.region.split_once(' ').unwrap_or((&ad.region, ""));
    out.push_str("},\"location\":{\"city\":");
    write::json(out, city);
    out.push_str(",\"region\":");
    write::json(out, region);
    out.push_str(",\"country\":\"kr\",\"fullLocation\":");
    write::json(out, &ad.region);
    out.push_str("},\"department\":{\"label\":");
    write::json(out, &ad.occupation);
    out.push_str("},\"typeOfEmployment\":{\"label\":");
    write::json(out, &ad.employment_words);
    out.push_str("},\"experienceLevel\":{\"label\":");
    write::json(out, &ad.career_words);
    let _ = write!(
        out,
        "}},\"visibility\":\"PUBLIC\",\"ref\":\"https://api.smartrecruiters.com/v1/companies/{company}/postings/{}\"",
        ad.id
    );
}

fn detail(view: &View<'_>, ad: &Ad) -> Reply {
    let mut out = String::with_capacity(1500 + ad.description.len() * 2);
    out.push('{');
    posting(&mut out, view, ad);
    let company = write::param(view, "company", "SmartRecruiters");
    let _ = write!(
        out,
        ",\"postingUrl\":\"https://jobs.smartrecruiters.com/{company}/{}\",\"jobAd\":{{\"sections\":{{",
        ad.id
    );
    for (at, (name, title, text)) in [
        ("companyDescription", "Company Description", ""),
        ("jobDescription", "Job Description", ad.description.as_str()),
        ("qualifications", "Qualifications", &ad.requirements),
        ("additionalInformation", "Additional Information", &ad.benefits),
    ]
    .into_iter()
    .enumerate()
    {
        let mut html = String::with_capacity(16 + text.len());
        html.push_str("<p>");
        write::html_lines(&mut html, text);
        html.push_str("</p>");
        let _ = write!(out, "{}\"{name}\":{{\"title\":\"{title}\",\"text\":", if at > 0 { "," } else { "" });
        write::json(&mut out, &html);
        out.push('}');
    }
    out.push_str("}}}");
    Reply::ok("application/json;charset=UTF-8", out)
}
