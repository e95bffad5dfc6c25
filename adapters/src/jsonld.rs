//! schema.org JobPosting of a page: JSON-LD script blocks, found without a DOM, or microdata. Both become the same tree, so
//! that `baseSalary.value.minValue` reads either. Values are kept as written, however wrong.

use std::borrow::Cow;

use scraper::{ElementRef, Selector};

use crate::json::Node;

/// Most script blocks looked at.
pub(crate) const BLOCKS_MAX: usize = 200;
/// Most microdata items inside each other.
const ITEM_DEPTH_MAX: usize = 16;
/// Keys that stand for an object when a text is wanted.
const NAMING_KEYS: [&str; 4] = ["@value", "name", "value", "@id"];

/// Every JobPosting of a page, as an array.
///
/// # Errors
/// In words, when the page has none because its blocks are broken.
pub(crate) fn postings(page: &str) -> Result<Node<'_>, String> {
    let mut found = Vec::new();
    let mut broken = None;
    for block in blocks(page).take(BLOCKS_MAX) {
        if !block.contains("JobPosting") {
            continue;
        }
        match Node::parse_lenient(block) {
            Ok(node) => gather(node, &mut found),
            Err(why) => broken = Some(why),
        }
    }
    if found.is_empty() && memchr::memmem::find(page.as_bytes(), b"itemtype").is_some() && page.contains("JobPosting") {
        found = microdata(page)?;
    }
    match broken {
        Some(why) if found.is_empty() => Err(format!("broken JSON-LD: {why}")),
        _ => Ok(Node::Array(found)),
    }
}

/// Texts of `<script type="application/ld+json">`; a block that is cut off by the end of the page is given as it is.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    let bytes = page.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = at + memchr::memmem::find(&bytes[at..], b"<")?;
            at = open + 1;
            if !starts_with_tag(&bytes[at..], b"script") {
                // nothing but a script tag matters; comments may hide one, and then it is not meant
                if bytes[at..].starts_with(b"!--") {
                    at = memchr::memmem::find(&bytes[at..], b"-->").map_or(bytes.len(), |e| at + e);
                }
                continue;
            }
            let start = at + memchr::memchr(b'>', &bytes[at..])? + 1;
            let tag = page[at..start].to_ascii_lowercase();
            let end = script_end(bytes, start);
            at = end;
            if tag.contains("ld+json") {
                return Some(unwrapped(&page[start..end]));
            }
        }
    })
}

fn starts_with_tag(bytes: &[u8], name: &[u8]) -> bool {
    bytes.len() > name.len()
        && bytes[..name.len()].eq_ignore_ascii_case(name)
        && !bytes[name.len()].is_ascii_alphanumeric()
}

fn script_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(next) = memchr::memmem::find(&bytes[at..], b"</") {
        at += next;
        if starts_with_tag(&bytes[at + 2..], b"script") {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// Without the comment or CDATA marks some pages put around the JSON.
fn unwrapped(block: &str) -> &str {
    let mut text = block.trim();
    for (open, close) in [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")]
    {
        text = text.strip_prefix(open).map_or(text, |t| t.strip_suffix(close).unwrap_or(t).trim());
    }
    text.trim_end_matches(';')
}

fn is_posting(node: &Node<'_>) -> bool {
    let named =
        |kind: &Node<'_>| matches!(kind, Node::String(t) if t.rsplit(['/', ':', '#']).next() == Some("JobPosting"));
    match node.get("@type") {
        Some(Node::Array(kinds)) => kinds.iter().any(named),
        Some(kind) => named(kind),
        None => false,
    }
}

fn gather<'a>(node: Node<'a>, found: &mut Vec<Node<'a>>) {
    if is_posting(&node) {
        found.push(node);
        return;
    }
    match node {
        Node::Array(items) => items.into_iter().for_each(|item| gather(item, found)),
        Node::Object(members) => members.into_iter().for_each(|(_, value)| gather(value, found)),
        _ => {}
    }
}

fn microdata(page: &str) -> Result<Vec<Node<'static>>, String> {
    let html = crate::html::parse(page)?;
    let Ok(items) = Selector::parse("[itemtype]") else { return Ok(Vec::new()) };
    Ok(html
        .select(&items)
        .filter(|e| e.attr("itemtype").is_some_and(|t| t.trim().rsplit('/').next() == Some("JobPosting")))
        .map(|e| item(e, 0))
        .collect())
}

fn item(scope: ElementRef<'_>, depth: usize) -> Node<'static> {
    let mut members: Vec<(Cow<'static, str>, Node<'static>)> = Vec::new();
    if let Some(kind) = scope.attr("itemtype").and_then(|t| t.trim().rsplit('/').next()) {
        members.push(("@type".into(), Node::String(kind.to_owned().into())));
    }
    let root = *scope;
    let mut node = root;
    // children of an inner item belong to it, not to this one
    'walk: loop {
        let element = ElementRef::wrap(node).filter(|_| node.id() != root.id());
        let mut inside = node.first_child();
        if let Some(element) = element {
            let nested = element.attr("itemscope").is_some();
            if let Some(names) = element.attr("itemprop").filter(|_| depth < ITEM_DEPTH_MAX) {
                for name in names.split_whitespace() {
                    let value = if nested { item(element, depth + 1) } else { Node::String(value(element).into()) };
                    put(&mut members, name, value);
                }
            }
            if nested {
                inside = None;
            }
        }
        if let Some(child) = inside {
            node = child;
            continue;
        }
        loop {
            if node.id() == root.id() {
                break 'walk;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => break 'walk,
            }
        }
    }
    Node::Object(members)
}

fn value(element: ElementRef<'_>) -> String {
    let name = element.value().name();
    let attribute = match name {
        "meta" => "content",
        "a" | "link" | "area" => "href",
        "img" | "iframe" | "source" | "embed" => "src",
        "time" => "datetime",
        "data" | "meter" => "value",
        _ => "content",
    };
    element.attr(attribute).map_or_else(|| crate::html::text_of(element), str::to_owned)
}

fn put(members: &mut Vec<(Cow<'static, str>, Node<'static>)>, name: &str, value: Node<'static>) {
    match members.iter_mut().find(|(k, _)| k == name) {
        Some((_, Node::Array(values))) => values.push(value),
        Some((_, before)) => {
            let first = std::mem::replace(before, Node::Null);
            *before = Node::Array(vec![first, value]);
        }
        None => members.push((name.to_owned().into(), value)),
    }
}

/// Dotted keys; lists on the way are walked through, and a text where an object was expected stands for it.
#[derive(Clone, Debug)]
pub(crate) struct KeyPath(Vec<Box<str>>);

impl KeyPath {
    pub(crate) fn parse(text: &str) -> Result<KeyPath, String> {
        let text = text.strip_prefix("$.").unwrap_or(text);
        let keys: Vec<Box<str>> = text.split('.').map(|k| k.trim_end_matches("[*]").into()).collect();
        if keys.iter().any(|k| k.is_empty() || k.contains(['[', ']', ' '])) {
            return Err(format!("`{text}` are no dotted keys"));
        }
        Ok(KeyPath(keys))
    }

    pub(crate) fn texts<'d>(&self, node: &'d Node<'_>, each: &mut dyn FnMut(Cow<'d, str>)) {
        step(node, &self.0, each);
    }
}

fn step<'d>(node: &'d Node<'_>, keys: &[Box<str>], each: &mut dyn FnMut(Cow<'d, str>)) {
    if let Node::Array(items) = node {
        items.iter().for_each(|item| step(item, keys, each));
        return;
    }
    match (keys.split_first(), node) {
        (Some((key, rest)), Node::Object(_)) => {
            if let Some(next) = node.get(key) {
                step(next, rest, each);
            }
        }
        // `hiringOrganization: "회사"` answers `hiringOrganization.name`, but not `hiringOrganization.sameAs`
        (Some((key, rest)), Node::String(_) | Node::Number(_)) if rest.is_empty() && NAMING_KEYS.contains(&&**key) => {
            if let Some(text) = node.text() {
                each(text);
            }
        }
        (Some(_), _) => {}
        (None, Node::Object(_)) => match NAMING_KEYS.iter().find_map(|k| node.get(k).filter(|v| v.is_scalar())) {
            Some(named) => {
                if let Some(text) = named.text() {
                    each(text);
                }
            }
            None => each(Cow::Owned(node.to_json())),
        },
        (None, _) => {
            if let Some(text) = node.text() {
                each(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: &str, path: &str) -> Vec<String> {
        let node = postings(page).unwrap();
        let mut found = Vec::new();
        KeyPath::parse(path).unwrap().texts(&node, &mut |t| found.push(t.into_owned()));
        found
    }

    #[test]
    fn reads_script_blocks_graphs_and_microdata_alike() {
        let block = r#"<script type='application/ld+json'>{"@graph":[{"@type":"WebPage"},{"@type":["JobPosting"],"title":"간호사",
            "hiringOrganization":"한빛병원","baseSalary":{"value":{"minValue":3e7}},"jobLocation":[{"address":{"addressLocality":"강남구"}},
            {"address":{"addressLocality":"서초구"}}],"identifier":{"name":"x","value":7},}]}</script>"#;
        let micro = "<div itemscope itemtype='https://schema.org/JobPosting'><h1 itemprop=title>간호사</h1>\
            <span itemprop=hiringOrganization itemscope itemtype='http://schema.org/Organization'><b itemprop=name>한빛병원</b></span>\
            <meta itemprop=datePosted content='2021-3-8'></div>";
        for (page, path, want) in [
            (block, "title", vec!["간호사"]),
            (block, "hiringOrganization.name", vec!["한빛병원"]),
            (block, "hiringOrganization.sameAs", vec![]),
            (block, "baseSalary.value.minValue", vec!["3e7"]),
            (block, "jobLocation.address.addressLocality", vec!["강남구", "서초구"]),
            (block, "identifier.value", vec!["7"]),
            (block, "identifier", vec!["x"]),
            (micro, "title", vec!["간호사"]),
            (micro, "hiringOrganization.name", vec!["한빛병원"]),
            (micro, "datePosted", vec!["2021-3-8"]),
        ] {
            assert_eq!(read(page, path), want, "{path}");
        }
        assert!(postings("<script type='application/ld+json'>{\"@type\":\"JobPosting\",").is_err());
        assert_eq!(
            postings("<!-- <script type='application/ld+json'>{\"@type\":\"JobPosting\"}</script> -->").unwrap(),
            Node::Array(vec![])
        );
    }
}
