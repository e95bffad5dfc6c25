//! The contact of a posting: shown to who says why, and only after that is in the audit log.

use std::str::FromStr as _;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use normalizer::Contact;
use serde::Deserialize;

use super::Shared;
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::people::Actor;
use crate::view::{PostingId, reveal_contact};

/// Purposes that are offered; each has a text `contact-for-<purpose>`.
const PURPOSES: [&str; 4] = ["verify", "explain", "objection", "correct"];
/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 200;

pub(super) fn routes(screens: Screens) -> Screens {
    screens.get("/contacts/{posting}", May::CONTACT, ask).post("/contacts/{posting}", May::CONTACT, show)
}

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage<'a> {
    page: &'a Page,
    posting: PostingId,
    purposes: [&'static str; 4],
    contact: Option<Contact>,
    asked: bool,
}

fn id(text: &str) -> Result<PostingId, Problem> {
    PostingId::from_str(text).map_err(|_| Problem::new(404, "nowhere"))
}

async fn ask(State(console): State<Shared>, page: Page, Path(posting): Path<String>) -> Result<Response, Problem> {
    let posting = id(&posting)?;
    console.world.store.posting(posting.0).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    page.show(&ContactPage { page: &page, posting, purposes: PURPOSES, contact: None, asked: false })
}

#[derive(Deserialize)]
struct Why {
    purpose: String,
    #[serde(default)]
    note: String,
}

async fn show(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Path(posting): Path<String>,
    Form(why): Form<Why>,
) -> Result<Response, Problem> {
    let posting = id(&posting)?;
    if !PURPOSES.contains(&why.purpose.as_str()) {
        return Err(Problem::new(422, "purpose"));
    }
    console.world.store.posting(posting.0).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let note: String = why.note.trim().chars().filter(|c| !c.is_control()).take(NOTE_CHARS_MAX).collect();
    let purpose = if note.is_empty() { why.purpose } else { format!("{}: {note}", why.purpose) };
    let contact = reveal_contact(&console.world, &actor, posting, &purpose).await?;
    page.show(&ContactPage { page: &page, posting, purposes: PURPOSES, contact, asked: true })
}
