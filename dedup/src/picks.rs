//! Stewards and the golden record: their picks, which outlive every new choice, and the fields on which members
//! disagree so much that someone should look.

use normalizer::{Pay, PayPeriod, Posting};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::PostingId;
use crate::golden::{FieldBecause, Golden, Member, golden};

/// How firmly a steward chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// This posting's value while the posting is open.
    Suggest(PostingId),
    /// This posting's value, open or closed, as it changes.
    Follow(PostingId),
    /// This value, in the JSON form of the canonical posting, whatever the postings say.
    Fixed(Value),
}

/// A steward's pick for one field of a vacancy; of two on one field the last holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// Field of the canonical posting, e.g. `base_salary`.
    pub field: String,
    /// What was chosen.
    pub choice: Choice,
}

/// A field on which members disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Field of the canonical posting.
    pub field: String,
    /// The posting whose value was chosen.
    pub chosen: PostingId,
    /// The most trusted posting that says otherwise.
    pub against: PostingId,
    /// Trust of those who say otherwise, in thousandths of the trust of all who say anything.
    pub dissent: u16,
}

/// The golden record under stewards' picks. A pick that cannot be used (its posting left the vacancy or no longer
/// gives the field; a fixed value of the wrong shape) leaves the field as the rules have it.
pub fn golden_picked(members: &[Member<'_>], picks: &[Pick]) -> Golden {
    let mut out = golden(members);
    for pick in picks {
        let (value, posting, rule) = match &pick.choice {
            Choice::Fixed(value) => (Some(value.clone()), 0, "fixed by a steward"),
            Choice::Follow(id) => (given(members, *id, &pick.field, false), *id, "steward follows this posting"),
            Choice::Suggest(id) => (given(members, *id, &pick.field, true), *id, "suggested by a steward"),
        };
        let Some(replaced) = value.and_then(|value| with_field(&out.posting, &pick.field, value)) else { continue };
        out.posting = replaced;
        let because = FieldBecause { field: pick.field.clone().into(), posting, rule: rule.into() };
        match out.because.iter_mut().find(|b| b.field == pick.field.as_str()) {
            Some(slot) => *slot = because,
            None => out.because.push(because),
        }
    }
    out
}

fn given(members: &[Member<'_>], id: PostingId, field: &str, open_only: bool) -> Option<Value> {
    let member = members.iter().find(|m| m.id == id && (m.open || !open_only))?;
    let value = serde_json::to_value(member.posting).ok()?;
    value.get(field).filter(|v| !v.is_null() && **v != Value::String(String::new())).cloned()
}

fn with_field(posting: &Posting, field: &str, value: Value) -> Option<Posting> {
    let mut json = serde_json::to_value(posting).ok()?;
    json.as_object_mut()?.insert(field.to_owned(), value.clone());
    let replaced: Posting = serde_json::from_value(json).ok()?;
    // an unknown field is dropped on reading; a known one reads back
    let back = serde_json::to_value(&replaced).ok()?;
    (back.get(field).is_some() || value.is_null()).then_some(replaced)
}

/// Fields in which a disagreement means that one of the members is wrong, or is not of this vacancy.
type Differs = fn(&Posting, &Posting) -> Option<bool>;
const WATCHED: [(&str, Differs); 6] = [
    ("base_salary", pay_differs),
    ("job_location", place_differs),
    ("closing", |a, b| differ(a.closing.valid_through.as_ref(), b.closing.valid_through.as_ref())),
    ("total_job_openings", |a, b| differ(a.total_job_openings.as_ref(), b.total_job_openings.as_ref())),
    ("employment_type", |a, b| {
        let said = !a.employment_type.is_empty() && !b.employment_type.is_empty();
        said.then(|| !a.employment_type.iter().any(|kind| b.employment_type.contains(kind)))
    }),
    ("education", |a, b| differ(a.education.as_ref(), b.education.as_ref())),
];

/// Disagreements of at least `dissent_min` thousandths, strongest first. Closed members, which may be older forms of a
/// repost, are not heard.
pub fn conflicts(members: &[Member<'_>], record: &Golden, dissent_min: u16) -> Vec<Conflict> {
    let open: Vec<&Member<'_>> = members.iter().filter(|m| m.open).collect();
    let mut out = Vec::new();
    for (field, differs) in WATCHED {
        let Some(because) = record.because.iter().find(|b| b.field == field) else { continue };
        let mut heard: Vec<(&Member<'_>, bool)> =
            open.iter().filter_map(|m| Some((*m, differs(&record.posting, m.posting)?))).collect();
        heard.sort_by_key(|(m, _)| (std::cmp::Reverse(m.trust), m.id));
        let all: u64 = heard.iter().map(|(m, _)| u64::from(m.trust)).sum();
        let against: u64 = heard.iter().filter(|(_, no)| *no).map(|(m, _)| u64::from(m.trust)).sum();
        let dissent = (1000 * against).checked_div(all).unwrap_or(0) as u16;
        if let Some((first, _)) = heard.iter().find(|(_, no)| *no)
            && dissent >= dissent_min
        {
            out.push(Conflict { field: field.to_owned(), chosen: because.posting, against: first.id, dissent });
        }
    }
    out.sort_by(|a, b| (b.dissent, &a.field).cmp(&(a.dissent, &b.field)));
    out
}

fn differ<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> Option<bool> {
    Some(a? != b?)
}

/// Amounts more than 8 % apart in one period; portals round and convert.
fn pay_differs(a: &Posting, b: &Posting) -> Option<bool> {
    let least = |pay: &Pay| pay.min.or(pay.max);
    let (x, y) = (a.base_salary.as_ref()?, b.base_salary.as_ref()?);
    let months = |pay: &Pay| match pay.period? {
        PayPeriod::Year => least(pay).map(|won| won / 12),
        PayPeriod::Month => least(pay),
        PayPeriod::Hour => least(pay).and_then(|won| won.checked_mul(209)),
        _ => None,
    };
    let (x, y) = (months(x)?, months(y)?);
    Some(x.abs_diff(y) > x.max(y).unsigned_abs() * 8 / 100)
}

/// No workplace in common; a province agrees with its districts.
fn place_differs(a: &Posting, b: &Posting) -> Option<bool> {
    let codes = |p: &Posting| -> Vec<String> { p.job_location.iter().filter_map(|l| l.code.clone()).collect() };
    let (x, y) = (codes(a), codes(b));
    if x.is_empty() || y.is_empty() {
        return None;
    }
    Some(!x.iter().any(|c| y.iter().any(|d| c.starts_with(d.as_str()) || d.starts_with(c.as_str()))))
}

#[cfg(test)]
mod tests {
    use normalizer::Place;

    use super::*;

    fn posting(title: &str, month: i64, code: &str) -> Posting {
        Posting {
            title: title.to_owned(),
            base_salary: Some(Pay { period: Some(PayPeriod::Month), min: Some(month), ..Pay::default() }),
            job_location: vec![Place { code: Some(code.to_owned()), ..Place::default() }],
            ..Posting::default()
        }
    }

    fn member(id: PostingId, trust: u16, open: bool, posting: &Posting) -> Member<'_> {
        Member { id, source: "s", trust, posting, changed_ms: 0, open }
    }

    #[test]
    fn a_pick_sticks_as_firmly_as_it_was_made() {
        let (a, b) = (posting("조리원", 2_500_000, "11"), posting("주방 조리", 2_900_000, "11680"));
        let record = |open: bool, choice: Choice| {
            let members = [member(1, 900, true, &a), member(2, 100, open, &b)];
            let pick = Pick { field: "title".to_owned(), choice };
            golden_picked(&members, &[pick]).posting.title
        };
        let table = [
            (record(true, Choice::Suggest(2)), "주방 조리"),
            (record(false, Choice::Suggest(2)), "조리원"),
            (record(false, Choice::Follow(2)), "주방 조리"),
            (record(false, Choice::Follow(7)), "조리원"),
            (record(true, Choice::Fixed(Value::from("급식 조리"))), "급식 조리"),
            (record(true, Choice::Fixed(Value::from(7))), "조리원"),
        ];
        for (found, expected) in table {
            assert_eq!(found, expected);
        }
        let unknown = Pick { field: "tilte".to_owned(), choice: Choice::Fixed(Value::from("x")) };
        let members = [member(1, 900, true, &a)];
        assert_eq!(golden_picked(&members, &[unknown]), golden(&members));
    }

    #[test]
    fn disagreement_is_weighed_by_trust() {
        let near = posting("조리원", 2_550_000, "11680");
        let far = posting("조리원", 3_500_000, "41");
        let base = posting("조리원", 2_500_000, "11");
        let members = [member(1, 600, true, &base), member(2, 300, true, &far), member(3, 300, true, &near)];
        let record = golden(&members);
        let found = conflicts(&members, &record, 200);
        let told: Vec<String> = found.iter().map(|c| format!("{} {} {}", c.field, c.against, c.dissent)).collect();
        assert_eq!(told, ["base_salary 2 250", "job_location 2 250"]);
        assert!(conflicts(&members, &record, 300).is_empty());
        let closed = [member(1, 600, true, &base), member(2, 300, false, &far)];
        assert!(conflicts(&closed, &golden(&closed), 1).is_empty());
    }
}
