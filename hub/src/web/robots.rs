//! robots.txt: what a site allows one crawler (RFC 9309, with Google's leniencies). Works on bytes, because what is
//! served under that name is often an HTML page in any charset. Never panics.

pub(super) mod kept;

use std::time::Duration;

/// No more of the file is read (RFC 9309, 2.5: at least 500 KiB).
pub(super) const ROBOTS_BYTES_MAX: usize = 500 << 10;
/// The rest of a longer line is ignored, as Google does.
const LINE_BYTES_MAX: usize = 2083 * 8 - 1;

/// The rules of one robots.txt for one crawler.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Robots {
    rules: Vec<Rule>,
    /// `Crawl-delay` of the group.
    pub(super) crawl_delay: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    allow: bool,
    pattern: Vec<u8>,
}

/// Rules of the groups named for the crawler, and of `*`.
#[derive(Default)]
struct Groups {
    specific: Robots,
    global: Robots,
    /// Which of the two the lines now read belong to; both, while user-agent lines follow each other.
    in_specific: bool,
    in_global: bool,
    /// A rule came since the last user-agent line, so the next one begins a new group.
    rule_seen: bool,
    named: bool,
}

impl Robots {
    /// Reads `text` for the crawler called `agent` (its product token, e.g. `Jobhub`).
    pub(super) fn parse(text: &[u8], agent: &str) -> Self {
        let text = &text[..text.len().min(ROBOTS_BYTES_MAX)];
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut groups = Groups::default();
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            if let Some((key, value)) = key_and_value(&line[..line.len().min(LINE_BYTES_MAX)]) {
                groups.line(key, value, agent);
            }
        }
        if groups.named { groups.specific } else { groups.global }
    }

    /// Whether `url` (an address, or its path and query) may be fetched: the longest matching rule decides, and of two
    /// as long the one that allows.
    pub(super) fn allows(&self, url: &str) -> bool {
        let path = escaped(path_and_query(url).as_bytes());
        let longest = |allow: bool| {
            let rules = self.rules.iter().filter(|rule| rule.allow == allow);
            rules.filter_map(|rule| rule.length_if_matching(&path)).max().unwrap_or(0)
        };
        longest(false) <= longest(true)
    }
}

impl Groups {
    fn line(&mut self, key: &[u8], value: &[u8], agent: &str) {
        if starts_with_any(key, &["user-agent", "useragent", "user agent"]) {
            self.user_agent(value, agent);
        } else if starts_with_any(key, &["allow"]) {
            self.rule(true, value);
        } else if starts_with_any(key, &["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]) {
            self.rule(false, value);
        } else if starts_with_any(key, &["crawl-delay", "crawldelay"]) {
            self.crawl_delay(value);
        }
    }

    fn user_agent(&mut self, value: &[u8], agent: &str) {
        if self.rule_seen {
            self.in_specific = false;
            self.in_global = false;
            self.rule_seen = false;
        }
        match value {
            [b'*'] => self.in_global = true,
            [b'*', next, ..] if next.is_ascii_whitespace() => self.in_global = true,
            _ => {
                let end = value.iter().position(|byte| !(byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-')));
                let name = &value[..end.unwrap_or(value.len())];
                if name.eq_ignore_ascii_case(agent.as_bytes()) {
                    self.in_specific = true;
                    self.named = true;
                }
            }
        }
    }

    fn rule(&mut self, allow: bool, value: &[u8]) {
        if !self.in_specific && !self.in_global {
            return;
        }
        self.rule_seen = true;
        let robots = if self.in_specific { &mut self.specific } else { &mut self.global };
        let pattern = escaped(value);
        // "Allow: /a/index.html" also allows "/a/".
        if allow
            && let Some(slash) = pattern.iter().rposition(|byte| *byte == b'/')
            && pattern[slash..].starts_with(b"/index.htm")
        {
            let folder = [&pattern[..=slash], b"$"].concat();
            robots.rules.push(Rule { allow, pattern: folder });
        }
        robots.rules.push(Rule { allow, pattern });
    }

    /// The longest of a group's delays holds. Not a rule: it does not end a run of user-agent lines.
    fn crawl_delay(&mut self, value: &[u8]) {
        let secs = std::str::from_utf8(value).ok().and_then(|text| text.parse::<f64>().ok());
        let Some(delay) = secs.and_then(|secs| Duration::try_from_secs_f64(secs).ok()) else { return };
        for (in_group, robots) in [(self.in_specific, &mut self.specific), (self.in_global, &mut self.global)] {
            if in_group {
                robots.crawl_delay = Some(robots.crawl_delay.map_or(delay, |known| known.max(delay)));
            }
        }
    }
}

impl Rule {
    /// Length of the pattern, which is its weight.
    fn length_if_matching(&self, path: &[u8]) -> Option<usize> {
        matches(&self.pattern, path).then_some(self.pattern.len())
    }
}

/// Whether `pattern` matches `path` from its start: `*` is any bytes, a final `$` the end.
///
/// Each piece between stars is taken where it first occurs, which is right for patterns without other wildcards.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, to_end) = match pattern.strip_suffix(b"$") {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split(|byte| *byte == b'*');
    let first = pieces.next().unwrap_or(b"");
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let mut last: Option<&[u8]> = None;
    for piece in pieces {
        if let Some(piece) = last.replace(piece) {
            match find(rest, piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
    }
    match last {
        None => !to_end || rest.is_empty(),
        Some(piece) if to_end => rest.ends_with(piece),
        Some(piece) => find(rest, piece).is_some(),
    }
}

fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() { Some(0) } else { text.windows(piece.len()).position(|window| window == piece) }
}

/// Splits a line at its colon, or, where that was forgotten, at white space between exactly two words.
fn key_and_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or(line).trim_ascii();
    let (key, value) = match line.iter().position(|byte| *byte == b':') {
        Some(colon) => (&line[..colon], &line[colon + 1..]),
        None => {
            let space = line.iter().position(|byte| matches!(byte, b' ' | b'\t'))?;
            let value = line[space..].trim_ascii();
            if value.iter().any(|byte| matches!(byte, b' ' | b'\t')) {
                return None;
            }
            (&line[..space], value)
        }
    };
    let key = key.trim_ascii();
    if key.is_empty() { None } else { Some((key, value.trim_ascii())) }
}

fn starts_with_any(key: &[u8], names: &[&str]) -> bool {
    names.iter().any(|name| key.len() >= name.len() && key[..name.len()].eq_ignore_ascii_case(name.as_bytes()))
}

/// Bytes beyond ASCII as `%XX`, and `%xx` in capitals: so that both sides of a comparison are written alike.
fn escaped(text: &[u8]) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match text.get(at..at + 3) {
            Some([b'%', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.extend_from_slice(&[b'%', high.to_ascii_uppercase(), low.to_ascii_uppercase()]);
                at += 3;
                continue;
            }
            _ => {}
        }
        if byte >= 0x80 {
            out.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            out.push(byte);
        }
        at += 1;
    }
    out
}

/// Path, parameters and query of an address, also of a careless one; never empty, always with a leading slash.
fn path_and_query(url: &str) -> std::borrow::Cow<'_, str> {
    let from = if url.starts_with("//") { 2 } else { 0 };
    let find_from = |chars: &[char], from: usize| url[from..].find(chars).map(|at| from + at);
    let early = find_from(&['/', '?', ';'], from);
    let protocol = url[from..].find("://").map(|at| from + at);
    let after_protocol = match (early, protocol) {
        (Some(early), Some(protocol)) if early < protocol => from,
        (_, Some(protocol)) => protocol + 3,
        (_, None) => from,
    };
    let Some(start) = find_from(&['/', '?', ';'], after_protocol) else { return "/".into() };
    let hash = find_from(&['#'], from);
    if hash.is_some_and(|hash| hash < start) {
        return "/".into();
    }
    let found = &url[start..hash.unwrap_or(url.len())];
    if found.starts_with('/') { found.into() } else { format!("/{found}").into() }
}

#[cfg(test)]
mod tests;
