//! HTML by CSS selectors, `css@attr` for attributes. Text comes normalised: white space squeezed, blocks on lines of their own.

use std::borrow::Cow;

use scraper::{ElementRef, Html, Node, Selector};

pub(crate) mod quick;

use quick::Tree;
use quick::selector::QuickSelector;

/// Most bytes of a page given to the DOM.
pub(crate) const HTML_BYTES_MAX: usize = 16 << 20;

/// A page, read fast where it is plain and by the real parser where it is not; both give the same.
#[derive(Debug)]
pub(crate) enum HtmlPage<'a> {
    Quick(Tree<'a>),
    Full(Box<Html>),
}

/// An element of a page.
#[derive(Clone, Copy)]
pub(crate) enum HtmlRow<'d> {
    Quick(&'d Tree<'d>, u32),
    Full(ElementRef<'d>),
}

impl<'a> HtmlPage<'a> {
    /// Parses a page; `quick` when every selector that will be asked is one the fast tree knows.
    ///
    /// # Errors
    /// When it is too large for a DOM.
    pub(crate) fn parse(text: &'a str, quick: bool) -> Result<HtmlPage<'a>, String> {
        if let Some(tree) = quick.then(|| Tree::parse(text)).flatten() {
            return Ok(HtmlPage::Quick(tree));
        }
        parse(text).map(|html| HtmlPage::Full(Box::new(html)))
    }

    pub(crate) fn root(&self) -> HtmlRow<'_> {
        match self {
            HtmlPage::Quick(tree) => HtmlRow::Quick(tree, tree.root()),
            HtmlPage::Full(html) => HtmlRow::Full(html.root_element()),
        }
    }
}

impl<'d> HtmlRow<'d> {
    pub(crate) fn text(self) -> String {
        match self {
            HtmlRow::Quick(tree, node) => tree.text_of(node),
            HtmlRow::Full(element) => text_of(element),
        }
    }

    pub(crate) fn attribute(self, name: &str) -> Option<&'d str> {
        match self {
            HtmlRow::Quick(tree, node) => tree.attribute(node, name),
            HtmlRow::Full(element) => element.attr(name),
        }
    }

    /// The markup inside the element, or with it.
    pub(crate) fn markup(self, outer: bool) -> String {
        match self {
            HtmlRow::Quick(tree, node) => tree.markup(node, outer),
            HtmlRow::Full(element) if outer => element.html(),
            HtmlRow::Full(element) => element.inner_html(),
        }
    }
}

/// `css`, `css@attr`, `@attr` of the row itself, `.` the row itself.
#[derive(Clone, Debug)]
pub(crate) struct HtmlPath {
    selector: Option<(Selector, Option<QuickSelector>)>,
    attribute: Option<Box<str>>,
}

impl HtmlPath {
    pub(crate) fn parse(text: &str) -> Result<HtmlPath, String> {
        let (css, attribute) = match text.rsplit_once('@') {
            Some((css, name))
                if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)) =>
            {
                (css.trim(), Some(name.to_ascii_lowercase().into()))
            }
            _ => (text.trim(), None),
        };
        let selector = match css {
            "" | "." => None,
            css => {
                let full = Selector::parse(css).map_err(|e| format!("`{css}` is no CSS selector: {e}"))?;
                Some((full, QuickSelector::parse(css)))
            }
        };
        Ok(HtmlPath { selector, attribute })
    }

    /// Whether the fast tree can answer it.
    pub(crate) fn is_quick(&self) -> bool {
        self.selector.as_ref().is_none_or(|(_, quick)| quick.is_some())
    }

    /// Every element at this path below a row.
    pub(crate) fn elements<'d>(&self, from: HtmlRow<'d>, each: &mut dyn FnMut(HtmlRow<'d>) -> bool) {
        match (&self.selector, from) {
            (None, from) => {
                each(from);
            }
            (Some((_, Some(selector))), HtmlRow::Quick(tree, node)) => {
                for inner in tree.inside(node) {
                    if selector.matches(tree, inner) && !each(HtmlRow::Quick(tree, inner)) {
                        return;
                    }
                }
            }
            (Some(_), HtmlRow::Quick(..)) => {}
            (Some((selector, _)), HtmlRow::Full(element)) => {
                for inner in element.select(selector) {
                    if !each(HtmlRow::Full(inner)) {
                        return;
                    }
                }
            }
        }
    }

    /// The texts at this path; `first` stops after one.
    pub(crate) fn texts<'d>(&self, from: HtmlRow<'d>, markup: bool, first: bool, each: &mut dyn FnMut(Cow<'d, str>)) {
        self.elements(from, &mut |element| {
            match &self.attribute {
                Some(name) => match element.attribute(name) {
                    Some(value) => each(Cow::Borrowed(value)),
                    None => return true,
                },
                None if markup => each(Cow::Owned(element.markup(false))),
                None => each(Cow::Owned(element.text())),
            }
            !first
        });
    }
}

/// The page, when it has an end where it has a start: an HTML parser closes what was cut, and nobody would know.
///
/// # Errors
/// In words, when `<html` is never closed.
pub(crate) fn whole(text: &str) -> Result<&str, String> {
    let bytes = text.as_bytes();
    if text.trim().is_empty() {
        return Err("the body is empty".to_owned());
    }
    let head = &bytes[..bytes.len().min(2048)];
    let opens = head.windows(5).any(|w| w.eq_ignore_ascii_case(b"<html"));
    let closes = |tag: &[u8]| memchr::memmem::rfind(bytes, tag).is_some();
    if opens && !closes(b"</html") && !closes(b"</HTML") && !closes(b"</Html") {
        return Err("the HTML ends before `</html>`".to_owned());
    }
    Ok(text)
}

/// Parses a page.
///
/// # Errors
/// When it is too large for a DOM.
pub(crate) fn parse(text: &str) -> Result<Html, String> {
    if text.len() > HTML_BYTES_MAX {
        return Err(format!("more than {HTML_BYTES_MAX} bytes of HTML"));
    }
    Ok(Html::parse_document(text))
}

/// The text of an element as a person reads it. Walks without recursion: a page may nest as deep as it likes.
pub(crate) fn text_of(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    let mut gap = Gap::None;
    let root = *element;
    let mut node = root;
    loop {
        let mut inside = node.first_child();
        match node.value() {
            Node::Text(text) => push_squeezed(&mut out, text, &mut gap),
            Node::Element(e) if is_hidden(e.name()) => inside = None,
            Node::Element(e) if e.name() == "br" || is_block(e.name()) => gap = Gap::Line,
            Node::Element(e) if matches!(e.name(), "td" | "th") => gap = gap.max(Gap::Space),
            _ => {}
        }
        if let Some(child) = inside {
            node = child;
            continue;
        }
        loop {
            if let Node::Element(e) = node.value()
                && is_block(e.name())
            {
                gap = Gap::Line;
            }
            if node.id() == root.id() {
                return out;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => return out,
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "template" | "noscript")
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "tr"
            | "table"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "pre"
            | "blockquote"
            | "hr"
            | "form"
            | "option"
    )
}

fn push_squeezed(out: &mut String, text: &str, gap: &mut Gap) {
    for c in text.chars() {
        if c.is_whitespace() {
            *gap = (*gap).max(Gap::Space);
            continue;
        }
        if *gap != Gap::None && !out.is_empty() {
            out.push(if *gap == Gap::Line { '\n' } else { ' ' });
        }
        *gap = Gap::None;
        out.push(c);
    }
}

/// Title of a page that came instead of another format, for messages.
pub(crate) fn title(text: &str) -> Option<String> {
    let lower = text.as_bytes();
    let open = memchr::memmem::find(lower, b"<title").or_else(|| memchr::memmem::find(lower, b"<TITLE"))?;
    let start = open + memchr::memchr(b'>', &lower[open..])? + 1;
    let end = start + memchr::memchr(b'<', &lower[start..])?;
    let title: String = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ").chars().take(80).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_as_a_person_does_and_attributes_as_written() {
        let page = parse(
            "<div class=row><h2> 생산직 <b>모집</b> </h2><a href='/v?id=1&amp;x=2'>보기</a><ul><li>주5일<li>4대 보험</ul>\
             <p>첫 줄<br>둘째&nbsp;줄<script>var x = 1;</script></p><table><tr><td>급여<td>월 250만원</table></div>",
        )
        .unwrap();
        let row = HtmlRow::Full(page.root_element());
        for (path, want) in [
            (".row h2", "생산직 모집"),
            ("a@href", "/v?id=1&x=2"),
            ("li", "주5일"),
            ("ul", "주5일\n4대 보험"),
            ("p", "첫 줄\n둘째 줄"),
            ("table", "급여 월 250만원"),
            (".none", ""),
        ] {
            let mut found = String::new();
            HtmlPath::parse(path).unwrap().texts(row, false, true, &mut |t| found.push_str(&t));
            assert_eq!(found, want, "{path}");
        }
        assert!(HtmlPath::parse("a[").is_err());
    }
}
