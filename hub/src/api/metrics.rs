//! `/metrics` in the Prometheus text format, made from the store's counts and the board of runs. Counting postings walks
//! a table, so that the text is kept for a few seconds.

use std::fmt::{Display, Write as _};
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use store::StoreError;

use super::Api;
use super::problem::Problem;
use crate::lifecycle::freshness;
use crate::progress::Board;
use crate::view::{SourceView, load_sources, source_name};

/// Metrics for Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "getMetrics", tag = "operation", responses(
    (status = 200, description = "Prometheus text format", body = String, content_type = "text/plain"),
))]
pub(super) async fn serve(State(api): State<Arc<Api>>) -> Result<Response, Problem> {
    let text = api.metrics.get(gather(&api)).await?;
    let plain = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, plain)], text.as_str().to_owned()).into_response())
}

async fn gather(api: &Api) -> Result<String, StoreError> {
    let store = &api.world.store;
    let mut text = Text::default();
    text.gauge("jobhub_uptime_seconds", "Seconds since this process began to serve.");
    text.value(&[], api.started.elapsed().as_secs());
    if let Some(bytes) = resident_bytes() {
        text.gauge("process_resident_memory_bytes", "Resident memory.");
        text.value(&[], bytes);
    }
    text.gauge("jobhub_vacancies", "Vacancies by state and verdict.");
    for (state, verdict, count) in store.vacancy_counts().await? {
        text.value(&[("state", &state), ("verdict", &verdict)], count);
    }
    text.gauge("jobhub_open_cases", "Questions that wait for a steward, by family.");
    for (family, count) in store.open_cases().await? {
        text.value(&[("family", &family)], count);
    }
    text.gauge("jobhub_last_change", "Number of the newest change in /v1/changes.");
    text.value(&[], store.last_event().await?);
    let sources = load_sources(&api.world).await?;
    write_sources(&mut text, &sources);
    write_freshness(&mut text, api).await?;
    write_board(&mut text, &api.world.board);
    Ok(text.0)
}

/// One gauge over sources: name, help, and what it reads of one.
type SourceGauge = (&'static str, &'static str, fn(&SourceView) -> Option<i64>);

const SOURCE_GAUGES: [SourceGauge; 9] = [
    ("jobhub_source_postings", "Postings ever seen.", |s| Some(s.postings.all)),
    ("jobhub_source_published", "Postings that are not closed and may be shown.", |s| Some(s.postings.published)),
    ("jobhub_source_held", "Postings that are not closed and kept back.", |s| Some(s.postings.held)),
    ("jobhub_source_rejected", "Postings that are not closed and must not be shown.", |s| Some(s.postings.rejected)),
    ("jobhub_source_closed", "Closed postings.", |s| Some(s.postings.closed)),
    ("jobhub_source_paused", "1 = an operator paused it.", |s| Some(i64::from(s.paused))),
    ("jobhub_source_last_run_rows", "Rows of the last run.", |s| s.last_run.as_ref().map(|r| r.counts.rows as i64)),
    ("jobhub_source_last_run_failed_rows", "Rows of the last run that could not be read.", |s| {
        s.last_run.as_ref().map(|r| r.counts.failed as i64)
    }),
    ("jobhub_source_last_complete_age_seconds", "Seconds since the last complete run began.", |s| s.age_seconds),
];

fn write_sources(text: &mut Text, sources: &[SourceView]) {
    for (name, help, read) in SOURCE_GAUGES {
        text.gauge(name, help);
        for source in sources {
            if let Some(value) = read(source) {
                text.value(&[("source", &source.name), ("class", &source.class)], value);
            }
        }
    }
    text.gauge("jobhub_source_last_run_state", "1 for the state the last run is in.");
    for source in sources {
        if let Some(run) = &source.last_run {
            text.value(&[("source", &source.name), ("class", &source.class), ("state", &run.state)], 1);
        }
    }
}

/// One gauge of freshness: name, help, and what it reads.
type Delayed = (&'static str, &'static str, fn(&freshness::Freshness) -> Option<freshness::Delay>);

const DELAYS: [Delayed; 2] = [
    ("jobhub_source_closed_to_hidden_seconds", "Upper bound of how long what closed was still shown.", |f| {
        f.close_to_hidden
    }),
    ("jobhub_source_published_to_visible_seconds", "Upper bound of how long what is new was not shown.", |f| {
        f.published_to_visible
    }),
];

/// Freshness by source and quantile, and how well probabilities are calibrated.
async fn write_freshness(text: &mut Text, api: &Api) -> Result<(), StoreError> {
    let found = freshness::by_source(&api.world.store.tallies().await?);
    for (name, help, read) in DELAYS {
        text.gauge(name, help);
        for (number, fresh) in &found {
            let Some(delay) = read(fresh) else { continue };
            let source = if *number == 0 { "all" } else { source_name(&api.world, *number) };
            text.value(&[("source", source), ("quantile", "0.5")], delay.p50_seconds.round());
            text.value(&[("source", source), ("quantile", "0.95")], delay.p95_seconds.round());
        }
    }
    text.gauge("jobhub_lifecycle_calibration_error", "Mean error of the probabilities that lists judged later.");
    text.value(&[], api.world.lifecycle.rules().reliability.error());
    Ok(())
}

/// What this process is doing.
fn write_board(text: &mut Text, board: &Board) {
    let lines = board.lines();
    text.gauge("jobhub_runs_running", "Runs under way in this process.");
    text.value(&[], lines.values().filter(|line| line.state == "running").count());
    text.gauge("jobhub_run_rows", "Rows received by this process's current or last run of a source.");
    for (source, line) in &lines {
        text.value(&[("source", source)], line.counts.rows);
    }
    text.gauge("jobhub_run_bytes", "Bytes of pages received by it.");
    for (source, line) in &lines {
        text.value(&[("source", source)], line.counts.bytes);
    }
}

/// The text under way; remembers the metric whose values follow.
#[derive(Default)]
struct Text(String, &'static str);

impl Text {
    fn gauge(&mut self, name: &'static str, help: &str) {
        self.1 = name;
        // writing to a string cannot fail
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} gauge\n");
    }

    fn value(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(self.1);
        for (i, (name, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{name}=\"{text}\"", if i == 0 { "{" } else { "," });
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }
}

/// Resident memory, on Linux.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_each_metric_is_introduced_once() {
        let mut text = Text::default();
        text.gauge("jobhub_x", "Help.");
        text.value(&[], 1);
        text.value(&[("a", "q\"uo\\te\nd"), ("b", "가")], 2);
        let want =
            "# HELP jobhub_x Help.\n# TYPE jobhub_x gauge\njobhub_x 1\njobhub_x{a=\"q\\\"uo\\\\te\\nd\",b=\"가\"} 2\n";
        assert_eq!(text.0, want);
    }
}
