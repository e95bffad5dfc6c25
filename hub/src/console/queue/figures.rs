//! The figures above the queue: one's own speed, which only oneself sees, and how the team is doing.

use crate::console::page::Page;
use crate::console::problem::Problem;
use crate::console::{Console, format};
use crate::people::Actor;
use crate::review::stats::Share;
use crate::review::{self, ReviewError, Verb};
use crate::world::World;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// An hour in milliseconds.
const HOUR_MS: i64 = 3_600_000;
/// The team's figures are of so many days.
const TEAM_DAYS: i64 = 7;
/// Own decisions that are counted.
const OWN_MAX: i64 = 2_000;

/// A figure with its name and a note.
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) note: String,
}

/// The figures for who looks: their own first, then the team's. No list of people.
///
/// # Errors
/// When the store fails.
pub(super) async fn of(console: &Console, page: &Page) -> Result<Vec<Figure>, Problem> {
    let mut figures = Vec::new();
    if page.may_decide() {
        figures.push(own_speed(&console.world, page).await?);
    }
    let (world, since_ms) = (console.world.clone(), page.now_ms - TEAM_DAYS * DAY_MS);
    let make = move || {
        let world = world.clone();
        async move { review::stats(&world, &Actor::hub(), since_ms).await }
    };
    let stats = console.review.get(make).await.map_err(|error: ReviewError| crate::console::case::trouble(error))?;
    let share = |share: Option<Share>| share.map_or_else(|| "–".to_owned(), |s| format!("{:.1}%", s.share * 100.0));
    let kappa = stats.blind.kappa.map_or_else(|| "–".to_owned(), |k| format!("{k:.2}"));
    let figure = |name: &str, value: String, note: String| Figure { name: page.say(name), value, note };
    let pairs = i64::try_from(stats.blind.pairs).unwrap_or(i64::MAX);
    figures.push(figure(
        "queue-agreement",
        share(stats.blind.agree),
        page.put2("queue-agreement-note", ("pairs", format::number(pairs)), ("kappa", kappa)),
    ));
    let interval = stats.auto_precision.map(|s| format!("{:.0}–{:.0}%", s.low * 100.0, s.high * 100.0));
    figures.push(figure("queue-reopened", share(stats.team.reopened), page.say("queue-reopened-note")));
    figures.push(figure("queue-in-time", share(stats.in_time), page.say("queue-in-time-note")));
    figures.push(figure(
        "queue-auto",
        stats.auto_share.map_or_else(|| "–".to_owned(), |s| format!("{:.1}%", s * 100.0)),
        match interval {
            Some(interval) => page.put("queue-auto-note", "interval", interval),
            None => page.say("queue-auto-unknown"),
        },
    ));
    let age = stats.backlog_age_hours_p90.map(|hours| page.span((hours * HOUR_MS as f64) as i64));
    figures.push(figure("queue-age", age.unwrap_or_else(|| "–".to_owned()), page.say("queue-age-note")));
    Ok(figures)
}

/// Cases in the last hour one worked, and the median of seconds on screen today.
async fn own_speed(world: &World, page: &Page) -> Result<Figure, Problem> {
    let filter = store::decision::DecisionFilter {
        actor: Some(page.actor()?.name.clone()),
        since_ms: Some(page.now_ms - DAY_MS),
        limit: OWN_MAX,
        ..Default::default()
    };
    let own = world.store.decisions(&filter).await?;
    let answers: Vec<_> = own.iter().filter(|d| d.verb.parse::<Verb>().is_ok_and(Verb::answers)).collect();
    let hour = answers.iter().filter(|d| page.now_ms - d.at_ms < HOUR_MS).count();
    let mut on_screen: Vec<i64> = answers.iter().map(|d| d.screen_ms).collect();
    on_screen.sort_unstable();
    let median = on_screen.get(on_screen.len() / 2).copied().unwrap_or(0);
    Ok(Figure {
        name: page.say("queue-own-speed"),
        value: page.count("queue-an-hour", i64::try_from(hour).unwrap_or(i64::MAX)),
        note: page.put2("queue-own-note", ("n", answers.len()), ("seconds", median / 1000)),
    })
}
