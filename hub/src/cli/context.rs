//! What every command has in hand: the world, where its answer goes, and the exit codes. Text that came from portals is
//! stripped of control characters before a terminal sees it.

use std::io::Write;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use crate::world::World;

/// A line under the header and nothing else.
const PRESET: &str = "     ──            ";

/// What a command ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// It did what was asked.
    Ok,
    /// It was asked wrongly, or broke.
    Bug,
    /// It found errors in what it was to validate.
    Invalid,
    /// A source could not be reached or read.
    Unreachable,
    /// Another process has the lease, or something changed meanwhile.
    Conflict,
    /// Ctrl-C.
    Interrupted,
}

impl Code {
    /// The number the process ends with.
    pub fn number(self) -> u8 {
        match self {
            Code::Ok => 0,
            Code::Bug => 1,
            Code::Invalid => 2,
            Code::Unreachable => 3,
            Code::Conflict => 4,
            Code::Interrupted => 130,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code.number())
    }
}

/// A command's surroundings.
pub struct Ctx {
    /// Time, network, store, settings.
    pub world: World,
    /// The answer is for a program.
    pub json: bool,
    /// Where the answer goes.
    pub out: Out,
}

/// The stream of answers.
pub struct Out(Mutex<Box<dyn Write + Send>>);

impl Out {
    /// The standard output.
    pub fn standard() -> Out {
        Out::to(Box::new(std::io::stdout()))
    }

    /// Another stream.
    pub fn to(stream: Box<dyn Write + Send>) -> Out {
        Out(Mutex::new(stream))
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn line(&self, text: &str) -> Result<()> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(stream, "{text}")?;
        stream.flush()?;
        Ok(())
    }

    /// Writes JSON, indented.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn json(&self, value: &impl Serialize) -> Result<()> {
        self.line(&serde_json::to_string_pretty(value)?)
    }

    /// Writes JSON on one line.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn json_line(&self, value: &impl Serialize) -> Result<()> {
        self.line(&serde_json::to_string(value)?)
    }
}

impl Ctx {
    /// A context that answers on the standard output.
    pub fn new(world: World, json: bool) -> Ctx {
        Ctx { world, json, out: Out::standard() }
    }

    /// Says something to a person; nothing where a program reads.
    pub fn say(&self, text: &str) {
        if !self.json {
            // a closed pipe ends the talking, not the work
            let _ = self.out.line(text);
        }
    }

    /// Prints an answer for a program.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn print_json(&self, value: &impl Serialize) -> Result<()> {
        self.out.json(value)
    }
}

/// Says something on the error stream.
#[expect(clippy::print_stderr, reason = "the one way of the command line to its error stream")]
pub fn note(text: &str) {
    eprintln!("{text}");
}

/// A table for a person: wide characters count as two, numbers stand to the right, long cells wrap where there is a terminal.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let mut table = Table::new();
    table.load_preset(PRESET).set_content_arrangement(ContentArrangement::Dynamic).set_header(header.iter().copied());
    if std::env::var_os("NO_COLOR").is_some() {
        table.force_no_tty();
    }
    for at in 0..header.len() {
        let mut cells = rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty()).peekable();
        if cells.peek().is_some()
            && cells.all(|cell| is_number(cell))
            && let Some(column) = table.column_mut(at)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.add_rows(rows);
    trimmed(&table)
}

/// Names and values, one pair a line; pairs without a value are left out.
pub fn facts(pairs: &[(&str, String)]) -> String {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        table.add_row([(*name).to_owned(), plain_lines(value)]);
    }
    trimmed(&table)
}

fn trimmed(table: &Table) -> String {
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

fn is_number(cell: &str) -> bool {
    let body = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let body = ["%", "s", "ms"].iter().find_map(|unit| body.strip_suffix(unit)).unwrap_or(body).trim_end();
    !body.is_empty() && body.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.')
}

/// Text on one line without anything that moves a cursor, changes a colour or turns the direction of writing.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !turns(*c)).collect()
}

/// As [`plain`], line feeds kept.
pub fn plain_lines(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).filter(|c| !turns(*c)).collect()
}

/// Bidirectional controls: a title must not rewrite the cell beside it.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The first characters of a text, with an ellipsis when there are more.
pub fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

/// A number with separators of thousands.
pub fn count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        text.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An instant of the store in Korea, to the minute.
pub fn minute(ms: i64) -> String {
    crate::world::instant(ms).with_timezone(&chrono_tz::Asia::Seoul).format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_align_korean_text_and_numbers() {
        let rows = [vec!["한빛물류".to_owned(), "1,234".to_owned()], vec!["abc".to_owned(), "5".to_owned()]];
        let drawn = table(&["company", "rows"], rows);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 4, "{drawn}");
        assert!(lines[2].contains("한빛물류") && lines[2].ends_with("1,234"), "{drawn}");
        assert!(lines[3].ends_with("    5"), "{drawn}");
    }

    #[test]
    fn text_from_portals_cannot_drive_a_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\nd\u{9b}e"), "a [31mbc d e");
        assert_eq!(plain_lines("a\nb\tc"), "a\nb c");
    }

    #[test]
    fn numbers_get_separators_and_long_texts_an_ellipsis() {
        for (n, want) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (-1234567, "-1,234,567"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(count(n), want);
        }
        assert_eq!(cut("가나다라", 3), "가나다…");
        assert_eq!(cut("가나다", 3), "가나다");
    }
}
