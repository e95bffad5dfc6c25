//! Collects the catalog: every `source.toml`, family and code table under this crate becomes an `include_str!`, sorted by path,
//! so that adding a source touches nothing but its folder.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=sources");
    println!("cargo:rerun-if-changed=codes");

    let mut manifests = Vec::new();
    let mut families = Vec::new();
    for path in files(&root.join("sources"))? {
        let in_families = path.parent().and_then(Path::file_name).is_some_and(|d| d == "families");
        if in_families && path.extension().is_some_and(|e| e == "toml") {
            families.push((stem(&path), path));
        } else if path.file_name().is_some_and(|f| f == "source.toml") {
            let folder = path.parent().unwrap_or(&root);
            let class = folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            manifests.push((format!("{class}/{name}"), path));
        }
    }
    let codes = files(&root.join("codes"))?
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "tsv"))
        .map(|p| (stem(&p), p))
        .collect::<Vec<_>>();

    let mut text = String::new();
    for (constant, entries) in [("MANIFESTS", manifests), ("FAMILIES", families), ("CODES", codes)] {
        list(&mut text, constant, entries);
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("catalog.rs");
    std::fs::write(out, text)
}

fn list(text: &mut String, constant: &str, mut entries: Vec<(String, PathBuf)>) {
    entries.sort();
    let _ = writeln!(text, "static {constant}: &[(&str, &str)] = &[");
    for (name, path) in entries {
        let _ = writeln!(text, "    ({name:?}, include_str!({:?})),", path.to_string_lossy());
    }
    let _ = writeln!(text, "];");
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Every file under a folder; none when the folder is absent.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}
