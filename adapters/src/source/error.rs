//! What is wrong with a `source.toml`, where, and what to do about it.

/// A manifest that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {}{what}{}", if key.is_empty() { String::new() } else { format!("`{key}`: ") }, if fix.is_empty() { String::new() } else { format!("; {fix}") })]
pub struct SourceError {
    /// The file or source it is in.
    pub file: String,
    /// Dotted path of the key, empty for the file as a whole.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// What is wrong with one value, before it is known where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    pub(crate) key: String,
    pub(crate) what: String,
    pub(crate) fix: String,
}

impl Wrong {
    pub(crate) fn new(key: impl Into<String>, what: impl Into<String>, fix: impl Into<String>) -> Wrong {
        Wrong { key: key.into(), what: what.into(), fix: fix.into() }
    }

    pub(crate) fn within(mut self, parent: &str) -> Wrong {
        self.key = if self.key.is_empty() { parent.to_owned() } else { format!("{parent}.{}", self.key) };
        self
    }

    pub(crate) fn of(self, file: &str) -> SourceError {
        SourceError { file: file.to_owned(), key: self.key, what: self.what, fix: self.fix }
    }
}

/// The known word nearest to a wrong one, and the advice that names it.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let best = known
        .iter()
        .map(|k| (strsim::jaro_winkler(wrong, k).max(strsim::normalized_damerau_levenshtein(wrong, k)), *k))
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .filter(|(_, k)| strsim::normalized_damerau_levenshtein(wrong, k) >= 0.4);
    match best {
        Some((score, word)) if score >= 0.7 => format!("did you mean `{word}`?"),
        _ if known.is_empty() => "none are known here".to_owned(),
        _ => format!("known: {}", known.join(", ")),
    }
}

/// Turns serde's message about a table into one with a path and the nearest known key.
pub(crate) fn explain(error: &toml::de::Error, table: &toml::Table) -> Wrong {
    let message = error.message().to_owned();
    let shown = error.to_string();
    let parent = shown.rsplit_once("in `").and_then(|(_, rest)| rest.split_once('`')).map_or("", |(key, _)| key);
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") {
        let wrong = quoted.first().copied().unwrap_or_default();
        let key = path_of_key(table, wrong).unwrap_or_else(|| wrong.to_owned());
        return Wrong::new(key, "this key is not known here", nearest(wrong, quoted.into_iter().skip(1)));
    }
    if message.starts_with("unknown variant") {
        let wrong = quoted.first().copied().unwrap_or_default();
        return Wrong::new(
            parent,
            format!("`{wrong}` is not one of its words"),
            nearest(wrong, quoted.into_iter().skip(1)),
        );
    }
    if message.starts_with("missing field") {
        let wanted = quoted.first().copied().unwrap_or_default();
        let key = if parent.is_empty() { wanted.to_owned() } else { format!("{parent}.{wanted}") };
        return Wrong::new(key, "this key is missing", "add it");
    }
    Wrong::new(parent, message, "see docs/source-language.md")
}

fn path_of_key(table: &toml::Table, wanted: &str) -> Option<String> {
    if table.contains_key(wanted) {
        return Some(wanted.to_owned());
    }
    table.iter().find_map(|(key, value)| match value {
        toml::Value::Table(inner) => path_of_key(inner, wanted).map(|p| format!("{key}.{p}")),
        toml::Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| {
            item.as_table().and_then(|t| path_of_key(t, wanted)).map(|p| format!("{key}[{i}].{p}"))
        }),
        _ => None,
    })
}
