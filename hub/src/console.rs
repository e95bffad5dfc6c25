//! The steward console: server-rendered pages over the review engine and the store. With `api`, the only place that names axum.
//!
//! # How to add a screen
//!
//! 1. `console/<noun>.rs` with `pub(super) fn routes(screens: Screens) -> Screens`: each route says its path below the
//!    language (`/queue` is served as `/ko/queue` and `/en/queue`) and who may ask for it: `screens.get("/queue",
//!    May::LOOK, list).post("/cases/{id}", May::DECIDE, decide)`. What is not said is refused, and the table of rights
//!    (`rights()`) that the tests walk is made from the same words. Add the `mod` line and a line in `screens` below.
//! 2. `use super::{Shared, page::Page, problem::Problem, rights::{May, Screens}};`. A handler takes `State(console): State<Shared>`, `page: Page` and gives `Result<Response, Problem>`; it ends in
//!    `page.show(&Template { page: &page, … })` or, for a swap, `page.fragment(&…)`. An error of the store or of people turns
//!    into an error page by `?`; `Problem::new(status, code)` makes one of its own, with the words `problem-<code>-what`,
//!    `-why` and `-do`.
//! 3. `templates/<noun>.html` begins with `{% extends "frame.html" %}` and fills the blocks `title` and `main`. Its struct
//!    has a field `page: &'a Page`. Words come from `page.say("noun-key")`, `page.count("noun-key", n)` (`{$n}` in the text)
//!    or `page.put("noun-key", "name", value)`. Times: `page.when(ms)`, `page.ago(ms)`, `page.day_of(ms)`; figures:
//!    `page.number(n)`. Every form with `method="post"` begins with `{{ page.form()|safe }}` (the CSRF token); htmx requests
//!    carry it by themselves. Addresses: `page.to("/queue")`.
//! 4. `assets/words/ko/<noun>.ftl` and `en/<noun>.ftl` (keys begin with the noun and a hyphen; a test compares both), added
//!    to the list in `console/words.rs`.
//! 5. Nothing inline: the policy forbids `<style>`, `style=`, `<script>` without `src` and `on…=`. SVG is coloured by classes.
//!    Scripts are files of `assets/`, listed in `console/asset.rs`, and a page works without them.
//!
//! Every request passes `gate` first (session, CSRF, headers), then the route's right.

mod asset;
mod audit;
mod bulk;
mod case;
mod contact;
mod decision;
mod entry;
mod format;
mod gate;
mod health;
mod kept;
mod keys;
mod page;
mod partner;
mod person;
mod problem;
mod queue;
mod rights;
mod run;
mod settings;
mod source;
mod trend;
mod vacancy;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use crate::health::Board;
use crate::people::sign_on;
use crate::world::World;
use kept::Kept;
use rights::Screens;
pub use rights::{May, Right};

/// The board of sources walks tables: it is made no more often than this, and more rarely where it takes long.
const BOARD_KEPT: Duration = Duration::from_secs(5);

/// The figures of the review look at all decisions of a week.
const REVIEW_KEPT: Duration = Duration::from_secs(30);

/// What the handlers share.
pub(crate) struct Console {
    pub(crate) world: World,
    /// The board of sources.
    board: Arc<Kept<Board>>,
    /// How the review goes.
    review: Arc<Kept<crate::review::Stats>>,
}

/// As handlers ask for it: `State(console): State<Shared>`.
pub(crate) type Shared = Arc<Console>;

/// All screens, below the language. One line a screen.
fn screens() -> Screens {
    let screens = Screens::default();
    let screens = entry::routes(screens);
    let screens = queue::routes(screens);
    let screens = case::routes(screens);
    let screens = decision::routes(screens);
    let screens = bulk::routes(screens);
    let screens = vacancy::routes(screens);
    let screens = health::routes(screens);
    let screens = source::routes(screens);
    let screens = run::routes(screens);
    let screens = audit::routes(screens);
    let screens = settings::routes(screens);
    let screens = person::routes(screens);
    let screens = contact::routes(screens);
    let screens = trend::routes(screens);
    partner::routes(screens)
}

/// Who may what, route by route.
pub fn rights() -> Vec<Right> {
    screens().rights()
}

/// The console's routes over a world.
pub fn router(world: World) -> Router {
    let console: Shared = Arc::new(Console { world, board: Kept::new(BOARD_KEPT), review: Kept::new(REVIEW_KEPT) });
    let below = |screens: Screens| {
        screens.into_router().fallback(problem::nowhere).method_not_allowed_fallback(problem::wrong_method)
    };
    Router::new()
        .nest("/ko", below(screens()))
        .nest("/en", below(screens()))
        .route("/", axum::routing::get(entry::front))
        .route("/ko/", axum::routing::get(entry::front))
        .route("/en/", axum::routing::get(entry::front))
        .route(sign_on::RETURN_PATH, axum::routing::get(entry::sign_on_return))
        .route("/assets/{file}", axum::routing::get(asset::serve))
        .with_state(console.clone())
        .layer(axum::middleware::from_fn_with_state(console, gate::enter))
        .layer(CompressionLayer::new().gzip(true))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(answered))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// A case's name in addresses, as the command line writes it.
pub(crate) fn case_name(id: &i64) -> String {
    format!("c{:016x}", id.cast_unsigned())
}

/// Path and id only: what people search for stays out of the log.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|v| v.to_str().ok()).unwrap_or("");
    tracing::info_span!("console", method = %request.method(), path = request.uri().path(), id)
}

fn answered(response: &Response, latency: Duration, _: &tracing::Span) {
    tracing::debug!(status = response.status().as_u16(), milliseconds = latency.as_millis() as u64, "answered");
}
