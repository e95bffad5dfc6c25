//! Saramin job-search: JSON, or its XML twin when Accept asks for it. PORTALS §2.
//! `start` is a 0-based page, `count` at most 110; `total` is a string while `count` and `start` are numbers.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};

use super::{codes, write};
use crate::{Ad, Dialect, Failure, Reply, Request, View};

/// Most rows a call.
const COUNT_MAX: usize = 110;

/// 2033-01-01 00:00 in Seoul: what 채용시 and 상시 carry as their end.
const NO_END: i64 = 1_988_118_000;

/// See the module.
pub(super) struct Saramin;

impl Dialect for Saramin {
    fn name(&self) -> &'static str {
        "saramin"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        match request.path.as_str() {
            "/job-search" => search(view, request),
            "/zf_user/jobs/relay/view" | "/zf_user/jobs/view" => {
                write::person_page(request.arg("rec_idx").and_then(|id| (view.by_id)(id)))
            }
            _ => Reply::status(404, "not found"),
        }
    }
}

fn failure(code: u32, message: &str) -> Reply {
    Reply::ok("application/json; charset=utf-8", format!("{{\"code\":{code},\"message\":\"{message}\"}}"))
}

fn refusal(failing: Failure) -> Reply {
    match failing {
        Failure::Auth => failure(1, "access-key 가 유효하지 않습니다."),
        Failure::Quota => failure(3, "일일 호출 횟수를 초과하였습니다."),
        Failure::ServerError => failure(99, "일시적인 서버 오류입니다."),
    }
}

fn search(view: &View<'_>, request: &Request) -> Reply {
    if let Some(failing) = view.failure {
        return refusal(failing).failing();
    }
    if !write::has_key(request, "access-key") {
        return refusal(Failure::Auth);
    }
    let start = match request.arg("start").map(|s| s.parse::<usize>()) {
        None => 0,
        Some(Ok(start)) => start,
        Some(Err(_)) => return failure(2, "start 값이 올바르지 않습니다."),
    };
    let count = request.number("count").unwrap_or(10).clamp(1, COUNT_MAX);
    let xml = request.header("accept").is_some_and(|a| a.contains("application/xml"));
    if let Some(id) = request.arg("id") {
        let found: Vec<&Ad> = (view.by_id)(id).into_iter().collect();
        return render(view, &found, 0, found.len(), xml);
    }
    let filter = match Filter::of(request) {
        Ok(filter) => filter,
        Err(what) => return failure(2, what),
    };
    if filter.is_empty() {
        let rows: Vec<&Ad> = write::page(view.ads, start.saturating_mul(count), count).iter().collect();
        return render(view, &rows, start, view.ads.len(), xml);
    }
    let all: Vec<&Ad> = view.ads.iter().filter(|ad| filter.takes(ad)).collect();
    render(view, write::page(&all, start.saturating_mul(count), count), start, all.len(), xml)
}

/// The conditions of a search that this stand-in honours.
#[derive(Default)]
struct Filter {
    published: Option<NaiveDate>,
    published_min: Option<NaiveDateTime>,
    updated_min: Option<NaiveDateTime>,
    regions: Vec<String>,
}

impl Filter {
    fn of(request: &Request) -> Result<Filter, &'static str> {
        let published = match request.arg("published") {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| "published 값이 올바르지 않습니다.")?),
        };
        let regions =
            ["loc_mcd", "loc_cd"].iter().filter_map(|n| request.arg(n)).flat_map(|v| v.split([',', ' ', '+']));
        Ok(Filter {
            published,
            published_min: instant(request.arg("published_min"))?,
            updated_min: instant(request.arg("updated_min"))?,
            regions: regions.filter(|r| !r.is_empty()).map(str::to_owned).collect(),
        })
    }

    fn is_empty(&self) -> bool {
        self.published.is_none()
            && self.published_min.is_none()
            && self.updated_min.is_none()
            && self.regions.is_empty()
    }

    fn takes(&self, ad: &Ad) -> bool {
        self.published.is_none_or(|day| ad.posted.date() == day)
            && self.published_min.is_none_or(|from| ad.posted >= from)
            && self.updated_min.is_none_or(|from| ad.modified >= from)
            && (self.regions.is_empty() || self.regions.iter().any(|r| codes::sido_of(ad).saramin == r))
    }
}

/// A `*_min` value: a day, a day with a time, or unix seconds; in Seoul time.
fn instant(text: Option<&str>) -> Result<Option<NaiveDateTime>, &'static str> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(chrono::DateTime::from_timestamp(seconds + 9 * 3600, 0).map(|at| at.naive_utc()));
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(Some(day.and_time(chrono::NaiveTime::MIN)));
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").map(Some).map_err(|_| "날짜 값이 올바르지 않습니다.")
}

fn render(view: &View<'_>, rows: &[&Ad], start: usize, matching: usize, xml: bool) -> Reply {
    let total = write::total(view, matching);
    let mut out = String::with_capacity(128 + rows.len() * 1300);
    if xml {
        let _ = write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<job-search><jobs count=\"{}\" start=\"{start}\" total=\"{total}\">",
            rows.len()
        );
        rows.iter().for_each(|ad| xml_row(&mut out, ad));
        out.push_str("</jobs></job-search>");
        return Reply::ok("application/xml; charset=utf-8", out);
    }
    let list = write::name(view, "job", "items");
    let _ = write!(out, "{{\"jobs\":{{\"count\":{},\"start\":{start},\"total\":\"{total}\",\"{list}\":[", rows.len());
    for (at, ad) in rows.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        json_row(&mut out, view, ad);
    }
    out.push_str("]}}");
    Reply::ok("application/json; charset=utf-8", out)
}

/// A JSON string whose text was HTML-escaped first, as this service's names and titles are.
fn entities(out: &mut String, text: &str) {
    if text.contains(['&', '<', '>', '"']) {
        let mut escaped = String::with_capacity(text.len() + 16);
        write::xml(&mut escaped, text);
        write::json(out, &escaped);
    } else {
        write::json(out, text);
    }
}

/// `"name":{"code":"…","name":"…"},`
fn coded(out: &mut String, name: &str, code: &str, text: &str) {
    let _ = write!(out, "\"{name}\":{{\"code\":");
    write::json(out, code);
    out.push_str(",\"name\":");
    entities(out, text);
    out.push_str("},");
}

/// `서울 강남구` → `서울 > 강남구`, the whole sido → `서울 > 서울전체`.
fn location(ad: &Ad) -> String {
    match ad.region.split_once(' ') {
        Some((sido, rest)) => format!("{sido} > {rest}"),
        None if ad.region.is_empty() || codes::sido_of(ad).name == "전국" => codes::sido_of(ad).name.to_owned(),
        None => format!("{0} > {0}전체", ad.region),
    }
}

fn experience(ad: &Ad) -> (u32, u32, u32) {
    match (codes::career_kind(ad), ad.career) {
        ('N', _) => (1, 0, 0),
        ('B', Some((_, max))) => (3, 0, max.unwrap_or(0)),
        ('E', Some((min, max))) => (2, min, max.unwrap_or(0)),
        _ => (0, 0, 0),
    }
}

fn education(ad: &Ad) -> &'static str {
    match ad.education_code {
        "03" => "6",
        "04" => "7",
        "05" => "8",
        "06" => "9",
        "07" => "5",
        _ => "0",
    }
}

fn end(ad: &Ad) -> (&'static str, &'static str, i64) {
    match (ad.close_type, ad.closes) {
        ("by_date", Some(day)) => ("1", "접수마감일", write::unix(write::end_of_day(day))),
        ("until_filled", _) => ("2", "채용시", NO_END),
        ("rolling", day) => ("4", "수시", day.map_or(NO_END, |d| write::unix(write::end_of_day(d)))),
        _ => ("3", "상시", NO_END),
    }
}

fn salary_code(ad: &Ad) -> &'static str {
    match ad.pay_period {
        'Y' => "11",
        'M' => "101",
        'W' => "103",
        'D' => "104",
        'H' => "105",
        _ => "99",
    }
}

fn json_row(out: &mut String, view: &View<'_>, ad: &Ad) {
    let _ = write!(
        out,
        "{{\"url\":\"http://www.saramin.co.kr/zf_user/jobs/relay/view?rec_idx={}&utm_source=job-search-api\",\"active\":{},\"company\":{{\"detail\":",
        ad.id,
        u8::from(!ad.closed)
    );
    if ad.company.is_empty() {
        out.push_str("{}},");
    } else {
        let _ = write!(
            out,
            "{{\"href\":\"http://www.saramin.co.kr/zf_user/company-info/view?csn={}&utm_source=job-search-api\",\"name\":",
            write::hash(&ad.company) % 10_000_000
        );
        entities(out, &ad.company);
        out.push_str("}},");
    }
    let _ = write!(out, "\"position\":{{\"{}\":", write::name(view, "title", "subject"));
    entities(out, &ad.title);
    out.push(',');
    coded(out, "industry", ad.industry_code.get(..3).unwrap_or(""), &ad.industry);
    coded(out, "location", codes::sido_of(ad).saramin, &location(ad));
    coded(out, "job-type", codes::saramin_employment(ad), &ad.employment_words);
    let (mid, mid_name) = codes::saramin_mid(&ad.occupation_code);
    coded(out, "job-mid-code", mid, mid_name);
    // the code list repeats itself, as the real one does
    let code = 80 + write::hash(&ad.occupation_code) % 900;
    let codes = if mid.is_empty() { String::new() } else { format!("{code},{},{code}", code + 8) };
    let _ = write!(out, "\"job-code\":{{\"code\":\"{codes}\",\"name\":");
    entities(out, &ad.occupation);
    let (level, min, max) = experience(ad);
    let _ = write!(out, "}},\"experience-level\":{{\"code\":{level},\"min\":{min},\"max\":{max},\"name\":");
    entities(out, &ad.career_words);
    let _ = write!(out, "}},\"required-education-level\":{{\"code\":\"{}\",\"name\":", education(ad));
    entities(out, &ad.education_words);
    out.push_str("}},\"keyword\":");
    entities(out, &ad.keywords);
    out.push(',');
    coded(out, "salary", salary_code(ad), &ad.pay);
    write::json_pair(out, write::name(view, "id", "rec_idx"), &ad.id);
    let (close, close_name, expires) = end(ad);
    let (posted, modified) = (write::unix(ad.posted), write::unix(ad.modified));
    let _ = write!(
        out,
        "\"posting-timestamp\":\"{posted}\",\"modification-timestamp\":\"{modified}\",\"opening-timestamp\":\"{posted}\",\"expiration-timestamp\":\"{expires}\",\"close-type\":{{\"code\":\"{close}\",\"name\":\"{close_name}\"}}}}"
    );
}

fn xml_row(out: &mut String, ad: &Ad) {
    out.push_str("<job>");
    write::element(out, "id", &ad.id);
    write::element(out, "url", &format!("http://www.saramin.co.kr/zf_user/jobs/relay/view?rec_idx={}", ad.id));
    let _ = write!(out, "<active>{}</active><company><name>", u8::from(!ad.closed));
    write::xml(out, &ad.company);
    out.push_str("</name></company><position>");
    write::element(out, "title", &ad.title);
    write::element(out, "location", &location(ad));
    write::element(out, "job-type", &ad.employment_words);
    write::element(out, "experience-level", &ad.career_words);
    write::element(out, "required-education-level", &ad.education_words);
    out.push_str("</position>");
    write::element(out, "salary", &ad.pay);
    let (close, close_name, expires) = end(ad);
    let _ = write!(
        out,
        "<posting-timestamp>{}</posting-timestamp><expiration-timestamp>{expires}</expiration-timestamp><close-type code=\"{close}\">{close_name}</close-type></job>",
        write::unix(ad.posted)
    );
}
