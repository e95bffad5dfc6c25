//! Why two postings are, or are not, one vacancy: each comparison with both sides, its level and its bits.

use std::fmt;

use serde::Serialize;

use crate::PostingId;
use crate::compare::{self, COMPARISONS, Levels, TABLE, exclusive};
use crate::decide::{RelationKind, relate};
use crate::profile::Profile;
use crate::weigh::Model;

/// One comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplanationRow {
    /// What was compared.
    pub comparison: &'static str,
    /// First posting's value, as far as the profile keeps it.
    pub a: String,
    /// Second posting's value.
    pub b: String,
    /// The level, in words.
    pub level: &'static str,
    /// What it weighs, in thousandths of a bit.
    pub millibits: i32,
}

/// Why two postings are related as they are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// First posting.
    pub a: PostingId,
    /// Second posting.
    pub b: PostingId,
    /// Version of the model.
    pub model: u32,
    /// Evidence before any comparison, in thousandths of a bit.
    pub prior: i32,
    /// All comparisons, in their fixed order.
    pub rows: Vec<ExplanationRow>,
    /// Prior and all rows.
    pub sum: i32,
    /// From here two postings are one vacancy.
    pub auto: i32,
    /// From here a steward is asked.
    pub grey: i32,
    /// The verdict on this pair alone; a group may still decide otherwise.
    pub verdict: RelationKind,
    /// Whether they share a blocking key: without one they are never compared.
    pub share_key: bool,
    /// What forbids it whatever the sum, if anything.
    pub veto: Option<&'static str>,
    /// The comparison that speaks most against the verdict.
    pub contrary: Option<&'static str>,
    /// Comparisons in which one side says nothing.
    pub unknown: Vec<&'static str>,
}

/// Explains a pair.
pub fn explain(a: &Profile, b: &Profile, model: &Model) -> Explanation {
    let levels = model.levels(a, b);
    let sum = model.score(&levels);
    let verdict = relate(a, b, None, model).map_or(RelationKind::Distinct, |r| r.kind);
    let rows: Vec<ExplanationRow> = (0..COMPARISONS).map(|at| row(at, a, b, &levels, model)).collect();
    let same = !matches!(verdict, RelationKind::Distinct | RelationKind::Partial);
    let against = |r: &&ExplanationRow| if same { r.millibits < 0 } else { r.millibits > 0 };
    let contrary = rows.iter().filter(against).max_by_key(|r| r.millibits.abs()).map(|r| r.comparison);
    let unknown = rows.iter().filter(|r| r.level == "unknown").map(|r| r.comparison).collect();
    Explanation {
        a: a.id,
        b: b.id,
        model: model.version,
        prior: model.prior,
        rows,
        sum,
        auto: model.auto,
        grey: model.grey,
        verdict,
        share_key: a.keys().iter().any(|key| b.keys().contains(key)),
        veto: exclusive(a, b).then_some("both live at one time in one source"),
        contrary,
        unknown,
    }
}

fn row(at: usize, a: &Profile, b: &Profile, levels: &Levels, model: &Model) -> ExplanationRow {
    let level = levels.0[at];
    ExplanationRow {
        comparison: TABLE[at].name,
        a: value(at, a),
        b: value(at, b),
        level: TABLE[at].levels.get(usize::from(level)).copied().unwrap_or("unknown"),
        millibits: model.weight(at, level),
    }
}

/// A profile's value for a comparison, in words or numbers; hashes only say that there is one.
fn value(at: usize, p: &Profile) -> String {
    let hidden = |there: bool| if there { "given".to_owned() } else { String::new() };
    let number = |n: u64| if n == 0 { String::new() } else { n.to_string() };
    match at {
        compare::ORIGIN => hidden(p.origin.is_some() || p.origin_url != 0),
        compare::REQUISITION => hidden(p.requisition != 0),
        compare::BUSINESS => number(p.business),
        compare::COMPANY => p.company.clone(),
        compare::BRANCH => hidden(p.branch != 0),
        compare::TITLE => p.title.clone(),
        compare::PAY => p.pay.map_or_else(String::new, |(min, _)| format!("{}만/년", min / 10)),
        compare::PLACE => {
            let codes = p.regions.iter().map(u32::to_string);
            codes.chain(std::iter::once(counted(p, 0, "words"))).collect::<Vec<_>>().join(" ")
        }
        compare::HOURS => counted(p, 1, "times"),
        compare::NUMBERS => counted(p, 2, "numbers"),
        compare::CONDITIONS => counted(p, 3, "words"),
        compare::TEXT => {
            if p.text.shingles == 0 {
                String::new()
            } else {
                format!("{} grams", p.text.shingles)
            }
        }
        compare::TIMING => match (p.first_day, p.live) {
            (Some(day), true) => format!("from {}", day_words(day)),
            (Some(day), false) => format!("{} to {}", day_words(day), p.ended.map_or("?".to_owned(), day_words)),
            (None, _) => String::new(),
        },
        compare::CLOSING => p.deadline.map_or_else(String::new, day_words),
        compare::OCCUPATION => {
            p.occupation.map_or_else(String::new, |(code, digits)| format!("{code:0width$}", width = digits.into()))
        }
        compare::HEADCOUNT => number(p.headcount.into()),
        compare::CONTRACT => hidden(p.contract != 0),
        compare::CONTACT => hidden(!p.contacts.is_empty()),
        compare::ASKED => hidden(p.degree != 0 || p.career != 0),
        _ => String::new(),
    }
}

fn counted(p: &Profile, class: u32, what: &str) -> String {
    match p.salient.iter().filter(|w| *w >> 29 == class).count() {
        0 => String::new(),
        n => format!("{n} {what}"),
    }
}

fn day_words(day: i32) -> String {
    chrono::NaiveDate::from_num_days_from_ce_opt(day.saturating_add(719_163))
        .map_or_else(String::new, |d| d.to_string())
}

fn bits(millibits: i32) -> String {
    format!("{:+.1}", f64::from(millibits) / 1000.0)
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12} {:<22} {:<22} {:<18} {:>6}", "", "a", "b", "level", "bits")?;
        writeln!(f, "{:<12} {:<22} {:<22} {:<18} {:>6}", "prior", "", "", "", bits(self.prior))?;
        for row in self.rows.iter().filter(|r| r.level != "unknown") {
            writeln!(
                f,
                "{:<12} {:<22} {:<22} {:<18} {:>6}",
                row.comparison,
                row.a,
                row.b,
                row.level,
                bits(row.millibits)
            )?;
        }
        writeln!(f, "{:<12} {:<22} {:<22} {:<18} {:>6}", "sum", "", "", "", bits(self.sum))?;
        write!(f, "verdict: {} (same from {}, asked from {}", self.verdict.name(), bits(self.auto), bits(self.grey))?;
        write!(f, ", model {})", self.model)?;
        if let Some(veto) = self.veto {
            write!(f, "; never joined: {veto}")?;
        }
        if !self.share_key {
            write!(f, "; never compared: no key in common")?;
        }
        if let Some(contrary) = self.contrary {
            write!(f, "; most against it: {contrary}")?;
        }
        if !self.unknown.is_empty() {
            write!(f, "\nnot said by both: {}", self.unknown.join(", "))?;
        }
        Ok(())
    }
}
