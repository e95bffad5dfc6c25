//! Coming in and leaving: the front door, the login, the theme of somebody who has not come in.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;

use super::gate::{self, Visit};
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use super::{Shared, format};
use crate::people::seat::{self, LogIn};
use crate::people::sign_on::{self, SignOnError};

/// Longest address to go on to after a login, in bytes.
const ONWARD_BYTES_MAX: usize = 1024;
/// Leads to the screen somebody begins with.
const HOME: &str = "/home";

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/home", May::ENTERED, home)
        .get("/login", May::ANYBODY, ask)
        .post("/login", May::ANYBODY, log_in)
        .post("/logout", May::ENTERED, leave)
        .post("/theme", May::ANYBODY, theme)
        .get("/help", May::ANYBODY, help)
        .get("/sign-on", May::ANYBODY, sign_on)
}

/// `/`: in the language of the browser.
pub(super) async fn front(visit: Visit) -> Redirect {
    Redirect::to(&format!("/{}/home", visit.lang.tag()))
}

/// The screen somebody begins with.
async fn home(page: Page) -> Result<Response, Problem> {
    let actor = page.actor()?;
    let path = match actor {
        actor if actor.decides() => "/queue",
        actor if actor.is_staff() => "/health",
        _ => "/partner",
    };
    Ok(page.go(path, None))
}

/// The way to the login, and back afterwards.
pub(super) fn to_login(visit: &Visit) -> Response {
    let onward = if visit.query.is_empty() { visit.path.clone() } else { format!("{}?{}", visit.path, visit.query) };
    let onward: String = url::form_urlencoded::byte_serialize(onward.as_bytes()).collect();
    let address = format!("/{}/login?onward={onward}", visit.lang.tag());
    if visit.htmx {
        return (StatusCode::UNAUTHORIZED, [("hx-redirect", address)]).into_response();
    }
    Redirect::to(&address).into_response()
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    page: &'a Page,
    onward: String,
    name: String,
    failure: Option<String>,
    sign_on: Option<String>,
}

#[derive(Deserialize)]
struct Onward {
    #[serde(default)]
    onward: String,
}

async fn ask(State(console): State<Shared>, page: Page, Query(query): Query<Onward>) -> Result<Response, Problem> {
    if page.actor.is_some() {
        return Ok(page.go(safe_onward(&query.onward), None));
    }
    login_page(&console, &page, &query.onward, String::new(), None)
}

fn login_page(
    console: &Shared,
    page: &Page,
    onward: &str,
    name: String,
    failure: Option<String>,
) -> Result<Response, Problem> {
    let status = if failure.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let sign_on = console.world.settings.console.sign_on.as_ref().map(|settings| settings.title.clone());
    let shown = LoginPage { page, onward: safe_onward(onward).to_owned(), name, failure, sign_on };
    Ok((status, page.show(&shown)?).into_response())
}

/// Only paths of our own: no host, no scheme, nothing a browser reads as one.
pub(super) fn safe_onward(onward: &str) -> &str {
    let ours = onward.starts_with('/')
        && !onward.starts_with("//")
        && onward.len() <= ONWARD_BYTES_MAX
        && !onward.contains(['\\', '\n', '\r', '\t'])
        && !onward.starts_with("/log");
    if ours { onward } else { HOME }
}

#[derive(Deserialize)]
struct Given {
    name: String,
    password: SecretString,
    #[serde(default)]
    onward: String,
}

async fn log_in(
    State(console): State<Shared>,
    page: Page,
    visit: Visit,
    Form(given): Form<Given>,
) -> Result<Response, Problem> {
    let name = given.name.trim();
    match seat::log_in(&console.world, name, given.password, &visit.address, visit.now_ms).await? {
        LogIn::Welcome { token, .. } => {
            let mut response = page.go(safe_onward(&given.onward), None);
            let value = HeaderValue::try_from(gate::session_cookie(&visit, &token));
            response.headers_mut().append(header::SET_COOKIE, value.map_err(|_| Problem::new(500, "broken"))?);
            Ok(response)
        }
        LogIn::Refused => {
            let failure = Some(page.say("entry-refused"));
            login_page(&console, &page, &given.onward, name.to_owned(), failure)
        }
        LogIn::Throttled { wait_ms } => {
            let wait = format::span(page.lang, wait_ms + 59_999);
            let failure = Some(page.put("entry-throttled", "wait", wait));
            let mut response = login_page(&console, &page, &given.onward, name.to_owned(), failure)?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_ms / 1000 + 1));
            Ok(response)
        }
    }
}

async fn leave(State(console): State<Shared>, page: Page, visit: Visit) -> Result<Response, Problem> {
    if let Some(seat) = &visit.seat {
        seat::leave(&console.world, seat).await?;
    }
    let mut response = page.go("/login", Some("left"));
    if let Ok(value) = HeaderValue::try_from(gate::no_session(&visit)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct Theme {
    theme: String,
    #[serde(default)]
    onward: String,
}

/// Another theme, on any page: kept with the person, or by the browser of somebody who has not come in.
async fn theme(
    State(console): State<Shared>,
    page: Page,
    visit: Visit,
    Form(given): Form<Theme>,
) -> Result<Response, Problem> {
    let theme = if given.theme == "contrast" { "contrast" } else { "light" };
    if let Some(seat) = &visit.seat {
        let mut choices = seat.choices.clone();
        choices.theme = Some(theme.to_owned());
        let tx = console.world.store.write().await?;
        tx.set_choices(&seat.actor.name, &choices.text()).await?;
        tx.commit().await?;
    }
    let onward = if given.onward == "/login" { "/login" } else { safe_onward(&given.onward) };
    let mut response = page.go(onward, None);
    if let Ok(value) = HeaderValue::try_from(gate::remember(&visit, gate::THEME, theme)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// To the provider, by a link: a form may lead to our own addresses only.
async fn sign_on(
    State(console): State<Shared>,
    visit: Visit,
    Query(query): Query<Onward>,
) -> Result<Response, Problem> {
    let onward = format!("/{}{}", visit.lang.tag(), safe_onward(&query.onward));
    let begun = sign_on::begin(&console.world, &onward, visit.now_ms).await.map_err(refused)?;
    let mut response = Redirect::to(&begun.address).into_response();
    if let Ok(value) = HeaderValue::try_from(gate::sign_on_cookie(&visit, &begun.state)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Returned {
    code: Option<String>,
    state: Option<String>,
}

#[derive(Template)]
#[template(path = "signed_on.html")]
struct SignedOn<'a> {
    page: &'a Page,
    onward: String,
}

/// Back from the provider. The browser came from another site, so that a session's cookie would not travel with a redirect:
/// a page of our own leads on.
pub(super) async fn sign_on_return(
    State(console): State<Shared>,
    page: Page,
    visit: Visit,
    Query(returned): Query<Returned>,
) -> Result<Response, Problem> {
    let (Some(code), Some(state)) = (returned.code, returned.state) else {
        return Err(Problem::new(422, "sign-on"));
    };
    let cookie = visit.sign_on.as_deref();
    let finished = sign_on::finish(&console.world, code, &state, cookie, visit.now_ms).await;
    let (token, onward) = finished.map_err(refused)?;
    let mut response = page.show(&SignedOn { page: &page, onward })?;
    for value in [gate::session_cookie(&visit, &token), gate::no_sign_on(&visit)] {
        let value = HeaderValue::try_from(value).map_err(|_| Problem::new(500, "broken"))?;
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

fn refused(error: SignOnError) -> Problem {
    tracing::warn!(error = &error as &dyn std::error::Error, "a sign-on failed");
    match error {
        SignOnError::People(error) => error.into(),
        SignOnError::Off => Problem::new(404, "nowhere"),
        SignOnError::Setting(_) | SignOnError::Provider(_) => Problem::new(503, "provider"),
        SignOnError::NotUnderWay | SignOnError::Untrusted(_) => Problem::new(422, "sign-on"),
        SignOnError::Refused(_) => Problem::new(403, "no-role"),
    }
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage<'a> {
    page: &'a Page,
}

/// Help, always in the same place (KWCAG 7.2.2).
async fn help(page: Page) -> Result<Response, Problem> {
    page.show(&HelpPage { page: &page })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (given, want) in [
            ("/queue?family=duplicate", "/queue?family=duplicate"),
            ("", "/home"),
            ("//evil.example", "/home"),
            ("/\\evil.example", "/home"),
            ("https://evil.example", "/home"),
            ("/a\n/b", "/home"),
            ("/login", "/home"),
            ("/logout", "/home"),
        ] {
            assert_eq!(safe_onward(given), want, "{given}");
        }
    }
}
