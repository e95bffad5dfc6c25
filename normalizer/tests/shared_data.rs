//! The rules against strings that real portals wrote, and against hostile ones. The data stands beside the repository
//! (`../shared/data`, or `JOBHUB_SHARED_DATA`) and is never copied into it; where it is absent the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

use std::path::PathBuf;

use chrono::NaiveDate;
use normalizer::{Context, RawField, RawPosting, career, closing, education, normalize, pay, region, vet};

fn data(test: &str) -> Option<PathBuf> {
    let found = std::env::var_os("JOBHUB_SHARED_DATA").map(PathBuf::from).or_else(|| {
        let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        manifest.ancestors().skip(1).map(|dir| dir.join("shared/data")).find(|dir| dir.is_dir())
    });
    let found = found.filter(|dir| dir.is_dir());
    if found.is_none() {
        println!("skipped: {test} needs shared data");
    }
    found
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What became of a string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Understood,
    SaysNothing,
    NotUnderstood,
    /// A string of another field that the collectors put into the wrong bucket.
    Foreign,
}

/// Shares by row over a file of `source,raw,count`; prints the commonest that were not understood.
fn shares(file: &str, read: impl Fn(&str, &str) -> Outcome) -> Option<f64> {
    let path = data(file)?.join("messy_strings").join(file);
    let mut rows = csv::Reader::from_path(path).ok()?;
    let (mut good, mut total) = (0u64, 0u64);
    let mut bad: Vec<(u64, String)> = Vec::new();
    for row in rows.records().map(Result::unwrap) {
        let count: u64 = row[2].parse().unwrap();
        let plain = normalizer::text::line(&row[1]);
        match read(&row[0], &plain) {
            Outcome::Understood | Outcome::SaysNothing => {
                good += count;
                total += count;
            }
            Outcome::NotUnderstood => {
                total += count;
                bad.push((count, format!("{} {}", &row[0], &row[1])));
            }
            Outcome::Foreign => {}
        }
    }
    bad.sort_unstable_by(|a, b| b.cmp(a));
    let share = good as f64 / total as f64;
    println!("{file}: {share:.5} of {total} rows");
    for (count, raw) in bad.iter().take(25) {
        println!("  {count} {raw}");
    }
    Some(share)
}

#[test]
fn pay_strings_are_understood() {
    let share = shares("salary.csv", |_, raw| match pay::said(raw) {
        Some(said) if said.none => Outcome::SaysNothing,
        Some(_) => Outcome::Understood,
        None => Outcome::NotUnderstood,
    });
    assert!(share.is_none_or(|s| s >= 0.995), "{share:?}");
}

#[test]
fn closing_strings_are_understood() {
    let share = shares("deadline.csv", |_, raw| match closing::said(raw, day("2024-12-03")) {
        Some(said) if said.none => Outcome::SaysNothing,
        Some(_) => Outcome::Understood,
        None => Outcome::NotUnderstood,
    });
    assert!(share.is_none_or(|s| s >= 0.998), "{share:?}");
}

#[test]
fn region_strings_are_understood() {
    // ranks such as 팀원 stand in the region bucket of one portal's positional cells
    let share = shares("region.csv", |_, raw| {
        let foreign = ["팀원", "팀장", "본부장", "사원급", "주임", "과장", "차장", "부장", "임원", "매니저", "실장"]
            .iter()
            .any(|w| raw.starts_with(w));
        match region::said(raw, day("2024-12-03")).is_empty() {
            false => Outcome::Understood,
            true if foreign => Outcome::Foreign,
            true => Outcome::NotUnderstood,
        }
    });
    assert!(share.is_none_or(|s| s >= 0.995), "{share:?}");
}

#[test]
fn career_strings_are_understood() {
    let share =
        shares(
            "career.csv",
            |_, raw| if career::said(raw).is_some() { Outcome::Understood } else { Outcome::NotUnderstood },
        );
    assert!(share.is_none_or(|s| s >= 0.998), "{share:?}");
}

#[test]
fn education_strings_are_understood() {
    let share = shares("education.csv", |_, raw| {
        if education::said(raw).is_some() { Outcome::Understood } else { Outcome::NotUnderstood }
    });
    assert!(share.is_none_or(|s| s >= 0.998), "{share:?}");
}

#[test]
fn hostile_files_pass_through_every_field() {
    let Some(data) = data("hostile_files_pass_through_every_field") else { return };
    let context = Context { source: "hostile", fetched_on: day("2026-11-24") };
    let mut files = vec![data.join("hostile/strings")];
    let mut texts = Vec::new();
    files.push(data.join("hostile/generated"));
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else if let Ok(bytes) = std::fs::read(&path) {
            texts.push(String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 20)]).into_owned());
        }
    }
    let blns = std::fs::read_to_string(data.join("hostile/strings/blns.json")).unwrap();
    texts.extend(serde_json::from_str::<Vec<String>>(&blns).unwrap());
    assert!(texts.len() > 400);
    for text in &texts {
        let mut row = RawPosting::at(0);
        for field in RawField::ALL {
            row.set(*field, text.as_str());
        }
        let _ = vet(&normalize(&row, &context), context.fetched_on);
    }
}

#[test]
fn personal_data_of_the_labelled_set_is_masked() {
    let Some(data) = data("personal_data_of_the_labelled_set_is_masked") else { return };
    let text = std::fs::read_to_string(data.join("hostile/generated/pii/korean_pii.json")).unwrap();
    let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
    let context = Context { source: "pii", fetched_on: day("2026-11-24") };
    let masked = |text: &str| {
        let mut row = RawPosting::at(0);
        row.set(RawField::Description, text);
        normalize(&row, &context).posting.description.unwrap_or_default()
    };
    let mut missed: Vec<String> = Vec::new();
    let mut total = 0;
    for case in cases["positive"].as_array().unwrap() {
        total += 1;
        let (text, span) = (case["text"].as_str().unwrap(), case["span"].as_str().unwrap());
        let folded = normalizer::text::line(span).into_owned();
        if masked(text).contains(&folded) {
            missed.push(text.to_owned());
        }
    }
    let touched: Vec<String> = cases["negative"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["text"].as_str())
        .filter(|t| masked(t) != *t)
        .map(str::to_owned)
        .collect();
    println!(
        "missed {} of {total}, touched {}: {:?} {:?}",
        missed.len(),
        touched.len(),
        &missed[..missed.len().min(12)],
        &touched[..touched.len().min(12)]
    );
    assert!(missed.len() * 100 <= total && touched.len() <= 2);
}

/// A posting as one of several programs read it from the same portal.
struct Reading {
    file: &'static str,
    normalized: normalizer::Normalized,
}

/// Reads a file of the same portal under its own column names; the key is the portal's id in the link.
fn readings(
    dir: &std::path::Path,
    file: &'static str,
    columns: &[(&str, RawField)],
    link: &str,
    on: &str,
) -> Vec<(String, Reading)> {
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_path(dir.join(file)).unwrap();
    let header: Vec<String> =
        rows.headers().unwrap().iter().map(|h| h.trim_start_matches('\u{feff}').to_owned()).collect();
    let context = Context { source: "saramin", fetched_on: day(on) };
    let mut out = Vec::new();
    for row in rows.records().filter_map(Result::ok) {
        let mut raw = RawPosting::at(0);
        let mut key = None;
        for (name, cell) in header.iter().zip(row.iter()) {
            if name == link {
                key = cell
                    .split("rec_idx=")
                    .nth(1)
                    .map(|id| id.chars().take_while(char::is_ascii_digit).collect::<String>());
            }
            if let Some((_, field)) = columns.iter().find(|(column, _)| column == name) {
                raw.set(*field, cell);
            }
        }
        if let Some(key) = key {
            out.push((key, Reading { file, normalized: normalize(&raw, &context) }));
        }
    }
    out
}

#[test]
fn the_same_posting_read_by_strangers_comes_out_the_same() {
    let Some(data) = data("the_same_posting_read_by_strangers_comes_out_the_same") else { return };
    let dir = data.join("saramin_202412");
    let korean = [
        ("회사명", RawField::Company),
        ("지역", RawField::Region),
        ("경력", RawField::Career),
        ("학력", RawField::Education),
        ("마감일", RawField::ValidThrough),
        ("고용형태", RawField::EmploymentType),
        ("등록일", RawField::DatePosted),
    ];
    let english = [
        ("company", RawField::Company),
        ("location", RawField::Region),
        ("experience", RawField::Career),
        ("education", RawField::Education),
        ("deadline", RawField::ValidThrough),
        ("employment_type", RawField::EmploymentType),
        ("employmentType", RawField::EmploymentType),
    ];
    let mut all = readings(&dir, "cha0910_saramin.csv", &korean, "채용 링크", "2024-12-03");
    all.extend(readings(&dir, "zzl-hyun_saramin_jobs_unique.csv", &korean, "링크", "2024-12-01"));
    all.extend(readings(&dir, "eomjoo_saramin_jobs.csv", &english, "link", "2024-12-11"));
    all.extend(readings(&dir, "kim3489_job.csv", &english, "link", "2024-12-12"));
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let mut agreed = std::collections::BTreeMap::<&str, (u32, u32)>::new();
    for pair in all.windows(2) {
        let ((ka, a), (kb, b)) = (&pair[0], &pair[1]);
        if ka != kb || a.file == b.file {
            continue;
        }
        let (pa, pb) = (&a.normalized.posting, &b.normalized.posting);
        let mut note = |field: &'static str, left: String, right: String| {
            if left.is_empty() || right.is_empty() {
                return;
            }
            let (same, total) = agreed.entry(field).or_default();
            *total += 1;
            if left == right {
                *same += 1;
            } else {
                println!("{field} {ka}: {} {left} | {} {right}", a.file, b.file);
            }
        };
        note("company", pa.hiring_organization.match_name.clone(), pb.hiring_organization.match_name.clone());
        let code = |p: &normalizer::Posting| p.job_location.first().and_then(|p| p.code.clone()).unwrap_or_default();
        // one program kept the filter it searched with (서울전체): a district in it agrees with it
        let wide = code(pa).len().min(code(pb).len());
        note("region", code(pa)[..wide].to_owned(), code(pb)[..wide].to_owned());
        let shown = |kind: Option<String>| kind.unwrap_or_default();
        note("career", shown(pa.experience.map(|e| format!("{e:?}"))), shown(pb.experience.map(|e| format!("{e:?}"))));
        note("education", shown(pa.education.map(|e| format!("{e:?}"))), shown(pb.education.map(|e| format!("{e:?}"))));
        note(
            "closing",
            shown(pa.closing.kind.map(|_| format!("{:?}", pa.closing))),
            shown(pb.closing.kind.map(|_| format!("{:?}", pb.closing))),
        );
        let kinds = |p: &normalizer::Posting| {
            if p.employment_type.is_empty() { String::new() } else { format!("{:?}", p.employment_type) }
        };
        note("employment", kinds(pa), kinds(pb));
    }
    println!("{agreed:?}");
    for (field, (same, total)) in agreed {
        assert!(total > 0 && same * 100 >= total * 97, "{field}: {same} of {total}");
    }
}

/// The strings of a Haskell corpus with the head of the example they belong to, e.g. `(datetime (2013, 2, 12, 0, 0, 0) Day)`.
fn corpus(path: &std::path::Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut head = String::new();
    let mut out = Vec::new();
    for line in text.lines() {
        if let Some((_, rest)) = line.split_once("examples ") {
            head = rest.trim().to_owned();
        } else if let Some(string) = line.split('"').nth(1).filter(|_| !head.is_empty()) {
            out.push((head.clone(), string.to_owned()));
        }
    }
    out
}

/// In scope: days written with numbers, the year first or absent (`2월 18일`, `74/10/31`), 오늘, 내일, 어제, 모레. Out of scope, since closing dates are not written
/// so: a weekday or a day of the month alone, spelled numbers, ordinals of weeks, times of day, holidays, seasons.
#[test]
fn korean_days_of_two_public_corpora_are_read() {
    let Some(data) = data("korean_days_of_two_public_corpora_are_read") else { return };
    let dir = data.join("conformance/ko_dates_numbers");
    let mut wrong = Vec::new();
    let mut total = 0;
    let in_scope = |text: &str| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        (digits >= 2
            && (text.contains("월 ") || text.contains("월") && text.contains('일') || text.contains(['/', '-'])))
            || ["오늘", "내일", "어제", "모레"].contains(&text)
    };
    for (head, text) in corpus(&dir.join("duckling/Duckling/Time/KO/Corpus.hs")) {
        let Some(numbers) = head.strip_prefix("(datetime (").filter(|h| h.trim_end_matches(')').ends_with(" Day"))
        else {
            continue;
        };
        let ymd: Vec<u32> =
            numbers.split(')').next().unwrap().split(',').take(3).filter_map(|n| n.trim().parse().ok()).collect();
        let foreign =
            ["째", "번", "마지막", "주", "연휴", "휴일", "절", "시", "날", "안", "내"].iter().any(|w| text.contains(w));
        if !in_scope(&text) || foreign {
            continue;
        }
        total += 1;
        let want = NaiveDate::from_ymd_opt(ymd[0] as i32, ymd[1], ymd[2]);
        let got = normalizer::date::first(&text, day("2013-02-12")).map(|d| d.date);
        if got != want {
            wrong.push(format!("{text}: {got:?}, not {want:?}"));
        }
    }
    let specs = std::fs::read_to_string(dir.join("recognizers/Specs/DateTime/Korean/DateParser.json")).unwrap();
    let specs: serde_json::Value = serde_json::from_str(specs.trim_start_matches('\u{feff}')).unwrap();
    for case in specs.as_array().unwrap() {
        let result = &case["Results"][0];
        let (Some(text), Some(on)) = (result["Text"].as_str(), case["Context"]["ReferenceDateTime"].as_str()) else {
            continue;
        };
        let timex = result["Value"]["Timex"].as_str().unwrap_or("");
        let full = timex.len() == 10 && timex[5..].bytes().all(|b| b.is_ascii_digit() || b == b'-');
        // specs that write the year last or in American order, that are older than any posting, or that contradict their own text
        let year: String = text.chars().take_while(char::is_ascii_digit).collect();
        let other = text.contains(',')
            || text.contains("월-")
            || text.contains("개월")
            || !text.ends_with(['일', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
            || (year.len() == 4 && !timex.starts_with(&year))
            || (year.len() < 3 && !timex.starts_with('X'))
            || timex < "1990";
        if !full || other || !in_scope(text) || ["째", "번", "마지막", "주"].iter().any(|w| text.contains(w)) {
            continue;
        }
        total += 1;
        let got = normalizer::date::first(text, day(&on[..10])).map(|d| d.date.to_string());
        let either = [&result["Value"]["FutureResolution"]["date"], &result["Value"]["PastResolution"]["date"]];
        if !either.iter().any(|want| want.as_str() == got.as_deref()) {
            wrong.push(format!("{text} on {on}: {got:?}, not {either:?}"));
        }
    }
    println!("{} of {total} wrong: {wrong:#?}", wrong.len());
    assert!(total >= 50 && wrong.len() * 20 <= total);
}

/// In scope: amounts in won. Out of scope: cents, pounds and mixed sums.
#[test]
fn korean_sums_of_a_public_corpus_are_read() {
    let Some(data) = data("korean_sums_of_a_public_corpus_are_read") else { return };
    let mut wrong = Vec::new();
    let mut total = 0;
    for (head, text) in corpus(&data.join("conformance/ko_dates_numbers/duckling/Duckling/AmountOfMoney/KO/Corpus.hs"))
    {
        if !head.contains("KRW") || text.contains('₩') {
            continue;
        }
        let numbers: Vec<i64> = head.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        total += 1;
        let pay = pay::said(&text).map(|s| s.pay).unwrap_or_default();
        let want = match (head.split(' ').next().unwrap(), numbers.as_slice()) {
            ("(between", [low, high]) => (Some(*low), Some(*high)),
            ("(above", [low]) => (Some(*low), None),
            ("(under", [high]) => (None, Some(*high)),
            (_, [value, ..]) => (Some(*value), Some(*value)),
            _ => continue,
        };
        if (pay.min, pay.max) != want {
            wrong.push(format!("{text}: {:?}..{:?}", pay.min, pay.max));
        }
    }
    println!("{} of {total} wrong: {wrong:?}", wrong.len());
    assert!(total >= 15 && wrong.len() <= 2);
}
