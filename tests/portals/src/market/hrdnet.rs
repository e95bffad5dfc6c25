//! HRD-Net training courses: the list (310L01: XML, 1-based pages of at most 100, a start-date window is required), one
//! course (310L02) and its sessions (310L03). PORTALS §18. Courses are derived from the world's employers in education: the
//! same employer gives the same courses every day.

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
        let Some(service) = request
            .path
            .strip_prefix("/cm/openApi/call/hr/callOpenApiSvcInfo310")
            .filter(|s| matches!(*s, "L01.do" | "L02.do" | "L03.do"))
        else {
            return Reply::status(404, "not found");
        };
        if let Some(failing) = view.failure {
            return refusal(failing).failing();
        }
        if !write::has_key(request, "authKey") {
            return refusal(Failure::Auth);
        }
        if service != "L01.do" {
            return course_page(view, request, service == "L03.do");
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
    /// NCS code and what the course is about.
    subject: (&'static str, &'static str),
}

/// What institutions teach.
const SUBJECTS: [(&str, &str); 16] = [
    ("13010101", "한식조리"),
    ("13010203", "바리스타"),
    ("20010202", "자바 백엔드 개발"),
    ("20010207", "빅데이터 분석"),
    ("02030201", "회계·세무 사무"),
    ("02020301", "총무 사무행정"),
    ("06010101", "요양보호사"),
    ("06010202", "간호조무사"),
    ("15020101", "CNC 선반 가공"),
    ("16010502", "용접"),
    ("19010801", "내선공사 전기기능"),
    ("08020101", "시각디자인"),
    ("09010301", "지게차 운전"),
    ("12010101", "헤어 미용"),
    ("10010301", "온라인 마케팅"),
    ("21020101", "제과·제빵"),
];

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
            let subject = SUBJECTS[(salt + nth) as usize % SUBJECTS.len()];
            out.push(Course { employer, id, degree: 1 + (hash % 9) as u32, start, end, hash, subject });
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

/// One course by its id: what it is about (310L02), or its sessions and what became of those who took them (310L03).
fn course_page(view: &View<'_>, request: &Request, sessions: bool) -> Reply {
    let (id, degree) = (request.arg("srchTrprId").unwrap_or(""), request.number("srchTrprDegr").unwrap_or(0));
    let year = id.get(3..7).and_then(|y| y.parse().ok()).unwrap_or(0);
    let span = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
    let mut all = Vec::new();
    if let Some((from, to)) = span {
        view.employers.iter().filter(|e| is_institution(e)).for_each(|e| courses(e, from, to, &mut all));
    }
    let course = all.iter().find(|c| c.id == id && c.degree as usize == degree);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<HRDNet>");
    let Some(course) = course else {
        out.push_str("</HRDNet>\n");
        return Reply::ok("text/xml", out);
    };
    if sessions {
        // the sessions before this one have ended; the oldest is the one whose people have been followed longest
        for before in (1..=3u64).rev() {
            let rate = 35 + course.hash.rotate_right(before as u32 * 5) % 60;
            let _ = write!(
                out,
                "<scn_list><trprId>{id}</trprId><trprDegr>{}</trprDegr><totParMks>{}</totParMks><finiCnt>{}</finiCnt><eiEmplRate3>{}.5</eiEmplRate3><eiEmplRate6>{rate}.2</eiEmplRate6><hrdEmplRate6/></scn_list>",
                degree as u64 + 10 - before,
                12 + course.hash % 18,
                10 + course.hash % 15,
                rate.saturating_sub(4),
            );
        }
    } else {
        out.push_str("<inst_base_info>");
        let _ = write!(out, "<trprId>{id}</trprId><trprDegr>{degree}</trprDegr>");
        write::element(&mut out, "trprNm", &format!("{} 실무 과정 {degree}기", course.subject.1));
        write::element(&mut out, "ncsNm", course.subject.1);
        write::element(&mut out, "inoNm", &course.employer.name);
        let _ = write!(out, "<ncsCd>{}</ncsCd><trtm>{}</trtm>", course.subject.0, 80 + course.hash % 400);
        out.push_str("<trprChap>담당자</trprChap><trprChapTel>02-000-0000</trprChapTel></inst_base_info>");
    }
    out.push_str("</HRDNet>\n");
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
        "<grade/><{inst}>{}</{inst}><ncsCd>{}</ncsCd><realMan>0</realMan><regCourseMan>{taken}</regCourseMan><stdgScor/>",
        employer.business_number, course.subject.0
    );
    write::element(out, write::name(view, "subTitle", "inoNm"), &employer.name);
    let id = write::name(view, "trprId", "tracseId");
    let _ = write!(
        out,
        "<subTitleLink>https://www.work24.go.kr/hr/a/a/3100/instView.do?instCd={0}</subTitleLink><telNo/>",
        employer.business_number
    );
    write::element(out, "title", &format!("{} 실무 과정 {}기", course.subject.1, course.degree));
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
