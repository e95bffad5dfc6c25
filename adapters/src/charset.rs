//! Bytes → text: BOM, then header, then XML prolog or HTML meta, then UTF-8 validity, then a guess on the first 4 KB.
//! A page that decodes badly is refused rather than stored as mojibake.

use std::borrow::Cow;

use encoding_rs::{EUC_KR, Encoding, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes looked at when guessing or searching for a declaration.
const LOOK_BYTES: usize = 4096;
/// A page with more replacement characters than one in this many is refused.
const REPLACED_ONE_IN: usize = 1000;

/// How a source's charset is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// By the page itself.
    Auto,
    /// Always this one (a BOM still wins).
    Fixed(&'static Encoding),
}

impl Charset {
    /// Reads a manifest's or header's label, with the Korean spellings the WHATWG list lacks.
    pub(crate) fn parse(label: &str) -> Option<Charset> {
        if label.eq_ignore_ascii_case("auto") { Some(Charset::Auto) } else { encoding(label).map(Charset::Fixed) }
    }
}

fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']);
    let folded: String = label.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    match folded.as_str() {
        "ms949" | "cp949" | "uhc" | "euckr" | "ksc5601" | "ksc56011987" | "ksc56011989" | "windows949"
        | "xwindows949" | "949" | "ksx1001" | "isoir149" | "korean" | "csksc56011987" | "cseuckr" => Some(EUC_KR),
        "utf8" | "utf8mb4" => Some(UTF_8),
        "sjis" | "cp932" | "ms932" => Some(SHIFT_JIS),
        "cp936" | "ms936" => Some(GBK),
        _ => Encoding::for_label(label.as_bytes()),
    }
}

/// The page as text.
///
/// # Errors
/// In words, when more than 0.1 % of the characters could not be read.
pub(crate) fn decode<'a>(body: &'a [u8], charset: Charset, content_type: Option<&str>) -> Result<Cow<'a, str>, String> {
    let (encoding, body) = match Encoding::for_bom(body) {
        Some((encoding, length)) => (encoding, &body[length..]),
        None => (chosen(body, charset, content_type), body),
    };
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(body)
    {
        return check(Cow::Borrowed(text), body.len(), encoding);
    }
    let (text, _) = encoding.decode_without_bom_handling(body);
    check(text, body.len(), encoding)
}

fn check<'a>(text: Cow<'a, str>, bytes: usize, encoding: &'static Encoding) -> Result<Cow<'a, str>, String> {
    let replaced = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").count();
    // fewer characters than bytes in Korean text, so bytes / 3 is a floor of the character count that needs no second pass
    if replaced > 1 && replaced * REPLACED_ONE_IN > text.chars().count().max(bytes / 3) {
        return Err(format!("{replaced} characters cannot be read as {}", encoding.name()));
    }
    Ok(text)
}

fn chosen(body: &[u8], charset: Charset, content_type: Option<&str>) -> &'static Encoding {
    if let Charset::Fixed(encoding) = charset {
        return encoding;
    }
    // a Latin-1 header is what Java servers say when nobody told them; it is believed only when nothing else is better
    content_type
        .and_then(of_header)
        .filter(|e| *e != WINDOWS_1252)
        .or_else(|| of_declaration(&body[..body.len().min(LOOK_BYTES)]))
        .unwrap_or_else(|| guessed(body))
}

fn of_header(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| encoding(value)).flatten()
    })
}

/// `<?xml … encoding="…"?>`, `<meta charset=…>` or `<meta … content="…; charset=…">`.
fn of_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let found = if let Some(prolog) = memchr::memmem::find(&lower, b"<?xml") {
        let end = memchr::memmem::find(&lower[prolog..], b"?>").map_or(lower.len(), |e| prolog + e);
        label_after(&lower[prolog..end], b"encoding")
    } else {
        None
    };
    let found = found.or_else(|| {
        memchr::memmem::find_iter(&lower, b"<meta").find_map(|meta| {
            let end = memchr::memchr(b'>', &lower[meta..]).map_or(lower.len(), |e| meta + e);
            label_after(&lower[meta..end], b"charset")
        })
    });
    // a page that says so in ASCII-compatible bytes is not UTF-16
    found.map(|e| if e == UTF_16LE || e == UTF_16BE { UTF_8 } else { e })
}

fn label_after(tag: &[u8], name: &[u8]) -> Option<&'static Encoding> {
    let at = memchr::memmem::find(tag, name)? + name.len();
    let rest = tag[at..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_:.".contains(b))).unwrap_or(rest.len());
    encoding(std::str::from_utf8(&rest[..end]).ok()?)
}

fn guessed(body: &[u8]) -> &'static Encoding {
    let head = &body[..body.len().min(LOOK_BYTES)];
    if let Some(wide) = sixteen_bits(head) {
        return wide;
    }
    match std::str::from_utf8(body) {
        Ok(_) => return UTF_8,
        // one bad byte far into UTF-8 text with multibyte characters before it is damage, not another charset
        Err(e) if e.valid_up_to() > 64 && !body[..e.valid_up_to()].is_ascii() => return UTF_8,
        Err(_) => {}
    }
    // look where the non-ASCII text is, on a slice of fixed size
    let start = body.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let look = &body[start..body.len().min(start + LOOK_BYTES)];
    [EUC_KR, UTF_8, SHIFT_JIS, GBK, WINDOWS_1252].into_iter().max_by_key(|e| plausible(look, e)).unwrap_or(UTF_8)
}

fn sixteen_bits(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let half = head.len() / 2;
    if half < 2 {
        return None;
    }
    let (even, odd) = (zeros(0), zeros(1));
    if even * 10 > half * 3 && odd * 10 < half {
        Some(UTF_16BE)
    } else if odd * 10 > half * 3 && even * 10 < half {
        Some(UTF_16LE)
    } else {
        None
    }
}

/// Points for a reading: Hangul is what is expected, replacement characters are what is not.
fn plausible(look: &[u8], encoding: &'static Encoding) -> i64 {
    let (text, _) = encoding.decode_without_bom_handling(look);
    text.chars().fold(0, |sum, c| {
        sum + match c {
            '\u{fffd}' => -20,
            '가'..='힣' => 4,
            '\u{3040}'..='\u{30ff}' if encoding == SHIFT_JIS => 3,
            '\u{4e00}'..='\u{9fff}' => 1,
            '\u{ff61}'..='\u{ff9f}' => -1,
            'à'..='ÿ' | 'À'..='ß' => 1,
            '\u{80}'..='\u{9f}' => -5,
            _ => 0,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling_of_the_korean_charset() {
        for label in
            ["MS949", "cp949", "UHC", "EUC_KR", "euc-kr", "KS_C_5601", "ks_c_5601-1987", "windows-949", "\"EUC-KR\""]
        {
            assert_eq!(encoding(label), Some(EUC_KR), "{label}");
        }
    }

    #[test]
    fn decodes_by_bom_then_header_then_declaration_then_validity_then_guess() {
        let (korean, _, _) = EUC_KR.encode("모집 똠방각하 펲시 햏");
        let xml = [b"<?xml version='1.0' encoding='ks_c_5601-1987'?><a>".as_slice(), &korean, b"</a>"].concat();
        let html = [b"<html><head><meta http-equiv=x content='text/html; charset=MS949'>".as_slice(), &korean].concat();
        let bom = [b"\xef\xbb\xbf".as_slice(), "모집".as_bytes()].concat();
        let utf16: Vec<u8> = "{\"title\": \"모집\"}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let table: [(&[u8], Option<&str>, &str); 9] = [
            ("모집".as_bytes(), Some("text/xml;charset=ISO-8859-1"), "모집"),
            (b"caf\xe9", Some("text/html; charset=iso-8859-1"), "café"),
            (&bom, Some("text/html; charset=euc-kr"), "모집"),
            (&korean, Some("text/xml;charset=EUC_KR"), "모집 똠방각하 펲시 햏"),
            (&xml, Some("text/xml"), "<?xml version='1.0' encoding='ks_c_5601-1987'?><a>모집 똠방각하 펲시 햏</a>"),
            (&html, None, "<html><head><meta http-equiv=x content='text/html; charset=MS949'>모집 똠방각하 펲시 햏"),
            ("모집".as_bytes(), None, "모집"),
            (&korean, None, "모집 똠방각하 펲시 햏"),
            (&utf16, None, "{\"title\": \"모집\"}"),
        ];
        for (bytes, header, want) in table {
            assert_eq!(decode(bytes, Charset::Auto, header).unwrap(), want);
        }
    }

    #[test]
    fn a_page_with_many_unreadable_characters_is_refused() {
        let (korean, _, _) = EUC_KR.encode("서울 강남구 주5일 근무 정규직 모집 공고");
        let why = decode(&korean, Charset::Fixed(UTF_8), None).unwrap_err();
        assert!(why.contains("cannot be read as UTF-8"), "{why}");
        let damaged = [("가나다라 ".repeat(500)).as_bytes(), b"\xff"].concat();
        assert!(decode(&damaged, Charset::Auto, None).is_ok(), "one damaged byte in 2,500 characters is tolerated");
    }
}
