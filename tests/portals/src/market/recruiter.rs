//! recruiter.co.kr (jobflex, MRS2): JSON whose dates are serialized `java.util.Date` objects. PORTALS §6.
//! Month is 0-based, year counts from 1900; only `time` can be trusted. Params: `size` (rows a page at most).

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// See the module.
pub(super) struct Recruiter;

impl Dialect for Recruiter {
    fn name(&self) -> &'static str {
        "recruiter"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        match request.path.as_str() {
            "/app/jobnotice/list.json" => list(view, request),
            "/app/jobnotice/view" => write::person_page(request.arg("jobnoticeSn").and_then(|id| (view.by_id)(id))),
            path => write::person_page(path.strip_prefix("/career/jobs/").and_then(|id| (view.by_id)(id))),
        }
    }
}

fn list(view: &View<'_>, request: &Request) -> Reply {
    if view.failure.is_some() {
        // whatever the trouble, the session filter answers with its login page
        let page = "<html><head><title>로그인</title></head><body><form action=\"/app/login\"></form></body></html>";
        return Reply::ok("text/html; charset=utf-8", page).failing();
    }
    let most = write::param_number(view, "size", 1000).max(1);
    let size = request.number("pageSize").unwrap_or(10).clamp(1, most);
    let page = request.number("currentPage").unwrap_or(1).max(1);
    let start = (page - 1).saturating_mul(size);
    let rows = write::page(view.ads, start, size);
    let count = write::total(view, view.ads.len());
    let last = view.ads.len().div_ceil(size).max(1);
    let mut out = String::with_capacity(320 + rows.len() * 900);
    let _ = write!(
        out,
        "{{\"pageUtil\":{{\"maxRows\":{size},\"lastPage\":{last},\"recordCount\":{count},\"skipRows\":{start},\"pageSize\":{size},\"rowBounds\":{{\"offset\":{start},\"limit\":{size}}},\"currentPage\":{page},\"blockSize\":10}},\"{}\":[",
        write::name(view, "list", "jobnotices")
    );
    for (at, ad) in rows.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        row(&mut out, view, ad);
    }
    out.push_str("]}");
    Reply::ok("application/json;charset=UTF-8", out)
}

/// A `java.util.Date` as a careless serializer writes it.
fn java_date(out: &mut String, at: NaiveDateTime) {
    let _ = write!(
        out,
        "{{\"date\":{},\"hours\":{},\"seconds\":{},\"month\":{},\"timezoneOffset\":-540,\"year\":{},\"minutes\":{},\"time\":{},\"day\":{}}}",
        at.day(),
        at.hour(),
        at.second(),
        at.month0(),
        at.year() - 1900,
        at.minute(),
        write::unix(at) * 1000,
        at.weekday().num_days_from_sunday()
    );
}

fn row(out: &mut String, view: &View<'_>, ad: &Ad) {
    out.push_str("{\"recruitTypeCode\":\"GENERAL\",\"applyStartDate\":");
    java_date(out, ad.posted);
    out.push(',');
    write::json_pair(out, "recruitClassName", &ad.company);
    out.push_str("\"systemKindCode\":\"MRS2\",");
    write::json_pair(out, write::name(view, "jobnoticeName", "noticeTitle"), &ad.title);
    let _ = write!(out, "\"{}\":", write::name(view, "jobnoticeSn", "noticeSn"));
    write::json_id(out, &ad.id);
    out.push_str(",\"applyEndDate\":");
    match ad.closes {
        Some(day) => java_date(out, write::end_of_day(day)),
        None => out.push_str("null"),
    }
    let left = ad.closes.map_or(0, |day| (day - view.now.date()).num_days());
    let company = write::hash(&ad.company) % 90_000;
    out.push_str(",\"imageFilePath\":\"\",");
    write::json_pair(out, "recruitTypeName", &ad.employment_words);
    write::json_pair(out, "recruitKindName", &ad.career_words);
    let state = if ad.closed { "접수마감" } else { "접수중" };
    let _ = write!(
        out,
        "\"companySn\":{company},\"deadlineCount\":{left},\"defaultImageUseYn\":false,\"receiptState\":\"{state}\",\"recruitKindCode\":\"BASIC\",\"applyPermitCount\":{}}}",
        ad.headcount
    );
}
