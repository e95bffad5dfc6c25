//! The data.go.kr gateway and its kin: keys, and what a refused request is answered with (XML even when JSON was asked).
//! Any key is accepted except an empty one, a twice-encoded one, and [`OVER_QUOTA_KEY`] and [`EXPIRED_KEY`]; `View::failure`
//! makes any request fail.

use crate::{Failure, Reply, Request, View};

use super::write::json_text;

/// A key whose daily quota is used up.
pub const OVER_QUOTA_KEY: &str = "over-quota";
/// A key whose permission has run out.
pub const EXPIRED_KEY: &str = "expired";

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Missing,
    Unknown,
    OverQuota,
    Expired,
    /// The agency's own server failed.
    Server,
}

/// What is wrong: what the portal is told to fail with, else what its key's text says.
pub(super) fn check(view: &View<'_>, key: Option<&str>) -> Option<Fault> {
    if let Some(failure) = view.failure {
        return Some(match failure {
            Failure::Quota => Fault::OverQuota,
            Failure::Auth => Fault::Unknown,
            Failure::ServerError => Fault::Server,
        });
    }
    match key.map(str::trim) {
        None => Some(Fault::Missing),
        Some("") => Some(Fault::Missing),
        Some(OVER_QUOTA_KEY) => Some(Fault::OverQuota),
        Some(EXPIRED_KEY) => Some(Fault::Expired),
        // A key that was encoded twice still has its percent signs after the server decoded it once.
        Some(key) if key.contains('%') => Some(Fault::Unknown),
        Some(_) => None,
    }
}

/// Where the key is and how a bad one is answered.
#[derive(Clone, Copy)]
pub(super) enum Key {
    /// `serviceKey` (either spelling) at the gateway; errors with 200 as before 2026.
    Gateway200,
    /// The same with the HTTP statuses of 2026: 403, quota 429.
    Gateway,
    /// api.odcloud.kr: `serviceKey`, JSON errors with 401.
    Odcloud,
    /// Another parameter and another answer.
    Own(&'static str, fn(Fault) -> Reply),
    /// The last part of the path.
    PathEnd(fn(Fault) -> Reply),
}

impl Key {
    /// The answer to a request whose key is refused.
    pub(super) fn refuse(&self, view: &View<'_>, request: &Request) -> Option<Reply> {
        let service_key =
            || request.query.iter().find(|(n, _)| n.eq_ignore_ascii_case("serviceKey")).map(|(_, v)| v.as_str());
        match self {
            Key::Gateway200 => check(view, service_key()).map(|fault| refusal(200, fault)),
            Key::Gateway => check(view, service_key())
                .map(|fault| refusal(if fault == Fault::OverQuota { 429 } else { 403 }, fault)),
            Key::Odcloud => check(view, service_key()).map(odcloud_refusal),
            Key::Own(name, answer) => check(view, request.arg(name)).map(answer),
            Key::PathEnd(answer) => check(view, request.path.rsplit('/').next()).map(answer),
        }
    }
}

fn refusal(status: u16, fault: Fault) -> Reply {
    match fault {
        Fault::OverQuota => failure(status, "22", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"),
        Fault::Expired => failure(status, "31", "DEADLINE_HAS_EXPIRED_ERROR"),
        // The agency's failures come with 200, whatever the gateway does with its own.
        Fault::Server => failure(200, "05", "SERVICETIMEOUT_ERROR"),
        Fault::Missing | Fault::Unknown => failure(status, "30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
    }
}

/// A gateway failure: XML, whatever format was asked for.
pub(super) fn failure(status: u16, code: &str, message: &str) -> Reply {
    let body = format!(
        "<OpenAPI_ServiceResponse>\n\t<cmmMsgHeader>\n\t\t<errMsg>SERVICE ERROR</errMsg>\n\t\t<returnAuthMsg>{message}</returnAuthMsg>\n\t\t<returnReasonCode>{code}</returnReasonCode>\n\t</cmmMsgHeader>\n</OpenAPI_ServiceResponse>"
    );
    with_status(status, Reply::ok("text/xml;charset=UTF-8", body))
}

/// The gateway's answer to a path it does not know.
pub(super) fn no_service() -> Reply {
    failure(404, "12", "NO_OPENAPI_SERVICE_ERROR")
}

/// The gateway's answer to a parameter it cannot use.
pub(super) fn bad_parameter() -> Reply {
    failure(200, "10", "INVALID_REQUEST_PARAMETER_ERROR")
}

fn odcloud_refusal(fault: Fault) -> Reply {
    let (status, code, message) = match fault {
        Fault::Missing => (401, -401, "인증키는 필수 항목 입니다."),
        Fault::Unknown | Fault::Expired => (401, -4, "등록되지 않은 인증키 입니다."),
        Fault::Server => (500, -9, "시스템 오류가 발생하였습니다."),
        Fault::OverQuota => (429, -10, "트래픽을 초과하였습니다."),
    };
    let mut body = format!("{{\"code\":{code},\"msg\":");
    json_text(&mut body, message);
    body.push('}');
    with_status(status, Reply::ok("application/json;charset=UTF-8", body))
}

/// The same reply with another status.
pub(super) fn with_status(status: u16, reply: Reply) -> Reply {
    Reply { status, ..reply }
}
