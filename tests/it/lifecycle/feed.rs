//! A portal of the test's own: one JSON list on loopback that says what the test wants, read by a manifest of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use adapters::Source;
use chrono::NaiveDate;
use hub::pipeline::{RunOptions, RunReport, source_number};
use hub::world::{SetClock, seoul_instant};
use serde_json::json;

use crate::harness::{Stage, options, settings};

/// Name of the source.
pub const NAME: &str = "feed";

/// The portal and the source that reads it.
pub struct Feed {
    body: Arc<Mutex<String>>,
    port: u16,
    source: Arc<Source>,
    /// The server; ends with the feed.
    task: tokio::task::JoinHandle<()>,
}

/// Manifest of a kind of feed.
fn manifest(kind: &str) -> String {
    let absence = if kind == "simplify" { "closes" } else { "counts" };
    let id = if kind == "alike" { r#"{ hash_of = ["$.id"] }"# } else { r#""$.id""# };
    let since =
        if kind == "incremental" { "[cursor]\nquery = { since = \"{since:%Y-%m-%d}\" }\nfull_every = 4\n" } else { "" };
    format!(
        r#"
name     = "{NAME}"
title    = "a list of the test"
class    = "private"
owner    = "test"
schedule = "0 0 * * * *"
agreement = "open"
wire     = "established"
absence  = "{absence}"
[requester]
url = "https://feed.example/list.json"
[decoder]
format = "json"
[record_selector]
rows  = "$.rows[*]"
total = "$.total"
must  = "$.rows"
[paginator]
type = "none"
{since}
[fields]
external_id = {id}
title   = "$.title"
company = "$.company"
status  = {{ path = "$.active", map = {{ "true" = "open", "false" = "closed" }} }}
"#
    )
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Feed {
    /// A portal that lists nothing yet.
    pub async fn start(kind: &str) -> Feed {
        let source = Source::parse(&manifest(kind), &|_| None, &|_| None).unwrap_or_else(|e| panic!("{e}"));
        let body = Arc::new(Mutex::new(String::new()));
        let served = body.clone();
        let answer = move || {
            let text = served.lock().unwrap().clone();
            async move { ([("content-type", "application/json")], text) }
        };
        let app = axum::Router::new().route("/list.json", axum::routing::get(answer));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Feed { body, port, source: Arc::new(source), task }
    }

    /// A hub that knows the source.
    pub async fn stage(&self, store: &str) -> Stage {
        let mut settings = settings(store, self.port);
        settings.web.base_overrides.insert(NAME.to_owned(), format!("http://localhost:{}", self.port));
        if self.source.absence() == adapters::Absence::Closes {
            settings.lifecycle.absences_to_close = 1;
        }
        let stage =
            Stage::at(settings, SetClock::at(seoul_instant(NaiveDate::from_ymd_opt(2023, 8, 31).unwrap(), 9))).await;
        hub::worker::list_sources(&stage.world, std::slice::from_ref(&self.source)).await.unwrap();
        stage
    }

    /// Lists postings, all of them open.
    pub fn list(&self, ids: &[String]) {
        self.put(ids.iter().map(|id| (id, true)));
    }

    /// Lists postings with their flags.
    pub fn list_flagged(&self, rows: &BTreeMap<String, bool>) {
        self.put(rows.iter().map(|(id, active)| (id, *active)));
    }

    fn put<'a>(&self, rows: impl Iterator<Item = (&'a String, bool)>) {
        let rows: Vec<_> = rows
            .map(|(id, active)| json!({ "id": id, "title": format!("Role {id}"), "company": format!("Company {id}"), "active": active.to_string() }))
            .collect();
        *self.body.lock().unwrap() = json!({ "total": rows.len(), "rows": rows }).to_string();
    }

    /// One run.
    pub async fn sync(&self, stage: &Stage, full: bool) -> RunReport {
        let options = RunOptions { full, ..options() };
        hub::pipeline::run(&stage.world, &self.source, &options).await.unwrap()
    }

    /// Ids of its postings that are open.
    pub async fn open(&self, stage: &Stage) -> BTreeSet<i64> {
        let all = stage.world.store.postings_after(i64::MIN, 1_000_000).await.unwrap();
        all.iter().filter(|p| p.source == source_number(NAME) && p.state == "open").map(|p| p.id).collect()
    }
}

/// What happened to listings on each day: (id, active now, or `None` = gone from the list).
pub type Days = BTreeMap<NaiveDate, Vec<(String, Option<bool>)>>;

/// Reads dated appear, change and vanish events.
pub fn events(path: &Path) -> Days {
    let text = std::fs::read_to_string(path).unwrap();
    let mut days: Days = BTreeMap::new();
    for line in text.lines().skip(1) {
        // snapshot_date, commit, event, id, field, old, new; only titles hold commas, and they come last
        let cells: Vec<&str> = line.splitn(7, ',').collect();
        let (event, id, field) = (cells[2], cells[3].to_owned(), cells[4]);
        let now = match event {
            "appear" | "change" if field == "active" => Some(cells[6].eq_ignore_ascii_case("true")),
            "vanish" => None,
            _ => continue,
        };
        days.entry(cells[0].parse().unwrap()).or_default().push((id, now));
    }
    days
}

/// Ids of a file of JSON Lines.
pub fn ids(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let id = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        value["id"].as_str().map(str::to_owned)
    };
    text.lines().filter_map(id).collect()
}
