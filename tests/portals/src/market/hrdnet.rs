//! HRD-Net training courses (310L01): XML, 1-based pages of at most 100, a start-date window is required. PORTALS §18.
//! Courses are derived from the world's employers in education: the same employer gives the same courses every day.

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate, TimeDelta};

use super::write;
use crate::{Dialect, Employer, Failure, Reply, Request, View};

/// Most rows a page.
const SIZE_MAX: usize = 100;

/// See the module.
pub(super) struct Hrdnet;

impl Dialect for Hrdnet {
    fn name(&self) -> &'static str {
        "hrdnet"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != "/cm/openApi/call/hr/callOpenApiSvcInfo310L01.do" {
            return Reply::status(404, "not found");
        }
        if let Some(failing) = view.failure {
            return refusal(failing).failing();
        }
        if !write::has_key(request, "authKey") {
            return refusal(Failure::Auth);
        }
        let date = |name| request.arg(name).and_then(|text| NaiveDate::parse_from_str(text, "%Y%m%d").ok());
        match (date("srchTraStDt"), date("srchTraEndDt")) {
            (Some(from), Some(to)) => list(view, request, from, to),
            _ => failure("훈련시작일은 필수 입력값입니다."),
        }
    }
}

fn refusal(failing: Failure) -> Reply {
    failure(match failing {
        Failure::Auth => "유효하지 않은 인증키 입니다.",
        Failure::Quota => "일일 호출 허용량을 초과하였습니다.",
        Failure::ServerError => "시스템 오류가 발생하였습니다.",
    })
}

fn failure(words: &str) -> Reply {
    Reply::ok("text/xml", format!("<?xml version='1.0' encoding='UTF-8'?><GO24><error>{words}</error></GO24>"))
}

/// Training institutions: employers whose industry is education.
pub(super) fn is_institution(employer: &Employer) -> bool {
    employer.industry_code.starts_with("85") || employer.industry_code.starts_with("P85")
}

/// A course of an institution.
struct Course<'a> {
    employer: &'a Employer,
    id: String,
    degree: u32,
    start: NaiveDate,
    end: NaiveDate,
    hash: u64,
}

/// Courses of an institution that start in a window: one to three a year, each at its own day.
fn courses<'a>(employer: &'a Employer, from: NaiveDate, to: NaiveDate, out: &mut Vec<Course<'a>>) {
    let salt = write::hash(&employer.business_number);
    for year in from.year()..=to.year() {
        let Some(new_year) = NaiveDate::from_ymd_opt(year, 1, 1) else { continue };
        for nth in 0..1 + salt % 3 {
            let hash = (salt ^ (year as u64) << 20).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(nth as u32 * 9 + 7);
            let start = new_year + TimeDelta::days((hash % 365) as i64);
            if start < from || start > to || start < employer.founded {
                continue;
            }
            let end = start + TimeDelta::days(14 + (hash >> 12) as i64 % 150);
            let id = format!("AIG{year}0000{:06}", (salt + nth) % 1_000_000);
            out.push(Course { employer, id, degree: 1 + (hash % 9) as u32, start, end, hash });
        }
    }
}

fn list(view: &View<'_>, request: &Request, from: NaiveDate, to: NaiveDate) -> Reply {
    let size = request.number("pageSize").unwrap_or(10).clamp(1, SIZE_MAX);
    let page = request.number("pageNum").unwrap_or(1).max(1);
    // one area only: a comma list finds nothing, an unknown code is an empty list
    let area = request.arg("srchTraArea1").filter(|a| !a.is_empty());
    let in_area = |e: &&Employer| area.is_none_or(|a| e.region_code.get(..2) == Some(a));
    let mut all = Vec::new();
    let span = if from <= to { (from, to) } else { (to, from) };
    view.employers
        .iter()
        .filter(|e| is_institution(e))
        .filter(in_area)
        .for_each(|e| courses(e, span.0, span.1, &mut all));
    all.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    let rows = write::page(&all, (page - 1).saturating_mul(size), size);
    let mut out = String::with_capacity(256 + rows.len() * 1400);
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<HRDNet><scn_cnt>{}</scn_cnt><pageNum>{page}</pageNum><pageSize>{size}</pageSize><srchList>",
        write::total(view, all.len())
    );
    rows.iter().for_each(|course| row(&mut out, view, course));
    out.push_str("</srchList></HRDNet>\n");
    Reply::ok("text/xml", out)
}

fn row(out: &mut String, view: &View<'_>, course: &Course<'_>) {
    let employer = course.employer;
    let ended = |months: i64| view.now.date() >= course.end + TimeDelta::days(months * 31);
    let rate = |known: bool, base: u64| if known { format!("{}.{}", 40 + base % 50, base % 10) } else { String::new() };
    let seats = 10 + course.hash % 21;
    let taken = seats.min(course.hash >> 5 & 31);
    let inst = write::name(view, "instCd", "inoNo");
    out.push_str("<scn_list>");
    write::element(out, "address", &employer.address);
    let _ = write!(
        out,
        "<certificate/><contents/><courseMan>{}</courseMan><eiEmplCnt3/><eiEmplCnt3Gt10>N</eiEmplCnt3Gt10>",
        400_000 + course.hash % 40 * 10_000
    );
    write::element(out, "eiEmplRate3", &rate(ended(3), course.hash >> 3));
    write::element(out, "eiEmplRate6", &rate(ended(6), course.hash >> 7));
    let _ = write!(
        out,
        "<grade/><{inst}>{}</{inst}><ncsCd>20010202</ncsCd><realMan>0</realMan><regCourseMan>{taken}</regCourseMan><stdgScor/>",
        employer.business_number
    );
    write::element(out, write::name(view, "subTitle", "inoNm"), &employer.name);
    let id = write::name(view, "trprId", "tracseId");
    let _ = write!(
        out,
        "<subTitleLink>https://www.work24.go.kr/hr/a/a/3100/instView.do?instCd={0}</subTitleLink><telNo/>",
        employer.business_number
    );
    write::element(out, "title", &format!("{} 실무 과정 {}기", employer.industry, course.degree));
    let _ = write!(
        out,
        "<titleIcon/><titleLink>https://www.work24.go.kr/hr/a/a/3100/selectTracseDetl.do?tracseId={}&amp;tracseTme={}</titleLink><traStartDate>",
        course.id, course.degree
    );
    write::day(out, course.start, "-");
    out.push_str("</traStartDate><traEndDate>");
    write::day(out, course.end, "-");
    let _ = write!(
        out,
        "</traEndDate><trainTarget>국민내일배움카드</trainTarget><trainTargetCd>C0061</trainTargetCd><trainstCstId>50002{:07}</trainstCstId><trngAreaCd>{}</trngAreaCd><trprDegr>{}</trprDegr><{id}>{}</{id}><wkendSe>1</wkendSe><yardMan>{seats}</yardMan></scn_list>",
        write::hash(&employer.business_number) % 10_000_000,
        employer.region_code,
        course.degree,
        course.id
    );
}
