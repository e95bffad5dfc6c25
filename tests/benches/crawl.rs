//! A crawl of an HTML board: list pages, then a detail page of about 20 kB for each row, every field of every page compared with
//! what the board was given to show: `cargo bench -p tests --bench crawl -- [read] [kept] [--runs 5] [--size 5000]`, where size
//! is postings. `read` fetches and extracts, as crawlers do; `kept` is a whole run, into the store. Without `--bench` it is a test
//! on a small input.

mod asked;
mod child;
mod cost;
mod stand;
mod stills;

use std::collections::HashMap;
use std::sync::Arc;

use adapters::{Adapter as _, Ask, Detail, Plan, RawField, RawPosting, Row, Source};
use anyhow::{Context as _, Result, bail, ensure};
use asked::Asked;
use child::Child;
use cost::{Measured, Watch};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hub::pipeline::RunOptions;
use hub::web::{Budget, Policy, Web};
use serde::{Deserialize, Serialize};
use stand::Stand;
use stills::Ready;

const USAGE: &str = "cargo bench -p tests --bench crawl -- [read] [kept] [--runs N] [--size POSTINGS]";
const POSTINGS: f64 = 5_000.0;
const POSTINGS_OF_A_TEST: f64 = 60.0;
/// A board of the family `board_html`.
const SOURCE: &str = "geumjeong";
/// Pages under way at once.
const AT_ONCE: usize = 8;
/// Mean size of a detail page that the figures are about, bytes.
const PAGE_BYTES: std::ops::Range<u64> = 15_000..30_000;

/// Fields that the list has: all there is of a posting whose page is gone.
const ON_THE_LIST: [&str; 6] = ["external_id", "title", "company", "region", "status", "date_posted"];

/// One run that is measured.
#[derive(Serialize, Deserialize)]
struct Task {
    at: Ready,
}

fn main() -> Result<()> {
    match child::role() {
        Some((role, task)) => stand::runtime()?.block_on(async {
            match role.as_str() {
                "serve" => stills::serve(serde_json::from_str(&task)?).await,
                "read" => read(&serde_json::from_str(&task)?).await,
                _ => kept(&serde_json::from_str(&task)?).await,
            }
        }),
        None => drive(),
    }
}

fn drive() -> Result<()> {
    let Some(asked) = Asked::read(USAGE, &["read", "kept"], POSTINGS, POSTINGS_OF_A_TEST)? else { return Ok(()) };
    let served = stills::Task { portal: SOURCE.to_owned(), postings: asked.size as usize };
    let mut server = Child::start("serve", &served)?;
    let task = Task { at: server.hear()? };
    // the first one only has the pages rendered
    Child::start("read", &task)?.hear::<Measured>()?;
    for role in asked.parts {
        let runs: Result<Vec<Measured>> = (0..asked.runs).map(|_| Child::start(role, &task)?.hear()).collect();
        cost::show(&runs?);
    }
    server.tell(&stills::DONE)
}

/// Fetches and reads every page of the board.
async fn read(task: &Task) -> Result<()> {
    let stand = Stand::set(task.at.port, stand::clock(task.at.today)).await?;
    let crawl = Crawl::of(&stand)?;
    let watch = Watch::start()?;
    let read = crawl.board(task).await?;
    let rows = read.postings.len() as u64;
    let details = rows - read.closed;
    let mean = read.detail_bytes / details.max(1);
    let note = format!("{details} details of {mean} bytes, {} said to be closed, {} lists", read.closed, read.lists);
    let measured = watch.stop("HTML list → detail, read", details + read.lists, note)?;
    ensure!(rows == task.at.listed as u64, "{} listed, {rows} read", task.at.listed);
    ensure!(PAGE_BYTES.contains(&mean), "detail pages of {mean} bytes are not what this is about");
    let fields = crawl.compare(&read.postings).await?;
    child::say(&Measured { note: format!("{}; {fields} fields exact", measured.note), ..measured })
}

/// A whole run into the store.
async fn kept(task: &Task) -> Result<()> {
    let stand = Stand::set(task.at.port, stand::clock(task.at.today)).await?;
    let source = adapters::catalog().get(SOURCE).context("no such source")?;
    let options = RunOptions { full: true, holder: "bench".to_owned(), ..RunOptions::default() };
    let watch = Watch::start()?;
    let report = hub::pipeline::run(&stand.world, source, &options).await?;
    let c = report.counts;
    let measured = watch.stop("HTML list → detail, kept", c.pages + c.details, format!("{} postings", c.new))?;
    ensure!(report.state == "complete" && c.new == task.at.listed as u64 && c.details == c.new, "{report:?}");
    child::say(&measured)
}

/// A crawl through the hub's web and the source's manifest, without a store.
struct Crawl {
    web: Web,
    source: Arc<Source>,
    policy: Policy,
    budget: Budget,
}

/// What a crawl read.
#[derive(Default)]
struct Read {
    postings: Vec<RawPosting>,
    lists: u64,
    /// Details that only say that the posting is closed: small, and not counted as pages.
    closed: u64,
    /// Bytes of the others.
    detail_bytes: u64,
}

impl Crawl {
    fn of(stand: &Stand) -> Result<Crawl> {
        let source = adapters::catalog().get(SOURCE).context("no such source")?.clone();
        let policy = Policy {
            source: source.name().to_owned(),
            hosts: source.hosts().to_vec(),
            per_second: source.pace().per_second.unwrap_or(1.0),
            per_day: None,
            concurrent: AT_ONCE as u32,
            robots: true,
            secrets: HashMap::new(),
        };
        let deadline = stand.world.web_clock.now() + chrono::Duration::hours(1);
        let budget = Budget::new(deadline, 0, RunOptions::default().cancel);
        Ok(Crawl { web: stand.world.web.clone(), source, policy, budget })
    }

    async fn board(&self, task: &Task) -> Result<Read> {
        let plan = Plan { today: task.at.today, since: None, secrets: &|_| None, lookup: &[] };
        let mut read = Read::default();
        for slice in self.source.slices(&plan) {
            let mut next = Some(self.source.first(&slice, &plan));
            while let Some(ask) = next {
                let fetched = self.web.get(&self.policy, &ask, None, &self.budget).await?;
                let page = self.source.read(&ask, &fetched.answer())?;
                read.lists += 1;
                let rows = page.rows.into_iter().map(|row| match row {
                    Row::Posting(row) => Ok(row),
                    Row::Reject(reject) => bail!("a row could not be read: {reject:?}"),
                });
                let rows: Vec<RawPosting> = rows.collect::<Result<_>>()?;
                let details = stream::iter(rows).map(|row| self.detail(row)).buffered(AT_ONCE);
                let details: Vec<(RawPosting, u64)> = details.try_collect().await?;
                for (posting, bytes) in details {
                    let closed = is_closed(&posting);
                    read.closed += u64::from(closed);
                    read.detail_bytes += if closed { 0 } else { bytes };
                    read.postings.push(posting);
                }
                next = page.next;
            }
        }
        Ok(read)
    }

    async fn detail(&self, mut row: RawPosting) -> Result<(RawPosting, u64)> {
        let ask = self.source.detail(&row).context("a row without an address")?;
        let fetched = self.web.get(&self.policy, &ask, None, &self.budget).await?;
        let read = self.source.read_detail(&ask, &fetched.answer(), &mut row)?;
        ensure!(
            (read == Detail::Closed) == is_closed(&row),
            "{}: the list and the page differ on whether it is open",
            ask.url
        );
        Ok((row, fetched.body.len() as u64))
    }

    /// Compares every field of every posting with the truth; gives the number of fields of a posting.
    async fn compare(&self, postings: &[RawPosting]) -> Result<usize> {
        let any = self.source.detail(postings.first().context("nothing was read")?).context("no address")?;
        let mut address = any.url.parse::<http::Uri>()?.into_parts();
        address.path_and_query = Some(stills::TRUTH.parse()?);
        let url = http::Uri::from_parts(address)?.to_string();
        let ask = Ask { url, ..any };
        let fetched = self.web.get(&self.policy, &ask, None, &self.budget).await?;
        let mut truths = HashMap::new();
        for line in std::str::from_utf8(&fetched.body)?.lines() {
            let truth: HashMap<String, String> = serde_json::from_str(line)?;
            truths.insert(truth["external_id"].clone(), truth);
        }
        let mut fields = 0;
        for posting in postings {
            let id = posting.get(RawField::ExternalId).unwrap_or_default();
            let truth = truths.get(id).with_context(|| format!("there is no posting {id}"))?;
            fields = truth.len();
            let said = |name: &str| !is_closed(posting) || ON_THE_LIST.contains(&name);
            for (name, text) in truth.iter().filter(|(name, _)| said(name)) {
                let field: RawField = name.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
                let got = posting.get(field).unwrap_or_default();
                ensure!(got == shown(text), "{id}: {name} is {got:?}, not {:?}", shown(text));
            }
        }
        Ok(fields)
    }
}

/// Its row on the list says so.
fn is_closed(row: &RawPosting) -> bool {
    row.get(RawField::Status) == Some("closed")
}

/// Text as a page shows it: one kind of white space inside a line, and no lines without words.
fn shown(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
