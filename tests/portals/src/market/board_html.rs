//! An HTML job board of a local body: a list table with links, and a detail page of labelled cells.
//! Params: `path` (prefix), `charset` (said in the meta element only), `size` (rows a page at most).

use std::fmt::Write as _;

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// Related postings shown under a detail page, and menu entries around it: such pages weigh some 20 KB.
const RELATED_MAX: usize = 20;
const MENU_ENTRIES: usize = 110;

/// See the module.
pub(super) struct BoardHtml;

impl Dialect for BoardHtml {
    fn name(&self) -> &'static str {
        "board_html"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let prefix = write::param(view, "path", "/job");
        match request.path.strip_prefix(prefix) {
            Some("/list.do") => list(view, request, prefix),
            Some("/view.do") => detail(view, request, prefix),
            _ => Reply {
                status: 404,
                ..html(view, "<html><body>요청하신 페이지를 찾을 수 없습니다.</body></html>".to_owned())
            },
        }
    }
}

/// The charset is in the document alone: these servers send no charset in Content-Type.
fn html(view: &View<'_>, text: String) -> Reply {
    let charset = write::param(view, "charset", "utf-8");
    Reply::ok("text/html", write::encoded(&text, charset))
}

fn head(out: &mut String, view: &View<'_>, title: &str, prefix: &str) {
    let charset = write::param(view, "charset", "utf-8");
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"ko\">\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\">\n<title>"
    );
    write::xml(out, title);
    out.push_str(" | ");
    write::xml(out, &view.portal.title);
    out.push_str("</title>\n</head>\n<body>\n<div id=\"gnb\"><ul>\n");
    for entry in 0..MENU_ENTRIES {
        let _ = writeln!(
            out,
            "<li><a href=\"{prefix}/menu.do?menuNo={entry:06}\" title=\"일자리 정보 메뉴로 이동\">일자리 정보 {entry}</a></li>"
        );
    }
    out.push_str("</ul></div>\n<div id=\"content\">\n");
}

fn list(view: &View<'_>, request: &Request, prefix: &str) -> Reply {
    let most = write::param_number(view, "size", 50);
    let size = request.number("pageUnit").unwrap_or(10).clamp(1, most);
    let page = request.number("pageIndex").unwrap_or(1).max(1);
    let rows = write::page(view.ads, (page - 1).saturating_mul(size), size);
    let mut out = String::with_capacity(10_000 + rows.len() * 512);
    head(&mut out, view, "채용정보", prefix);
    let total = write::total(view, view.ads.len());
    let _ = write!(
        out,
        "<p class=\"total\">총 <strong>{total}</strong>건 (페이지 {page}/{})</p>\n<table class=\"{}\">\n<caption>채용정보 목록</caption>\n<thead><tr><th>번호</th><th>채용제목</th><th>기업명</th><th>근무지역</th><th>등록일</th><th>마감일</th></tr></thead>\n<tbody>\n",
        view.ads.len().div_ceil(size).max(1),
        write::name(view, "board_list", "tbl_list")
    );
    if page == 1 {
        let _ = writeln!(
            out,
            "<tr class=\"notice\"><td class=\"num\">공지</td><td class=\"subject\" colspan=\"5\"><a href=\"{prefix}/notice.do?nttId=17\">개인정보 처리방침 변경 안내</a></td></tr>"
        );
    }
    for (at, ad) in rows.iter().enumerate() {
        row(&mut out, ad, view.ads.len().saturating_sub((page - 1) * size + at), prefix, page);
    }
    if rows.is_empty() {
        out.push_str("<tr class=\"none\"><td colspan=\"6\">등록된 채용정보가 없습니다.</td></tr>\n");
    }
    out.push_str("</tbody>\n</table>\n<div class=\"paging\">");
    for near in page.saturating_sub(5).max(1)..=(page + 4).min(view.ads.len().div_ceil(size)) {
        let _ = write!(out, "<a href=\"{prefix}/list.do?pageIndex={near}\">{near}</a> ");
    }
    out.push_str("</div>\n</div>\n</body>\n</html>\n");
    html(view, out)
}

fn row(out: &mut String, ad: &Ad, number: usize, prefix: &str, page: usize) {
    let _ =
        write!(out, "<tr><td class=\"num\">{number}</td><td class=\"subject\"><a href=\"{prefix}/view.do?recruitNo=");
    write::xml(out, &ad.id);
    let _ = write!(out, "&amp;pageIndex={page}\" data-no=\"");
    write::xml(out, &ad.id);
    out.push_str("\">");
    write::xml(out, &ad.title);
    out.push_str("</a>");
    if ad.closed {
        out.push_str(" <em class=\"end\">마감</em>");
    }
    out.push_str("</td><td class=\"company\">");
    write::xml(out, &ad.company);
    out.push_str("</td><td class=\"region\">");
    write::xml(out, &ad.region);
    out.push_str("</td><td class=\"date\">");
    write::day(out, ad.posted.date(), ".");
    out.push_str("</td><td class=\"close\">");
    write::xml(out, &write::closing_words(ad, "."));
    out.push_str("</td></tr>\n");
}

fn detail(view: &View<'_>, request: &Request, prefix: &str) -> Reply {
    let ad = request.arg("recruitNo").and_then(|id| (view.by_id)(id)).filter(|ad| !ad.closed);
    let Some(ad) = ad else {
        // an expired posting: still 200, and only a script says so
        let script = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset={}\"></head><body><script type=\"text/javascript\">alert(\"구인정보를 확인할 수 없습니다\");history.back();</script></body></html>";
        return html(view, script.replace("{}", write::param(view, "charset", "utf-8")));
    };
    let mut out = String::with_capacity(24_000 + ad.description.len());
    head(&mut out, view, &ad.title, prefix);
    let _ = write!(out, "<div class=\"{}\">\n<h3 class=\"tit\">", write::name(view, "view_wrap", "vw_area"));
    write::xml(&mut out, &ad.title);
    out.push_str("</h3>\n<table class=\"view\">\n<tbody>\n");
    cells(&mut out, ad);
    out.push_str("</tbody>\n</table>\n<h4>직무내용</h4>\n<div class=\"job_cont\">");
    write::html_lines(&mut out, &ad.description);
    out.push_str("</div>\n<h4>이 지역의 다른 채용정보</h4>\n<ul class=\"related\">\n");
    related(&mut out, view, ad, prefix);
    out.push_str("</ul>\n</div>\n</div>\n<div id=\"footer\"><p>본 채용정보는 구인자가 제공한 자료이며, 그 정확성과 신뢰성에 대한 책임은 구인자에게 있습니다.</p></div>\n</body>\n</html>\n");
    html(view, out)
}

/// The labelled cells of a detail page; a cell's class is what the site's own style sheet hangs on.
fn cells(out: &mut String, ad: &Ad) {
    let industry = if ad.industry_code.is_empty() {
        ad.industry.clone()
    } else {
        format!("{} ({})", ad.industry, ad.industry_code)
    };
    let headcount = if ad.headcount == 0 { "○명".to_owned() } else { format!("{}명", ad.headcount) };
    let posted = write::day_text(ad.posted.date(), ".");
    let closing = write::closing_words(ad, ".");
    let rows: [(&str, &str, &str); 18] = [
        ("기업명", "corp", &ad.company),
        ("사업자등록번호", "bizno", &ad.business_number),
        ("업종", "industry", &industry),
        ("모집직종", "job", &ad.occupation),
        ("근무지역", "region", &ad.region),
        ("근무지 주소", "addr", &ad.address),
        ("고용형태", "emp", &ad.employment_words),
        ("임금조건", "pay", &ad.pay),
        ("경력", "career", &ad.career_words),
        ("학력", "edu", &ad.education_words),
        ("모집인원", "cnt", &headcount),
        ("근무시간", "time", &ad.work_hours),
        ("근무형태", "days", &ad.work_days),
        ("복리후생", "welfare", &ad.benefits),
        ("자격요건", "cond", &ad.requirements),
        ("접수방법", "apply", &ad.how_to_apply),
        ("등록일", "regdate", &posted),
        ("접수마감일", "close", &closing),
    ];
    for pair in rows.chunks(2) {
        out.push_str("<tr>");
        for (label, class, text) in pair {
            let _ = write!(out, "<th scope=\"row\">{label}</th><td class=\"{class}\">");
            write::html_lines(out, text);
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
    }
    if !ad.contact_name.is_empty() || !ad.contact_phone.is_empty() {
        out.push_str("<tr><th scope=\"row\">담당자</th><td class=\"person\">");
        write::xml(out, &ad.contact_name);
        out.push_str("</td><th scope=\"row\">연락처</th><td class=\"tel\">");
        write::xml(out, &ad.contact_phone);
        out.push_str("</td></tr>\n");
    }
}

fn related(out: &mut String, view: &View<'_>, ad: &Ad, prefix: &str) {
    if view.ads.is_empty() {
        return;
    }
    let start = write::hash(&ad.id) as usize % view.ads.len();
    for other in view.ads.iter().cycle().skip(start).take(RELATED_MAX.min(view.ads.len())) {
        let _ = write!(out, "<li><a href=\"{prefix}/view.do?recruitNo=");
        write::xml(out, &other.id);
        out.push_str("\"><strong>");
        write::xml(out, &other.title);
        out.push_str("</strong> <span class=\"corp\">");
        write::xml(out, &other.company);
        out.push_str("</span> <span class=\"region\">");
        write::xml(out, &other.region);
        out.push_str("</span></a></li>\n");
    }
}
