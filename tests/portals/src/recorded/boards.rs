//! Companies' own boards: Toss on Greenhouse, Krafton and KakaoBank on jobflex (recruiter.co.kr), all of 2021.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::{Shop, cell};
use crate::Ad;

pub(super) fn read(shop: &mut Shop<'_>) {
    greenhouse(shop);
    let folder = "ats_boards/kiwizzle/kor";
    jobflex(shop, &format!("{folder}/krafton/krafton_list_info.json"), "크래프톤");
    jobflex(shop, &format!("{folder}/kakao_subcompanies/kakaobank_listinfo.json"), "카카오뱅크");
    jobflex(shop, &format!("{folder}/kakao_subcompanies/kakaobank_listinfo2.json"), "카카오뱅크");
}

fn text<'v>(row: &'v Value, name: &str) -> &'v str {
    row[name].as_str().unwrap_or_default()
}

/// A bare list of jobs; the text of a posting is in `metadata`.
fn greenhouse(shop: &mut Shop<'_>) {
    let file = "ats_boards/kiwizzle/kor/toss/toss_list.json";
    let Some(bytes) = shop.bytes(file) else { return };
    let rows: Vec<Value> = serde_json::from_slice(&bytes).unwrap_or_default();
    let updated = |row: &Value| {
        DateTime::parse_from_rfc3339(text(row, "updated_at")).ok().map(|t| t.naive_utc() + chrono::Duration::hours(9))
    };
    // The day of the crawl is that of the newest change.
    let crawled = rows.iter().filter_map(&updated).max().map_or(shop.start, |t| t.date());
    let ads: Vec<_> = rows
        .iter()
        .map(|row| {
            let Some(id) = row["id"].as_u64().map(|id| id.to_string()) else { return Err("no id") };
            let meta = |name: &str| {
                let of = row["metadata"].as_array().into_iter().flatten();
                of.filter(|m| text(m, "name").starts_with(name)).find_map(|m| m["value"].as_str()).unwrap_or_default()
            };
            let at = updated(row).map_or_else(
                || shop.some_time(&id),
                |t| shop.moved(t.date(), crawled).and_time(t.time()).min(now(shop)),
            );
            let mut ad = Ad {
                url: format!("/career/job-detail?gh_jid={id}"),
                id,
                title: text(row, "title").to_owned(),
                company: meta("포지션의 소속 자회사").to_owned(),
                occupation: meta("Job Category").to_owned(),
                description: meta("Job Description").to_owned(),
                keywords: meta("외부 노출용 키워드").to_owned(),
                requisition: text(row, "requisition_id").to_owned(),
                posted: at,
                modified: at,
                close_type: "always_open",
                education_code: "00",
                ..Ad::default()
            };
            if ad.company.is_empty() {
                ad.company = "비바리퍼블리카".to_owned();
            }
            cell::region(&mut ad, text(&row["location"], "name"));
            cell::employment(&mut ad, meta("고용 형태"));
            cell::no_pay(&mut ad);
            Ok(ad)
        })
        .collect();
    shop.take(file, "greenhouse", ads);
}

fn now(shop: &Shop<'_>) -> NaiveDateTime {
    shop.at_nine(shop.start)
}

/// `list[]` with serialized Java dates; only `time` is meant.
fn jobflex(shop: &mut Shop<'_>, file: &str, company: &str) {
    let Some(bytes) = shop.bytes(file) else { return };
    let Ok(page) = serde_json::from_slice::<Value>(&bytes) else {
        return shop.take(file, "recruiter_co_kr", [Err("the file is not JSON")]);
    };
    let crawled = NaiveDate::from_ymd_opt(2021, 4, 15).unwrap_or_default();
    let moved = |row: &Value, name: &str| {
        let at = DateTime::from_timestamp_millis(row[name]["time"].as_i64()?)?.naive_utc() + chrono::Duration::hours(9);
        Some(shop.moved(at.date(), crawled).and_time(at.time()))
    };
    let ads: Vec<_> = page["list"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| {
            let Some(id) = row["jobnoticeSn"].as_u64().map(|id| id.to_string()) else { return Err("no id") };
            let posted = moved(row, "applyStartDate").map_or_else(|| shop.some_time(&id), |t| t.min(now(shop)));
            let closes = moved(row, "applyEndDate").map(|t| t.date()).filter(|d| *d < shop.after(3_650));
            let mut ad = Ad {
                url: format!("/app/jobnotice/view?systemKindCode=MRS2&jobnoticeSn={id}"),
                id,
                title: text(row, "jobnoticeName").to_owned(),
                company: company.to_owned(),
                occupation: text(row, "recruitClassName").to_owned(),
                keywords: text(row, "recruitTypeName").to_owned(),
                posted,
                modified: posted,
                close_type: if closes.is_some() { "by_date" } else { "always_open" },
                closes,
                closed: text(row, "receiptState") == "마감",
                employment: "permanent",
                education_code: "00",
                ..Ad::default()
            };
            cell::no_pay(&mut ad);
            Ok(ad)
        })
        .collect();
    shop.take(file, "recruiter_co_kr", ads);
}
