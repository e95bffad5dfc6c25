//! The columns of exported tables: one list for CSV and Parquet alike, so that both always say the same.

use std::borrow::Cow;

use crate::view::{Job, PostingView, VacancyView};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Nothing.
    Absent,
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// One column of a table of `T`.
pub(super) struct Column<T> {
    /// Its name.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) kind: Kind,
    /// Its cell in a row.
    pub(super) read: fn(&T) -> Value<'_>,
}

/// What can be a row.
pub(super) trait Tabular: Sized {
    /// Its columns, in order.
    fn columns() -> Vec<Column<Self>>;
    /// The job in it.
    fn job(&self) -> &Job;
}

fn text(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Absent } else { Value::Text(Cow::Borrowed(text)) }
}

fn maybe(text: Option<&String>) -> Value<'_> {
    text.map_or(Value::Absent, |t| Value::Text(Cow::Borrowed(t)))
}

fn owned(text: String) -> Value<'static> {
    if text.is_empty() { Value::Absent } else { Value::Text(Cow::Owned(text)) }
}

fn number(n: Option<i64>) -> Value<'static> {
    n.map_or(Value::Absent, Value::Number)
}

macro_rules! columns {
    ($($name:literal $kind:ident $read:expr;)*) => {
        vec![$(Column { name: $name, kind: Kind::$kind, read: $read },)*]
    };
}

fn job_columns<T: Tabular>() -> Vec<Column<T>> {
    columns! {
        "title" Text |r| text(&r.job().title);
        "company" Text |r| text(&r.job().hiring_organization.name);
        "business_number" Text |r| maybe(r.job().hiring_organization.business_number.as_ref());
        "region" Text |r| maybe(r.job().job_location.first().and_then(|p| p.code.as_ref()));
        "place" Text |r| owned(r.job().job_location.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join("; "));
        "address" Text |r| maybe(r.job().job_location.iter().find_map(|p| p.address.as_ref()));
        "occupation" Text |r| maybe(r.job().occupation.as_ref().and_then(|o| o.code.as_ref()));
        "occupation_name" Text |r| r.job().occupation.as_ref().map_or(Value::Absent, |o| text(&o.name));
        "industry" Text |r| maybe(r.job().industry.as_ref());
        "employment_type" Text |r| owned(r.job().employment_type.join("; "));
        "pay_period" Text |r| maybe(r.job().base_salary.as_ref().and_then(|p| p.period.as_ref()));
        "pay_min" Number |r| number(r.job().base_salary.as_ref().and_then(|p| p.min));
        "pay_max" Number |r| number(r.job().base_salary.as_ref().and_then(|p| p.max));
        "pay_currency" Text |r| maybe(r.job().base_salary.as_ref().and_then(|p| p.currency.as_ref()));
        "pay_negotiable" Flag |r| r.job().base_salary.as_ref().map_or(Value::Absent, |p| Value::Flag(p.negotiable));
        "education_min" Text |r| maybe(r.job().education.as_ref().and_then(|e| e.min.as_ref()));
        "newcomer" Flag |r| r.job().experience.as_ref().map_or(Value::Absent, |e| Value::Flag(e.newcomer));
        "experience_months_min" Number |r| number(r.job().experience.as_ref().and_then(|e| e.min_months).map(i64::from));
        "experience_months_max" Number |r| number(r.job().experience.as_ref().and_then(|e| e.max_months).map(i64::from));
        "openings" Number |r| number(r.job().total_job_openings.map(i64::from));
        "weekly_minutes" Number |r| number(r.job().weekly_minutes.map(i64::from));
        "work_hours" Text |r| maybe(r.job().work_hours.as_ref());
        "date_posted" Text |r| r.job().date_posted.map_or(Value::Absent, |d| owned(d.to_string()));
        "close_kind" Text |r| maybe(r.job().closing.kind.as_ref());
        "valid_through" Text |r| r.job().closing.valid_through.map_or(Value::Absent, |d| owned(d.to_string()));
        "url" Text |r| maybe(r.job().url.as_ref());
        "description" Text |r| maybe(r.job().description.as_ref());
        "qualifications" Text |r| maybe(r.job().qualifications.as_ref());
        "benefits" Text |r| maybe(r.job().job_benefits.as_ref());
    }
}

impl Tabular for VacancyView {
    fn columns() -> Vec<Column<Self>> {
        let mut columns: Vec<Column<VacancyView>> = columns! {
            "id" Text |r| owned(r.id.to_string());
            "version" Number |r| Value::Number(r.version);
            "state" Text |r| text(&r.state);
            "reason" Text |r| maybe(r.reason.as_ref());
            "verdict" Text |r| text(&r.verdict);
            "founded" Text |r| text(&r.founded);
            "changed" Text |r| text(&r.changed);
            "postings" Number |r| Value::Number(r.postings.len() as i64);
            "sources" Text |r| owned(sources(r));
        };
        columns.extend(job_columns());
        columns
    }

    fn job(&self) -> &Job {
        &self.job
    }
}

/// Names of the sources that carry a vacancy.
fn sources(vacancy: &VacancyView) -> String {
    let mut names: Vec<&str> = vacancy.postings.iter().map(|p| p.source.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join("; ")
}

impl Tabular for PostingView {
    fn columns() -> Vec<Column<Self>> {
        let mut columns: Vec<Column<PostingView>> = columns! {
            "id" Text |r| owned(r.id.to_string());
            "source" Text |r| text(&r.source);
            "external_id" Text |r| text(&r.external_id);
            "vacancy" Text |r| owned(r.vacancy.to_string());
            "version" Number |r| Value::Number(r.version);
            "state" Text |r| text(&r.state);
            "reason" Text |r| maybe(r.reason.as_ref());
            "verdict" Text |r| text(&r.verdict);
            "findings" Text |r| owned(r.findings.iter().map(|f| f.rule.as_str()).collect::<Vec<_>>().join("; "));
            "first_seen" Text |r| text(&r.first_seen);
            "changed" Text |r| text(&r.changed);
            "closed" Text |r| maybe(r.closed.as_ref());
            "page" Number |r| Value::Number(r.page.id);
            "position" Number |r| Value::Number(r.page.position);
        };
        columns.extend(job_columns());
        columns
    }

    fn job(&self) -> &Job {
        &self.job
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_is_named_twice_and_none_is_personal() {
        for names in [
            VacancyView::columns().iter().map(|c| c.name).collect::<Vec<_>>(),
            PostingView::columns().iter().map(|c| c.name).collect::<Vec<_>>(),
        ] {
            let mut unique = names.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), names.len(), "{names:?}");
            assert!(
                !names.iter().any(|n| n.contains("contact") || n.contains("phone") || n.contains("mail")),
                "{names:?}"
            );
        }
    }
}
