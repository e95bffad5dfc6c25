//! A person's own settings: language, theme, density, and the keys: on or off, with Alt, and where each action is.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, header};

use super::gate::{self, Visit};
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use super::words::Lang;
use super::{Console, Shared};
use crate::people::choices::{Choices, KEYS_MAX};

/// Actions that may be given another key, and the key they usually have.
const ACTIONS: [(&str, &str); 17] = [
    ("merge", "M"),
    ("distinct", "N"),
    ("close", "F"),
    ("suspicious", "S"),
    ("hold", "H"),
    ("handover", "A"),
    ("undo", "U"),
    ("bulk", "B"),
    ("second", "P"),
    ("rule", "0"),
    ("edit", "E"),
    ("originals", "O"),
    ("history", "T"),
    ("equal", "X"),
    ("why", "W"),
    ("extend", "="),
    ("search", "/"),
];

pub(super) fn routes(screens: Screens) -> Screens {
    screens.get("/settings", May::ENTERED, show).post("/settings", May::ENTERED, keep).post(
        "/settings/hotkeys",
        May::ENTERED,
        hotkeys,
    )
}

/// An action and where it is.
struct KeyLine {
    action: &'static str,
    usual: &'static str,
    chosen: String,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    page: &'a Page,
    lines: Vec<KeyLine>,
    codes: Vec<(String, String)>,
}

/// Physical keys an action may be moved to: `KeyboardEvent.code`, and what people call it.
fn codes() -> Vec<(String, String)> {
    let letters = || 'A'..='Z';
    let plain = letters().map(|c| (format!("Key{c}"), c.to_string()));
    let alt = letters().map(|c| (format!("Alt+Key{c}"), format!("Alt {c}")));
    plain.chain(alt).collect()
}

async fn show(page: Page) -> Result<Response, Problem> {
    let lines = ACTIONS
        .iter()
        .map(|(action, usual)| KeyLine {
            action,
            usual,
            chosen: page.choices.keys.get(*action).cloned().unwrap_or_default(),
        })
        .collect();
    page.show(&SettingsPage { page: &page, lines, codes: codes() })
}

async fn keep(
    State(console): State<Shared>,
    page: Page,
    visit: Visit,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let choices = chosen(&page.choices, &fields)?;
    put(&console, &page, &choices).await?;
    let lang = choices.lang.as_deref().and_then(Lang::of).unwrap_or(page.lang);
    let page = Page { lang, ..page };
    let mut response = page.go("/settings", Some("kept"));
    if let (Some(theme), Ok(value)) = (
        &choices.theme,
        HeaderValue::try_from(gate::remember(&visit, gate::THEME, choices.theme.as_deref().unwrap_or("light"))),
    ) {
        tracing::debug!(theme, "theme kept");
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// The choices that a form says; what it leaves out stays.
fn chosen(before: &Choices, fields: &BTreeMap<String, String>) -> Result<Choices, Problem> {
    let one_of = |name: &str, known: &[&str]| fields.get(name).filter(|value| known.contains(&value.as_str())).cloned();
    let mut choices = before.clone();
    choices.lang = one_of("lang", &["ko", "en"]).or(choices.lang);
    choices.theme = one_of("theme", &["light", "contrast"]);
    choices.density = one_of("density", &["roomy", "dense"]).unwrap_or(choices.density);
    choices.hotkeys = fields.get("hotkeys").is_some_and(|value| value == "on");
    choices.with_alt = fields.get("with_alt").is_some_and(|value| value == "on");
    let known: BTreeSet<String> = codes().into_iter().map(|(code, _)| code).collect();
    let mut keys = BTreeMap::new();
    for (action, _) in ACTIONS {
        match fields.get(&format!("key-{action}")).map(String::as_str) {
            None | Some("") => {}
            Some(code) if known.contains(code) => {
                keys.insert(action.to_owned(), code.to_owned());
            }
            Some(_) => return Err(Problem::new(422, "unfit")),
        }
    }
    if clash(&keys) {
        return Err(Problem::new(422, "keys"));
    }
    keys.retain(|_, code| !code.is_empty());
    debug_assert!(keys.len() <= KEYS_MAX, "fewer actions than keys kept");
    choices.keys = keys;
    Ok(choices)
}

/// Whether two actions would be on one key; those that were not moved are on their usual one.
fn clash(keys: &BTreeMap<String, String>) -> bool {
    let place = |(action, usual): &(&str, &str)| keys.get(*action).cloned().unwrap_or_else(|| format!("Key{usual}"));
    let places: BTreeSet<String> = ACTIONS.iter().map(place).collect();
    // J, K and G move between cases and screens
    places.len() < ACTIONS.len() || ["KeyJ", "KeyK", "KeyG", "KeyR"].iter().any(|taken| places.contains(*taken))
}

/// Turns the keys on or off, from any page.
async fn hotkeys(
    State(console): State<Shared>,
    page: Page,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let mut choices = page.choices.clone();
    choices.hotkeys = fields.get("hotkeys").is_some_and(|value| value == "on");
    put(&console, &page, &choices).await?;
    let onward = fields.get("onward").map_or("/settings", String::as_str);
    Ok(page.go(super::entry::safe_onward(onward), None))
}

async fn put(console: &Console, page: &Page, choices: &Choices) -> Result<(), Problem> {
    let tx = console.world.store.write().await?;
    tx.set_choices(&page.actor()?.name, &choices.text()).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_to_free_places_only() {
        let with = |pairs: &[(&str, &str)]| {
            let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            chosen(&Choices::default(), &fields).map(|choices| choices.keys).ok()
        };
        for (pairs, fits) in [
            (&[("key-merge", "KeyQ")][..], true),
            (&[("key-merge", "KeyN"), ("key-distinct", "KeyM")], true),
            (&[("key-merge", "KeyN")], false),
            (&[("key-merge", "KeyJ")], false),
            (&[("key-merge", "Alt+KeyN")], true),
            (&[("key-merge", "Escape")], false),
        ] {
            assert_eq!(with(pairs).is_some(), fits, "{pairs:?}");
        }
        assert!(with(&[("key-merge", "")]).is_some_and(|keys| keys.is_empty()));
    }
}
