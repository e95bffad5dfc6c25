//! CSV (RFC 4180). A cell that a spreadsheet would run as a formula is neutralised with an apostrophe before it.

use std::borrow::Cow;
use std::io::Write;

use ::csv::{Terminator, Writer, WriterBuilder};
use anyhow::Result;

use super::Sink;
use super::columns::{Column, Tabular, Value};

/// First characters that make a spreadsheet run a cell; the wide ones are folded to them by Korean and Japanese input.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A CSV file under way.
pub(super) struct Delimited<T> {
    columns: Vec<Column<T>>,
    writer: Writer<Box<dyn Write + Send>>,
}

impl<T: Tabular> Delimited<T> {
    /// Begins with a header.
    pub(super) fn new(mut stream: Box<dyn Write + Send>, bom: bool) -> Result<Self> {
        if bom {
            stream.write_all("\u{feff}".as_bytes())?;
        }
        let columns = T::columns();
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(stream);
        writer.write_record(columns.iter().map(|c| c.name))?;
        Ok(Delimited { columns, writer })
    }
}

impl<T: Tabular> Sink<T> for Delimited<T> {
    fn write(&mut self, rows: &[T]) -> Result<()> {
        for row in rows {
            for column in &self.columns {
                match (column.read)(row) {
                    Value::Absent => self.writer.write_field("")?,
                    Value::Text(text) => self.writer.write_field(neutral(&text).as_bytes())?,
                    Value::Number(n) => self.writer.write_field(n.to_string())?,
                    Value::Flag(flag) => self.writer.write_field(if flag { "true" } else { "false" })?,
                }
            }
            self.writer.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        Ok(self.writer.flush()?)
    }
}

/// Text that no spreadsheet runs.
fn neutral(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_begin_like_formulas_are_neutralised() {
        for (text, want) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+82", "'+82"),
            ("-1+1", "'-1+1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1+1", "'＝1+1"),
            ("물류 작업원 = 좋음", "물류 작업원 = 좋음"),
            ("", ""),
        ] {
            assert_eq!(neutral(text), want);
        }
    }
}
