//! ALIO (공공기관 채용정보, data.go.kr 15125273): flat JSON, success code 200 where 0 is documented, comma lists of codes,
//! `srcUrl` with dashes and bare hosts. Detail adds files and steps.

use std::borrow::Cow;
use std::fmt::Write;

use crate::{Ad, Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Key};
use super::region;
use super::service::{Column, Listing, Paging, Rows, Span, number, rows_of, text};

/// ALIO's own code for each education level of Work24 (00 to 07).
const EDUCATION: &[(&str, &str)] = &[
    ("00", "R7010"),
    ("01", "R7020"),
    ("02", "R7020"),
    ("03", "R7030"),
    ("04", "R7040"),
    ("05", "R7050"),
    ("06", "R7060"),
    ("07", "R7070"),
];

const COLUMNS: &[Column] = &[
    number("recrutPblntSn", fact::id),
    text("pblntInstCd", |ad, _| institution(ad, 'C').into()),
    text("pbadmsStdInstCd", |ad, _| institution(ad, 'B').into()),
    text("instNm", fact::company),
    text("ncsCdLst", |ad, _| ncs(ad).0.into()),
    text("ncsCdNmLst", |ad, _| ncs(ad).1.into()),
    text("hireTypeLst", fact::employment_alio),
    text("hireTypeNmLst", fact::employment_words),
    text("workRgnLst", |ad, _| region::province(&ad.region_code).map_or("", |p| p.alio).into()),
    text("workRgnNmLst", fact::province),
    text("recrutSe", |ad, _| {
        match ad.career {
            None => "R2030",
            Some((0, Some(0))) => "R2010",
            Some(_) => "R2020",
        }
        .into()
    }),
    text("recrutSeNm", |ad, _| {
        match ad.career {
            None => "신입+경력",
            Some((0, Some(0))) => "신입",
            Some(_) => "경력",
        }
        .into()
    }),
    text("prefCondCn", fact::nothing),
    number("recrutNope", fact::headcount),
    text("pbancBgngYmd", fact::posted_compact),
    text("pbancEndYmd", fact::closes_compact),
    text("recrutPbancTtl", fact::title),
    text("srcUrl", source_url),
    text("replmprYn", |_, _| "N".into()),
    text("aplyQlfcCn", fact::requirements),
    text("disqlfcRsn", fact::nothing),
    text("scrnprcdrMthdExpln", fact::how_to_apply),
    text("prefCn", fact::nothing),
    text("acbgCondLst", |ad, _| {
        EDUCATION.iter().find(|(c, _)| *c == ad.education_code).map_or("R7010", |(_, a)| a).into()
    }),
    text("acbgCondNmLst", fact::education_words),
    text("nonatchRsn", fact::nothing),
    text("ongoingYn", fact::open_yn),
    number("decimalDay", |ad, view| {
        ad.closes.map(|last| (last - view.now.date()).num_days().max(0).to_string()).unwrap_or_default().into()
    }),
];

/// An address, or what the institutions write in its place.
fn source_url<'a>(ad: &'a Ad, view: &View<'_>) -> Cow<'a, str> {
    if !ad.origin_url.is_empty() {
        return Cow::Borrowed(&ad.origin_url);
    }
    match ad.vacancy % 8 {
        0 => Cow::Borrowed(""),
        1 => Cow::Borrowed("-"),
        2 => Cow::Borrowed("null"),
        3 => Cow::Borrowed("www.kohom.or.kr"),
        _ => fact::link(ad, view),
    }
}

/// A code of the institution's shape that depends on its name alone.
fn institution(ad: &Ad, letter: char) -> String {
    let hash = ad.company.bytes().fold(7_u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b)));
    match letter {
        'B' => format!("B{:06}", hash % 1_000_000),
        _ => format!("C{:04}", hash % 1000),
    }
}

/// NCS large category for the first digits of a KECO code.
fn ncs(ad: &Ad) -> (&'static str, &'static str) {
    match ad.occupation_code.get(..2).unwrap_or("") {
        "02" => ("R600025", "연구"),
        "03" => ("R600007", "사회복지.종교"),
        "04" => ("R600006", "보건.의료"),
        "05" => ("R600008", "문화.예술.디자인.방송"),
        "06" => ("R600011", "경비.청소"),
        "07" => ("R600009", "운전.운송"),
        "08" => ("R600014", "건설"),
        "09" => ("R600015", "기계"),
        "10" => ("R600019", "전기.전자"),
        "11" => ("R600017", "화학.바이오"),
        "12" => ("R600022", "인쇄.목재.가구.공예"),
        "13" => ("R600024", "농림어업"),
        _ => ("R600002", "경영.회계.사무"),
    }
}

/// Answers for ALIO.
pub(super) struct Alio;

impl Dialect for Alio {
    fn name(&self) -> &'static str {
        "alio"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let path = request.path.trim_end_matches('/');
        if !path.ends_with("/recruitment/list") && !path.ends_with("/recruitment/detail") {
            return gateway::no_service();
        }
        if let Some(reply) = Key::Gateway.refuse(view, request) {
            return reply;
        }
        if path.ends_with("/detail") {
            return detail(view, request);
        }
        let Some(span) = Paging::GATEWAY.span(request) else { return gateway::bad_parameter() };
        let listing = if request.arg("ongoingYn") == Some("Y") && view.ads.iter().any(|ad| !fact::open(ad, view)) {
            let open: Vec<&Ad> = view.ads.iter().filter(|ad| fact::open(ad, view)).collect();
            let total = open.len();
            let rows = open.into_iter().skip(span.start).take(span.size).collect();
            Listing::new(view, COLUMNS, Rows::Picked(rows), total, span)
        } else {
            Listing::new(view, COLUMNS, rows_of(view.ads, span, false), view.ads.len(), span)
        };
        let mut out = String::with_capacity(256 + listing.count() * 1600);
        let _ = write!(
            out,
            "{{\"resultCode\":200,\"resultMsg\":\"성공했습니다.\",\"totalCount\":{},\"result\":[",
            listing.total
        );
        listing.json_rows(&mut out);
        out.push_str("]}");
        limited(Reply::ok("application/json;charset=UTF-8", out))
    }
}

fn detail(view: &View<'_>, request: &Request) -> Reply {
    let Some(ad) = request.arg("sn").and_then(view.by_id) else {
        return Reply::ok(
            "application/json;charset=UTF-8",
            "{\"resultCode\":3,\"resultMsg\":\"데이터가 없습니다.\",\"totalCount\":0,\"result\":null}",
        );
    };
    let span = Span { page: 1, size: 1, start: 0 };
    let one = Listing::new(view, COLUMNS, Rows::Run(std::slice::from_ref(ad)), 1, span);
    let mut out = String::from("{\"resultCode\":200,\"resultMsg\":\"성공했습니다.\",\"result\":");
    one.json_object(&mut out, ad, 0);
    out.pop();
    // The steps of a recruitment are listed twice, as in the real service.
    let step = format!(
        "{{\"recrutStepSn\":1,\"recrutPblntSn\":0,\"recrutNope\":{},\"aplyNope\":0,\"cmpttRt\":0,\"rsnOcrnYmd\":\"\",\"sortNo\":1,\"minStepSn\":1,\"maxStepSn\":1}}",
        ad.headcount
    );
    let _ = write!(out, ",\"files\":[],\"steps\":[{step},{step}]}}}}");
    limited(Reply::ok("application/json;charset=UTF-8", out))
}

/// Quota headers of the gateway.
fn limited(mut reply: Reply) -> Reply {
    reply.headers.push(("x-ratelimit-limit", "1000".to_owned()));
    reply.headers.push(("x-ratelimit-remaining", "999".to_owned()));
    reply
}
