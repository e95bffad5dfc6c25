//! Sets written by others: the JSONPath compliance suite, real JobPosting pages, sitemaps, feeds, and files made to break readers.
//! They lie beside the repository; where they are absent the test says so and passes.

use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::json::Node;
use crate::json::path::JsonPath;
use crate::tests::reading::source;
use crate::{Adapter as _, Answer, Page, PageError, Plan, RawField, Row, Source};

fn shared(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("JOBHUB_SHARED_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    let path = root.join(part);
    path.exists().then_some(path)
}

macro_rules! shared_or_skip {
    ($part:expr) => {
        match shared($part) {
            Some(path) => path,
            None => {
                println!("skipped: {} needs shared data", module_path!());
                return;
            }
        }
    };
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn read(source: &Source, body: &[u8]) -> Result<Page, PageError> {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let plan = Plan { today, since: None, secrets: &|_| None, lookup: &[] };
    let ask = source.first(&source.slices(&plan)[0], &plan);
    source.read(&ask, &Answer { status: 200, content_type: None, link: None, body })
}

fn titles(page: &Page, field: RawField) -> Vec<String> {
    page.rows
        .iter()
        .filter_map(|row| match row {
            Row::Posting(posting) => posting.get(field).map(str::to_owned),
            Row::Reject(_) => None,
        })
        .collect()
}

#[test]
fn json_paths_pass_the_compliance_suite() {
    let path = shared_or_skip!("conformance/jsonpath/cts.json");
    let text = std::fs::read_to_string(path).unwrap();
    let suite = Node::parse(&text).unwrap();
    let Some(Node::Array(cases)) = suite.get("tests") else { panic!("no tests in the suite") };
    let mut failed = Vec::new();
    for case in cases {
        let name = case.get("name").and_then(Node::text).unwrap_or_default();
        let selector = case.get("selector").and_then(Node::text).unwrap_or_default();
        let invalid = case.get("invalid_selector") == Some(&Node::Bool(true));
        let good = match (JsonPath::strict(&selector), invalid) {
            (Err(_), invalid) => invalid,
            (Ok(_), true) => false,
            (Ok(path), false) => {
                let document = case.get("document").unwrap();
                let got: Vec<serde_json::Value> = path.query(document).into_iter().map(Node::to_value).collect();
                let list = |node: &Node<'_>| match node {
                    Node::Array(items) => items.iter().map(Node::to_value).collect::<Vec<_>>(),
                    _ => Vec::new(),
                };
                match (case.get("result"), case.get("results")) {
                    (Some(result), _) => list(result) == got,
                    (None, Some(Node::Array(results))) => results.iter().any(|r| list(r) == got),
                    _ => false,
                }
            }
        };
        if !good {
            failed.push(format!("{name}: {selector}"));
        }
    }
    assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
    assert_eq!(cases.len(), 703);
}

#[test]
fn json_made_to_break_readers_is_read_as_the_standard_says_or_refused() {
    let folder = shared_or_skip!("hostile/json");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in files(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        seen += 1;
        let ours = Node::parse(text).is_ok();
        // control characters in texts are taken on purpose
        let control =
            text.bytes().any(|b| b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t')) || text.contains(['\n', '\r', '\t']);
        if name.starts_with("y_") && !ours || name.starts_with("n_") && ours && !control {
            wrong.push(name);
        }
    }
    println!("{seen} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_format_survives_every_hostile_file() {
    let folder = shared_or_skip!("hostile");
    let sources: Vec<Source> = [
        "format = \"json\"",
        "format = \"jsonl\"",
        "format = \"xml\"",
        "format = \"html\"",
        "format = \"csv\"",
        "format = \"feed\"",
        "format = \"sitemap\"",
        "format = \"jsonld\"",
        "format = \"xml\"\nrepair = [\"bare_ampersand\", \"stray_elements\", \"leading_junk\", \"second_declaration\"]",
    ]
    .iter()
    .map(|decoder| {
        let (rows, id) = match *decoder {
            "format = \"xml\"" => ("rows = \"r/row\"", "id"),
            "format = \"html\"" => ("rows = \"tr\"", "td"),
            d if d.contains("repair") => ("rows = \"//row\"", "id"),
            _ => ("", "id"),
        };
        source(&format!("[decoder]\n{decoder}\n[record_selector]\n{rows}\n[fields]\nexternal_id = \"{id}\""))
    })
    .collect();
    let mut read_files = 0;
    for path in files(&folder) {
        let body = std::fs::read(&path).unwrap();
        // whole bombs are for the fetcher, which never hands on so much
        if body.len() > 2 << 20 {
            continue;
        }
        read_files += 1;
        for source in &sources {
            let _ = read(source, &body);
            let _ = read(source, &body[..body.len() / 2]);
        }
    }
    println!("{read_files} files in {} formats", sources.len());
    assert!(read_files > 100);
}

#[test]
fn csv_spectrum_is_read_to_the_cell() {
    let folder = shared_or_skip!("hostile/csv/csv-spectrum");
    for path in files(&folder.join("csvs")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let wanted = std::fs::read_to_string(folder.join("json").join(format!("{name}.json"))).unwrap();
        let wanted = match Node::parse(&wanted) {
            Ok(Node::Array(rows)) => rows,
            Ok(row) => vec![row],
            Err(why) => panic!("{name}: {why}"),
        };
        let table = crate::csv::Table::parse(&text, b',', None).unwrap();
        assert_eq!(table.len(), wanted.len(), "{name}");
        for (row, want) in wanted.iter().enumerate() {
            // the telephone column was masked in one of the two files
            for column in table.columns().iter().filter(|c| !c.contains("Phone") && !c.contains("Coordinates")) {
                let cell = table.cell(row, column).unwrap().replace("\r\n", "\n");
                let want = want.get(column).and_then(Node::text).unwrap_or_default().replace("\r\n", "\n");
                assert_eq!(cell, want, "{name} row {row} {column}");
            }
        }
    }
}

#[test]
fn real_job_postings_are_found_in_their_pages() {
    let folder = shared_or_skip!("conformance/jobposting");
    let jsonld = source(
        "[decoder]\nformat = \"jsonld\"\n[fields]\nexternal_id = { path = \"identifier.value\", or = [\"title\"] }\ntitle = \"title\"\nvalid_through = \"validThrough\"\nemployment_type = \"employmentType.name\"\nregion = \"jobLocation.address.addressLocality\"",
    );
    let real = std::fs::read_to_string(folder.join("rallit_real_malformed.jsonld")).unwrap();
    let page = read(&jsonld, format!("<script type=\"application/ld+json\">{real}</script>").as_bytes()).unwrap();
    assert_eq!(titles(&page, RawField::Title), ["[백패커/아이디어스] 웹서비스 프론트엔드 개발자(Vue)"]);
    assert_eq!(titles(&page, RawField::ValidThrough), ["9999-12-3125340218200000000:00"]);
    assert_eq!(titles(&page, RawField::EmploymentType), ["프론트엔드/웹퍼블리셔"]);
    let mut found = 0;
    for path in files(&folder.join("schemaorg")) {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Ok(page) = read(&jsonld, text.as_bytes()) {
            found += titles(&page, RawField::Title).len();
        }
    }
    println!("{found} postings in the examples of schema.org");
    assert!(found >= 8, "{found}");
}

#[test]
fn real_sitemaps_and_feeds_are_read_or_refused_in_words() {
    let folder = shared_or_skip!("conformance/sitemaps");
    let sitemap =
        source("[decoder]\nformat = \"sitemap\"\n[fields]\nexternal_id = \"loc\"\ndate_modified = \"lastmod\"");
    let feed = source(
        "[decoder]\nformat = \"feed\"\n[fields]\nexternal_id = \"id\"\ntitle = \"title\"\nurl = \"link\"\ndate_posted = \"published\"",
    );
    let (mut read_ones, mut refused) = (0, 0);
    for path in files(&folder) {
        let body = std::fs::read(&path).unwrap();
        for source in [&sitemap, &feed] {
            match read(source, &body) {
                Ok(page) => read_ones += page.rows.len().min(1),
                Err(error) => {
                    assert!(!error.message.is_empty());
                    refused += 1;
                }
            }
        }
    }
    println!("{read_ones} read, {refused} refused");
    let rss = std::fs::read(folder.join("crawler-commons/rss/xmlRss_pubDate.xml")).unwrap();
    let page = read(&feed, &rss).unwrap();
    assert!(!page.rows.is_empty());
    let dated = titles(&page, RawField::DatePosted).len();
    assert!(dated + 1 >= page.rows.len(), "{dated} of {}", page.rows.len());
    let news = std::fs::read(folder.join("crawler-commons/sitemaps/extension/sitemap-news.xml")).unwrap();
    assert!(!read(&sitemap, &news).unwrap().rows.is_empty());
}

#[test]
fn real_portal_pages_are_read() {
    let page = shared_or_skip!("work24_202608/iml1111_listing_page_202603.html");
    let list = source(
        "[decoder]\nformat = \"html\"\n[record_selector]\nrows = \"tr[id^=list]\"\n[fields]\nexternal_id = \"input[type=checkbox]@value\"\ntitle = \"a\"",
    );
    let page = read(&list, &std::fs::read(page).unwrap());
    println!("{:?}", page.as_ref().map(|p| titles(p, RawField::Title)));
    let saramin = shared_or_skip!("saramin_202412/highcastle01_jobs.json");
    let text = std::fs::read_to_string(saramin).unwrap();
    let Document::Json(Node::Array(rows)) = Document::Json(Node::parse(&text).unwrap()) else { panic!("no list") };
    assert!(rows.len() > 100);
}
