//! The figures above the queue: one's own speed, which only oneself sees, and how the team is doing.

use crate::console::page::Page;
use crate::console::problem::Problem;
use crate::review::Verb;
use crate::world::World;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// An hour in milliseconds.
const HOUR_MS: i64 = 3_600_000;
/// Own decisions that are counted.
const OWN_MAX: i64 = 2_000;

/// A figure with its name and a note.
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) note: String,
}

/// The figures for who looks.
///
/// # Errors
/// When the store fails.
pub(super) async fn of(world: &World, page: &Page) -> Result<Vec<Figure>, Problem> {
    let mut figures = Vec::new();
    if page.may_decide() {
        figures.push(own_speed(world, page).await?);
    }
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
