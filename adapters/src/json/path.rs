//! JSONPath (RFC 9535) over [`Node`]. Paths of names, indexes and `[*]` are followed directly; the rest is asked of
//! `serde_json_path` and the places it answers are looked up in the tree, so that numbers keep their spelling.

use serde_json_path::PathElement;

use super::Node;

/// A compiled path.
#[derive(Clone, Debug)]
pub(crate) enum JsonPath {
    /// Names, indexes and wildcards over arrays and objects.
    Direct(Vec<Step>),
    /// Anything else of RFC 9535.
    Full(Box<serde_json_path::JsonPath>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(Box<str>),
    Index(i64),
    All,
}

impl JsonPath {
    /// A path as RFC 9535 defines it, and nothing else.
    pub(crate) fn strict(text: &str) -> Result<JsonPath, String> {
        let full = serde_json_path::JsonPath::parse(text).map_err(|e| e.to_string())?;
        Ok(direct(text).map_or_else(|| JsonPath::Full(Box::new(full)), JsonPath::Direct))
    }

    /// A path as manifests write it: also `$.close-type.code` (names with hyphens) and dotted keys without `$`.
    pub(crate) fn parse(text: &str) -> Result<JsonPath, String> {
        if text.starts_with('$') {
            return JsonPath::strict(text).or_else(|why| direct(text).map(JsonPath::Direct).ok_or(why));
        }
        let separator = if text.starts_with('[') { "" } else { "." };
        direct(&format!("${separator}{text}"))
            .map(JsonPath::Direct)
            .ok_or_else(|| format!("`{text}` is neither a JSONPath nor dotted keys"))
    }

    /// Every node at this path, in document order.
    pub(crate) fn query<'n, 'a>(&self, root: &'n Node<'a>) -> Vec<&'n Node<'a>> {
        let mut found = Vec::new();
        match self {
            JsonPath::Direct(steps) => follow(root, steps, &mut |node| found.push(node)),
            JsonPath::Full(path) => {
                let value = root.to_value();
                for located in path.query_located(&value).iter() {
                    if let Some(node) = lookup(root, located.location().iter()) {
                        found.push(node);
                    }
                }
            }
        }
        found
    }

    /// Calls `each` for every node at this path.
    pub(crate) fn each<'n, 'a>(&self, root: &'n Node<'a>, each: &mut dyn FnMut(&'n Node<'a>)) {
        match self {
            JsonPath::Direct(steps) => follow(root, steps, each),
            JsonPath::Full(_) => self.query(root).into_iter().for_each(each),
        }
    }

    /// The path without a last `[*]`.
    pub(crate) fn stem(&self) -> JsonPath {
        match self {
            JsonPath::Direct(steps) => match steps.split_last() {
                Some((Step::All, stem)) => JsonPath::Direct(stem.to_vec()),
                _ => self.clone(),
            },
            JsonPath::Full(_) => self.clone(),
        }
    }

    /// The path without its last step; the root for the root and for paths with filters.
    pub(crate) fn parent(&self) -> JsonPath {
        match self {
            JsonPath::Direct(steps) => JsonPath::Direct(steps.split_last().map_or(Vec::new(), |(_, p)| p.to_vec())),
            JsonPath::Full(_) => JsonPath::Direct(Vec::new()),
        }
    }

    /// Whether it has no step.
    pub(crate) fn is_root(&self) -> bool {
        matches!(self, JsonPath::Direct(steps) if steps.is_empty())
    }
}

fn follow<'n, 'a>(node: &'n Node<'a>, steps: &[Step], each: &mut dyn FnMut(&'n Node<'a>)) {
    let mut node = node;
    for (i, step) in steps.iter().enumerate() {
        let next = match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.nth(*index),
            Step::All => {
                match node {
                    Node::Array(items) => items.iter().for_each(|item| follow(item, &steps[i + 1..], each)),
                    Node::Object(members) => members.iter().for_each(|(_, v)| follow(v, &steps[i + 1..], each)),
                    _ => {}
                }
                return;
            }
        };
        match next {
            Some(next) => node = next,
            None => return,
        }
    }
    each(node);
}

fn lookup<'n, 'a, 'p>(root: &'n Node<'a>, place: impl Iterator<Item = &'p PathElement<'p>>) -> Option<&'n Node<'a>> {
    let mut node = root;
    for element in place {
        node = match element {
            PathElement::Name(name) => node.get(name)?,
            PathElement::Index(index) => node.nth(i64::try_from(*index).ok()?)?,
        };
    }
    Some(node)
}

/// Steps of a path that needs no filter, slice, union or descendant; `None` for any other.
fn direct(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let name = &after[..end];
            if name.is_empty() || name == "*" || !name.chars().all(is_name) {
                return None;
            }
            steps.push(Step::Key(name.into()));
            rest = &after[end..];
        } else {
            let after = rest.strip_prefix('[')?;
            let (step, after) = bracket(after)?;
            steps.push(step);
            rest = after;
        }
    }
    Some(steps)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | ':' | '#' | '+' | '/')
}

fn bracket(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix("*]") {
        return Some((Step::All, rest));
    }
    for quote in ['\'', '"'] {
        if let Some(inner) = text.strip_prefix(quote) {
            let end = inner.find(quote)?;
            let name = &inner[..end];
            let rest = inner[end + 1..].strip_prefix(']')?;
            // an escape needs the real parser
            return (!name.contains('\\')).then(|| (Step::Key(name.into()), rest));
        }
    }
    let (index, rest) = text.split_once(']')?;
    let digits = index.strip_prefix('-').unwrap_or(index);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (plain && (digits == "0" || !digits.starts_with('0')))
        .then(|| index.parse().ok())
        .flatten()
        .map(|i| (Step::Index(i), rest))
}
