//! Query parameters: read strictly (an unknown name is refused), within limits, refused as problems.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// Rows of a page when the caller does not say.
pub(super) const LIMIT_DEFAULT: i64 = 100;
/// Most rows of a page.
pub(super) const LIMIT_MAX: i64 = 1000;
/// Longest text to search for, in characters.
pub(super) const SEARCH_CHARS_MAX: usize = 100;
/// Most words to search for.
pub(super) const SEARCH_WORDS_MAX: usize = 8;
/// Longest explanation of a refused query, in characters.
const DETAIL_CHARS_MAX: usize = 200;

/// The parameters of a request.
pub(super) struct Params<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Params(params)),
            Err(refused) => {
                let why: String = refused.body_text().chars().take(DETAIL_CHARS_MAX).collect();
                Err(Problem::new(400, "query", "The query cannot be read", why))
            }
        }
    }
}

/// A text parameter, when something is in it.
pub(super) fn given(text: Option<&String>) -> Option<&str> {
    text.map(|t| t.trim()).filter(|t| !t.is_empty())
}

/// Rows wanted.
pub(super) fn limit(wanted: Option<i64>) -> Result<i64, Problem> {
    match wanted.unwrap_or(LIMIT_DEFAULT) {
        n if (1..=LIMIT_MAX).contains(&n) => Ok(n),
        _ => Err(Problem::parameter("limit", format!("`limit` must be 1 to {LIMIT_MAX}"))),
    }
}

/// Words to search for.
pub(super) fn words(text: Option<&String>) -> Result<Vec<String>, Problem> {
    let Some(text) = given(text) else { return Ok(Vec::new()) };
    if text.chars().count() > SEARCH_CHARS_MAX {
        return Err(Problem::parameter("q", format!("`q` must have at most {SEARCH_CHARS_MAX} characters")));
    }
    if text.contains('\0') {
        return Err(Problem::parameter("q", "`q` must not hold a NUL character"));
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if words.len() > SEARCH_WORDS_MAX {
        return Err(Problem::parameter("q", format!("`q` must have at most {SEARCH_WORDS_MAX} words")));
    }
    Ok(words)
}

/// A code of digits, of one of the lengths.
pub(super) fn code(
    name: &'static str,
    text: Option<&String>,
    lengths: std::ops::RangeInclusive<usize>,
) -> Result<Option<String>, Problem> {
    match given(text) {
        None => Ok(None),
        Some(code) if lengths.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(Some(code.to_owned()))
        }
        Some(_) => {
            let (low, high) = (lengths.start(), lengths.end());
            Err(Problem::parameter(name, format!("`{name}` must be a code of {low} to {high} digits")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_hit_and_named() {
        assert_eq!(limit(None).unwrap(), LIMIT_DEFAULT);
        assert_eq!(limit(Some(LIMIT_MAX)).unwrap(), LIMIT_MAX);
        for bad in [0, -1, LIMIT_MAX + 1, i64::MAX] {
            assert_eq!(limit(Some(bad)).unwrap_err().parameter, Some("limit"), "{bad}");
        }
        let long = "가".repeat(SEARCH_CHARS_MAX + 1);
        let many = ["a"; SEARCH_WORDS_MAX + 1].join(" ");
        for bad in [long, many, "a\0b".to_owned()] {
            assert_eq!(words(Some(&bad)).unwrap_err().status, 400, "{bad:?}");
        }
        assert_eq!(words(Some(&"  간호  강남 ".to_owned())).unwrap(), ["간호", "강남"]);
    }

    #[test]
    fn codes_are_digits_only() {
        let read = |text: &str| code("region", Some(&text.to_owned()), 2..=5);
        assert_eq!(read("11680").unwrap().as_deref(), Some("11680"));
        assert_eq!(read("").unwrap(), None);
        for bad in ["1", "116800", "1' OR", "%", "１１"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
