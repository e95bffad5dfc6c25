//! JobKorea's web list of 2024-01-20: `data_brazeinfo` and the positional, optional cells of `list_info`.

use serde::Deserialize;

use super::{Shop, cell};
use crate::Ad;

#[derive(Deserialize)]
struct Row {
    id: u64,
    url: String,
    data_brazeinfo: String,
    list_info: String,
}

pub(super) fn read(shop: &mut Shop<'_>) {
    for part in 1..=9 {
        let file = format!("jobkorea_202401/2024-01-20_de5c4fc_jobkorea_{part}.json");
        let Some(bytes) = shop.bytes(&file) else { continue };
        let rows: Vec<Row> = serde_json::from_slice(&bytes).unwrap_or_default();
        let ads: Vec<_> = rows.into_iter().map(|row| ad(shop, &row)).collect();
        shop.take(&file, "jobkorea", ads);
    }
}

/// `title|GI_No|recruit_no|yyyy-MM-dd|yyyy-MM-dd|company|company_no`; the dates are placeholders nobody filled in.
fn ad(shop: &Shop<'_>, row: &Row) -> Result<Ad, &'static str> {
    let parts: Vec<&str> = row.data_brazeinfo.split('|').collect();
    // A title may hold a bar: the last six parts are fixed.
    let [title @ .., number, recruit, _, _, company, _] = &parts[..] else {
        return Err("data_brazeinfo has too few parts");
    };
    if *number != row.id.to_string() {
        return Err("two numbers for one posting");
    }
    let posted = shop.some_time(number);
    let mut ad = Ad {
        id: (*number).to_owned(),
        id2: (*recruit).to_owned(),
        title: title.join("|"),
        company: (*company).to_owned(),
        url: row.url.strip_prefix("https://www.jobkorea.co.kr").unwrap_or(&row.url).to_owned(),
        posted,
        modified: posted,
        // The list says nothing of the end.
        close_type: "until_filled",
        employment: "permanent",
        education_code: "00",
        ..Ad::default()
    };
    cells(&mut ad, &row.list_info);
    Ok(ad)
}

/// Cells without a label: told apart by what they say. The first is always the career; what no test knows is a place or a rank.
pub(super) fn cells(ad: &mut Ad, list_info: &str) {
    for (i, words) in python_list(list_info).iter().enumerate() {
        match words.as_str() {
            "" => {}
            w if i == 0 => cell::career(ad, w),
            w if ad.education_words.is_empty() && cell::is_education(w) => cell::education(ad, w),
            w if ad.employment_words.is_empty() && cell::is_employment(w) => cell::employment(ad, w),
            w if ad.pay.is_empty() && cell::is_pay(w) => cell::pay(ad, w),
            w if ad.region.is_empty() && i <= 2 => cell::region(ad, w),
            w => {
                // The rank: the one cell that is left.
                if !ad.keywords.is_empty() {
                    ad.keywords.push(',');
                }
                ad.keywords.push_str(w);
            }
        }
    }
    cell::no_pay(ad);
}

/// The strings of a list as Python writes it: quotes of either kind, backslash escapes.
pub(super) fn python_list(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open: Option<(char, String)> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match open.take() {
            None if c == '\'' || c == '"' => open = Some((c, String::new())),
            None => {}
            Some((quote, word)) if c == quote => out.push(word),
            Some((quote, mut word)) => {
                match c {
                    '\\' => match chars.next() {
                        Some('n') => word.push('\n'),
                        Some('t') => word.push('\t'),
                        Some('r') => word.push('\r'),
                        Some('x') => {
                            let code: String = chars.by_ref().take(2).collect();
                            word.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                        }
                        Some(other) => word.push(other),
                        None => {}
                    },
                    other => word.push(other),
                }
                open = Some((quote, word));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_list_is_read_with_its_quotes_and_escapes() {
        assert_eq!(python_list(r#"['경력3년↑', "it's", 'a\'b\xa0c', '']"#), ["경력3년↑", "it's", "a'b\u{a0}c", ""]);
        assert!(python_list("['never closed").is_empty());
    }

    #[test]
    fn cells_are_told_apart_by_what_they_say() {
        let mut ad = Ad::default();
        cells(&mut ad, "['경력', '서울 강남구 외', '정규직                 외', '3,000~3,100만원', '주임~대리급 외']");
        assert_eq!(
            (ad.region.as_str(), ad.region_code.as_str(), ad.education_words.as_str()),
            ("서울 강남구 외", "11680", "")
        );
        assert_eq!(
            (ad.employment, ad.employment_words.as_str(), ad.pay_min),
            ("permanent", "정규직                 외", 30_000_000)
        );
        assert_eq!(ad.keywords, "주임~대리급 외");
    }
}
