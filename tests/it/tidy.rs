//! The layer rules, checked from the Cargo.toml files and the `use` lines; and what may be built in, from Cargo.lock.

use std::path::{Path, PathBuf};

/// Crate folder → crates of ours it may use, and names that must not occur in it.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    ("normalizer", &[], PURE),
    ("dedup", &["normalizer"], PURE),
    ("adapters", &["normalizer"], PURE),
    ("migrations", &[], &["axum", "reqwest"]),
    ("hub/store", &["migrations"], &["axum", "reqwest", "governor"]),
    ("hub", &["normalizer", "dedup", "adapters", "store", "portals"], &["sea_orm", "sqlx"]),
    ("tests/portals", &[], &["sea_orm", "reqwest", "hub", "adapters", "normalizer", "dedup"]),
];

/// What a pure crate never names: IO, clock, chance, environment, files at run time.
const PURE: &[&str] = &[
    "tokio",
    "reqwest",
    "sea_orm",
    "sqlx",
    "axum",
    "governor",
    "rand",
    "Utc::now",
    "Local::now",
    "SystemTime::now",
    "Instant::now",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
];

/// Names that only one place of the hub may use.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("reqwest", &["hub/src/web"]),
    ("governor", &["hub/src/web"]),
    ("axum", &["hub/src/api", "hub/src/console", "hub/src/cli/serve.rs"]),
    ("portals", &["hub/src/cli/demo.rs"]),
];

const OURS: &[&str] = &["normalizer", "dedup", "adapters", "migrations", "store", "hub", "portals"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

/// Code lines of a file up to its tests, with their numbers; comments left out.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(i, line)| (i + 1, line.split(" // ").next().unwrap_or(line)))
}

fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !word(before)
            && !word(after)
            && (name.contains("::")
                || line[at + name.len()..].starts_with("::")
                || line.contains(&format!("use {name}")))
    })
}

#[test]
fn crates_use_only_the_layers_below_them() {
    let mut wrong = Vec::new();
    for (folder, may, never) in LAYERS {
        let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let dependencies = manifest.get("dependencies").and_then(|d| d.as_table()).cloned().unwrap_or_default();
        for ours in OURS.iter().filter(|ours| dependencies.contains_key(**ours) && !may.contains(ours)) {
            wrong.push(format!("{folder}/Cargo.toml depends on {ours}"));
        }
        let mut files = Vec::new();
        rust_files(&root().join(folder).join("src"), &mut files);
        assert!(!files.is_empty(), "{folder} has sources");
        for file in files {
            // a crate inside another's folder has its own line in the table
            if *folder == "hub" && file.starts_with(root().join("hub/store")) {
                continue;
            }
            if file.ends_with("tests.rs")
                || file.components().any(|c| c.as_os_str() == "tests" && *folder != "tests/portals")
            {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            for (number, line) in code(&text) {
                for name in never.iter().filter(|name| names(line, name)) {
                    wrong.push(format!("{}:{number} names {name}", file.strip_prefix(root()).unwrap().display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "layers are crossed:\n{}", wrong.join("\n"));
}

#[test]
fn only_one_place_of_the_hub_names_each_outside_world() {
    let mut files = Vec::new();
    rust_files(&root().join("hub/src"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let path = file.strip_prefix(root()).unwrap().display().to_string();
        let text = std::fs::read_to_string(&file).unwrap();
        for (name, places) in ONLY_IN.iter().filter(|(_, places)| !places.iter().any(|place| path.starts_with(place))) {
            for (number, _) in code(&text).filter(|(_, line)| names(line, name)) {
                wrong.push(format!("{path}:{number} names {name}, which belongs to {}", places.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_file_opens_with_what_it_holds() {
    let mut wrong = Vec::new();
    for folder in [
        "normalizer/src",
        "dedup/src",
        "adapters/src",
        "migrations/src",
        "hub/src",
        "hub/store/src",
        "tests/portals/src",
        "tests/it",
    ] {
        let mut files = Vec::new();
        rust_files(&root().join(folder), &mut files);
        for file in files {
            // the tables of one file, beside it
            if file.ends_with("tests.rs") {
                continue;
            }
            if !std::fs::read_to_string(&file).unwrap().starts_with("//!") {
                wrong.push(file.strip_prefix(root()).unwrap().display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "without a first line of //!: {wrong:?}");
}

#[test]
fn no_module_is_named_after_nothing() {
    let mut files = Vec::new();
    rust_files(&root(), &mut files);
    let bad = ["utils", "util", "common", "helpers", "helper", "manager", "types", "misc", "mod"];
    let wrong: Vec<_> = files
        .iter()
        .filter(|file| !file.starts_with(root().join("target")))
        .filter(|file| file.file_stem().is_some_and(|stem| bad.iter().any(|b| stem == *b)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_catalog_has_161_sources_in_four_classes() {
    let catalog = adapters::catalog();
    assert!(catalog.errors().is_empty(), "{:#?}", catalog.errors());
    let count = |class: &str| catalog.iter().filter(|s| s.class().name() == class).count();
    assert_eq!(["public", "local", "private", "linked"].map(count), [22, 122, 10, 7]);
}

/// A list of tables under `keys` of a TOML file of the root.
fn tables(file: &str, keys: &[&str]) -> Vec<toml::Table> {
    let mut value: toml::Value =
        std::fs::read_to_string(root().join(file)).unwrap().parse::<toml::Table>().unwrap().into();
    for key in keys {
        value = value.get(key).unwrap().clone();
    }
    value.as_array().unwrap().iter().map(|item| item.as_table().unwrap().clone()).collect()
}

/// Major, minor, patch; what follows a `-` or `+` is left out.
fn version(text: &str) -> [u64; 3] {
    let mut parts = text.split(['-', '+']).next().unwrap_or(text).split('.').map(|part| part.parse().unwrap());
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

/// Whether a ban of deny.toml, `name` or `name:<version`, is of this package.
fn is_banned(ban: &str, name: &str, at: &str) -> bool {
    match ban.split_once(":<") {
        Some((banned, below)) => banned == name && version(at) < version(below),
        None => ban == name,
    }
}

#[test]
fn nothing_banned_is_built_in_and_every_crate_is_from_crates_io() {
    assert!(
        is_banned("a:<0.37", "a", "0.36.9") && !is_banned("a:<0.37", "a", "0.37.0") && is_banned("a", "a", "1.0.0")
    );
    let text = |table: &toml::Table, key: &str| table.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let bans: Vec<String> = tables("deny.toml", &["bans", "deny"]).iter().map(|ban| text(ban, "crate")).collect();
    let packages = tables("Cargo.lock", &["package"]);
    assert!(bans.len() >= 4 && packages.len() > 100, "{} bans, {} packages", bans.len(), packages.len());
    let mut wrong = Vec::new();
    for package in &packages {
        let (name, at, source) = (text(package, "name"), text(package, "version"), text(package, "source"));
        for ban in bans.iter().filter(|ban| is_banned(ban, &name, &at)) {
            wrong.push(format!("{name} {at} is banned by deny.toml: {ban}"));
        }
        // a crate of ours has no source
        if !source.is_empty() && !source.starts_with("registry+") {
            wrong.push(format!("{name} {at} comes from {source}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a quoted text of docs/promises.md reads as a test's name: a sentence of at least four words.
fn reads_as_a_test(quoted: &str) -> bool {
    quoted.split('_').count() >= 4 && quoted.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn every_test_that_the_promises_name_exists() {
    let promises = std::fs::read_to_string(root().join("docs/promises.md")).unwrap();
    let named: std::collections::BTreeSet<&str> =
        promises.split('`').skip(1).step_by(2).filter(|quoted| reads_as_a_test(quoted)).collect();
    assert!(named.len() > 40, "{named:?}");
    let mut files = Vec::new();
    for folder in ["normalizer/src", "dedup/src", "adapters/src", "hub/src", "hub/store/src", "tests"] {
        rust_files(&root().join(folder), &mut files);
    }
    let code: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let missing: Vec<_> = named.iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "docs/promises.md names tests that are not there: {missing:?}");
}
