//! What went wrong, for people: the situation, its cause, and what to do. Never a bare code, never how the hub is built.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use super::page::Page;
use super::words;
use crate::people::PeopleError;

/// A problem; [`super::gate`] makes a page of it, or a notice where a part of a page is swapped.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: u16,
    code: &'static str,
    detail: Option<String>,
}

impl Problem {
    /// A problem whose words are `problem-<code>-what`, `-why` and `-do`.
    pub(crate) fn new(status: u16, code: &'static str) -> Problem {
        Problem { status, code, detail: None }
    }

    /// With what is wrong this time; shown as it is, so no personal data.
    #[must_use]
    pub(crate) fn because(mut self, detail: impl Into<String>) -> Problem {
        self.detail = Some(detail.into());
        self
    }

    /// The page, or the notice for a swap.
    pub(super) fn page(self, page: Page) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let part = |part: &str| {
            let key = format!("problem-{}-{part}", self.code);
            let key = if words::has(page.lang, &key) { key } else { format!("problem-broken-{part}") };
            words::say(page.lang, &key, &[])
        };
        let (what, why, act) = (part("what"), part("why"), part("do"));
        let why = self.detail.as_ref().map_or(why.clone(), |detail| format!("{why} {detail}").trim().to_owned());
        let text = if page.htmx {
            Notice { page: &page, what, why, act }.render()
        } else {
            Whole { page: &page, what, why, act, status: self.status }.render()
        };
        match text {
            Ok(text) => (status, Html(text)).into_response(),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an error page could not be written");
                status.into_response()
            }
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Whole<'a> {
    page: &'a Page,
    what: String,
    why: String,
    act: String,
    status: u16,
}

#[derive(Template)]
#[template(path = "problem_notice.html")]
struct Notice<'a> {
    page: &'a Page,
    what: String,
    why: String,
    act: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Problem {
        tracing::error!(error = &error as &dyn std::error::Error, "the store failed a page");
        match error {
            store::StoreError::Corrupt { .. } => Problem::new(500, "broken"),
            _ => Problem::new(503, "store"),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Problem {
        match error {
            PeopleError::Store(error) => Problem::from(error),
            PeopleError::Hash(_) => Problem::new(500, "broken"),
            PeopleError::Nobody(_) => Problem::new(404, "nowhere"),
            PeopleError::Taken(_) | PeopleError::Unfit(_) => Problem::new(422, "unfit").because(error.to_string()),
        }
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Problem {
        tracing::error!(error = &error as &dyn std::error::Error, "a page could not be written");
        Problem::new(500, "broken")
    }
}

/// There is no such page.
pub(super) async fn nowhere() -> Problem {
    Problem::new(404, "nowhere")
}

/// There is, but not for this method.
pub(super) async fn wrong_method() -> Problem {
    Problem::new(405, "method")
}
