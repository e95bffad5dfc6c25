//! Wanted rows of April 2024: company, title, number, and for one file place, career and the text of the tasks.

use super::{Shop, cell};
use crate::Ad;

const FILES: [&str; 3] = [
    // The richest first: a number read twice keeps what it was first read with.
    "multi_portal_202404/2024-04-11_a39aca9_wanted.csv",
    "multi_portal_202404/2024-04-10_015757e_wanted.csv",
    "multi_portal_202404/2024-04-11_1db556e_wanted.csv",
];

pub(super) fn read(shop: &mut Shop<'_>) {
    for file in FILES {
        let Some(rows) = shop.csv(file) else { continue };
        let ads: Vec<_> = rows
            .iter()
            .map(|row| {
                let of = |name: &str| row.get(name).map(|v| v.trim()).unwrap_or_default();
                let id = of("링크").rsplit_once("/wd/").map_or("", |(_, id)| id);
                if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
                    return Err("no number in the link");
                }
                let posted = shop.some_time(id);
                let mut ad = Ad {
                    id: id.to_owned(),
                    title: of("채용공고 제목").to_owned(),
                    company: of("회사명").to_owned(),
                    url: format!("/wd/{id}"),
                    description: of("기술 세부 사항").to_owned(),
                    posted,
                    modified: posted,
                    close_type: "always_open",
                    employment: "permanent",
                    education_code: "00",
                    ..Ad::default()
                };
                if let Some((place, career)) = of("채용공고 세부 사항").split_once(',') {
                    cell::region(&mut ad, place.trim());
                    cell::career(&mut ad, career.trim());
                }
                cell::no_pay(&mut ad);
                Ok(ad)
            })
            .collect();
        shop.take(file, "wanted", ads);
    }
    for file in [
        "multi_portal_202404/2024-04-10_015757e_jobkorea.csv",
        "multi_portal_202404/2024-04-11_1db556e_jobkorea.csv",
        "multi_portal_202404/2024-04-12_b84b858_jobkorea.csv",
    ] {
        let Some(rows) = shop.csv(file) else { continue };
        let count = rows.len();
        shop.take(file, "jobkorea", (0..count).map(|_| Err("the link names the company, not the posting")));
    }
}
