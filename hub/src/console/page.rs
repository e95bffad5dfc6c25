//! What every template has in hand: who looks, in which language and theme, the words, the token of forms, figures and times.

use std::borrow::Cow;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::request::Parts;

use super::gate::Visit;
use super::problem::Problem;
use super::rights::May;
use super::words::{self, Lang};
use super::{Console, Shared, asset, format};
use crate::people::Actor;
use crate::people::choices::Choices;

/// The screens of the main navigation: their path, the key of their name, and who may.
const SCREENS: [(&str, &str, May); 8] = [
    ("/queue", "frame-queue", May::LOOK),
    ("/bulk", "frame-bulk", May::LOOK),
    ("/vacancies", "frame-vacancies", May::LOOK),
    ("/health", "frame-health", May::LOOK),
    ("/runs", "frame-runs", May::LOOK),
    ("/trend", "frame-trend", May::LOOK),
    ("/partner", "frame-partner", May::PARTNER),
    ("/audit", "frame-audit", May::AUDIT),
];

/// A whole number of any kind, by value or by reference: templates hold both.
pub(crate) trait Whole {
    /// As the widest kind; what does not fit is the largest there is.
    fn whole(&self) -> i64;
}

macro_rules! whole {
    ($($kind:ty),*) => {
        $(impl Whole for $kind {
            fn whole(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        })*
    };
}
whole!(i64, u64, usize, i32, u32, u16, u8);

impl<T: Whole + ?Sized> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}

/// A line of the navigation.
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) here: bool,
}

/// A page under way.
pub(crate) struct Page {
    /// Language.
    pub(crate) lang: Lang,
    /// `auto`, `light` or `contrast`.
    pub(crate) theme: String,
    /// Who looks; nobody on the login page.
    pub(crate) actor: Option<Actor>,
    /// Their name for people.
    pub(crate) title: String,
    /// How they want the console.
    pub(crate) choices: Choices,
    /// What every form carries.
    pub(crate) csrf: String,
    /// Path below the language.
    pub(crate) path: String,
    /// Query, without the question mark.
    pub(crate) query: String,
    /// A part of a page is swapped.
    pub(crate) htmx: bool,
    /// The data's present, in milliseconds since 1970 UTC.
    pub(crate) now_ms: i64,
}

impl Page {
    pub(super) fn of(console: &Console, visit: &Visit) -> Page {
        let seat = visit.seat.as_deref();
        let choices = seat.map(|seat| seat.choices.clone()).unwrap_or_default();
        let theme = choices
            .theme
            .clone()
            .or_else(|| visit.theme.clone())
            .filter(|t| matches!(t.as_str(), "light" | "contrast"));
        Page {
            lang: visit.lang,
            theme: theme.unwrap_or_else(|| "auto".to_owned()),
            actor: seat.map(|seat| seat.actor.clone()),
            title: seat.map(|seat| seat.title.clone()).unwrap_or_default(),
            choices,
            csrf: visit.csrf.clone(),
            path: visit.path.clone(),
            query: visit.query.clone(),
            htmx: visit.htmx,
            now_ms: console.world.clock.now().timestamp_millis(),
        }
    }

    /// Who looks. Routes with a right have somebody.
    ///
    /// # Errors
    /// 403 where nobody has come in.
    pub(crate) fn actor(&self) -> Result<&Actor, Problem> {
        self.actor.as_ref().ok_or_else(|| Problem::new(403, "forbidden"))
    }

    /// Whether who looks may.
    pub(crate) fn may(&self, may: May) -> bool {
        may == May::ANYBODY || self.actor.as_ref().is_some_and(|actor| may.allows(actor))
    }

    /// Whether who looks may decide cases.
    pub(crate) fn may_decide(&self) -> bool {
        self.may(May::DECIDE)
    }

    /// Whether who looks may pause, retry and connect sources.
    pub(crate) fn may_operate(&self) -> bool {
        self.may(May::OPERATE)
    }

    /// A text.
    pub(crate) fn say(&self, key: &str) -> String {
        words::say(self.lang, key, &[])
    }

    /// A text with a count: `$n` chooses the plural, `$count` is the figure with separators.
    pub(crate) fn count(&self, key: &str, n: impl Whole) -> String {
        let n = n.whole();
        words::say(self.lang, key, &[("n", n.to_string().into()), ("count", format::number(n).into())])
    }

    /// A text with one named value.
    pub(crate) fn put(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        words::say(self.lang, key, &[(name, value.to_string().into())])
    }

    /// A text with two named values.
    pub(crate) fn put2(
        &self,
        key: &str,
        (name, value): (&str, impl std::fmt::Display),
        (name2, value2): (&str, impl std::fmt::Display),
    ) -> String {
        words::say(self.lang, key, &[(name, value.to_string().into()), (name2, value2.to_string().into())])
    }

    /// As [`put2`](Self::put2), for templates, which pass tuples by reference.
    pub(crate) fn put_both(
        &self,
        key: &str,
        name: &str,
        value: impl std::fmt::Display,
        name2: &str,
        value2: impl std::fmt::Display,
    ) -> String {
        self.put2(key, (name, value), (name2, value2))
    }

    /// A text with any number of named values.
    pub(crate) fn put_all(&self, key: &str, values: &[(&str, Cow<'_, str>)]) -> String {
        words::say(self.lang, key, values)
    }

    /// The text `<prefix>-<code>` where there is one, the code itself where not: for codes that other parts may add to.
    pub(crate) fn word(&self, prefix: &str, code: &str) -> String {
        let key = format!("{prefix}-{}", code.replace(['_', '.', ':'], "-"));
        if words::has(self.lang, &key) { words::say(self.lang, &key, &[]) } else { code.to_owned() }
    }

    /// The address of a path below the language.
    pub(crate) fn to(&self, path: &str) -> String {
        format!("/{}{path}", self.lang.tag())
    }

    /// This page in the other language.
    pub(crate) fn in_other(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        format!("/{}{path}{query}", self.lang.other().tag())
    }

    /// This page's path and query below the language.
    pub(crate) fn here(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The hidden field that every form with `method="post"` begins with; written by `{{ page.form()|safe }}`.
    pub(crate) fn form(&self) -> String {
        // hex, so that there is nothing to escape
        format!(r#"<input type="hidden" name="csrf" value="{}">"#, self.csrf)
    }

    /// The navigation of who looks.
    pub(crate) fn links(&self) -> Vec<Link> {
        let mut links: Vec<Link> = SCREENS
            .iter()
            .filter(|(_, _, may)| self.may(*may))
            .map(|(path, key, _)| Link { href: self.to(path), name: self.say(key), here: self.is_at(path) })
            .collect();
        if self.may(May::ADMINISTER) {
            links.push(Link { href: self.to("/people"), name: self.say("frame-people"), here: self.is_at("/people") });
        }
        links
    }

    /// Whether this page is at a path or below it.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        let of_case = path == "/queue" && self.path.starts_with("/cases");
        let of_source = path == "/health" && self.path.starts_with("/sources");
        of_case
            || of_source
            || self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// What the page before says was done: the text of `?done=<key>`.
    pub(crate) fn done(&self) -> Option<String> {
        let key = url::form_urlencoded::parse(self.query.as_bytes()).find(|(name, _)| name == "done")?.1;
        let key = format!("done-{key}");
        words::has(self.lang, &key).then(|| words::say(self.lang, &key, &[]))
    }

    /// Day and minute in words of the language.
    pub(crate) fn when(&self, ms: impl Whole) -> String {
        format::minute(self.lang, ms.whole())
    }

    /// Day.
    pub(crate) fn day_of(&self, ms: impl Whole) -> String {
        format::day(self.lang, ms.whole())
    }

    /// Day without its year.
    pub(crate) fn short_day(&self, ms: impl Whole) -> String {
        format::short_day(self.lang, ms.whole())
    }

    /// Hour and minute.
    pub(crate) fn clock(&self, ms: impl Whole) -> String {
        format::clock(ms.whole())
    }

    /// How long ago.
    pub(crate) fn ago(&self, ms: impl Whole) -> String {
        format::ago(self.lang, self.now_ms - ms.whole())
    }

    /// A `<time>` that says how long ago, and when on hover: `{{ page.time(ms)|safe }}`.
    pub(crate) fn time(&self, ms: impl Whole) -> String {
        let ms = ms.whole();
        let (iso, when, ago) = (crate::view::time(ms), self.when(ms), self.ago(ms));
        format!(r#"<time datetime="{iso}" title="{when}">{ago}</time>"#)
    }

    /// A span in its two largest units.
    pub(crate) fn span(&self, ms: impl Whole) -> String {
        format::span(self.lang, ms.whole())
    }

    /// A number with separators.
    pub(crate) fn number(&self, n: impl Whole) -> String {
        format::number(n.whole())
    }

    /// A share in percent.
    pub(crate) fn percent(&self, part: impl Whole, whole: impl Whole) -> String {
        format::percent(part.whole(), whole.whole())
    }

    /// The address of an asset, with its content's mark.
    pub(crate) fn asset(&self, name: &str) -> String {
        asset::address(name)
    }

    /// A whole page.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn show(&self, template: &impl Template) -> Result<Response, Problem> {
        Ok(Html(template.render()?).into_response())
    }

    /// Elsewhere, by GET; `done` names a text `done-<done>` that is shown there.
    pub(crate) fn go(&self, path: &str, done: Option<&str>) -> Response {
        let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
        let join = if path.contains('?') { '&' } else { '?' };
        let done = done.map(|done| format!("{join}done={done}")).unwrap_or_default();
        let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
        let address = format!("{}{done}{fragment}", self.to(path));
        if self.htmx {
            return ([("hx-redirect", address)], ()).into_response();
        }
        Redirect::to(&address).into_response()
    }
}

impl FromRequestParts<Shared> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Page, Problem> {
        let visit = parts.extensions.get::<Visit>().ok_or_else(|| Problem::new(500, "broken"))?;
        Ok(Page::of(console, visit))
    }
}

impl FromRequestParts<Shared> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Actor, Problem> {
        let visit = parts.extensions.get::<Visit>().ok_or_else(|| Problem::new(500, "broken"))?;
        visit.seat.as_ref().map(|seat| seat.actor.clone()).ok_or_else(|| Problem::new(403, "forbidden"))
    }
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Visit, Problem> {
        parts.extensions.get::<Visit>().cloned().ok_or_else(|| Problem::new(500, "broken"))
    }
}
