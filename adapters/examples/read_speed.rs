//! Rows and pages a second through `Source::read` and `Source::read_detail`, on one core:
//! `cargo run --release -p adapters --example read_speed`.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use adapters::{Adapter as _, Answer, Ask, Plan, RawPosting, Source};

const FIELDS: [&str; 20] = [
    "external_id",
    "title",
    "company",
    "business_number",
    "industry",
    "occupation",
    "region",
    "address",
    "pay",
    "pay_period",
    "pay_min",
    "pay_max",
    "employment_type",
    "career",
    "education",
    "headcount",
    "work_hours",
    "date_posted",
    "valid_through",
    "url",
];
const ROWS: usize = 1000;

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn main() {
    let start = Instant::now();
    let sources = adapters::catalog().len();
    println!("catalog: {sources} sources in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let json = source("json", "rows = \"$.jobs\"", &FIELDS, "$.f{}");
    let nested = source("json", "rows = \"$.jobs\"", &FIELDS, "$.a.b.f{}");
    let xml = source("xml", "rows = \"list/item\"", &FIELDS, "f{}");
    let xml_page = xml_page();
    let (euc_kr, _, _) = encoding_rs::EUC_KR.encode(&xml_page);
    rows("json, 20 fields", &json, json_page(false).as_bytes());
    rows("json, 20 nested fields", &nested, json_page(true).as_bytes());
    rows("xml, 20 fields", &xml, xml_page.as_bytes());
    rows("xml euc-kr, 20 fields", &xml, &euc_kr);
    let html = detail_source("html");
    let jsonld = detail_source("jsonld");
    let page = html_page();
    pages("html detail, 16 css fields", &html, page.as_bytes());
    pages("jsonld detail, 16 fields", &jsonld, page.as_bytes());
}

fn source(format: &str, selector: &str, fields: &[&str], path: &str) -> Source {
    let mut text = head(format, selector);
    for (i, field) in fields.iter().enumerate() {
        let _ = writeln!(text, "{field} = \"{}\"", path.replace("{}", &i.to_string()));
    }
    parse(&text)
}

fn head(format: &str, selector: &str) -> String {
    format!(
        "name = \"x\"\ntitle = \"x\"\nclass = \"private\"\nowner = \"x\"\nschedule = \"0 0 * * * *\"\n[requester]\nurl = \"https://x.kr/\"\n\
         [decoder]\nformat = \"{format}\"\n[record_selector]\n{selector}\n[fields]\n"
    )
}

fn detail_source(format: &str) -> Source {
    let mut text = head("json", "rows = \"$\"");
    let _ = write!(
        text,
        "external_id = \"i\"\n[detail]\nurl = \"https://x.kr/{{row.external_id}}\"\ndecoder = {{ format = \"{format}\" }}\n[detail.fields]\n"
    );
    let keys = ["title", "description", "datePosted", "validThrough", "employmentType", "hiringOrganization.name"];
    for (i, field) in FIELDS[1..17].iter().enumerate() {
        let path = if format == "html" { format!("#view td.c{i}") } else { keys[i % keys.len()].to_owned() };
        let _ = writeln!(text, "{field} = \"{path}\"");
    }
    parse(&text)
}

fn parse(text: &str) -> Source {
    match Source::parse(text, &|_| None, &|_| None) {
        Ok(source) => source,
        Err(error) => panic!("{error}"),
    }
}

fn value(row: usize, field: usize) -> String {
    match field {
        0 => format!("K{row:012}"),
        1 => format!("[급구] 물류센터 입·출고 관리 및 지게차 운전원 모집 {row}호"),
        7 => format!("서울특별시 강남구 테헤란로 {row}길 12, 3층"),
        _ => format!("값 {field} {row}"),
    }
}

fn json_page(nested: bool) -> String {
    let rows: Vec<String> = (0..ROWS)
        .map(|row| {
            let fields: Vec<String> = (0..FIELDS.len()).map(|f| format!("\"f{f}\":\"{}\"", value(row, f))).collect();
            let flat = fields.join(",");
            if nested { format!("{{\"a\":{{\"b\":{{{flat}}}}}}}") } else { format!("{{{flat}}}") }
        })
        .collect();
    format!("{{\"jobs\":[{}]}}", rows.join(","))
}

fn xml_page() -> String {
    let mut page = String::from("<?xml version=\"1.0\"?><list>");
    for row in 0..ROWS {
        page.push_str("<item>");
        for field in 0..FIELDS.len() {
            let _ = write!(page, "<f{field}>{}</f{field}>", value(row, field));
        }
        page.push_str("</item>\n");
    }
    page.push_str("</list>");
    // the prolog must not claim a charset: both runs guess it
    page
}

fn html_page() -> String {
    let mut page = String::from(
        "<!doctype html><html><head><meta charset=utf-8><title>채용</title><script type=\"application/ld+json\">",
    );
    page.push_str("{\"@context\":\"https://schema.org\",\"@type\":\"JobPosting\",\"title\":\"간호사 모집\",\"description\":\"<p>병동 3교대 근무</p>\",\"datePosted\":\"2026-11-02\",\"validThrough\":\"2026-12-14\",\"employmentType\":\"FULL_TIME\",\"hiringOrganization\":{\"@type\":\"Organization\",\"name\":\"한빛병원\"}}</script></head><body>");
    for i in 0..60 {
        let _ = write!(
            page,
            "<div class=\"nav item{i}\"><a href=\"/menu/{i}?x=1&amp;y=2\"><span>메뉴 항목 {i}</span></a></div>"
        );
    }
    page.push_str("<table id=\"view\"><tbody>");
    for i in 0..16 {
        let _ = write!(
            page,
            "<tr><th>항목 {i}</th><td class=\"c{i} cell\">서울 강남구 <b>값 {i}</b> 이며 설명이 조금 더 붙습니다</td></tr>"
        );
    }
    page.push_str("</tbody></table>");
    while page.len() < 20_000 {
        page.push_str("<p class=\"text\">지게차 상하차와 재고 관리, 입·출고 확인을 합니다. <em>주 5일</em> 근무이고 4대 보험에 듭니다.</p>");
    }
    page.push_str("</body></html>");
    page
}

fn ask(source: &Source) -> Ask {
    let plan = Plan { today: chrono::NaiveDate::default(), since: None, secrets: &|_| None, lookup: &[] };
    source.first(&source.slices(&plan)[0], &plan)
}

fn rows(name: &str, source: &Source, body: &[u8]) {
    let ask = ask(source);
    let answer = Answer { status: 200, content_type: None, link: None, body };
    let rate = best(|| match source.read(&ask, &answer) {
        Ok(page) => page.rows.len(),
        Err(error) => panic!("{error}"),
    });
    report(name, rate, "rows", body.len() / ROWS);
}

fn pages(name: &str, source: &Source, body: &[u8]) {
    let ask = ask(source);
    let answer = Answer { status: 200, content_type: None, link: None, body };
    let rate = best(|| {
        let mut row = RawPosting::at(0);
        match source.read_detail(&ask, &answer, &mut row) {
            Ok(_) => assert_eq!(row.iter().count(), 16),
            Err(error) => panic!("{error}"),
        }
        1
    });
    report(name, rate, "pages", body.len());
}

/// CPU seconds of this thread, so that a busy machine measures the same; wall clock where the kernel does not say.
fn cpu(start: Instant) -> f64 {
    let spent = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = spent.and_then(|s| s.split(' ').next().and_then(|n| n.parse::<f64>().ok()));
    nanos.map_or_else(|| start.elapsed().as_secs_f64(), |n| n / 1e9)
}

/// Units a CPU-second in the median of seven runs of a quarter of a second.
fn best(mut work: impl FnMut() -> usize) -> f64 {
    let mut rates: Vec<f64> = (0..7)
        .map(|_| {
            let start = Instant::now();
            let before = cpu(start);
            let mut units = 0;
            while start.elapsed() < Duration::from_millis(250) {
                units += work();
            }
            units as f64 / (cpu(start) - before)
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[3]
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn report(name: &str, rate: f64, unit: &str, bytes: usize) {
    println!("{name:28} {rate:>10.0} {unit}/CPU-s   {bytes} bytes each");
}
