//! Many rows in few statements. Chunks are powers of two, so that a handful of prepared statements serves all sizes.

use sea_orm::{DbBackend, Value};

use crate::{Reads, Result, Tx};

/// Most rows in one statement.
const ROWS_MAX: usize = 256;
/// Most bound values in one statement (SQLite takes 32,766).
const VALUES_MAX: usize = 16_000;

impl Tx {
    /// `INSERT INTO <into> VALUES (…), (…) <tail>` for all rows; `values` holds `columns` values a row, row after row.
    pub(crate) async fn insert(&self, into: &str, columns: usize, tail: &str, values: Vec<Value>) -> Result<u64> {
        debug_assert_eq!(values.len() % columns, 0, "{into}: whole rows");
        let mut left = values.len() / columns;
        let mut values = values.into_iter();
        let mut changed = 0;
        let sqlite = self.backend() == DbBackend::Sqlite;
        let most = ROWS_MAX.min((VALUES_MAX / columns).max(1));
        while left > 0 {
            let rows = 1 << left.min(most).ilog2();
            let mut sql = String::with_capacity(into.len() + tail.len() + rows * columns * 6);
            sql.push_str("INSERT INTO ");
            sql.push_str(into);
            sql.push_str(" VALUES ");
            for row in 0..rows {
                sql.push_str(if row == 0 { "(" } else { ",(" });
                for column in 0..columns {
                    if column > 0 {
                        sql.push(',');
                    }
                    // SQLite looks a numbered parameter's name up in a list, each time from its start: a third of a cold sync
                    if sqlite {
                        sql.push('?');
                    } else {
                        sql.push('$');
                        sql.push_str(&(row * columns + column + 1).to_string());
                    }
                }
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(tail);
            changed += self.run(&sql, values.by_ref().take(rows * columns).collect()).await?;
            left -= rows;
        }
        Ok(changed)
    }
}

/// A sub-select over a list that is bound as one JSON value: `WHERE id IN <ids(1)>`.
pub(crate) fn ids(backend: DbBackend, parameter: usize) -> String {
    match backend {
        DbBackend::Sqlite => format!("(SELECT value FROM json_each(${parameter}))"),
        _ => format!("(SELECT value::bigint FROM json_array_elements_text(${parameter}::json))"),
    }
}

/// As [`ids`], over a JSON list of texts.
pub(crate) fn texts(backend: DbBackend, parameter: usize) -> String {
    match backend {
        DbBackend::Sqlite => format!("(SELECT value FROM json_each(${parameter}))"),
        _ => format!("(SELECT value FROM json_array_elements_text(${parameter}::json))"),
    }
}

/// The list for [`ids`].
pub(crate) fn id_list(ids: &[i64]) -> Value {
    let mut text = String::with_capacity(ids.len() * 21 + 2);
    text.push('[');
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&id.to_string());
    }
    text.push(']');
    Value::from(text)
}

/// Ids as bytes, 8 each, little-endian.
pub fn pack_ids(ids: &[i64]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.to_le_bytes()).collect()
}

/// The ids in bytes made by [`pack_ids`].
pub fn unpack_ids(bytes: &[u8]) -> Vec<i64> {
    bytes.as_chunks::<8>().0.iter().map(|chunk| i64::from_le_bytes(*chunk)).collect()
}
