//! What differs from family to family of a case's page: its verbs and reasons, findings, signs of closing, a stopped run.

use std::collections::BTreeSet;

use super::group::{Column, Group, short};
use crate::console::page::Page;
use crate::console::problem::Problem;
use crate::people::account;
use crate::review::case_view::DecisionView;
use crate::review::{CaseView, Family, Verb};
use crate::view::PostingId;
use crate::world::World;

/// Reasons one digit can name.
const REASONS_MAX: usize = 9;
/// Signs of closing that are shown.
const SIGNALS_MAX: usize = 30;
/// Postings of a stopped run that are shown.
const SAMPLES_MAX: usize = 10;
/// How long one may take back one's own decision: as long as a session lasts at most.
const OWN_UNDO_MS: i64 = 12 * 3_600_000;

/// A verb as a button.
pub(crate) struct VerbButton {
    pub(crate) value: &'static str,
    pub(crate) key: &'static str,
    pub(crate) letter: &'static str,
    pub(crate) label: String,
    pub(crate) confirm: String,
    pub(crate) class: &'static str,
    pub(crate) needs_reason: bool,
    pub(crate) asks: &'static str,
    pub(crate) chosen: bool,
}

/// A reason to choose.
pub(crate) struct Reason {
    pub(crate) code: String,
    pub(crate) digit: usize,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// A finding with its legal ground.
pub(crate) struct FindingLine {
    pub(crate) rule: String,
    pub(crate) source: String,
    pub(crate) field: String,
    pub(crate) effect: String,
    pub(crate) strong: bool,
    pub(crate) span: String,
    pub(crate) article: String,
}

/// A sign of closing.
pub(crate) struct SignalLine {
    pub(crate) at_ms: i64,
    pub(crate) at: String,
    pub(crate) source: String,
    pub(crate) what: String,
    pub(crate) closing: bool,
    /// It is a posting's, not a linked system's.
    pub(crate) posting: bool,
}

/// A part of a list, and what it lost.
pub(crate) struct PartLine {
    pub(crate) name: String,
    pub(crate) had: i64,
    pub(crate) lost: i64,
    pub(crate) usual: String,
    pub(crate) trips: bool,
}

/// A run whose closures were stopped.
pub(crate) struct Tripwire {
    pub(crate) at_once: i64,
    pub(crate) parts: Vec<PartLine>,
    pub(crate) words: String,
    pub(crate) would_close: i64,
    pub(crate) of: i64,
    pub(crate) run: i64,
    pub(crate) samples: Vec<(String, String)>,
    pub(crate) approved_by: Option<String>,
}

/// A decision that waits for its second person.
pub(crate) struct Waiting {
    pub(crate) words: String,
    /// Who looks may be that person.
    pub(crate) may: bool,
    pub(crate) to: String,
    pub(crate) approve: String,
}

/// The decision of a case that waits for its second person.
pub(crate) fn waiting(view: &CaseView, page: &Page) -> Option<Waiting> {
    let decision = view.history.iter().rev().find(|d| d.state == "proposed")?;
    let actor = page.actor.as_ref()?;
    let what = page.word("case-did", &decision.verb);
    Some(Waiting {
        words: page.put2("case-waiting", ("who", &decision.actor), ("what", &what)),
        may: actor.leads() && actor.name != decision.actor,
        to: format!("/decisions/{}/second", decision.id),
        approve: page.put("case-approve", "what", &what),
    })
}

/// The verbs of a family and the three that move a case: word, action of its key, letter, class, what it asks for.
pub(crate) fn verbs(family: Family, chosen: Option<&str>, page: &Page) -> Vec<VerbButton> {
    let button = |verb: Verb, key, letter, class, asks| VerbButton {
        value: verb.name(),
        key,
        letter,
        label: page.word("case-do", verb.name()),
        confirm: page.word("case-confirm", verb.name()),
        class,
        needs_reason: verb.needs_reason(),
        asks,
        chosen: chosen == Some(verb.name()),
    };
    let own = |verb: &Verb| match verb {
        Verb::Merge => button(*verb, "merge", "M", "", ""),
        Verb::Pick => button(*verb, "merge", "M", "", ""),
        Verb::Distinct | Verb::Clear | Verb::KeepOpen => button(*verb, "distinct", "N", "", ""),
        Verb::Block => button(*verb, "distinct", "N", "", ""),
        Verb::Hold => button(*verb, "close", "F", "", ""),
        Verb::Close => button(*verb, "close", "F", "danger", ""),
        Verb::Withdraw => button(*verb, "suspicious", "S", "danger", ""),
        Verb::Release => button(*verb, "close", "F", "danger", ""),
        Verb::Later => button(*verb, "hold", "H", "", "until"),
        Verb::HandOver => button(*verb, "handover", "A", "", "assignee"),
        Verb::Flag | Verb::Undo => button(*verb, "second", "P", "", ""),
    };
    let moves = [Verb::Later, Verb::HandOver, Verb::Flag];
    let mut buttons: Vec<VerbButton> = family.verbs().iter().map(own).collect();
    if matches!(family, Family::Duplicate | Family::Conflict) {
        buttons.extend(REPORTS.map(|(value, _, key, letter, class)| VerbButton {
            value,
            key,
            letter,
            label: page.word("case-do", value),
            confirm: page.word("case-confirm", value),
            class,
            needs_reason: false,
            asks: "",
            chosen: chosen == Some(value),
        }));
    }
    buttons.extend(moves.iter().map(own));
    buttons
}

/// What else somebody may notice on a case about something else: a question of another family is asked, and comes before
/// them at once. Word of the form, family, action of its key, letter, class.
const REPORTS: [(&str, Family, &str, &str, &str); 2] = [
    ("report_filled", Family::Filled, "close", "F", ""),
    ("report_suspicious", Family::Suspicious, "suspicious", "S", "danger"),
];

/// The family of the question that a report asks.
pub(crate) fn reported(word: &str) -> Option<Family> {
    REPORTS.iter().find(|(own, ..)| *own == word).map(|(_, family, ..)| *family)
}

/// The reasons that make sense for a family, in the order of their digits; the last one given is offered again.
pub(crate) fn reasons(family: Family, chosen: Option<&str>, allowed: &[String], page: &Page) -> Vec<Reason> {
    let list: &[&str] = match family {
        Family::Duplicate => &[
            "same_job",
            "same_text",
            "repost",
            "other_branch",
            "other_shift",
            "other_requisition",
            "other_date",
            "confirmed_by_phone",
            "other",
        ],
        Family::Conflict => {
            &["more_trusted", "newer", "confirmed_by_phone", "confirmed_by_office", "source_fault", "other"]
        }
        Family::Suspicious => &[
            "illegal_wage",
            "illegal_discrimination",
            "fraud",
            "harmless",
            "confirmed_by_phone",
            "confirmed_by_office",
            "source_fault",
            "other",
        ],
        Family::Filled => {
            &["filled", "expired", "not_filled", "confirmed_by_phone", "confirmed_by_office", "source_fault", "other"]
        }
        Family::Tripwire => &["source_fault", "real_drop", "confirmed_by_phone", "other"],
    };
    let fits = list.iter().filter(|code| allowed.iter().any(|own| own == *code)).take(REASONS_MAX);
    fits.enumerate()
        .map(|(at, code)| Reason {
            code: (*code).to_owned(),
            digit: at + 1,
            label: page.word("case-reason", code),
            chosen: chosen == Some(*code),
        })
        .collect()
}

/// When a case may come back.
pub(crate) fn hold_choices(page: &Page) -> Vec<(&'static str, String)> {
    [
        ("hour", "case-hold-hour"),
        ("evening", "case-hold-evening"),
        ("tomorrow", "case-hold-tomorrow"),
        ("week", "case-hold-week"),
    ]
    .into_iter()
    .map(|(value, key)| (value, page.say(key)))
    .collect()
}

/// Everybody else who decides cases.
///
/// # Errors
/// When the store fails.
pub(crate) async fn colleagues(world: &World, own: &str) -> Result<Vec<String>, Problem> {
    let all = account::all(world).await?;
    Ok(all.into_iter().filter(|a| a.person.name != own && a.actor().decides()).map(|a| a.person.name).collect())
}

/// What a case is about, for its heading.
pub(crate) fn subject(group: &Group, view: &CaseView, page: &Page) -> String {
    let made = group.subject();
    if !made.is_empty() {
        return made;
    }
    match &view.source {
        Some(source) => source_title(source),
        None if view.title.is_empty() => page.say(&format!("case-family-{}", view.family)),
        None => view.title.clone(),
    }
}

/// A source's title by its name.
pub(crate) fn source_title(name: &str) -> String {
    adapters::catalog().get(name).map_or_else(|| name.to_owned(), |source| source.title().to_owned())
}

/// A number that is only compared with others: two digits that count.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => crate::console::format::number(value.round() as i64),
        v if v >= 10.0 => format!("{value:.0}"),
        v if v >= 1.0 => format!("{value:.1}"),
        v if v >= 0.01 || v == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// The findings, those that hold or reject first.
pub(crate) fn findings(view: &CaseView, columns: &[Column], page: &Page) -> Vec<FindingLine> {
    let rank = |effect: &str| ["rejects", "holds", "reviews", "lowers", "none"].iter().position(|e| *e == effect);
    let mut found: Vec<_> = view.findings.iter().collect();
    found.sort_by_key(|f| rank(&f.finding.effect));
    let mut seen = BTreeSet::new();
    found.retain(|f| seen.insert((&f.finding.rule, &f.finding.span, f.posting.0)));
    found
        .into_iter()
        .map(|f| FindingLine {
            rule: page.word("case-vetting", &f.finding.rule),
            source: view
                .columns
                .iter()
                .position(|c| c.posting == f.posting)
                .and_then(|at| columns.get(at))
                .map(|c| c.source.clone())
                .unwrap_or_default(),
            field: page.word("case-field", &f.finding.field),
            effect: page.word("case-effect", &f.finding.effect),
            strong: matches!(f.finding.effect.as_str(), "rejects" | "holds"),
            span: f.finding.span.clone(),
            article: f.finding.article.clone().unwrap_or_default(),
        })
        .collect()
}

/// What each source and each linked system says about whether the job is still there, in the order it was said.
///
/// # Errors
/// When the store fails.
pub(crate) async fn signals(
    world: &World,
    group: &Group,
    view: &CaseView,
    page: &Page,
) -> Result<Vec<SignalLine>, Problem> {
    if view.family != Family::Filled {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for seat in &group.seats {
        let closing = seat.row.state != "open";
        let state = page.word("case-state", &seat.row.state);
        let what = match &seat.row.reason {
            Some(reason) => format!("{state} — {}", page.word("case-sign", reason)),
            None => state,
        };
        let at_ms = seat.row.closed_ms.unwrap_or(seat.row.changed_ms);
        lines.push(SignalLine {
            at_ms,
            at: page.when(at_ms),
            source: seat.title.clone(),
            what,
            closing,
            posting: true,
        });
    }
    let numbers: BTreeSet<&str> = group.seats.iter().filter_map(|s| s.row.business_number.as_deref()).collect();
    for number in numbers {
        for signal in world.store.signals_about(number).await? {
            let source = source_title(crate::view::source_name(world, signal.source));
            let what = signal.code.as_deref().map(|code| page.word("case-sign", code)).unwrap_or_default();
            lines.push(SignalLine {
                at: page.when(signal.changed_ms),
                at_ms: signal.changed_ms,
                source,
                what,
                closing: true,
                posting: false,
            });
        }
    }
    lines.sort_by_key(|line| line.at_ms);
    lines.truncate(SIGNALS_MAX);
    Ok(lines)
}

/// How many of the postings point to closed.
pub(crate) fn signals_words(lines: &[SignalLine], page: &Page) -> String {
    let postings = lines.iter().filter(|line| line.posting);
    let closing = postings.clone().filter(|line| line.closing).count();
    page.put2("case-signals-words", ("n", postings.count()), ("closed", closing))
}

/// What a stopped run would have done.
///
/// # Errors
/// When the store fails.
pub(crate) async fn tripwire(world: &World, view: &CaseView, page: &Page) -> Result<Option<Tripwire>, Problem> {
    let (Family::Tripwire, Some(run)) = (view.family, view.run) else { return Ok(None) };
    let certificate = &view.about["certificate"];
    let number = |key: &str| certificate[key].as_i64();
    let source = view.source.clone().unwrap_or_default();
    let received = number("distinct").or_else(|| number("received")).unwrap_or(0);
    let before = number("previous").unwrap_or(0);
    let number_of = crate::pipeline::source_number(&source);
    let seen: rustc_hash::FxHashSet<i64> =
        world.store.seen_in(run).await?.into_iter().flat_map(|(_, ids)| ids).collect();
    let open = world.store.open_of(number_of).await?;
    let missing: Vec<i64> = open.iter().copied().filter(|id| !seen.contains(id)).collect();
    let share = page.percent((before - received).max(0), before);
    let mut samples = Vec::new();
    for id in missing.iter().take(SAMPLES_MAX) {
        if let Some(row) = world.store.posting(*id).await? {
            let title = crate::view::body_of(&row)?.posting.title;
            samples.push((format!("/postings/{}", PostingId(*id)), short(&title)));
        }
    }
    let proposed = view.history.iter().rev().find(|d| d.state == "proposed");
    Ok(Some(Tripwire {
        words: page.put2("case-tripwire-words", ("source", source_title(&source)), ("percent", share)),
        would_close: i64::try_from(missing.len()).unwrap_or(i64::MAX),
        at_once: view.about["would_close"].as_i64().unwrap_or(0),
        parts: parts_of(view, page),
        of: i64::try_from(open.len()).unwrap_or(i64::MAX),
        run,
        samples,
        approved_by: proposed.map(|d| d.actor.clone()),
    }))
}

fn parts_of(view: &CaseView, page: &Page) -> Vec<PartLine> {
    let parts = view.about["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    parts
        .iter()
        .map(|part| {
            let name = part["name"].as_str().unwrap_or_default();
            PartLine {
                name: if name.is_empty() { page.say("case-tripwire-whole") } else { name.to_owned() },
                had: part["had"].as_i64().unwrap_or(0),
                lost: part["lost"].as_i64().unwrap_or(0),
                usual: format!("{:.1}%", part["expected"].as_f64().unwrap_or(0.0) * 100.0),
                trips: part["trips"].as_bool().unwrap_or(false),
            }
        })
        .collect()
}

/// Why a case is asked, in the reader's language; the asker's own words where they are a person's.
pub(crate) fn why(view: &CaseView, page: &Page) -> String {
    let word = |key: &str| view.about[key].as_str();
    if view.about["by_hand"].as_bool() == Some(true) {
        return view.why.clone();
    }
    match view.family {
        Family::Duplicate if word("rule") == Some("audit") => page.say("case-asked-audit"),
        Family::Duplicate if view.about["millibits"].is_i64() => page.say("case-asked-duplicate"),
        Family::Conflict if word("field").is_some() => {
            page.put("case-asked-conflict", "field", page.word("case-field", word("field").unwrap_or_default()))
        }
        Family::Suspicious if word("rule").is_some() => page.put2(
            "case-asked-suspicious",
            ("rule", page.word("case-vetting", word("rule").unwrap_or_default())),
            ("field", page.word("case-field", word("field").unwrap_or_default())),
        ),
        Family::Filled => page.say("case-asked-filled"),
        Family::Tripwire => page.say("case-asked-tripwire"),
        _ => view.why.clone(),
    }
}

/// Whether who looks may take a decision back: their own while their session lasts, anybody's for who leads.
pub(crate) fn may_undo(decision: &DecisionView, page: &Page) -> bool {
    let Some(actor) = &page.actor else { return false };
    let own = decision.actor == actor.name && page.now_ms - decision.at_ms < OWN_UNDO_MS;
    let stands = matches!(decision.state.as_str(), "standing" | "second" | "proposed");
    let answers = decision.verb.parse::<Verb>().is_ok_and(Verb::answers);
    stands && answers && (own || actor.leads())
}
