//! Work24: one list page as the site served it in March 2026, and the JobKorea postings that Worknet carried in January 2024
//! under the number JobKorea gave them (identity recorded by the portals themselves).

use chrono::NaiveDate;

use super::jobkorea::cells;
use super::{Shop, cell};
use crate::Ad;

pub(super) fn read(shop: &mut Shop<'_>) {
    page(shop);
    federated(shop);
    let file = "worknet_202401/worknet_federated_index_2024-01-25.csv";
    if let Some(text) = shop.text(file) {
        let rows = text.lines().count().saturating_sub(1);
        shop.take(file, "work24", (0..rows).map(|_| Err("an id without any text")));
    }
}

/// Text between two marks, if both are there.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let rest = text.split_once(from)?.1;
    Some(rest.split_once(to)?.0)
}

/// Words of a piece of HTML, tags off, white space as one space.
fn words(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let decoded = html_escape::decode_html_entities(&out).into_owned();
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn page(shop: &mut Shop<'_>) {
    let file = "work24_202608/iml1111_listing_page_202603.html";
    let Some(text) = shop.text(file) else { return };
    let crawled = NaiveDate::from_ymd_opt(2026, 3, 18).unwrap_or_default();
    let ads: Vec<_> = text
        .split("<tr id=\"list")
        .skip(1)
        .map(|row| listed(shop, row, crawled).ok_or("the row reads otherwise"))
        .collect();
    shop.take(file, "work24", ads);
}

/// A row of the list: `value="number|provider|company|title"`, then cells by the class of their icon.
fn listed(shop: &Shop<'_>, row: &str, crawled: NaiveDate) -> Option<Ad> {
    let value = html_escape::decode_html_entities(between(row, "value=\"", "\"")?).into_owned();
    let mut parts = value.splitn(4, '|');
    let (id, provider, company, title) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let date = |label: &str| {
        NaiveDate::parse_from_str(between(row, label, "<")?.trim(), "%Y-%m-%d").ok().map(|d| shop.moved(d, crawled))
    };
    let posted = date("등록일 : ").map_or_else(|| shop.some_time(id), |d| shop.at_nine(d));
    let closes = date("마감일 : ");
    let until_filled = row.contains("var wantedYn = 'Y'");
    let mut ad = Ad {
        id: id.to_owned(),
        title: title.to_owned(),
        company: company.to_owned(),
        url: format!("/wk/a/b/1500/empDetailAuthView.do?wantedAuthNo={id}&infoTypeCd={provider}"),
        posted,
        modified: posted,
        close_type: if until_filled || closes.is_none() { "until_filled" } else { "by_date" },
        closes,
        employment: "permanent",
        education_code: "00",
        ..Ad::default()
    };
    cell::pay(&mut ad, &words(between(row, "class=\"dollar\">", "</li>").unwrap_or_default()));
    cell::region(&mut ad, &words(between(row, "class=\"site\">", "</li>").unwrap_or_default()));
    ad.address = ad.region.clone();
    let demands = between(row, "class=\"member\">", "</li>").unwrap_or_default();
    let mut demands = demands.split("class=\"item sm\">").skip(1).map(words);
    cell::career(&mut ad, &demands.next().unwrap_or_default());
    cell::education(&mut ad, &demands.next().unwrap_or_default());
    ad.work_days = words(between(row, "class=\"time\">", "</li>").unwrap_or_default());
    Some(ad)
}

fn federated(shop: &mut Shop<'_>) {
    let file = "worknet_202401/truth_worknet_CJK_x_jobkorea_dev.csv";
    let Some(rows) = shop.csv(file) else { return };
    let (Some(here), there) = (shop.portal("work24"), shop.portal("jobkorea")) else { return };
    let mut same = Vec::new();
    let ads: Vec<_> = rows
        .iter()
        .map(|row| {
            let of = |name: &str| row.get(name).map(|v| v.trim()).unwrap_or_default();
            let (id, number) = (of("worknet_wanted_auth_no"), of("jobkorea_gi_no"));
            let posted = shop.some_time(number);
            let mut ad = Ad {
                id: id.to_owned(),
                title: of("jobkorea_title").to_owned(),
                company: of("jobkorea_company").to_owned(),
                url: format!("/wk/a/b/1500/retrivePriEmpDtlView.do?searchInfoType=CJK&iorgGbcd=CJK&wantedAuthNo={id}"),
                posted,
                modified: posted,
                close_type: "until_filled",
                employment: "permanent",
                education_code: "00",
                origin_provider: "CJK".to_owned(),
                origin_id: of("jobkorea_recruit_no").to_owned(),
                origin_url: format!("https://www.jobkorea.co.kr/Recruit/GI_Read/{number}"),
                ..Ad::default()
            };
            cells(&mut ad, of("jobkorea_list_info"));
            same.extend(there.map(|there| ((here, id.to_owned()), (there, number.to_owned()))));
            Ok(ad)
        })
        .collect();
    shop.recorded.same.extend(same);
    shop.take(file, "work24", ads);
}
