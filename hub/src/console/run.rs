//! Runs: the list, and one of them with its phases from the ledger, its errors grouped with a remedy, what the drop guard
//! prevented, and raw pages with personal data masked.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use adapters::Certificate;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use regex::Regex;
use serde::Deserialize;
use store::page::{PageHead, Reject};
use store::run::{Run, Slice};

use super::Shared;
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use super::source::counts;
use crate::pipeline::{Counts, imbalance, source_number};
use crate::view::source_name;

/// Runs of a page of the list.
const RUNS_SHOWN: i64 = 50;
/// Slices, pages and rejects of a run that are shown.
const SLICES_SHOWN: usize = 40;
const PAGES_SHOWN: usize = 40;
const REJECTS_SHOWN: i64 = 20;
/// Bytes of a raw page that are shown.
const BODY_BYTES_SHOWN: usize = 64 << 10;
/// Characters of a rejected row that are shown.
const RAW_CHARS_SHOWN: usize = 300;

pub(super) fn routes(screens: Screens) -> Screens {
    screens.get("/runs", May::LOOK, list).get("/runs/{id}", May::LOOK, show).get(
        "/runs/{id}/pages/{page}",
        May::LOOK,
        raw_page,
    )
}

#[derive(Deserialize)]
struct Wanted {
    source: Option<String>,
    before: Option<i64>,
}

/// A line of the list.
struct Line {
    run: Run,
    counts: Counts,
    source: String,
    title: String,
}

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsPage<'a> {
    page: &'a Page,
    lines: Vec<Line>,
    sources: Vec<(&'static str, &'static str)>,
    source: String,
    next: Option<i64>,
}

async fn list(State(console): State<Shared>, page: Page, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let source = wanted.source.unwrap_or_default();
    let number = (!source.is_empty()).then(|| source_number(&source));
    let mut runs = console.world.store.runs_before(number, wanted.before.unwrap_or(i64::MAX), RUNS_SHOWN + 1).await?;
    let more = runs.len() as i64 > RUNS_SHOWN;
    runs.truncate(usize::try_from(RUNS_SHOWN).unwrap_or(usize::MAX));
    let next = runs.last().filter(|_| more).map(|run| run.id);
    let lines = runs.into_iter().map(|run| {
        let name = source_name(&console.world, run.source);
        Line { counts: counts(&run.counts), source: name.to_owned(), title: title_of(name), run }
    });
    let lines = lines.collect();
    let mut sources: Vec<(&str, &str)> = adapters::catalog().iter().map(|s| (s.name(), s.title())).collect();
    sources.sort_unstable_by_key(|(_, title)| *title);
    page.show(&RunsPage { page: &page, lines, sources, source, next })
}

/// Title of a source for people.
pub(super) fn title_of(name: &str) -> String {
    adapters::catalog().get(name).map_or_else(|| name.to_owned(), |source| source.title().to_owned())
}

/// A phase of a run: what came in, and what became of it.
struct Phase {
    stage: String,
    entered: i64,
    became: Vec<(String, i64)>,
    /// Begin and width of its bar, of 400.
    wide: i64,
}

/// The same thing that went wrong several times.
struct Trouble {
    of: &'static str,
    what: String,
    times: i64,
    remedy: &'static str,
    page: Option<i64>,
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage<'a> {
    page: &'a Page,
    run: &'a Run,
    source: String,
    title: String,
    counts: Counts,
    certificate: Certificate,
    drift: bool,
    guarded: i64,
    candidates: i64,
    case: Option<i64>,
    phases: Vec<Phase>,
    imbalance: Option<String>,
    troubles: Vec<Trouble>,
    slices: Vec<Slice>,
    slices_more: usize,
    pages: Vec<PageHead>,
    pages_more: usize,
    rejects: Vec<Reject>,
    next_ms: Option<i64>,
}

async fn show(State(console): State<Shared>, page: Page, Path(id): Path<i64>) -> Result<Response, Problem> {
    let store = &console.world.store;
    let run = store.run(id).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let entries = store.ledger(id).await?;
    let source = source_name(&console.world, run.source).to_owned();
    let certificate: Certificate =
        run.certificate.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut slices = store.slices(id).await?;
    let mut troubles = troubles(&store.page_troubles(id).await?, &slices, &store.reject_groups(id).await?);
    troubles.sort_by_key(|trouble| -trouble.times);
    let mut pages = store.pages(id).await?;
    // what went wrong first, then the newest
    pages.sort_by_key(|page| (page.outcome == "ok", -page.id));
    let tripwires = store.cases("tripwire", 500).await?;
    let own = counts(&run.counts);
    let guarded: i64 = entries.iter().filter(|e| e.code == "guarded").map(|e| e.count).sum();
    let (slices_more, pages_more) =
        (slices.len().saturating_sub(SLICES_SHOWN), pages.len().saturating_sub(PAGES_SHOWN));
    slices.truncate(SLICES_SHOWN);
    pages.truncate(PAGES_SHOWN);
    let mut rejects = store.rejects(id, REJECTS_SHOWN).await?;
    for reject in &mut rejects {
        reject.raw = masked(&crate::cli::context::cut(&reject.raw, RAW_CHARS_SHOWN));
    }
    page.show(&RunPage {
        page: &page,
        run: &run,
        title: title_of(&source),
        candidates: guarded + i64::try_from(own.closed + own.unconfirmed).unwrap_or(i64::MAX),
        counts: own,
        drift: certificate.tripwire.as_ref().is_some_and(|why| why.contains("fields changed")),
        certificate,
        guarded,
        case: tripwires.iter().find(|case| case.run == Some(id)).map(|case| case.id),
        phases: phases(&entries),
        imbalance: imbalance(&entries),
        troubles,
        slices,
        slices_more,
        pages,
        pages_more,
        rejects,
        next_ms: store.source(run.source).await?.and_then(|row| row.next_due_ms),
        source,
    })
}

/// The stages in their order, each with what came in and what became of it.
fn phases(entries: &[store::ledger::Entry]) -> Vec<Phase> {
    let mut stages: BTreeMap<usize, Phase> = BTreeMap::new();
    let order = |stage: &str| ["read", "settle", "sweep"].iter().position(|known| *known == stage).unwrap_or(9);
    for entry in entries {
        let phase = stages.entry(order(&entry.stage)).or_insert_with(|| Phase {
            stage: entry.stage.clone(),
            entered: 0,
            became: Vec::new(),
            wide: 0,
        });
        match (entry.code.as_str(), entry.count) {
            ("in", count) => phase.entered += count,
            (_, 0) => {}
            (code, count) => phase.became.push((code.to_owned(), count)),
        }
    }
    let most = stages.values().map(|phase| phase.entered).max().unwrap_or(0).max(1);
    let mut phases: Vec<Phase> = stages.into_values().collect();
    for phase in &mut phases {
        phase.wide = (phase.entered * 400 / most).max(2);
        phase.became.sort_by_key(|(_, count)| -count);
    }
    phases
}

/// What was wrong, grouped by its cause.
fn troubles(pages: &[(String, i64, i64)], slices: &[Slice], rows: &[(Option<String>, String, i64)]) -> Vec<Trouble> {
    let mut troubles: Vec<Trouble> = pages
        .iter()
        .map(|(what, times, page)| Trouble {
            of: "page",
            what: what.clone(),
            times: *times,
            remedy: remedy(what),
            page: Some(*page),
        })
        .collect();
    let mut broken: BTreeMap<&str, i64> = BTreeMap::new();
    for why in slices.iter().filter_map(|slice| slice.incomplete.as_deref()) {
        *broken.entry(why).or_default() += 1;
    }
    troubles.extend(broken.into_iter().map(|(why, times)| Trouble {
        of: "slice",
        what: why.to_owned(),
        times,
        remedy: remedy(why),
        page: None,
    }));
    troubles.extend(rows.iter().map(|(field, why, times)| Trouble {
        of: "row",
        what: field.as_ref().map_or_else(|| why.clone(), |field| format!("{field}: {why}")),
        times: *times,
        remedy: if why.contains("miss") || why.contains("empty") { "missing" } else { "format" },
        page: None,
    }));
    troubles
}

/// Which remedy fits what a page or slice said.
fn remedy(what: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| what.contains(word));
    if has(&["401", "403", "auth", "key", "SERVICE_KEY"]) {
        "auth"
    } else if has(&["cap", "limit", "split"]) {
        "cap"
    } else if has(&["timed out", "connect", "HTTP 5", "503", "500", "502", "429", "quota", "deadline"]) {
        "retry"
    } else {
        "format"
    }
}

#[derive(Template)]
#[template(path = "run_page.html")]
struct RawPage<'a> {
    page: &'a Page,
    run: i64,
    head: PageHead,
    body: Option<String>,
    cut: bool,
    wait: String,
}

async fn raw_page(
    State(console): State<Shared>,
    page: Page,
    Path((run, id)): Path<(i64, i64)>,
) -> Result<Response, Problem> {
    let store = &console.world.store;
    let head = store.page(id).await?.filter(|head| head.run == run).ok_or_else(|| Problem::new(404, "nowhere"))?;
    let bytes = store.page_body(id).await?;
    let cut = bytes.as_ref().is_some_and(|bytes| bytes.len() > BODY_BYTES_SHOWN);
    let body = bytes.map(|bytes| {
        let (text, _) = readable(&bytes, head.content_type.as_deref());
        let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= BODY_BYTES_SHOWN).unwrap_or(text.len());
        masked(&text[..end])
    });
    page.show(&RawPage { page: &page, run, head, body, cut, wait: page.number(BODY_BYTES_SHOWN as i64) })
}

/// A body as text: UTF-8, or what old Korean portals write.
fn readable(bytes: &[u8], content_type: Option<&str>) -> (String, bool) {
    let korean = content_type.is_some_and(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.contains("euc-kr") || kind.contains("ks_c_5601") || kind.contains("cp949")
    });
    match std::str::from_utf8(bytes) {
        Ok(text) if !korean => (text.to_owned(), true),
        _ => {
            let (text, _, broken) = encoding_rs::EUC_KR.decode(bytes);
            (text.into_owned(), !broken)
        }
    }
}

static PERSONAL: LazyLock<Vec<(Option<Regex>, &'static str)>> = LazyLock::new(|| {
    [
        (r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,100}\.[A-Za-z]{2,12}", "•••@•••"),
        (r"\b\d{6}\s?-\s?[1-8]\d{6}\b", "••••••-•••••••"),
        (r"(?:\+82[-.\s]?|\b0)\d{1,2}[-.)\s]{0,2}\d{3,4}[-.\s]?\d{4}\b", "•••-••••-••••"),
        (r"\b1[5-9]\d{2}[-.\s]\d{4}\b", "••••-••••"),
        (
            r"(?i)((?:contact|charger|manager|empChargerNm|chargerNm|담당자|담당자명|인사담당)[^<>:=\n]{0,20}[>:=]\s*\x22?)[가-힣]{2,4}",
            "${1}•••",
        ),
    ]
    .map(|(pattern, instead)| (Regex::new(pattern).ok(), instead))
    .into_iter()
    .collect()
});

/// A text with everything that looks like a person's phone, address or number taken out.
pub(super) fn masked(text: &str) -> String {
    PERSONAL.iter().fold(text.to_owned(), |text, (pattern, instead)| match pattern {
        Some(pattern) => pattern.replace_all(&text, *instead).into_owned(),
        // a pattern that cannot be read must not let anything through
        None => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_pages_show_nobody() {
        for (text, want) in [
            ("문의 010-1234-5678 (담당자: 김하늘)", "문의 •••-••••-•••• (담당자: •••)"),
            ("Tel. 02) 345-6789, +82-10-1234-5678", "Tel. •••-••••-••••, •••-••••-••••"),
            ("hr.team@example.co.kr 대표 1588-1234", "•••@••• 대표 ••••-••••"),
            ("900101-1234567", "••••••-•••••••"),
            ("<empChargerNm>박도담</empChargerNm>", "<empChargerNm>•••</empChargerNm>"),
            ("월급 2,850,000원 2026-11-23 사업자 123-45-67891", "월급 2,850,000원 2026-11-23 사업자 123-45-67891"),
        ] {
            assert_eq!(masked(text), want);
        }
    }

    #[test]
    fn each_trouble_has_a_remedy() {
        for (what, want) in [
            ("HTTP 401 Unauthorized", "auth"),
            ("page 3 of slice a: HTTP 503", "retry"),
            ("the source shows at most 1000 rows: cap", "cap"),
            ("expected a list at $.jobs", "format"),
        ] {
            assert_eq!(remedy(what), want, "{what}");
        }
    }
}
