//! JobKorea's partner XML: EUC-KR, raw ampersands in its addresses, the caller's key inside JK_URL. PORTALS §3.
//! Params from the partner's contract: `cap` (most rows a query with conditions; 500 for the public guide) and `size` (most rows a page; 100).

use std::fmt::Write as _;

use super::{codes, write};
use crate::{Ad, Dialect, Failure, Reply, Request, View};

/// Most rows a query without any condition gives, whatever the contract.
const CAP_WITHOUT_CONDITIONS: usize = 100;

/// Areas a query may name.
const AREAS_MAX: usize = 6;

/// See the module.
pub(super) struct Jobkorea;

impl Dialect for Jobkorea {
    fn name(&self) -> &'static str {
        "jobkorea"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path == "/Service_JK/Data/JK_GI_XML_List.asp" {
            return list(view, request);
        }
        if let Some(number) = request.path.strip_prefix("/Recruit/GI_Read/") {
            let second = || view.ads.iter().find(|ad| ad.id2 == number);
            return write::person_page((view.by_id)(number).or_else(second));
        }
        Reply::status(404, "not found")
    }
}

/// What an address that is not registered gets, and everybody else in trouble: a page for people, with 200.
fn refusal(failing: Failure) -> Reply {
    let words = match failing {
        Failure::Auth => "등록되지 않은 IP 입니다. 제휴담당자에게 문의하세요.",
        Failure::Quota => "조회 한도를 초과하였습니다.",
        Failure::ServerError => "서비스 점검 중입니다. 잠시 후 다시 이용해 주세요.",
    };
    let page = format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=euc-kr\"><title>잡코리아</title></head><body><script>alert('{words}');location.href='http://www.jobkorea.co.kr';</script></body></html>"
    );
    Reply::ok("text/html", write::encoded(&page, "euc-kr"))
}

fn list(view: &View<'_>, request: &Request) -> Reply {
    let Some(api) = request.arg("api").filter(|key| !key.trim().is_empty()) else { return refusal(Failure::Auth) };
    if let Some(failing) = view.failure {
        return refusal(failing).failing();
    }
    let size_max = write::param_number(view, "size", 100).max(1);
    let size = request.number("size").unwrap_or(20).clamp(1, size_max);
    let page = request.number("page").unwrap_or(1).max(1);
    let conditions = Conditions::of(request);
    let cap = match conditions.is_empty() {
        true => CAP_WITHOUT_CONDITIONS,
        false => write::param_number(view, "cap", 500),
    };
    let matching: Vec<&Ad> = if conditions.is_empty() {
        view.ads.iter().take(cap).collect()
    } else {
        view.ads.iter().filter(|ad| conditions.take(ad)).take(cap).collect()
    };
    let rows = write::page(&matching, (page - 1).saturating_mul(size), size);
    let total = view.claimed_total.map_or(matching.len() as u64, |claimed| claimed.min(cap as u64));
    let mut out = String::with_capacity(256 + rows.len() * 900);
    if page % 7 == 3 {
        // a template of theirs leaves a line before the declaration on some pages
        out.push_str("\r\n");
    }
    out.push_str("<?xml version=\"1.0\" encoding=\"euc-kr\"?>\r\n<DataList>");
    if page % 5 == 4 {
        // and includes a fragment that brings its own declaration
        out.push_str("<?xml version=\"1.0\" encoding=\"euc-kr\"?>");
    }
    let _ = write!(out, "<TotalSumCnt>{total}</TotalSumCnt><TotalCnt>{}</TotalCnt>\r\n", rows.len());
    let oem = request.arg("Oem_Code").unwrap_or("C900");
    for ad in rows {
        row(&mut out, view, ad, oem, api);
    }
    out.push_str("</DataList>\r\n");
    Reply::ok("text/xml", write::encoded(&out, "euc-kr"))
}

/// What a query asks for; the sub-codes `rpcd` are ignored unless their parent `rbcd` is sent, and not known here even then.
struct Conditions<'r> {
    areas: Vec<&'r str>,
    parts: Vec<&'r str>,
    keyword: Option<&'r str>,
    pay: Option<&'r str>,
}

impl<'r> Conditions<'r> {
    fn of(request: &'r Request) -> Conditions<'r> {
        let list = |name: &str| -> Vec<&'r str> {
            request
                .arg(name)
                .map(|v| v.split(',').map(str::trim).filter(|v| !v.is_empty()).collect())
                .unwrap_or_default()
        };
        let mut areas = list("area");
        areas.truncate(AREAS_MAX);
        let filled = |name: &str| request.arg(name).filter(|v| !v.is_empty());
        Conditions { areas, parts: list("rbcd"), keyword: filled("keyword"), pay: filled("pay") }
    }

    fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.parts.is_empty() && self.keyword.is_none() && self.pay.is_none()
    }

    fn take(&self, ad: &Ad) -> bool {
        let area = |wanted: &&str| match wanted.strip_suffix("000") {
            Some(_) => codes::sido_of(ad).jobkorea == *wanted,
            None => codes::jobkorea_area(ad) == *wanted,
        };
        (self.areas.is_empty() || self.areas.iter().any(area))
            && (self.parts.is_empty() || self.parts.contains(&codes::jobkorea_part(&ad.occupation_code).0))
            && self.keyword.is_none_or(|word| ad.title.contains(word) || ad.company.contains(word))
            && self.pay.is_none_or(|code| code == pay(ad).0)
    }
}

/// Pay code, lower and upper amount in that code's unit: 만원 for years, months and weeks, won for days and hours.
fn pay(ad: &Ad) -> (&'static str, i64, i64) {
    // rounded up: a wage in whole 만원 must not fall below what the employer wrote
    let man = |won: i64| (won.max(0) + 9_999) / 10_000;
    match ad.pay_period {
        'Y' => ("1", man(ad.pay_min), man(ad.pay_max)),
        'M' => ("2", man(ad.pay_min), man(ad.pay_max)),
        'W' => ("3", man(ad.pay_min), man(ad.pay_max)),
        'D' => ("4", ad.pay_min, ad.pay_max),
        'H' => ("5", ad.pay_min, ad.pay_max),
        _ => ("0", 0, 0),
    }
}

fn education(ad: &Ad) -> &'static str {
    match ad.education_code {
        "01" => "1",
        "02" => "2",
        "03" => "3",
        "04" => "4",
        "05" => "5",
        "06" => "6",
        "07" => "7",
        "00" => "0",
        _ => "",
    }
}

/// A recorded list may lack what the guide promises; then the element stays empty.
fn end(ad: &Ad) -> String {
    match (ad.close_type, ad.closes) {
        ("", None) => String::new(),
        ("always_open", _) | (_, None) if ad.close_type != "until_filled" => "99991231".to_owned(),
        (_, None) => "99991230".to_owned(),
        (_, Some(day)) => write::day_text(day, ""),
    }
}

fn row(out: &mut String, view: &View<'_>, ad: &Ad, oem: &str, api: &str) {
    out.push_str("<Items>");
    write::element(out, write::name(view, "GI_No", "GI_Seq"), &ad.id);
    let company = write::hash(&ad.company) % 40_000_000;
    let _ =
        write!(out, "<C_URL>http://www.jobkorea.co.kr/Recruit/Co_Read/C/{company}?Oem_Code={oem}&api={api}</C_URL>");
    write::element(out, "C_Name", &ad.company);
    write::element(out, write::name(view, "GI_Subject", "GI_Title"), &ad.title);
    write::element(out, "GI_Part_No", codes::jobkorea_part(&ad.occupation_code).0);
    let career = match codes::career_kind(ad) {
        'N' => "1",
        'E' => "2",
        'B' => "3",
        _ if ad.career_words.is_empty() => "",
        _ => "4",
    };
    let years = ad.career.map_or(0, |(min, _)| min);
    let (code, min, max) = pay(ad);
    let _ = write!(
        out,
        "<GI_Career>{career}</GI_Career><GI_Career_Year_Cnt>{years}</GI_Career_Year_Cnt><GI_Pay>{code}</GI_Pay><GI_Pay_Term>{min},{max}</GI_Pay_Term><GI_Pay_Flag>{}</GI_Pay_Flag>",
        u8::from(ad.pay_period == 'N')
    );
    let _ = write!(out, "<GI_EDU_CutLine>{}</GI_EDU_CutLine><GI_Edu_Options>0</GI_Edu_Options>", education(ad));
    write::element(out, "GI_Keyword", &ad.keywords);
    let _ = write!(
        out,
        "<GI_Pass_Type>100000</GI_Pass_Type><GI_Job_Type>{}</GI_Job_Type><Staff>",
        codes::jobkorea_employment(ad)
    );
    match ad.headcount {
        0 => out.push('○'),
        n => {
            let _ = write!(out, "{n}");
        }
    }
    let _ = write!(
        out,
        "</Staff><Jikgub>1</Jikgub><AreaCode>{}</AreaCode><GI_End_Date>{}</GI_End_Date>",
        codes::jobkorea_area(ad),
        end(ad)
    );
    let number = if ad.id2.is_empty() { &ad.id } else { &ad.id2 };
    let _ = write!(
        out,
        "<JK_URL>http://www.jobkorea.co.kr/Recruit/GI_Read/{number}?Oem_Code={oem}&api={api}</JK_URL><GI_W_Date>"
    );
    for (at, moment) in [ad.posted, ad.modified].into_iter().enumerate() {
        if at > 0 {
            out.push_str("</GI_W_Date><GI_E_Date>");
        }
        if moment != chrono::NaiveDateTime::default() {
            write::day(out, moment.date(), "");
        }
    }
    out.push_str("</GI_E_Date></Items>\r\n");
}
