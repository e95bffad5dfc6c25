//! Users, roles, sessions and the audit log; knows nothing of HTTP.

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

    /// May decide cases.
    pub fn decides(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Steward | Role::Lead))
    }

    /// May undo anybody's decisions and be the second of two people.
    pub fn leads(&self) -> bool {
        self.roles.contains(&Role::Lead)
    }
}
