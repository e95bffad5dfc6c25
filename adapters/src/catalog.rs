//! Every source under `adapters/sources`, embedded at build time and parsed once.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::Class;
use crate::codes::CodeTable;
use crate::source::{Source, SourceError};

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// The embedded sources, and what is wrong with those that cannot be used.
#[derive(Debug, Default)]
pub struct Catalog {
    sources: BTreeMap<String, Arc<Source>>,
    errors: Vec<SourceError>,
}

/// The catalog of this build.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);
    &CATALOG
}

/// Text of an embedded family, for manifests read from elsewhere.
pub fn family(name: &str) -> Option<String> {
    FAMILIES.iter().find(|(n, _)| *n == name).map(|(_, text)| (*text).to_owned())
}

/// An embedded code table.
pub fn codes(name: &str) -> Option<Arc<CodeTable>> {
    TABLES.tables.get(name).cloned()
}

/// Every embedded table, and what is wrong with the others.
static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let Tables { mut tables, mut errors } = Tables::default();
    for (name, text) in CODES {
        match CodeTable::parse(name, text) {
            Ok(table) => {
                tables.insert(*name, Arc::new(table));
            }
            Err(error) => errors.push(error),
        }
    }
    Tables { tables, errors }
});

#[derive(Default)]
struct Tables {
    tables: BTreeMap<&'static str, Arc<CodeTable>>,
    errors: Vec<SourceError>,
}

impl Catalog {
    fn embedded() -> Catalog {
        let mut catalog = Catalog { sources: BTreeMap::new(), errors: TABLES.errors.clone() };
        for (folder, text) in MANIFESTS {
            catalog.add(folder, text);
        }
        catalog
    }

    fn add(&mut self, folder: &str, text: &str) {
        let file = format!("adapters/sources/{folder}/source.toml");
        let wrong =
            |key: &str, what: String, fix: String| SourceError { file: file.clone(), key: key.to_owned(), what, fix };
        let source = match Source::parse(text, &family, &codes) {
            Ok(source) => source,
            Err(error) => {
                let file = if error.file.starts_with("families/") { error.file.clone() } else { file };
                self.errors.push(SourceError { file, ..error });
                return;
            }
        };
        let (class, name) = folder.split_once('/').unwrap_or(("", folder));
        if source.name() != name {
            self.errors.push(wrong(
                "name",
                format!("`{}` in the folder `{name}`", source.name()),
                "make them equal".to_owned(),
            ));
        } else if source.class().name() != class {
            self.errors.push(wrong(
                "class",
                format!("`{}` in the folder `{class}`", source.class().name()),
                "make them equal".to_owned(),
            ));
        } else if self.sources.insert(name.to_owned(), Arc::new(source)).is_some() {
            self.errors.push(wrong("name", format!("`{name}` is there twice"), "rename one".to_owned()));
        }
    }

    /// A source by name.
    pub fn get(&self, name: &str) -> Option<&Arc<Source>> {
        self.sources.get(name)
    }

    /// Every source, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.sources.values()
    }

    /// The sources of a class, by name.
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = &Arc<Source>> {
        self.iter().filter(move |s| s.class() == class)
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// What is wrong with sources and tables that cannot be used. Empty in a build that may be released.
    pub fn errors(&self) -> &[SourceError] {
        &self.errors
    }

    /// The name nearest to one that is not there.
    pub fn nearest(&self, name: &str) -> String {
        crate::source::error::nearest(name, self.sources.keys().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_source_and_table_is_usable() {
        let errors: Vec<String> = catalog().errors().iter().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
}
