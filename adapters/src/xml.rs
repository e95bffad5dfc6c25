//! XML → a flat arena of elements that borrow from the page. Namespaces are matched by local name; document type
//! declarations and entities beyond the five of XML are refused; the defects a manifest names are repaired, no others.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::source::manifest::Repair;

/// Most elements inside each other.
pub(crate) const DEPTH_MAX: usize = 100;
/// Most attributes of one element.
pub(crate) const ATTRIBUTES_MAX: usize = 200;
/// Most elements of a page.
pub(crate) const ELEMENTS_MAX: usize = 8_000_000;
/// Most `//` in one path.
pub(crate) const DEEP_STEPS_MAX: usize = 2;
/// Most bytes of one element's text.
pub(crate) const TEXT_BYTES_MAX: usize = 8 << 20;

const NONE: u32 = u32::MAX;

/// A page. Element 0 is the document itself; its only child is the root.
#[derive(Debug)]
pub(crate) struct XmlDoc<'a> {
    elements: Vec<Element<'a>>,
    attributes: Vec<(&'a str, Cow<'a, str>)>,
}

#[derive(Debug)]
struct Element<'a> {
    name: &'a str,
    /// Before the first child.
    text: Cow<'a, str>,
    /// After this element, before its next sibling.
    tail: Cow<'a, str>,
    first: u32,
    last: u32,
    next: u32,
    attributes: (u32, u32),
}

/// The defects a source is known for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Repairs {
    bare_ampersand: bool,
    second_declaration: bool,
    stray_elements: bool,
    leading_junk: bool,
}

impl Repairs {
    pub(crate) fn of(list: &[Repair]) -> Repairs {
        Repairs {
            bare_ampersand: list.contains(&Repair::BareAmpersand),
            second_declaration: list.contains(&Repair::SecondDeclaration),
            stray_elements: list.contains(&Repair::StrayElements),
            leading_junk: list.contains(&Repair::LeadingJunk),
        }
    }
}

impl<'a> XmlDoc<'a> {
    /// Reads a whole page.
    ///
    /// # Errors
    /// In words, with the byte where it went wrong.
    pub(crate) fn parse(text: &'a str, repairs: Repairs) -> Result<XmlDoc<'a>, String> {
        let mut body = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        if repairs.leading_junk {
            body = body.find("<?xml").or_else(|| body.find('<')).map_or("", |at| &body[at..]);
        }
        if body.is_empty() {
            return Err("the body is empty".to_owned());
        }
        if !body.starts_with('<') {
            return Err("the body does not start with an element".to_owned());
        }
        Builder::new(body, repairs).build()
    }

    /// Local name of the root element.
    pub(crate) fn root_name(&self) -> &'a str {
        self.children(0).next().map_or("", |root| self.elements[root as usize].name)
    }

    pub(crate) fn name(&self, element: u32) -> &'a str {
        self.elements[element as usize].name
    }

    pub(crate) fn children(&self, element: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.elements[element as usize].first;
        std::iter::from_fn(move || {
            (next != NONE).then(|| {
                let this = next;
                next = self.elements[this as usize].next;
                this
            })
        })
    }

    pub(crate) fn attribute(&self, element: u32, name: &str) -> Option<&str> {
        self.attributes_of(element).iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_ref())
    }

    fn attributes_of(&self, element: u32) -> &[(&'a str, Cow<'a, str>)] {
        let (start, end) = self.elements[element as usize].attributes;
        &self.attributes[start as usize..end as usize]
    }

    /// All text inside an element, in document order.
    pub(crate) fn text(&self, element: u32) -> Cow<'_, str> {
        let this = &self.elements[element as usize];
        if this.first == NONE {
            return Cow::Borrowed(&this.text);
        }
        let mut out = String::new();
        self.gather(element, &mut out);
        Cow::Owned(out)
    }

    fn gather(&self, element: u32, out: &mut String) {
        out.push_str(&self.elements[element as usize].text);
        for child in self.children(element) {
            self.gather(child, out);
            out.push_str(&self.elements[child as usize].tail);
        }
    }

    /// Whether an element has neither children nor text.
    pub(crate) fn is_nothing(&self, element: u32) -> bool {
        let this = &self.elements[element as usize];
        this.first == NONE && this.text.trim().is_empty()
    }

    /// The element as XML again, for rejects.
    pub(crate) fn to_xml(&self, element: u32, out: &mut String) {
        let name = self.name(element);
        out.push('<');
        out.push_str(name);
        for (key, value) in self.attributes_of(element) {
            out.push(' ');
            out.push_str(key);
            out.push_str("=\"");
            out.push_str(&quick_xml::escape::escape(value.as_ref()));
            out.push('"');
        }
        out.push('>');
        out.push_str(&quick_xml::escape::partial_escape(self.elements[element as usize].text.as_ref()));
        for child in self.children(element) {
            self.to_xml(child, out);
            out.push_str(&quick_xml::escape::partial_escape(self.elements[child as usize].tail.as_ref()));
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

struct Builder<'a> {
    body: &'a str,
    repairs: Repairs,
    doc: XmlDoc<'a>,
    open: Vec<u32>,
}

impl<'a> Builder<'a> {
    fn new(body: &'a str, repairs: Repairs) -> Builder<'a> {
        let mut elements = Vec::with_capacity(body.len() / 48 + 8);
        elements.push(element(""));
        Builder { body, repairs, doc: XmlDoc { elements, attributes: Vec::new() }, open: vec![0] }
    }

    fn build(mut self) -> Result<XmlDoc<'a>, String> {
        let mut reader = Reader::from_str(self.body);
        let config = reader.config_mut();
        config.allow_dangling_amp = self.repairs.bare_ampersand;
        config.allow_unmatched_ends = self.repairs.stray_elements;
        config.check_end_names = !self.repairs.stray_elements;
        let mut first = true;
        loop {
            let event = reader.read_event().map_err(|e| format!("bad XML at byte {}: {e}", reader.error_position()))?;
            match event {
                Event::Start(tag) => self.start(&tag)?,
                Event::Empty(tag) => {
                    self.start(&tag)?;
                    self.open.pop();
                }
                Event::End(tag) => self.end(tag.name().into_inner()),
                Event::Text(text) => self.text(text.into_inner())?,
                Event::CData(text) => self.text(text.into_inner())?,
                Event::GeneralRef(reference) => {
                    let text = self.resolve(&reference)?;
                    self.text(text)?;
                }
                Event::Decl(_) if !first && !self.repairs.second_declaration => {
                    return Err(format!("a second XML declaration before byte {}", reader.buffer_position()));
                }
                Event::DocType(_) => return Err("document type declarations are not taken".to_owned()),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
            first = false;
        }
        self.finish()
    }

    fn finish(mut self) -> Result<XmlDoc<'a>, String> {
        if self.open.len() > 1 {
            let name = self.open.last().map_or("", |e| self.doc.elements[*e as usize].name);
            let root = self.doc.children(0).next();
            // with stray elements forgiven, only the root must have been closed
            if !self.repairs.stray_elements || root.is_some_and(|r| self.open.contains(&r)) {
                return Err(format!("the XML ends inside `{name}`"));
            }
        }
        if self.doc.elements[0].first == NONE {
            return Err("no element in the body".to_owned());
        }
        let roots = self.doc.children(0).count();
        if roots > 1 && !self.repairs.stray_elements {
            return Err(format!("{roots} root elements"));
        }
        self.doc.elements.shrink_to_fit();
        Ok(self.doc)
    }

    /// A slice of the page that an event holds a copy of the address of; empty for what the reader made itself.
    fn borrowed(&self, part: &str) -> Option<&'a str> {
        let start = (part.as_ptr() as usize).checked_sub(self.body.as_ptr() as usize)?;
        self.body.get(start..start + part.len())
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() > DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} levels of XML"));
        }
        if self.doc.elements.len() >= ELEMENTS_MAX {
            return Err(format!("more than {ELEMENTS_MAX} elements"));
        }
        let local = tag.local_name();
        let name = self.borrowed(local.as_ref()).unwrap_or_default();
        let mut new = element(name);
        if tag.attributes_raw().len() > 2 {
            let from = self.doc.attributes.len();
            self.attributes(tag)?;
            new.attributes = (index(from), index(self.doc.attributes.len()));
        }
        let this = index(self.doc.elements.len());
        self.doc.elements.push(new);
        let parent = self.open.last().copied().unwrap_or(0) as usize;
        match self.doc.elements[parent].last {
            NONE => self.doc.elements[parent].first = this,
            before => self.doc.elements[before as usize].next = this,
        }
        self.doc.elements[parent].last = this;
        self.open.push(this);
        Ok(())
    }

    fn attributes(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        let mut list = tag.attributes();
        list.with_checks(false);
        for (count, attribute) in list.enumerate() {
            if count >= ATTRIBUTES_MAX {
                return Err(format!("more than {ATTRIBUTES_MAX} attributes of one element"));
            }
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(_) if self.repairs.stray_elements => break,
                Err(e) => return Err(format!("bad attribute: {e}")),
            };
            let key = self.borrowed(attribute.key.local_name().as_ref()).unwrap_or_default();
            let value = match self.borrowed(attribute.value.as_ref()) {
                Some(plain) if !plain.contains('&') => Cow::Borrowed(plain),
                _ => Cow::Owned(
                    quick_xml::escape::unescape(attribute.value.as_ref())
                        .map_or_else(|_| attribute.value.to_string(), |v| v.into_owned()),
                ),
            };
            self.doc.attributes.push((key, value));
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        if !self.repairs.stray_elements {
            self.open.pop();
            return;
        }
        let local = name.rsplit(':').next().unwrap_or(name);
        let found = self.open.iter().skip(1).rposition(|e| self.doc.elements[*e as usize].name == local);
        if let Some(at) = found {
            self.open.truncate(at + 1);
        }
    }

    fn text(&mut self, text: Cow<'a, str>) -> Result<(), String> {
        let parent = self.open.last().copied().unwrap_or(0) as usize;
        if parent == 0 {
            // between the root and the end of the page only white space may stand
            let forgiven = self.repairs.stray_elements || self.repairs.leading_junk;
            return if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\0']).is_empty() || forgiven {
                Ok(())
            } else {
                Err("text outside the root element".to_owned())
            };
        }
        let slot = match self.doc.elements[parent].last {
            NONE => &mut self.doc.elements[parent].text,
            child => &mut self.doc.elements[child as usize].tail,
        };
        if slot.is_empty() {
            *slot = text;
        } else {
            slot.to_mut().push_str(&text);
        }
        if slot.len() > TEXT_BYTES_MAX {
            return Err(format!("more than {TEXT_BYTES_MAX} bytes of text in one element"));
        }
        Ok(())
    }

    fn resolve(&self, reference: &BytesRef<'a>) -> Result<Cow<'a, str>, String> {
        let name: &str = reference;
        let known = match name {
            "lt" => Some("<"),
            "gt" => Some(">"),
            "amp" => Some("&"),
            "quot" => Some("\""),
            "apos" => Some("'"),
            _ => None,
        };
        if let Some(text) = known {
            return Ok(Cow::Borrowed(text));
        }
        if reference.is_char_ref() {
            // a number that is no character stands for one that was lost
            let c = reference.resolve_char_ref().ok().flatten().unwrap_or(char::REPLACEMENT_CHARACTER);
            return Ok(Cow::Owned(c.to_string()));
        }
        if self.repairs.bare_ampersand {
            return Ok(Cow::Owned(format!("&{name};")));
        }
        Err(format!("unknown entity `&{};`", name.chars().take(20).collect::<String>()))
    }
}

fn element(name: &str) -> Element<'_> {
    Element {
        name,
        text: Cow::Borrowed(""),
        tail: Cow::Borrowed(""),
        first: NONE,
        last: NONE,
        next: NONE,
        attributes: (0, 0),
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

/// `a/b`, `a/@id`, `@id`, `.`, `*` for any name, `//a` for any depth.
#[derive(Clone, Debug)]
pub(crate) struct XmlPath {
    steps: Vec<XmlStep>,
    attribute: Option<Box<str>>,
}

#[derive(Clone, Debug)]
enum XmlStep {
    Child(Box<str>),
    Any,
    Deep(Box<str>),
}

impl XmlPath {
    pub(crate) fn parse(text: &str) -> Result<XmlPath, String> {
        let mut steps = Vec::new();
        let mut attribute = None;
        let mut deep = false;
        let body = text.strip_prefix("//").map_or_else(
            || text.strip_prefix('/').unwrap_or(text),
            |rest| {
                deep = true;
                rest
            },
        );
        let mut parts = body.split('/').peekable();
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            let local = part.rsplit(':').next().unwrap_or(part);
            match part {
                "" if !last && !deep => deep = true,
                "." if last && steps.is_empty() => {}
                "*" if !deep => steps.push(XmlStep::Any),
                _ if last && part.starts_with('@') => {
                    attribute = Some(local.trim_start_matches('@').into());
                }
                _ if !is_name(local) => return Err(format!("`{text}` is no element path: `{part}`")),
                _ if std::mem::take(&mut deep) => steps.push(XmlStep::Deep(local.into())),
                _ => steps.push(XmlStep::Child(local.into())),
            }
        }
        if deep {
            return Err(format!("`{text}` is no element path: `//` needs a name"));
        }
        // each multiplies the places looked at
        if steps.iter().filter(|s| matches!(s, XmlStep::Deep(_))).count() > DEEP_STEPS_MAX {
            return Err(format!("`{text}` has more than {DEEP_STEPS_MAX} `//`"));
        }
        Ok(XmlPath { steps, attribute })
    }

    /// Calls `each` for every element at this path below `from`.
    pub(crate) fn elements(&self, doc: &XmlDoc<'_>, from: u32, each: &mut dyn FnMut(u32)) {
        walk(doc, from, &self.steps, each);
    }

    /// The texts at this path.
    pub(crate) fn texts<'d>(&self, doc: &'d XmlDoc<'_>, from: u32, each: &mut dyn FnMut(Cow<'d, str>)) {
        let attribute = self.attribute.as_deref();
        walk(doc, from, &self.steps, &mut |element| match attribute {
            None => each(doc.text(element)),
            Some(name) => {
                if let Some(value) = doc.attribute(element, name) {
                    each(Cow::Borrowed(value));
                }
            }
        });
    }

    /// The path without its last element.
    pub(crate) fn parent(&self) -> XmlPath {
        let steps = self.steps.split_last().map_or(Vec::new(), |(_, parent)| parent.to_vec());
        XmlPath { steps, attribute: None }
    }
}

fn is_name(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn walk(doc: &XmlDoc<'_>, from: u32, steps: &[XmlStep], each: &mut dyn FnMut(u32)) {
    let Some((step, rest)) = steps.split_first() else {
        each(from);
        return;
    };
    for child in doc.children(from) {
        let matches = match step {
            XmlStep::Child(name) | XmlStep::Deep(name) => doc.name(child) == &**name,
            XmlStep::Any => true,
        };
        if matches {
            if rest.is_empty() { each(child) } else { walk(doc, child, rest, each) }
        }
        if matches!(step, XmlStep::Deep(_)) {
            walk(doc, child, steps, each);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str, path: &str, repair: &[Repair]) -> Result<Vec<String>, String> {
        let doc = XmlDoc::parse(xml, Repairs::of(repair))?;
        let mut found = Vec::new();
        XmlPath::parse(path)?.texts(&doc, 0, &mut |t| found.push(t.into_owned()));
        Ok(found)
    }

    #[test]
    fn finds_elements_attributes_and_mixed_text_by_local_name() {
        let xml = "<n:r xmlns:n='u'><n:a id='1&amp;2'>x<b>y</b>z</n:a><a>&lt;&#48;&#x30;<![CDATA[<&]]></a><c/></n:r>";
        for (path, want) in [
            ("r/a", vec!["xyz", "<00<&"]),
            ("r/a/@id", vec!["1&2"]),
            ("r/*/b", vec!["y"]),
            ("//b", vec!["y"]),
            ("r/c", vec![""]),
            ("r/d", vec![]),
            ("/r/x:a/b", vec!["y"]),
        ] {
            assert_eq!(texts(xml, path, &[]).unwrap(), want, "{path}");
        }
    }

    #[test]
    fn repairs_the_defects_that_are_named_and_no_others() {
        use Repair::*;
        let table: [(&str, &[Repair], Result<&str, &str>); 12] = [
            ("<r><a>x&y=1&amp;z</a></r>", &[BareAmpersand], Ok("x&y=1&z")),
            ("<r><a>x & y; z</a></r>", &[BareAmpersand], Ok("x & y; z")),
            ("<r><a>x&nbsp;z</a></r>", &[BareAmpersand], Ok("x&nbsp;z")),
            ("<r><a>x&y=1</a></r>", &[], Err("bad XML")),
            ("<r><a>x&nbsp;</a></r>", &[], Err("unknown entity")),
            ("<?xml version='1.0'?><r><?xml version='1.0'?><a>x</a></r>", &[SecondDeclaration], Ok("x")),
            ("<?xml version='1.0'?><r><?xml version='1.0'?><a>x</a></r>", &[], Err("second XML declaration")),
            ("<r><script><a>x</a></r>", &[StrayElements], Ok("")),
            ("<r><a>x</a></br></r>", &[StrayElements], Ok("x")),
            ("\u{feff}junk <r><a>x</a></r>", &[LeadingJunk], Ok("x")),
            ("<!DOCTYPE r [<!ENTITY x 'y'>]><r><a>x</a></r>", &[], Err("document type")),
            ("<r><a>x</a>", &[], Err("ends inside `r`")),
        ];
        for (xml, repair, want) in table {
            match (texts(xml, "r/a", repair), want) {
                (Ok(found), Ok(want)) => assert_eq!(found.concat(), want, "{xml}"),
                (Err(why), Err(want)) => assert!(why.contains(want), "{xml}: {why}"),
                (got, want) => panic!("{xml}: {got:?}, not {want:?}"),
            }
        }
    }

    #[test]
    fn depth_and_attributes_have_limits() {
        let deep = "<a>".repeat(DEPTH_MAX + 2);
        assert!(texts(&deep, "a", &[]).unwrap_err().contains("levels"));
        let many: String = (0..=ATTRIBUTES_MAX).map(|i| format!(" a{i}='1'")).collect();
        assert!(texts(&format!("<a{many}/>"), "a", &[]).unwrap_err().contains("attributes"));
    }
}
