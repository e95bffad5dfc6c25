//! A portal that shows its postings to search engines: sitemap index, gzipped sitemaps, pages with schema.org JobPosting.
//! A release nobody announced renames the markup's title; sitemaps are a standard and stay.
//! Params: `path` (of job pages), `per_map` (addresses a sitemap), `markup` (`jsonld` or `microdata`), `defects` (`none`, `real`).

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// See the module.
pub(super) struct BoardJsonld;

impl Dialect for BoardJsonld {
    fn name(&self) -> &'static str {
        "board_jsonld"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let prefix = write::param(view, "path", "/jobs");
        if request.path == "/sitemap.xml" {
            return index(view);
        }
        if let Some(number) = request
            .path
            .strip_prefix("/sitemap-jobs-")
            .and_then(|p| p.strip_suffix(".xml.gz"))
            .and_then(|n| n.parse().ok())
        {
            return map(view, number, prefix);
        }
        if let Some(id) = request.path.strip_prefix(prefix).and_then(|p| p.strip_prefix('/')) {
            return posting(view, id);
        }
        Reply { status: 404, ..Reply::ok("text/html; charset=utf-8", "<html><body>Not Found</body></html>") }
    }
}

fn per_map(view: &View<'_>) -> usize {
    write::param_number(view, "per_map", 1000).clamp(1, 50_000)
}

fn index(view: &View<'_>) -> Reply {
    let links = write::links(view);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for number in 1..=view.ads.len().div_ceil(per_map(view)).max(1) {
        let _ = write!(out, "<sitemap><loc>{links}/sitemap-jobs-{number}.xml.gz</loc><lastmod>");
        iso(&mut out, view.now);
        out.push_str("</lastmod></sitemap>\n");
    }
    out.push_str("</sitemapindex>\n");
    Reply::ok("application/xml", out)
}

fn map(view: &View<'_>, number: usize, prefix: &str) -> Reply {
    let size = per_map(view);
    let maps = view.ads.len().div_ceil(size).max(1);
    if number == 0 || number > maps {
        return Reply::status(404, "not found");
    }
    let links = write::links(view);
    let rows = write::page(view.ads, (number - 1) * size, size);
    let mut out = String::with_capacity(200 + rows.len() * 160);
    out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for ad in rows {
        let _ = write!(out, "<url><loc>{links}{prefix}/");
        write::xml(&mut out, &ad.id);
        out.push_str("</loc><lastmod>");
        iso(&mut out, ad.modified);
        out.push_str("</lastmod><changefreq>daily</changefreq></url>\n");
    }
    out.push_str("</urlset>\n");
    let mut gz = flate2::write::GzEncoder::new(Vec::with_capacity(out.len() / 8), flate2::Compression::fast());
    // writing into a Vec cannot fail; were it to, the answer would be the 500 a broken server gives
    match gz.write_all(out.as_bytes()).and_then(|()| gz.finish()) {
        Ok(body) => Reply::ok("application/x-gzip", body),
        Err(_) => Reply::status(500, "internal server error"),
    }
}

fn iso(out: &mut String, at: NaiveDateTime) {
    write::day(out, at.date(), "-");
    let _ = write!(out, "T{:02}:{:02}:{:02}+09:00", at.hour(), at.minute(), at.second());
}

fn posting(view: &View<'_>, id: &str) -> Reply {
    let Some(ad) = (view.by_id)(id) else {
        return Reply {
            status: 404,
            ..Reply::ok("text/html; charset=utf-8", "<html><body>존재하지 않는 채용공고입니다.</body></html>")
        };
    };
    let mut out = String::with_capacity(8_000 + ad.description.len() * 4);
    out.push_str("<!DOCTYPE html>\n<html lang=\"ko\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    write::xml(&mut out, &ad.title);
    out.push_str("</title>\n");
    if ad.closed {
        // a closed page stays, and its markup is taken away
        out.push_str("</head>\n<body><p class=\"expired\">마감된 채용공고입니다</p></body></html>\n");
        return Reply::ok("text/html; charset=utf-8", out);
    }
    if write::param(view, "markup", "jsonld") == "microdata" {
        out.push_str("</head>\n<body>\n");
        microdata(&mut out, ad);
    } else {
        jsonld(&mut out, view, ad);
        out.push_str("</head>\n<body>\n<h1>");
        write::xml(&mut out, &ad.title);
        out.push_str("</h1>\n<div class=\"body\">");
        write::html_lines(&mut out, &ad.description);
        out.push_str("</div>\n");
    }
    out.push_str("</body>\n</html>\n");
    Reply::ok("text/html; charset=utf-8", out)
}

/// Which defect of the real pages this ad's markup has (PORTALS §24); the same every time it is read.
#[derive(Clone, Copy, PartialEq)]
enum Defect {
    None,
    /// `2021-3-8`, description escaped twice, pay all zero, identifier a bare string, employment type made up.
    Coupang,
    /// The posting is one node of a `@graph`.
    Graph,
    /// A breadcrumb block comes first.
    Blocks,
}

fn defect(view: &View<'_>, ad: &Ad) -> Defect {
    if write::param(view, "defects", "real") == "none" {
        return Defect::None;
    }
    match write::hash(&ad.id) % 8 {
        0 => Defect::Coupang,
        1 => Defect::Graph,
        2 => Defect::Blocks,
        _ => Defect::None,
    }
}

fn jsonld(out: &mut String, view: &View<'_>, ad: &Ad) {
    const OPEN: &str = "<script type=\"application/ld+json\">";
    let defect = defect(view, ad);
    if defect == Defect::Blocks {
        out.push_str(OPEN);
        out.push_str("{\"@context\":\"https://schema.org\",\"@type\":\"BreadcrumbList\",\"itemListElement\":[{\"@type\":\"ListItem\",\"position\":1,\"name\":\"채용\"}]}</script>\n");
    }
    out.push_str(OPEN);
    if defect == Defect::Graph {
        out.push_str("{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebSite\",\"name\":");
        write::json(out, &view.portal.title);
        out.push_str("},{");
    } else {
        out.push_str("{\"@context\":\"https://schema.org\",");
    }
    job(out, view, ad, defect);
    out.push_str(if defect == Defect::Graph { "}]}" } else { "}" });
    out.push_str("</script>\n");
}

/// Description as HTML inside a JSON string inside a script: `</` must not end the script.
fn description(ad: &Ad, escapes: usize) -> String {
    let mut html = String::with_capacity(ad.description.len() + 32);
    html.push_str("<p>");
    write::html_lines(&mut html, &ad.description);
    html.push_str("</p>");
    for _ in 0..escapes {
        let mut once = String::with_capacity(html.len() * 2);
        write::xml(&mut once, &html);
        html = once;
    }
    html.replace("</", "<\\/")
}

fn job(out: &mut String, view: &View<'_>, ad: &Ad, defect: Defect) {
    let coupang = defect == Defect::Coupang;
    out.push_str("\"@type\":\"JobPosting\",");
    write::json_pair(out, write::name(view, "title", "name"), &ad.title);
    out.push_str("\"description\":\"");
    // `<\/` is written after escaping, so its backslash stays one
    for (at, part) in description(ad, if coupang { 2 } else { 0 }).split("<\\/").enumerate() {
        if at > 0 {
            out.push_str("<\\/");
        }
        write::json_inner(out, part);
    }
    out.push_str("\",");
    if coupang {
        write::json_pair(out, "identifier", &ad.id);
        let _ = write!(out, "\"datePosted\":\"{}-{}-{}\",", ad.posted.year(), ad.posted.month(), ad.posted.day());
    } else {
        out.push_str("\"identifier\":{\"@type\":\"PropertyValue\",\"name\":");
        write::json(out, &ad.company);
        out.push_str(",\"value\":");
        write::json(out, &ad.id);
        out.push_str("},\"datePosted\":\"");
        iso(out, ad.posted);
        out.push_str("\",");
    }
    if let Some(day) = ad.closes {
        out.push_str("\"validThrough\":\"");
        iso(out, write::end_of_day(day));
        out.push_str("\",");
    }
    write::json_pair(out, "employmentType", if coupang { &ad.industry } else { employment(ad) });
    out.push_str("\"hiringOrganization\":{\"@type\":\"Organization\",\"name\":");
    write::json(out, &ad.company);
    out.push_str("},\"jobLocation\":{\"@type\":\"Place\",\"address\":{\"@type\":\"PostalAddress\",\"addressRegion\":");
    let (region, locality) = ad.region.split_once(' ').unwrap_or((&ad.region, ""));
    write::json(out, region);
    out.push_str(",\"addressLocality\":");
    write::json(out, locality);
    out.push_str(",\"streetAddress\":");
    write::json(out, &ad.address);
    let _ = write!(out, ",\"addressCountry\":\"{}\"}}}},", if coupang { "" } else { "KR" });
    salary(out, ad, coupang);
    write::json_pair(out, "educationRequirements", &ad.education_words);
    write::json_pair(out, "experienceRequirements", &ad.career_words);
    write::json_pair(out, "qualifications", &ad.requirements);
    write::json_pair(out, "industry", &ad.industry);
    write::json_pair(out, "occupationalCategory", &ad.occupation);
    write::json_pair(out, "workHours", &ad.work_hours);
    write::json_pair(out, "jobBenefits", &ad.benefits);
    let _ = write!(out, "\"totalJobOpenings\":{},\"directApply\":true", ad.headcount);
}

fn unit(ad: &Ad) -> &'static str {
    match ad.pay_period {
        'Y' => "YEAR",
        'M' => "MONTH",
        'W' => "WEEK",
        'D' => "DAY",
        'H' => "HOUR",
        _ => "",
    }
}

fn salary(out: &mut String, ad: &Ad, coupang: bool) {
    if coupang {
        out.push_str("\"baseSalary\":{\"@type\":\"MonetaryAmount\",\"currency\":\"\",\"value\":{\"@type\":\"QuantitativeValue\",\"minValue\":0,\"maxValue\":0,\"unitText\":\"\"}},");
    } else if ad.pay_min > 0 && !unit(ad).is_empty() {
        let _ = write!(
            out,
            "\"baseSalary\":{{\"@type\":\"MonetaryAmount\",\"currency\":\"KRW\",\"value\":{{\"@type\":\"QuantitativeValue\",\"minValue\":{},\"maxValue\":{},\"unitText\":\"{}\"}}}},",
            ad.pay_min,
            ad.pay_max.max(ad.pay_min),
            unit(ad)
        );
    }
}

fn employment(ad: &Ad) -> &'static str {
    match ad.employment {
        "permanent" | "indefinite" => "FULL_TIME",
        "contract" | "freelance" => "CONTRACTOR",
        "temporary" => "TEMPORARY",
        "per_diem" => "PER_DIEM",
        "part_time" => "PART_TIME",
        "intern" => "INTERN",
        _ => "OTHER",
    }
}

/// `Sun Apr 25 00:00:00 UTC 2021`, as `java.util.Date` prints itself: the UTC hour hides a Seoul midnight.
fn java_text(at: NaiveDateTime) -> String {
    (at - chrono::TimeDelta::hours(9)).format("%a %b %d %H:%M:%S UTC %Y").to_string()
}

fn microdata(out: &mut String, ad: &Ad) {
    out.push_str("<div itemscope itemtype=\"http://schema.org/JobPosting\">\n<h1 itemprop=\"title\">");
    write::xml(out, &ad.title);
    let _ = write!(out, "</h1>\n<meta itemprop=\"datePosted\" content=\"{}\">\n", java_text(ad.posted));
    if let Some(day) = ad.closes {
        let _ = writeln!(
            out,
            "<meta itemprop=\"validThrough\" content=\"{}\">",
            java_text((day + chrono::TimeDelta::days(1)).and_time(chrono::NaiveTime::MIN))
        );
    }
    for (name, text) in [
        ("employmentType", employment(ad)),
        ("industry", &ad.industry),
        ("educationRequirements", &ad.education_words),
        ("experienceRequirements", &ad.career_words),
        ("workHours", &ad.work_hours),
    ] {
        let _ = write!(out, "<meta itemprop=\"{name}\" content=\"");
        write::xml(out, text);
        out.push_str("\">\n");
    }
    out.push_str("<div itemprop=\"hiringOrganization\" itemscope itemtype=\"http://schema.org/Organization\"><span itemprop=\"name\">");
    write::xml(out, &ad.company);
    out.push_str("</span></div>\n<div itemprop=\"jobLocation\" itemscope itemtype=\"http://schema.org/Place\"><div itemprop=\"address\" itemscope itemtype=\"http://schema.org/PostalAddress\"><span itemprop=\"addressRegion\">");
    write::xml(out, &ad.region);
    out.push_str("</span> <span itemprop=\"streetAddress\">");
    write::xml(out, &ad.address);
    out.push_str(
        "</span><meta itemprop=\"addressCountry\" content=\"한국\"></div></div>\n<div itemprop=\"description\">",
    );
    write::html_lines(out, &ad.description);
    out.push_str("</div>\n</div>\n");
}
