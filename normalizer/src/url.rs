//! Addresses in canonical form: scheme and host in lower case, tracking and secrets removed, the rest of the query sorted.

use std::borrow::Cow;

use url::Url;

use crate::reading::Reading;
use crate::{Effect, RawField, text};

/// Longest address kept, in bytes.
pub const URL_BYTES_MAX: usize = 2000;

/// Query names that carry a caller's key or a session: removed wherever they stand.
const SECRETS: &[&str] = &[
    "api",
    "apikey",
    "api_key",
    "api-key",
    "access-key",
    "accesskey",
    "access_key",
    "authkey",
    "auth_key",
    "servicekey",
    "client_id",
    "clientid",
    "client_secret",
    "oem_code",
    "token",
    "access_token",
    "session",
    "sessionid",
    "jsessionid",
    "phpsessid",
    "sid",
    "key",
    "secret",
    "password",
    "pwd",
    "signature",
];
/// Query names that only say where a reader came from.
const TRACKING: &[&str] = &[
    "ref",
    "referer",
    "referrer",
    "gclid",
    "fbclid",
    "msclkid",
    "recommend_ids",
    "search_uuid",
    "searchtype",
    "searchword",
    "view_type",
    "location",
    "paid_fl",
    "logpath",
    "sc",
    "listno",
    "t_ref",
    "t_ref_content",
    "t_ref_scnid",
    "isadvice",
    "dpid",
    "_ga",
    "source",
    "src",
    "from",
    "gh_src",
    "lever-source",
    "trk",
    "trackingid",
    "utm",
    "inflow",
    "stext",
    "searchkeyword",
    "pageindex",
    "_gl",
];

/// Reads `url` (or `apply_url` in its place).
pub(crate) fn read(reading: &mut Reading<'_>) {
    for field in [RawField::Url, RawField::ApplyUrl] {
        let Some(raw) = reading.get(field) else { continue };
        match canonical(raw) {
            Some(address) => {
                if reading.out.posting.url.is_none() {
                    let rule = if field == RawField::Url { "url.canonical" } else { "url.apply" };
                    reading.took("url", &address, rule, 1000);
                    reading.out.posting.url = Some(address);
                }
            }
            // the text itself may hold a key: only its host part is quoted
            None => reading.doubt(
                "url.not_understood",
                "url",
                Effect::Lowers,
                text::cut(raw.split(['?', '#']).next().unwrap_or(""), 60),
            ),
        }
    }
}

/// The canonical form of an http(s) address; `None` where the text is none.
pub fn canonical(raw: &str) -> Option<String> {
    let raw = raw.trim();
    if raw.len() > URL_BYTES_MAX || raw.len() < 4 {
        return None;
    }
    let unescaped: Cow<'_, str> =
        if raw.contains("&amp;") { Cow::Owned(raw.replace("&amp;", "&")) } else { Cow::Borrowed(raw) };
    let address: Cow<'_, str> = if has_scheme(&unescaped) {
        unescaped
    } else if let Some(rest) = unescaped.strip_prefix("//") {
        Cow::Owned(format!("https://{rest}"))
    } else if unescaped
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|host| host.contains('.') && host.is_ascii() && !host.contains([' ', '@', ':', ',']))
    {
        Cow::Owned(format!("http://{unescaped}"))
    } else {
        return None;
    };
    let mut url = Url::parse(&address).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(|h| !h.contains('.')) {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    // a fragment is kept only where it is a route (`#/job/12`)
    if url.fragment().is_some_and(|f| !f.starts_with(['/', '!'])) {
        url.set_fragment(None);
    }
    if let Some(query) = url.query() {
        let mut kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_dropped(pair)).collect();
        kept.sort_unstable();
        kept.dedup();
        let joined = kept.join("&");
        url.set_query((!joined.is_empty()).then_some(joined.as_str()));
    }
    let path = url.path();
    if let Some(at) = path.to_ascii_lowercase().find(";jsessionid=") {
        let path = path[..at].to_owned();
        url.set_path(&path);
    }
    Some(url.into())
}

fn has_scheme(text: &str) -> bool {
    text.find("://").is_some_and(|at| at <= 5)
        || text.starts_with("javascript:")
        || text.starts_with("mailto:")
        || text.starts_with("data:")
}

fn is_dropped(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or("");
    let lower = name.to_ascii_lowercase();
    let lower = lower.trim_start_matches("amp;");
    lower.starts_with("utm_") || SECRETS.contains(&lower) || TRACKING.contains(&lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracking_and_secrets_leave_addresses() {
        for (raw, want) in [
            (
                "http://www.jobkorea.co.kr/Recruit/GI_Read/12345678?Oem_Code=C900&api=SECRET",
                Some("http://www.jobkorea.co.kr/Recruit/GI_Read/12345678"),
            ),
            (
                "https://www.saramin.co.kr/zf_user/jobs/relay/view?view_type=search&rec_idx=40000001&location=ts&searchType=search&paid_fl=n&search_uuid=0a1b2c3d",
                Some("https://www.saramin.co.kr/zf_user/jobs/relay/view?rec_idx=40000001"),
            ),
            ("https://www.wanted.co.kr/wd/123?client_id=abc", Some("https://www.wanted.co.kr/wd/123")),
            ("HTTPS://Example.COM/a?b=2&amp;a=1#top", Some("https://example.com/a?a=1&b=2")),
            ("mpva.go.kr", Some("http://mpva.go.kr/")),
            ("//a.co.kr/x", Some("https://a.co.kr/x")),
            ("https://user:pw@a.co.kr/x;jsessionid=1F?x=1", Some("https://a.co.kr/x?x=1")),
            ("javascript:alert(1)", None),
            ("채용공고 참조", None),
            ("hr@a.co.kr", None),
            ("ftp://a.co.kr/", None),
        ] {
            assert_eq!(canonical(raw).as_deref(), want, "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn canonical_twice_is_once(raw in "https?://[a-z]{1,8}\\.(kr|com)/[a-zA-Z0-9/?&=_;#%-]{0,40}") {
            if let Some(once) = canonical(&raw) {
                proptest::prop_assert_eq!(canonical(&once), Some(once.clone()));
            }
        }

        #[test]
        fn no_text_panics(raw in "\\PC{0,60}") {
            let _ = canonical(&raw);
        }
    }
}
