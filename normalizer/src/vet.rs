//! Judging a posting under the law of a day: rules are dated rows of `data/vet_rules.tsv`, one file each for what they look at.
//! Lexical rules share one walk over the folded free text; every finding names its span.

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::{Effect, Finding, Normalized};

mod lexicon;
mod squash;

mod advance;
mod age;
mod employer;
mod facts;
mod fee;
mod personal;
mod sex;
pub(crate) mod wage;

mod remedy;

pub use facts::{Arrears, Business, BusinessStatus, Facts, Terms};
pub use remedy::{Remedy, remedy};
pub use wage::hourly_minimum;

/// Rules of 채용절차법, which binds employers of thirty and more.
const HIRING_ACT: &[&str] = &["PII", "FEE"];

/// A rule of law as it stands in a span of time.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// `MW`, `SEX`, …
    pub id: &'static str,
    /// What it rests on.
    pub article: &'static str,
    /// First day in force.
    pub from: NaiveDate,
    /// First day no longer in force.
    pub to: Option<NaiveDate>,
    /// What a clear violation does to a posting.
    pub effect: Effect,
    /// What the law threatens.
    pub penalty: &'static str,
}

/// Every row of the law, past and present.
pub fn laws() -> &'static [Law] {
    static LAWS: LazyLock<Vec<Law>> = LazyLock::new(|| {
        include_str!("../data/vet_rules.tsv").lines().filter(|l| !l.starts_with('#')).skip(1).filter_map(law).collect()
    });
    &LAWS
}

fn law(line: &'static str) -> Option<Law> {
    let mut cells = line.split('\t');
    let (id, article) = (cells.next()?, cells.next()?);
    let from = cells.next()?.parse().ok()?;
    let to = cells.next()?.parse().ok();
    let effect = match cells.next()? {
        "lowers" => Effect::Lowers,
        "reviews" => Effect::Reviews,
        "holds" => Effect::Holds,
        "rejects" => Effect::Rejects,
        _ => Effect::None,
    };
    Some(Law { id, article, from, to, effect, penalty: cells.next().unwrap_or("") })
}

/// The row of a rule in force on a day.
pub fn law_on(id: &str, day: NaiveDate) -> Option<&'static Law> {
    laws().iter().find(|law| law.id == id && law.from <= day && law.to.is_none_or(|to| day < to))
}

/// See [`crate::vet`].
pub(crate) fn judge(normalized: &Normalized, law_of: NaiveDate, facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    wage::judge(normalized, law_of, &mut findings);
    employer::judge(normalized, law_of, &mut findings);
    lexicon::judge(normalized, law_of, &mut findings);
    facts::judge(normalized, law_of, facts, &mut findings);
    if !facts::hiring_act_applies(facts) {
        for finding in findings.iter_mut().filter(|f| HIRING_ACT.contains(&f.rule.as_ref())) {
            finding.effect = finding.effect.min(Effect::Lowers);
        }
    }
    findings
}

/// Ids of the rules of vetting, past and present, in the order of the table.
pub fn rules() -> Vec<&'static str> {
    let mut ids: Vec<&'static str> = Vec::new();
    for law in laws() {
        if !ids.contains(&law.id) {
            ids.push(law.id);
        }
    }
    ids
}

/// Whether a finding is one of vetting, not of reading.
pub fn is_rule(id: &str) -> bool {
    laws().iter().any(|law| law.id == id)
}

/// How sure a lexical rule is of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sure {
    /// A person should look.
    Doubtful,
    /// The rule's own effect.
    Clear,
}

/// Adds a finding under a rule, unless the rule was not in force or has the same span already.
fn found(
    findings: &mut Vec<Finding>,
    law_of: NaiveDate,
    id: &'static str,
    field: &'static str,
    sure: Sure,
    span: &str,
) {
    let Some(law) = law_on(id, law_of) else { return };
    let effect = if sure == Sure::Clear { law.effect } else { law.effect.min(Effect::Reviews) };
    let finding = Finding::new(id, field, effect, &crate::contact::masked(span)).under(law.article);
    let repeats =
        findings.iter().any(|f| f.rule == id && (f.span == finding.span || (f.field == field && f.effect >= effect)));
    if !repeats {
        findings.push(finding);
    }
}

#[cfg(test)]
#[path = "vet/tests.rs"]
mod tests;
