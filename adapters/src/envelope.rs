//! Is an answer what was asked for? HTTP status says little: failures come inside 200, as XML to a JSON request, as a login page.
//! Handlers of the manifest are tried in order, then the data.go.kr gateway's own envelope, then the status.

use crate::document::{Document, Locator, Reading, Row};
use crate::html;
use crate::json::Node;
use crate::json::path::JsonPath;
use crate::source::error::Wrong;
use crate::source::manifest::{Action, ErrorHandler, Format};
use crate::xml::{Repairs, XmlDoc, XmlPath};
use crate::{Answer, PageError, PageErrorKind};

/// Longest message kept of a source's own, in characters.
pub(crate) const MESSAGE_CHARS_MAX: usize = 200;
/// Tokens at least this long that hold letters and digits are taken for keys and masked.
const SECRET_CHARS_MIN: usize = 20;

/// What the answer is.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// A good page.
    Good,
    /// The source says that there is nothing.
    Empty,
    /// A failure.
    Failed(PageError),
}

/// One `[[error_handler]]`.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    when: Option<AnyPath>,
    map: Vec<(String, Action)>,
    message: Option<AnyPath>,
    text: Option<String>,
    status: Vec<u16>,
    action: Option<Action>,
}

/// A path that may be meant for whatever came: the same manifest says where the code is in JSON and in the gateway's XML.
#[derive(Clone, Debug)]
pub(crate) struct AnyPath {
    json: Option<JsonPath>,
    xml: Option<XmlPath>,
    own: Option<Locator>,
}

impl AnyPath {
    pub(crate) fn parse(text: &str, format: Format) -> Result<AnyPath, String> {
        let is_json = text.starts_with('$') || !text.contains(['/', '@', ' ', '#', '>']);
        let json = if is_json { JsonPath::parse(text).ok() } else { None };
        let xml = if text.starts_with('$') { None } else { XmlPath::parse(text).ok() };
        let own = match format {
            Format::Json | Format::Jsonl | Format::Csv => None,
            Format::Xml | Format::Feed | Format::Sitemap if text.starts_with('$') => None,
            _ => Some(Locator::parse_whole(text, format)?),
        };
        if json.is_none() && xml.is_none() && own.is_none() {
            return Err(format!("`{text}` is neither a JSONPath nor an element path"));
        }
        Ok(AnyPath { json, xml, own })
    }

    fn first(&self, place: Row<'_, '_>) -> Option<String> {
        let own = self.own.as_ref().and_then(|l| l.first(place)).map(|t| t.trim().to_owned());
        own.or_else(|| match place {
            Row::Json(node) => self.json.as_ref()?.query(node).first()?.text().map(|t| t.trim().to_owned()),
            Row::Xml(doc, element) => {
                let mut found = None;
                self.xml.as_ref()?.texts(doc, element, &mut |t| {
                    found.get_or_insert_with(|| t.trim().to_owned());
                });
                found
            }
            _ => None,
        })
    }
}

impl Handler {
    pub(crate) fn compile(from: &ErrorHandler, format: Format) -> Result<Handler, Wrong> {
        let path = |key: &str, text: &Option<String>| -> Result<Option<AnyPath>, Wrong> {
            text.as_deref()
                .map(|t| AnyPath::parse(t, format))
                .transpose()
                .map_err(|why| Wrong::new(key, why, "write where the code is in the answer"))
        };
        if from.when.is_none() && from.text.is_none() && from.status.is_empty() {
            return Err(Wrong::new("", "a handler that matches nothing", "give `when`, `text` or `status`"));
        }
        if from.when.is_some() == from.map.is_empty() {
            return Err(Wrong::new("map", "`when` and `map` belong together", "give both or neither"));
        }
        if from.when.is_none() && from.action.is_none() {
            return Err(Wrong::new(
                "action",
                "this key is missing",
                "say what follows: auth, quota, retry, request, gone, empty or ok",
            ));
        }
        Ok(Handler {
            when: path("when", &from.when)?,
            map: from.map.iter().map(|(code, action)| (code.clone(), *action)).collect(),
            message: path("message", &from.message)?,
            text: from.text.clone(),
            status: from.status.clone(),
            action: from.action,
        })
    }

    /// Whether the fast HTML tree can answer it.
    pub(crate) fn is_quick(&self) -> bool {
        self.when.iter().chain(&self.message).filter_map(|p| p.own.as_ref()).all(Locator::is_quick)
    }

    /// What follows, with the code that says so, when this handler is meant.
    fn judge(
        &self,
        status: u16,
        text: &str,
        place: Option<Row<'_, '_>>,
        empty: &[String],
    ) -> Option<(Action, Option<String>)> {
        if !self.status.is_empty() && !self.status.contains(&status) {
            return None;
        }
        if let Some(wanted) = &self.text
            && memchr::memmem::find(text.as_bytes(), wanted.as_bytes()).is_none()
        {
            return None;
        }
        let Some(when) = &self.when else { return self.action.map(|a| (a, None)) };
        let code = when.first(place?)?;
        if empty.contains(&code) {
            return Some((Action::Empty, Some(code)));
        }
        let mapped = self.map.iter().find(|(c, _)| *c == code).or_else(|| self.map.iter().find(|(c, _)| c == "*"));
        mapped.map(|(_, action)| (*action, Some(code)))
    }
}

/// Judges an answer.
pub(crate) fn judge(
    answer: &Answer<'_>,
    text: &str,
    parsed: &Result<Document<'_>, String>,
    reading: &Reading,
    handlers: &[Handler],
    empty: &[String],
) -> Verdict {
    let foreign = if parsed.is_err() { Foreign::of(text) } else { None };
    let place = match (parsed, &foreign) {
        (Ok(doc), _) => Some(doc.whole()),
        (Err(_), Some(Foreign::Json(node))) => Some(Row::Json(node)),
        (Err(_), Some(Foreign::Xml(doc))) => Some(Row::Xml(doc, 0)),
        (Err(_), _) => None,
    };
    for handler in handlers {
        let Some((action, code)) = handler.judge(answer.status, text, place, empty) else { continue };
        let said = handler.message.as_ref().zip(place).and_then(|(path, place)| path.first(place));
        let message = said.or_else(|| handler.text.clone()).unwrap_or_else(|| format!("status {}", answer.status));
        match action {
            Action::Ok => break,
            Action::Empty => return Verdict::Empty,
            other => return failed(kind_of(other), code, &message),
        }
    }
    if let Some(verdict) = gateway(place, empty) {
        return verdict;
    }
    if let Some(verdict) = by_status(answer.status) {
        return verdict;
    }
    match parsed {
        Ok(_) => Verdict::Good,
        Err(why) => {
            let came = foreign.map_or_else(|| why.clone(), |f| f.name(reading.format, why));
            failed(PageErrorKind::Format, None, &came)
        }
    }
}

/// What came instead of the format that was asked for.
enum Foreign<'a> {
    Html(Option<String>),
    Json(Node<'a>),
    Xml(XmlDoc<'a>),
}

impl<'a> Foreign<'a> {
    fn of(text: &'a str) -> Option<Foreign<'a>> {
        let body = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let head: String = body.chars().take(600).collect::<String>().to_ascii_lowercase();
        if head.starts_with("<!doctype html") || head.contains("<html") {
            return Some(Foreign::Html(html::title(body)));
        }
        if body.starts_with('<') {
            return XmlDoc::parse(body, Repairs::default()).ok().map(Foreign::Xml);
        }
        if body.starts_with(['{', '[']) { Node::parse(body).ok().map(Foreign::Json) } else { None }
    }

    fn name(&self, wanted: Format, why: &str) -> String {
        let wanted = wanted.name();
        match self {
            Foreign::Html(_) if matches!(wanted, "html" | "jsonld") => why.to_owned(),
            Foreign::Html(None) => format!("an HTML page where {wanted} was expected"),
            Foreign::Html(Some(title)) => format!("an HTML page (`{title}`) where {wanted} was expected"),
            Foreign::Json(_) if wanted != "json" => format!("JSON where {wanted} was expected"),
            Foreign::Xml(doc) if wanted != "xml" => format!("XML (`{}`) where {wanted} was expected", doc.root_name()),
            _ => why.to_owned(),
        }
    }
}

fn kind_of(action: Action) -> PageErrorKind {
    match action {
        Action::Auth => PageErrorKind::Auth,
        Action::Quota => PageErrorKind::Quota,
        Action::Retry => PageErrorKind::Retry,
        Action::Gone => PageErrorKind::Gone,
        Action::Request | Action::Empty | Action::Ok => PageErrorKind::Request,
    }
}

/// `<OpenAPI_ServiceResponse>` of data.go.kr, which comes as XML whatever was asked for.
fn gateway(place: Option<Row<'_, '_>>, empty: &[String]) -> Option<Verdict> {
    let Some(Row::Xml(doc, _)) = place else { return None };
    if doc.root_name() != "OpenAPI_ServiceResponse" {
        return None;
    }
    let root = doc.children(0).next()?;
    let header = doc.children(root).find(|c| doc.name(*c) == "cmmMsgHeader").unwrap_or(root);
    let said = |name: &str| doc.children(header).find(|c| doc.name(*c) == name).map(|c| doc.text(c).trim().to_owned());
    let code = said("returnReasonCode").unwrap_or_default();
    if empty.contains(&code) || code == "03" || code == "3" {
        return Some(Verdict::Empty);
    }
    let kind = match code.trim_start_matches('0') {
        "20" | "21" | "29" | "30" | "31" | "32" | "33" => PageErrorKind::Auth,
        "22" => PageErrorKind::Quota,
        "10" | "11" | "12" => PageErrorKind::Request,
        _ => PageErrorKind::Retry,
    };
    let message = said("returnAuthMsg").filter(|m| !m.is_empty()).or_else(|| said("errMsg")).unwrap_or_default();
    Some(failed(kind, Some(code).filter(|c| !c.is_empty()), &message))
}

fn by_status(status: u16) -> Option<Verdict> {
    let kind = match status {
        200..=299 => return None,
        401 | 403 | 407 => PageErrorKind::Auth,
        404 | 410 => PageErrorKind::Gone,
        // the hub has already waited as Retry-After said; what reaches this far is a spent quota
        429 => PageErrorKind::Quota,
        408 | 425 | 500..=599 => PageErrorKind::Retry,
        300..=399 => PageErrorKind::Format,
        _ => PageErrorKind::Request,
    };
    Some(failed(kind, None, &format!("status {status}")))
}

fn failed(kind: PageErrorKind, code: Option<String>, message: &str) -> Verdict {
    Verdict::Failed(PageError { kind, code: code.map(|c| without_secrets(&c)), message: without_secrets(message) })
}

/// A source's message, cut, with everything that looks like a key masked: sources echo what they were asked with.
pub(crate) fn without_secrets(text: &str) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '%' | '=' | '-');
    let mut out = String::new();
    for word in text.split_inclusive(|c: char| !is_token(c)) {
        let token = word.trim_end_matches(|c: char| !is_token(c));
        let mixed = token.bytes().any(|b| b.is_ascii_digit()) && token.bytes().any(|b| b.is_ascii_alphabetic());
        if token.len() >= SECRET_CHARS_MIN && mixed {
            out.push_str("***");
            out.push_str(&word[token.len()..]);
        } else {
            out.push_str(word);
        }
        if out.len() > MESSAGE_CHARS_MAX * 4 {
            break;
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MESSAGE_CHARS_MAX).collect()
}
