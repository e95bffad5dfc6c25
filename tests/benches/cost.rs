//! What work costs: wall time, CPU time of the whole process (user and system), peak resident memory; and how runs are shown.

use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Ticks a second of the times in `/proc/self/stat` (USER_HZ, 100 on every Linux).
const TICKS: f64 = 100.0;

/// One piece of work and its cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// What was done.
    pub(crate) what: String,
    /// How many records (or pages).
    pub(crate) records: u64,
    pub(crate) wall_secs: f64,
    pub(crate) cpu_secs: f64,
    /// Peak resident memory of the process so far, MiB.
    pub(crate) peak_mib: f64,
    /// What else there is to say.
    pub(crate) note: String,
}

/// A clock that was started.
pub(crate) struct Watch {
    began: Instant,
    cpu_secs: f64,
}

impl Watch {
    /// # Errors
    /// Where there is no `/proc`.
    pub(crate) fn start() -> Result<Watch> {
        Ok(Watch { cpu_secs: cpu_secs()?, began: Instant::now() })
    }

    /// # Errors
    /// Where there is no `/proc`.
    pub(crate) fn stop(self, what: &str, records: u64, note: String) -> Result<Measured> {
        let wall_secs = self.began.elapsed().as_secs_f64();
        let cpu_secs = cpu_secs()? - self.cpu_secs;
        Ok(Measured { what: what.to_owned(), records, wall_secs, cpu_secs, peak_mib: peak_mib()?, note })
    }
}

/// CPU seconds of all threads of this process so far.
///
/// # Errors
/// Where there is no `/proc`.
pub(crate) fn cpu_secs() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("this needs Linux's /proc")?;
    // the name, in parentheses, may hold anything; utime and stime are the 12th and 13th words after it
    let after = stat.rsplit_once(')').context("/proc/self/stat has no name")?.1;
    let ticks = after.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}

/// Peak resident memory of this process, MiB.
fn peak_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

/// Prints every run of one kind of work, and their medians.
pub(crate) fn show(runs: &[Measured]) {
    let Some(first) = runs.first() else { return };
    println!(
        "\n{:28} {:>9} {:>9} {:>9} {:>12} {:>9}",
        first.what, "records", "wall s", "CPU s", "per CPU s", "peak MiB"
    );
    let line = |name: &str, records: f64, wall: f64, cpu: f64, rate: f64, peak: f64, note: &str| {
        println!("  {name:26} {records:9.0} {wall:9.2} {cpu:9.2} {rate:12.0} {peak:9.0}  {note}");
    };
    let rate = |run: &Measured| run.records as f64 / run.cpu_secs.max(1.0 / TICKS);
    for (i, run) in runs.iter().enumerate() {
        let (records, peak) = (run.records as f64, run.peak_mib);
        line(&format!("run {}", i + 1), records, run.wall_secs, run.cpu_secs, rate(run), peak, &run.note);
    }
    if runs.len() > 1 {
        let of = |value: fn(&Measured) -> f64| median(runs.iter().map(value).collect());
        let rate = median(runs.iter().map(rate).collect());
        let (wall, cpu) = (of(|r| r.wall_secs), of(|r| r.cpu_secs));
        line("median", of(|r| r.records as f64), wall, cpu, rate, of(|r| r.peak_mib), "");
    }
}
