//! Unicode folding, entities, white space and markup: raw text in, plain text out, in one linear walk each.
//! Holds no meaning of any field.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Most bytes of a raw text that are looked at; the rest is cut off.
pub const RAW_BYTES_MAX: usize = 256 * 1024;
/// Most bytes of plain text kept of a long field.
pub const BLOCK_BYTES_MAX: usize = 64 * 1024;
/// Most bytes kept of a one-line field.
pub const LINE_BYTES_MAX: usize = 2048;
/// How many times text may have been entity-escaped.
pub const ENTITY_ROUNDS_MAX: usize = 3;
/// Most characters before a mark that it may join.
const COMPOSED_CHARS_MAX: usize = 8;
/// Longest tag taken for markup; a longer one is text.
const TAG_BYTES_MAX: usize = 8 * 1024;

/// A long text, made plain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Plain text, one paragraph a line.
    pub text: String,
    /// Whether a limit cut it.
    pub truncated: bool,
}

/// The longest start of `text` of at most `bytes_max` bytes that ends between characters.
pub fn cut(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let mut end = bytes_max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A one-line field: entities undone, markup dropped, folded, white space squeezed, at most [`LINE_BYTES_MAX`] bytes.
pub fn line(raw: &str) -> Cow<'_, str> {
    let raw = cut(raw, LINE_BYTES_MAX);
    let trimmed = raw.trim_matches(|c: char| c.is_ascii_whitespace());
    if is_clean(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    let plain = without_markup(trimmed);
    let mut out = String::with_capacity(plain.len());
    squeeze(&plain, false, &mut out);
    Cow::Owned(out)
}

/// A long field: entities undone, markup turned into lines, folded, white space squeezed.
pub fn block(raw: &str) -> Block {
    let seen = cut(raw, RAW_BYTES_MAX);
    let plain = without_markup(seen);
    let mut text = String::with_capacity(plain.len());
    squeeze(&plain, true, &mut text);
    let mut truncated = seen.len() < raw.len();
    if text.len() > BLOCK_BYTES_MAX {
        truncated = true;
        let end = cut(&text, BLOCK_BYTES_MAX).trim_end().len();
        text.truncate(end);
    }
    Block { text, truncated }
}

/// Words that sources write where they have no value.
pub fn is_absent(text: &str) -> bool {
    let text = text.trim();
    if text.len() > 24 {
        return false;
    }
    matches!(
        text,
        "" | "-"
            | "--"
            | "."
            | "null"
            | "NULL"
            | "Null"
            | "None"
            | "none"
            | "NONE"
            | "N/A"
            | "n/a"
            | "NaN"
            | "nan"
            | "undefined"
            | "없음"
            | "정보 없음"
            | "정보없음"
            | "해당없음"
            | "해당 없음"
            | "미기재"
            | "미입력"
            | "[]"
            | "{}"
    )
}

/// Lower-case letters, digits and syllables only: how words of a field are compared.
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            }
        } else if is_syllable(c) {
            out.push(c);
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Whether a character is a modern Hangul syllable.
pub fn is_syllable(c: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&c)
}

/// Whether a line is already what [`line`] would make of it.
fn is_clean(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut after_space = false;
    while at < bytes.len() {
        match bytes[at] {
            b' ' if after_space => return false,
            b' ' => {
                after_space = true;
                at += 1;
            }
            b'&' | b'<' | 0..=0x1f | 0x7f => return false,
            0x21..=0x7e => {
                after_space = false;
                at += 1;
            }
            _ if syllable_at(bytes, at) => {
                after_space = false;
                at += 3;
            }
            _ => return false,
        }
    }
    true
}

/// Whether the three bytes at `at` are one Hangul syllable (U+AC00 to U+D7A3).
fn syllable_at(bytes: &[u8], at: usize) -> bool {
    let Some(&[lead, second, third]) = bytes.get(at..at + 3) else { return false };
    match lead {
        0xeb | 0xec => true,
        0xea => second >= 0xb0,
        0xed => second < 0x9e || (second == 0x9e && third <= 0xa3),
        _ => false,
    }
}

/// Entities undone up to [`ENTITY_ROUNDS_MAX`] times, then tags dropped; borrowed where there was neither.
fn without_markup(text: &str) -> Cow<'_, str> {
    if memchr2(b'&', b'<', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut text = Cow::Borrowed(text);
    for _ in 0..ENTITY_ROUNDS_MAX {
        if memchr(b'&', text.as_bytes()).is_none() {
            break;
        }
        let decoded = html_escape::decode_html_entities(text.as_ref());
        match decoded {
            Cow::Borrowed(_) => break,
            Cow::Owned(decoded) => text = Cow::Owned(decoded),
        }
    }
    if memchr(b'<', text.as_bytes()).is_none() { text } else { Cow::Owned(without_tags(&text)) }
}

/// Tags dropped: blocks become line feeds, cells become spaces, scripts, styles and comments vanish.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = memchr(b'<', rest.as_bytes()) {
        out.push_str(&rest[..open]);
        let tail = &rest[open..];
        if tail.starts_with("<!--") {
            rest = tail.find("-->").map_or("", |end| &tail[end + 3..]);
            continue;
        }
        let Some(end) = tag_end(tail.as_bytes()) else {
            out.push('<');
            rest = &tail[1..];
            continue;
        };
        let name = tag_name(&tail[1..end]);
        rest = &tail[end + 1..];
        if matches_any(name, &["script", "style", "noscript", "template", "head"]) && !tail[1..].starts_with('/') {
            // an unclosed script hides what follows, as in a browser; of other tags only the tag goes
            let hides = matches_any(name, &["script", "style"]);
            rest = after_close(rest, name).unwrap_or(if hides { "" } else { rest });
        } else if is_block_tag(name) {
            out.push('\n');
        } else if matches_any(name, &["td", "th", "option"]) {
            out.push(' ');
        }
    }
    out.push_str(rest);
    out
}

/// Where the tag that begins `bytes` ends, or `None` when it is no tag: a letter, `/`, `!` or `?` must follow the `<`,
/// and no other `<` may come before the `>` outside quotes (which keeps the walk linear).
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let first = *bytes.get(1)?;
    if !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'!' | b'?')) {
        return None;
    }
    let mut quote = 0u8;
    for (at, &byte) in bytes.iter().enumerate().take(TAG_BYTES_MAX).skip(1) {
        match byte {
            b'>' if quote == 0 => return Some(at),
            b'<' if quote == 0 => return None,
            b'"' | b'\'' if quote == 0 && bytes[at - 1] == b'=' => quote = byte,
            _ if byte == quote => quote = 0,
            _ => {}
        }
    }
    None
}

/// The name in `p class="x"`, `/p`, `br/`.
fn tag_name(inside: &str) -> &str {
    let name = inside.trim_start_matches('/');
    let end = name.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(name.len());
    &name[..end]
}

fn matches_any(name: &str, names: &[&str]) -> bool {
    names.iter().any(|n| name.eq_ignore_ascii_case(n))
}

fn is_block_tag(name: &str) -> bool {
    matches_any(
        name,
        &[
            "p",
            "br",
            "div",
            "li",
            "tr",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "table",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "section",
            "article",
            "header",
            "footer",
            "blockquote",
            "pre",
            "form",
            "body",
            "html",
            "title",
        ],
    )
}

/// What follows `</name>`; `None` when it is never closed.
fn after_close<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = rest[from..].find("</") {
        let at = from + found + 2;
        let is_it = rest.get(at..at + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name));
        if is_it {
            return Some(rest[at..].find('>').map_or("", |end| &rest[at + end + 1..]));
        }
        from = at;
    }
    None
}

/// Folds and squeezes: runs of blanks become one space, runs of line ends one line feed (or a space), ends trimmed.
fn squeeze(text: &str, lines: bool, out: &mut String) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut gap = Gap::None;
    while at < bytes.len() {
        let run = plain_run(bytes, at);
        if run > at {
            gap.write(out, lines);
            gap = Gap::None;
            out.push_str(&text[at..run]);
            at = run;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        at += c.len_utf8();
        match blank(c) {
            Some(found) => gap = gap.max(found),
            None => {
                let mut buffer = [0u8; 4];
                if is_invisible(c) {
                    continue;
                }
                gap.write(out, lines);
                gap = Gap::None;
                fold_char(c, c.encode_utf8(&mut buffer), out);
            }
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
}

/// End of the run of printable ASCII and syllables that begins at `at`; single spaces between them belong to it.
fn plain_run(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            0x21..=0x7e => at += 1,
            0xea..=0xed if syllable_at(bytes, at) => at += 3,
            b' ' if at > 0 && starts_plain(bytes, at + 1) && starts_plain(bytes, at - 1) => at += 1,
            _ => break,
        }
    }
    at
}

/// Whether a byte can belong to a run besides the space: printable ASCII or any byte of a longer character that is not white space.
fn starts_plain(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(0x21..=0x7e) => true,
        Some(0xea..=0xed) => syllable_at(bytes, at),
        Some(0x80..=0xbf) => at >= 2 && syllable_at(bytes, at - 2),
        _ => false,
    }
}

/// White space that is owed to the output.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

impl Gap {
    fn write(self, out: &mut String, lines: bool) {
        if out.is_empty() {
            return;
        }
        match self {
            Gap::None => {}
            Gap::Line if lines => out.push('\n'),
            Gap::Space | Gap::Line => out.push(' '),
        }
    }
}

fn blank(c: char) -> Option<Gap> {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(Gap::Line),
        _ if c.is_whitespace() => Some(Gap::Space),
        '\u{3164}' | '\u{ffa0}' | '\u{115f}' | '\u{1160}' | '\u{2800}' => Some(Gap::Space), // blanks that are no white space to Unicode
        _ => None,
    }
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{fff9}'..='\u{fffb}')
}

/// Adds one character in its folded form (NFKC, except that compatibility jamo such as ㅋ stay readable and dots and dashes are one each).
fn fold_char(c: char, text: &str, out: &mut String) {
    if let Some(sign) = sign(c) {
        out.push(sign);
    } else if ('\u{3131}'..='\u{318e}').contains(&c) || is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes {
        out.push(c);
    } else {
        compose(text, out);
    }
}

/// The one form of a sign that is written in many.
fn sign(c: char) -> Option<char> {
    Some(match c {
        '\u{ff01}'..='\u{ff5e}' => {
            sign(char::from_u32(c as u32 - 0xfee0)?).unwrap_or(char::from_u32(c as u32 - 0xfee0)?)
        }
        '〜' | '∼' | '˜' => '~',
        '–' | '—' | '−' | '‐' | '‑' | '‒' | '―' => '-',
        'ㆍ' | '‧' | '･' | '∙' | '⋅' | '・' | '•' | 'ᆞ' => '·',
        '‘' | '’' | '`' => '\'',
        '“' | '”' => '"',
        _ => return None,
    })
}

/// Adds a character that changes under NFKC or may join the one before it.
fn compose(text: &str, out: &mut String) {
    // an expansion that begins with a blank (¨ is a space and a mark) would fold differently the second time
    if text.nfkc().next().is_some_and(char::is_whitespace) {
        out.push_str(text);
        return;
    }
    let mut from = out.len();
    for (at, c) in out.char_indices().rev().take(COMPOSED_CHARS_MAX) {
        from = at;
        if canonical_combining_class(c) == 0 {
            break;
        }
    }
    let tail = out.split_off(from);
    let whole = if tail.nfkc().next().is_some_and(char::is_whitespace) {
        out.push_str(&tail);
        text
    } else {
        &format!("{tail}{text}")
    };
    out.extend(
        whole.nfkc().filter(|c| !is_invisible(*c)).map(|c| if c.is_whitespace() { ' ' } else { sign(c).unwrap_or(c) }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_portals_write() {
        for (raw, want) in [
            ("  서울   강남구 ", "서울 강남구"),
            ("㈜한빛　전자", "(주)한빛 전자"),
            ("９，８６０원（시）", "9,860원(시)"),
            ("대전 &gt; 대덕구", "대전 > 대덕구"),
            ("A &amp;amp;amp; B", "A & B"),
            ("a\u{200b}b\u{feff}c", "abc"),
            ("경영ㆍ사무", "경영·사무"),
            ("ㅋㅋ ①팀", "ㅋㅋ 1팀"),
            ("\u{1112}\u{1161}\u{11ab}글", "한글"),
            ("<b>굵게</b> <급구> 사원", "굵게 <급구> 사원"),
            ("12/08\u{a0}(일)\n", "12/08 (일)"),
            ("10–12시", "10-12시"),
        ] {
            assert_eq!(line(raw), want, "{raw:?}");
        }
    }

    #[test]
    fn markup_becomes_lines() {
        for (raw, want) in [
            ("<p>하나</p><p>둘<br/>셋</p>", "하나\n둘\n셋"),
            ("&lt;p&gt;두 번&lt;/p&gt;", "두 번"),
            ("<script>alert('x')</script>본문<style>p{}</style>", "본문"),
            ("<!-- 주석 --> 글 < 5 > 3", "글 < 5 > 3"),
            ("<ul><li>가</li><li>나</li></ul>", "가\n나"),
            ("a <img alt=\"1 > 0\"> b", "a b"),
            ("가\r\n\r\n\r\n나", "가\n나"),
            ("<script>never closed", ""),
            ("<noscript>가<p>나", "가\n나"),
            ("<td>1</td><td>2</td>", "1 2"),
        ] {
            assert_eq!(block(raw).text, want, "{raw:?}");
        }
    }

    #[test]
    fn long_text_is_cut_and_said_to_be() {
        let raw = "가나다 ".repeat(RAW_BYTES_MAX / 10 + 1);
        let got = block(&raw);
        assert!(got.truncated && got.text.len() <= BLOCK_BYTES_MAX);
        assert!(!block("짧다").truncated);
        assert!(line(&"가".repeat(5000)).len() <= LINE_BYTES_MAX);
    }

    #[test]
    fn many_open_brackets_stay_linear() {
        let raw = "<a ".repeat(80_000);
        assert!(block(&raw).text.len() <= BLOCK_BYTES_MAX);
        let raw = "<a b=\"".repeat(40_000);
        assert!(block(&raw).text.len() <= BLOCK_BYTES_MAX);
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_is_folding_once(raw in "[^&<＆＜﹤﹠]{0,80}") {
            let once = line(&raw).into_owned();
            proptest::prop_assert_eq!(line(&once).into_owned(), once.clone());
        }
    }
}
