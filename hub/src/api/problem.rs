//! Errors as RFC 9457 `application/problem+json`. They say what the caller can do, and nothing of how the hub is built.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};
use store::StoreError;
use utoipa::ToSchema;

/// A problem.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:jobhub:problem:` and the code.
    #[serde(rename = "type", serialize_with = "urn")]
    #[schema(value_type = String, example = "urn:jobhub:problem:parameter")]
    pub(crate) code: &'static str,
    /// What went wrong, the same for every problem of a type.
    #[schema(value_type = String)]
    pub(crate) title: &'static str,
    /// HTTP status.
    pub(crate) status: u16,
    /// What went wrong this time, and what to do.
    pub(crate) detail: String,
    /// 410: why it must not be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub(crate) reason: Option<Reason>,
    /// 410: ids of the rules behind it.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schema(value_type = Vec<String>, required = false)]
    pub(crate) rules: Box<[String]>,
    /// 410: law articles the rules rest on.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schema(value_type = Vec<String>, required = false)]
    pub(crate) articles: Box<[String]>,
    /// 400: the parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(crate) parameter: Option<&'static str>,
    /// Seconds after which to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u32>,
}

/// Why a vacancy must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reason {
    /// Kept back until something is cleared.
    Hold,
    /// Against a rule or law.
    Reject,
    /// Its postings are in other vacancies now.
    Empty,
}

fn urn<S: Serializer>(code: &&'static str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("urn:jobhub:problem:{code}"))
}

impl Problem {
    /// A problem without further members.
    pub(crate) fn new(status: u16, code: &'static str, title: &'static str, detail: impl Into<String>) -> Problem {
        let (reason, rules, articles) = (None, Box::default(), Box::default());
        Problem {
            code,
            title,
            status,
            detail: detail.into(),
            reason,
            rules,
            articles,
            parameter: None,
            retry_after: None,
        }
    }

    /// A parameter that cannot be used.
    pub(crate) fn parameter(name: &'static str, detail: impl Into<String>) -> Problem {
        let mut problem = Problem::new(400, "parameter", "A parameter cannot be used", detail);
        problem.parameter = Some(name);
        problem
    }

    /// The hub is not up to it now.
    pub(crate) fn unavailable(detail: impl Into<String>, retry_after: u32) -> Problem {
        let mut problem = Problem::new(503, "unavailable", "The hub cannot answer now", detail);
        problem.retry_after = Some(retry_after);
        problem
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        tracing::error!(error = &error as &dyn std::error::Error, "the store failed a request");
        match error {
            StoreError::Corrupt { .. } => {
                Problem::new(500, "broken", "The hub failed", "a stored record is damaged; its operator has been told")
            }
            _ => Problem::unavailable("the store does not answer; try again", 5),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_store_says_nothing_of_itself() {
        let error = StoreError::Unusable("postgres://user@10.1.2.3/hub refused".to_owned());
        let problem = serde_json::to_value(Problem::from(error)).unwrap();
        let want = serde_json::json!({
            "type": "urn:jobhub:problem:unavailable",
            "title": "The hub cannot answer now",
            "status": 503,
            "detail": "the store does not answer; try again",
            "retry_after": 5
        });
        assert_eq!(problem, want);
        let damaged = StoreError::Corrupt { table: "posting", id: "7".to_owned(), what: "secret".to_owned() };
        assert!(!serde_json::to_string(&Problem::from(damaged)).unwrap().contains("secret"));
    }
}
