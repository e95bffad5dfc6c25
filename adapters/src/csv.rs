//! CSV with a header line. Columns are named; a row with too few or too many columns is a reject, not a shifted posting.

/// Most rows of a file.
pub(crate) const ROWS_MAX: usize = 1_000_000;

/// A file.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<String>,
    records: Vec<Result<::csv::StringRecord, (String, String)>>,
}

impl Table {
    /// Reads a whole file; lines that begin with `comment` say nothing.
    ///
    /// # Errors
    /// In words, when it has no header line or too many rows.
    pub(crate) fn parse(text: &str, delimiter: u8, comment: Option<u8>) -> Result<Table, String> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .comment(comment)
            .flexible(true)
            .from_reader(text.as_bytes());
        let columns: Vec<String> = reader
            .headers()
            .map_err(|e| format!("bad header line: {e}"))?
            .iter()
            .map(|c| c.trim().to_owned())
            .collect();
        if columns.iter().all(String::is_empty) {
            return Err("the body is empty".to_owned());
        }
        let mut records = Vec::new();
        for record in reader.records() {
            if records.len() >= ROWS_MAX {
                return Err(format!("more than {ROWS_MAX} rows"));
            }
            let record = record.map_err(|e| format!("bad row {}: {e}", records.len() + 1))?;
            let extra = record.iter().skip(columns.len()).any(|c| !c.trim().is_empty());
            records.push(if record.len() < columns.len() || extra {
                let raw = record.iter().collect::<Vec<_>>().join(",");
                Err((raw, format!("{} columns where the header has {}", record.len(), columns.len())))
            } else {
                Ok(record)
            });
        }
        Ok(Table { columns, records })
    }

    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// A cell by column name; `None` where there is no such column.
    pub(crate) fn cell(&self, row: usize, column: &str) -> Option<&str> {
        let index = self.columns.iter().position(|c| c == column)?;
        self.records.get(row)?.as_ref().ok()?.get(index)
    }

    /// The text of a row and why it is none, if it is none.
    pub(crate) fn broken(&self, row: usize) -> Option<&(String, String)> {
        self.records.get(row)?.as_ref().err()
    }

    /// The row's cells, joined.
    pub(crate) fn raw(&self, row: usize) -> String {
        match self.records.get(row) {
            Some(Ok(record)) => record.iter().collect::<Vec<_>>().join(","),
            Some(Err((raw, _))) => raw.clone(),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_by_column_name_and_keeps_crooked_rows_apart() {
        let table = Table::parse("\u{feff}번호, 제목\n1,\"생산직, 주간\"\n2\n3,a,\n4,b,c\n", b',', None).unwrap();
        assert_eq!(table.columns(), ["번호", "제목"]);
        assert_eq!(table.cell(0, "제목"), Some("생산직, 주간"));
        let broken: Vec<bool> = (0..table.len()).map(|r| table.broken(r).is_some()).collect();
        assert_eq!(broken, [false, true, false, true]);
        assert!(Table::parse("", b',', None).is_err());
    }

    #[test]
    fn lines_of_comment_are_no_rows_where_the_manifest_says_so() {
        let text = "#batch id=1\nno,name\n1,a\n#total rows=1\n";
        let table = Table::parse(text, b',', Some(b'#')).unwrap();
        assert_eq!((table.columns().len(), table.len(), table.cell(0, "name")), (2, 1, Some("a")));
        assert_eq!(Table::parse(text, b',', None).unwrap().columns(), ["#batch id=1"]);
    }
}
