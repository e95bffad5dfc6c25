//! Every folder of `adapters/sources` keeps the contract on its own samples.

use std::path::{Path, PathBuf};

use crate::contract::{self, Sample};
use crate::{Catalog, catalog};

fn folder(catalog: &Catalog, name: &str) -> PathBuf {
    let class = catalog.get(name).unwrap().class().name();
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sources").join(class).join(name)
}

/// Samples of a folder, each with the snapshot beside it.
fn samples(folder: &Path) -> Vec<Sample> {
    let mut samples: Vec<Sample> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|p| p.is_file() && p.extension().is_some_and(|e| e != "toml" && e != "snap" && e != "md"))
        .map(|path| Sample {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            body: std::fs::read(&path).unwrap(),
            snapshot: std::fs::read_to_string(snapshot_of(&path)).ok(),
        })
        .collect();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    samples
}

fn snapshot_of(sample: &Path) -> PathBuf {
    let stem = sample.file_name().unwrap().to_string_lossy().split('.').next().unwrap_or_default().to_owned();
    sample.with_file_name(format!("{stem}.snap"))
}

#[test]
fn every_source_keeps_the_contract_on_its_samples() {
    let catalog = catalog();
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|v| v == "1");
    let mut problems = Vec::new();
    for source in catalog.iter() {
        let folder = folder(catalog, source.name());
        let mut samples = samples(&folder);
        for sample in &mut samples {
            let path = snapshot_of(&folder.join(&sample.name));
            let now = contract::snapshot(source, sample);
            if update {
                std::fs::write(&path, &now).unwrap();
                sample.snapshot = Some(now);
            } else if sample.snapshot.is_none() {
                problems.push(format!("{}/{}: no snapshot; run with UPDATE_SNAPSHOTS=1", source.name(), sample.name));
            }
        }
        problems.extend(contract::check(source, &samples).iter().map(|p| format!("{}/{p}", source.name())));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_schema_in_docs_is_the_one_the_structs_give() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/source.schema.json");
    let now = crate::schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some_and(|v| v == "1") {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "docs/source.schema.json is stale; run with UPDATE_SCHEMA=1");
}

#[test]
fn every_manifest_of_the_catalog_passes_its_own_schema() {
    let schema: serde_json::Value = serde_json::from_str(&crate::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut wrong = Vec::new();
    for source in catalog().iter() {
        let text = std::fs::read_to_string(folder(catalog(), source.name()).join("source.toml")).unwrap();
        let value: serde_json::Value = toml::from_str(&text).unwrap();
        wrong.extend(validator.iter_errors(&value).map(|e| format!("{}: {e}", source.name())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
