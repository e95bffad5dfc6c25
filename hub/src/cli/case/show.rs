//! `case show` and `case stats` for a person: tables and bars of text.

use anyhow::Result;
use serde_json::json;

use super::super::context::{Code, Ctx, cut, facts, minute, table};
use super::refused;
use crate::people::Actor;
use crate::review::case_view::{CaseView, DecisionView, Differs};
use crate::review::stats::{Pace, Share};
use crate::review::{self, Leased};
use crate::view::time;

/// Characters of a cell.
const CELL_CHARS: usize = 40;
/// Postings beside each other; the others are counted.
const COLUMNS: usize = 5;
/// Characters of the widest bar.
const BAR_CHARS: f64 = 24.0;

/// Header of a table of decisions.
pub(super) const DECISION_HEADER: [&str; 9] =
    ["decision", "case", "family", "verb", "state", "reason", "by", "at", "second"];

/// A decision as a row of that table.
pub(super) fn decision_row(d: &DecisionView) -> Vec<String> {
    let verb = d.undoes.map_or_else(|| d.verb.clone(), |of| format!("{} {of}", d.verb));
    vec![
        d.id.to_string(),
        d.case.clone(),
        d.family.clone(),
        verb,
        d.state.clone(),
        d.reason.clone(),
        d.actor.clone(),
        minute(d.at_ms),
        d.approved_by.clone().unwrap_or_default(),
    ]
}

/// Shows a case.
pub(super) async fn show(ctx: &Ctx, actor: &Actor, case: i64, leased: Option<&Leased>) -> Result<Code> {
    let view = review::view(&ctx.world, actor, case).await.map_err(refused)?;
    if ctx.json {
        ctx.print_json(&view)?;
        return Ok(Code::Ok);
    }
    print(ctx, &view)?;
    if let Some(leased) = leased {
        ctx.say(&format!(
            "\nyours until {}; `jobhub case extend {}` keeps it longer",
            time(leased.expires_ms),
            view.id
        ));
    }
    let verbs: Vec<&str> = view.verbs.iter().map(|verb| verb.name()).collect();
    ctx.say(&format!("answer: `jobhub case decide {} {}`", view.id, verbs.join("|")));
    Ok(Code::Ok)
}

fn print(ctx: &Ctx, view: &CaseView) -> Result<()> {
    let suggestion = view.suggestion.as_ref().map(|s| {
        let because: Vec<String> =
            s.because.iter().map(|b| b["code"].as_str().unwrap_or_default().to_owned()).collect();
        format!("{} ({:.0} %: {})", s.verb, f64::from(s.confidence) / 10.0, because.join(", "))
    });
    let score =
        format!("{:.2} = value {:.1} × risk {:.3} × urgency {:.3}", view.score, view.value, view.risk, view.urgency);
    let lease = view.lease.as_ref().map(|l| format!("{} until {}, {}", l.holder, time(l.expires_ms), l.slot));
    ctx.out.line(&facts(&[
        ("case", format!("{} {}, {}", view.id, view.family, view.state)),
        ("about", cut(&view.title, 100)),
        ("why", view.why.clone()),
        ("score", if view.blind { String::new() } else { score }),
        ("opened", time(view.opened_ms)),
        ("due", time(view.due_ms)),
        ("source", view.source.clone().unwrap_or_default()),
        ("run", view.run.map(|run| run.to_string()).unwrap_or_default()),
        ("leased", lease.unwrap_or_default()),
        (
            "blind",
            if view.blind { "yes: score, suggestion and past decisions are hidden".to_owned() } else { String::new() },
        ),
        ("suggestion", suggestion.unwrap_or_default()),
        ("token", view.token.clone()),
    ]))?;
    print_postings(ctx, view)?;
    print_explanation(ctx, view)?;
    if !view.findings.is_empty() {
        let rows = view.findings.iter().map(|f| {
            let article = f.finding.article.clone().unwrap_or_default();
            vec![
                f.posting.to_string(),
                f.finding.rule.clone(),
                f.finding.effect.clone(),
                cut(&f.finding.span, 60),
                article,
            ]
        });
        ctx.out.line(&format!("\n{}", table(&["posting", "rule", "effect", "evidence", "law"], rows)))?;
    }
    if let Some(similar) = view.similar.as_ref().filter(|s| s.total > 0) {
        let mix: Vec<String> = similar
            .outcomes
            .iter()
            .map(
                |(verb, n, gone)| if *gone > 0 { format!("{verb} {n} ({gone} undone)") } else { format!("{verb} {n}") },
            )
            .collect();
        ctx.out.line(&format!("\n{} past decisions on cases like this: {}", similar.total, mix.join(", ")))?;
        let rows = similar.nearest.iter().map(|s| {
            let employer = if s.same_employer { "same employer" } else { "" };
            vec![
                s.case.clone(),
                s.verb.clone(),
                s.actor.clone(),
                minute(s.at_ms),
                s.distance.to_string(),
                employer.to_owned(),
            ]
        });
        ctx.out.line(&table(&["case", "verb", "by", "at", "differs in", ""], rows))?;
    }
    if !view.history.is_empty() {
        ctx.out.line(&format!("\n{}", table(&DECISION_HEADER, view.history.iter().map(decision_row))))?;
    }
    Ok(())
}

fn print_postings(ctx: &Ctx, view: &CaseView) -> Result<()> {
    if view.columns.is_empty() {
        return Ok(());
    }
    let rows = view.columns.iter().enumerate().map(|(at, c)| {
        let same = c.same_as.map(|of| format!("says what {} says", of + 1)).unwrap_or_default();
        vec![
            (at + 1).to_string(),
            c.posting.to_string(),
            format!("{}/{}", c.source, c.external_id),
            c.trust.to_string(),
            format!("{}, {}", c.state, c.verdict),
            c.vacancy.to_string(),
            minute(c.changed_ms),
            same,
        ]
    });
    let header = ["", "posting", "of", "trust", "state", "vacancy", "changed", ""];
    ctx.out.line(&format!("\n{}", table(&header, rows)))?;
    let shown = view.columns.len().min(COLUMNS);
    let mut header = vec!["field".to_owned(), "differs".to_owned(), "record".to_owned(), "because".to_owned()];
    header.extend((1..=shown).map(|n| n.to_string()));
    let (unequal, equal): (Vec<_>, Vec<_>) = view.rows.iter().partition(|row| row.differs != Differs::Equal);
    let rows = unequal.iter().map(|row| {
        let golden = row.golden.as_ref();
        let mut line = vec![
            row.field.to_owned(),
            json!(row.differs).as_str().unwrap_or_default().to_owned(),
            golden.map(|g| cut(&g.text, CELL_CHARS)).unwrap_or_default(),
            golden.map(|g| g.rule.clone()).unwrap_or_default(),
        ];
        line.extend(row.cells.iter().take(shown).map(|cell| {
            cell.as_ref().map_or_else(
                || "–".to_owned(),
                |c| if c.chosen { format!("● {}", cut(&c.text, CELL_CHARS)) } else { cut(&c.text, CELL_CHARS) },
            )
        }));
        line
    });
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    ctx.out.line(&format!("\n{}", table(&names, rows)))?;
    let fields: Vec<&str> = equal.iter().map(|row| row.field).collect();
    let more = view.columns.len() - shown;
    let more = if more > 0 { format!("; {more} more postings") } else { String::new() };
    ctx.say(&format!(
        "the same in all: {}{more}",
        if fields.is_empty() { "nothing".to_owned() } else { fields.join(", ") }
    ));
    Ok(())
}

/// The waterfall: a bar for each comparison, with the lines at which people are asked and the rules join.
fn print_explanation(ctx: &Ctx, view: &CaseView) -> Result<()> {
    let Some(e) = &view.explanation else { return Ok(()) };
    let widest = e.rows.iter().map(|r| r.millibits.abs()).chain([e.prior.abs(), 1]).max().unwrap_or(1);
    let bar = |millibits: i32| {
        let length = (f64::from(millibits.abs()) / f64::from(widest) * BAR_CHARS).ceil() as usize;
        if millibits < 0 { "−".repeat(length) } else { "+".repeat(length) }
    };
    let bits = |millibits: i32| format!("{:+.1}", f64::from(millibits) / 1000.0);
    let mut sum = e.prior;
    let mut rows = vec![vec!["prior".to_owned(), String::new(), bits(e.prior), bar(e.prior), bits(sum)]];
    for row in e.rows.iter().filter(|row| row.level != "unknown") {
        sum += row.millibits;
        rows.push(vec![
            row.comparison.to_owned(),
            row.level.to_owned(),
            bits(row.millibits),
            bar(row.millibits),
            bits(sum),
        ]);
    }
    ctx.out.line(&format!("\n{}", table(&["comparison", "level", "bits", "", "sum"], rows)))?;
    let veto = e.veto.map(|why| format!("; never joined by the rules: {why}")).unwrap_or_default();
    let contrary = e.contrary.map(|what| format!("; most against it: {what}")).unwrap_or_default();
    ctx.say(&format!(
        "{} bits, {:.2} %; asked from {}, joined from {}{veto}{contrary}",
        bits(e.sum),
        100.0 * review::ask::probability(e.sum),
        bits(e.grey),
        bits(e.auto)
    ));
    Ok(())
}

/// Shows how the review goes.
pub(super) async fn stats(ctx: &Ctx, actor: &Actor, days: i64) -> Result<Code> {
    let since = ctx.world.clock.now() - chrono::Duration::days(days);
    let stats = review::stats(&ctx.world, actor, since.timestamp_millis()).await.map_err(refused)?;
    if ctx.json {
        ctx.print_json(&stats)?;
        return Ok(Code::Ok);
    }
    let header = ["", "decisions", "an hour", "s p50", "s p90", "suggestion taken", "again in 7 days", "undone"];
    let team = std::iter::once(("team".to_owned(), &stats.team));
    let families = stats.families.iter().map(|(name, pace)| (name.clone(), pace));
    let people = stats.people.iter().map(|(name, pace)| (name.clone(), pace));
    ctx.out.line(&table(&header, team.chain(families).chain(people).map(|(name, pace)| pace_row(name, pace))))?;
    let rows = stats.backlog.iter().map(|(family, w)| {
        [w.open, w.late, w.held, w.proposed, w.second, w.disputed].iter().fold(vec![family.clone()], |mut row, n| {
            row.push(n.to_string());
            row
        })
    });
    let header = ["waiting", "open", "late", "put off", "for a second person", "for a second opinion", "disputed"];
    ctx.out.line(&format!("\n{}", table(&header, rows)))?;
    let number = |n: Option<f64>| n.map(|n| format!("{n:.2}")).unwrap_or_default();
    ctx.out.line(&format!(
        "\n{}",
        facts(&[
            ("decided twice", stats.blind.pairs.to_string()),
            ("they agree", share(stats.blind.agree)),
            ("Cohen's κ", number(stats.blind.kappa)),
            ("in time", share(stats.in_time)),
            ("waiting, p90", stats.backlog_age_hours_p90.map(|h| format!("{h:.1} h")).unwrap_or_default()),
            ("joined by the rules", stats.auto_share.map(|s| format!("{:.1} %", 100.0 * s)).unwrap_or_default()),
            ("of them right", share(stats.auto_precision)),
        ])
    ))?;
    Ok(Code::Ok)
}

fn pace_row(name: String, pace: &Pace) -> Vec<String> {
    let number = |n: Option<f64>| n.map(|n| format!("{n:.1}")).unwrap_or_default();
    vec![
        name,
        pace.decisions.to_string(),
        number(pace.an_hour),
        number(pace.seconds_p50),
        number(pace.seconds_p90),
        share(pace.accepted),
        share(pace.reopened),
        share(pace.undone),
    ]
}

fn share(share: Option<Share>) -> String {
    share.map_or_else(String::new, |s| {
        format!("{:.1} % of {} ({:.1} to {:.1})", 100.0 * s.share, s.of, 100.0 * s.low, 100.0 * s.high)
    })
}
