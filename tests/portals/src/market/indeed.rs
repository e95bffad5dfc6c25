//! The Indeed XML feed: one complete document, every field in CDATA, `&amp;` inside CDATA in addresses. PORTALS §24.
//! Absence from the feed is expiry. Params: `path` (of the feed), `host`.

use std::fmt::Write as _;

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// See the module.
pub(super) struct Indeed;

impl Dialect for Indeed {
    fn name(&self) -> &'static str {
        "indeed"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path == write::param(view, "path", "/feed/indeed.xml") {
            return feed(view);
        }
        write::person_page(request.arg("jobid").and_then(|id| (view.by_id)(id)))
    }
}

fn feed(view: &View<'_>) -> Reply {
    let links = write::links(view);
    let mut out = String::with_capacity(400 + view.ads.len() * 1600);
    out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<source>\n");
    write::element(&mut out, "publisher", &view.portal.title);
    write::element(&mut out, "publisherurl", &links);
    out.push_str("<lastBuildDate>");
    write::rfc822(&mut out, view.now);
    out.push_str("</lastBuildDate>\n");
    for ad in view.ads {
        job(&mut out, view, ad, &links);
    }
    out.push_str("</source>\n");
    Reply::ok("application/xml", out)
}

/// The portal's own words where it has them, else an amount as the specification writes it.
fn pay(ad: &Ad) -> String {
    if !ad.pay.is_empty() {
        return ad.pay.clone();
    }
    let unit = match ad.pay_period {
        'Y' => "per year",
        'M' => "per month",
        'W' => "per week",
        'D' => "per day",
        'H' => "per hour",
        _ => return String::new(),
    };
    if ad.pay_max > ad.pay_min {
        format!("₩{} - ₩{} {unit}", ad.pay_min, ad.pay_max)
    } else {
        format!("₩{} {unit}", ad.pay_min)
    }
}

fn job_type(ad: &Ad) -> &'static str {
    match ad.employment {
        "part_time" | "per_diem" => "parttime",
        "contract" | "freelance" => "contract",
        "temporary" => "temporary",
        "intern" => "internship",
        _ => "fulltime",
    }
}

fn job(out: &mut String, view: &View<'_>, ad: &Ad, links: &str) {
    let _ = writeln!(out, "<{}>", write::name(view, "job", "position"));
    write::cdata(out, "title", &ad.title);
    let mut date = String::with_capacity(32);
    write::rfc822(&mut date, ad.posted);
    write::cdata(out, "date", &date);
    write::cdata(out, write::name(view, "referencenumber", "reference"), &ad.id);
    if !ad.requisition.is_empty() {
        write::cdata(out, "requisitionid", &ad.requisition);
    }
    write::cdata(out, "url", &format!("{links}/viewjob?jobid={}&amp;source=Indeed", ad.id));
    write::cdata(out, "company", &ad.company);
    write::cdata(out, "sourcename", &view.portal.title);
    let (state, city) = ad.region.split_once(' ').unwrap_or((&ad.region, ""));
    write::cdata(out, "city", city);
    write::cdata(out, "state", state);
    write::cdata(out, "country", "KR");
    write::cdata(out, "streetaddress", &ad.address);
    if !ad.contact_email.is_empty() {
        write::cdata(out, "email", &ad.contact_email);
    }
    let mut html = String::with_capacity(16 + ad.description.len());
    html.push_str("<p>");
    write::html_lines(&mut html, &ad.description);
    html.push_str("</p>");
    write::cdata(out, "description", &html);
    write::cdata(out, "salary", &pay(ad));
    write::cdata(out, "education", &ad.education_words);
    write::cdata(out, "jobtype", job_type(ad));
    write::cdata(out, "category", &ad.occupation);
    write::cdata(out, "experience", &ad.career_words);
    if let Some(day) = ad.closes {
        // a day, no time
        write::cdata(out, "expirationdate", &day.format("%a, %d %b %Y").to_string());
    }
    let mut date = String::with_capacity(32);
    write::rfc822(&mut date, ad.modified);
    write::cdata(out, "lastactivitydate", &date);
    let _ = writeln!(out, "</{}>", write::name(view, "job", "position"));
}
