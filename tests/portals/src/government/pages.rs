//! The pages that people read, beside every interface of this half: what a link probe finds. An open posting is a page, a closed
//! one says 마감 (Work24: a script that goes back), one that never was is 404.

use crate::{Ad, Dialect, Reply, Request, View};

use super::write::xml_text;

/// Pages and the parameter that holds the id: real addresses that the manifests build.
const PAGES: &[(&str, &str)] = &[
    ("/empDetailAuthView.do", "wantedAuthNo"),
    ("/retrivePriEmpDtlView.do", "wantedAuthNo"),
    ("/recruitView.do", "idx"),
    ("/apmView.do", "empmnsn"),
    ("/cygonggogeomsaekView.do", "cygonggo_no"),
    ("/ramgDetail.do", "wantedAuthNo"),
];

/// A dialect with its site.
pub(super) struct WithPages<D>(pub(super) D);

impl<D: Dialect> Dialect for WithPages<D> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let id = match request.path.strip_prefix("/recruit/") {
            // i-ONE JOB's list lives under the same folder.
            Some(id) if !id.contains(['.', '/']) => Some(id),
            _ => PAGES
                .iter()
                .find(|(end, _)| request.path.ends_with(end))
                .map(|(_, name)| request.arg(name).unwrap_or("")),
        };
        match id {
            Some(id) => {
                let republished = || view.ads.iter().find(|ad| ad.origin_id == id && !id.is_empty());
                page((view.by_id)(id).or_else(republished), self.name() == "work24")
            }
            None if view.failure.is_some() => self.0.answer(view, request).failing(),
            None => self.0.answer(view, request),
        }
    }
}

fn page(ad: Option<&Ad>, goes_back: bool) -> Reply {
    let gone = goes_back && ad.is_none_or(|ad| ad.closed);
    if gone {
        let script = "<html><head><script>alert(\"구인정보를 확인할 수 없습니다\");history.back();</script></head><body></body></html>";
        return Reply::ok("text/html;charset=UTF-8", script);
    }
    let Some(ad) = ad else {
        let body = "<html><body><h1>페이지를 찾을 수 없습니다.</h1></body></html>";
        return Reply { status: 404, ..Reply::ok("text/html;charset=UTF-8", body) };
    };
    let mut out = String::with_capacity(1024 + ad.description.len());
    out.push_str("<!DOCTYPE html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><title>");
    xml_text(&mut out, &ad.title);
    out.push_str("</title></head><body><h1>");
    xml_text(&mut out, &ad.title);
    out.push_str("</h1><p class=\"company\">");
    xml_text(&mut out, &ad.company);
    out.push_str("</p>");
    if ad.closed {
        out.push_str("<p class=\"closed\">마감되었습니다.</p>");
    }
    out.push_str("<pre>");
    xml_text(&mut out, &ad.description);
    out.push_str("</pre></body></html>");
    Reply::ok("text/html;charset=UTF-8", out)
}
