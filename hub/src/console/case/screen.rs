//! The page of one case: from what the review engine says of it, and what its postings say, to what is on the screen.

use super::answer::{self, Draft};
use super::compare::{Agreement, Row};
use super::evidence::{self, Evidence};
use super::group::{Column, Earlier, Extra, Group, short};
use super::parts::{self, Reason, VerbButton};
use super::spelling::Part;
use super::values::label;
use super::where_to::Way;
use crate::console::page::Page;
use crate::console::problem::Problem;
use crate::review::{self, CaseView, Family, ReviewError};
use crate::view::PostingId;
use crate::world::World;
use askama::Template;

/// A lease with less than this left is near its end.
const NEAR_MS: i64 = 60 * 60_000;

/// A row of the comparison as it is shown.
pub(crate) struct RowView {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) class: &'static str,
    /// The case is about this field.
    pub(crate) asked: bool,
    pub(crate) differs: bool,
    pub(crate) spelt: bool,
    /// Shown at once; the others are folded away.
    pub(crate) shown: bool,
    pub(crate) pick: bool,
    /// Whether a value can be typed.
    pub(crate) typed: bool,
    pub(crate) typed_text: String,
    /// `rule`, `typed` or a posting.
    pub(crate) chosen: String,
    pub(crate) golden: String,
    pub(crate) rule: Option<String>,
    pub(crate) from: String,
    pub(crate) cells: Vec<CellView>,
}

/// A cell of it.
pub(crate) struct CellView {
    pub(crate) nr: usize,
    pub(crate) value: String,
    pub(crate) source: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) converted: Option<String>,
    pub(crate) raw: Option<String>,
}

/// What was just done.
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) decision: Option<i64>,
    pub(crate) undo_to: String,
}

/// Why nothing was done.
#[derive(Default)]
pub(crate) struct Trouble {
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) do_this: String,
    pub(crate) changes: Vec<Changed>,
}

/// One thing that changed meanwhile.
pub(crate) struct Changed {
    pub(crate) what: String,
    pub(crate) before: String,
    pub(crate) now: String,
}

/// Past decisions alike.
pub(crate) struct SimilarView {
    pub(crate) title: String,
    pub(crate) mix: String,
    pub(crate) lines: Vec<SimilarLine>,
}

/// One of them.
pub(crate) struct SimilarLine {
    pub(crate) verb: String,
    pub(crate) what: String,
    pub(crate) who: String,
    pub(crate) to: String,
}

/// A line of the history.
pub(crate) struct HistoryLine {
    pub(crate) verb: String,
    pub(crate) reason: String,
    pub(crate) who: String,
    pub(crate) at: String,
    pub(crate) state: String,
    pub(crate) note: Option<String>,
    pub(crate) undo_to: Option<String>,
}

#[derive(Template)]
#[template(path = "case.html")]
pub(super) struct CaseScreen<'a> {
    page: &'a Page,
    id: String,
    family: String,
    family_key: String,
    subject: String,
    question: String,
    state_key: String,
    why_asked: String,
    differing: usize,
    closed: usize,
    blind: bool,
    score: String,
    value: String,
    risk: String,
    urgency: String,
    due: String,
    due_at: String,
    late: bool,
    near: bool,
    mine: bool,
    not_mine: String,
    lease_left_ms: Option<i64>,
    lease_left: String,
    extend_to: String,
    said: Option<Said>,
    trouble: Option<Trouble>,
    columns: Vec<Column>,
    extra: Vec<Extra>,
    extra_postings: usize,
    rows: Vec<RowView>,
    equal: usize,
    versions: Vec<Earlier>,
    evidence: Option<Evidence>,
    similar: Option<SimilarView>,
    suggestion: Option<(String, String)>,
    history: Vec<HistoryLine>,
    findings: Vec<parts::FindingLine>,
    signals: Vec<parts::SignalLine>,
    signals_words: String,
    tripwire: Option<parts::Tripwire>,
    /// Percent, where the question comes with a probability.
    chance: Option<i64>,
    waiting: Option<parts::Waiting>,
    verbs: Vec<VerbButton>,
    reasons: Vec<Reason>,
    hold_choices: Vec<(&'static str, String)>,
    colleagues: Vec<String>,
    stickable: bool,
    scoped: bool,
    token: String,
    shown_ms: i64,
    note: String,
    decide_to: String,
    bulk_to: String,
    next_to: String,
    previous_to: String,
}

/// What a page of a case is asked for with.
pub(super) struct Asked<'a> {
    pub(super) case: i64,
    /// The one who looks has it before them.
    pub(super) mine: bool,
    /// Why not, where not.
    pub(super) not_mine: String,
    pub(super) way: &'a Way,
    pub(super) draft: Draft,
    pub(super) said: Option<Said>,
    pub(super) trouble: Option<Trouble>,
    /// The machine's present, for the time on screen.
    pub(super) shown_ms: i64,
}

/// Builds the page.
///
/// # Errors
/// When there is no such case, or the store fails.
pub(super) async fn build<'a>(world: &World, page: &'a Page, asked: Asked<'_>) -> Result<CaseScreen<'a>, Problem> {
    let actor = page.actor()?;
    let view = review::view(world, actor, asked.case).await.map_err(problem)?;
    let ids: Vec<i64> = view.columns.iter().map(|c| c.posting.0).collect();
    let mut vacancies: Vec<i64> = view.columns.iter().map(|c| c.vacancy.0).collect();
    vacancies.sort_unstable();
    vacancies.dedup();
    let group = Group::load(world, &vacancies, &ids, true).await?;
    let columns = group.columns(world, page).await?;
    let extra = group.extra(page);
    let draft = if asked.draft.is_empty() { draft_of(&view) } else { asked.draft };
    let compared = group.rows(page);
    let mut rows: Vec<RowView> = compared.into_iter().map(|row| row_view(row, &columns, &draft, page, &view)).collect();
    // what is asked is answered first
    rows.sort_by_key(|row| !row.asked);
    let evidence = view.explanation.as_ref().filter(|_| !view.blind).map(|e| evidence::of(e, pair(&columns), page));
    let left_ms = view.lease.as_ref().map(|lease| (lease.expires_ms - page.now_ms).max(0)).filter(|_| asked.mine);
    let signals = parts::signals(world, &group, &view, page).await?;
    let to_due = view.due_ms - page.now_ms;
    let chosen = draft.verb.clone().or_else(|| (view.family == Family::Conflict).then(|| "pick".to_owned()));
    let subject = parts::subject(&group, &view, page);
    Ok(CaseScreen {
        family: view.family.name().to_owned(),
        family_key: format!("case-family-{}", view.family),
        question: page.say(&format!("case-question-{}", view.family)),
        state_key: if view.state == "open" { String::new() } else { format!("case-state-{}", view.state) },
        why_asked: parts::why(&view, page),
        differing: rows.iter().filter(|r| r.differs).count(),
        closed: columns.iter().filter(|c| c.closed).count(),
        score: parts::figure(view.score),
        value: parts::figure(view.value),
        risk: parts::figure(view.risk),
        urgency: parts::figure(view.urgency),
        due: if to_due < 0 {
            page.put("case-due-late", "span", page.span(-to_due))
        } else {
            page.put("case-due-left", "span", page.span(to_due))
        },
        due_at: page.when(view.due_ms),
        late: to_due < 0,
        near: to_due < NEAR_MS,
        mine: asked.mine,
        not_mine: asked.not_mine,
        lease_left: left_ms.map(minutes_left).unwrap_or_default(),
        lease_left_ms: left_ms,
        extend_to: format!("/cases/{}/lease", view.id),
        said: asked.said,
        trouble: asked.trouble,
        extra_postings: group.seats.len().saturating_sub(columns.len()),
        equal: rows.iter().filter(|r| !r.shown).count(),
        versions: group.earlier(world, page).await?,
        evidence,
        similar: similar(&view, page),
        suggestion: view.suggestion.as_ref().map(|s| {
            let sure = format!("({}%)", (s.confidence + 5) / 10);
            (page.word("case-do", s.verb.name()), sure)
        }),
        history: history(&view, page),
        findings: parts::findings(&view, &columns, page),
        signals_words: parts::signals_words(&signals, page),
        signals,
        tripwire: parts::tripwire(world, &view, page).await?,
        chance: view.about["probability"].as_f64().map(|p| (p * 100.0).round() as i64),
        waiting: parts::waiting(&view, page),
        verbs: parts::verbs(view.family, chosen.as_deref(), page),
        reasons: parts::reasons(
            view.family,
            draft.reason.as_deref().or(page.choices.last_reason.as_deref()),
            &world.settings.review.reasons,
            page,
        ),
        hold_choices: parts::hold_choices(page),
        colleagues: parts::colleagues(world, &actor.name).await?,
        stickable: matches!(view.family, Family::Duplicate | Family::Conflict | Family::Suspicious),
        scoped: view.family == Family::Duplicate,
        token: view.token.clone(),
        shown_ms: asked.shown_ms,
        note: draft.note.clone().unwrap_or_default(),
        decide_to: asked.way.onto(&format!("/cases/{}", view.id)),
        bulk_to: format!("/bulk/new?case={}", view.id),
        next_to: asked.way.onto(&format!("/cases/next?after={}", view.id)),
        previous_to: asked.way.onto(&format!("/cases/previous?before={}", view.id)),
        blind: view.blind,
        id: view.id,
        page,
        subject,
        columns,
        extra,
        rows,
    })
}

/// What the one who looks had begun to answer before.
fn draft_of(view: &CaseView) -> Draft {
    view.draft.clone().and_then(|draft| serde_json::from_value(draft).ok()).unwrap_or_default()
}

fn pair(columns: &[Column]) -> String {
    columns.iter().take(2).map(|c| format!("{} {}", c.nr, c.source)).collect::<Vec<_>>().join(" · ")
}

/// `9:41`.
fn minutes_left(ms: i64) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1000 % 60)
}

fn row_view(row: Row, columns: &[Column], draft: &Draft, page: &Page, view: &CaseView) -> RowView {
    let name = row.field.name;
    // the field a conflict is about is never folded away
    let asked = view.about["field"].as_str() == Some(name);
    let differs = row.agreement == Agreement::Differs;
    let from = row.from.map(|id| match columns.iter().zip(&row.cells).find(|(_, cell)| cell.posting == id) {
        Some((column, _)) => column.source.clone(),
        None => String::new(),
    });
    let cells = row.cells.into_iter().zip(columns).map(|(cell, column)| CellView {
        nr: column.nr,
        value: PostingId(cell.posting).to_string(),
        source: column.source.clone(),
        parts: cell.parts,
        converted: cell.converted,
        raw: cell.raw.map(|raw| short(&raw)),
    });
    let (chosen, typed_text) = draft.pick(name);
    RowView {
        label: label(page.lang, name),
        class: match (asked, differs) {
            (true, _) => "differs asked-row",
            (false, true) => "differs",
            (false, false) => "",
        },
        asked,
        differs,
        spelt: row.agreement == Agreement::Spelling,
        shown: differs || asked || matches!(name, "hiring_organization" | "title" | "base_salary" | "job_location"),
        pick: row.field.pick && view.family != Family::Tripwire,
        typed: row.field.pick && answer::can_type(name),
        typed_text,
        chosen,
        golden: short(&row.golden),
        rule: row.rule,
        from: from.unwrap_or_default(),
        cells: cells.collect(),
        name,
    }
}

fn similar(view: &CaseView, page: &Page) -> Option<SimilarView> {
    let similar = view.similar.as_ref()?;
    let mix = similar.outcomes.iter().take(3).map(|(verb, n, _)| {
        let share = page.percent(i64::try_from(*n).unwrap_or(0), i64::try_from(similar.total).unwrap_or(0));
        page.put2("case-similar-mix", ("verb", page.word("case-did", verb)), ("percent", share))
    });
    Some(SimilarView {
        title: page.count("case-similar", similar.total),
        mix: mix.collect::<Vec<_>>().join(" · "),
        lines: similar
            .nearest
            .iter()
            .map(|near| SimilarLine {
                verb: page.word("case-did", &near.verb),
                what: near.case.chars().take(9).collect(),
                who: format!(
                    "{} {}{}",
                    page.short_day(near.at_ms),
                    near.actor,
                    if near.stands { String::new() } else { format!(" · {}", page.say("case-decision-undone")) }
                ),
                to: format!("/cases/{}", near.case),
            })
            .collect(),
    })
}

fn history(view: &CaseView, page: &Page) -> Vec<HistoryLine> {
    let who = |d: &review::case_view::DecisionView| match &d.approved_by {
        Some(second) => format!("{} + {second}", d.actor),
        None => d.actor.clone(),
    };
    view.history
        .iter()
        .map(|d| HistoryLine {
            verb: page.word("case-did", &d.verb),
            reason: if d.reason.is_empty() { String::new() } else { page.word("case-reason", &d.reason) },
            who: who(d),
            at: page.when(d.at_ms),
            state: if d.state == "standing" { String::new() } else { page.word("case-decision", &d.state) },
            note: d.note.clone(),
            undo_to: parts::may_undo(d, page).then(|| format!("/decisions/{}", d.id)),
        })
        .collect()
}

/// What the review engine refuses, as a problem of its own page; a conflict has a page that shows what changed.
pub(super) fn problem(error: ReviewError) -> Problem {
    match error {
        ReviewError::Store(error) => Problem::from(error),
        ReviewError::NoCase(_) | ReviewError::NoDecision(_) => Problem::new(404, "nowhere"),
        ReviewError::NotAllowed(_) => Problem::new(403, "forbidden"),
        ReviewError::Invalid(why) => Problem::new(422, "unfit").because(why),
        _ => Problem::new(409, "changed"),
    }
}

/// What changed, field by field where a posting says something else now.
pub(super) async fn changes(world: &World, page: &Page, changes: &[review::Change]) -> Result<Vec<Changed>, Problem> {
    let mut out: Vec<Changed> = Vec::new();
    for change in changes {
        let what = match change.id {
            0 => page.word("case-changed", &change.what),
            id => {
                let row = world.store.posting(id).await?;
                let name = row.map(|r| crate::view::source_name(world, r.source).to_owned()).unwrap_or_default();
                format!("{} {name}", page.word("case-changed", &change.what.replace(' ', "-")))
            }
        };
        let word = |text: &str| {
            if change.what == "case" || change.what == "state" {
                page.word("case-state", text)
            } else {
                text.to_owned()
            }
        };
        out.push(Changed { what, before: word(&change.was), now: word(&change.now) });
    }
    Ok(out)
}
