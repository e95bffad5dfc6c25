//! A board of an eGovFrame site: HTML table, ids only in `fn_view('…')`, pages by `pageIndex`, a missing article answered by a
//! script that goes back. UTF-8, or EUC-KR with `params["charset"]`.

use std::fmt::Write;

use crate::{Dialect, Failure, Reply, Request, View};

use super::fact;
use super::write::{escaped, xml_text};

/// Rows a list page shows.
pub(super) const ROWS: usize = 20;

/// Answers for eGovFrame boards.
pub(super) struct EgovHtml;

impl Dialect for EgovHtml {
    fn name(&self) -> &'static str {
        "egov_html"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if let Some(fault) = view.failure {
            return failing(view, fault);
        }
        if request.path.ends_with("/list.do") {
            list(view, request)
        } else if request.path.ends_with("/view.do") {
            article(view, request)
        } else {
            Reply::status(404, "Not Found")
        }
    }
}

/// The page of a site that refuses or fails: its own words, with a status only when the server itself failed.
fn failing(view: &View<'_>, failure: Failure) -> Reply {
    let words = match failure {
        Failure::Quota => "접속 허용 횟수를 초과하였습니다. 잠시 후 다시 이용해 주십시오.",
        Failure::Auth => "접근 권한이 없습니다.",
        Failure::ServerError => "서비스 처리 중 오류가 발생하였습니다.",
    };
    let mut out = String::new();
    head(view, &mut out);
    let _ = write!(out, "<div class=\"error_box\"><p>{words}</p></div></div></body></html>");
    html(view, &out)
}

fn html(view: &View<'_>, page: &str) -> Reply {
    let charset = view.portal.params.get("charset").map_or("utf-8", String::as_str);
    match encoding_rs::Encoding::for_label(charset.as_bytes()) {
        // EUC-KR sites of this kind send no charset in the header, only in the page.
        Some(encoding) if encoding != encoding_rs::UTF_8 => {
            Reply::ok("text/html", encoding.encode(page).0.into_owned())
        }
        _ => Reply::ok("text/html;charset=UTF-8", page.to_owned()),
    }
}

fn head(view: &View<'_>, out: &mut String) {
    let charset = view.portal.params.get("charset").map_or("utf-8", String::as_str);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"ko\">\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\">\n<title>채용정보 | "
    );
    xml_text(out, &view.portal.title);
    out.push_str("</title>\n<script src=\"/js/egovframework/com/cmm/fms/EgovMultiFile.js\"></script>\n</head>\n<body>\n<div id=\"contents\">\n");
}

fn list(view: &View<'_>, request: &Request) -> Reply {
    let page = request.number("pageIndex").unwrap_or(1).max(1);
    let start = page.saturating_sub(1).saturating_mul(ROWS).min(view.ads.len());
    let ads = &view.ads[start..(start + ROWS).min(view.ads.len())];
    let total = view.claimed_total.unwrap_or(view.ads.len() as u64);
    let rounds = view.portal.params.get("entities").and_then(|n| n.parse().ok()).unwrap_or(0);
    let class = if view.schema_change { "bbs-new" } else { "board_list" };
    let mut out = String::with_capacity(3000 + ads.len() * 700);
    head(view, &mut out);
    let _ = write!(
        out,
        "<p class=\"board_info\">전체 <em class=\"total\">{}</em>건, 현재 <em>{page}</em>페이지</p>\n<table class=\"{class}\">\n<caption>채용정보 목록</caption>\n<thead><tr><th>번호</th><th>제목</th><th>업체명</th><th>근무지</th><th>급여</th><th>고용형태</th><th>등록일</th><th>마감일</th></tr></thead>\n<tbody>\n",
        fact::grouped(i64::try_from(total).unwrap_or(i64::MAX))
    );
    if ads.is_empty() {
        out.push_str("<tr><td colspan=\"8\" class=\"no_data\">등록된 게시물이 없습니다.</td></tr>\n");
    }
    for (i, ad) in ads.iter().enumerate() {
        let number = total.saturating_sub((start + i) as u64);
        let _ = write!(
            out,
            "<tr class=\"row\"><td class=\"num\">{number}</td><td class=\"subject\"><a href=\"#none\" onclick=\"fn_view('"
        );
        xml_text(&mut out, &ad.id);
        out.push_str("'); return false;\">");
        xml_text(&mut out, &escaped(ad.title.as_str().into(), rounds));
        if (view.now.date() - ad.posted.date()).num_days() <= 1 {
            out.push_str("<img src=\"/images/new.gif\" alt=\"새글\">");
        }
        out.push_str("</a></td>");
        let cells = [
            ("corp", ad.company.as_str().into()),
            ("area", ad.region.as_str().into()),
            ("pay", ad.pay.as_str().into()),
            ("type", ad.employment_words.as_str().into()),
            ("date", fact::posted_dashes(ad, view)),
            ("end", fact::closes_or_words(ad, view)),
        ];
        for (name, value) in cells {
            let _ = write!(out, "<td class=\"{name}\">");
            xml_text(&mut out, &escaped(value, rounds));
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n<div class=\"paging\">");
    let last = total.div_ceil(ROWS as u64).max(1);
    for n in (page.saturating_sub(4).max(1) as u64)..=(page as u64 + 5).min(last) {
        let _ = write!(out, "<a href=\"?pageIndex={n}\" onclick=\"fn_egov_link_page({n});return false;\">{n}</a> ");
    }
    out.push_str("</div>\n</div>\n</body>\n</html>\n");
    html(view, &out)
}

fn article(view: &View<'_>, request: &Request) -> Reply {
    let Some(ad) = request.arg("seq").and_then(view.by_id).filter(|ad| !ad.closed) else {
        return html(
            view,
            "<html><head><script>alert('삭제되었거나 존재하지 않는 게시물입니다.');history.back();</script></head><body></body></html>",
        );
    };
    let mut out = String::with_capacity(4000 + ad.description.len());
    head(view, &mut out);
    out.push_str("<div class=\"board_view\">\n<h3 class=\"tit\">");
    xml_text(&mut out, &ad.title);
    out.push_str("</h3>\n<dl>\n");
    let facts = [
        ("업체명", "corp", ad.company.as_str().into()),
        ("모집직종", "job", ad.occupation.as_str().into()),
        ("모집인원", "people", fact::headcount_people(ad, view)),
        ("학력", "edu", ad.education_words.as_str().into()),
        ("경력", "career", ad.career_words.as_str().into()),
        ("근무시간", "hours", ad.work_hours.as_str().into()),
        ("근무지", "addr", ad.address.as_str().into()),
        ("접수방법", "apply", ad.how_to_apply.as_str().into()),
        ("담당자", "person", ad.contact_name.as_str().into()),
        ("연락처", "tel", ad.contact_phone.as_str().into()),
    ];
    for (label, class, value) in facts {
        let value: std::borrow::Cow<'_, str> = value;
        let _ = write!(out, "<dt>{label}</dt><dd class=\"{class}\">");
        xml_text(&mut out, &value);
        out.push_str("</dd>\n");
    }
    out.push_str("</dl>\n<div class=\"cont\">");
    for line in ad.description.lines() {
        xml_text(&mut out, line);
        out.push_str("<br>\n");
    }
    out.push_str("</div>\n</div>\n</div>\n</body>\n</html>\n");
    html(view, &out)
}
