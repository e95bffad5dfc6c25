//! A code table: `adapters/codes/<source>.<name>.tsv`, a `# source:` line, the header `code value name`, one code a line.
//! What is not in a table passes through with `?` before it, so that nothing is guessed.

use rustc_hash::FxHashMap;

use crate::source::error::{SourceError, Wrong};

/// Most codes of a table.
pub(crate) const CODES_MAX: usize = 100_000;

/// Codes of one source and what they mean.
#[derive(Clone, Debug, Default)]
pub struct CodeTable {
    name: String,
    order: Vec<String>,
    values: FxHashMap<String, String>,
}

impl CodeTable {
    /// Reads a table.
    ///
    /// # Errors
    /// When the `# source:` line or the header is missing, a line has no value, or a code stands twice with two values.
    pub fn parse(name: &str, text: &str) -> Result<CodeTable, SourceError> {
        let file = format!("codes/{name}.tsv");
        let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let wrong = |line: usize, what: &str, fix: &str| Wrong::new(format!("line {}", line + 1), what, fix).of(&file);
        if !lines.next().is_some_and(|(_, l)| l.starts_with("# source:")) {
            return Err(wrong(0, "the first line does not say where the codes are from", "start with `# source: …`"));
        }
        let header = lines.by_ref().find(|(_, l)| !l.starts_with('#') && !l.trim().is_empty());
        if !header.is_some_and(|(_, l)| l.trim_end().split('\t').take(2).eq(["code", "value"])) {
            return Err(wrong(1, "no header", "write `code<TAB>value<TAB>name`"));
        }
        let mut table = CodeTable { name: name.to_owned(), ..CodeTable::default() };
        for (number, line) in lines.filter(|(_, l)| !l.starts_with('#') && !l.trim().is_empty()) {
            let mut cells = line.split('\t').map(str::trim);
            let code = cells.next().unwrap_or_default();
            let value = cells.next().unwrap_or_default();
            let value = if value.is_empty() { cells.next().unwrap_or_default() } else { value };
            if code.is_empty() || value.is_empty() {
                return Err(wrong(number, "a line without code or value", "separate the columns by a TAB"));
            }
            if table.order.len() >= CODES_MAX {
                return Err(wrong(number, "too many codes", "split the table"));
            }
            match table.values.insert(code.to_owned(), value.to_owned()) {
                None => table.order.push(code.to_owned()),
                Some(before) if before == value => {}
                Some(_) => return Err(wrong(number, &format!("`{code}` stands twice with two values"), "keep one")),
            }
        }
        Ok(table)
    }

    /// `<source>.<name>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a code means.
    pub fn get(&self, code: &str) -> Option<&str> {
        self.values.get(code).map(String::as_str)
    }

    /// Every code, in the order of the file.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }

    /// The meaning of a code, or `?code`; nothing stays nothing.
    pub(crate) fn translate(&self, code: &str) -> String {
        let code = code.trim();
        match self.get(code) {
            Some(value) => value.to_owned(),
            None if code.is_empty() => String::new(),
            None => format!("?{code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes_and_marks_the_unknown() {
        let table = CodeTable::parse("x.region", "# source: 안내문\ncode\tvalue\tname\nI000\t11\t서울\nQ000\t\t전국\n")
            .unwrap();
        assert_eq!(table.codes().collect::<Vec<_>>(), ["I000", "Q000"]);
        for (code, want) in [("I000", "11"), (" I000 ", "11"), ("Q000", "전국"), ("Z", "?Z"), ("", "")] {
            assert_eq!(table.translate(code), want, "{code}");
        }
        for (text, want) in [
            ("code\tvalue\n", "line 1"),
            ("# source: x\ncode,value\n", "no header"),
            ("# source: x\ncode\tvalue\nA\n", "without code or value"),
            ("# source: x\ncode\tvalue\nA\t1\nA\t2\n", "stands twice"),
        ] {
            let error = CodeTable::parse("x.y", text).unwrap_err().to_string();
            assert!(error.contains(want) && error.starts_with("codes/x.y.tsv"), "{error}");
        }
    }
}
