//! Albamon's search back end: POST with a JSON body, 1-based pages, rows that are JobKorea's or Worknet's postings
//! on the late pages. PORTALS §4; field names beyond the known ones are guesses of that house's style.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{codes, write};
use crate::{Ad, Dialect, Failure, Reply, Request, View};

/// Most rows a page that was seen to be accepted.
const SIZE_MAX: usize = 200;

/// See the module.
pub(super) struct Albamon;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Search {
    pagination: Pagination,
    condition: Condition,
}

#[derive(Deserialize)]
#[serde(default)]
struct Pagination {
    page: usize,
    size: usize,
}

impl Default for Pagination {
    fn default() -> Self {
        Pagination { page: 1, size: 20 }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Condition {
    areas: Vec<Area>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Area {
    si: String,
}

impl Dialect for Albamon {
    fn name(&self) -> &'static str {
        "albamon"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if let Some(id) = request.path.strip_prefix("/jobs/detail/") {
            return write::person_page((view.by_id)(id));
        }
        if request.path != "/recruit/search" {
            return Reply { status: 404, ..Reply::ok("application/json", "{\"message\":\"Not Found\"}") };
        }
        if let Some(failing) = view.failure {
            return match failing {
                Failure::Auth => failure(403, "FORBIDDEN", "접근이 거부되었습니다."),
                Failure::Quota => failure(429, "TOO_MANY_REQUESTS", "요청이 너무 많습니다."),
                Failure::ServerError => failure(200, "INTERNAL_SERVER_ERROR", "일시적인 오류입니다."),
            }
            .failing();
        }
        if request.method != "POST" {
            return Reply { status: 405, ..Reply::ok("application/json", "{\"message\":\"Method Not Allowed\"}") };
        }
        if request.header("albamon-domain-type").is_none() {
            return failure(400, "BAD_REQUEST", "albamon-domain-type 헤더가 없습니다.");
        }
        match serde_json::from_slice::<Search>(&request.body) {
            Ok(search) => list(view, &search),
            Err(_) => failure(400, "BAD_REQUEST", "요청 본문이 올바르지 않습니다."),
        }
    }
}

fn failure(status: u16, code: &str, message: &str) -> Reply {
    let mut out = format!("{{\"code\":\"{code}\",\"message\":");
    write::json(&mut out, message);
    out.push('}');
    Reply { status, ..Reply::ok("application/json", out) }
}

fn list(view: &View<'_>, search: &Search) -> Reply {
    let size = search.pagination.size.clamp(1, SIZE_MAX);
    let start = search.pagination.page.max(1).saturating_sub(1).saturating_mul(size);
    let areas = &search.condition.areas;
    let takes =
        |ad: &&Ad| areas.is_empty() || areas.iter().any(|a| a.si.is_empty() || codes::sido_of(ad).jobkorea == a.si);
    // own postings first; what it republishes stands behind them
    let own = view.ads.iter().filter(|ad| ad.origin_id.is_empty());
    let others = view.ads.iter().filter(|ad| !ad.origin_id.is_empty());
    let rows = own.chain(others).filter(takes).skip(start).take(size);
    let matching = if areas.is_empty() { view.ads.len() } else { view.ads.iter().filter(takes).count() };
    let mut out = String::with_capacity(256 + size * 900);
    let _ = write!(out, "{{\"base\":{{\"normal\":{{\"{}\":[", write::name(view, "collection", "recruits"));
    for (at, ad) in rows.enumerate() {
        if at > 0 {
            out.push(',');
        }
        row(&mut out, view, ad);
    }
    let _ = write!(
        out,
        "]}},\"pagination\":{{\"totalCount\":{},\"page\":{},\"size\":{size}}}}}}}",
        write::total(view, matching),
        search.pagination.page.max(1)
    );
    Reply::ok("application/json;charset=UTF-8", out)
}

fn pay_type(ad: &Ad) -> (&'static str, &'static str) {
    match ad.pay_period {
        'Y' => ("YEAR", "연봉"),
        'M' => ("MONTH", "월급"),
        'W' => ("WEEK", "주급"),
        'D' => ("DAY", "일급"),
        'H' => ("HOUR", "시급"),
        _ => ("NEGOTIATION", "협의"),
    }
}

/// `~08/24`, `D-19`, `오늘마감`, `내일마감`, `상시모집`: the site's own words, which leave the year out.
fn deadline(view: &View<'_>, ad: &Ad) -> String {
    let Some(day) = ad.closes else { return "상시모집".to_owned() };
    match (day - view.now.date()).num_days() {
        0 => "오늘마감".to_owned(),
        1 => "내일마감".to_owned(),
        left @ 2..=30 if ad.close_type == "by_date" => format!("D-{left}"),
        _ => day.format("~%m/%d").to_string(),
    }
}

fn row(out: &mut String, view: &View<'_>, ad: &Ad) {
    let _ = write!(out, "{{\"{}\":", write::name(view, "recruitNo", "recruitSeq"));
    write::json_id(out, &ad.id);
    out.push(',');
    write::json_pair(out, write::name(view, "recruitTitle", "title"), &ad.title);
    write::json_pair(out, "recruitCompanyName", &ad.company);
    let jobkorea = ad.origin_provider == "CJK" || ad.origin_provider == "jobkorea";
    out.push_str("\"jobkoreaRecruitNo\":");
    if jobkorea {
        write::json_id(out, &ad.origin_id)
    } else {
        out.push('0')
    }
    out.push(',');
    if !jobkorea && !ad.origin_id.is_empty() {
        out.push_str("\"externalRecruitSite\":\"WN\",");
        write::json_pair(out, "externalRecruitOriginKey", &ad.origin_id);
    } else {
        out.push_str("\"externalRecruitSite\":null,\"externalRecruitOriginKey\":null,");
    }
    write::json_pair(out, "workplaceArea", &ad.region);
    write::json_pair(out, "workplaceAddress", &ad.address);
    let _ = write!(out, "\"areaCode\":\"{}\",", codes::sido_of(ad).jobkorea);
    let (code, words) = pay_type(ad);
    let _ = write!(out, "\"payType\":{{\"key\":\"{code}\",\"description\":\"{words}\"}},");
    write::json_pair(out, "pay", &ad.pay);
    write::json_pair(out, "workingWeek", &ad.work_days);
    write::json_pair(out, "workingTime", &ad.work_hours);
    write::json_pair(out, "employmentType", &ad.employment_words);
    write::json_pair(out, "parts", &ad.occupation);
    write::json_pair(out, "education", &ad.education_words);
    write::json_pair(out, "career", &ad.career_words);
    write::json_pair(out, "recruitContent", &ad.description);
    let _ = write!(out, "\"recruitCount\":{},", ad.headcount);
    write::json_pair(out, "closingDate", &deadline(view, ad));
    out.push_str("\"regDate\":\"");
    write::second(out, ad.posted);
    let _ = write!(out, "\",\"closed\":{}}}", ad.closed);
}
