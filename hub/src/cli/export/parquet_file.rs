//! Parquet, written column by column with zstd. All columns but `id` may be absent; text is UTF-8, numbers are 64 bit.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::Sink;
use super::columns::{Column, Kind, Tabular, Value};

/// Rows of a row group: what is held in memory before it is written.
const GROUP_ROWS: usize = 8192;

/// The cells of one column, and which rows have one.
#[derive(Default)]
struct Cells {
    there: Vec<i16>,
    texts: Vec<ByteArray>,
    numbers: Vec<i64>,
    flags: Vec<bool>,
}

/// A Parquet file under way.
pub(super) struct ParquetFile<T> {
    columns: Vec<Column<T>>,
    cells: Vec<Cells>,
    rows: usize,
    writer: SerializedFileWriter<Box<dyn Write + Send>>,
}

impl<T: Tabular> ParquetFile<T> {
    /// Begins with the schema.
    pub(super) fn new(stream: Box<dyn Write + Send>) -> Result<Self> {
        let columns = T::columns();
        let fields = columns.iter().map(|c| field(c.name, c.kind).map(Arc::new)).collect::<Result<Vec<_>>>()?;
        let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("jobhub".to_owned())
            .build();
        let writer = SerializedFileWriter::new(stream, Arc::new(schema), Arc::new(properties))?;
        let cells = columns.iter().map(|_| Cells::default()).collect();
        Ok(ParquetFile { columns, cells, rows: 0, writer })
    }

    /// Writes what is held as one row group.
    fn flush(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (column, cells) in self.columns.iter().zip(&mut self.cells) {
            let mut writer =
                group.next_column()?.with_context(|| format!("column {} is not in the schema", column.name))?;
            let there = Some(cells.there.as_slice());
            match column.kind {
                Kind::Text => writer.typed::<ByteArrayType>().write_batch(&cells.texts, there, None)?,
                Kind::Number => writer.typed::<Int64Type>().write_batch(&cells.numbers, there, None)?,
                Kind::Flag => writer.typed::<BoolType>().write_batch(&cells.flags, there, None)?,
            };
            writer.close()?;
            *cells = Cells::default();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

fn field(name: &str, kind: Kind) -> Result<Type> {
    let (physical, meaning) = match kind {
        Kind::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
        Kind::Number => (Physical::INT64, ConvertedType::NONE),
        Kind::Flag => (Physical::BOOLEAN, ConvertedType::NONE),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    Ok(builder.with_converted_type(meaning).build()?)
}

impl<T: Tabular> Sink<T> for ParquetFile<T> {
    fn write(&mut self, rows: &[T]) -> Result<()> {
        for row in rows {
            for (column, cells) in self.columns.iter().zip(&mut self.cells) {
                let value = (column.read)(row);
                cells.there.push(i16::from(value != Value::Absent));
                match value {
                    Value::Absent => {}
                    Value::Text(text) => cells.texts.push(ByteArray::from(text.into_owned().into_bytes())),
                    Value::Number(n) => cells.numbers.push(n),
                    Value::Flag(flag) => cells.flags.push(flag),
                }
            }
            self.rows += 1;
            if self.rows == GROUP_ROWS {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.flush()?;
        let mut stream = self.writer.into_inner()?;
        Ok(stream.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    use super::*;
    use crate::view::Job;

    struct Row(&'static str, Option<i64>);

    impl Tabular for Row {
        fn columns() -> Vec<Column<Self>> {
            vec![
                Column { name: "text", kind: Kind::Text, read: |r| Value::Text(r.0.into()) },
                Column { name: "number", kind: Kind::Number, read: |r| r.1.map_or(Value::Absent, Value::Number) },
                Column { name: "flag", kind: Kind::Flag, read: |r| Value::Flag(r.1.is_some()) },
            ]
        }

        fn job(&self) -> &Job {
            unreachable!("these rows have none")
        }
    }

    /// Bytes that outlive the writer they were given to.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn rows_come_back_as_they_went_over_several_groups() {
        let kept = Kept::default();
        let mut file: Box<ParquetFile<Row>> = Box::new(ParquetFile::new(Box::new(kept.clone())).unwrap());
        let rows: Vec<Row> = (0..GROUP_ROWS + 3).map(|n| Row("물류", (n % 2 == 0).then_some(n as i64))).collect();
        file.write(&rows).unwrap();
        file.finish().unwrap();
        let bytes = kept.0.lock().unwrap().clone();
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 2);
        let read: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(read.len(), rows.len());
        for (n, row) in read.iter().enumerate() {
            assert_eq!(row.get_string(0).unwrap(), "물류");
            assert_eq!(row.get_bool(2).unwrap(), n % 2 == 0);
            assert_eq!(row.get_long(1).ok(), (n % 2 == 0).then_some(n as i64));
        }
    }
}
