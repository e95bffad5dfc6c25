//! People who never were, with slips of the keyboard.

use super::*;

fn config() -> Config {
    let compare = |column: &str, how: How, levels: &[f64]| CompareConfig {
        column: column.to_owned(),
        or_swapped_with: None,
        how,
        levels: levels.to_vec(),
    };
    let key = |parts: &[&str]| KeyConfig { parts: parts.iter().map(|p| (*p).to_owned()).collect() };
    Config {
        id: "id".to_owned(),
        exclusive: None,
        key: vec![key(&["surname:3", "born"]), key(&["given", "town:2"]), key(&["number"])],
        compare: vec![
            compare("given", How::JaroWinkler, &[0.999, 0.9, 0.75]),
            compare("surname", How::JaroWinkler, &[0.999, 0.9, 0.75]),
            compare("born", How::Date, &[0.0, 31.0]),
            compare("town", How::Exact, &[]),
            compare("number", How::Typos, &[0.0, 1.0, 2.0]),
        ],
    }
}

/// 120 people, each of them once more with a slip in one or two cells.
fn people() -> (Vec<String>, Vec<Vec<String>>) {
    let given = ["anna", "bernd", "clara", "dieter", "emilia", "farid", "greta", "hannes", "irene", "jonas"];
    let surname = ["adler", "brandt", "conrad", "dietrich", "ebert", "falk", "gruber", "hartmann", "iversen"];
    let town = ["aachen", "bremen", "celle", "dresden", "essen", "fulda", "gera"];
    let mut rows = Vec::new();
    for i in 0..120usize {
        let row = vec![
            format!("{i}"),
            given[i % given.len()].to_owned(),
            surname[i / 3 % surname.len()].to_owned(),
            format!("19{:02}{:02}{:02}", 40 + i % 50, 1 + i % 12, 1 + i * 7 % 28),
            town[i * 5 % town.len()].to_owned(),
            format!("{:07}", i * 104_729 % 9_999_991),
        ];
        let mut slipped = row.clone();
        slipped[0] = format!("{i}x");
        match i % 5 {
            0 => slipped[1].truncate(4),
            1 => slipped[2].push('e'),
            2 => slipped[3].clear(),
            3 => slipped[4] = town[(i * 5 + 1) % town.len()].to_owned(),
            _ => slipped[5].replace_range(3..4, "0"),
        }
        rows.extend([row, slipped]);
    }
    let header = ["id", "given", "surname", "born", "town", "number"].map(str::to_owned).to_vec();
    (header, rows)
}

#[test]
fn people_are_grouped_by_the_same_core_as_postings() {
    let (header, rows) = people();
    let table = table(&config(), &header, &rows).unwrap();
    let found = group(&table, 1);
    assert_eq!(found.groups.len(), 120, "{:?}", found.groups.iter().filter(|g| g.len() != 2).collect::<Vec<_>>());
    assert!(found.groups.iter().all(|g| g.len() == 2 && g[0] / 2 == g[1] / 2));
    assert_eq!(group(&table, 2).groups, found.groups);
}

#[test]
fn records_of_one_list_stay_apart_when_it_has_no_repeats() {
    let (mut header, mut rows) = people();
    header.push("list".to_owned());
    rows.iter_mut().for_each(|row| row.push("a".to_owned()));
    let config = Config { exclusive: Some("list".to_owned()), ..config() };
    let found = group(&table(&config, &header, &rows).unwrap(), 1);
    assert!(found.groups.iter().all(|g| g.len() == 1));
}

#[test]
fn a_config_that_does_not_fit_is_named() {
    let (header, rows) = people();
    let mut wrong = config();
    wrong.compare[0].column = "gvien".to_owned();
    assert_eq!(table(&wrong, &header, &rows).err(), Some(GenericError::Column("gvien".to_owned())));
    let mut wrong = config();
    wrong.compare[0].levels = vec![0.7, 0.9];
    assert_eq!(table(&wrong, &header, &rows).err(), Some(GenericError::Levels("given".to_owned())));
    let wrong = Config { key: Vec::new(), ..config() };
    assert_eq!(table(&wrong, &header, &rows).err(), Some(GenericError::Limit("keys")));
}
