//! What who published a posting can do about a finding, in Korean and English: from `data/vet_remedies.tsv`.

use std::sync::LazyLock;

/// What to do about a rule's finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// Rule id.
    pub rule: &'static str,
    /// What the rule is about, Korean and English.
    pub about: [&'static str; 2],
    /// What to do, Korean and English.
    pub todo: [&'static str; 2],
}

/// The remedy of a rule of vetting, or of a finding of reading by its family; `None` for one that has none.
pub fn remedy(rule: &str) -> Option<&'static Remedy> {
    static REMEDIES: LazyLock<Vec<Remedy>> = LazyLock::new(|| {
        let rows = include_str!("../../data/vet_remedies.tsv").lines().filter(|l| !l.starts_with('#')).skip(1);
        rows.filter_map(|line| {
            let mut cells = line.split('\t');
            let mut next = || cells.next();
            Some(Remedy { rule: next()?, about: [next()?, next()?], todo: [next()?, next()?] })
        })
        .collect()
    });
    let family = rule.split('.').next().unwrap_or(rule);
    REMEDIES.iter().find(|r| r.rule == rule).or_else(|| REMEDIES.iter().find(|r| r.rule == family))
}
