//! A board that publishes its postings as RSS 2.0 with RFC 822 dates; the body of an item is labelled lines of HTML.
//! Params: `path` (of the feed), `size` (items a page), `view` (path of a posting's page, ending in `=` or `/`).

use std::fmt::Write as _;

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// See the module.
pub(super) struct BoardRss;

impl Dialect for BoardRss {
    fn name(&self) -> &'static str {
        "board_rss"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path == write::param(view, "path", "/rss/job.xml") {
            return feed(view, request);
        }
        let page = write::param(view, "view", "/job/view.do?no=");
        let id = match page.split_once('?') {
            Some((path, query)) if request.path == path => request.arg(query.trim_end_matches('=')),
            Some(_) => None,
            None => request.path.strip_prefix(page),
        };
        write::person_page(id.and_then(|id| (view.by_id)(id)))
    }
}

fn feed(view: &View<'_>, request: &Request) -> Reply {
    let size = write::param_number(view, "size", 100).max(1);
    let page = request.number("page").unwrap_or(1).max(1);
    let rows = write::page(view.ads, (page - 1).saturating_mul(size), size);
    let links = write::links(view);
    let mut out = String::with_capacity(600 + rows.len() * 1024);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n");
    write::element(&mut out, "title", &view.portal.title);
    write::element(&mut out, "link", &links);
    out.push_str("<description>채용정보</description><language>ko</language><lastBuildDate>");
    write::rfc822(&mut out, view.now);
    out.push_str("</lastBuildDate>\n");
    let (entry, guid) = (write::name(view, "item", "job"), write::name(view, "guid", "key"));
    let page = write::param(view, "view", "/job/view.do?no=");
    for ad in rows {
        let _ = write!(out, "<{entry}>");
        write::element(&mut out, "title", &ad.title);
        write::element(&mut out, "link", &format!("{links}{page}{}", ad.id));
        let _ = write!(out, "<{guid} isPermaLink=\"false\">");
        write::xml(&mut out, &ad.id);
        let _ = write!(out, "</{guid}>");
        write::cdata(&mut out, "description", &body(ad));
        write::element(&mut out, "dc:creator", &ad.company);
        write::element(&mut out, "category", &ad.occupation);
        out.push_str("<pubDate>");
        write::rfc822(&mut out, ad.posted);
        let _ = writeln!(out, "</pubDate></{entry}>");
    }
    out.push_str("</channel>\n</rss>\n");
    Reply::ok("application/rss+xml", out)
}

fn body(ad: &Ad) -> String {
    let mut out = String::with_capacity(256 + ad.description.len());
    let closing = write::closing_words(ad, "-");
    let headcount = format!("{}명", ad.headcount);
    for (label, text) in [
        ("회사명", ad.company.as_str()),
        ("근무지역", &ad.region),
        ("고용형태", &ad.employment_words),
        ("임금", &ad.pay),
        ("경력", &ad.career_words),
        ("학력", &ad.education_words),
        ("모집인원", &headcount),
        ("접수마감", &closing),
    ] {
        let _ = write!(out, "<b>{label}</b> : ");
        write::xml(&mut out, text);
        out.push_str("<br/>\n");
    }
    write::html_lines(&mut out, &ad.description);
    out
}
