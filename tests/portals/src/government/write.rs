//! Writes text into XML and JSON without building trees. Knows nothing of ads.

use std::borrow::Cow;

/// True when no byte of `text` needs escaping in XML; looks at whole blocks so that plain Korean text costs little.
fn plain_in_xml(text: &str) -> bool {
    text.as_bytes()
        .chunks(64)
        .all(|block| !block.iter().fold(false, |found, b| found | matches!(b, b'&' | b'<' | b'>' | b'"') | (*b < 0x20)))
}

/// Appends `text` as XML character data. Control characters that XML forbids become spaces.
pub(super) fn xml_text(out: &mut String, text: &str) {
    if plain_in_xml(text) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if (c as u32) < 0x20 => out.push(' '),
            c => out.push(c),
        }
    }
}

/// Appends `<name>text</name>`.
pub(super) fn xml_element(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    xml_text(out, text);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Appends a JSON string with its quotes.
pub(super) fn json_text(out: &mut String, text: &str) {
    out.push('"');
    let plain = text
        .as_bytes()
        .chunks(64)
        .all(|block| !block.iter().fold(false, |found, b| found | matches!(b, b'"' | b'\\') | (*b < 0x20)));
    if plain {
        out.push_str(text);
    } else {
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if (c as u32) < 0x20 => out.push(' '),
                c => out.push(c),
            }
        }
    }
    out.push('"');
}

/// Escapes HTML entities so many times beyond the format, as portals do that escape what was already escaped.
pub(super) fn escaped(text: Cow<'_, str>, rounds: u8) -> Cow<'_, str> {
    let mut text = text;
    for _ in 0..rounds.min(3) {
        if plain_in_xml(&text) {
            break;
        }
        let mut once = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            match c {
                '&' => once.push_str("&amp;"),
                '<' => once.push_str("&lt;"),
                '>' => once.push_str("&gt;"),
                '"' => once.push_str("&quot;"),
                c => once.push(c),
            }
        }
        text = Cow::Owned(once);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_its_format_asks() {
        let mut xml = String::new();
        xml_element(&mut xml, "t", "A&B <\u{1}\"");
        assert_eq!(xml, "<t>A&amp;B &lt; &quot;</t>");
        let mut json = String::new();
        json_text(&mut json, "줄\n\"\\");
        assert_eq!(json, r#""줄\n\"\\""#);
        assert_eq!(escaped("a & b".into(), 2), "a &amp;amp; b");
        assert_eq!(escaped("plain".into(), 3), "plain");
    }
}
