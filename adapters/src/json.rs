//! JSON as the source spelled it: numbers keep their digits, strings borrow from the page, duplicate keys keep the last.
//! A tree of its own, because `serde_json::Value` would turn `1.0` and twenty-digit ids into floats.

use std::borrow::Cow;
use std::fmt::Write as _;

pub(crate) mod path;

/// Most arrays and objects inside each other.
pub(crate) const DEPTH_MAX: u32 = 128;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    Null,
    Bool(bool),
    /// As spelled.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
    /// A line of JSON Lines that is none, and why.
    Broken(&'a str, String),
}

impl<'a> Node<'a> {
    /// Reads a whole document.
    ///
    /// # Errors
    /// In words, with the byte where it went wrong.
    pub(crate) fn parse(text: &'a str) -> Result<Node<'a>, String> {
        let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, depth: 0, lenient: false };
        parser.document()
    }

    /// As [`parse`](Self::parse), but takes trailing commas and text after the value, as script blocks of pages have them.
    pub(crate) fn parse_lenient(text: &'a str) -> Result<Node<'a>, String> {
        let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, depth: 0, lenient: true };
        parser.document()
    }

    /// Reads JSON Lines. A bad line is a [`Node::Broken`]; a bad last line without a line end is a cut page.
    ///
    /// # Errors
    /// In words, when the page was cut.
    pub(crate) fn parse_lines(text: &'a str) -> Result<Node<'a>, String> {
        let mut rows = Vec::new();
        let mut lines = text.split('\n').enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            match Node::parse(line) {
                Ok(node) => rows.push(node),
                Err(why) if lines.peek().is_none() => return Err(format!("line {} is cut: {why}", number + 1)),
                Err(why) => rows.push(Node::Broken(line, format!("line {}: {why}", number + 1))),
            }
        }
        Ok(Node::Array(rows))
    }

    /// The value of a key; of equal keys the last.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        match self {
            Node::Object(members) => members.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// An element of an array; negative counts from the end.
    pub(crate) fn nth(&self, index: i64) -> Option<&Node<'a>> {
        let Node::Array(items) = self else { return None };
        let index = if index < 0 { i64::try_from(items.len()).ok()? + index } else { index };
        items.get(usize::try_from(index).ok()?)
    }

    /// The value as text: scalars as spelled, lists of scalars joined, anything else as JSON. `null` is absent.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Node::Null => None,
            Node::Bool(true) => Some("true".into()),
            Node::Bool(false) => Some("false".into()),
            Node::Number(spelled) => Some((*spelled).into()),
            Node::String(text) => Some(text.as_ref().into()),
            Node::Array(items) if items.iter().all(Node::is_scalar) => {
                let texts: Vec<Cow<'_, str>> = items.iter().filter_map(Node::text).collect();
                if texts.is_empty() { None } else { Some(texts.join(", ").into()) }
            }
            Node::Array(_) | Node::Object(_) | Node::Broken(..) => Some(self.to_json().into()),
        }
    }

    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self, Node::Array(_) | Node::Object(_) | Node::Broken(..))
    }

    /// Null, `""`, `[]`, `{}`: nothing where a list might have been.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Node::Null => true,
            Node::String(text) => text.trim().is_empty(),
            Node::Array(items) => items.is_empty(),
            Node::Object(members) => members.is_empty(),
            _ => false,
        }
    }

    /// Compact JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Node::Null => out.push_str("null"),
            Node::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Node::Number(spelled) => out.push_str(spelled),
            Node::String(text) => quote(out, text),
            Node::Array(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Node::Object(members) => {
                out.push('{');
                for (i, (key, value)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    quote(out, key);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
            Node::Broken(line, _) => out.push_str(line),
        }
    }

    /// For JSONPath filters, which compare numbers as numbers.
    pub(crate) fn to_value(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Node::Null | Node::Broken(..) => Value::Null,
            Node::Bool(truth) => Value::Bool(*truth),
            Node::Number(spelled) => serde_json::from_str(spelled).unwrap_or(Value::Null),
            Node::String(text) => Value::String(text.to_string()),
            Node::Array(items) => Value::Array(items.iter().map(Node::to_value).collect()),
            Node::Object(members) => {
                Value::Object(members.iter().map(|(k, v)| (k.to_string(), v.to_value())).collect())
            }
        }
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    lenient: bool,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Result<Node<'a>, String> {
        self.space();
        if self.at == self.bytes.len() {
            return Err("the body is empty".to_owned());
        }
        let node = self.value()?;
        self.space();
        if self.at < self.bytes.len() && !self.lenient {
            return Err(format!("text after the JSON value at byte {}", self.at));
        }
        Ok(node)
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn wrong<T>(&self, wanted: &str) -> Result<T, String> {
        if self.at >= self.bytes.len() {
            Err(format!("the JSON ends at byte {} where {wanted} was expected", self.at))
        } else {
            Err(format!("no {wanted} at byte {} of the JSON", self.at))
        }
    }

    fn value(&mut self) -> Result<Node<'a>, String> {
        match self.bytes.get(self.at) {
            Some(b'"') => {
                self.at += 1;
                self.string().map(Node::String)
            }
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            _ => self.wrong("value"),
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Node<'a>, String>) -> Result<Node<'a>, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} levels of JSON"));
        }
        self.at += 1;
        let node = inner(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn word(&mut self, word: &str, node: Node<'a>) -> Result<Node<'a>, String> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(node)
        } else {
            self.wrong("value")
        }
    }

    fn number(&mut self) -> Result<Node<'a>, String> {
        let start = self.at;
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        let first = self.at;
        let whole = self.digits();
        // a leading zero is an id someone forgot to quote; only script blocks are forgiven for it
        if whole == 0 || (whole > 1 && self.bytes[first] == b'0' && !self.lenient) {
            return self.wrong("number");
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return self.wrong("digit");
            }
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return self.wrong("digit");
            }
        }
        Ok(Node::Number(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.at - start
    }

    fn array(&mut self) -> Result<Node<'a>, String> {
        let mut items = Vec::new();
        self.space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(Node::Array(items));
        }
        loop {
            self.space();
            if self.lenient && self.bytes.get(self.at) == Some(&b']') {
                self.at += 1;
                return Ok(Node::Array(items));
            }
            items.push(self.value()?);
            self.space();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Node::Array(items));
                }
                _ => return self.wrong("`,` or `]`"),
            }
        }
    }

    fn object(&mut self) -> Result<Node<'a>, String> {
        let mut members = Vec::new();
        self.space();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
            return Ok(Node::Object(members));
        }
        members.reserve(8);
        loop {
            self.space();
            match self.bytes.get(self.at) {
                Some(b'"') => self.at += 1,
                Some(b'}') if self.lenient => {
                    self.at += 1;
                    return Ok(Node::Object(members));
                }
                _ => return self.wrong("key"),
            }
            let key = self.string()?;
            self.space();
            if self.bytes.get(self.at) != Some(&b':') {
                return self.wrong("`:`");
            }
            self.at += 1;
            self.space();
            let value = self.value()?;
            members.push((key, value));
            self.space();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Node::Object(members));
                }
                _ => return self.wrong("`,` or `}`"),
            }
        }
    }

    /// After the opening quote. Raw control characters are taken: real portals paste tabs and line ends into texts.
    fn string(&mut self) -> Result<Cow<'a, str>, String> {
        let start = self.at;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    let text = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Cow::Borrowed(text));
                }
                Some(b'\\') => return self.escaped(start).map(Cow::Owned),
                Some(_) => self.at += 1,
                None => return self.wrong("`\"`"),
            }
        }
    }

    fn escaped(&mut self, start: usize) -> Result<String, String> {
        let mut out = String::with_capacity((self.at - start) * 2 + 16);
        out.push_str(&self.text[start..self.at]);
        loop {
            let run = self.at;
            match memchr::memchr2(b'"', b'\\', &self.bytes[run..]) {
                Some(length) => self.at = run + length,
                None => {
                    self.at = self.bytes.len();
                    return self.wrong("`\"`");
                }
            }
            out.push_str(&self.text[run..self.at]);
            let stop = self.bytes[self.at];
            self.at += 1;
            if stop == b'"' {
                return Ok(out);
            }
            let Some(&kind) = self.bytes.get(self.at) else { return self.wrong("escape") };
            self.at += 1;
            match kind {
                b'"' | b'\\' | b'/' => out.push(char::from(kind)),
                b'b' => out.push('\u{8}'),
                b'f' => out.push('\u{c}'),
                b'n' => out.push('\n'),
                b'r' => out.push('\r'),
                b't' => out.push('\t'),
                b'u' => {
                    let c = self.unicode()?;
                    out.push(c);
                }
                _ => {
                    self.at -= 1;
                    return self.wrong("escape");
                }
            }
        }
    }

    /// After `\u`; a lone half of a surrogate pair becomes U+FFFD.
    fn unicode(&mut self) -> Result<char, String> {
        let high = self.hex()?;
        if (0xd800..0xdc00).contains(&high) && self.bytes[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.bytes.get(self.at..self.at + 4).filter(|d| d.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else { return self.wrong("four hex digits") };
        self.at += 4;
        Ok(digits.iter().fold(0, |sum, d| sum * 16 + char::from(*d).to_digit(16).unwrap_or(0)))
    }
}
