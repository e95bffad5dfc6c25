//! What is kept of a description: a 64-byte MinHash sketch for likeness and the words that decide (places, hours,
//! numbers, conditions). Stored beside postings: the hashes here must never change without a new format version.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::fold::{PROVINCES, fold_char};

/// Characters of a description that are looked at.
pub(crate) const TEXT_CHARS_MAX: usize = 20_000;
/// Deciding words kept of a posting.
pub(crate) const SALIENT_MAX: usize = 48;
/// Fewest 5-grams that make a sketch worth comparing.
pub(crate) const SHINGLES_MIN: u16 = 12;

const BUCKETS: usize = 256;
const GRAM: usize = 5;
const SEED: u64 = 0x6a6f_6268_7562_0001;
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Bands for blocking, each of [`BAND_ROWS`] buckets.
pub(crate) const BANDS: usize = 2;
const BAND_ROWS: usize = 5;

/// MinHash of a text's character 5-grams: one permutation, 256 buckets, two bits of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    low: [u64; 4],
    high: [u64; 4],
    /// Number of distinct 5-grams, nearly; 0 = no text.
    pub shingles: u16,
    /// Hashes of some buckets, for blocking; 0 = none.
    pub(crate) bands: [u32; BANDS],
    /// Hash of all letters and digits; 0 = no text.
    pub whole: u64,
}

impl Sketch {
    /// Share of the shorter text's 5-grams that the longer has, in thousandths; survives cut texts. `None` when either is too short.
    pub fn containment(&self, other: &Sketch) -> Option<u32> {
        if self.shingles < SHINGLES_MIN || other.shingles < SHINGLES_MIN {
            return None;
        }
        let mut differ = 0;
        for i in 0..4 {
            differ += ((self.low[i] ^ other.low[i]) | (self.high[i] ^ other.high[i])).count_ones();
        }
        let agree = f64::from(BUCKETS as u32 - differ) / BUCKETS as f64;
        // a quarter of two-bit values agree by chance
        let jaccard = ((agree - 0.25) / 0.75).clamp(0.0, 1.0);
        let (a, b) = (f64::from(self.shingles), f64::from(other.shingles));
        let shared = jaccard * (a + b) / (1.0 + jaccard);
        Some((shared / a.min(b) * 1000.0).min(1000.0) as u32)
    }
}

/// Classes of deciding words, in the top three bits of their hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Salient {
    Place = 0,
    Time = 1,
    Number = 2,
    Condition = 3,
}

/// Number of classes.
pub(crate) const SALIENT_CLASSES: usize = 4;

impl Salient {
    fn tag(self, hash: u64) -> u32 {
        ((self as u32) << 29) | ((hash >> 35) as u32 & 0x1fff_ffff)
    }
}

fn mix(mut h: u64) -> u64 {
    h ^= h >> 32;
    h = h.wrapping_mul(0xd6e8_feb8_6659_fd93);
    h ^= h >> 32;
    h = h.wrapping_mul(0xd6e8_feb8_6659_fd93);
    h ^ (h >> 32)
}

/// The sketch of folded text.
pub(crate) fn sketch(folded: &[u32]) -> Sketch {
    let mut mins = [u32::MAX; BUCKETS];
    let mut hash = 0u64;
    let power = BASE.wrapping_mul(BASE).wrapping_mul(BASE).wrapping_mul(BASE).wrapping_mul(BASE);
    for (at, &c) in folded.iter().enumerate() {
        hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(c) + 1);
        if at >= GRAM {
            hash = hash.wrapping_sub(power.wrapping_mul(u64::from(folded[at - GRAM]) + 1));
        }
        if at + 1 >= GRAM {
            let mixed = mix(hash);
            let bucket = (mixed >> 56) as usize;
            let value = (mixed >> 8) as u32;
            if value < mins[bucket] {
                mins[bucket] = value;
            }
        }
    }
    let filled = mins.iter().filter(|m| **m != u32::MAX).count();
    if filled == 0 {
        return Sketch::default();
    }
    let mut out = Sketch { shingles: distinct_estimate(&mins, filled, folded.len()), ..Sketch::default() };
    densify(&mut mins);
    for (at, value) in mins.iter().enumerate() {
        let bits = mix(u64::from(*value) ^ SEED);
        out.low[at / 64] |= (bits & 1) << (at % 64);
        out.high[at / 64] |= ((bits >> 1) & 1) << (at % 64);
    }
    for (band, slot) in out.bands.iter_mut().enumerate() {
        let mut h = SEED ^ band as u64;
        for row in 0..BAND_ROWS {
            h = mix(h ^ u64::from(mins[band * (BUCKETS / BANDS) + row * 11]));
        }
        *slot = (h as u32).max(1);
    }
    out
}

/// Distinct 5-grams: occupied buckets for short texts (linear counting), the plain count bounds it above.
fn distinct_estimate(mins: &[u32; BUCKETS], filled: usize, chars: usize) -> u16 {
    let plain = chars.saturating_sub(GRAM - 1);
    let counted = if filled < BUCKETS * 9 / 10 {
        let empty = (BUCKETS - filled) as f64 / BUCKETS as f64;
        -(BUCKETS as f64) * empty.ln()
    } else {
        // mean minimum of k values in [0, 2^32) is 2^32 / (k + 1)
        let mean = mins.iter().filter(|m| **m != u32::MAX).map(|m| f64::from(*m)).sum::<f64>() / filled as f64;
        BUCKETS as f64 * (4_294_967_296.0 / mean.max(1.0) - 1.0)
    };
    (counted.round() as usize).clamp(1, plain.max(1)).min(usize::from(u16::MAX)) as u16
}

/// Empty buckets borrow from a filled one chosen by hash: the same choice for every text.
fn densify(mins: &mut [u32; BUCKETS]) {
    let from = *mins;
    for (at, slot) in mins.iter_mut().enumerate() {
        let mut attempt = 0u64;
        while *slot == u32::MAX {
            let pick = (mix((at as u64) << 32 | attempt | SEED) & 0xff) as usize;
            *slot = from[pick];
            attempt += 1;
        }
    }
}

/// Most lines of a description kept.
pub(crate) const LINES_MAX: usize = 24;
/// Fewest letters that make a line: shorter ones are headings.
const LINE_CHARS_MIN: usize = 7;

/// Hashes of a description's lines and sentences; of more than [`LINES_MAX`] the smallest, which is a fair sample.
pub(crate) fn lines(texts: &[&str]) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::new();
    let mut left = TEXT_CHARS_MAX;
    for text in texts {
        let (mut hash, mut chars, mut before) = (SEED, 0usize, ' ');
        for c in text.chars().chain(std::iter::once('\n')) {
            if left == 0 {
                break;
            }
            left -= 1;
            if c == '\n' || c == ' ' && before == '.' {
                if chars >= LINE_CHARS_MIN {
                    out.push(((hash ^ (hash >> 32)) as u32).max(1));
                }
                (hash, chars) = (SEED, 0);
            } else if let Some(folded) = fold_char(c) {
                hash = (hash ^ u64::from(folded as u32)).wrapping_mul(BASE);
                hash ^= hash >> 29;
                chars += 1;
            }
            before = c;
        }
    }
    out.sort_unstable();
    out.dedup();
    out.truncate(LINES_MAX);
    out
}

/// Letters and digits of a text, folded, at most [`TEXT_CHARS_MAX`].
pub(crate) fn folded(texts: &[&str]) -> Vec<u32> {
    let mut out = Vec::with_capacity(texts.iter().map(|t| t.len() / 2).sum::<usize>().min(TEXT_CHARS_MAX));
    for text in texts {
        for c in text.chars() {
            if out.len() >= TEXT_CHARS_MAX {
                return out;
            }
            if let Some(folded) = fold_char(c) {
                out.push(folded as u32);
            }
        }
    }
    out
}

/// Hash of all of a folded text, 0 for none.
pub(crate) fn whole(folded: &[u32]) -> u64 {
    if folded.is_empty() {
        return 0;
    }
    let mut bytes = Vec::with_capacity(folded.len() * 4);
    for c in folded {
        bytes.extend_from_slice(&c.to_le_bytes());
    }
    xxh3_64_with_seed(&bytes, SEED).max(1)
}

/// Collects deciding words.
#[derive(Default)]
pub(crate) struct SalientWords {
    found: Vec<u32>,
}

impl SalientWords {
    /// Times (`09:00`) and numbers with their unit (`2명`, `5년`, `330만`) of running text; digits joined by hyphens
    /// (phones, dates) are left out.
    pub(crate) fn read_numbers(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let joined = at > 0 && bytes[at - 1] == b'-';
            let (value, mut end) = digits(bytes, at);
            if end + 2 < bytes.len() && bytes[end] == b':' && bytes[end + 1].is_ascii_digit() && value < 25 {
                let (minutes, after) = digits(bytes, end + 1);
                self.push(Salient::Time, value * 60 + minutes);
                at = after;
                continue;
            }
            if joined || bytes.get(end) == Some(&b'-') {
                while end < bytes.len() && (bytes[end].is_ascii_digit() || bytes[end] == b'-') {
                    end += 1;
                }
                at = end;
                continue;
            }
            // shifts: 2교대, 3교대, 격일 24시간
            if value <= 4 && text.get(end..).is_some_and(|rest| rest.trim_start().starts_with("교대")) {
                self.push(Salient::Time, 10_000 + value);
                at = end;
                continue;
            }
            let unit = text.get(end..).and_then(|rest| rest.chars().find(|c| *c != ' ')).unwrap_or(' ');
            let unit = if unit.is_alphabetic() { unit as u64 } else { 0 };
            if unit != 0 || value >= 10 {
                self.push(Salient::Number, value << 21 | unit);
            }
            at = end;
        }
    }

    /// Districts and neighbourhoods that follow a province's name, and words of conditions, in folded text.
    pub(crate) fn read_words(&mut self, folded: &[u32]) {
        let mut at = 0;
        while at < folded.len() {
            let Some(c) = char::from_u32(folded[at]) else {
                at += 1;
                continue;
            };
            let step = match c {
                '서' | '부' | '대' | '인' | '광' | '울' | '세' | '경' | '강' | '충' | '전' | '제' => {
                    self.read_place(folded, at)
                }
                _ => 0,
            };
            if step > 0 {
                at += step;
                continue;
            }
            at += self.read_condition(c, folded, at).max(1);
        }
    }

    /// A place outside running text: an address or a place's name.
    pub(crate) fn read_address(&mut self, text: &str) {
        let folded = folded(&[text]);
        self.read_words(&folded);
    }

    fn read_place(&mut self, folded: &[u32], at: usize) -> usize {
        let second = folded.get(at + 1).copied().and_then(char::from_u32);
        if !second.is_some_and(|c| "울산구천주전종기원북남청라상".contains(c)) {
            return 0;
        }
        let Some(province) = PROVINCES.iter().find(|p| starts_with(folded, at, p)) else { return 0 };
        let mut from = at + province.chars().count();
        let mut found = 0;
        for ends in [['시', '군', '구'], ['동', '읍', '면'], ['동', '읍', '면']] {
            let Some(len) = suffixed(&folded[from..], ends) else {
                continue;
            };
            // districts of one name are many: 중구 alone says nothing
            let mut hash = SEED ^ province_number(province);
            for c in &folded[from..from + len] {
                hash = mix(hash ^ u64::from(*c));
            }
            self.found.push(Salient::Place.tag(hash));
            found += 1;
            from += len;
            if found == 2 {
                break;
            }
        }
        if found == 0 { 0 } else { from - at }
    }

    fn read_condition(&mut self, c: char, folded: &[u32], at: usize) -> usize {
        let words: &[&str] = match c {
            '학' => &["학력무관"],
            '고' => &["고졸", "고등학교졸"],
            '초' => &["초대졸"],
            '대' => &["대졸", "대학교졸", "대학원"],
            '석' => &["석사"],
            '박' => &["박사"],
            '신' => &["신입"],
            '경' => &["경력무관"],
            '격' => &["격일", "격주"],
            '교' => &["교대"],
            '스' => &["스케줄"],
            '주' => &["주간", "주야", "주말"],
            '야' => &["야간"],
            '월' => &["월금", "월토", "월일"],
            '재' => &["재택"],
            '탄' => &["탄력"],
            _ => return 0,
        };
        for word in words {
            if starts_with(folded, at, word) {
                self.push(Salient::Condition, xxh3_64_with_seed(word.as_bytes(), SEED));
                return word.chars().count();
            }
        }
        0
    }

    fn push(&mut self, class: Salient, value: u64) {
        self.found.push(class.tag(mix(value ^ SEED)));
    }

    /// Sorted, without repeats, at most [`SALIENT_MAX`] (the smallest of each class: the same choice for every text).
    pub(crate) fn finish(mut self) -> Vec<u32> {
        self.found.sort_unstable();
        self.found.dedup();
        let mut per_class = [0usize; 8];
        self.found.retain(|word| {
            let class = (word >> 29) as usize;
            per_class[class] += 1;
            per_class[class] <= if class == Salient::Number as usize { SALIENT_MAX / 2 } else { SALIENT_MAX / 6 }
        });
        self.found
    }
}

/// One number for all ways to write a province: its first two syllables, or those of its short form.
fn province_number(name: &str) -> u64 {
    let chars: Vec<char> = name.chars().collect();
    let short = match chars.as_slice() {
        [first @ ('충' | '전' | '경'), '청' | '라' | '상', third, '도'] => [*first, *third],
        [first, second, ..] => [*first, *second],
        _ => ['\0', '\0'],
    };
    u64::from(short[0] as u32) << 32 | u64::from(short[1] as u32)
}

fn digits(bytes: &[u8], from: usize) -> (u64, usize) {
    let mut value = 0u64;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            d @ b'0'..=b'9' => value = value.wrapping_mul(10).wrapping_add(u64::from(d - b'0')),
            b',' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {}
            _ => break,
        }
        at += 1;
    }
    (value, at)
}

fn starts_with(folded: &[u32], at: usize, word: &str) -> bool {
    (at..).zip(word.chars()).all(|(i, c)| folded.get(i) == Some(&(c as u32)))
}

/// Length of a leading word that ends in one of three syllables, 2 to 5 long.
fn suffixed(folded: &[u32], ends: [char; 3]) -> Option<usize> {
    (1..5).find(|i| folded.get(*i).is_some_and(|c| ends.iter().any(|e| *e as u32 == *c))).map(|i| i + 1)
}

/// Sizes of both sides and of what they share, for each class.
pub(crate) fn overlaps(a: &[u32], b: &[u32]) -> [(u16, u16, u16); SALIENT_CLASSES] {
    let mut out = [(0, 0, 0); SALIENT_CLASSES];
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let order = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.cmp(y),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        let word = if order == std::cmp::Ordering::Greater { b[j] } else { a[i] };
        let slot = &mut out[(word >> 29) as usize % SALIENT_CLASSES];
        match order {
            std::cmp::Ordering::Less => {
                slot.0 += 1;
                i += 1;
            }
            std::cmp::Ordering::Greater => {
                slot.1 += 1;
                j += 1;
            }
            std::cmp::Ordering::Equal => {
                slot.0 += 1;
                slot.1 += 1;
                slot.2 += 1;
                i += 1;
                j += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Sketch {
        sketch(&folded(&[text]))
    }

    #[test]
    fn likeness_survives_spaces_markup_and_cutting() {
        let long: String = (0..60).map(|i| format!("업무 {i} 설비 조작 및 라인 투입 {}번\n", i * 7)).collect();
        let same = long.replace(' ', "  ");
        let cut: String = long.chars().take(long.chars().count() / 2).collect();
        let other: String = (0..60).map(|i| format!("강의 {i} 초등 수학 전임 지도 {}회\n", i * 3)).collect();
        assert_eq!(of(&long).containment(&of(&same)), Some(1000));
        assert!(of(&long).containment(&of(&cut)).is_some_and(|c| c > 800), "{:?}", of(&long).containment(&of(&cut)));
        assert!(of(&long).containment(&of(&other)).is_some_and(|c| c < 200));
        assert_eq!(of(&long).containment(&of("짧다")), None);
    }

    #[test]
    fn every_province_is_recognised() {
        for province in PROVINCES.iter().filter(|p| !["전국", "수도권", "해외", "지방"].contains(p)) {
            let mut words = SalientWords::default();
            words.read_words(&folded(&[province, " 중구 중앙동"]));
            assert_eq!(words.finish().len(), 2, "{province}");
        }
    }

    #[test]
    fn deciding_words_are_found_with_and_without_spaces() {
        let words = |text: &str| {
            let mut words = SalientWords::default();
            words.read_numbers(text);
            words.read_words(&folded(&[text]));
            words.finish()
        };
        let spaced = words("근무지: 경상북도 청도군 의정부동, 근무시간 09:00~18:00 모집인원 2명 고졸");
        let glued = words("근무지:경상북도청도군의정부동,근무시간09:00~18:00모집인원2명고졸");
        assert_eq!(spaced, glued);
        let classes: Vec<usize> = overlaps(&spaced, &glued).iter().map(|o| usize::from(o.2)).collect();
        assert_eq!(classes, [2, 2, 1, 1]);
        assert!(words("문의 02-123-4567").is_empty());
    }
}
