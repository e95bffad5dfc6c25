//! The CSS selectors that portals need, matched on the fast tree: names, classes, ids, attributes, `:not()`, `:first-child`,
//! `:last-child`, `:nth-child()`, and the combinators for descendants, children and next siblings. Any other selector is left
//! to the real engine.

use super::Tree;

/// A list of selectors.
#[derive(Clone, Debug)]
pub(crate) struct QuickSelector(Vec<Vec<(Combinator, Compound)>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Combinator {
    Descendant,
    Child,
    Next,
}

#[derive(Clone, Debug, Default)]
struct Compound {
    name: Option<Box<str>>,
    id: Option<Box<str>>,
    classes: Vec<Box<str>>,
    attributes: Vec<(Box<str>, Operator, Box<str>)>,
    not: Vec<Compound>,
    /// `an+b` from the start.
    nth: Vec<(i64, i64)>,
    /// Nothing but text follows it.
    last: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Exists,
    Is,
    Starts,
    Ends,
    Contains,
    Word,
    Dash,
}

/// Attributes whose values HTML compares without case.
const CASELESS: &[&str] = &[
    "accept",
    "accept-charset",
    "align",
    "alink",
    "axis",
    "bgcolor",
    "charset",
    "checked",
    "clear",
    "codetype",
    "color",
    "compact",
    "declare",
    "defer",
    "dir",
    "direction",
    "disabled",
    "enctype",
    "face",
    "frame",
    "hreflang",
    "http-equiv",
    "lang",
    "language",
    "link",
    "media",
    "method",
    "multiple",
    "nohref",
    "noresize",
    "noshade",
    "nowrap",
    "readonly",
    "rel",
    "rev",
    "rules",
    "scope",
    "scrolling",
    "selected",
    "shape",
    "target",
    "text",
    "type",
    "valign",
    "valuetype",
    "vlink",
];

impl QuickSelector {
    /// Reads a selector; nothing for what only the real engine knows.
    pub(crate) fn parse(text: &str) -> Option<QuickSelector> {
        let mut list = Vec::new();
        let mut parser = Parser { text, at: 0 };
        loop {
            list.push(parser.complex()?);
            match parser.peek() {
                None => return Some(QuickSelector(list)),
                Some(b',') => parser.at += 1,
                Some(_) => return None,
            }
        }
    }

    /// Whether an element is meant.
    pub(crate) fn matches(&self, tree: &Tree<'_>, node: u32) -> bool {
        tree.is_element(node) && self.0.iter().any(|parts| follows(tree, node, parts))
    }
}

/// The last compound matches here and the ones before it where their combinators say.
fn follows(tree: &Tree<'_>, node: u32, parts: &[(Combinator, Compound)]) -> bool {
    let Some(((combinator, compound), before)) = parts.split_last() else { return true };
    if !compound.matches(tree, node) {
        return false;
    }
    if before.is_empty() {
        return true;
    }
    let step = |node: u32| match combinator {
        Combinator::Descendant | Combinator::Child => tree.parent(node),
        Combinator::Next => tree.beside(node, false),
    };
    let once = matches!(combinator, Combinator::Child | Combinator::Next);
    // in `a b c` the nearest `b` is as good as any farther one: no need to go on when the rest fails above it
    let nearest_is_enough = before.last().is_some_and(|(earlier, _)| before.len() == 1 || earlier == combinator);
    let mut at = step(node);
    while let Some(place) = at {
        if follows(tree, place, before) {
            return true;
        }
        let met = nearest_is_enough && before.last().is_some_and(|(_, compound)| compound.matches(tree, place));
        if once || met {
            return false;
        }
        at = step(place);
    }
    false
}

impl Compound {
    fn matches(&self, tree: &Tree<'_>, node: u32) -> bool {
        self.name.as_ref().is_none_or(|n| tree.name(node) == &**n)
            && self.id.as_ref().is_none_or(|id| tree.attribute(node, "id") == Some(id))
            && (self.classes.is_empty() || {
                let classes = tree.attribute(node, "class").unwrap_or_default();
                self.classes.iter().all(|c| words(classes).any(|w| w == &**c))
            })
            && self
                .attributes
                .iter()
                .all(|(name, op, value)| tree.attribute(node, name).is_some_and(|v| op.holds(v, value)))
            && !self.not.iter().any(|n| n.matches(tree, node))
            && (!self.last || tree.beside(node, true).is_none())
            && self.nth.iter().all(|(a, b)| {
                let distance = tree.position(node) - b;
                if *a == 0 { distance == 0 } else { distance % a == 0 && distance / a >= 0 }
            })
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '\t', '\r', '\u{c}']).filter(|w| !w.is_empty())
}

impl Operator {
    fn holds(self, value: &str, wanted: &str) -> bool {
        match self {
            Operator::Exists => true,
            Operator::Is => value == wanted,
            Operator::Starts => !wanted.is_empty() && value.starts_with(wanted),
            Operator::Ends => !wanted.is_empty() && value.ends_with(wanted),
            Operator::Contains => !wanted.is_empty() && value.contains(wanted),
            Operator::Word => !wanted.is_empty() && words(value).any(|w| w == wanted),
            Operator::Dash => value.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')),
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.at > start
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let found = self.text[self.at..].starts_with(wanted);
        self.at += if found { wanted.len() } else { 0 };
        found
    }

    fn complex(&mut self) -> Option<Vec<(Combinator, Compound)>> {
        self.space();
        let mut parts = vec![(Combinator::Descendant, self.compound()?)];
        loop {
            let spaced = self.space();
            let combinator = match self.peek() {
                None | Some(b',' | b')') => return Some(parts),
                Some(b'>') => Combinator::Child,
                Some(b'+') => Combinator::Next,
                // `a ~ b` looks at every sibling before each `b`: not for pages with many rows
                Some(b'~') => return None,
                Some(_) if spaced => Combinator::Descendant,
                Some(_) => return None,
            };
            if combinator != Combinator::Descendant {
                self.at += 1;
                self.space();
            }
            parts.push((combinator, self.compound()?));
        }
    }

    fn compound(&mut self) -> Option<Compound> {
        let mut compound = Compound::default();
        let start = self.at;
        if self.eat("*") {
        } else if self.peek().is_some_and(|b| b.is_ascii_alphabetic()) {
            compound.name = Some(self.name()?.to_ascii_lowercase().into());
        }
        loop {
            match self.peek() {
                Some(b'.') => {
                    self.at += 1;
                    compound.classes.push(self.name()?.into());
                }
                Some(b'#') if compound.id.is_none() => {
                    self.at += 1;
                    compound.id = Some(self.name()?.into());
                }
                Some(b'[') => {
                    self.at += 1;
                    let attribute = self.attribute()?;
                    compound.attributes.push(attribute);
                }
                Some(b':') => self.pseudo(&mut compound)?,
                _ => break,
            }
        }
        (self.at > start).then_some(compound)
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii()))
            .unwrap_or(rest.len());
        let name = &rest[..end];
        let digits_first = name.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        if name.is_empty() || name == "-" || digits_first {
            return None;
        }
        self.at += end;
        Some(name)
    }

    fn attribute(&mut self) -> Option<(Box<str>, Operator, Box<str>)> {
        self.space();
        let name = self.name()?.to_ascii_lowercase();
        self.space();
        if self.eat("]") {
            return Some((name.into(), Operator::Exists, "".into()));
        }
        let operator = [
            ("=", Operator::Is),
            ("^=", Operator::Starts),
            ("$=", Operator::Ends),
            ("*=", Operator::Contains),
            ("~=", Operator::Word),
            ("|=", Operator::Dash),
        ]
        .into_iter()
        .find_map(|(text, operator)| self.eat(text).then_some(operator))?;
        if CASELESS.contains(&name.as_str()) {
            return None;
        }
        self.space();
        let value = match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let rest = &self.text[self.at + 1..];
                let end = rest.find(char::from(quote))?;
                self.at += end + 2;
                &rest[..end]
            }
            _ => self.name()?,
        };
        self.space();
        (!value.contains('\\') && self.eat("]")).then(|| (name.into(), operator, value.into()))
    }

    fn pseudo(&mut self, compound: &mut Compound) -> Option<()> {
        if self.eat(":first-child") {
            compound.nth.push((0, 1));
        } else if self.eat(":last-child") {
            compound.last = true;
        } else if self.eat(":not(") {
            self.space();
            compound.not.push(self.compound()?);
            self.space();
            return self.eat(")").then_some(());
        } else if self.eat(":nth-child(") {
            let rest = &self.text[self.at..];
            let end = rest.find(')')?;
            let (a, b) = nth(rest[..end].trim())?;
            compound.nth.push((a, b));
            self.at += end + 1;
        } else {
            return None;
        }
        // a longer word, `:first-child-x`, is none of ours
        (!self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'(')).then_some(())
    }
}

fn nth(text: &str) -> Option<(i64, i64)> {
    match text {
        "odd" => return Some((2, 1)),
        "even" => return Some((2, 0)),
        _ => {}
    }
    let Some((a, b)) = text.split_once('n') else { return Some((0, text.parse().ok()?)) };
    let a = match a {
        "" | "+" => 1,
        "-" => -1,
        number => number.parse().ok()?,
    };
    let b = b.replace(' ', "");
    Some((a, if b.is_empty() { 0 } else { b.parse().ok()? }))
}
