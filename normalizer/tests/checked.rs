//! Strings in the ways of the portals with what a careful reader says they mean: every line holds, in every field.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

use chrono::NaiveDate;
use normalizer::strings::{Heard, StringField, hear};

/// Lines of a table that do not hold, and how many lines it has.
fn failures(field: StringField, table: &str) -> (Vec<String>, usize) {
    let mut on: NaiveDate = "2026-11-24".parse().unwrap();
    let (mut wrong, mut lines) = (Vec::new(), 0);
    for line in table.lines().filter(|l| !l.is_empty() && *l != "raw\texpected") {
        if let Some(remark) = line.strip_prefix('#') {
            if let Some(day) = remark.trim().strip_prefix("on ") {
                on = day.parse().unwrap();
            }
            continue;
        }
        let (raw, want) = line.rsplit_once('\t').unwrap_or_else(|| panic!("no tab in {line}"));
        let got = match hear(field, raw, on) {
            Heard::Understood(value) => value,
            Heard::None => "-".to_owned(),
            Heard::Foreign => "!".to_owned(),
            Heard::Not => "?".to_owned(),
        };
        lines += 1;
        if got != want {
            wrong.push(format!("{raw}: {got}, not {want}"));
        }
    }
    (wrong, lines)
}

#[test]
fn every_checked_reading_holds() {
    for (field, table, lines_min) in [
        (StringField::Pay, include_str!("checked/pay.tsv"), 300),
        (StringField::Closing, include_str!("checked/closing.tsv"), 300),
        (StringField::Region, include_str!("checked/region.tsv"), 300),
        (StringField::Career, include_str!("checked/career.tsv"), 300),
        (StringField::Education, include_str!("checked/education.tsv"), 80),
    ] {
        let (wrong, lines) = failures(field, table);
        assert!(wrong.is_empty(), "{}: {wrong:#?}", field.name());
        assert!(lines >= lines_min, "{} has {lines} lines", field.name());
    }
}

#[test]
fn a_line_that_does_not_hold_is_named() {
    let (wrong, lines) = failures(StringField::Career, "raw\texpected\n신입\tnew\n신입\texp\n");
    assert_eq!((wrong, lines), (vec!["신입: new, not exp".to_owned()], 2));
}
