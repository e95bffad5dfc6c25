//! Coming in, staying and leaving: logins with throttling, sessions with an idle and a last end. The browser holds a
//! secret of which the store knows the fingerprint only.

use secrecy::SecretString;
use serde_json::json;
use store::person::Session;

use super::account::{self, Account};
use super::choices::Choices;
use super::password::{fingerprint, is_right, secret};
use super::{Actor, PeopleError, audit};
use crate::settings::ConsoleSettings;
use crate::world::World;

/// A session is noted as used no more often than this.
const TOUCH_MS: i64 = 60_000;
/// An address may fail so many times as often as a person: several sit behind one.
const ADDRESS_FACTOR: i64 = 4;

/// Somebody who has come in.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Who.
    pub actor: Actor,
    /// Name for people.
    pub title: String,
    /// How they want the console.
    pub choices: Choices,
    /// What every form carries.
    pub csrf: String,
    /// Fingerprint of the browser's secret.
    pub token_hash: String,
    /// Whether its use is to be noted.
    pub stale: bool,
}

/// How a login ended.
#[derive(Debug)]
pub enum LogIn {
    /// With a session, whose secret this is.
    Welcome {
        /// For the browser only.
        token: String,
        /// Whose session it is.
        account: Box<Account>,
    },
    /// Name or password is wrong, or the person may not come in; nobody learns which.
    Refused,
    /// There were too many failures.
    Throttled {
        /// Until another try counts.
        wait_ms: i64,
    },
}

/// Tries a name and a password from an address.
///
/// # Errors
/// When the store fails.
pub async fn log_in(
    world: &World,
    name: &str,
    password: SecretString,
    address: &str,
    now_ms: i64,
) -> Result<LogIn, PeopleError> {
    let rules = &world.settings.console;
    let window_ms = rules.login_window_minutes * 60_000;
    let subjects = [
        (format!("person:{name}"), rules.login_failures_max),
        (format!("address:{address}"), rules.login_failures_max * ADDRESS_FACTOR),
    ];
    for (subject, most) in &subjects {
        if let Some(failed) = world.store.login_failures(subject).await?
            && failed.failures >= *most
            && failed.since_ms + window_ms > now_ms
        {
            return Ok(LogIn::Throttled { wait_ms: failed.since_ms + window_ms - now_ms });
        }
    }
    let found = match account::one(world, name).await {
        Ok(account) => Some(account),
        Err(PeopleError::Nobody(_)) => None,
        Err(error) => return Err(error),
    };
    let phc = found.as_ref().and_then(|account| account.person.password.clone());
    let right = is_right(password, phc).await?;
    match found.filter(|account| right && account.person.disabled == 0) {
        Some(account) => {
            let token = begin(world, &account.actor(), now_ms, "password").await?;
            Ok(LogIn::Welcome { token, account: Box::new(account) })
        }
        None => {
            refuse(world, name, &subjects, now_ms, window_ms).await?;
            Ok(LogIn::Refused)
        }
    }
}

/// Counts a failure and notes it. A text that is no login name may be a password typed in the wrong field: it is not kept.
async fn refuse(
    world: &World,
    name: &str,
    subjects: &[(String, i64)],
    now_ms: i64,
    window_ms: i64,
) -> Result<(), PeopleError> {
    let known = world.store.person(name).await?.is_some();
    let tx = world.store.write().await?;
    for (subject, _) in subjects.iter().filter(|(subject, _)| known || subject.starts_with("address:")) {
        tx.count_login_failure(subject, now_ms, now_ms - window_ms).await?;
    }
    let (actor, subject) = if known {
        (Actor::new(name, vec![]), format!("person:{name}"))
    } else {
        (Actor::new("?", vec![]), "person:?".into())
    };
    let at_ms = world.clock.now().timestamp_millis();
    audit::record(&tx, at_ms, &actor, "session.refuse", &subject, &json!({})).await?;
    Ok(tx.commit().await?)
}

/// Begins a session for somebody whose identity is proven; gives the browser's secret.
///
/// # Errors
/// When the store fails.
pub async fn begin(world: &World, actor: &Actor, now_ms: i64, how: &str) -> Result<String, PeopleError> {
    let token = secret()?;
    let session = Session {
        token_hash: fingerprint(&token),
        person: actor.name.clone(),
        csrf: secret()?,
        began_ms: now_ms,
        seen_ms: now_ms,
        ends_ms: now_ms + world.settings.console.session_hours * 3_600_000,
    };
    let tx = world.store.write().await?;
    tx.begin_session(&session).await?;
    tx.forget_login_failures(&format!("person:{}", actor.name)).await?;
    let at_ms = world.clock.now().timestamp_millis();
    let subject = format!("person:{}", actor.name);
    audit::record(&tx, at_ms, actor, "session.begin", &subject, &json!({ "how": how })).await?;
    tx.commit().await?;
    Ok(token)
}

/// Who holds a secret, if its session is not over and the person may come in.
///
/// # Errors
/// When the store fails.
pub async fn find(world: &World, token: &str, now_ms: i64) -> Result<Option<Seat>, PeopleError> {
    let Some(session) = world.store.session(&fingerprint(token)).await? else { return Ok(None) };
    if is_over(&session, &world.settings.console, now_ms) {
        return Ok(None);
    }
    let account = match account::one(world, &session.person).await {
        Ok(account) if account.person.disabled == 0 => account,
        Ok(_) | Err(PeopleError::Nobody(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(Seat {
        actor: account.actor(),
        title: account.person.title,
        choices: Choices::read(&account.person.choices),
        csrf: session.csrf,
        token_hash: session.token_hash,
        stale: now_ms - session.seen_ms > TOUCH_MS,
    }))
}

fn is_over(session: &Session, rules: &ConsoleSettings, now_ms: i64) -> bool {
    now_ms >= session.ends_ms || now_ms - session.seen_ms > rules.session_idle_minutes * 60_000
}

/// Notes that a session is used.
///
/// # Errors
/// When the store fails.
pub async fn touch(world: &World, token_hash: &str, now_ms: i64) -> Result<(), PeopleError> {
    let tx = world.store.write().await?;
    tx.touch_session(token_hash, now_ms).await?;
    Ok(tx.commit().await?)
}

/// Ends a session.
///
/// # Errors
/// When the store fails.
pub async fn leave(world: &World, seat: &Seat) -> Result<(), PeopleError> {
    let tx = world.store.write().await?;
    tx.end_session(&seat.token_hash).await?;
    let at_ms = world.clock.now().timestamp_millis();
    let subject = format!("person:{}", seat.actor.name);
    audit::record(&tx, at_ms, &seat.actor, "session.end", &subject, &json!({})).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_and_at_its_last_end() {
        let rules = ConsoleSettings { session_idle_minutes: 30, ..ConsoleSettings::default() };
        let session = |seen_ms, ends_ms| Session {
            token_hash: String::new(),
            person: String::new(),
            csrf: String::new(),
            began_ms: 0,
            seen_ms,
            ends_ms,
        };
        let minute = 60_000;
        for (seen, ends, now, over) in [
            (0, 720 * minute, 30 * minute, false),
            (0, 720 * minute, 30 * minute + 1, true),
            (719 * minute, 720 * minute, 720 * minute - 1, false),
            (719 * minute, 720 * minute, 720 * minute, true),
        ] {
            assert_eq!(is_over(&session(seen, ends), &rules, now), over, "seen {seen} ends {ends} now {now}");
        }
    }
}
