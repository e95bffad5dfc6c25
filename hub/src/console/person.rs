//! People, for administrators: who there is, with which roles; adding, changing roles, keeping out.

use std::str::FromStr as _;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use secrecy::SecretString;
use serde::Deserialize;

use super::Shared;
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::people::account::{self, Account};
use crate::people::{Actor, PeopleError, Role};

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/people", May::ADMINISTER, show)
        .post("/people", May::ADMINISTER, add)
        .post("/people/{name}/roles", May::ADMINISTER, set_roles)
        .post("/people/{name}/standing", May::ADMINISTER, set_standing)
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage<'a> {
    page: &'a Page,
    people: Vec<Account>,
}

async fn show(State(console): State<Shared>, page: Page) -> Result<Response, Problem> {
    page.show(&PeoplePage { page: &page, people: account::all(&console.world).await? })
}

impl Account {
    /// Roles as they are typed.
    fn roles_typed(&self) -> String {
        self.actor().roles_text().replace(',', " ")
    }
}

/// Roles separated by spaces or commas.
fn roles(text: &str) -> Result<Vec<Role>, Problem> {
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    words
        .map(|word| Role::from_str(word).map_err(|error| Problem::from(PeopleError::Unfit(error.to_string()))))
        .collect()
}

#[derive(Deserialize)]
struct Added {
    name: String,
    title: String,
    roles: String,
    password: SecretString,
}

async fn add(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Form(given): Form<Added>,
) -> Result<Response, Problem> {
    let roles = roles(&given.roles)?;
    account::add(&console.world, &actor, given.name.trim(), &given.title, &roles, Some(given.password)).await?;
    Ok(page.go("/people", Some("person-added")))
}

#[derive(Deserialize)]
struct Roles {
    roles: String,
}

async fn set_roles(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Path(name): Path<String>,
    Form(given): Form<Roles>,
) -> Result<Response, Problem> {
    account::set_roles(&console.world, &actor, &name, &roles(&given.roles)?).await?;
    Ok(page.go("/people", Some("person-changed")))
}

#[derive(Deserialize)]
struct Standing {
    disabled: String,
}

async fn set_standing(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Path(name): Path<String>,
    Form(given): Form<Standing>,
) -> Result<Response, Problem> {
    if name == actor.name {
        return Err(Problem::new(422, "oneself"));
    }
    account::set_disabled(&console.world, &actor, &name, given.disabled == "yes").await?;
    Ok(page.go("/people", Some("person-changed")))
}
