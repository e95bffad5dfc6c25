//! The trend board: small multiples with their last value, active vacancies by region as tiles and by occupation as bars,
//! what became of rows step by step, why postings are not shown; as CSV as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::Days;
use serde::Deserialize;
use store::trend::Point;

use super::Shared;
use super::audit::csv_of;
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::trend::{self, measure};
use crate::world::{seoul_day, seoul_instant};

/// Days shown when nobody says otherwise, and at most.
const DAYS: u64 = 31;
const DAYS_MAX: u64 = 366;
/// Size of a small multiple.
const WIDE: f64 = 380.0;
const HIGH: f64 = 120.0;
/// Rules and occupations shown.
const BARS_SHOWN: usize = 10;

/// Where each region stands, by the first digits of its code: column, row, and its codes (old ones included).
const REGIONS: [(&str, u32, u32, &[&str]); 16] = [
    ("gyeonggi", 2, 0, &["41"]),
    ("gangwon", 3, 0, &["51", "42"]),
    ("incheon", 1, 1, &["28"]),
    ("seoul", 2, 1, &["11"]),
    ("chungbuk", 3, 1, &["43"]),
    ("gyeongbuk", 4, 1, &["47"]),
    ("chungnam", 1, 2, &["44"]),
    ("sejong", 2, 2, &["36"]),
    ("daejeon", 3, 2, &["30"]),
    ("daegu", 4, 2, &["27"]),
    ("ulsan", 5, 2, &["31"]),
    ("jeonbuk", 1, 3, &["52", "45"]),
    ("gyeongnam", 3, 3, &["48"]),
    ("busan", 4, 3, &["26"]),
    // one region since 2026-07-01
    ("jeonnam", 1, 4, &["12", "29", "46"]),
    ("jeju", 1, 5, &["50"]),
];

pub(super) fn routes(screens: Screens) -> Screens {
    screens.get("/trend", May::LOOK, show).get("/trend.csv", May::LOOK, export)
}

#[derive(Deserialize)]
struct Wanted {
    days: Option<u64>,
    view: Option<String>,
}

/// A measure over days.
struct Series {
    key: &'static str,
    last: String,
    svg: String,
    /// Day and value, for the table.
    points: Vec<(i64, String)>,
}

/// A bar with its words.
struct Bar {
    name: String,
    value: String,
    wide: i64,
}

#[derive(Template)]
#[template(path = "trend.html")]
struct TrendPage<'a> {
    page: &'a Page,
    days: u64,
    spans: [(u64, bool); 4],
    table: bool,
    series: Vec<Series>,
    regions: String,
    region_rows: Vec<(String, String)>,
    occupations: Vec<Bar>,
    steps: Vec<Bar>,
    rules: Vec<Bar>,
}

async fn show(State(console): State<Shared>, page: Page, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let days = wanted.days.unwrap_or(DAYS).clamp(2, DAYS_MAX);
    let points = load(&console, days).await?;
    let by = Points::of(&points);
    let regions = regions(&by);
    page.show(&TrendPage {
        page: &page,
        days,
        spans: [7, 31, 92, 366].map(|n| (n, n == days)),
        table: wanted.view.as_deref() == Some("table"),
        series: series(&page, &by),
        regions: region_map(&page, &regions),
        region_rows: regions.iter().map(|(name, n)| (page.word("trend-region", name), page.number(n))).collect(),
        occupations: occupations(&page, &by),
        steps: steps(&page, &by),
        rules: rules(&page, &by),
    })
}

/// The points of some days; today's are written when they are missing.
async fn load(console: &Shared, days: u64) -> Result<Vec<Point>, Problem> {
    let today = seoul_day(console.world.clock.now());
    let since = today.checked_sub_days(Days::new(days - 1)).unwrap_or(today).to_string();
    let store = &console.world.store;
    let points = store.trend(&since).await?;
    if points.last().is_some_and(|point| point.day == today.to_string()) {
        return Ok(points);
    }
    trend::snapshot(&console.world).await?;
    Ok(store.trend(&since).await?)
}

/// Points by measure and part, then day.
struct Points<'a>(BTreeMap<(&'a str, &'a str), Vec<(i64, i64)>>);

impl<'a> Points<'a> {
    fn of(points: &'a [Point]) -> Points<'a> {
        let mut by: BTreeMap<(&str, &str), Vec<(i64, i64)>> = BTreeMap::new();
        for point in points {
            let Ok(day) = point.day.parse() else { continue };
            let at_ms = seoul_instant(day, 12).timestamp_millis();
            by.entry((&point.measure, &point.part)).or_default().push((at_ms, point.value));
        }
        Points(by)
    }

    fn get(&self, measure: &str, part: &str) -> &[(i64, i64)] {
        self.0.iter().find(|((m, p), _)| *m == measure && *p == part).map_or(&[], |(_, points)| points.as_slice())
    }

    /// The newest value of every part of a measure that begins so.
    fn last(&self, measure: &str, prefix: &str) -> Vec<(&'a str, i64)> {
        let newest = self.get(measure::ACTIVE, "").last().map(|(day, _)| *day);
        let of = self.0.iter().filter(|((m, part), _)| *m == measure && part.starts_with(prefix));
        of.filter_map(|((_, part), points)| {
            points.last().filter(|(day, _)| newest == Some(*day)).map(|(_, n)| (*part, *n))
        })
        .collect()
    }

    /// The sum of all parts, day by day.
    fn sum(&self, measure: &str) -> Vec<(i64, i64)> {
        let mut days: BTreeMap<i64, i64> = BTreeMap::new();
        for (_, points) in self.0.iter().filter(|((m, _), _)| *m == measure) {
            for (day, value) in points {
                *days.entry(*day).or_default() += value;
            }
        }
        days.into_iter().collect()
    }

    /// Thousandths of one in another, day by day.
    fn share(&self, part: &[(i64, i64)], whole: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let whole: BTreeMap<i64, i64> = whole.iter().copied().collect();
        part.iter().filter_map(|(day, n)| Some((*day, (n * 1000).checked_div(*whole.get(day)?)?))).collect()
    }
}

fn series(page: &Page, by: &Points<'_>) -> Vec<Series> {
    let count = |n: i64| page.number(n);
    let percent = |n: i64| format!("{}.{}%", n / 10, n % 10);
    let minutes = |n: i64| page.span(n * 60_000);
    let postings = by.get(measure::POSTINGS, "");
    let merged: Vec<(i64, i64)> = {
        let active: BTreeMap<i64, i64> = by.get(measure::ACTIVE, "").iter().copied().collect();
        postings.iter().filter_map(|(day, n)| Some((*day, (n - active.get(day)?).max(0)))).collect()
    };
    let passed = by.get(measure::STEP, "settle.in").to_vec();
    let shown: Vec<(i64, i64)> = {
        let joined: BTreeMap<i64, i64> = by.get(measure::STEP, "settle.merged").iter().copied().collect();
        by.get(measure::STEP, "settle.published")
            .iter()
            .map(|(day, n)| (*day, n + joined.get(day).copied().unwrap_or(0)))
            .collect()
    };
    vec![
        drawn(page, "active", by.get(measure::ACTIVE, "").to_vec(), &count, false),
        drawn(page, "inflow", by.get(measure::INFLOW, "").to_vec(), &count, false),
        drawn(page, "closed", by.get(measure::CLOSED, "").to_vec(), &count, false),
        drawn(page, "duplicates", by.share(&merged, postings), &percent, false),
        drawn(page, "shown", by.share(&shown, &passed), &percent, false),
        drawn(page, "cases", by.sum(measure::CASES), &count, true),
        drawn(page, "age", by.get(measure::AGE, "").to_vec(), &minutes, true),
        drawn(page, "down", by.get(measure::DOWN, "").to_vec(), &count, true),
    ]
}

/// A line with its last value beside its end. With one day there is a dot.
fn drawn(
    page: &Page,
    key: &'static str,
    points: Vec<(i64, i64)>,
    word: &dyn Fn(i64) -> String,
    second: bool,
) -> Series {
    let (left, right, top, bottom) = (6.0, WIDE - 96.0, 12.0, HIGH - 26.0);
    let (low, high) = points.iter().fold((i64::MAX, i64::MIN), |(low, high), (_, n)| (low.min(*n), high.max(*n)));
    let spread = high.saturating_sub(low).max(1) as f64;
    let (first, last) = (points.first().map_or(0, |p| p.0), points.last().map_or(0, |p| p.0));
    let across = (last - first).max(1) as f64;
    let place = |(day, n): &(i64, i64)| {
        let x = if points.len() == 1 { right } else { left + (day - first) as f64 / across * (right - left) };
        let y = if high == low { (top + bottom) / 2.0 } else { bottom - (n - low) as f64 / spread * (bottom - top) };
        (x, y)
    };
    let class = if second { " second" } else { "" };
    let mut svg = format!(
        r#"<svg class="multiple" viewBox="0 0 {WIDE} {HIGH}" aria-hidden="true" focusable="false"><path class="axis" d="M{left} {bottom}H{right}"/>"#
    );
    let path: Vec<String> = points
        .iter()
        .map(|p| {
            let (x, y) = place(p);
            format!("{x:.1} {y:.1}")
        })
        .collect();
    let last_word = points.last().map_or_else(|| "–".to_owned(), |(_, n)| word(*n));
    if let Some(end) = points.last() {
        let (x, y) = place(end);
        if points.len() > 1 {
            // writing to a string cannot fail
            let _ = write!(svg, r#"<path class="line{class}" d="M{}"/>"#, path.join("L"));
            let _ =
                write!(svg, r#"<text class="small" x="{left}" y="{}">{}</text>"#, HIGH - 8.0, page.short_day(first));
        }
        let _ = write!(
            svg,
            r#"<circle class="dot{class}" cx="{x:.1}" cy="{y:.1}" r="4"/><text class="strong" x="{:.1}" y="{:.1}">{last_word}</text>"#,
            x + 9.0,
            y + 5.0
        );
        let _ = write!(
            svg,
            r#"<text class="small" x="{right}" y="{}" text-anchor="end">{}</text>"#,
            HIGH - 8.0,
            page.short_day(last)
        );
    }
    svg.push_str("</svg>");
    let points = points.iter().map(|(day, n)| (*day, word(*n))).collect();
    Series { key, last: last_word, svg, points }
}

/// Active vacancies by region, in the order of the map.
fn regions(by: &Points<'_>) -> Vec<(&'static str, i64)> {
    let parts = by.last(measure::ACTIVE, "region:");
    let of = |codes: &[&str]| {
        parts
            .iter()
            .filter(|(part, _)| codes.iter().any(|code| part.strip_prefix("region:") == Some(*code)))
            .map(|(_, n)| n)
            .sum()
    };
    REGIONS.iter().map(|(name, _, _, codes)| (*name, of(codes))).collect()
}

/// The regions as tiles, darker where there is more: four steps, each with the figure in it.
fn region_map(page: &Page, regions: &[(&'static str, i64)]) -> String {
    let most = regions.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let mut svg = r#"<svg class="regions" viewBox="0 0 420 340" aria-hidden="true" focusable="false">"#.to_owned();
    for ((name, column, row, _), (_, n)) in REGIONS.iter().zip(regions) {
        // a square root: Seoul and Gyeonggi would leave everything else at one step
        let step = ((*n as f64 / most as f64).sqrt() * 3.99).floor().clamp(0.0, 3.0);
        let (x, y) = ((column - 1) * 82, row * 56);
        let _ = write!(
            svg,
            r#"<rect class="heat-{step}" x="{x}" y="{y}" width="76" height="50" rx="4"/><text class="on-{step}" x="{}" y="{}" text-anchor="middle">{}</text><text class="on-{step}" x="{}" y="{}" text-anchor="middle">{}</text>"#,
            x + 38,
            y + 21,
            page.word("trend-region", name),
            x + 38,
            y + 39,
            page.number(n)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Bars of some parts, the longest first.
fn bars(page: &Page, mut parts: Vec<(String, i64)>, most_shown: usize, sorted: bool) -> Vec<Bar> {
    if sorted {
        parts.sort_by_key(|(name, n)| (-n, name.clone()));
    }
    parts.truncate(most_shown);
    let most = parts.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let all: i64 = parts.iter().map(|(_, n)| n).sum();
    parts
        .into_iter()
        .map(|(name, n)| Bar {
            name,
            value: format!("{} ({})", page.number(n), page.percent(n, all)),
            wide: (n * 260 / most).max(1),
        })
        .collect()
}

fn occupations(page: &Page, by: &Points<'_>) -> Vec<Bar> {
    let parts = by.last(measure::ACTIVE, "occupation:").into_iter();
    let named = parts.map(|(part, n)| {
        let digit = part.strip_prefix("occupation:").filter(|d| !d.is_empty()).unwrap_or("none");
        (page.word("trend-occupation", digit), n)
    });
    bars(page, named.collect(), BARS_SHOWN + 1, true)
}

/// What became of today's rows, in the order of the steps.
fn steps(page: &Page, by: &Points<'_>) -> Vec<Bar> {
    const STEPS: [&str; 9] = [
        "read.in",
        "read.unchanged",
        "read.failed",
        "settle.in",
        "settle.published",
        "settle.merged",
        "settle.held",
        "settle.rejected",
        "sweep.closed",
    ];
    let values: BTreeMap<&str, i64> = by.last(measure::STEP, "").into_iter().collect();
    let parts = STEPS.iter().map(|step| (page.word("trend-step", step), values.get(step).copied().unwrap_or(0)));
    let whole = values.get("read.in").copied().unwrap_or(0);
    let mut bars = bars(page, parts.collect(), STEPS.len(), false);
    for (bar, step) in bars.iter_mut().zip(STEPS) {
        let n = values.get(step).copied().unwrap_or(0);
        bar.value = format!("{} ({})", page.number(n), page.percent(n, whole));
    }
    bars
}

fn rules(page: &Page, by: &Points<'_>) -> Vec<Bar> {
    let parts = by.last(measure::RULE, "").into_iter().map(|(part, n)| {
        let (effect, rule) = part.split_once(':').unwrap_or(("", part));
        (format!("{} · {}", page.word("rule", rule), page.word("trend-effect", effect)), n)
    });
    bars(page, parts.collect(), BARS_SHOWN, true)
}

async fn export(State(console): State<Shared>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let points = load(&console, wanted.days.unwrap_or(DAYS).clamp(2, DAYS_MAX)).await?;
    csv_of("trend.csv", points.into_iter())
}
