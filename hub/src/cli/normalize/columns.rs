//! The columns of files that strangers wrote: which of them holds which field, by a table of names and by what the caller
//! says; and the key under which the same posting stands in all of them.

use normalizer::RawField;
use serde_json::Value;

use crate::cli::refusal::Refusal;

/// Names of columns as programs write them, lower case, the surer before the others.
const NAMES: &[(RawField, &[&str])] = &[
    (
        RawField::Title,
        &["제목", "채용 제목", "공고명", "title", "job_title", "jobtitle", "post title", "채용공고 제목"],
    ),
    (RawField::Company, &["회사명", "기업명", "company", "company_name", "companyname", "회사"]),
    (RawField::Region, &["지역", "근무지역", "근무지", "location", "region", "work_location"]),
    (RawField::Career, &["경력", "experience", "career"]),
    (RawField::Education, &["학력", "education", "학력조건"]),
    (RawField::EmploymentType, &["고용형태", "근무형태", "employment_type", "employmenttype", "job_type", "jobtype"]),
    (RawField::ValidThrough, &["마감일", "마감", "deadline", "closing_date", "expires_at", "duedate", "due_time"]),
    (RawField::DatePosted, &["등록일", "게시일", "posted_at", "posted", "date_posted", "시작일"]),
    (RawField::Pay, &["연봉", "급여", "salary", "pay", "wage"]),
    (RawField::ExternalId, &["rec_idx", "gi_no", "wantedauthno", "job_id", "posting_id", "id"]),
    (RawField::Url, &["링크", "채용 링크", "link", "url", "href", "job_href", "job_url", "job_link", "공고 링크"]),
];

/// What the caller says of columns: `field=column`, in every file or in those whose name holds a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mapping {
    file: Option<String>,
    field: RawField,
    column: String,
}

impl std::str::FromStr for Mapping {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Mapping, Refusal> {
        let wrong = |what: String| {
            Refusal::new(what, "option --map", "write FIELD=COLUMN or FILE:FIELD=COLUMN, e.g. region=근무지역")
        };
        let (left, column) =
            text.split_once('=').ok_or_else(|| wrong(format!("`{text}` does not say which column is which field")))?;
        let (file, name) = match left.split_once(':') {
            Some((file, name)) => (Some(file.to_owned()), name),
            None => (None, left),
        };
        let field = field_named(name.trim()).ok_or_else(|| wrong(format!("there is no field `{}`", name.trim())))?;
        Ok(Mapping { file, field, column: column.trim().to_lowercase() })
    }
}

/// A field by its own name, or by the short one that this command prints.
fn field_named(name: &str) -> Option<RawField> {
    match name {
        "closing" | "deadline" => Some(RawField::ValidThrough),
        "employment" => Some(RawField::EmploymentType),
        "posted" => Some(RawField::DatePosted),
        _ => name.parse().ok(),
    }
}

/// The fields of a file's columns, in the columns' order; a column that is named by nothing is `None`.
pub(super) fn fields_of(file: &str, columns: &[String], said: &[Mapping]) -> Vec<Option<RawField>> {
    let names: Vec<String> =
        columns.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase()).collect();
    let mut fields = vec![None; names.len()];
    let mut taken: Vec<RawField> = Vec::new();
    for mapping in said.iter().filter(|m| m.file.as_deref().is_none_or(|word| file.contains(word))) {
        if let Some(at) = names.iter().position(|name| *name == mapping.column) {
            fields[at] = Some(mapping.field);
            taken.push(mapping.field);
        }
    }
    for (field, words) in NAMES {
        if taken.contains(field) {
            continue;
        }
        // the name alone before the last part of a nested one: `company_name` before `details.회사`
        let found = words.iter().find_map(|word| {
            let alone = names.iter().position(|name| name == word);
            alone.or_else(|| names.iter().position(|name| name.rsplit('.').next() == Some(word)))
        });
        if let Some(at) = found.filter(|at| fields[*at].is_none()) {
            fields[at] = Some(*field);
        }
    }
    fields
}

/// The posting's number in its link, by the names portals give it; else the link itself without what only tracks.
pub(super) fn key_of(link: &str) -> Option<String> {
    const NAMES: [&str; 7] = ["rec_idx", "gi_no", "wantedauthno", "recruit_no", "idx", "gno", "jobid"];
    let canonical = normalizer::url::canonical(link)?;
    let query = canonical.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&') {
        if let Some((name, value)) = pair.split_once('=')
            && NAMES.contains(&name.to_ascii_lowercase().as_str())
            && !value.is_empty()
        {
            return Some(value.to_owned());
        }
    }
    Some(canonical)
}

/// An object as columns and cells; nested objects are joined with a dot, lists with commas.
pub(super) fn flat(value: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    flatten(value, "", 0, &mut out);
    out
}

/// Deepest nesting that is looked into.
const DEPTH_MAX: usize = 8;

fn flatten(value: &Value, name: &str, depth: usize, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if depth < DEPTH_MAX => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(value, &name, depth + 1, out);
            }
        }
        Value::Array(list) => {
            let texts: Vec<String> = list.iter().filter(|v| !v.is_object() && !v.is_array()).map(text_of).collect();
            out.push((name.to_owned(), texts.join(", ")));
        }
        Value::Object(_) => {}
        other => out.push((name.to_owned(), text_of(other))),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(columns: &[&str], said: &[&str]) -> String {
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let said: Vec<Mapping> = said.iter().map(|s| s.parse().unwrap()).collect();
        let fields = fields_of("saramin_jobs.csv", &columns, &said);
        fields.iter().map(|f| f.map_or("-", RawField::name)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn columns_are_known_by_their_names_and_by_what_is_said_of_them() {
        assert_eq!(names(&["\u{feff}company", "link", "sector"], &[]), "company url -");
        assert_eq!(names(&["키워드", "회사명", "마감일", "고용형태"], &[]), "- company valid_through employment_type");
        assert_eq!(names(&["company_name", "details.회사", "details.마감일"], &[]), "company - valid_through");
        assert_eq!(names(&["a", "회사명"], &["company=a"]), "company -");
        assert_eq!(names(&["a", "회사명"], &["other.csv:company=a"]), "- company");
        assert_eq!(names(&["a", "b"], &["closing=b"]), "- valid_through");
        assert!("company".parse::<Mapping>().is_err());
        assert!("nothing=a".parse::<Mapping>().is_err());
    }

    #[test]
    fn a_links_key_is_its_posting_number() {
        let key = |link| key_of(link).unwrap_or_default();
        assert_eq!(key("https://www.saramin.co.kr/jobs/view?view_type=list&rec_idx=48"), "48");
        assert_eq!(key("https://www.wanted.co.kr/wd/12?utm_source=x"), "https://www.wanted.co.kr/wd/12");
        assert_eq!(key("없음"), "");
    }

    #[test]
    fn nested_objects_become_columns() {
        let value = serde_json::json!({"a": "x", "d": {"e": 1, "f": null}, "l": ["p", "q"]});
        let want = [("a", "x"), ("d.e", "1"), ("d.f", ""), ("l", "p, q")];
        assert_eq!(flat(&value), want.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
}
