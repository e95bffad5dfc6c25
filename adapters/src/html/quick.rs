//! A fast reading of pages that are well nested: the tree an HTML parser would build, or nothing at all. Whatever needs error
//! recovery (misnesting, implied end tags, foster parenting, foreign content, odd references) is left to the real parser,
//! so that both give the same text for the same page; the tests compare them tree by tree.

use std::borrow::Cow;

pub(crate) mod selector;

const NONE: u32 = u32::MAX;
/// Most elements inside each other; deeper pages are for the real parser.
const DEPTH_MAX: usize = 400;

/// A page as a flat list of nodes in document order; the descendants of a node follow it up to its `end`.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

#[derive(Debug)]
struct Node<'a> {
    kind: Kind,
    /// Name of an element, text of anything else.
    text: Cow<'a, str>,
    parent: u32,
    before: u32,
    next: u32,
    end: u32,
    /// Elements before it under the same parent.
    elders: u32,
    attributes: (u32, u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Element,
    Text,
    Comment,
}

impl<'a> Tree<'a> {
    /// Reads a page, or gives nothing when it is not plain enough.
    pub(crate) fn parse(page: &'a str) -> Option<Tree<'a>> {
        let nodes = Vec::with_capacity(page.len() / 24);
        let tree = Tree { nodes, attributes: Vec::with_capacity(page.len() / 64) };
        let mut builder =
            Builder { page, at: 0, tree, open: Vec::new(), last: vec![NONE; 1], counts: Counts::default() };
        builder.document()?;
        Some(builder.tree)
    }

    /// The `html` element.
    pub(crate) fn root(&self) -> u32 {
        0
    }

    /// Ids of everything inside a node.
    pub(crate) fn inside(&self, node: u32) -> std::ops::Range<u32> {
        node + 1..self.nodes[node as usize].end
    }

    fn is_element(&self, node: u32) -> bool {
        self.nodes[node as usize].kind == Kind::Element
    }

    fn name(&self, node: u32) -> &str {
        &self.nodes[node as usize].text
    }

    fn parent(&self, node: u32) -> Option<u32> {
        let parent = self.nodes[node as usize].parent;
        (parent != NONE).then_some(parent)
    }

    pub(crate) fn attribute(&self, node: u32, name: &str) -> Option<&str> {
        self.attributes_of(node).iter().find(|(n, _)| n == name).map(|(_, v)| v.as_ref())
    }

    fn attributes_of(&self, node: u32) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        let (start, end) = self.nodes[node as usize].attributes;
        &self.attributes[start as usize..end as usize]
    }

    /// 1-based place among the elements under the same parent.
    fn position(&self, node: u32) -> i64 {
        i64::from(self.nodes[node as usize].elders) + 1
    }

    fn beside(&self, node: u32, forward: bool) -> Option<u32> {
        let mut at = node;
        loop {
            let here = &self.nodes[at as usize];
            at = if forward { here.next } else { here.before };
            if at == NONE {
                return None;
            }
            if self.is_element(at) {
                return Some(at);
            }
        }
    }

    /// The text as a person reads it: the same as [`super::text_of`].
    pub(crate) fn text_of(&self, node: u32) -> String {
        let mut out = String::new();
        let mut gap = super::Gap::None;
        let mut blocks: Vec<u32> = Vec::new();
        let end = self.nodes[node as usize].end;
        let mut at = node;
        while at < end {
            while blocks.last().is_some_and(|b| *b <= at) {
                blocks.pop();
                gap = super::Gap::Line;
            }
            let here = &self.nodes[at as usize];
            let mut after = at + 1;
            match here.kind {
                Kind::Text => super::push_squeezed(&mut out, &here.text, &mut gap),
                Kind::Comment => {}
                Kind::Element if super::is_hidden(&here.text) => after = here.end,
                Kind::Element if here.text == "br" => gap = super::Gap::Line,
                Kind::Element if super::is_block(&here.text) => {
                    gap = super::Gap::Line;
                    blocks.push(here.end);
                }
                Kind::Element if matches!(&*here.text, "td" | "th") => gap = gap.max(super::Gap::Space),
                Kind::Element => {}
            }
            at = after;
        }
        out
    }

    /// The markup inside an element, or with it, as an HTML serialiser writes it.
    pub(crate) fn markup(&self, node: u32, outer: bool) -> String {
        let mut out = String::new();
        let mut open: Vec<u32> = Vec::new();
        let end = self.nodes[node as usize].end;
        let mut at = if outer { node } else { node + 1 };
        while at < end || !open.is_empty() {
            while let Some(element) = open.last().copied().filter(|e| self.nodes[*e as usize].end <= at) {
                open.pop();
                if !is_void(self.name(element)) {
                    out.push_str("</");
                    out.push_str(self.name(element));
                    out.push('>');
                }
            }
            if at >= end {
                continue;
            }
            let here = &self.nodes[at as usize];
            match here.kind {
                // a serialiser that starts inside an element does not know which one it is in
                Kind::Text if self.parent(at).is_some_and(|p| (outer || p != node) && is_raw(self.name(p))) => {
                    out.push_str(&here.text);
                }
                Kind::Text => push_escaped(&mut out, &here.text, false),
                Kind::Comment => {
                    out.push_str("<!--");
                    out.push_str(&here.text);
                    out.push_str("-->");
                }
                Kind::Element => {
                    out.push('<');
                    out.push_str(&here.text);
                    let mut list: Vec<&(Cow<'a, str>, Cow<'a, str>)> = self.attributes_of(at).iter().collect();
                    list.sort_by(|a, b| a.0.cmp(&b.0));
                    for (name, value) in list {
                        out.push(' ');
                        out.push_str(name);
                        out.push_str("=\"");
                        push_escaped(&mut out, value, true);
                        out.push('"');
                    }
                    out.push('>');
                    open.push(at);
                }
            }
            at += 1;
        }
        out
    }
}

fn push_escaped(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '"' if attribute => out.push_str("&quot;"),
            '<' if !attribute => out.push_str("&lt;"),
            '>' if !attribute => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

#[derive(Default)]
struct Counts {
    p: u32,
    a: u32,
    nobr: u32,
    button: u32,
    form: u32,
    select: u32,
}

impl Counts {
    fn of(&mut self, name: &str) -> Option<&mut u32> {
        Some(match name {
            "p" => &mut self.p,
            "a" => &mut self.a,
            "nobr" => &mut self.nobr,
            "button" => &mut self.button,
            "form" => &mut self.form,
            "select" => &mut self.select,
            _ => return None,
        })
    }
}

struct Builder<'a> {
    page: &'a str,
    at: usize,
    tree: Tree<'a>,
    open: Vec<u32>,
    /// Last child of every open element, one longer than `open`.
    last: Vec<u32>,
    counts: Counts,
}

struct Tag<'a> {
    name: Cow<'a, str>,
    attributes: (u32, u32),
}

impl<'a> Builder<'a> {
    fn rest(&self) -> &'a str {
        &self.page[self.at..]
    }

    fn space(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|b| is_space(*b)).count();
        self.at += length;
        &rest[..length]
    }

    fn document(&mut self) -> Option<()> {
        if memchr::memchr2(b'\r', 0, self.page.as_bytes()).is_some() || self.page.contains('\u{c}') {
            return None;
        }
        self.page = self.page.trim_start_matches('\u{feff}');
        self.space();
        self.doctype()?;
        self.space();
        self.element_start("html")?;
        self.space();
        self.element_start("head")?;
        self.head()?;
        let between = self.space();
        self.text(Cow::Borrowed(between))?;
        self.element_start("body")?;
        self.body()
    }

    /// Only what puts no quirks into matching.
    fn doctype(&mut self) -> Option<()> {
        let rest = self.rest();
        let end = rest.find('>')?;
        let lower = rest[..end].to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let known = ["transitional", "strict"]
            .map(|kind| format!("<!doctype html public \"-//w3c//dtd xhtml 1.0 {kind}//en\" \""));
        let plain = lower == "<!doctype html" || known.iter().any(|k| lower.starts_with(k.as_str()));
        self.at += end + 1;
        plain.then_some(())
    }

    fn element_start(&mut self, wanted: &str) -> Option<()> {
        let tag = self.tag()?;
        (tag.name == wanted).then(|| self.push(tag))?
    }

    /// After `<head>` to after `</head>`.
    fn head(&mut self) -> Option<()> {
        loop {
            let blank = self.space();
            self.text(Cow::Borrowed(blank))?;
            let rest = self.rest();
            if rest.starts_with("<!--") {
                self.comment()?;
            } else if rest.starts_with("</") {
                return self.end_tag("head");
            } else {
                let tag = self.tag()?;
                match &*tag.name {
                    "meta" | "link" | "base" => self.push_void(tag)?,
                    "title" | "script" | "style" | "noscript" => self.raw(tag)?,
                    _ => return None,
                }
            }
        }
    }

    /// After `<body>` to the end of the page.
    fn body(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let length = memchr::memchr(b'<', rest.as_bytes())?;
            if length > 0 {
                self.at += length;
                self.text(decoded(&rest[..length], false)?)?;
            }
            let rest = self.rest().as_bytes();
            match rest.get(1)? {
                b'!' => self.comment()?,
                b'/' => {
                    if self.open.len() == 2 {
                        self.end_tag_text("body")?;
                        return self.after_body();
                    }
                    self.close()?;
                }
                b if b.is_ascii_alphabetic() => {
                    let tag = self.tag()?;
                    self.start(tag)?;
                }
                _ => return None,
            }
        }
    }

    fn after_body(&mut self) -> Option<()> {
        let blank = self.space();
        self.text(Cow::Borrowed(blank))?;
        self.end_tag_text("html")?;
        let blank = self.space();
        self.text(Cow::Borrowed(blank))?;
        if !self.rest().is_empty() {
            return None;
        }
        while !self.open.is_empty() {
            self.pop();
        }
        Some(())
    }

    fn current(&self) -> &str {
        self.open.last().map_or("", |n| self.tree.name(*n))
    }

    fn start(&mut self, tag: Tag<'a>) -> Option<()> {
        let name: &str = &tag.name;
        let current = self.current();
        let in_rows = matches!(current, "table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup");
        match name {
            "html" | "head" | "body" | "frameset" | "frame" | "plaintext" | "template" | "svg" | "math" | "image"
            | "isindex" | "listing" | "xmp" | "noembed" | "noframes" | "rb" | "rt" | "rtc" | "rp" | "ruby"
            | "keygen" | "basefont" | "bgsound" | "command" | "menuitem" | "applet" | "marquee" | "object"
            | "embed" | "param" | "optgroup" | "search" | "selectedcontent" | "datalist" => return None,
            "script" | "style" => return self.raw(tag),
            "tbody" | "thead" | "tfoot" => {
                if matches!(current, "tbody" | "thead" | "tfoot") {
                    self.pop();
                }
                return (self.current() == "table").then(|| self.push(tag))?;
            }
            "caption" | "colgroup" => return (current == "table").then(|| self.push(tag))?,
            "col" => return (current == "colgroup").then(|| self.push_void(tag))?,
            "tr" => {
                if current == "table" {
                    let implied = Tag { name: Cow::Borrowed("tbody"), attributes: (0, 0) };
                    self.push(implied)?;
                }
                return matches!(self.current(), "tbody" | "thead" | "tfoot").then(|| self.push(tag))?;
            }
            "td" | "th" => return (current == "tr").then(|| self.push(tag))?,
            _ if in_rows => return None,
            _ => {}
        }
        if self.counts.select > 0 && !(name == "option" && current == "select") {
            return None;
        }
        self.start_in_flow(tag)
    }

    fn start_in_flow(&mut self, tag: Tag<'a>) -> Option<()> {
        let name: &str = &tag.name;
        let refused = match name {
            "a" => self.counts.a > 0,
            "nobr" => self.counts.nobr > 0,
            "button" => self.counts.button > 0,
            "form" => self.counts.form > 0 || self.counts.p > 0,
            "option" => self.counts.select == 0,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.counts.p > 0 || matches!(self.current(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
            }
            "li" => self.counts.p > 0 || self.meets(&["li"]),
            "dd" | "dt" => self.counts.p > 0 || self.meets(&["dd", "dt"]),
            _ => closes_paragraph(name) && self.counts.p > 0,
        };
        if refused {
            return None;
        }
        match name {
            "br" | "img" | "area" | "wbr" | "input" | "hr" | "source" | "track" | "meta" | "link" | "base" => {
                self.push_void(tag)
            }
            "textarea" | "title" | "iframe" | "noscript" => self.raw(tag),
            "pre" => {
                self.push(tag)?;
                // the first line end of a pre is not part of it
                self.at += usize::from(self.rest().starts_with('\n'));
                Some(())
            }
            _ => self.push(tag),
        }
    }

    /// Whether an open element of these names would be closed by a new one.
    fn meets(&self, names: &[&str]) -> bool {
        for node in self.open.iter().rev() {
            let name = self.tree.name(*node);
            if names.contains(&name) {
                return true;
            }
            if is_special(name) && !matches!(name, "address" | "div" | "p") {
                return false;
            }
        }
        false
    }

    fn close(&mut self) -> Option<()> {
        let (name, length) = end_name(self.rest())?;
        if name == "table" && matches!(self.current(), "tbody" | "thead" | "tfoot") {
            self.pop();
        }
        if self.current() != name || matches!(&*name, "body" | "html" | "head") {
            return None;
        }
        self.at += length;
        self.pop();
        Some(())
    }

    fn end_tag_text(&mut self, wanted: &str) -> Option<()> {
        let (name, length) = end_name(self.rest())?;
        self.at += length;
        (name == wanted).then_some(())
    }

    fn end_tag(&mut self, wanted: &str) -> Option<()> {
        self.end_tag_text(wanted)?;
        (self.current() == wanted).then(|| self.pop())
    }

    fn comment(&mut self) -> Option<()> {
        let inner = self.rest().strip_prefix("<!--")?;
        let end = inner.find("-->")?;
        let text = &inner[..end];
        if text.starts_with('>')
            || text.starts_with("->")
            || text.contains("--")
            || text.ends_with('-')
            || text.contains("<!--")
        {
            return None;
        }
        self.at += 4 + end + 3;
        self.append(Kind::Comment, Cow::Borrowed(text), (0, 0))?;
        Some(())
    }

    /// An element whose content is text up to its end tag.
    fn raw(&mut self, tag: Tag<'a>) -> Option<()> {
        let name = tag.name.clone().into_owned();
        self.push(tag)?;
        let rest = self.rest();
        let mut end = 0;
        loop {
            end += memchr::memmem::find(&rest.as_bytes()[end..], b"</")?;
            if end_name(&rest[end..]).is_some_and(|(n, _)| n == name) {
                break;
            }
            end += 2;
        }
        let mut inner = &rest[..end];
        // `<!--` makes a script take inner `<script>`s, each with its end tag, for text
        if name == "script" && inner.contains("<!--") && inner.to_ascii_lowercase().contains("<script") {
            return None;
        }
        let coded = matches!(&*name, "title" | "textarea");
        if name == "textarea" {
            inner = inner.strip_prefix('\n').unwrap_or(inner);
        }
        if !inner.is_empty() {
            let text = if coded { decoded(inner, false)? } else { Cow::Borrowed(inner) };
            self.text(text)?;
        }
        let (_, length) = end_name(&rest[end..])?;
        self.at += end + length;
        self.pop();
        Some(())
    }

    fn text(&mut self, text: Cow<'a, str>) -> Option<()> {
        if text.is_empty() {
            return Some(());
        }
        let in_rows = matches!(self.current(), "table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup");
        if in_rows && !text.bytes().all(is_space) {
            return None;
        }
        let last = *self.last.last()?;
        if last != NONE && self.tree.nodes[last as usize].kind == Kind::Text {
            self.tree.nodes[last as usize].text.to_mut().push_str(&text);
            return Some(());
        }
        self.append(Kind::Text, text, (0, 0))?;
        Some(())
    }

    fn append(&mut self, kind: Kind, text: Cow<'a, str>, attributes: (u32, u32)) -> Option<u32> {
        let id = u32::try_from(self.tree.nodes.len()).ok()?;
        let before = *self.last.last()?;
        let parent = self.open.last().copied().unwrap_or(NONE);
        let mut elders = 0;
        if before != NONE {
            let before = &mut self.tree.nodes[before as usize];
            before.next = id;
            elders = before.elders + u32::from(before.kind == Kind::Element);
        }
        self.tree.nodes.push(Node { kind, text, parent, before, next: NONE, end: id + 1, elders, attributes });
        *self.last.last_mut()? = id;
        Some(id)
    }

    fn push(&mut self, tag: Tag<'a>) -> Option<()> {
        if self.open.len() >= DEPTH_MAX {
            return None;
        }
        if let Some(count) = self.counts.of(&tag.name) {
            *count += 1;
        }
        let id = self.append(Kind::Element, tag.name, tag.attributes)?;
        self.open.push(id);
        self.last.push(NONE);
        Some(())
    }

    fn push_void(&mut self, tag: Tag<'a>) -> Option<()> {
        self.append(Kind::Element, tag.name, tag.attributes).map(|_| ())
    }

    fn pop(&mut self) {
        let Some(node) = self.open.pop() else { return };
        self.last.pop();
        self.tree.nodes[node as usize].end = u32::try_from(self.tree.nodes.len()).unwrap_or(NONE);
        let name = self.tree.nodes[node as usize].text.clone();
        if let Some(count) = self.counts.of(&name) {
            *count = count.saturating_sub(1);
        }
    }

    /// A start tag at the cursor.
    fn tag(&mut self) -> Option<Tag<'a>> {
        let bytes = self.page.as_bytes();
        let start = self.at + 1;
        if bytes.get(self.at) != Some(&b'<') || !bytes.get(start)?.is_ascii_alphabetic() {
            return None;
        }
        let mut at = start;
        while !matches!(bytes.get(at)?, b' ' | b'\n' | b'\t' | b'/' | b'>') {
            if !(bytes[at].is_ascii_alphanumeric() || bytes[at] == b'-') {
                return None;
            }
            at += 1;
        }
        let name = lower(&self.page[start..at]);
        let from = u32::try_from(self.tree.attributes.len()).ok()?;
        loop {
            while is_space(*bytes.get(at)?) {
                at += 1;
            }
            match bytes.get(at)? {
                b'>' => break,
                b'/' if bytes.get(at + 1) == Some(&b'>') => {
                    at += 1;
                    break;
                }
                b'/' => return None,
                _ => at = self.attribute(at, from)?,
            }
        }
        self.at = at + 1;
        Some(Tag { name, attributes: (from, u32::try_from(self.tree.attributes.len()).ok()?) })
    }

    fn attribute(&mut self, start: usize, from: u32) -> Option<usize> {
        let page = self.page;
        let bytes = page.as_bytes();
        let mut at = start;
        while !matches!(bytes.get(at)?, b' ' | b'\n' | b'\t' | b'/' | b'>' | b'=') {
            if matches!(bytes[at], b'"' | b'\'' | b'<') {
                return None;
            }
            at += 1;
        }
        if at == start {
            return None;
        }
        let name = lower(&page[start..at]);
        let mut value = Cow::Borrowed("");
        let mut look = at;
        while is_space(*bytes.get(look)?) {
            look += 1;
        }
        if bytes.get(look) == Some(&b'=') {
            at = look + 1;
            while is_space(*bytes.get(at)?) {
                at += 1;
            }
            let raw = match bytes.get(at)? {
                quote @ (b'"' | b'\'') => {
                    let length = memchr::memchr(*quote, &bytes[at + 1..])?;
                    let raw = &page[at + 1..at + 1 + length];
                    at += length + 2;
                    // nothing may follow a quote without white space
                    if !matches!(bytes.get(at)?, b' ' | b'\n' | b'\t' | b'/' | b'>') {
                        return None;
                    }
                    raw
                }
                _ => {
                    let open = at;
                    while !matches!(bytes.get(at)?, b' ' | b'\n' | b'\t' | b'>') {
                        if matches!(bytes[at], b'"' | b'\'' | b'<' | b'=' | b'`') {
                            return None;
                        }
                        at += 1;
                    }
                    &page[open..at]
                }
            };
            value = decoded(raw, true)?;
        }
        // of equal names the first counts
        if !self.tree.attributes[from as usize..].iter().any(|(n, _)| *n == name) {
            self.tree.attributes.push((name, value));
        }
        Some(at)
    }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\n' | b'\t')
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Name and length of an end tag without attributes.
fn end_name(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let inner = text.strip_prefix("</")?;
    let close = inner.find('>')?;
    let name = inner[..close].trim_end_matches([' ', '\n', '\t']);
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain.then(|| (lower(name), close + 3))
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "img" | "area" | "wbr" | "input" | "hr" | "source" | "track" | "meta" | "link" | "base" | "col"
    )
}

fn is_raw(name: &str) -> bool {
    matches!(name, "script" | "style" | "iframe")
}

fn closes_paragraph(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "header"
            | "hgroup"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "section"
            | "summary"
            | "ul"
            | "pre"
            | "table"
            | "hr"
    )
}

fn is_special(name: &str) -> bool {
    closes_paragraph(name)
        || matches!(
            name,
            "body"
                | "html"
                | "li"
                | "dd"
                | "dt"
                | "td"
                | "th"
                | "tr"
                | "tbody"
                | "thead"
                | "tfoot"
                | "caption"
                | "colgroup"
                | "form"
                | "button"
                | "select"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "textarea"
                | "title"
                | "script"
                | "style"
        )
}

/// Character references resolved; nothing where only the real parser knows what is meant.
fn decoded(text: &str, attribute: bool) -> Option<Cow<'_, str>> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Some(Cow::Borrowed(text)) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let taken = reference(after, attribute, &mut out)?;
        rest = &after[taken..];
        let plain = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
    }
    Some(Cow::Owned(out))
}

/// Writes what a reference stands for and gives the bytes it takes after its `&`.
fn reference(after: &str, attribute: bool, out: &mut String) -> Option<usize> {
    if let Some(number) = after.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16),
            None => (number, 10),
        };
        let end = digits.find(';')?;
        let code = u32::from_str_radix(&digits[..end], radix).ok()?;
        let odd = code < 0x20 && code != 9 && code != 10 || (0x7f..0xa0).contains(&code) || (code & 0xfffe) == 0xfffe;
        if odd || digits.starts_with('+') || (0xfdd0..0xfdf0).contains(&code) {
            return None;
        }
        out.push(char::from_u32(code)?);
        return Some(after.len() - digits.len() + end + 1);
    }
    let length = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = &after[..length];
    let next = after.as_bytes().get(length);
    if length == 0 {
        out.push('&');
        return Some(0);
    }
    if next == Some(&b';') {
        let whole = format!("&{name};");
        let text = html_escape::decode_html_entities(&whole);
        if text != whole {
            out.push_str(&text);
            return Some(length + 1);
        }
    }
    let legacy = |n: &str| LEGACY.contains(&n);
    let doubtful = if attribute && next != Some(&b';') {
        legacy(name) && next != Some(&b'=')
    } else {
        (1..=length.min(6)).any(|l| legacy(&name[..l]))
    };
    if doubtful {
        return None;
    }
    out.push('&');
    Some(0)
}

/// Names that stand for a character without `;` too.
const LEGACY: &[&str] = &[
    "AElig", "AMP", "Aacute", "Acirc", "Agrave", "Aring", "Atilde", "Auml", "COPY", "Ccedil", "ETH", "Eacute", "Ecirc",
    "Egrave", "Euml", "GT", "Iacute", "Icirc", "Igrave", "Iuml", "LT", "Ntilde", "Oacute", "Ocirc", "Ograve", "Oslash",
    "Otilde", "Ouml", "QUOT", "REG", "THORN", "Uacute", "Ucirc", "Ugrave", "Uuml", "Yacute", "aacute", "acirc",
    "acute", "aelig", "agrave", "amp", "aring", "atilde", "auml", "brvbar", "ccedil", "cedil", "cent", "copy",
    "curren", "deg", "divide", "eacute", "ecirc", "egrave", "eth", "euml", "frac12", "frac14", "frac34", "gt",
    "iacute", "icirc", "iexcl", "igrave", "iquest", "iuml", "laquo", "lt", "macr", "micro", "middot", "nbsp", "not",
    "ntilde", "oacute", "ocirc", "ograve", "ordf", "ordm", "oslash", "otilde", "ouml", "para", "plusmn", "pound",
    "quot", "raquo", "reg", "sect", "shy", "sup1", "sup2", "sup3", "szlig", "thorn", "times", "uacute", "ucirc",
    "ugrave", "uml", "uuml", "yacute", "yen", "yuml",
];
