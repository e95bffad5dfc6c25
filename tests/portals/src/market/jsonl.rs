//! Postings as JSON Lines, one object a line, the whole list or what changed since a day.
//! Params: `path` (of the file). The last line may lack its line feed, as exports that append often do.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// See the module.
pub(super) struct Jsonl;

impl Dialect for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != write::param(view, "path", "/export/postings.jsonl") {
            return write::person_page(request.path.strip_prefix("/job/").and_then(|id| (view.by_id)(id)));
        }
        let since = request.arg("since").and_then(|day| day.parse::<NaiveDate>().ok());
        let links = write::links(view);
        let mut out = String::with_capacity(view.ads.len() * 900);
        for ad in view.ads.iter().filter(|ad| since.is_none_or(|day| ad.modified.date() >= day)) {
            if !out.is_empty() {
                out.push('\n');
            }
            line(&mut out, view, ad, &links);
        }
        Reply::ok("application/x-ndjson", out)
    }
}

fn line(out: &mut String, view: &View<'_>, ad: &Ad, links: &str) {
    out.push('{');
    write::json_pair(out, write::name(view, "id", "posting_id"), &ad.id);
    for (name, text) in [
        (write::name(view, "title", "subject"), &ad.title),
        ("company", &ad.company),
        ("business_number", &ad.business_number),
        ("industry", &ad.industry),
        ("occupation", &ad.occupation),
        ("occupation_code", &ad.occupation_code),
        ("region", &ad.region),
        ("region_code", &ad.region_code),
        ("address", &ad.address),
        ("pay", &ad.pay),
        ("employment", &ad.employment_words),
        ("career", &ad.career_words),
        ("education", &ad.education_words),
        ("work_hours", &ad.work_hours),
        ("description", &ad.description),
        ("requirements", &ad.requirements),
        ("how_to_apply", &ad.how_to_apply),
    ] {
        write::json_pair(out, name, text);
    }
    write::json_pair(out, "closing", &write::closing_words(ad, "-"));
    let _ = write!(
        out,
        "\"headcount\":{},\"closed\":{},\"url\":\"{links}/job/{}\",\"posted\":\"",
        ad.headcount, ad.closed, ad.id
    );
    write::second(out, ad.posted);
    out.push_str("\",\"modified\":\"");
    write::second(out, ad.modified);
    out.push_str("\"}");
}
