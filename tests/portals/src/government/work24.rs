//! Work24 (고용24) job openings: list 210L01 and detail 210D01, and the old wantedApi.do that answers the same.
//! UTF-8 with BOM, no charset in the content type, errors with 200, parameters checked before the key.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use crate::{Ad, Dialect, Reply, Request, View};

use super::fact;
use super::gateway::{self, Fault};
use super::region;
use super::service::{Column, Listing, Paging, Rows, Span, text};
use super::write::xml_element;

/// Rows the service gives for one query: 1000 pages of 100.
const PAGES_MAX: usize = 1000;
/// Largest `display`.
const DISPLAY_MAX: usize = 100;

const PAGING: Paging =
    Paging { page: "startPage", size: "display", first: 1, size_default: 10, size_max: DISPLAY_MAX, needs: &[] };

const LIST: &[Column] = &[
    text("wantedAuthNo", fact::id),
    text("company", fact::company),
    text("busino", fact::business_number),
    text("indTpNm", fact::industry),
    text("title", fact::title_cut),
    text("salTpNm", fact::pay_period),
    text("sal", fact::pay_amounts),
    text("minSal", fact::pay_min),
    text("maxSal", fact::pay_max),
    text("region", fact::region),
    text("holidayTpNm", fact::work_days),
    text("minEdubg", fact::education_words),
    text("maxEdubg", fact::nothing),
    text("career", fact::career_class),
    text("regDt", fact::posted_short),
    text("closeDt", fact::closes_work24),
    text("infoSvc", |ad, _| provider(ad).into()),
    text("wantedInfoUrl", link),
    text("wantedMobileInfoUrl", link),
    text("zipCd", fact::nothing),
    text("strtnmCd", fact::nothing),
    text("basicAddr", fact::address),
    text("detailAddr", fact::nothing),
    text("empTpCd", fact::employment_work24),
    text("jobsCd", fact::occupation_code),
    text("smodifyDtm", fact::modified_minutes),
    text("prefCd", fact::nothing),
];

const COMPANY: &[Column] = &[
    text("corpNm", fact::company),
    text("reperNm", fact::nothing),
    text("totPsncnt", fact::nothing),
    text("capitalAmt", fact::nothing),
    text("yrSalesAmt", fact::nothing),
    text("indTpCdNm", fact::industry),
    text("busiCont", fact::nothing),
    text("corpAddr", fact::address),
    text("homePg", fact::nothing),
    text("busiSize", fact::nothing),
];

const DETAIL: &[Column] = &[
    text("jobsNm", fact::occupation),
    text("wantedTitle", fact::title),
    text("relJobsNm", fact::keywords),
    text("jobCont", fact::description),
    text("receiptCloseDt", fact::closes_work24),
    text("empTpNm", fact::employment_words),
    text("collectPsncnt", fact::headcount),
    text("salTpNm", fact::pay),
    text("enterTpNm", fact::career_words),
    text("eduNm", fact::education_words),
    text("forLang", fact::nothing),
    text("major", fact::nothing),
    text("certificate", fact::requirements),
    text("mltsvcExcHope", fact::nothing),
    text("compAbl", fact::nothing),
    text("pfCond", fact::nothing),
    text("etcPfCond", fact::nothing),
    text("selMthd", fact::how_to_apply),
    text("rcptMthd", fact::nothing),
    text("submitDoc", fact::nothing),
    text("etcHopeCont", fact::nothing),
    text("workRegion", fact::address),
    text("nearLine", fact::nothing),
    text("workdayWorkhrCont", fact::work_hours),
    text("fourIns", fact::nothing),
    text("retirepay", fact::nothing),
    text("etcWelfare", fact::benefits),
    text("disableCvntl", fact::nothing),
    text("dtlRecrContUrl", link),
    text("jobsCd", fact::occupation_code),
    text("regionCd", fact::region_code),
    text("minEdubgIcd", |ad, _| ad.education_code.into()),
    text("maxEdubgIcd", fact::nothing),
    text("empTpCd", fact::employment_work24),
    text("enterTpCd", |ad, _| {
        match ad.career {
            None => "Z",
            Some((0, Some(0))) => "N",
            Some(_) => "E",
        }
        .into()
    }),
    text("salTpCd", |ad, _| ad.pay_period.to_string().into()),
];

const CONTACT: &[Column] = &[
    text("empChargerDpt", fact::contact_name),
    text("contactTelno", fact::contact_phone),
    text("chargerFaxNo", fact::nothing),
];

/// Its own postings and those of other providers have different pages.
fn link<'a>(ad: &'a Ad, _: &View<'_>) -> Cow<'a, str> {
    Cow::Owned(match provider(ad) {
        "VALIDATION" => format!(
            "{SITE}/wk/a/b/1500/empDetailAuthView.do?wantedAuthNo={}&infoTypeCd=VALIDATION&infoTypeGroup=tb_workinfoworknet",
            ad.id
        ),
        other => format!(
            "{SITE}/wk/a/b/1500/retrivePriEmpDtlView.do?searchInfoType={other}&iorgGbcd={other}&wantedAuthNo={}",
            ad.origin_id
        ),
    })
}

fn provider(ad: &Ad) -> &str {
    if ad.origin_provider.is_empty() || ad.origin_id.is_empty() { "VALIDATION" } else { &ad.origin_provider }
}

const SITE: &str = "https://www.work24.go.kr";

/// Answers for Work24. Keeps an index by 시도, because a list of tens of thousands is asked slice by slice.
#[derive(Default)]
pub(super) struct Work24 {
    index: Mutex<Option<Arc<Index>>>,
}

impl Dialect for Work24 {
    fn name(&self) -> &'static str {
        "work24"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        let detail = request.path.contains("210D01");
        let old = request.path.contains("wantedApi.do");
        if !detail && !old && !request.path.contains("210L01") {
            return Reply::status(404, "Not Found");
        }
        match (request.arg("callTp"), request.arg("returnType")) {
            (Some("L" | "D"), Some("XML" | "xml")) => {}
            (Some("L" | "D"), _) => return failure("004", "returnType은 xml만 가능합니다."),
            _ => return failure("008", "callTp 값이 유효하지 않습니다."),
        }
        if let Some(reply) = gateway::check(view, request.arg("authKey")).map(refusal) {
            return reply;
        }
        if request.arg("callTp") == Some("D") { self::detail(view, request) } else { self.list(view, request) }
    }
}

impl Work24 {
    fn list(&self, view: &View<'_>, request: &Request) -> Reply {
        let Some(span) = PAGING.span(request) else {
            return failure("009", "startPage, display 값이 유효하지 않습니다.");
        };
        // What the service says beyond its cap is not established; refusing is what its documentation implies.
        if span.page > PAGES_MAX {
            return failure("009", "startPage는 1000을 초과할 수 없습니다.");
        }
        let index = self.index_of(view);
        let wanted = Wanted::of(request);
        let (rows, total) = wanted.page(view, &index, span);
        if total == 0 && view.claimed_total.is_none() {
            return failure("006", "검색된 결과가 없습니다.");
        }
        let listing = Listing::new(view, LIST, Rows::Picked(rows), total, span);
        let mut out = String::with_capacity(512 + listing.count() * 1400);
        out.push_str("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wantedRoot>");
        xml_element(&mut out, "total", &listing.total.to_string());
        xml_element(&mut out, "startPage", &span.page.to_string());
        xml_element(&mut out, "display", &span.size.to_string());
        if span.page % 7 == 3 {
            out.push_str("<script/>");
        }
        listing.xml_rows(&mut out, "wanted");
        out.push_str("</wantedRoot>");
        Reply::ok("text/xml", out)
    }

    fn index_of(&self, view: &View<'_>) -> Arc<Index> {
        let stamp = Stamp::of(view);
        let mut kept = self.index.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match kept.as_ref() {
            Some(index) if index.stamp == stamp => Arc::clone(index),
            _ => {
                let fresh = Arc::new(Index::build(stamp, view.ads));
                *kept = Some(Arc::clone(&fresh));
                fresh
            }
        }
    }
}

fn detail(view: &View<'_>, request: &Request) -> Reply {
    let Some(id) = request.arg("wantedAuthNo").filter(|id| !id.is_empty()) else {
        return failure("018", "wantedAuthNo는 필수 항목입니다.");
    };
    let Some(ad) = (view.by_id)(id).filter(|ad| !ad.closed) else {
        return failure("006", "구인정보를 확인할 수 없습니다.");
    };
    let mut out = String::with_capacity(4096 + ad.description.len());
    out.push_str("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wantedDtl>");
    xml_element(&mut out, "wantedAuthNo", &ad.id);
    let span = Span { page: 1, size: 1, start: 0 };
    for (element, columns) in [("corpInfo", COMPANY), ("wantedInfo", DETAIL), ("empchargeInfo", CONTACT)] {
        let part = Listing::new(view, columns, Rows::Run(std::slice::from_ref(ad)), 1, span);
        part.xml_rows(&mut out, element);
    }
    out.push_str("</wantedDtl>");
    Reply::ok("text/xml", out)
}

/// An error of the service: HTTP 200 with a message code.
fn failure(code: &str, message: &str) -> Reply {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wantedRoot>");
    xml_element(&mut out, "message", message);
    xml_element(&mut out, "messageCd", code);
    out.push_str("</wantedRoot>");
    Reply::ok("text/xml", out)
}

/// The answer to a refused key; shared by the other services under the same host.
pub(super) fn refusal(fault: Fault) -> Reply {
    match fault {
        Fault::Missing | Fault::Unknown => failure("002", "유효하지 않은 인증키 입니다."),
        Fault::OverQuota => failure("003", "일일 허용 호출 건수를 초과하였습니다."),
        // How its own failures look is not established; only that they come with 200.
        Fault::Server => failure("999", "시스템 오류가 발생하였습니다."),
        Fault::Expired => Reply::ok(
            "text/xml",
            "<?xml version='1.0' encoding='UTF-8'?><GO24><error>개인회원은 사용할 수 없는 OPEN-API입니다.</error></GO24>",
        ),
    }
}

/// What a list request asks for.
struct Wanted<'r> {
    regions: Vec<&'r str>,
    from: Option<&'r str>,
    until: Option<&'r str>,
    regular: bool,
    day_labour: bool,
}

impl<'r> Wanted<'r> {
    fn of(request: &'r Request) -> Self {
        let contract = request.arg("empTpGb").unwrap_or("1");
        Wanted {
            regions: request
                .arg("region")
                .map(|r| r.split('|').filter(|r| !r.is_empty()).collect())
                .unwrap_or_default(),
            from: request.arg("minWantedAuthDt").filter(|d| d.len() == 8),
            until: request.arg("maxWantedAuthDt").filter(|d| d.len() == 8),
            regular: contract.contains('1') || contract.is_empty(),
            day_labour: contract.contains('2'),
        }
    }

    fn everything(&self) -> bool {
        self.from.is_none() && self.until.is_none() && self.regular && self.day_labour
    }

    fn takes(&self, ad: &Ad) -> bool {
        if !(if ad.employment == "per_diem" { self.day_labour } else { self.regular }) {
            return false;
        }
        if self.from.is_none() && self.until.is_none() {
            return true;
        }
        let posted = fact::day(ad.posted.date(), "", true);
        self.from.is_none_or(|from| posted.as_str() >= from) && self.until.is_none_or(|until| posted.as_str() <= until)
    }

    /// The ads of a page, and how many match in all.
    fn page<'a>(&self, view: &View<'a>, index: &Index, span: Span) -> (Vec<&'a Ad>, usize) {
        let ads = view.ads;
        let whole_provinces = self.regions.iter().all(|r| r.ends_with("000"));
        if self.everything() && self.regions.is_empty() {
            return (ads.iter().skip(span.start).take(span.size).collect(), ads.len());
        }
        if self.everything() && whole_provinces && self.regions.len() == 1 {
            let places = index.province(self.regions[0]);
            let rows = places.iter().skip(span.start).take(span.size).filter_map(|&i| ads.get(i as usize)).collect();
            return (rows, places.len());
        }
        let mut rows = Vec::with_capacity(span.size);
        let mut total = 0;
        for ad in ads {
            let here = self.regions.is_empty() || self.regions.iter().any(|r| region::covers(r, &ad.region_code));
            if here && self.takes(ad) {
                if total >= span.start && rows.len() < span.size {
                    rows.push(ad);
                }
                total += 1;
            }
        }
        (rows, total)
    }
}

/// What identifies a list for the index. Ads carry no version, so a few of them stand for all.
#[derive(PartialEq, Eq)]
struct Stamp {
    place: usize,
    len: usize,
    day: chrono::NaiveDate,
    shift: usize,
    ids: Vec<String>,
}

impl Stamp {
    fn of(view: &View<'_>) -> Self {
        let step = (view.ads.len() / 16).max(1);
        Stamp {
            place: view.ads.as_ptr().addr(),
            len: view.ads.len(),
            day: view.now.date(),
            shift: view.shift,
            ids: view.ads.iter().step_by(step).map(|ad| format!("{}{}", ad.id, ad.region_code)).collect(),
        }
    }
}

struct Index {
    stamp: Stamp,
    /// Region asked for → places in the list, in order.
    provinces: FxHashMap<String, Vec<u32>>,
}

impl Index {
    fn build(stamp: Stamp, ads: &[Ad]) -> Self {
        let mut provinces: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for (i, ad) in ads.iter().enumerate() {
            let key = match ad.region_code.get(..2) {
                None | Some("00") => "00000".to_owned(),
                // The service's table has no 12 yet: the merged province stays under 전남, once.
                Some("12") => "46000".to_owned(),
                Some(two) => format!("{two}000"),
            };
            provinces.entry(key).or_default().push(u32::try_from(i).unwrap_or(u32::MAX));
        }
        Index { stamp, provinces }
    }

    fn province(&self, code: &str) -> &[u32] {
        self.provinces.get(code).map_or(&[], Vec::as_slice)
    }
}
