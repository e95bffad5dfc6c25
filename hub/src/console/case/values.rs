//! The fields of a posting as a steward reads them: `월급 2,850,000원`, `2026. 12. 5.(토)`, `채용시까지`. One line a value;
//! what is not said is nothing.

use std::borrow::Cow;

use chrono::NaiveDate;
use normalizer::{CloseKind, Education, EmploymentType, Experience, Pay, PayPeriod, Posting, SourceStatus};
use serde::Serialize;

use super::super::format;
use super::super::words::{Lang, say};
use crate::world::seoul_instant;

/// Hours a month that an hourly wage stands for (209: 40 a week with the paid day of rest, 최저임금법 시행령 제5조).
const HOURS_A_MONTH: i64 = 209;

/// A field as the screens show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name in the canonical posting; also of its words (`field-…`).
    pub(crate) name: &'static str,
    /// How much a difference in it matters; the heavier, the further up.
    pub(crate) weight: u16,
    /// Whether a steward can choose among its values.
    pub(crate) pick: bool,
}

const fn field(name: &'static str, weight: u16, pick: bool) -> Field {
    Field { name, weight, pick }
}

/// All fields that are compared, heaviest first. The business number belongs to the employer and is chosen with it;
/// state, address and origin are each posting's own.
pub(crate) const FIELDS: [Field; 22] = [
    field("hiring_organization", 100, true),
    field("business_number", 95, false),
    field("title", 90, true),
    field("base_salary", 85, true),
    field("closing", 80, true),
    field("status", 78, false),
    field("job_location", 75, true),
    field("occupation", 70, true),
    field("employment_type", 60, true),
    field("total_job_openings", 55, true),
    field("education", 50, true),
    field("experience", 48, true),
    field("weekly_minutes", 45, true),
    field("work_hours", 44, true),
    field("date_posted", 40, true),
    field("industry", 35, true),
    field("requisition", 34, true),
    field("qualifications", 30, true),
    field("description", 28, true),
    field("job_benefits", 20, true),
    field("url", 5, false),
    field("origin", 4, false),
];

/// A field's value in words.
pub(crate) fn value(posting: &Posting, field: &str, lang: Lang) -> Option<String> {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match field {
        "hiring_organization" => said(&organization(posting)),
        "business_number" => posting.hiring_organization.business_number.as_deref().map(business_number),
        "title" => said(&posting.title),
        "base_salary" => posting.base_salary.as_ref().map(|pay| self::pay(pay, lang)),
        "closing" => closing(posting, lang),
        "status" => {
            Some(t(lang, if posting.status == SourceStatus::Open { "case-value-open" } else { "case-value-closed" }))
        }
        "job_location" => said(&places(posting)),
        "occupation" => posting.occupation.as_ref().map(|o| match &o.code {
            Some(code) => format!("{} · KECO {code}", o.name),
            None => o.name.clone(),
        }),
        "employment_type" => said(&employment(&posting.employment_type, lang)),
        "total_job_openings" => posting.total_job_openings.map(|n| people(i64::from(n), lang)),
        "education" => posting.education.as_ref().map(|e| education(e, lang)),
        "experience" => posting.experience.as_ref().map(|e| experience(e, lang)),
        "weekly_minutes" => posting.weekly_minutes.map(|minutes| hours_a_week(minutes, lang)),
        "work_hours" => posting.work_hours.clone(),
        "date_posted" => posting.date_posted.map(|d| day(d, lang)),
        "industry" => posting.industry.as_ref().map(|code| format!("KSIC {code}")),
        "requisition" => posting.requisition.clone(),
        "qualifications" => posting.qualifications.clone(),
        "description" => posting.description.clone(),
        "job_benefits" => posting.job_benefits.clone(),
        "url" => posting.url.clone(),
        "origin" => posting.origin.as_ref().map(|o| {
            let parts = [o.provider.as_deref(), o.id.as_deref(), o.url.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }),
        _ => None,
    }
}

fn organization(posting: &Posting) -> String {
    let o = &posting.hiring_organization;
    match &o.branch {
        Some(branch) if !o.name.contains(branch.as_str()) => format!("{} {branch}", o.name),
        _ => o.name.clone(),
    }
}

/// `123-45-67891`.
pub(crate) fn business_number(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..5), digits.get(5..10)) {
        (Some(a), Some(b), Some(c)) if digits.len() == 10 => format!("{a}-{b}-{c}"),
        _ => digits.to_owned(),
    }
}

fn places(posting: &Posting) -> String {
    let words = posting.job_location.iter().map(|p| match &p.address {
        Some(address) if address.starts_with(&p.name) => address.clone(),
        Some(address) => format!("{} {address}", p.name),
        None => p.name.clone(),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// `월급 2,850,000원`, `연봉 30,000,000원~36,000,000원`, `면접 후 결정`.
pub(crate) fn pay(pay: &Pay, lang: Lang) -> String {
    let money = |n: i64| match pay.currency.as_deref() {
        None | Some("KRW") => won(n, lang),
        Some(currency) => format!("{} {currency}", format::number(n)),
    };
    let amount = match (pay.min, pay.max) {
        (Some(min), Some(max)) if min != max => format!("{}~{}", money(min), money(max)),
        (Some(n), _) => money(n),
        (None, Some(max)) => with(lang, "case-value-at-most", &[("what", money(max))]),
        (None, None) => return t(lang, "case-value-negotiable"),
    };
    let period = pay.period.map(|p| t(lang, &format!("case-pay-{}", word(&p).to_lowercase())));
    let amount = period.map_or(amount.clone(), |period| format!("{period} {amount}"));
    if pay.negotiable { format!("{amount} ({})", t(lang, "case-value-negotiable")) } else { amount }
}

/// An amount in won a month, where it can be said: portals state one job's pay by the hour, the month and the year.
pub(crate) fn monthly(pay: &Pay) -> Option<i64> {
    if pay.currency.as_deref().is_some_and(|c| c != "KRW") {
        return None;
    }
    let least = pay.min.or(pay.max)?;
    match pay.period? {
        PayPeriod::Hour => least.checked_mul(HOURS_A_MONTH),
        PayPeriod::Month => Some(least),
        PayPeriod::Year => Some(least / 12),
        PayPeriod::Day | PayPeriod::Week | PayPeriod::Piece => None,
    }
}

fn closing(posting: &Posting, lang: Lang) -> Option<String> {
    let last = posting.closing.valid_through.map(|d| day(d, lang));
    match posting.closing.kind {
        Some(CloseKind::ByDate) | None => last,
        Some(kind) => {
            let words = t(lang, &format!("case-closing-{}", word(&kind).replace('_', "-")));
            Some(last.map_or(words.clone(), |last| format!("{words} ({last})")))
        }
    }
}

fn employment(kinds: &[EmploymentType], lang: Lang) -> String {
    let words = kinds.iter().map(|k| t(lang, &format!("case-employment-{}", word(k).to_lowercase().replace('_', "-"))));
    words.collect::<Vec<_>>().join(", ")
}

fn education(e: &Education, lang: Lang) -> String {
    let degree = |d: &normalizer::Degree| t(lang, &format!("case-degree-{}", word(d)));
    match (&e.min, &e.max) {
        (None, None) => t(lang, "case-value-any-education"),
        (Some(min), None) => with(lang, "case-value-at-least", &[("what", degree(min))]),
        (None, Some(max)) => with(lang, "case-value-at-most", &[("what", degree(max))]),
        (Some(min), Some(max)) if min == max => degree(min),
        (Some(min), Some(max)) => format!("{}~{}", degree(min), degree(max)),
    }
}

fn experience(e: &Experience, lang: Lang) -> String {
    let kind = match (e.newcomer, e.experienced) {
        (true, false) => t(lang, "case-value-newcomer"),
        (false, true) => t(lang, "case-value-experienced"),
        _ => t(lang, "case-value-any-experience"),
    };
    let months = |n: u32| match (n / 12, n % 12) {
        (years, 0) => with(lang, "case-years", &[("n", years.to_string())]),
        (0, n) => with(lang, "case-months", &[("n", n.to_string())]),
        (years, n) => {
            let years = with(lang, "case-years", &[("n", years.to_string())]);
            format!("{years} {}", with(lang, "case-months", &[("n", n.to_string())]))
        }
    };
    match (e.min_months.filter(|n| *n > 0), e.max_months) {
        (Some(min), Some(max)) if min != max => format!("{kind} {}~{}", months(min), months(max)),
        (Some(n), _) => format!("{kind} {}", with(lang, "case-value-at-least", &[("what", months(n))])),
        (None, Some(n)) => format!("{kind} {}", with(lang, "case-value-at-most", &[("what", months(n))])),
        (None, None) => kind,
    }
}

fn hours_a_week(minutes: u32, lang: Lang) -> String {
    let hours = if minutes.is_multiple_of(60) {
        (minutes / 60).to_string()
    } else {
        format!("{:.1}", f64::from(minutes) / 60.0)
    };
    with(lang, "case-value-hours-a-week", &[("n", hours)])
}

/// `2,850,000원`, also of amounts below nothing.
pub(crate) fn won(n: i64, lang: Lang) -> String {
    format::won(lang, n)
}

/// `5명`.
pub(crate) fn people(n: i64, lang: Lang) -> String {
    with(lang, "case-people", &[("n", format::number(n))])
}

/// `2026. 12. 5.(토)`.
pub(crate) fn day(day: NaiveDate, lang: Lang) -> String {
    format::day(lang, seoul_instant(day, 0).timestamp_millis())
}

/// The name of a field.
pub(crate) fn label(lang: Lang, field: &str) -> String {
    t(lang, &format!("case-field-{}", field.replace('_', "-")))
}

/// A text without arguments.
pub(crate) fn t(lang: Lang, key: &str) -> String {
    say(lang, key, &[])
}

/// A text with arguments.
pub(crate) fn with(lang: Lang, key: &str, args: &[(&str, String)]) -> String {
    let args: Vec<(&str, Cow<'_, str>)> =
        args.iter().map(|(name, value)| (*name, Cow::Borrowed(value.as_str()))).collect();
    say(lang, key, &args)
}

/// An enum's word in JSON.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
