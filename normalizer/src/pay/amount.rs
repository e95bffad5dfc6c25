//! Sums of money in a text: digits or spelled numerals with their Korean units, and foreign currencies.
//! Holds no period and no bounds; what the sums are for is decided in `pay.rs`.

use smallvec::SmallVec;

use super::{AMOUNTS_MAX, WON_MAX};

/// Smallest number that is money without a unit.
const BARE_MIN: i64 = 100;

/// An amount in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    /// Whole units, scale applied.
    pub(super) value: i64,
    /// 만 = 10,000.
    pub(super) scale: i64,
    /// Whether a unit or a currency stood there.
    pub(super) has_unit: bool,
    /// ISO 4217, absent = won.
    pub(super) currency: Option<&'static str>,
    /// Where it stands in the text.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Every amount of a text, in order: numbers with a money unit, or bare ones that no other unit follows.
pub(super) fn amounts(raw: &str) -> SmallVec<[Amount; 4]> {
    let mut out: SmallVec<[Amount; 4]> = SmallVec::new();
    let bytes = raw.as_bytes();
    let mut at = 0;
    while at < bytes.len() && out.len() < AMOUNTS_MAX {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let from = at;
        let (total, to) = compound(raw, at);
        at = to.max(from + 1);
        let Some((value, scale, has_unit)) = total else { continue };
        let rest = raw[at..].trim_start();
        // the KRW of `1KRW 330` belongs to the amount before it
        let taken = out.last().map_or(0, |last: &Amount| last.to);
        let (currency, from) = match currency_before(raw, from) {
            (_, before) if before < taken => (None, from),
            found => found,
        };
        let currency = currency.or_else(|| currency_after(rest));
        if !has_unit && currency.is_none() && is_other_unit(rest) {
            continue;
        }
        let counts = has_unit || value >= BARE_MIN || currency.is_some() || begins_range(rest);
        if value > 0 && value <= WON_MAX && counts {
            out.push(Amount {
                value,
                scale,
                has_unit: has_unit || currency.is_some(),
                currency: currency.filter(|c| *c != "KRW"),
                from,
                to: at,
            });
        }
    }
    out
}

/// `1억 2,000만원`, `3천5백만원`, `250만 5천원`, `9,860원`, `$50K`: value, largest scale, whether a unit stood there; and the end.
fn compound(raw: &str, start: usize) -> (Option<(i64, i64, bool)>, usize) {
    let mut total = 0f64;
    let mut scale_of_all = 1i64;
    let mut has_unit = false;
    let mut at = start;
    let mut last_scale = f64::MAX;
    while let Some((number, end)) = section(raw, at) {
        let gap = raw[end..].len() - raw[end..].trim_start_matches(' ').len();
        let (scale, unit_bytes, closes) = unit(&raw[end + gap..]);
        if scale >= last_scale && total > 0.0 {
            break;
        }
        if unit_bytes == 0 {
            if total == 0.0 {
                total = number;
                at = end;
            }
            break;
        }
        total += number * scale;
        scale_of_all = scale_of_all.max(scale as i64);
        has_unit = true;
        last_scale = scale;
        at = end + gap + unit_bytes;
        if closes {
            break;
        }
        let rest = &raw[at..];
        let skip = rest.len() - rest.trim_start_matches(' ').len();
        if !rest[skip..].starts_with(|c: char| c.is_ascii_digit()) || skip > 1 {
            if rest.starts_with('원') {
                at += '원'.len_utf8();
            }
            break;
        }
        at += skip;
    }
    if at == start || !total.is_finite() || total > WON_MAX as f64 {
        let end = raw[start..]
            .bytes()
            .position(|b| !(b.is_ascii_digit() || b == b',' || b == b'.'))
            .map_or(raw.len(), |n| start + n);
        return (None, end.max(at));
    }
    (Some((total.round() as i64, scale_of_all, has_unit)), at)
}

/// The part of a number before 만, 억 or 원: `3,500`, `3천5백`, `2백50`; and its end.
fn section(raw: &str, start: usize) -> Option<(f64, usize)> {
    let (mut total, mut end) = number(raw, start)?;
    let mut last = f64::MAX;
    let mut value = total;
    loop {
        let rest = &raw[end..];
        let small = [('천', 1e3), ('백', 1e2), ('십', 1e1)].into_iter().find(|(c, _)| rest.starts_with(*c));
        let Some((sign, scale)) = small.filter(|(_, scale)| *scale < last && value < 10.0) else { break };
        total += value * (scale - 1.0);
        last = scale;
        end += sign.len_utf8();
        let skip = usize::from(raw[end..].starts_with(' '));
        match number(raw, end + skip) {
            Some((more, after)) if more < scale && !raw[end..].trim_start().starts_with(['0', '.']) => {
                total += more;
                value = more;
                end = after;
            }
            _ => break,
        }
    }
    Some((total, end))
}

/// `이백오십만원`, `시급 만이천원` with digits in place of the numerals; `None` where there is no spelled amount.
pub(super) fn in_digits(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut found = false;
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let numeral: &str = &rest[..rest.find(|c| !NUMERALS.contains(c)).unwrap_or(rest.len())];
        let money = ["원", "달러", "유로"].iter().any(|unit| rest[numeral.len()..].starts_with(unit));
        match spelled(numeral).filter(|_| money && (numeral.len() > 3 || numeral == "만")) {
            Some(value) => {
                found = true;
                out.push_str(&value.to_string());
                rest = &rest[numeral.len()..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    found.then_some(out)
}

/// Syllables of spelled numbers.
const NUMERALS: &str = "일이삼사오육칠팔구십백천만억";

/// `이천칠백삼십오만` → 27,350,000.
fn spelled(numeral: &str) -> Option<i64> {
    let (mut total, mut section, mut digit) = (0i64, 0i64, 0i64);
    for c in numeral.chars() {
        match c {
            '십' | '백' | '천' => {
                let scale = match c {
                    '십' => 10,
                    '백' => 100,
                    _ => 1_000,
                };
                section += digit.max(1) * scale;
                digit = 0;
            }
            '만' | '억' => {
                let scale = if c == '만' { 10_000 } else { 100_000_000 };
                total += (section + digit).max(1).checked_mul(scale)?;
                (section, digit) = (0, 0);
            }
            _ => digit = "일이삼사오육칠팔구".chars().position(|d| d == c)? as i64 + 1,
        }
    }
    Some(total + section + digit).filter(|n| *n > 0 && *n <= WON_MAX)
}

/// Digits with thousands separators and at most one decimal point.
fn number(raw: &str, start: usize) -> Option<(f64, usize)> {
    let bytes = raw.as_bytes();
    let mut digits: SmallVec<[u8; 24]> = SmallVec::new();
    let mut at = start;
    let mut point = false;
    while at < bytes.len() && digits.len() < 20 {
        match bytes[at] {
            b'0'..=b'9' => digits.push(bytes[at]),
            b',' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {}
            b'.' if !point && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                // `2.500.000` is thousands
                let thousands = bytes.get(at + 1..at + 4).is_some_and(|n| n.iter().all(u8::is_ascii_digit))
                    && bytes.get(at + 4) == Some(&b'.');
                if !thousands {
                    point = true;
                    digits.push(b'.');
                }
            }
            _ => break,
        }
        at += 1;
    }
    std::str::from_utf8(&digits).ok()?.parse().ok().map(|n| (n, at))
}

/// A unit at the start of a text: scale, bytes, whether it ends the amount.
fn unit(rest: &str) -> (f64, usize, bool) {
    const UNITS: [(&str, f64, bool); 17] = [
        ("천만원", 1e7, true),
        ("천만", 1e7, false),
        ("백만원", 1e6, true),
        ("백만", 1e6, false),
        ("십만원", 1e5, true),
        ("만원", 1e4, true),
        ("만 원", 1e4, true),
        ("만", 1e4, false),
        ("억원", 1e8, true),
        ("억", 1e8, false),
        ("천원", 1e3, true),
        ("천", 1e3, false),
        ("원", 1.0, true),
        ("won", 1.0, true),
        ("KRW", 1.0, true),
        ("K", 1e3, true),
        ("k", 1e3, true),
    ];
    UNITS
        .iter()
        // the K of `$50K` stands alone
        .find(|(word, ..)| {
            rest.strip_prefix(word).is_some_and(|after| {
                !matches!(*word, "K" | "k") || !after.starts_with(|c: char| c.is_ascii_alphabetic())
            })
        })
        .map_or((1.0, 0, false), |(word, scale, closes)| (*scale, word.len(), *closes))
}

/// The `50` of `50~60만원`: what follows is the other end of a range, with a unit that both share.
fn begins_range(rest: &str) -> bool {
    let Some(other) = rest.strip_prefix(['~', '-', '–']).map(str::trim_start) else { return false };
    section(other, 0).is_some_and(|(_, end)| unit(other[end..].trim_start()).0 > 1.0)
}

/// A number that counts something else than money.
fn is_other_unit(rest: &str) -> bool {
    [
        "%", "시간", "개월", "명", "일", "년", "세", "회", "분", "시", "점", "호봉", "급", "위", "배", "주", "자",
        "건", "인", "차", "월", "호", "층", "학년", "부", ":", "개", "단계",
    ]
    .iter()
    .any(|u| rest.starts_with(u))
}

fn currency_before(raw: &str, from: usize) -> (Option<&'static str>, usize) {
    let head = raw[..from].trim_end();
    for (sign, code) in [
        ("US$", "USD"),
        ("$", "USD"),
        ("USD", "USD"),
        ("€", "EUR"),
        ("EUR", "EUR"),
        ("￥", "JPY"),
        ("¥", "JPY"),
        ("JPY", "JPY"),
        ("₩", "KRW"),
        ("\\", "KRW"),
        ("KRW", "KRW"),
        ("£", "GBP"),
        ("CNY", "CNY"),
        ("SGD", "SGD"),
    ] {
        if let Some(rest) = head.strip_suffix(sign) {
            return (Some(code), rest.len());
        }
    }
    (None, from)
}

fn currency_after(rest: &str) -> Option<&'static str> {
    [
        ("달러", "USD"),
        ("USD", "USD"),
        ("유로", "EUR"),
        ("EUR", "EUR"),
        ("엔", "JPY"),
        ("JPY", "JPY"),
        ("위안", "CNY"),
        ("CNY", "CNY"),
        ("SGD", "SGD"),
        ("AUD", "AUD"),
    ]
    .iter()
    .find(|(word, _)| rest.starts_with(word))
    .map(|(_, code)| *code)
}
