//! From the classification of training (NCS) to that of jobs (KECO): which occupations a course leads to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// NCS middle group (4 digits) → KECO minor groups (3 digits), the first is the main one.
static GROUPS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("ncs_keco.tsv").lines().filter(|l| !l.starts_with('#')).skip(1);
    lines
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?.split(' ').collect()))
        })
        .collect()
});

/// KECO minor groups that a course of an NCS code (4 to 8 digits) leads to; empty where none is known.
pub fn occupations(ncs: &str) -> &'static [&'static str] {
    ncs.get(..4).and_then(|group| GROUPS.get(group)).map_or(&[], Vec::as_slice)
}

/// The KECO code a course is filed under: what its title names, where its NCS code does not say otherwise; else the main
/// group of that.
pub fn keco(ncs: Option<&str>, title: &str) -> Option<String> {
    let groups = ncs.map_or(&[][..], occupations);
    let named = normalizer::occupation::infer(title).map(|found| found.code);
    match named {
        Some(code) if groups.is_empty() || groups.iter().any(|group| code.starts_with(group)) => Some(code.to_owned()),
        _ => groups.first().map(|group| (*group).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_leads_to_occupations_of_the_classification() {
        let table = include_str!("../../../normalizer/data/occupations.tsv");
        for (ncs, groups) in &*GROUPS {
            assert!(ncs.len() == 4 && !groups.is_empty(), "{ncs}");
            for group in groups {
                let known =
                    table.lines().any(|l| l.starts_with(group) && l.split('\t').next().is_some_and(|c| c.len() == 6));
                assert!(known, "{ncs}: no occupation begins with {group}");
            }
        }
    }

    #[test]
    fn a_title_counts_only_where_the_training_code_agrees() {
        for (ncs, title, want) in [
            (Some("13010101"), "한식조리 실무", Some("531")),
            (Some("20010202"), "백엔드 개발자 양성", Some("133")),
            (Some("20010202"), "요양보호사 양성", Some("133")),
            (None, "요양보호사 양성과정", Some("550")),
            (Some("99999999"), "기타", None),
        ] {
            let got = keco(ncs, title);
            assert_eq!(got.as_deref().map(|c| &c[..3]), want, "{ncs:?} {title}");
        }
    }
}
