//! The government half of the catalog, source by source: what a portal of the fleet shows arrives whole, once and undamaged
//! through the source's manifest, and its failures are understood.

use std::collections::BTreeMap;

use adapters::{PageErrorKind, Source, catalog};
use chrono::Days;
use normalizer::{RawField, RawPosting};
use portals::{Ad, Dialect, Failure, Portal};

use crate::drive::{How, Stall, drive, field, first_page, today};

/// Ads of a portal, at least: one more than a round number.
const ADS: usize = 251;

/// Sources whose format has no id: the row's lasting facts are the identity.
const WITHOUT_ID: &[&str] = &["cleaneye", "kead", "worldjob", "busan", "boryeong"];
const FAMILIES_WITHOUT_ID: &[&str] = &["local_gg", "local_odcloud"];

/// One of this half, and who answers for it.
struct Half {
    portals: Vec<Portal>,
    dialects: Vec<Box<dyn Dialect>>,
}

impl Half {
    fn new() -> Self {
        let mut dialects = portals::government::dialects();
        dialects.extend(portals::market::dialects());
        Half { portals: portals::government::portals(), dialects }
    }

    fn dialect(&self, portal: &Portal) -> &dyn Dialect {
        let found = self.dialects.iter().find(|d| d.name() == portal.dialect);
        found.unwrap_or_else(|| panic!("{}: no dialect {}", portal.name, portal.dialect)).as_ref()
    }

    fn stall<'a>(&'a self, portal: &'a Portal, ads: &'a [Ad]) -> Stall<'a> {
        Stall { portal, dialect: self.dialect(portal), ads, failure: None, schema_change: false }
    }
}

fn source(portal: &Portal) -> &'static Source {
    catalog().get(&portal.name).unwrap_or_else(|| panic!("no source {}", portal.name))
}

/// Titles as employers write them: what XML, JSON, HTML and CP949 must carry, and longer than a list shows.
const TITLES: &[&str] = &[
    "[급구] 물류센터 입·출고 관리 <주간> 모집 & \"우대\"",
    "생산직(2조2교대), 초보가능, 기숙사 제공, 통근버스 운행, 상여금 400% 별도 지급",
    "요양보호사 채용",
    "똠방각하 펲시 뷁 상담원",
    "R&D 연구원 [정규직] 'A'팀",
];

const PROVINCES: &[&str] = &[
    "11680", "26350", "27260", "28177", "29200", "30200", "31710", "36110", "41117", "43745", "44200", "46110",
    "47190", "48250", "50110", "51150", "52113", "12110", "",
];

fn ads(portal: &Portal, count: usize) -> Vec<Ad> {
    (0..count).map(|i| ad(portal, i)).collect()
}

fn ad(portal: &Portal, i: usize) -> Ad {
    let posted = today() - Days::new((i % 50) as u64);
    let (close_type, closes) = match i % 5 {
        0 => ("until_filled", None),
        1 => ("until_filled", Some(today() + Days::new(20))),
        2 => ("always_open", None),
        _ => ("by_date", Some(today() + Days::new((i % 28) as u64))),
    };
    let region_code = match portal.regions.first() {
        None => PROVINCES[i % PROVINCES.len()].to_owned(),
        Some(code) if code.ends_with("000") => format!("{}110", &code[..2]),
        Some(code) => code.clone(),
    };
    let (pay_period, pay_min, pay_max, pay) = match i % 4 {
        0 => ('M', 2_380_000, 2_570_000, "월급 238만원 ~ 257만원"),
        1 => ('H', 10_320, 10_320, "시급 10,320원"),
        2 => ('Y', 30_000_000, 48_000_000, "연봉 3,000 만원 ~ 4,800 만원"),
        _ => ('N', 0, 0, "면접 후 결정"),
    };
    Ad {
        id: format!("{}", 40_000_000 + i * 3),
        vacancy: u32::try_from(i).unwrap(),
        title: format!("{} {i}호", TITLES[i % TITLES.len()]),
        company: format!("(주)한빛&푸른{i}"),
        business_number: "1234567891".to_owned(),
        industry: "창고업".to_owned(),
        occupation_code: "079100".to_owned(),
        occupation: "화물차 운전원".to_owned(),
        region: "서울 강남구".to_owned(),
        region_code,
        address: format!("서울 강남구 테헤란로 {i}"),
        pay_period,
        pay_min,
        pay_max,
        pay: pay.to_owned(),
        employment: if i % 11 == 3 { "per_diem" } else { "permanent" },
        employment_words: if i % 11 == 3 { "일용직" } else { "정규직" }.to_owned(),
        career: [None, Some((0, Some(0))), Some((3, None))][i % 3],
        career_words: ["관계없음", "신입", "경력 3년↑"][i % 3].to_owned(),
        education_code: "03",
        education_words: "고졸".to_owned(),
        headcount: 1 + u32::try_from(i % 4).unwrap(),
        work_hours: "09:00~18:00".to_owned(),
        work_days: "주5일근무".to_owned(),
        description: format!("담당업무: 입고·출고 관리 {i}\n지게차 운전 & 재고 조사"),
        requirements: "지게차운전기능사".to_owned(),
        how_to_apply: "이메일".to_owned(),
        posted: posted.and_hms_opt(9, 30, 5).unwrap(),
        modified: posted.and_hms_opt(14, 12, 40).unwrap(),
        close_type,
        closes,
        url: format!("/recruit/{}", 40_000_000 + i * 3),
        ..Ad::default()
    }
}

/// Details read of a portal: all, except where a page is a whole 20 KB of HTML and the list says the title already.
fn details(portal: &Portal) -> usize {
    if portal.dialect == "board_html" { 10 } else { ADS }
}

fn has_id(portal: &Portal, source: &Source) -> bool {
    portal.params.get("id").is_none_or(|id| id != "no")
        && !WITHOUT_ID.contains(&source.name())
        && !source.family().is_some_and(|f| FAMILIES_WITHOUT_ID.contains(&f))
}

/// Whether a title arrived as far as the format lets it.
fn title_arrived(portal: &Portal, sent: &str, got: &str) -> bool {
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (sent, got) = (squeeze(sent), squeeze(got));
    match portal.name.as_str() {
        // the middle dot was lost at the source
        "gyeongnam" => got == sent.replace('·', "?"),
        // semicolons for commas, and cut after thirty characters
        "yongin" => {
            let cut: String = sent.replace(',', ";").chars().take(30).collect();
            got.trim_end_matches("...").trim_end() == cut.trim_end() || got == sent.replace(',', ";")
        }
        _ => got == sent,
    }
}

#[test]
fn the_catalog_has_a_manifest_without_fault_for_every_government_portal() {
    let other = |file: &str| file.contains("/private/") || file.contains("/linked/");
    let errors = catalog().errors().iter().filter(|e| !other(&e.file));
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let half = Half::new();
    assert_eq!(half.portals.len(), 144);
    for portal in &half.portals {
        let source = source(portal);
        assert_eq!((source.class().name(), source.title()), (portal.class, portal.title.as_str()), "{}", portal.name);
    }
}

#[test]
fn every_ad_of_every_government_portal_arrives_once_with_its_words() {
    let half = Half::new();
    let mut wrong: Vec<String> = Vec::new();
    for portal in &half.portals {
        let source = source(portal);
        // every list takes more than one page
        let count = ADS.max(source.page_size().map_or(0, |size| size as usize + 51));
        let ads = ads(portal, count);
        match drive(source, &half.stall(portal, &ads), How::whole(details(portal))) {
            Err(error) => wrong.push(format!("{}: {error}", portal.name)),
            Ok(driven) => {
                if !driven.rejects.is_empty() || !driven.incomplete.is_empty() {
                    let first = driven.rejects.first().map(|r| (r.field, r.why.as_str()));
                    wrong.push(format!(
                        "{}: {} rejects {first:?}, incomplete {:?}",
                        portal.name,
                        driven.rejects.len(),
                        driven.incomplete
                    ));
                }
                if driven.total.is_some_and(|total| total != count as u64) {
                    wrong.push(format!("{}: claims {:?}", portal.name, driven.total));
                }
                wrong.extend(compare(portal, source, &ads, &driven.rows));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

/// What is missing, double or damaged.
fn compare(portal: &Portal, source: &Source, ads: &[Ad], rows: &[RawPosting]) -> Vec<String> {
    let name = &portal.name;
    let mut wrong = Vec::new();
    let mut by_id: BTreeMap<&str, &RawPosting> = BTreeMap::new();
    for row in rows {
        by_id.insert(field(row, RawField::ExternalId), row);
    }
    if rows.len() != ads.len() || by_id.len() != ads.len() {
        wrong.push(format!("{name}: {} ads, {} rows, {} ids", ads.len(), rows.len(), by_id.len()));
        return wrong;
    }
    let mut by_company: BTreeMap<&str, &RawPosting> = BTreeMap::new();
    for row in rows {
        by_company.insert(field(row, RawField::Company), row);
    }
    let fields = source.fields();
    for ad in ads {
        let row = if has_id(portal, source) { by_id.get(ad.id.as_str()) } else { by_company.get(ad.company.as_str()) };
        let Some(row) = row else {
            wrong.push(format!("{name}: {} {} did not arrive", ad.id, ad.company));
            break;
        };
        let fault = fault(portal, &fields, ad, row);
        if let Some(fault) = fault {
            wrong.push(format!("{name}: {fault}\n    sent {} | {}\n    got  {row:?}", ad.title, ad.company));
            break;
        }
    }
    wrong
}

/// What of a row is not what the ad says.
fn fault(portal: &Portal, fields: &[RawField], ad: &Ad, row: &RawPosting) -> Option<&'static str> {
    if !title_arrived(portal, &ad.title, field(row, RawField::Title)) {
        return Some("title");
    }
    if field(row, RawField::Company) != ad.company {
        return Some("company");
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let posted = field(row, RawField::DatePosted);
    // `20261108`, `2026-11-08`, `2026-11-8`, `Sun, 08 Nov 2026`, `Sun Nov 08 09:30:05 UTC 2026`
    let day = ad.posted.date();
    let spellings = ["%-m-%-d", "%d %b", "%b %d"].map(|f| day.format(f).to_string());
    let spelled =
        digits(posted).contains(&day.format("%m%d").to_string()) || spellings.iter().any(|s| posted.contains(s));
    if fields.contains(&RawField::DatePosted) && !spelled {
        return Some("date posted");
    }
    let closes = ad.closes.map(|date| date.format("%m%d").to_string());
    let through = field(row, RawField::ValidThrough);
    // microdata gives the end of the day in Seoul as an hour of the day before in UTC
    let exact = portal.params.get("markup").is_none_or(|markup| markup != "microdata");
    if exact && fields.contains(&RawField::ValidThrough) && closes.is_some_and(|day| !digits(through).contains(&day)) {
        return Some("closing date");
    }
    let url = field(row, RawField::Url);
    if fields.contains(&RawField::Url) && !url.is_empty() && !url.starts_with("http") {
        return Some("url");
    }
    None
}

#[test]
fn no_ad_and_one_ad_are_read_like_many() {
    let half = Half::new();
    let mut wrong: Vec<String> = Vec::new();
    for portal in &half.portals {
        for count in [0, 1] {
            let ads = ads(portal, count);
            match drive(source(portal), &half.stall(portal, &ads), How::whole(ADS)) {
                Ok(driven) if driven.rows.len() == count && driven.rejects.is_empty() => {}
                Ok(driven) => wrong.push(format!("{}: {count} ads, {} rows", portal.name, driven.rows.len())),
                Err(error) => wrong.push(format!("{}: {count} ads: {error}", portal.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_failure_in_the_portals_own_words_is_understood() {
    let half = Half::new();
    let mut wrong: Vec<String> = Vec::new();
    for portal in &half.portals {
        let ads = ads(portal, 5);
        for (failure, kinds) in [
            (Failure::Quota, &[PageErrorKind::Quota][..]),
            (Failure::Auth, &[PageErrorKind::Auth]),
            (Failure::ServerError, &[PageErrorKind::Retry]),
        ] {
            let stall = Stall { failure: Some(failure), ..half.stall(portal, &ads) };
            match first_page(source(portal), &stall) {
                Err(error) if kinds.contains(&error.kind) => {}
                Err(error) => wrong.push(format!("{}: {failure:?} read as {error}", portal.name)),
                // formats without an envelope of their own: the fleet's server answers for them
                Ok(page) if portal.dialect.starts_with("board_") || portal.dialect == "file_csv" => drop(page),
                Ok(page) => {
                    wrong.push(format!("{}: {failure:?} read as a page of {} rows", portal.name, page.rows.len()))
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn renamed_fields_give_no_titled_postings() {
    let half = Half::new();
    let mut wrong: Vec<String> = Vec::new();
    // schema.org's own words in microdata are nobody's to rename
    for portal in half.portals.iter().filter(|p| !p.params.contains_key("markup")) {
        let ads = ads(portal, 5);
        let stall = Stall { schema_change: true, ..half.stall(portal, &ads) };
        match drive(source(portal), &stall, How::whole(ADS)) {
            Err(_) => {}
            // where the list itself is renamed nothing is left to reject, and a sitemap's rows are only addresses
            Ok(driven) if driven.rows.iter().all(|row| field(row, RawField::Title).is_empty()) => {}
            Ok(driven) => {
                wrong.push(format!("{}: {} rows, {} rejects", portal.name, driven.rows.len(), driven.rejects.len()))
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_incremental_run_asks_for_what_is_new() {
    let half = Half::new();
    for name in ["work24", "gojobs"] {
        let portal = half.portals.iter().find(|p| p.name == name).unwrap();
        let ads = ads(portal, ADS);
        let since = today() - Days::new(3);
        let driven =
            drive(source(portal), &half.stall(portal, &ads), How { since: Some(since), details_max: 0 }).unwrap();
        let new = ads.iter().filter(|ad| ad.posted.date() >= since).count();
        assert_eq!((driven.rows.len(), driven.rejects.len()), (new, 0), "{name}");
    }
}

#[test]
fn republished_postings_carry_the_id_they_have_at_their_origin() {
    let half = Half::new();
    for (name, provider, id) in [("work24", "CJK", "45900123"), ("seoul", "VALIDATION", "K151812611020054")] {
        let portal = half.portals.iter().find(|p| p.name == name).unwrap();
        let mut ads = ads(portal, 2);
        ads[1].origin_provider = provider.to_owned();
        ads[1].origin_id = id.to_owned();
        let driven = drive(source(portal), &half.stall(portal, &ads), How::whole(0)).unwrap();
        let origin = |external_id: &str| {
            let row = driven.rows.iter().find(|row| field(row, RawField::ExternalId) == external_id).unwrap();
            (field(row, RawField::OriginProvider), field(row, RawField::OriginId))
        };
        assert_eq!(origin(&ads[1].id), (provider, id), "{name}");
        assert_eq!(origin(&ads[0].id).1, "", "{name}");
    }
}
