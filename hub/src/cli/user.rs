//! `user`: people who may use the console. A password is read from the input stream or asked for, never given as a flag.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use secrecy::SecretString;
use serde::Serialize;

use super::context::{Code, Ctx, minute, note, table};
use super::refusal::Refusal;
use crate::people::account::{self, Account};
use crate::people::{Actor, PeopleError, Role};
use crate::view::time;

/// People who may use the console.
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Add a person; their password is read from the input
    Add(AddArgs),
    /// List people
    List,
    /// Give a person these roles and no others
    Role(RoleArgs),
    /// Let a person in no more, or again
    Disable(DisableArgs),
    /// Give a person another password, read from the input
    Password(NameArgs),
}

/// Whom to add.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub user add haneul --title 김하늘 --role steward\n  jobhub user add saramin-desk --role 'partner(saramin)' < password.txt"
)]
pub struct AddArgs {
    /// Login name.
    pub name: String,
    /// Name for people (default: the login name).
    #[arg(long)]
    pub title: Option<String>,
    /// viewer, partner(<source>), steward, lead, operator or admin; may be repeated.
    #[arg(long = "role", required = true)]
    pub roles: Vec<Role>,
    /// They come in by sign-on only: ask for no password.
    #[arg(long)]
    pub no_password: bool,
}

/// Which roles.
#[derive(Args, Debug)]
pub struct RoleArgs {
    /// Login name.
    pub name: String,
    /// The roles.
    #[arg(required = true)]
    pub roles: Vec<Role>,
}

/// Whom to keep out.
#[derive(Args, Debug)]
pub struct DisableArgs {
    /// Login name.
    pub name: String,
    /// Let them in again.
    #[arg(long)]
    pub undo: bool,
}

/// Whom.
#[derive(Args, Debug)]
pub struct NameArgs {
    /// Login name.
    pub name: String,
}

/// A person, for a program.
#[derive(Serialize)]
struct PersonView {
    name: String,
    title: String,
    roles: Vec<String>,
    disabled: bool,
    password: bool,
    sign_on: bool,
    added: String,
}

/// Who acts on the command line.
pub fn actor() -> Actor {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "?".to_owned());
    Actor::new(format!("cli:{user}"), vec![Role::Admin])
}

/// Runs the command.
///
/// # Errors
/// When a name, role or password will not do, or the store fails.
pub async fn run(ctx: &Ctx, command: &UserCommand) -> Result<Code> {
    let (world, by) = (&ctx.world, actor());
    match command {
        UserCommand::List => return list(ctx).await,
        UserCommand::Add(args) => {
            let password = if args.no_password { None } else { Some(password()?) };
            let title = args.title.as_deref().unwrap_or(&args.name);
            account::add(world, &by, &args.name, title, &args.roles, password).await.map_err(refusal)?;
            ctx.say(&format!("{} may come in now", args.name));
        }
        UserCommand::Role(args) => {
            account::set_roles(world, &by, &args.name, &args.roles).await.map_err(refusal)?;
            ctx.say(&format!("{} has other roles from the next page on", args.name));
        }
        UserCommand::Disable(args) => {
            account::set_disabled(world, &by, &args.name, !args.undo).await.map_err(refusal)?;
            let words = if args.undo { "may come in again" } else { "is out, and may not come in" };
            ctx.say(&format!("{} {words}", args.name));
        }
        UserCommand::Password(args) => {
            account::one(world, &args.name).await.map_err(refusal)?;
            account::set_password(world, &by, &args.name, password()?).await.map_err(refusal)?;
            ctx.say(&format!("{} has another password; their sessions are over", args.name));
        }
    }
    Ok(Code::Ok)
}

async fn list(ctx: &Ctx) -> Result<Code> {
    let people: Vec<Account> = account::all(&ctx.world).await.map_err(refusal)?;
    if ctx.json {
        let views: Vec<PersonView> = people.iter().map(view).collect();
        ctx.print_json(&views)?;
        return Ok(Code::Ok);
    }
    let rows = people.iter().map(|account| {
        let (p, view) = (&account.person, view(account));
        let how = match (view.password, view.sign_on) {
            (true, true) => "password, sign-on",
            (true, false) => "password",
            (false, _) => "sign-on",
        };
        let standing = if view.disabled { "disabled" } else { "" };
        vec![
            p.name.clone(),
            p.title.clone(),
            view.roles.join(", "),
            how.to_owned(),
            standing.to_owned(),
            minute(p.added_ms),
        ]
    });
    ctx.out.line(&table(&["name", "title", "roles", "comes in by", "", "added"], rows))?;
    if people.is_empty() {
        ctx.say("nobody yet: `jobhub user add NAME --role admin` adds the first");
    }
    Ok(Code::Ok)
}

fn view(account: &Account) -> PersonView {
    PersonView {
        name: account.person.name.clone(),
        title: account.person.title.clone(),
        roles: account.roles.iter().map(ToString::to_string).collect(),
        disabled: account.person.disabled != 0,
        password: account.person.password.is_some(),
        sign_on: account.person.subject.is_some(),
        added: time(account.person.added_ms),
    }
}

/// The first line of the input; a person at a terminal is told what is wanted.
fn password() -> Result<SecretString> {
    let input = std::io::stdin();
    if input.is_terminal() {
        note("password (it is shown while you type; `… < file` keeps it off the screen):");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).context("cannot read a password from the input")?;
    let text = line.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        let remedy = "type it, or give it by `< file`; --no-password adds somebody who signs on elsewhere";
        return Err(Refusal::new("no password came", "standard input", remedy).into());
    }
    Ok(SecretString::from(text))
}

fn refusal(error: PeopleError) -> anyhow::Error {
    let (what, remedy) = match &error {
        PeopleError::Store(_) | PeopleError::Hash(_) => return error.into(),
        PeopleError::Nobody(_) => (error.to_string(), "`jobhub user list` shows who there is"),
        PeopleError::Taken(_) => (error.to_string(), "choose another name; `jobhub user role` changes roles"),
        PeopleError::Unfit(_) => (error.to_string(), "give another"),
    };
    Refusal::new(what, "the person", remedy).into()
}
