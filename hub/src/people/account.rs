//! Adding and changing people. Every change is in the audit log, and ends the sessions that it makes wrong.

use std::str::FromStr as _;

use secrecy::SecretString;
use serde_json::json;
use store::person::Person;

use super::{Actor, PeopleError, Role, audit, password};
use crate::world::World;

/// Longest login name, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// Longest name for people, in characters.
const TITLE_CHARS_MAX: usize = 80;
/// Most roles of a person.
const ROLES_MAX: usize = 32;

/// A person with their roles.
#[derive(Clone, Debug)]
pub struct Account {
    /// The row.
    pub person: Person,
    /// What they may do.
    pub roles: Vec<Role>,
}

impl Account {
    /// The person as somebody who acts.
    pub fn actor(&self) -> Actor {
        Actor::new(self.person.name.clone(), self.roles.clone())
    }
}

/// Everybody, by name.
///
/// # Errors
/// When the store fails.
pub async fn all(world: &World) -> Result<Vec<Account>, PeopleError> {
    let roles = world.store.all_roles().await?;
    let people = world.store.people().await?;
    Ok(people
        .into_iter()
        .map(|person| {
            let own = roles.iter().filter(|role| role.person == person.name);
            Account { roles: own.filter_map(|row| role_of(&row.role, &row.source)).collect(), person }
        })
        .collect())
}

/// One person.
///
/// # Errors
/// When the store fails or nobody is called so.
pub async fn one(world: &World, name: &str) -> Result<Account, PeopleError> {
    let person = world.store.person(name).await?.ok_or_else(|| PeopleError::Nobody(name.to_owned()))?;
    let roles = world.store.roles_of(name).await?;
    Ok(Account { person, roles: roles.iter().filter_map(|row| role_of(&row.role, &row.source)).collect() })
}

fn role_of(word: &str, source: &str) -> Option<Role> {
    if word == "partner" { Some(Role::Partner(source.to_owned())) } else { Role::from_str(word).ok() }
}

/// Whether a text will do as a login name: letters, digits and `.-_@`, nothing that could pass for a command-line actor.
///
/// # Errors
/// [`PeopleError::Unfit`] says why not.
pub fn check_name(name: &str) -> Result<(), PeopleError> {
    let fits = name.chars().all(|c| c.is_alphanumeric() || ".-_@".contains(c));
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !fits || name == "hub" {
        let why = format!("a login name has letters, digits, `.`, `-`, `_`, `@`, and at most {NAME_BYTES_MAX} bytes");
        return Err(PeopleError::Unfit(why));
    }
    Ok(())
}

fn check_roles(world: &World, roles: &[Role]) -> Result<(), PeopleError> {
    if roles.len() > ROLES_MAX {
        return Err(PeopleError::Unfit(format!("a person has at most {ROLES_MAX} roles")));
    }
    for role in roles {
        if let Role::Partner(source) = role
            && !world.trust.values().any(|(name, _)| name == source)
        {
            return Err(PeopleError::Unfit(format!("no source is called `{source}`")));
        }
    }
    Ok(())
}

/// Adds a person; without a password they come in by sign-on only.
///
/// # Errors
/// When the name is taken, something will not do, or the store fails.
pub async fn add(
    world: &World,
    by: &Actor,
    name: &str,
    title: &str,
    roles: &[Role],
    password: Option<SecretString>,
) -> Result<(), PeopleError> {
    check_name(name)?;
    check_roles(world, roles)?;
    let title = title.trim();
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX || title.chars().any(char::is_control) {
        return Err(PeopleError::Unfit(format!("a title has 1 to {TITLE_CHARS_MAX} characters")));
    }
    let phc = match password {
        Some(password) => Some(password::hash(password).await?),
        None => None,
    };
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    if world.store.person(name).await?.is_some() {
        return Err(PeopleError::Taken(name.to_owned()));
    }
    let person = Person {
        name: name.to_owned(),
        title: title.to_owned(),
        password: phc,
        subject: None,
        disabled: 0,
        added_ms: now_ms,
        choices: "{}".to_owned(),
    };
    tx.put_person(&person).await?;
    tx.set_roles(name, &rows(roles)).await?;
    let detail = json!({ "roles": words(roles), "password": person.password.is_some() });
    audit::record(&tx, now_ms, by, "person.add", &format!("person:{name}"), &detail).await?;
    Ok(tx.commit().await?)
}

/// Gives a person these roles and no others.
///
/// # Errors
/// When nobody is called so, a role will not do, or the store fails.
pub async fn set_roles(world: &World, by: &Actor, name: &str, roles: &[Role]) -> Result<(), PeopleError> {
    check_roles(world, roles)?;
    let before = one(world, name).await?;
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    tx.set_roles(name, &rows(roles)).await?;
    let detail = json!({ "before": words(&before.roles), "roles": words(roles) });
    audit::record(&tx, now_ms, by, "person.roles", &format!("person:{name}"), &detail).await?;
    Ok(tx.commit().await?)
}

/// Lets a person in no more, or again; ends their sessions.
///
/// # Errors
/// When nobody is called so, or the store fails.
pub async fn set_disabled(world: &World, by: &Actor, name: &str, disabled: bool) -> Result<(), PeopleError> {
    let mut person = one(world, name).await?.person;
    person.disabled = i64::from(disabled);
    let action = if disabled { "person.disable" } else { "person.enable" };
    change(world, by, &person, action).await
}

/// Gives a person another password; ends their sessions.
///
/// # Errors
/// When nobody is called so, the password will not do, or the store fails.
pub async fn set_password(world: &World, by: &Actor, name: &str, password: SecretString) -> Result<(), PeopleError> {
    let mut person = one(world, name).await?.person;
    person.password = Some(password::hash(password).await?);
    change(world, by, &person, "person.password").await
}

async fn change(world: &World, by: &Actor, person: &Person, action: &str) -> Result<(), PeopleError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    tx.put_person(person).await?;
    let ended = tx.end_sessions_of(&person.name).await?;
    let detail = json!({ "sessions_ended": ended });
    audit::record(&tx, now_ms, by, action, &format!("person:{}", person.name), &detail).await?;
    Ok(tx.commit().await?)
}

fn words(roles: &[Role]) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

/// Roles as the store keeps them.
pub(super) fn rows(roles: &[Role]) -> Vec<(String, String)> {
    let of = |role: &Role| match role {
        Role::Partner(source) => source.clone(),
        _ => String::new(),
    };
    roles.iter().map(|role| (role.word().to_owned(), of(role))).collect()
}
