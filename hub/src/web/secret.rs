//! Puts a source's secrets into a request at the last moment, and takes them out of everything that is shown.

use adapters::Ask;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::ExposeSecret;
use url::Url;

use super::{FetchError, Policy, guard};

/// Headers that belong to the connection, not to a source.
const OURS: [HeaderName; 7] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::ACCEPT_ENCODING,
    header::UPGRADE,
    header::TE,
];

/// A request with its secrets in place. Never shown, hence no `Debug`.
#[derive(Clone)]
pub(super) struct Prepared {
    /// Address at the source's real host.
    pub(super) url: Url,
    /// Headers of the ask.
    pub(super) headers: HeaderMap,
    /// Body of a POST.
    pub(super) body: Option<Bytes>,
    /// Whether the body holds a secret.
    pub(super) body_is_secret: bool,
    /// Whether it is a POST.
    pub(super) post: bool,
}

impl Prepared {
    pub(super) fn new(policy: &Policy, ask: &Ask) -> Result<Self, FetchError> {
        let (address, _) = fill(policy, &ask.url, percent)?;
        let url = Url::parse(&address)
            .map_err(|error| FetchError::Request { why: format!("address {} is not one: {error}", ask.url) })?;
        let mut headers = HeaderMap::with_capacity(ask.headers.len() + 4);
        let mut form = false;
        for (name, value) in &ask.headers {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| FetchError::Request { why: format!("{name:?} is not a header's name") })?;
            if OURS.contains(&name) {
                return Err(FetchError::Request { why: format!("header {name} is the hub's to set") });
            }
            form |= name == header::CONTENT_TYPE && value.starts_with("application/x-www-form-urlencoded");
            let (text, secret) = fill(policy, value, str::to_owned)?;
            let mut value = HeaderValue::try_from(text)
                .map_err(|_| FetchError::Request { why: format!("value of header {name} has forbidden characters") })?;
            value.set_sensitive(secret || name == header::AUTHORIZATION || name == header::COOKIE);
            headers.append(name, value);
        }
        let (body, body_is_secret) = match &ask.body {
            None => (None, false),
            Some(body) => {
                let (text, secret) = fill(policy, body, if form { percent } else { json })?;
                (Some(Bytes::from(text)), secret)
            }
        };
        Ok(Self { url, headers, body, body_is_secret, post: ask.method == adapters::Method::Post })
    }

    /// Takes out what only the first host may see: headers with secrets, and cookies.
    pub(super) fn drop_credentials(&mut self) {
        let kept = self.headers.iter().filter(|(_, value)| !value.is_sensitive());
        self.headers = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
    }

    /// Goes on by GET, as browsers do after 301, 302 and 303.
    pub(super) fn become_get(&mut self) {
        self.post = false;
        self.body = None;
        self.body_is_secret = false;
        self.headers.remove(header::CONTENT_TYPE);
    }
}

/// Replaces each `{secret.<name>}` of `template`; says whether there was one.
fn fill(policy: &Policy, template: &str, escape: fn(&str) -> String) -> Result<(String, bool), FetchError> {
    const OPEN: &str = "{secret.";
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    let mut any = false;
    while let Some(at) = rest.find(OPEN) {
        let after = &rest[at + OPEN.len()..];
        let Some(end) = after.find('}') else { break };
        let name = &after[..end];
        let secret = policy
            .secrets
            .get(name)
            .ok_or_else(|| FetchError::Secret { name: name.to_owned(), source_name: policy.source.clone() })?;
        out.push_str(&rest[..at]);
        out.push_str(&escape(secret.expose_secret()));
        rest = &after[end + 1..];
        any = true;
    }
    out.push_str(rest);
    if out.len() > guard::URL_BYTES_MAX && any && template.len() <= guard::URL_BYTES_MAX {
        return Err(FetchError::Request { why: "a secret is too long".to_owned() });
    }
    Ok((out, any))
}

/// Everything but RFC 3986's unreserved characters as `%XX`.
fn percent(text: &str) -> String {
    encoded(text, b"0123456789ABCDEF")
}

fn encoded(text: &str, digits: &[u8; 16]) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(digits[usize::from(byte >> 4)]));
            out.push(char::from(digits[usize::from(byte & 15)]));
        }
    }
    out
}

/// As the inside of a JSON string. Keys and tokens need no escape, so other bodies get them unchanged.
fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// `text` with every secret of the source replaced by its name, raw or percent-encoded.
pub(super) fn redact(policy: &Policy, text: &str) -> String {
    let mut out = text.to_owned();
    if policy.secrets.is_empty() {
        return out;
    }
    let mut secrets: Vec<(&String, &str)> =
        policy.secrets.iter().map(|(name, secret)| (name, secret.expose_secret())).collect();
    // Longest first: one secret may contain another.
    secrets.sort_by_key(|(name, value)| (std::cmp::Reverse(value.len()), *name));
    for (name, value) in secrets {
        if value.is_empty() {
            continue;
        }
        let shown = format!("{{secret.{name}}}");
        let form = url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
        for written in [value.to_owned(), percent(value), encoded(value, b"0123456789abcdef"), form] {
            if out.contains(&written) {
                out = out.replace(&written, &shown);
            }
        }
    }
    out
}
