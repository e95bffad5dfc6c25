//! Users, roles, sessions and the audit log; knows nothing of HTTP.

pub mod account;
pub mod audit;
pub mod choices;
pub mod password;
pub mod seat;
pub mod sign_on;

use std::fmt;
use std::str::FromStr;

/// What somebody may do. A person may have several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Looks at everything but contacts.
    Viewer,
    /// Sees the verdicts on the postings of one source, by its name, and nothing of any other.
    Partner(String),
    /// Decides cases.
    Steward,
    /// Decides cases, undoes anybody's decisions, is the second of two people.
    Lead,
    /// Pauses, resumes, retries and connects sources.
    Operator,
    /// Manages people; sees everything, decides no case.
    Admin,
}

impl Role {
    /// The word for it, without a partner's source.
    pub fn word(&self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Partner(_) => "partner",
            Role::Steward => "steward",
            Role::Lead => "lead",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Role::Partner(source) => write!(f, "partner({source})"),
            role => f.write_str(role.word()),
        }
    }
}

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role: say viewer, partner(<source>), steward, lead, operator or admin")]
pub struct NoRole(String);

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Role, NoRole> {
        let source = text.strip_prefix("partner(").and_then(|rest| rest.strip_suffix(')'));
        Ok(match (text, source) {
            (_, Some(source)) if !source.is_empty() => Role::Partner(source.to_owned()),
            ("viewer", _) => Role::Viewer,
            ("steward", _) => Role::Steward,
            ("lead", _) => Role::Lead,
            ("operator", _) => Role::Operator,
            ("admin", _) => Role::Admin,
            _ => return Err(NoRole(text.to_owned())),
        })
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Login name, `cli:<user>` on the command line, `hub` for the hub itself.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
}

impl Actor {
    /// Somebody with roles.
    pub fn new(name: impl Into<String>, roles: Vec<Role>) -> Actor {
        Actor { name: name.into(), roles }
    }

    /// The hub itself, for what happens without a person.
    pub fn hub() -> Actor {
        Actor::new("hub", Vec::new())
    }

    /// Whether they have one of the roles; a partner of any source matches a partner of any other.
    pub fn is_any(&self, words: &[&str]) -> bool {
        self.roles.iter().any(|role| words.contains(&role.word()))
    }

    /// May decide cases.
    pub fn decides(&self) -> bool {
        self.is_any(&["steward", "lead"])
    }

    /// May undo anybody's decisions and be the second of two people.
    pub fn leads(&self) -> bool {
        self.is_any(&["lead"])
    }

    /// May pause, resume, retry and connect sources.
    pub fn operates(&self) -> bool {
        self.is_any(&["operator", "admin"])
    }

    /// Works for the hub's owner: sees all sources.
    pub fn is_staff(&self) -> bool {
        self.is_any(&["viewer", "steward", "lead", "operator", "admin"])
    }

    /// The sources whose rows they may see as a partner; says nothing of staff, who see all.
    pub fn partner_sources(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().filter_map(|role| match role {
            Role::Partner(source) => Some(source.as_str()),
            _ => None,
        })
    }

    /// Whether rows of a source may be shown to them.
    pub fn may_see(&self, source: &str) -> bool {
        self.is_staff() || self.partner_sources().any(|own| own == source)
    }

    /// Their roles, joined by commas.
    pub fn roles_text(&self) -> String {
        self.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// What went wrong with people.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    /// A password could not be hashed.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
    /// Nobody is called so.
    #[error("nobody is called `{0}`")]
    Nobody(String),
    /// Somebody is called so.
    #[error("somebody is called `{0}` already")]
    Taken(String),
    /// A name, title, role or password that will not do.
    #[error("{0}")]
    Unfit(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_read_as_they_are_written_and_nothing_else_is_one() {
        for text in ["viewer", "partner(saramin)", "steward", "lead", "operator", "admin"] {
            assert_eq!(text.parse::<Role>().unwrap().to_string(), text);
        }
        for text in ["", "partner", "partner()", "Admin", "root"] {
            assert!(text.parse::<Role>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_partner_sees_its_own_source_only() {
        let partner = Actor::new("p", vec![Role::Partner("saramin".into())]);
        assert!(partner.may_see("saramin") && !partner.may_see("wanted") && !partner.is_staff());
        assert!(Actor::new("v", vec![Role::Viewer]).may_see("wanted"));
        assert!(!Actor::new("x", vec![]).may_see("wanted"));
    }
}
