//! Phones, e-mails, messenger ids, personal numbers and names: found in free text, taken out of it and masked.
//! A resident number is never kept anywhere.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memchr;
use smallvec::SmallVec;

use crate::reading::Reading;
use crate::{Contact, RawField, text};

/// Most phones, e-mails or names kept of one posting.
pub const CONTACTS_MAX: usize = 16;

/// What stands in the text for a phone number.
pub const PHONE_MASK: &str = "[연락처]";
/// What stands in the text for an e-mail address.
pub const EMAIL_MASK: &str = "[이메일]";
/// What stands in the text for a messenger id or an open chat room.
pub const MESSENGER_MASK: &str = "[메신저]";
/// What stands in the text for a person's name.
pub const NAME_MASK: &str = "[이름]";
/// What stands in the text for a resident registration number.
pub const NUMBER_MASK: &str = "[주민번호]";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Phone,
    Email,
    Messenger,
    Name,
    Number,
}

struct Hit {
    from: usize,
    to: usize,
    kind: Kind,
}

/// Reads the contact fields. Call after the free-text fields: their finds come first to nobody's harm, repeats are dropped.
pub(crate) fn read(reading: &mut Reading<'_>) {
    if let Some(raw) = reading.line(RawField::ContactPhone) {
        for part in raw.split([',', '/', '|', ';']) {
            let digits: String = part.chars().filter(char::is_ascii_digit).collect();
            if (7..=13).contains(&digits.len()) {
                keep(&mut reading.out.contact.phones, digits);
            }
        }
    }
    if let Some(raw) = reading.line(RawField::ContactEmail) {
        take(&raw, &mut reading.out.contact);
    }
    // `채용담당자` names a desk, no person
    if let Some(raw) = reading
        .line(RawField::ContactName)
        .filter(|name| !["담당자", "채용팀", "인사팀", "인사과"].iter().any(|desk| name.ends_with(desk)))
    {
        keep(&mut reading.out.contact.names, text::cut(&raw, 60).to_owned());
    }
}

/// Takes personal data out of a folded text: what was found goes to `contact`, masks stay in its place.
pub(crate) fn take<'t>(text: &'t str, contact: &mut Contact) -> Cow<'t, str> {
    let hits = find(text);
    if hits.is_empty() {
        return Cow::Borrowed(text);
    }
    for hit in &hits {
        let found = &text[hit.from..hit.to];
        match hit.kind {
            Kind::Phone => keep(&mut contact.phones, phone_digits(found)),
            Kind::Email => keep(&mut contact.emails, email_plain(found)),
            Kind::Name => keep(&mut contact.names, found.to_owned()),
            Kind::Messenger | Kind::Number => {}
        }
    }
    Cow::Owned(replaced(text, &hits))
}

/// The same text with masks, nothing kept.
pub fn masked(text: &str) -> Cow<'_, str> {
    let hits = find(text);
    if hits.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(replaced(text, &hits)) }
}

fn keep(list: &mut Vec<String>, value: String) {
    if list.len() < CONTACTS_MAX && !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}

fn replaced(text: &str, hits: &[Hit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for hit in hits {
        out.push_str(&text[at..hit.from]);
        out.push_str(match hit.kind {
            Kind::Phone => PHONE_MASK,
            Kind::Email => EMAIL_MASK,
            Kind::Messenger => MESSENGER_MASK,
            Kind::Name => NAME_MASK,
            Kind::Number => NUMBER_MASK,
        });
        at = hit.to;
    }
    out.push_str(&text[at..]);
    out
}

/// Every hit, in order, without overlaps.
fn find(text: &str) -> SmallVec<[Hit; 4]> {
    let mut hits = SmallVec::new();
    find_numbers(text, &mut hits);
    find_emails(text, &mut hits);
    find_words(text, &mut hits);
    if hits.len() > 1 {
        hits.sort_by_key(|h: &Hit| (h.from, std::cmp::Reverse(h.to)));
        let mut end = 0;
        hits.retain(|h| {
            let free = h.from >= end;
            if free {
                end = h.to;
            }
            free
        });
    }
    hits
}

// ---- phones and resident numbers ----

fn find_numbers(text: &str, hits: &mut SmallVec<[Hit; 4]>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + step;
        let mut end = start;
        while end < bytes.len() && bytes[end].is_ascii_digit() {
            end += 1;
        }
        let glued = start > 0
            && (bytes[start - 1].is_ascii_alphanumeric()
                || (bytes[start - 1] == b'.' && start > 1 && bytes[start - 2].is_ascii_digit()));
        at = end;
        if glued {
            continue;
        }
        if let Some(stop) = resident_number(bytes, start, end) {
            hits.push(Hit { from: start, to: stop, kind: Kind::Number });
            at = stop;
        } else if let Some(stop) = phone(bytes, start, end) {
            let mut from = start;
            if from > 0 && bytes[from - 1] == b'(' && bytes[start..stop].contains(&b')') {
                from -= 1;
            }
            if from > 0 && bytes[from - 1] == b'+' && bytes[start..].starts_with(b"82") {
                from -= 1;
            }
            hits.push(Hit { from, to: stop, kind: Kind::Phone });
            at = stop;
        }
    }
}

/// `YYMMDD-SNNNNNN`.
fn resident_number(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    if end - start != 6 {
        return None;
    }
    let mut at = end;
    while at < bytes.len() && at - end < 3 && matches!(bytes[at], b'-' | b' ') {
        at += 1;
    }
    let tail = bytes.get(at..at + 7)?;
    let closed = !bytes.get(at + 7).is_some_and(u8::is_ascii_digit);
    let month = (bytes[start + 2] - b'0') * 10 + (bytes[start + 3] - b'0');
    let day = (bytes[start + 4] - b'0') * 10 + (bytes[start + 5] - b'0');
    let plausible = (1..=12).contains(&month) && (1..=31).contains(&day) && (b'1'..=b'8').contains(&tail[0]);
    (at > end && closed && plausible && tail.iter().all(|b| b.is_ascii_digit() || *b == b'*')).then_some(at + 7)
}

/// End of the phone number whose first digits are `start..end`.
fn phone(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let first = &bytes[start..end];
    if first[0] == b'1' {
        return service_number(bytes, start, end);
    }
    let international = first.starts_with(b"82") && start > 0 && bytes[start - 1] == b'+';
    if first[0] != b'0' && !international {
        return None;
    }
    let mut digits: SmallVec<[u8; 16]> = SmallVec::from_slice(first);
    let mut groups: SmallVec<[u8; 6]> = SmallVec::new();
    groups.push(first.len() as u8);
    let mut at = end;
    while groups.len() < 5 && digits.len() < 13 {
        let gap = separator(bytes, at);
        if gap == 0 {
            break;
        }
        let from = at + gap;
        let mut to = from;
        while to < bytes.len() && bytes[to].is_ascii_digit() {
            to += 1;
        }
        if to == from {
            break;
        }
        if to - from > 8 || digits.len() + to - from > 13 {
            break;
        }
        digits.extend_from_slice(&bytes[from..to]);
        groups.push((to - from) as u8);
        at = to;
        if is_number(&digits, international) && groups.last() == Some(&4) {
            break;
        }
    }
    (is_number(&digits, international) && shape_is_phone(&groups)).then_some(at)
}

/// Between groups: nothing but one or two of these.
fn separator(bytes: &[u8], at: usize) -> usize {
    let mut length = 0;
    while length < 3
        && at + length < bytes.len()
        && matches!(bytes[at + length], b'-' | b'.' | b' ' | b')' | b'(' | b'/' | b'~' | b'_')
    {
        length += 1;
    }
    if length == 3 { 0 } else { length }
}

/// The last group has four digits (or all stand in one).
fn shape_is_phone(groups: &[u8]) -> bool {
    groups.len() == 1 || groups.last().is_some_and(|&last| last == 4 || (groups.len() == 2 && last >= 7))
}

/// Whether digits are a Korean mobile, area, internet or toll-free number.
fn is_number(digits: &[u8], international: bool) -> bool {
    let mut own: SmallVec<[u8; 16]> = SmallVec::new();
    if international {
        let rest = &digits[2..];
        if rest.first() != Some(&b'0') {
            own.push(b'0');
        }
        own.extend_from_slice(rest);
    } else {
        own.extend_from_slice(digits);
    }
    match own.as_slice() {
        [b'0', b'1', b'0' | b'1' | b'6'..=b'9', rest @ ..] => matches!(rest.len(), 7 | 8),
        [b'0', b'2', b'1'..=b'9', rest @ ..] => matches!(rest.len(), 6 | 7),
        [b'0', b'3'..=b'6', b'1'..=b'5', rest @ ..] => matches!(rest.len(), 7 | 8),
        [b'0', b'7' | b'8', b'0', rest @ ..] => matches!(rest.len(), 7 | 8),
        [b'0', b'5', b'0', rest @ ..] => matches!(rest.len(), 7..=9),
        _ => false,
    }
}

/// `1588-5119` and its like.
fn service_number(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let first = &bytes[start..end];
    if first.len() != 4 || !matches!(first[1], b'5' | b'6' | b'8') || bytes.get(end) != Some(&b'-') {
        return None;
    }
    let known = [
        "1522", "1533", "1544", "1551", "1555", "1566", "1577", "1588", "1599", "1600", "1644", "1660", "1661", "1666",
        "1668", "1670", "1688", "1800", "1811", "1833", "1844", "1855", "1877", "1899",
    ];
    let tail = bytes.get(end + 1..end + 5)?;
    let after = &bytes[end + 5..];
    let amount =
        after.starts_with("만".as_bytes()) || after.starts_with("원".as_bytes()) || after.starts_with("천".as_bytes());
    (known.iter().any(|k| k.as_bytes() == first)
        && tail.iter().all(u8::is_ascii_digit)
        && !after.first().is_some_and(u8::is_ascii_digit)
        && !amount)
        .then_some(end + 5)
}

fn phone_digits(found: &str) -> String {
    let mut digits: String = found.chars().filter(char::is_ascii_digit).collect();
    if found.starts_with("공일공") {
        digits.insert_str(0, "010");
    }
    if found.starts_with("+82") || (found.starts_with("82") && digits.len() > 10) {
        digits.replace_range(..2, if digits.as_bytes().get(2) == Some(&b'0') { "" } else { "0" });
    }
    digits
}

// ---- e-mails ----

fn find_emails(text: &str, hits: &mut SmallVec<[Hit; 4]>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(step) = memchr(b'@', &bytes[from..]) {
        let at = from + step;
        from = at + 1;
        push_email(text, at, at + 1, hits);
    }
}

/// An address around the sign at `sign..after`, with at most one space on either side of it.
fn push_email(text: &str, sign: usize, after: usize, hits: &mut SmallVec<[Hit; 4]>) {
    let bytes = text.as_bytes();
    let spaced_left = sign > 0 && bytes[sign - 1] == b' ';
    let left_end = sign - usize::from(spaced_left);
    let mut left = left_end;
    while left > 0
        && left_end - left < 64
        && matches!(bytes[left - 1], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'+' | b'-' | b'%')
    {
        left -= 1;
    }
    let spaced_right = bytes.get(after) == Some(&b' ');
    let right_start = after + usize::from(spaced_right);
    let mut right = right_start;
    while right < bytes.len()
        && right - right_start < 128
        && matches!(bytes[right], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-')
    {
        right += 1;
    }
    while right > right_start && matches!(bytes[right - 1], b'.' | b'-') {
        right -= 1;
    }
    let domain = &text[right_start..right];
    let top = domain.rsplit('.').next().unwrap_or("");
    let is_domain = domain.contains('.') && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
    if left < left_end && is_domain {
        hits.push(Hit { from: left, to: right, kind: Kind::Email });
    }
}

fn email_plain(found: &str) -> String {
    let lower = found.to_ascii_lowercase();
    if let Some((user, domain)) = lower.split_once('@') {
        let domain = domain.trim_start_matches([')', ' ']);
        return format!("{}@{}", user.trim_end_matches(['(', ' ']), domain);
    }
    let end = lower.find(['(', '[', '{', '골', ' ']).unwrap_or(lower.len());
    let domain = lower[end..].trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let domain = domain.strip_prefix("at").unwrap_or(domain).trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    format!("{}@{}", &lower[..end], domain)
}

// ---- words that announce personal data ----

static WORDS: LazyLock<aho_corasick::AhoCorasick> = LazyLock::new(|| {
    aho_corasick::AhoCorasick::builder()
        .kind(Some(aho_corasick::AhoCorasickKind::DFA))
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .build(ANNOUNCE.iter().map(|(word, _)| *word))
        .unwrap_or_else(|_| unreachable!("a fixed list of short words always builds"))
});

const ANNOUNCE: [(&str, Kind); 21] = [
    ("(at)", Kind::Email),
    ("[at]", Kind::Email),
    ("{at}", Kind::Email),
    ("(AT)", Kind::Email),
    ("[AT]", Kind::Email),
    ("(@)", Kind::Email),
    ("(골뱅이)", Kind::Email),
    ("골뱅이", Kind::Email),
    ("담당자", Kind::Name),
    ("담당 :", Kind::Name),
    ("담당:", Kind::Name),
    ("문의처", Kind::Name),
    ("인사팀", Kind::Name),
    ("채용팀", Kind::Name),
    ("총무팀", Kind::Name),
    ("카톡", Kind::Messenger),
    ("카카오톡", Kind::Messenger),
    ("텔레그램", Kind::Messenger),
    ("라인아이디", Kind::Messenger),
    ("open.kakao.com", Kind::Messenger),
    ("공일공", Kind::Phone),
];

fn find_words(text: &str, hits: &mut SmallVec<[Hit; 4]>) {
    for found in WORDS.find_iter(text) {
        let after = found.end();
        match ANNOUNCE[found.pattern().as_usize()] {
            (_, Kind::Name) => {
                if let Some((from, to)) = name_after(text, after) {
                    hits.push(Hit { from, to, kind: Kind::Name });
                }
            }
            (_, Kind::Email) => push_email(text, found.start(), after, hits),
            ("공일공", _) => {
                let bytes = text.as_bytes();
                let mut at = after;
                let mut digits = 0;
                while at < bytes.len()
                    && (bytes[at].is_ascii_digit() || (digits < 8 && matches!(bytes[at], b'-' | b'.' | b' ')))
                {
                    digits += usize::from(bytes[at].is_ascii_digit());
                    at += 1;
                }
                if digits == 7 || digits == 8 {
                    hits.push(Hit { from: found.start(), to: at, kind: Kind::Phone });
                }
            }
            ("open.kakao.com", _) => {
                let tail = text[after..]
                    .bytes()
                    .position(|b| !(b.is_ascii_alphanumeric() || b == b'/'))
                    .map_or(text.len(), |n| after + n);
                hits.push(Hit { from: found.start(), to: tail, kind: Kind::Messenger });
            }
            _ => {
                if let Some((from, to)) = id_after(text, after) {
                    hits.push(Hit { from, to, kind: Kind::Messenger });
                }
            }
        }
    }
}

/// `카톡 ID: abc123` → the id: 4 to 30 ASCII characters with a letter.
fn id_after(text: &str, after: usize) -> Option<(usize, usize)> {
    let rest = &text[after..];
    let mut skip = 0;
    for word in [" ", "아이디", "ID", "Id", "id", "플러스친구", " ", ":", "=", " ", "(", "@"] {
        if rest[skip..].starts_with(word) {
            skip += word.len();
        }
    }
    let id = &rest[skip..];
    let length = id.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    let has_letter = id.as_bytes()[..length].iter().any(u8::is_ascii_alphabetic);
    ((4..=30).contains(&length) && has_letter && !id.starts_with("http") && !id.starts_with("open.kakao"))
        .then_some((after + skip, after + skip + length))
}

const SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예봉사부가복태목형계피두감음빈동온호범좌팽승간상시갈단견당";
const TITLES: [&str; 18] = [
    "팀장",
    "대리",
    "과장",
    "매니저",
    "차장",
    "부장",
    "사원",
    "주임",
    "실장",
    "이사",
    "대표",
    "선임",
    "책임",
    "님",
    "소장",
    "원장",
    "점장",
    "계장",
];
const NOT_NAMES: [&str; 53] = [
    "전화",
    "문의",
    "이메일",
    "연락",
    "모집",
    "채용",
    "우대",
    "지원",
    "확인",
    "성함",
    "배정",
    "정보",
    "안내",
    "메일",
    "공고",
    "전형",
    "서류",
    "면접",
    "연봉",
    "문자",
    "이력서",
    "유선",
    "직통",
    "방문",
    "주소",
    "제출",
    "상담",
    "인사",
    "개별",
    "주간",
    "신입",
    "경력",
    "정규",
    "계약",
    "우수",
    "전문",
    "주말",
    "지정",
    "인프라",
    "인턴",
    "차장",
    "사무",
    "마케",
    "기획",
    "구매",
    "정산",
    "기술",
    "고객",
    "현장",
    "제품",
    "전산",
    "연구",
    "강의",
];

/// A person's name right after a word such as 담당자: surname and one or two syllables, closed by a boundary, a title or a particle.
fn name_after(text: &str, after: usize) -> Option<(usize, usize)> {
    let rest = &text[after..];
    let skip = rest.bytes().take_while(|b| matches!(b, b' ' | b':' | b'(' | b'-' | b'/')).count();
    if skip == 0 {
        return None;
    }
    let word = &rest[skip..];
    let mut length = 0;
    let mut count = 0;
    for c in word.chars().take(7) {
        if !text::is_syllable(c) {
            break;
        }
        length += c.len_utf8();
        count += 1;
    }
    let first = word.chars().next()?;
    if !(2..=6).contains(&count) || !SURNAMES.contains(first) || NOT_NAMES.iter().any(|n| word.starts_with(n)) {
        return None;
    }
    let whole = &word[..length];
    let start = after + skip;
    if let Some(title) = TITLES.iter().find(|t| whole.ends_with(**t) && matches!((whole.len() - t.len()) / 3, 2 | 3)) {
        return Some((start, start + length - title.len()));
    }
    let next = word[length..].trim_start_matches(' ');
    let titled = TITLES.iter().any(|t| next.starts_with(t));
    let numbered = next.starts_with(['0', '(', '+', ',', '/', '-'])
        || next.is_empty()
        || next.starts_with("공일공")
        || next.starts_with("15")
        || next.starts_with("16");
    // 인사팀 alone announces no person: a title must follow
    let announced = !text[..after].ends_with('팀');
    let fits = if titled {
        matches!(count, 2 | 3)
    } else {
        count == 3 && announced && (numbered || word[length..].starts_with(' ')) && !ends_like_a_word(whole)
    };
    fits.then_some((start, start + length))
}

/// Words of three syllables that end in a particle or a verb are no names.
fn ends_like_a_word(whole: &str) -> bool {
    ["에게", "으로", "에서", "하여", "하는", "하고", "처리", "업무", "관리", "직접", "통해", "께서", "에는"]
        .iter()
        .any(|end| whole.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_leaves_the_text() {
        for (raw, masked_text, phones, emails) in [
            ("문의 010-1234-5678 로", "문의 [연락처] 로", "01012345678", ""),
            ("문의 010.1234.5678", "문의 [연락처]", "01012345678", ""),
            ("(010) 6442-7745", "[연락처]", "01064427745", ""),
            ("01065745552", "[연락처]", "01065745552", ""),
            ("010 6310 9005 까지", "[연락처] 까지", "01063109005", ""),
            ("02-1876-3925", "[연락처]", "0218763925", ""),
            ("고객센터 1588-5119", "고객센터 [연락처]", "15885119", ""),
            ("공일공-1821-8811", "[연락처]", "01018218811", ""),
            ("+82-10-1234-5678", "[연락처]", "01012345678", ""),
            ("hr87[at]example2.co.kr 로", "[이메일] 로", "", "hr87@example2.co.kr"),
            ("a_b13 @ example6.co.kr", "[이메일]", "", "a_b13@example6.co.kr"),
            ("Kim.MS@Example.com.", "[이메일].", "", "kim.ms@example.com"),
            ("주민등록번호 520103-2243962", "주민등록번호 [주민번호]", "", ""),
            ("카톡 ID: happy123 연락", "카톡 ID: [메신저] 연락", "", ""),
            ("버전 1.97.2615", "버전 1.97.2615", "", ""),
            ("사업자등록번호 996-43-75612", "사업자등록번호 996-43-75612", "", ""),
            ("접수기간 2026-08-14 ~ 2026-12-09", "접수기간 2026-08-14 ~ 2026-12-09", "", ""),
            ("010프로젝트 4456명", "010프로젝트 4456명", "", ""),
            ("연봉 1500-2000만원", "연봉 1500-2000만원", "", ""),
        ] {
            let mut contact = Contact::default();
            assert_eq!(take(raw, &mut contact), masked_text, "{raw}");
            assert_eq!(contact.phones.join(","), phones, "{raw}");
            assert_eq!(contact.emails.join(","), emails, "{raw}");
        }
    }

    #[test]
    fn names_are_taken_only_where_one_is_announced() {
        for (raw, want) in [
            ("담당자 장은은 070-2824-1409", "담당자 [이름] [연락처]"),
            ("인사팀 정하수 팀장", "인사팀 [이름] 팀장"),
            ("담당자: 홍길동과장", "담당자: [이름]과장"),
            ("담당자에게 문의", "담당자에게 문의"),
            ("담당자 채용시까지 모집", "담당자 채용시까지 모집"),
            ("인사팀 신입사원 모집", "인사팀 신입사원 모집"),
            ("담당자 전화 문의", "담당자 전화 문의"),
        ] {
            assert_eq!(masked(raw), want, "{raw}");
        }
    }
}
