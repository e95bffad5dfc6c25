//! The processes of a benchmark: this program again, in another role. One serves pages and one is measured, so that serving
//! costs the measured one nothing and each run has a peak of memory of its own. They speak JSON, one value a line.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// First word of a child's command line; its role and its task follow.
const CHILD: &str = "--child";

/// A process in another role; ended when dropped.
pub(crate) struct Child {
    process: std::process::Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts this program in a role.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub(crate) fn start(role: &str, task: &impl Serialize) -> Result<Child> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([CHILD, role, &serde_json::to_string(task)?])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().context("a child without input")?;
        let output = BufReader::new(process.stdout.take().context("a child without output")?).lines();
        Ok(Child { process, input, output })
    }

    /// What it says next.
    ///
    /// # Errors
    /// When it ended, or says something else.
    pub(crate) fn hear<T: DeserializeOwned>(&mut self) -> Result<T> {
        let line = self.output.next().context("the child ended without a word")??;
        serde_json::from_str(&line).with_context(|| format!("the child says {line}"))
    }

    /// Tells it something.
    ///
    /// # Errors
    /// When it ended.
    pub(crate) fn tell(&mut self, word: &impl Serialize) -> Result<()> {
        Ok(writeln!(self.input, "{}", serde_json::to_string(word)?)?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The role and the task this process was started with, if it is a child.
pub(crate) fn role() -> Option<(String, String)> {
    let mut words = std::env::args().skip(1);
    (words.next()? == CHILD).then(|| Some((words.next()?, words.next()?))).flatten()
}

/// A child's word to its parent.
///
/// # Errors
/// When the parent is gone.
pub(crate) fn say(word: &impl Serialize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(word)?)?;
    Ok(out.flush()?)
}

/// The parent's next word; `None` when it has no more.
///
/// # Errors
/// When it says something else than `T`.
pub(crate) fn told<T: DeserializeOwned>() -> Result<Option<T>> {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&line)?))
}
