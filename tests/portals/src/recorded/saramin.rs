//! Saramin rows of ten crawls, joined by rec_idx: the first file that has an id says what it says.

use chrono::NaiveDate;
use serde_json::Value;

use super::{Shop, cell};
use crate::Ad;

/// A file, the day of its crawl, and its columns: title, link, company, place, career, schooling, contract, pay, closing, subject.
type Layout = (&'static str, (i32, u32, u32), [&'static str; 10]);

const TABLES: &[Layout] = &[
    (
        "saramin_202412/cha0910_saramin.csv",
        (2024, 11, 29),
        ["채용 제목", "채용 링크", "회사명", "지역", "경력", "학력", "고용형태", "연봉", "마감일", "직무 분야"],
    ),
    (
        "saramin_202412/zzl-hyun_saramin_jobs_unique.csv",
        (2024, 12, 1),
        ["제목", "링크", "회사명", "지역", "경력", "학력", "고용형태", "연봉", "마감일", "직무분야"],
    ),
    (
        "saramin_202412/eomjoo_saramin_jobs.csv",
        (2024, 12, 9),
        [
            "title",
            "link",
            "company",
            "location",
            "experience",
            "education",
            "employment_type",
            "salary",
            "deadline",
            "sector",
        ],
    ),
    (
        "saramin_202412/kim3489_job.csv",
        (2024, 12, 13),
        ["title", "link", "company", "location", "experience", "education", "employmentType", "", "deadline", "sector"],
    ),
];

const LISTS: [&str; 3] = [
    "multi_portal_202404/2024-04-10_015757e_saramin.csv",
    "multi_portal_202404/2024-04-11_1db556e_saramin.csv",
    "multi_portal_202404/2024-04-12_b84b858_saramin.csv",
];

const PAGES: [&str; 5] = ["34764087", "35572780", "35687764", "35728972", "35810934"];

pub(super) fn read(shop: &mut Shop<'_>) {
    detailed(shop);
    for (file, crawled, columns) in TABLES {
        let Some(rows) = shop.csv(file) else { continue };
        let crawled = day(*crawled);
        let ads: Vec<_> = rows
            .iter()
            .map(|row| {
                let of = |i: usize| row.get(columns[i]).map(|v| v.trim()).unwrap_or_default();
                let mut ad = named(shop, of(1), of(0), of(2))?;
                cell::region(&mut ad, of(3));
                cell::career(&mut ad, of(4));
                cell::education(&mut ad, of(5));
                cell::employment(&mut ad, of(6));
                if cell::is_pay(of(7)) {
                    cell::pay(&mut ad, of(7));
                }
                closing(shop, &mut ad, of(8), crawled);
                subject(shop, &mut ad, of(9), crawled);
                cell::no_pay(&mut ad);
                Ok(ad)
            })
            .collect();
        shop.take(file, "saramin", ads);
    }
    for file in LISTS {
        let Some(rows) = shop.csv(file) else { continue };
        let ads: Vec<_> = rows
            .iter()
            .map(|row| {
                let of = |name: &str| row.get(name).map(|v| v.trim()).unwrap_or_default();
                let mut ad = named(shop, of("링크"), of("채용공고 제목"), of("회사명"))?;
                ad.keywords = of("기술 세부 사항").to_owned();
                joined(&mut ad, of("채용공고 세부 사항"));
                Ok(ad)
            })
            .collect();
        shop.take(file, "saramin", ads);
    }
    pages(shop);
}

fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn named(shop: &Shop<'_>, link: &str, title: &str, company: &str) -> Result<Ad, &'static str> {
    let digits = link.split_once("rec_idx=").map_or("", |(_, rest)| rest);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let id = &digits[..end];
    if id.is_empty() {
        return Err("no rec_idx in the link");
    }
    let posted = shop.some_time(id);
    Ok(Ad {
        id: id.to_owned(),
        title: title.to_owned(),
        company: company.to_owned(),
        url: format!("/zf_user/jobs/relay/view?rec_idx={id}"),
        posted,
        modified: posted,
        close_type: "until_filled",
        employment: "permanent",
        education_code: "00",
        ..Ad::default()
    })
}

/// `~ 12/31(화)`, `2024/12/31`, `2025.01.08 23:59`, `D-3`, `오늘마감`, `내일마감`, `채용시`, `상시채용`.
fn closing(shop: &Shop<'_>, ad: &mut Ad, words: &str, crawled: NaiveDate) {
    let numbers: Vec<u32> = words.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let found = match (words, &numbers[..]) {
        (w, _) if w.starts_with("채용시") => return ad.close_type = "until_filled",
        (w, _) if w.starts_with("상시") => return ad.close_type = "always_open",
        (w, _) if w.starts_with("수시") => return ad.close_type = "rolling",
        ("오늘마감", _) => Some(crawled),
        ("내일마감", _) => crawled.succ_opt(),
        (w, [days, ..]) if w.starts_with("D-") => Some(crawled + chrono::Days::new(u64::from(*days))),
        (_, [year, month, day, ..]) if *year > 2_000 => NaiveDate::from_ymd_opt(*year as i32, *month, *day),
        (w, [month, day, ..]) if w.starts_with('~') => {
            // No year: the next such day after the crawl.
            let year = chrono::Datelike::year(&crawled);
            let this = NaiveDate::from_ymd_opt(year, *month, *day);
            if this.is_some_and(|d| d >= crawled) { this } else { NaiveDate::from_ymd_opt(year + 1, *month, *day) }
        }
        _ => None,
    };
    if let Some(day) = found {
        (ad.close_type, ad.closes) = ("by_date", Some(shop.moved(day, crawled)));
    }
}

/// `Python, C++ 외                    수정일 24/11/25`: the subject, and when it was posted or changed.
fn subject(shop: &Shop<'_>, ad: &mut Ad, words: &str, crawled: NaiveDate) {
    ad.keywords = words.to_owned();
    for (mark, changed) in [("등록일 ", false), ("수정일 ", true)] {
        let Some((before, date)) = words.rsplit_once(mark) else { continue };
        let Ok(day) = NaiveDate::parse_from_str(date.trim(), "%y/%m/%d") else { continue };
        ad.keywords = before.trim_end().to_owned();
        ad.modified = shop.at_nine(shop.moved(day, crawled));
        ad.posted = if changed { ad.posted.min(ad.modified) } else { ad.modified };
    }
}

/// `,신입·경력,대졸↑,정규직,4,550 만원` or `경기 안양시 외,경력정규직,대학교(4년)↑`: cells in one, some of them run together.
fn joined(ad: &mut Ad, words: &str) {
    // A thousands comma is not a separator.
    let mut cells: Vec<String> = Vec::new();
    for part in words.split(',') {
        match cells.last_mut() {
            Some(last)
                if last.ends_with(|c: char| c.is_ascii_digit()) && part.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                last.push(',');
                last.push_str(part);
            }
            _ => cells.push(part.to_owned()),
        }
    }
    for (i, cell) in cells.iter().map(|c| c.trim()).enumerate() {
        match cell {
            "" => {}
            w if i == 0 => cell::region(ad, w),
            w if i == 1 => {
                let contract = ["정규직", "계약직", "인턴", "병역특례", "프리랜서", "파견", "교육생", "아르바이트"]
                    .iter()
                    .filter_map(|k| w.find(k))
                    .min();
                let (career, contract) = w.split_at(contract.unwrap_or(w.len()));
                cell::career(ad, career);
                if !contract.is_empty() {
                    cell::employment(ad, contract);
                }
            }
            w if cell::is_education(w) => cell::education(ad, w),
            w if cell::is_employment(w) => cell::employment(ad, w),
            w if cell::is_pay(w) => cell::pay(ad, w),
            _ => {}
        }
    }
    cell::no_pay(ad);
}

/// A crawl of detail pages: `시작일` and `마감일` with the time.
fn detailed(shop: &mut Shop<'_>) {
    let file = "saramin_202412/highcastle01_jobs.json";
    let Some(bytes) = shop.bytes(file) else { return };
    let rows: Vec<Value> = serde_json::from_slice(&bytes).unwrap_or_default();
    let crawled = day((2024, 12, 15));
    let ads: Vec<_> = rows
        .iter()
        .map(|row| {
            let of = |name: &str| row[name].as_str().unwrap_or_default().trim();
            let detail = |name: &str| row["details"][name].as_str().unwrap_or_default().trim();
            let mut ad = named(shop, of("job_href"), of("job_title"), of("company_name"))?;
            cell::region(&mut ad, detail("근무지역"));
            cell::career(&mut ad, detail("경력"));
            cell::education(&mut ad, detail("학력"));
            cell::employment(&mut ad, detail("근무형태"));
            cell::pay(&mut ad, detail("급여").lines().next().unwrap_or_default());
            closing(shop, &mut ad, detail("마감일"), crawled);
            if let Ok(start) = NaiveDate::parse_from_str(detail("시작일").get(..10).unwrap_or_default(), "%Y.%m.%d")
            {
                ad.posted = shop.at_nine(shop.moved(start, crawled));
                ad.modified = ad.posted;
            }
            let stack = row["tech_stack"].as_array().into_iter().flatten().filter_map(Value::as_str);
            ad.keywords = stack.collect::<Vec<_>>().join(",").replace('\n', ",");
            cell::no_pay(&mut ad);
            Ok(ad)
        })
        .collect();
    shop.take(file, "saramin", ads);
}

/// Saved pages of 2019: what their description for link previews says.
fn pages(shop: &mut Shop<'_>) {
    for id in PAGES {
        let file = format!("saramin/html_2019/{id}.html");
        let Some(text) = shop.text(&file) else { continue };
        let row = preview(shop, id, &text).ok_or("no preview in the page");
        shop.take(&file, "saramin", [row]);
    }
}

/// `덕우전자(주), 경영지원실(재무회계팀)신입 채용, 경력:신입, 학력:…, 연봉:회사내규에 따름 , 홈페이지:` and `… (D-17) - 사람인`.
fn preview(shop: &Shop<'_>, id: &str, text: &str) -> Option<Ad> {
    let meta = |name: &str| {
        let rest = text.split_once(&format!("property=\"{name}\" content=\""))?.1;
        Some(html_escape::decode_html_entities(rest.split('"').next()?).into_owned())
    };
    let description = meta("og:description")?;
    let (head, tail) = description.split_once(", 경력:")?;
    let (company, title) = head.split_once(", ")?;
    let (career, tail) = tail.split_once(", 학력:")?;
    let (education, tail) = tail.split_once(", 연봉:")?;
    let pay = tail.split_once(", 홈페이지:").map_or(tail, |(pay, _)| pay).trim();
    let mut ad = named(shop, &format!("rec_idx={id}"), title, company).ok()?;
    cell::career(&mut ad, career);
    cell::education(&mut ad, education);
    cell::pay(&mut ad, pay);
    let left = meta("og:title").and_then(|t| t.rsplit_once("(D-")?.1.split(')').next()?.parse::<u64>().ok());
    if let Some(days) = left {
        (ad.close_type, ad.closes) = ("by_date", Some(shop.after(days)));
    }
    Some(ad)
}
