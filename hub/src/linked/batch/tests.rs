use super::*;

const EI: &str = "record,workplace_no,business_number,workplace_name,region_code,occupation_code,week_from,week_until,people,counterpart_no";
const HEAD: &str = "#batch system=ei id=EI-202611-001 revision=1 issued=2026-12-15 period=2026-11-01..2026-11-30";

fn ei(rows: &[&str], total: &str) -> String {
    format!("{EI}\n{HEAD}\n{}\n{total}\n", rows.join("\n"))
}

/// The first problem of a file, wherever it is.
fn problem(text: &str) -> String {
    let file = read(text, &[System::Ei, System::EiDay]);
    let of = |p: &Problem| format!("{}: {}", p.line, p.what);
    file.problems
        .first()
        .or_else(|| file.sections.iter().find_map(|s| s.problems.first()))
        .map_or_else(|| "good".to_owned(), of)
}

#[test]
fn a_good_batch_is_read_whole_and_its_hash_is_of_its_lines() {
    let rows = [
        "acquired,12081475210,1208147521,\"주식회사 한빛, 물류\",41610,623004,2026-11-09,2026-11-15,2,",
        "transferred,12081475210,1208147521,,,623004,2026-11-09,2026-11-15,3,22081625170",
    ];
    let file = read(&ei(&rows, "#total rows=2 people=5"), &[System::Ei]);
    let [section] = &file.sections[..] else { panic!("{file:?}") };
    assert_eq!((section.problems.len(), section.rows.len(), section.people), (0, 2, 5), "{section:?}");
    assert_eq!(section.rows[0].name.as_deref(), Some("주식회사 한빛, 물류"));
    assert_eq!(section.rows[1].record, "transferred");
    let again = read(&ei(&rows, "#total rows=2 people=5").replace('\n', "\r\n"), &[System::Ei]);
    assert_eq!(again.sections[0].hash, section.hash, "line ends are not what a batch says");
    let other = read(&ei(&[rows[0]], "#total rows=1 people=2"), &[System::Ei]);
    assert_ne!(other.sections[0].hash, section.hash);
}

#[test]
fn what_is_wrong_is_said_by_line_and_never_shows_a_person() {
    let good = "acquired,12081475210,1208147521,,41610,623004,2026-11-09,2026-11-15,2,";
    let one = |row: &str| problem(&ei(&[row], "#total rows=1 people=2"));
    let cases = [
        (one(good), "good"),
        (
            one("hired,12081475210,1208147521,,41610,623004,2026-11-09,2026-11-15,2,"),
            "3: record is none of acquired, transferred, renamed",
        ),
        (
            one("acquired,1208147521,1208147521,,41610,623004,2026-11-09,2026-11-15,2,"),
            "3: workplace_no is not 11 digits",
        ),
        (
            one("acquired,9001011234567,1208147521,,41610,623004,2026-11-09,2026-11-15,2,"),
            "3: workplace_no looks like a resident number; personal data are not taken",
        ),
        (
            one("acquired,12081475210,1208147521,홍길동 010-1234-5678,41610,623004,2026-11-09,2026-11-15,2,"),
            "3: workplace_name looks like a phone number; personal data are not taken",
        ),
        (
            one("acquired,12081475210,1208147522,,41610,623004,2026-11-09,2026-11-15,2,"),
            "3: business_number has a wrong check digit",
        ),
        (
            one("acquired,12081475210,1208147521,,41610,623004,2026-11-10,2026-11-16,2,"),
            "3: week_from and week_until are not a Monday and its Sunday",
        ),
        (
            one("acquired,12081475210,1208147521,,41610,623004,2026-12-07,2026-12-13,2,"),
            "3: the week is outside the period of the batch",
        ),
        (one("acquired,12081475210,1208147521,,41610,623004,2026-11-09,2026-11-15,0,"), "3: people is not 1 to 100000"),
        (
            one("renamed,12081475210,1208147521,,41610,623004,2026-11-09,2026-11-15,2,"),
            "3: renamed without the other workplace in counterpart_no",
        ),
        (one("acquired,12081475210"), "3: 2 columns where the line of names has 10"),
        (
            one("acquired,12081475210,1208147521,\"한빛,41610,623004,2026-11-09,2026-11-15,2,"),
            "3: a quote is not closed",
        ),
        (problem(&ei(&[good, good], "#total rows=2 people=4")), "4: the same row stands twice"),
        (problem(&ei(&[good], "#total rows=2 people=2")), "4: control total: 2 rows announced, 1 came"),
        (problem(&ei(&[good], "#total rows=1 people=3")), "4: control total: 3 people announced, 2 came"),
        (problem(&ei(&[good], "")), "5: the batch that begins on line 2 has no #total: the file was cut"),
        (
            problem(&format!("{EI},resident_no\n{HEAD}\n")),
            "1: column `resident_no` is personal data; linked systems send counts of workplaces, never persons",
        ),
        (problem(&format!("{EI},shoe_size\n{HEAD}\n")), "1: unknown columns: shoe_size"),
        (problem(&format!("{EI}\n{good}\n")), "2: a row outside a batch"),
        (
            problem(&ei(&[good], "#total rows=1 people=2").replace("system=ei ", "system=eps ")),
            "2: a batch of `eps` where ei or eiday was expected",
        ),
        (
            problem(&ei(&[good], "#total rows=1 people=2").replace("revision=1", "revision=0")),
            "2: revision is not 1 to 1000",
        ),
        (
            problem(&ei(&[good], "#total rows=1 people=2").replace(" issued=2026-12-15", "")),
            "2: #batch does not say issued",
        ),
        (problem(""), "1: the line of column names is missing"),
    ];
    for (got, want) in cases {
        // a file that ends without #total is noticed on the line after its last
        assert_eq!(got, want);
    }
}

#[test]
fn several_batches_stand_in_one_file_and_one_that_is_bad_leaves_the_others_alone() {
    let good = "acquired,12081475210,1208147521,,41610,623004,2026-11-09,2026-11-15,2,";
    let second = HEAD.replace("001", "002");
    let text = format!("{EI}\n{HEAD}\n{good}\n#total rows=9 people=2\n{second}\n{good}\n#total rows=1 people=2\n");
    let file = read(&text, &[System::Ei]);
    let wrong: Vec<usize> = file.sections.iter().map(|s| s.wrong).collect();
    assert_eq!((file.problems.len(), wrong), (0, vec![1, 0]));
}

#[test]
fn a_test_on_the_domestic_market_has_an_end() {
    let columns = System::Eps.columns().join(",");
    let text = |until: &str| {
        format!(
            "{columns}\n#batch system=eps id=EPS-20261124 revision=1 issued=2026-11-24 period=2026-11-24..2026-11-24\n\
             labour_market_test,EPS-2026-1,1208147521,한빛,41610,890001,2,2026-11-24,{until},K151812611020054\n#total rows=1 people=2\n"
        )
    };
    for (until, good) in [("2026-11-30", true), ("", false), ("2026-11-20", false), ("2027-03-01", false)] {
        let file = read(&text(until), &[System::Eps, System::Permits]);
        assert_eq!(file.sections[0].wrong == 0, good, "{until}: {:?}", file.sections[0].problems);
    }
}

#[test]
fn no_text_makes_it_panic() {
    let whole = ei(
        &["acquired,12081475210,1208147521,\"한빛\",41610,623004,2026-11-09,2026-11-15,2,"],
        "#total rows=1 people=2",
    );
    for (at, _) in whole.char_indices() {
        read(&whole[..at], &[System::Ei]);
        read(&whole[at..], &[System::Ei]);
    }
}
