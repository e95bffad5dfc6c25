//! The columns of files that strangers wrote: which of them holds which field, by a table of names and by what the caller
//! says; and the key under which the same posting stands in all of them.

use normalizer::RawField;
use serde_json::Value;

use crate::cli::refusal::Refusal;

/// Names of columns as programs write them, lower case, the surer before the others.
const NAMES: &[(RawField, &[&str])] = &[
    (
        RawField::Title,
        &[
            "제목",
            "채용 제목",
            "공고명",
            "공고 제목",
            "채용공고 제목",
            "title",
            "job_title",
            "jobtitle",
            "post title",
            "post_title",
        ],
    ),
    (RawField::Company, &["회사명", "기업명", "company", "company_name", "companyname", "company.name", "회사"]),
    (
        RawField::Region,
        &[
            "지역",
            "근무지역",
            "근무지",
            "location",
            "locations",
            "region",
            "work_location",
            "workplace",
            "job_location",
        ],
    ),
    (
        RawField::Career,
        &["경력", "experience", "career", "experience_level", "experiencelevel", "경력조건", "career_level"],
    ),
    (
        RawField::Education,
        &["학력", "education", "학력조건", "education_level", "educationlevel", "required_education"],
    ),
    (
        RawField::EmploymentType,
        &[
            "고용형태",
            "근무형태",
            "employment_type",
            "employmenttype",
            "job_type",
            "jobtype",
            "employment",
            "contract_type",
        ],
    ),
    (
        RawField::ValidThrough,
        &[
            "마감일",
            "접수마감일",
            "마감",
            "deadline",
            "closing_date",
            "closingdate",
            "expires_at",
            "duedate",
            "due_date",
            "due_time",
            "end_date",
            "enddate",
            "expiration_date",
            "close_date",
            "deadline_date",
        ],
    ),
    (
        RawField::DatePosted,
        &[
            "등록일",
            "게시일",
            "posted_at",
            "posted",
            "date_posted",
            "posted_date",
            "posteddate",
            "start_date",
            "시작일",
        ],
    ),
    (RawField::Pay, &["연봉", "급여", "salary", "pay", "wage"]),
    (RawField::ExternalId, &["rec_idx", "gi_no", "wantedauthno", "job_id", "posting_id", "id"]),
    (
        RawField::Url,
        &[
            "링크",
            "채용 링크",
            "공고 링크",
            "link",
            "url",
            "href",
            "job_href",
            "job_url",
            "job_link",
            "joblink",
            "joburl",
            "link_url",
        ],
    ),
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

/// The posting's number in its link, by the names that portals give it in queries and paths.
pub(super) fn number_in(link: &str) -> Option<String> {
    const NAMES: [&str; 7] = ["rec_idx", "gi_no", "wantedauthno", "recruit_no", "idx", "gno", "jobid"];
    const FOLDERS: [&str; 3] = ["gi_read", "wd", "job_posting"];
    let canonical = normalizer::url::canonical(link)?;
    let (path, query) = canonical.split_once('?').unwrap_or((&canonical, ""));
    let named = query.split('&').filter_map(|pair| pair.split_once('=')).find_map(|(name, value)| {
        (NAMES.contains(&name.to_ascii_lowercase().as_str()) && !value.is_empty()).then_some(value)
    });
    let mut parts = path.split('/');
    let in_path = move || {
        parts.find(|part| FOLDERS.contains(&part.to_ascii_lowercase().as_str()))?;
        parts.next().filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    named.or_else(in_path).map(str::to_owned)
}

/// The key under which a row's posting stands in every file: its number in the link; else an id column, which may be the
/// collector's own count; else the link without what only tracks.
pub(super) fn key_of(row: &normalizer::RawPosting) -> Option<String> {
    let link = row.text(RawField::Url);
    link.and_then(number_in)
        .or_else(|| row.text(RawField::ExternalId).map(str::to_owned))
        .or_else(|| link.and_then(normalizer::url::canonical))
}

/// The objects of a file: a list, a list under one name, or one object.
pub(super) fn objects(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        Value::Object(fields) => {
            let lists = fields.values().filter(|v| v.as_array().is_some_and(|l| l.iter().any(Value::is_object)));
            match lists.max_by_key(|v| v.as_array().map_or(0, Vec::len)) {
                Some(Value::Array(list)) => list.clone(),
                _ => vec![Value::Object(fields)],
            }
        }
        other => vec![other],
    }
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
    fn a_postings_key_is_its_number_in_the_link() {
        let key = |id: &str, link: &str| {
            let mut row = normalizer::RawPosting::at(0);
            row.set(RawField::ExternalId, id);
            row.set(RawField::Url, link);
            key_of(&row).unwrap_or_default()
        };
        for (id, link, want) in [
            ("7", "https://www.saramin.co.kr/jobs/view?view_type=list&rec_idx=48", "48"),
            ("7", "https://www.jobkorea.co.kr/Recruit/GI_Read/45917123?Oem_Code=C1", "45917123"),
            ("", "https://www.wanted.co.kr/wd/12?utm_source=x", "12"),
            ("7", "https://a.co.kr/job/view/x", "7"),
            ("", "https://a.co.kr/job/view/x?utm_source=y", "https://a.co.kr/job/view/x"),
            ("", "없음", ""),
        ] {
            assert_eq!(key(id, link), want, "{link}");
        }
    }

    #[test]
    fn a_file_is_a_list_a_list_under_a_name_or_one_object() {
        for (text, want) in [(r#"[{"a":1},{"a":2}]"#, 2), (r#"{"total":3,"jobs":[{"a":1}]}"#, 1), (r#"{"a":1}"#, 1)] {
            assert_eq!(objects(serde_json::from_str(text).unwrap()).len(), want, "{text}");
        }
    }

    #[test]
    fn nested_objects_become_columns() {
        let value = serde_json::json!({"a": "x", "d": {"e": 1, "f": null}, "l": ["p", "q"]});
        let want = [("a", "x"), ("d.e", "1"), ("d.f", ""), ("l", "p, q")];
        assert_eq!(flat(&value), want.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
}
