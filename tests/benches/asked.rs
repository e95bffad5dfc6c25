//! What a benchmark is asked for on its command line. Without `--bench`, which `cargo bench` adds, it runs as a test:
//! once, on a small input.

use anyhow::{Context as _, Result, bail};

/// Runs of which the median is taken, unless `--runs` says otherwise.
const RUNS: usize = 5;

/// What is wanted.
pub(crate) struct Asked {
    /// Which of the benchmark's parts; all when none was named.
    pub(crate) parts: Vec<&'static str>,
    pub(crate) runs: usize,
    /// `--size`: postings, or the scale of a world; the benchmark says what it counts.
    pub(crate) size: f64,
}

impl Asked {
    /// Reads the command line of a benchmark with these parts. `None` when nothing is to be run (`--list` of a test runner,
    /// `--help`).
    ///
    /// # Errors
    /// When a word is not known.
    pub(crate) fn read(usage: &str, parts: &[&'static str], size: f64, small: f64) -> Result<Option<Asked>> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        if words.iter().any(|word| word == "--list") {
            return Ok(None);
        }
        if !words.iter().any(|word| word == "--bench") {
            // the words of a test runner are filters of other tests
            return Ok(Some(Asked { parts: parts.to_vec(), runs: 1, size: small }));
        }
        let mut asked = Asked { parts: Vec::new(), runs: RUNS, size };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--bench" => {}
                "--runs" => asked.runs = value()?.parse::<usize>().context("--runs is a number")?.max(1),
                "--size" => asked.size = value()?.parse().context("--size is a number")?,
                "--help" => {
                    println!("{usage}");
                    return Ok(None);
                }
                word => match parts.iter().find(|part| **part == word) {
                    Some(part) => asked.parts.push(part),
                    None => bail!("{word} is unknown\n{usage}"),
                },
            }
        }
        if asked.parts.is_empty() {
            asked.parts = parts.to_vec();
        }
        Ok(Some(asked))
    }
}
