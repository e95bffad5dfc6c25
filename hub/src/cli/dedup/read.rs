//! Files of records read by several threads: blocks of whole lines go in, comparison records come out, the text is dropped.
//! Plain or gzip.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, IsTerminal, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use dedup::records::{LINE_BYTES_MAX, Record};
use dedup::{Profile, SourceTraits};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::context::Code;
use crate::cli::refusal::Refusal;

/// Bytes of lines handed to a thread at a time.
const BLOCK_BYTES: usize = 1 << 20;
/// Most records of one file: their comparison records must fit into memory.
const RECORDS_MAX: usize = 20_000_000;

/// A block of whole lines and the number of its first line, from 1.
struct Block {
    number: usize,
    first_line: usize,
    bytes: Vec<u8>,
}

/// What a file held.
pub(super) struct Records {
    /// Comparison records, by record id.
    pub(super) profiles: Vec<Profile>,
    /// Lines left out because they are no records.
    pub(super) left_out: usize,
}

/// A bar on the error stream where a person looks on.
pub(super) fn bar(length: u64, what: &str, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:24} [{bar:32}] {percent:>3} % {elapsed}");
    let bar = ProgressBar::new(length).with_message(what.to_owned());
    style.map_or(bar.clone(), |style| bar.with_style(style.progress_chars("=> ")))
}

/// Threads to use: what was asked for, else all there are.
pub(super) fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).clamp(1, dedup::THREADS_MAX)
}

/// Reads a file of records, one JSON object a line.
///
/// # Errors
/// When the file cannot be read, an id occurs twice, or, unless `lenient`, a line is no record.
pub(super) fn records(path: &Path, threads: usize, lenient: bool, bar: &ProgressBar) -> Result<Records> {
    let file = File::open(path).map_err(|error| {
        Refusal::new(format!("cannot read the records: {error}"), path.display().to_string(), "name a file of records")
    })?;
    bar.set_length(file.metadata().map_or(0, |m| m.len()));
    let mut file = BufReader::with_capacity(BLOCK_BYTES, bar.wrap_read(file));
    let gzip = std::io::BufRead::fill_buf(&mut file)
        .with_context(|| format!("{} cannot be read", path.display()))?
        .starts_with(&[0x1f, 0x8b]);
    let stream: Box<dyn Read + Send> =
        if gzip { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let parsed = parse(stream, threads, lenient).map_err(|error| match error {
        Failure::Io(error) => anyhow::Error::from(error).context(format!("{} cannot be read", path.display())),
        Failure::Line(line, what) => Refusal::new(
            format!("line {line}: {what}"),
            path.display().to_string(),
            "correct the line, or give --skip-bad to leave such lines out",
        )
        .ending(Code::Invalid)
        .into(),
    })?;
    bar.finish_and_clear();
    let mut out = Records { profiles: Vec::new(), left_out: 0 };
    for (profiles, left_out) in parsed {
        out.profiles.extend(profiles);
        out.left_out += left_out;
    }
    out.profiles.sort_unstable_by_key(|p| p.id);
    if let Some(twice) = out.profiles.windows(2).find(|pair| pair[0].id == pair[1].id) {
        let what = format!("two records have the id {}", twice[0].id);
        return Err(Refusal::new(what, path.display().to_string(), "give each record an id of its own")
            .ending(Code::Invalid)
            .into());
    }
    if out.profiles.len() > RECORDS_MAX {
        let what = format!("more than {RECORDS_MAX} records in one file");
        return Err(Refusal::new(what, path.display().to_string(), "split the file, or load it into a store").into());
    }
    Ok(out)
}

enum Failure {
    Io(std::io::Error),
    /// Line number, from 1, and what is wrong with it.
    Line(usize, String),
}

type Parsed = (usize, Result<(Vec<Profile>, usize), (usize, String)>);

fn parse(stream: Box<dyn Read + Send>, threads: usize, lenient: bool) -> Result<Vec<(Vec<Profile>, usize)>, Failure> {
    let (send_block, blocks) = sync_channel::<Block>(threads);
    let (send_parsed, parsed) = std::sync::mpsc::channel::<Parsed>();
    let blocks = Mutex::new(blocks);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || split(stream, &send_block));
        for _ in 0..threads {
            let (send, blocks) = (send_parsed.clone(), &blocks);
            scope.spawn(move || {
                while let Some(block) = next(blocks) {
                    let read = profiles_of(&block, lenient);
                    if send.send((block.number, read)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send_parsed);
        let mut all: Vec<Parsed> = parsed.iter().collect();
        let end = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        all.sort_unstable_by_key(|(number, _)| *number);
        let all: Result<Vec<_>, _> = all.into_iter().map(|(_, read)| read).collect();
        // the first bad line counts, also when the stream broke off later
        let all = all.map_err(|(line, what)| Failure::Line(line, what))?;
        end?;
        Ok(all)
    })
}

fn next(blocks: &Mutex<Receiver<Block>>) -> Option<Block> {
    blocks.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Cuts a stream into blocks that end with a line.
fn split(mut stream: Box<dyn Read + Send>, send: &SyncSender<Block>) -> Result<(), Failure> {
    let (mut number, mut line) = (0, 1);
    let mut rest: Vec<u8> = Vec::new();
    loop {
        let mut bytes = std::mem::take(&mut rest);
        let had = bytes.len();
        let got = (&mut stream).take(BLOCK_BYTES as u64).read_to_end(&mut bytes).map_err(Failure::Io)?;
        if got == 0 && bytes.is_empty() {
            return Ok(());
        }
        if got > 0 {
            match bytes[had..].iter().rposition(|b| *b == b'\n') {
                Some(end) => rest = bytes.split_off(had + end + 1),
                None if bytes.len() > LINE_BYTES_MAX => {
                    let what = format!("record has more than {LINE_BYTES_MAX} bytes, the limit");
                    return Err(Failure::Line(line, what));
                }
                None => {
                    rest = bytes;
                    continue;
                }
            }
        }
        let lines = bytes.iter().filter(|b| **b == b'\n').count();
        if send.send(Block { number, first_line: line, bytes }).is_err() {
            return Ok(());
        }
        number += 1;
        line += lines;
    }
}

fn profiles_of(block: &Block, lenient: bool) -> Result<(Vec<Profile>, usize), (usize, String)> {
    let mut sources: HashMap<u32, SourceTraits> = HashMap::new();
    let (mut out, mut left_out) = (Vec::with_capacity(block.bytes.len() / 1000), 0);
    for (at, line) in block.bytes.split(|b| *b == b'\n').enumerate() {
        let line = if at == 0 && block.number == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let read = std::str::from_utf8(line)
            .map_err(|error| format!("no UTF-8 from byte {} on", error.valid_up_to() + 1))
            .and_then(|line| Record::read(line).map_err(|error| error.to_string()));
        match read {
            Ok(record) => {
                let source = sources.entry(record.source).or_insert_with(|| record.source_traits());
                out.push(record.profile(source));
            }
            Err(_) if lenient => left_out += 1,
            Err(what) => return Err((block.first_line + at, what)),
        }
    }
    Ok((out, left_out))
}
