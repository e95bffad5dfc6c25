//! The form of a case as an answer to it: what was chosen, and values that a steward typed, read as portals' texts are.

use chrono::NaiveDate;
use dedup::{Choice, Pick};
use normalizer::Posting;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::group::Group;
use super::values::{FIELDS, label as label_of, t, with};
use crate::console::words::Lang;
use crate::review::{Answer, Family, Scope, Stickiness, Verb};
use crate::view::PostingId;

/// Longest value that may be typed, in characters.
const TYPED_CHARS_MAX: usize = 200;
/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 500;
/// Fields of a form, at most.
const FIELDS_MAX: usize = 200;
/// An hour in milliseconds.
const HOUR_MS: i64 = 3_600_000;
/// A day in milliseconds.
const DAY_MS: i64 = 24 * HOUR_MS;

/// A form as it was filled in; also what is kept of an unfinished one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    pub(crate) verb: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) note: Option<String>,
    /// Field, and `typed` or a posting.
    pub(crate) picks: Vec<(String, String)>,
    /// Field, and what was typed.
    pub(crate) typed: Vec<(String, String)>,
    /// Its other fields, which are asked again.
    #[serde(skip)]
    pub(crate) others: Vec<(String, String)>,
}

impl Draft {
    /// Reads the fields of a form; what is too long is cut, what is unknown is left out.
    pub(crate) fn of(fields: Vec<(String, String)>) -> Draft {
        let mut draft = Draft::default();
        for (name, value) in fields.into_iter().take(FIELDS_MAX) {
            let value = value.trim();
            let given = (!value.is_empty()).then(|| value.to_owned());
            if let Some(field) = name.strip_prefix("pick.") {
                if known(field) && value != "rule" && given.is_some() {
                    draft.picks.push((field.to_owned(), value.to_owned()));
                }
            } else if let Some(field) = name.strip_prefix("typed.") {
                if known(field) && given.is_some() {
                    draft.typed.push((field.to_owned(), value.chars().take(TYPED_CHARS_MAX).collect()));
                }
            } else {
                match name.as_str() {
                    "verb" => draft.verb = given,
                    "reason" => draft.reason = given,
                    "note" => draft.note = given.map(|note| note.chars().take(NOTE_CHARS_MAX).collect()),
                    _ => draft.others.push((name, value.to_owned())),
                }
            }
        }
        draft
    }

    /// Whether nothing was chosen.
    pub(crate) fn is_empty(&self) -> bool {
        self.verb.is_none() && self.picks.is_empty() && self.note.is_none() && self.typed.is_empty()
    }

    /// What was chosen for a field, and what was typed.
    pub(crate) fn pick(&self, field: &str) -> (String, String) {
        let of =
            |list: &[(String, String)]| list.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone());
        (of(&self.picks).unwrap_or_else(|| "rule".to_owned()), of(&self.typed).unwrap_or_default())
    }

    pub(crate) fn other(&self, name: &str) -> &str {
        self.others.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }
}

fn known(field: &str) -> bool {
    FIELDS.iter().any(|f| f.name == field && f.pick)
}

/// Whether a value of a field can be typed: those that one line says and the normalizer reads.
pub(crate) fn can_type(field: &str) -> bool {
    !matches!(field, "occupation" | "industry" | "description")
}

/// When and on what the form is read.
pub(crate) struct Reading<'a> {
    pub(crate) lang: Lang,
    pub(crate) family: Family,
    /// The field a conflict is about.
    pub(crate) field: Option<&'a str>,
    pub(crate) group: &'a Group,
    pub(crate) now_ms: i64,
    pub(crate) today: NaiveDate,
}

/// The answer a form gives, or in words what is wrong with it.
///
/// # Errors
/// What has to be corrected.
pub(crate) fn answer(draft: &Draft, reading: &Reading<'_>) -> Result<Answer, String> {
    let lang = reading.lang;
    let verb = draft.verb.as_deref().and_then(|word| word.parse::<Verb>().ok());
    let verb = verb.ok_or_else(|| t(lang, "case-needs-verb"))?;
    let reason = draft.reason.clone().unwrap_or_default();
    if verb.needs_reason() && reason.is_empty() {
        return Err(t(lang, "case-needs-reason"));
    }
    let stickiness: Option<Stickiness> = draft.other("stickiness").parse().ok();
    let picks = if matches!(verb, Verb::Merge | Verb::Pick) { picks(draft, reading, stickiness)? } else { Vec::new() };
    if verb == Verb::Pick && picks.is_empty() {
        return Err(t(lang, "case-needs-value"));
    }
    if picks.iter().any(|p| matches!(p.choice, Choice::Fixed(_))) && !draft.typed.is_empty() && reason.is_empty() {
        return Err(t(lang, "case-needs-reason"));
    }
    let to = Some(draft.other("assignee").to_owned()).filter(|to| !to.is_empty());
    if verb == Verb::HandOver && to.is_none() {
        return Err(t(lang, "case-needs-person"));
    }
    let days = draft.other("expires").parse::<i64>().ok().filter(|days| (1..=3_650).contains(days));
    Ok(Answer {
        verb,
        reason,
        note: draft.note.clone(),
        picks,
        stickiness,
        scope: match (verb, draft.other("scope")) {
            (Verb::Distinct, "employer") => Scope::EmployerOccupation,
            _ => Scope::These,
        },
        expires_ms: days.filter(|_| verb == Verb::Distinct).map(|days| reading.now_ms + days * DAY_MS),
        until_ms: (verb == Verb::Later).then(|| reading.now_ms + hold_ms(draft.other("hold"))),
        to: to.filter(|_| verb == Verb::HandOver),
        ..Answer::default()
    })
}

fn hold_ms(choice: &str) -> i64 {
    match choice {
        "evening" => 4 * HOUR_MS,
        "tomorrow" => DAY_MS,
        "week" => 7 * DAY_MS,
        _ => HOUR_MS,
    }
}

fn picks(draft: &Draft, reading: &Reading<'_>, stickiness: Option<Stickiness>) -> Result<Vec<Pick>, String> {
    let mut picks = Vec::new();
    for (field, choice) in &draft.picks {
        let choice = if choice == "typed" {
            Choice::Fixed(typed(field, draft, reading)?)
        } else {
            let Some(posting) = choice.parse::<PostingId>().ok().filter(|id| reading.group.has(id.0)) else { continue };
            chosen(field, posting.0, reading.group, stickiness)
        };
        picks.push(Pick { field: field.clone(), choice });
    }
    // a conflict that is left to the rule is answered with the posting the rule took
    if let (Family::Conflict, Some(field)) = (reading.family, reading.field)
        && picks.iter().all(|p| p.field != field)
        && let Some(because) = reading.group.golden.because.iter().find(|b| b.field == field && b.posting != 0)
    {
        picks.push(Pick { field: field.to_owned(), choice: chosen(field, because.posting, reading.group, stickiness) });
    }
    Ok(picks)
}

/// A posting's value, as firmly as the steward said.
fn chosen(field: &str, posting: i64, group: &Group, stickiness: Option<Stickiness>) -> Choice {
    match stickiness {
        Some(Stickiness::Suggest) => Choice::Suggest(posting),
        Some(Stickiness::Fixed) => group.value(posting, field).map_or(Choice::Follow(posting), Choice::Fixed),
        _ => Choice::Follow(posting),
    }
}

fn typed(field: &str, draft: &Draft, reading: &Reading<'_>) -> Result<Value, String> {
    let label = || vec![("field", label_of(reading.lang, field))];
    let (_, text) = draft.pick(field);
    if text.is_empty() {
        return Err(with(reading.lang, "case-needs-text", &label()));
    }
    read(field, &text, reading.today).ok_or_else(|| with(reading.lang, "case-bad-text", &label()))
}

/// A typed text as the field's value in the canonical posting's JSON; nothing where it cannot be read.
pub(crate) fn read(field: &str, text: &str, today: NaiveDate) -> Option<Value> {
    let mut posting = Posting::default();
    match field {
        "title" => posting.title = text.to_owned(),
        "hiring_organization" => posting.hiring_organization = normalizer::company::parse(text),
        "base_salary" => {
            posting.base_salary = normalizer::pay::said(text).filter(|said| !said.none).map(|said| said.pay)
        }
        "closing" => posting.closing = normalizer::closing::said(text, today).filter(|said| !said.none)?.closing,
        "job_location" => posting.job_location = normalizer::region::said(text, today),
        "employment_type" => posting.employment_type = normalizer::employment_type::said(text),
        "total_job_openings" => {
            let digits = text.trim_end_matches('명').trim().replace(',', "");
            posting.total_job_openings = Some(digits.parse().ok().filter(|n| (1..=100_000).contains(n))?);
        }
        "education" => posting.education = Some(normalizer::education::said(text)?),
        "experience" => posting.experience = Some(normalizer::career::said(text)?),
        "weekly_minutes" => {
            let hours: f64 = text.trim_start_matches('주').trim_end_matches("시간").trim().parse().ok()?;
            posting.weekly_minutes = Some((hours * 60.0).round() as u32).filter(|m| (60..=10_080).contains(m));
        }
        "work_hours" => posting.work_hours = Some(text.to_owned()),
        "date_posted" => posting.date_posted = Some(normalizer::date::first(text, today)?.date),
        "requisition" => posting.requisition = Some(text.to_owned()),
        "qualifications" => posting.qualifications = Some(text.to_owned()),
        "job_benefits" => posting.job_benefits = Some(text.to_owned()),
        _ => return None,
    }
    let value = serde_json::to_value(&posting).ok()?.get(field)?.clone();
    let said = match &value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => map.values().any(|v| !v.is_null()),
        _ => true,
    };
    said.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_are_read_as_portals_texts_are() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        for (field, text, want) in [
            ("title", "물류 작업원", r#""물류 작업원""#),
            ("base_salary", "월급 285만원", r#"{"period":"MONTH","min":2850000}"#),
            ("closing", "2026. 12. 5.", r#"{"kind":"by_date","valid_through":"2026-12-05"}"#),
            ("closing", "채용시까지", r#"{"kind":"until_filled"}"#),
            ("total_job_openings", "1,200명", "1200"),
            ("weekly_minutes", "주 40시간", "2400"),
            ("date_posted", "2026-11-20", r#""2026-11-20""#),
            ("employment_type", "정규직", r#"["PERMANENT"]"#),
            ("total_job_openings", "많이", ""),
            ("base_salary", "", ""),
            ("url", "https://example.org", ""),
        ] {
            let read = read(field, text, today).map(|v| v.to_string()).unwrap_or_default();
            assert_eq!(read, want, "{field} {text}");
        }
    }

    #[test]
    fn a_form_keeps_what_is_known_and_no_more() {
        let fields = [
            ("csrf", "0"),
            ("verb", "merge"),
            ("pick.title", "p00c0ffee00c0ffee"),
            ("pick.base_salary", "rule"),
            ("pick.password", "x"),
            ("typed.title", " 조리원 "),
            ("note", ""),
        ];
        let draft = Draft::of(fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect());
        assert_eq!(draft.verb.as_deref(), Some("merge"));
        assert_eq!(draft.picks, [("title".to_owned(), "p00c0ffee00c0ffee".to_owned())]);
        assert_eq!(draft.pick("title"), ("p00c0ffee00c0ffee".to_owned(), "조리원".to_owned()));
        assert_eq!(draft.pick("base_salary"), ("rule".to_owned(), String::new()));
        assert_eq!((draft.note.clone(), draft.other("csrf")), (None, "0"));
    }
}
