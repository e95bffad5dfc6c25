//! The golden record: one canonical posting of a vacancy's members, each field from one of them, with the rule that
//! chose it. With one member it is that member's posting.

use normalizer::{Posting, SourceStatus};
use serde::{Deserialize, Serialize};

use crate::PostingId;

/// Half-life of a value's recency, in milliseconds: 30 days.
const HALF_LIFE_MS: f64 = 30.0 * 86_400_000.0;

/// One posting of a vacancy.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Which posting.
    pub id: PostingId,
    /// Name of its source.
    pub source: &'a str,
    /// How far the source is trusted, in thousandths.
    pub trust: u16,
    /// Its canonical form.
    pub posting: &'a Posting,
    /// When its content last changed, in milliseconds since 1970.
    pub changed_ms: i64,
    /// Whether it is open.
    pub open: bool,
}

/// Which posting gave a field, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldBecause {
    /// Field of the canonical posting.
    pub field: std::borrow::Cow<'static, str>,
    /// The posting that gives it.
    pub posting: PostingId,
    /// The rule, in a few words.
    pub rule: std::borrow::Cow<'static, str>,
}

/// A vacancy's record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Golden {
    /// The chosen values.
    pub posting: Posting,
    /// One entry for each field that any member gives.
    pub because: Vec<FieldBecause>,
}

/// How the best of several values is chosen; all start from trust × recency, open before closed.
#[derive(Clone, Copy)]
enum Rule {
    /// The most trusted recent value.
    Best,
    /// The value most members agree on, then the best of them.
    Agreed,
    /// The one that says most, then the best.
    Fullest,
    /// The earliest day.
    Earliest,
}

impl Rule {
    fn words(self, alone: bool) -> &'static str {
        match self {
            _ if alone => "only value",
            Rule::Best => "most trusted and recent",
            Rule::Agreed => "most agreed",
            Rule::Fullest => "most complete",
            Rule::Earliest => "earliest",
        }
    }
}

/// The golden record of a vacancy. Depends on the set of members only, not on their order.
pub fn golden(members: &[Member<'_>]) -> Golden {
    let mut ranked: Vec<Member<'_>> = members.to_vec();
    let newest = ranked.iter().map(|m| m.changed_ms).max().unwrap_or(0);
    ranked.sort_by(|x, y| {
        let standing = |m: &Member<'_>| {
            let age = (newest.saturating_sub(m.changed_ms)).max(0) as f64;
            f64::from(m.trust) * (-age / HALF_LIFE_MS).exp2()
        };
        y.open.cmp(&x.open).then(standing(y).total_cmp(&standing(x))).then(x.id.cmp(&y.id))
    });
    let mut out = Golden::default();
    choose_identity(&ranked, &mut out);
    choose_terms(&ranked, &mut out);
    choose_words(&ranked, &mut out);
    choose_life(&ranked, &mut out);
    out
}

/// Takes one field: `get` gives its value and how much it says, `put` writes it.
fn choose<'a, T: PartialEq + Clone>(
    ranked: &[Member<'a>],
    out: &mut Golden,
    field: &'static str,
    rule: Rule,
    get: impl Fn(&'a Posting) -> Option<(T, i64)>,
    put: impl FnOnce(&mut Posting, T),
) {
    let given: Vec<(PostingId, T, i64)> =
        ranked.iter().filter_map(|m| get(m.posting).map(|(value, weight)| (m.id, value, weight))).collect();
    let mut best = 0;
    for at in 1..given.len() {
        let votes = |at: usize| given.iter().filter(|g| g.1 == given[at].1).count();
        let better = match rule {
            Rule::Best => false,
            Rule::Agreed => (given[at].2, votes(at)) > (given[best].2, votes(best)),
            Rule::Fullest => given[at].2 > given[best].2,
            Rule::Earliest => given[at].2 < given[best].2,
        };
        if better {
            best = at;
        }
    }
    let alone = given.iter().all(|g| g.1 == given[best].1);
    if let Some((posting, value, _)) = given.into_iter().nth(best) {
        put(&mut out.posting, value);
        out.because.push(FieldBecause { field: field.into(), posting, rule: rule.words(alone).into() });
    }
}

fn choose_identity(ranked: &[Member<'_>], out: &mut Golden) {
    let said = |text: &str| (!text.is_empty()).then(|| (text.to_owned(), 0));
    choose(ranked, out, "title", Rule::Agreed, |p| said(&p.title), |g, v| g.title = v);
    choose(
        ranked,
        out,
        "hiring_organization",
        Rule::Fullest,
        |p| {
            let o = &p.hiring_organization;
            let fullness = 4 * i64::from(o.business_number.is_some())
                + 2 * i64::from(!o.match_name.is_empty())
                + i64::from(o.branch.is_some())
                + i64::from(o.legal_form.is_some());
            (!o.name.is_empty() || o.business_number.is_some()).then(|| (o.clone(), fullness))
        },
        |g, v| g.hiring_organization = v,
    );
    choose(
        ranked,
        out,
        "job_location",
        Rule::Fullest,
        |p| {
            // a district says more than a province, an address more than a district
            let precision = p
                .job_location
                .iter()
                .map(|l| i64::from(l.code.as_ref().map_or(0, |c| c.len() as i32)) + 6 * i64::from(l.address.is_some()));
            (!p.job_location.is_empty()).then(|| (p.job_location.clone(), precision.max().unwrap_or(0)))
        },
        |g, v| g.job_location = v,
    );
    let occupation = |p: &Posting| {
        let o = p.occupation.clone()?;
        let weight = i64::from(o.confidence) + 100 * o.code.as_ref().map_or(0, |c| c.len() as i64);
        Some((o, weight))
    };
    choose(ranked, out, "occupation", Rule::Fullest, occupation, |g, v| g.occupation = Some(v));
    choose(ranked, out, "industry", Rule::Agreed, |p| p.industry.clone().map(|v| (v, 0)), |g, v| g.industry = Some(v));
    choose(
        ranked,
        out,
        "requisition",
        Rule::Best,
        |p| p.requisition.clone().map(|v| (v, 0)),
        |g, v| g.requisition = Some(v),
    );
}

fn choose_terms(ranked: &[Member<'_>], out: &mut Golden) {
    let kinds = |p: &Posting| (!p.employment_type.is_empty()).then(|| (p.employment_type.clone(), 0));
    choose(ranked, out, "employment_type", Rule::Agreed, kinds, |g, v| g.employment_type = v);
    let pay = |p: &Posting| {
        let pay = p.base_salary.clone()?;
        // an amount before words; both bounds are no better than one, portals invent them
        let amount = i64::from(pay.min.is_some() || pay.max.is_some());
        Some((pay, amount))
    };
    choose(ranked, out, "base_salary", Rule::Agreed, pay, |g, v| g.base_salary = Some(v));
    choose(ranked, out, "education", Rule::Agreed, |p| p.education.map(|v| (v, 0)), |g, v| g.education = Some(v));
    choose(ranked, out, "experience", Rule::Agreed, |p| p.experience.map(|v| (v, 0)), |g, v| g.experience = Some(v));
    choose(
        ranked,
        out,
        "total_job_openings",
        Rule::Agreed,
        |p| p.total_job_openings.map(|v| (v, 0)),
        |g, v| g.total_job_openings = Some(v),
    );
    choose(
        ranked,
        out,
        "weekly_minutes",
        Rule::Agreed,
        |p| p.weekly_minutes.map(|v| (v, 0)),
        |g, v| g.weekly_minutes = Some(v),
    );
}

fn choose_words(ranked: &[Member<'_>], out: &mut Golden) {
    let long = |text: &Option<String>| text.clone().map(|t| (t.clone(), t.chars().count() as i64));
    choose(
        ranked,
        out,
        "work_hours",
        Rule::Best,
        |p| p.work_hours.clone().map(|v| (v, 0)),
        |g, v| {
            g.work_hours = Some(v);
        },
    );
    choose(ranked, out, "description", Rule::Fullest, |p| long(&p.description), |g, v| g.description = Some(v));
    choose(
        ranked,
        out,
        "qualifications",
        Rule::Fullest,
        |p| long(&p.qualifications),
        |g, v| {
            g.qualifications = Some(v);
        },
    );
    choose(ranked, out, "job_benefits", Rule::Fullest, |p| long(&p.job_benefits), |g, v| g.job_benefits = Some(v));
}

fn choose_life(ranked: &[Member<'_>], out: &mut Golden) {
    let posted = |p: &Posting| p.date_posted.map(|d| (d, i64::from(crate::day_number(d))));
    choose(ranked, out, "date_posted", Rule::Earliest, posted, |g, v| g.date_posted = Some(v));
    let closing =
        |p: &Posting| (p.closing.kind.is_some() || p.closing.valid_through.is_some()).then_some((p.closing, 0));
    choose(ranked, out, "closing", Rule::Best, closing, |g, v| g.closing = v);
    // one open member keeps the vacancy open
    let status = |p: &Posting| Some((p.status, i64::from(p.status == SourceStatus::Open)));
    choose(ranked, out, "status", Rule::Fullest, status, |g, v| g.status = v);
    choose(ranked, out, "url", Rule::Best, |p| p.url.clone().map(|v| (v, 0)), |g, v| g.url = Some(v));
    choose(ranked, out, "origin", Rule::Best, |p| p.origin.clone().map(|v| (v, 0)), |g, v| g.origin = Some(v));
    let mut provenance = Vec::new();
    for because in &out.because {
        let from = ranked.iter().find(|m| m.id == because.posting);
        let of_field = from.into_iter().flat_map(|m| m.posting.provenance.iter());
        provenance.extend(of_field.filter(|p| p.field == because.field).cloned());
    }
    if let [only] = ranked {
        provenance = only.posting.provenance.clone();
    }
    out.posting.provenance = provenance;
}

#[cfg(test)]
mod tests {
    use super::*;
    use normalizer::{Pay, PayPeriod};

    fn member(id: PostingId, trust: u16, posting: &Posting) -> Member<'_> {
        Member { id, source: "s", trust, posting, changed_ms: 0, open: true }
    }

    fn posting(title: &str, description: &str, pay: Option<i64>) -> Posting {
        Posting {
            title: title.to_owned(),
            description: (!description.is_empty()).then(|| description.to_owned()),
            base_salary: pay.map(|min| Pay { period: Some(PayPeriod::Year), min: Some(min), ..Pay::default() }),
            ..Posting::default()
        }
    }

    #[test]
    fn one_member_is_its_own_record() {
        let mut only = posting("조리원", "급식 조리", Some(30_000_000));
        only.provenance.push(normalizer::Provenance {
            field: "base_salary".into(),
            raw: "3,000만".to_owned(),
            rule: "pay.range".into(),
            confidence: 900,
        });
        assert_eq!(golden(&[member(1, 500, &only)]).posting, only);
        assert_eq!(golden(&[]).posting, Posting::default());
    }

    #[test]
    fn each_field_comes_from_the_member_that_serves_it_best() {
        let a = posting("조리원", "짧다", Some(30_000_000));
        let b = posting("조리원", "급식 조리와 배식, 위생 관리", None);
        let c = posting("주방 조리", "", Some(31_000_000));
        let members = [member(1, 300, &a), member(2, 500, &b), member(3, 900, &c)];
        let record = golden(&members);
        let because: Vec<String> =
            record.because.iter().map(|b| format!("{} {} {}", b.field, b.posting, b.rule)).collect();
        assert_eq!(
            because,
            ["title 2 most agreed", "base_salary 3 most agreed", "description 2 most complete", "status 3 only value"]
        );
        let reversed: Vec<Member<'_>> = members.iter().rev().copied().collect();
        assert_eq!(golden(&reversed), record);
    }
}
