//! JSON Lines: the read model as the API gives it, one object a line.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

use super::Sink;

/// A file of JSON Lines under way.
pub(super) struct JsonLines {
    stream: Box<dyn Write + Send>,
}

impl JsonLines {
    /// Begins.
    pub(super) fn new(stream: Box<dyn Write + Send>) -> Self {
        JsonLines { stream }
    }
}

impl<T: Serialize> Sink<T> for JsonLines {
    fn write(&mut self, rows: &[T]) -> Result<()> {
        for row in rows {
            serde_json::to_writer(&mut self.stream, row)?;
            self.stream.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        Ok(self.stream.flush()?)
    }
}
