//! Progress of a sync, live: a bar a class, the sources at work, totals; plain lines where there is no terminal.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressStyle};

use crate::progress::{Board, Line};

/// Sources shown one by one.
const WORKING_SHOWN: usize = 6;
/// Time between two redraws.
const EVERY: Duration = Duration::from_millis(200);
/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// A running display; stops when dropped.
pub struct Display {
    task: tokio::task::JoinHandle<()>,
    stop: tokio_util::sync::CancellationToken,
}

impl Display {
    /// Shows a board until [`finish`](Display::finish). `totals` = sources by class, in order.
    pub fn start(board: Arc<Board>, totals: Vec<(String, u64)>, quiet: bool) -> Display {
        let stop = tokio_util::sync::CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            if quiet {
                stopped.cancelled().await;
            } else if std::io::stderr().is_terminal() {
                bars(&board, &totals, &stopped).await;
            } else {
                lines(&board, &totals, &stopped).await;
            }
        });
        Display { task, stop }
    }

    /// Draws the last state and ends.
    pub async fn finish(self) {
        self.stop.cancel();
        // a display that broke must not break the sync
        let _ = self.task.await;
    }
}

fn ended(line: &Line) -> bool {
    !matches!(line.state.as_str(), "running" | "")
}

async fn bars(board: &Board, totals: &[(String, u64)], stop: &tokio_util::sync::CancellationToken) {
    let started = Instant::now();
    let all = MultiProgress::new();
    let style = ProgressStyle::with_template("{prefix:>8} {bar:28} {pos:>3}/{len:<3} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let classes: Vec<(String, ProgressBar)> = totals
        .iter()
        .map(|(class, count)| {
            let bar = all.add(ProgressBar::new(*count)).with_prefix(class.clone());
            bar.set_style(style.clone());
            (class.clone(), bar)
        })
        .collect();
    let plain = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    let working: Vec<ProgressBar> = (0..=WORKING_SHOWN)
        .map(|_| {
            let bar = all.add(ProgressBar::new_spinner());
            bar.set_style(plain.clone());
            bar
        })
        .collect();
    loop {
        let lines = board.lines();
        for (class, bar) in &classes {
            let mine = || lines.values().filter(|line| line.class == *class);
            bar.set_position(mine().filter(|line| ended(line)).count() as u64);
            bar.set_message(counts_words(mine()));
        }
        let rows: u64 = lines.values().map(|line| line.counts.rows).sum();
        let done = lines.values().filter(|line| ended(line)).count();
        let count = totals.iter().map(|(_, n)| *n).sum::<u64>();
        working[0].set_message(format!(
            "{:>8} {} rows, {} rows/s, {} of {count} sources, {}",
            "all",
            HumanCount(rows),
            HumanCount(rate(rows, started.elapsed())),
            done,
            eta(done as u64, count, started.elapsed()),
        ));
        let busy: Vec<String> = lines
            .iter()
            .filter(|(_, line)| line.state == "running")
            .map(|(name, line)| busy_words(name, line))
            .collect();
        for (slot, bar) in working[1..].iter().enumerate() {
            bar.set_message(busy.get(slot).cloned().unwrap_or_default());
        }
        if stop.is_cancelled() {
            for bar in &working[1..] {
                bar.finish_and_clear();
            }
            for bar in classes.iter().map(|(_, bar)| bar).chain(&working[..1]) {
                bar.abandon();
            }
            return;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn lines(board: &Board, totals: &[(String, u64)], stop: &tokio_util::sync::CancellationToken) {
    let started = Instant::now();
    let count = totals.iter().map(|(_, n)| *n).sum::<u64>();
    loop {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LINE_EVERY) => {}
        }
        let lines = board.lines();
        let rows: u64 = lines.values().map(|line| line.counts.rows).sum();
        let done = lines.values().filter(|line| ended(line)).count();
        eprintln_line(&format!(
            "{done} of {count} sources, {} ({} rows/s)",
            counts_words(lines.values()),
            HumanCount(rate(rows, started.elapsed()))
        ));
        if stop.is_cancelled() {
            return;
        }
    }
}

#[expect(clippy::print_stderr, reason = "progress goes to the error stream")]
fn eprintln_line(text: &str) {
    eprintln!("{text}");
}

fn rate(rows: u64, elapsed: Duration) -> u64 {
    (rows as f64 / elapsed.as_secs_f64().max(0.001)) as u64
}

fn eta(done: u64, all: u64, elapsed: Duration) -> String {
    if done == 0 || done >= all {
        return format!("{} s", elapsed.as_secs());
    }
    let left = elapsed.as_secs_f64() / done as f64 * (all - done) as f64;
    format!("{} s, about {} s left", elapsed.as_secs(), left.ceil() as u64)
}

fn counts_words<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    let mut sum = crate::pipeline::Counts::default();
    for line in lines {
        sum.add(&line.counts);
    }
    format!(
        "{} rows: {} new, {} changed, {} closed, {} rejected",
        HumanCount(sum.rows),
        HumanCount(sum.new),
        HumanCount(sum.changed),
        HumanCount(sum.closed),
        HumanCount(sum.rejected + sum.failed)
    )
}

fn busy_words(name: &str, line: &Line) -> String {
    let percent = (line.counts.rows * 100).checked_div(line.claimed);
    let share = percent.map(|percent| format!(" {:>3} %", percent.min(100))).unwrap_or_default();
    format!("{:>8} {name}{share}: {}", "", counts_words(std::iter::once(line)))
}
