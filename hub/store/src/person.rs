//! People who may use the console, their roles, sessions, failed logins and sign-ons under way.

use sea_orm::FromQueryResult;

use crate::{Reads, Result, Store, Tx};

/// A row of `person`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Person {
    /// Login name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// PHC string of the password; absent for people who sign on elsewhere.
    pub password: Option<String>,
    /// Issuer and subject of an OpenID provider.
    pub subject: Option<String>,
    /// 1 = may not come in.
    pub disabled: i64,
    /// When it was added.
    pub added_ms: i64,
    /// Language, theme, density, keys, as JSON.
    pub choices: String,
}

/// A row of `person_role`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PersonRole {
    /// Login name.
    pub person: String,
    /// Role.
    pub role: String,
    /// Name of a partner's source, empty for the other roles.
    pub source: String,
}

/// A row of `session`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Session {
    /// Hash of the token that the browser has.
    pub token_hash: String,
    /// Whose it is.
    pub person: String,
    /// What every form carries.
    pub csrf: String,
    /// When it began.
    pub began_ms: i64,
    /// When it was last used.
    pub seen_ms: i64,
    /// When it ends, used or not.
    pub ends_ms: i64,
}

/// A row of `login_failure`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LoginFailure {
    /// Person or address.
    pub subject: String,
    /// Failures since then.
    pub failures: i64,
    /// The first of them.
    pub since_ms: i64,
}

/// A row of `sign_on`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SignOn {
    /// Hash of the state that must come back.
    pub state_hash: String,
    /// Nonce that the id token must carry.
    pub nonce: String,
    /// PKCE verifier.
    pub verifier: String,
    /// Where to go afterwards.
    pub onward: String,
    /// When it is too late.
    pub ends_ms: i64,
}

impl Store {
    /// All people by name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn people(&self) -> Result<Vec<Person>> {
        self.models("SELECT * FROM person ORDER BY name", vec![]).await
    }

    /// One person.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn person(&self, name: &str) -> Result<Option<Person>> {
        self.first("SELECT * FROM person WHERE name = $1", vec![name.into()]).await
    }

    /// The person a provider knows by a subject.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn person_of_subject(&self, subject: &str) -> Result<Option<Person>> {
        self.first("SELECT * FROM person WHERE subject = $1", vec![subject.into()]).await
    }

    /// The roles of a person.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn roles_of(&self, name: &str) -> Result<Vec<PersonRole>> {
        self.models("SELECT * FROM person_role WHERE person = $1 ORDER BY role, source", vec![name.into()]).await
    }

    /// The roles of everybody.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn all_roles(&self) -> Result<Vec<PersonRole>> {
        self.models("SELECT * FROM person_role ORDER BY person, role, source", vec![]).await
    }

    /// A session by the hash of its token.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn session(&self, token_hash: &str) -> Result<Option<Session>> {
        self.first("SELECT * FROM session WHERE token_hash = $1", vec![token_hash.into()]).await
    }

    /// Failed logins of a person or an address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn login_failures(&self, subject: &str) -> Result<Option<LoginFailure>> {
        self.first("SELECT * FROM login_failure WHERE subject = $1", vec![subject.into()]).await
    }
}

impl Tx {
    /// Enters a person, or changes title, password, subject and standing of one that is there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_person(&self, person: &Person) -> Result<()> {
        let values = vec![
            person.name.as_str().into(),
            person.title.as_str().into(),
            person.password.clone().into(),
            person.subject.clone().into(),
            person.disabled.into(),
            person.added_ms.into(),
        ];
        let tail = "ON CONFLICT (name) DO UPDATE SET title = excluded.title, password = excluded.password, \
                    subject = excluded.subject, disabled = excluded.disabled";
        self.insert("person (name, title, password, subject, disabled, added_ms)", 6, tail, values).await?;
        Ok(())
    }

    /// Gives a person these roles and no others.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_roles(&self, name: &str, roles: &[(String, String)]) -> Result<()> {
        self.run("DELETE FROM person_role WHERE person = $1", vec![name.into()]).await?;
        let values = roles
            .iter()
            .flat_map(|(role, source)| [name.into(), role.as_str().into(), source.as_str().into()])
            .collect();
        self.insert("person_role (person, role, source)", 3, "ON CONFLICT DO NOTHING", values).await?;
        Ok(())
    }

    /// Keeps a person's choices.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_choices(&self, name: &str, choices: &str) -> Result<()> {
        self.run("UPDATE person SET choices = $2 WHERE name = $1", vec![name.into(), choices.into()]).await?;
        Ok(())
    }

    /// Begins a session; those of everybody that are over are dropped.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_session(&self, session: &Session) -> Result<()> {
        self.run("DELETE FROM session WHERE ends_ms <= $1", vec![session.began_ms.into()]).await?;
        let values = vec![
            session.token_hash.as_str().into(),
            session.person.as_str().into(),
            session.csrf.as_str().into(),
            session.began_ms.into(),
            session.seen_ms.into(),
            session.ends_ms.into(),
        ];
        let into = "session (token_hash, person, csrf, began_ms, seen_ms, ends_ms)";
        self.insert(into, 6, "", values).await?;
        Ok(())
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn touch_session(&self, token_hash: &str, now_ms: i64) -> Result<()> {
        let sql = "UPDATE session SET seen_ms = $2 WHERE token_hash = $1 AND seen_ms < $2";
        self.run(sql, vec![token_hash.into(), now_ms.into()]).await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_session(&self, token_hash: &str) -> Result<()> {
        self.run("DELETE FROM session WHERE token_hash = $1", vec![token_hash.into()]).await?;
        Ok(())
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_sessions_of(&self, name: &str) -> Result<u64> {
        self.run("DELETE FROM session WHERE person = $1", vec![name.into()]).await
    }

    /// Counts a failed login; a count older than `since_ms` begins anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_login_failure(&self, subject: &str, now_ms: i64, since_ms: i64) -> Result<()> {
        self.run("DELETE FROM login_failure WHERE since_ms < $1", vec![since_ms.into()]).await?;
        let tail = "ON CONFLICT (subject) DO UPDATE SET failures = login_failure.failures + 1";
        let values = vec![subject.into(), 1_i64.into(), now_ms.into()];
        self.insert("login_failure (subject, failures, since_ms)", 3, tail, values).await?;
        Ok(())
    }

    /// Forgets failed logins.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget_login_failures(&self, subject: &str) -> Result<()> {
        self.run("DELETE FROM login_failure WHERE subject = $1", vec![subject.into()]).await?;
        Ok(())
    }

    /// Notes a sign-on under way; those that are too late are dropped.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_sign_on(&self, sign_on: &SignOn, now_ms: i64) -> Result<()> {
        self.run("DELETE FROM sign_on WHERE ends_ms <= $1", vec![now_ms.into()]).await?;
        let values = vec![
            sign_on.state_hash.as_str().into(),
            sign_on.nonce.as_str().into(),
            sign_on.verifier.as_str().into(),
            sign_on.onward.as_str().into(),
            sign_on.ends_ms.into(),
        ];
        self.insert("sign_on (state_hash, nonce, verifier, onward, ends_ms)", 5, "", values).await?;
        Ok(())
    }

    /// Takes a sign-on out: it can be finished once.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn take_sign_on(&self, state_hash: &str) -> Result<Option<SignOn>> {
        self.first("DELETE FROM sign_on WHERE state_hash = $1 RETURNING *", vec![state_hash.into()]).await
    }
}
