//! The region table: rows of `data/regions.tsv` with look-ups by code and by the words that begin a text.

use std::sync::LazyLock;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::{Codes, Found};
use crate::text;

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(Table::built);

/// Longest name looked up, in syllables.
const NAME_SYLLABLES_MAX: usize = 12;
/// Most steps from a code to the one in force.
const STEPS_MAX: usize = 4;

/// 시도 names as written, the longer before those they contain, and the short name they mean.
const SIDO_WORDS: &[(&str, &str)] = &[
    ("전남광주통합특별시", "전남광주"),
    ("전남광주특별시", "전남광주"),
    ("전남광주시", "전남광주"),
    ("전남광주", "전남광주"),
    ("서울특별시", "서울"),
    ("서울시", "서울"),
    ("서울", "서울"),
    ("부산광역시", "부산"),
    ("부산시", "부산"),
    ("부산", "부산"),
    ("대구광역시", "대구"),
    ("대구시", "대구"),
    ("대구", "대구"),
    ("인천광역시", "인천"),
    ("인천시", "인천"),
    ("인천", "인천"),
    ("광주광역시", "광주"),
    ("광주", "광주"),
    ("대전광역시", "대전"),
    ("대전시", "대전"),
    ("대전", "대전"),
    ("울산광역시", "울산"),
    ("울산시", "울산"),
    ("울산", "울산"),
    ("세종특별자치시", "세종"),
    ("세종시", "세종"),
    ("세종", "세종"),
    ("경기도", "경기"),
    ("경기", "경기"),
    ("강원특별자치도", "강원"),
    ("강원도", "강원"),
    ("강원", "강원"),
    ("충청북도", "충북"),
    ("충북", "충북"),
    ("충청남도", "충남"),
    ("충남", "충남"),
    ("전북특별자치도", "전북"),
    ("전라북도", "전북"),
    ("전북", "전북"),
    ("전라남도", "전남"),
    ("전남", "전남"),
    ("경상북도", "경북"),
    ("경북", "경북"),
    ("경상남도", "경남"),
    ("경남", "경남"),
    ("제주특별자치도", "제주"),
    ("제주도", "제주"),
    ("제주", "제주"),
];

/// The country itself, where an address begins with it.
const COUNTRY: &[&str] = &["대한민국 ", "한국 ", "국내 "];

/// Romanized 시도 names.
const SIDO_LATIN: &[(&str, &str)] = &[
    ("seoul", "서울"),
    ("busan", "부산"),
    ("daegu", "대구"),
    ("incheon", "인천"),
    ("gwangju", "광주"),
    ("daejeon", "대전"),
    ("ulsan", "울산"),
    ("sejong", "세종"),
    ("gyeonggi", "경기"),
    ("gangwon", "강원"),
    ("jeju", "제주"),
    ("kyeonggi", "경기"),
];

/// A row of the table.
pub(super) struct Row {
    code: &'static str,
    pub(super) name: &'static str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    successors: Codes,
}

impl Row {
    fn in_force(&self, on: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= on) && self.to.is_none_or(|to| on < to)
    }
}

#[derive(Clone, Copy)]
struct Name {
    code: &'static str,
    /// Without 시, 군 or 구: counts only before a boundary.
    short: bool,
}

pub(super) struct Table {
    rows: Vec<Row>,
    by_code: FxHashMap<&'static str, usize>,
    /// 시도 short names, in table order.
    sidos: Vec<(&'static str, &'static str)>,
    /// Per 시도: name without spaces → code.
    names: Vec<FxHashMap<String, Name>>,
    /// Names without a 시도 → where they are; more than one = ambiguous.
    bare: FxHashMap<String, Vec<(usize, Name)>>,
    /// Split district, word in its address, successor.
    splits: Vec<(&'static str, &'static str, &'static str)>,
}

impl Table {
    fn built() -> Table {
        let mut rows = Vec::new();
        for line in include_str!("../../data/regions.tsv").lines().filter(|l| !l.starts_with('#')).skip(1) {
            let mut cells = line.split('\t');
            let (Some(code), Some(name)) = (cells.next(), cells.next()) else { continue };
            let from = cells.next().and_then(|d| d.parse().ok());
            let to = cells.next().and_then(|d| d.parse().ok());
            let successors = cells.next().unwrap_or("").split(',').filter(|c| !c.is_empty()).collect();
            rows.push(Row { code, name, from, to, successors });
        }
        let by_code = rows.iter().enumerate().map(|(n, row)| (row.code, n)).collect();
        let splits = include_str!("../../data/region_splits.tsv")
            .lines()
            .filter(|l| !l.starts_with('#'))
            .skip(1)
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, cells.next()?, cells.next()?))
            })
            .collect();
        let mut table =
            Table { rows, by_code, sidos: Vec::new(), names: Vec::new(), bare: FxHashMap::default(), splits };
        table.index();
        table
    }

    fn index(&mut self) {
        for row in self.rows.iter().filter(|r| r.code.len() == 2 || r.code == "36110") {
            if !self.sidos.iter().any(|(name, _)| *name == row.name) {
                self.sidos.push((row.name, row.code));
            }
        }
        // the latest code of a 시도 name wins: 강원 is 51, canonical() moves it back where the day wants it
        for row in self.rows.iter().filter(|r| r.code.len() == 2) {
            if let Some(sido) = self.sidos.iter_mut().find(|(name, _)| *name == row.name) {
                sido.1 = row.code;
            }
        }
        self.names = vec![FxHashMap::default(); self.sidos.len()];
        for row in &self.rows {
            let Some((sido_name, rest)) = row.name.split_once(' ') else { continue };
            let Some(sido) = self.sidos.iter().position(|(name, _)| *name == sido_name) else { continue };
            for (key, short) in spellings(rest) {
                let name = Name { code: row.code, short };
                let known = self.names[sido].get(&key).copied();
                // a later row of the same name replaces an abolished one; two live districts of one name in a 시도 have no bare name
                match known {
                    Some(old) if self.is_other_live(old.code, row) => {
                        if key.len() < rest.replace(' ', "").len() {
                            self.names[sido].remove(&key);
                        }
                    }
                    Some(old) if self.row(old.code).is_some_and(|r| r.to.is_none()) && row.to.is_some() => {}
                    _ => {
                        self.names[sido].insert(key.clone(), name);
                    }
                }
                let bare = self.bare.entry(key).or_default();
                bare.retain(|(s, n)| *s != sido || n.code == row.code || !n.short);
                bare.push((sido, name));
            }
        }
    }

    /// Whether both are in force for ever: then the name alone does not say which.
    fn is_other_live(&self, old: &str, row: &Row) -> bool {
        row.to.is_none() && self.row(old).is_some_and(|r| r.to.is_none() && r.name != row.name)
    }

    pub(super) fn row(&self, code: &str) -> Option<&Row> {
        self.by_code.get(code).map(|n| &self.rows[*n])
    }

    /// See [`super::canonical`].
    pub(super) fn canonical(&self, code: &str, on: NaiveDate) -> Option<&'static str> {
        let code = match code {
            "36" | "36000" => "36110",
            _ if code.len() == 5 && code.ends_with("000") => &code[..2],
            _ => code,
        };
        let mut row = self.row(code)?;
        for _ in 0..STEPS_MAX {
            if row.in_force(on) {
                return Some(row.code);
            }
            let next = if row.to.is_some_and(|to| to <= on) {
                match row.successors.as_slice() {
                    [only] => self.row(only),
                    [first, ..] => return self.wide(first, on),
                    [] => None,
                }
            } else {
                self.rows.iter().find(|r| r.successors.contains(&row.code) && r.in_force(on))
            };
            match next {
                Some(next) => row = next,
                None => break,
            }
        }
        self.wide(row.code, on)
    }

    /// The city or 시도 around a district, on a day.
    fn wide(&self, code: &str, on: NaiveDate) -> Option<&'static str> {
        let city = code.get(..4).map(|head| format!("{head}0")).filter(|city| city != code);
        if let Some(row) = city.and_then(|city| self.row(&city))
            && row.in_force(on)
            && self.is_city_of(row.code, code)
        {
            return Some(row.code);
        }
        let sido = code.get(..2)?;
        let row = self.row(sido)?;
        if row.in_force(on) {
            Some(row.code)
        } else {
            self.rows
                .iter()
                .find(|r| r.code.len() == 2 && r.name == row.name && r.in_force(on))
                .or(Some(row))
                .map(|r| r.code)
        }
    }

    /// Whether `district` is a 구 of the 시 `city`.
    pub(super) fn is_city_of(&self, city: &str, district: &str) -> bool {
        match (self.row(city), self.row(district)) {
            (Some(city), Some(district)) => {
                city.code.len() == 5
                    && district.name.len() > city.name.len()
                    && district.name.starts_with(city.name)
                    && district.name.as_bytes()[city.name.len()] == b' '
            }
            _ => false,
        }
    }

    /// The successor of a split district that the words of an address decide for.
    pub(super) fn split(&self, code: &str, on: NaiveDate, words: &str) -> Option<&'static str> {
        let row = self.row(code)?;
        if row.in_force(on) || row.successors.len() < 2 {
            return None;
        }
        self.splits.iter().find(|(from, word, _)| *from == code && words.contains(word)).map(|(_, _, to)| *to)
    }

    /// The place that begins a text: 시도 and district, a 시도 alone, or a district alone where its name is unambiguous
    /// (or belongs to the 시도 named before). `bare` = a district alone may be looked for in the whole country.
    pub(super) fn find(&self, text: &str, inherited: Option<usize>, bare: bool) -> Option<Found> {
        let opening = |c: char| matches!(c, ' ' | '[' | '(' | '<' | ']' | ')') || c.is_ascii_digit();
        let plain = text.trim_start_matches(opening);
        let plain =
            COUNTRY.iter().find_map(|word| plain.strip_prefix(word)).unwrap_or(plain).trim_start_matches(opening);
        let start = text.len() - plain.len();
        let body = &text[start..];
        let (alone, alone_used) = self.bare_at(body, inherited, bare).map_or((None, 0), |(f, used)| (Some(f), used));
        // `광주시` alone may be the metropolis or the city of 경기
        let sido = sido_at(body).filter(|(name, used)| *name != "광주" || !body[*used..].starts_with('시'));
        if let Some((sido_name, used)) = sido
            && used >= alone_used
        {
            let sido = self.sidos.iter().position(|(name, _)| *name == sido_name)?;
            let rest = &body[used..];
            let gap = rest.len() - rest.trim_start_matches([' ', '>', '-', '·', '(', ')', ',', '/']).len();
            if let Some((name, more)) = longest(&rest[gap..], |key| self.names[sido].get(key).copied()) {
                return Some(Found { code: name.code, sido, used: start + used + gap + more });
            }
            let word = rest.chars().next();
            // `서울대학교` and `대구은행` are no places
            let boundary = word.is_none_or(|c| !text::is_syllable(c))
                || ["전", "외", "등", "지역", "일대", "권", "소재"].iter().any(|w| rest.starts_with(w));
            return (boundary || bare).then_some(Found { code: self.sidos[sido].1, sido, used: start + used });
        }
        alone.map(|mut found| {
            found.used += start;
            found
        })
    }

    /// A district by its whole name at the head of a word, in the 시도 of a present code.
    pub(super) fn in_sido(&self, word: &str, sido: &str) -> Option<&'static str> {
        let name = self.row(sido)?.name;
        self.sidos.iter().enumerate().filter(|(_, (short, _))| name.contains(short)).find_map(|(n, _)| {
            longest(word, |key| self.names[n].get(key).copied().filter(|name| !name.short)).map(|(name, _)| name.code)
        })
    }

    fn bare_at(&self, body: &str, inherited: Option<usize>, bare: bool) -> Option<(Found, usize)> {
        if let Some(sido) = inherited
            && let Some((name, used)) = longest(body, |key| self.names[sido].get(key).copied())
        {
            return Some((Found { code: name.code, sido, used }, used));
        }
        if !bare {
            return None;
        }
        // `광주시 남구` can only be the metropolis, `광주시` alone may be either
        if let Some(rest) = body.strip_prefix("광주시") {
            let gap = rest.len() - rest.trim_start().len();
            let metropolis = self.sidos.iter().position(|(name, _)| *name == "광주")?;
            let (name, used) = longest(&rest[gap..], |key| self.names[metropolis].get(key).copied())?;
            let used = "광주시".len() + gap + used;
            return Some((Found { code: name.code, sido: metropolis, used }, used));
        }
        let (hit, used) = longest(body, |key| {
            let found = self.bare.get(key)?;
            let (sido, first) = *found.first()?;
            let unique =
                found.iter().all(|(s, n)| (*s == sido && n.code == first.code) || self.same_place(n.code, first.code));
            unique.then_some(Name { code: first.code, short: first.short })
        })?;
        let sido = self
            .row(hit.code)
            .and_then(|r| r.name.split(' ').next())
            .and_then(|name| self.sidos.iter().position(|(n, _)| *n == name))?;
        Some((Found { code: hit.code, sido, used }, used))
    }

    /// Whether one code became the other.
    fn same_place(&self, a: &str, b: &str) -> bool {
        let follows = |from: &str, to: &str| self.row(from).is_some_and(|r| r.successors.as_slice() == [to]);
        a == b || follows(a, b) || follows(b, a)
    }
}

/// The 시도 name that begins a text, and its length.
fn sido_at(body: &str) -> Option<(&'static str, usize)> {
    if body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return SIDO_LATIN
            .iter()
            .find(|(word, _)| body.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))
            .map(|(word, name)| (*name, word.len()));
    }
    SIDO_WORDS.iter().find(|(word, _)| body.starts_with(word)).map(|(word, name)| (*name, word.len()))
}

/// The longest name that begins a text, spaces inside it ignored, and the bytes it takes.
fn longest<F: Fn(&str) -> Option<Name>>(text: &str, look_up: F) -> Option<(Name, usize)> {
    let mut key = String::with_capacity(NAME_SYLLABLES_MAX * 3);
    let mut ends = [(0usize, 0usize); NAME_SYLLABLES_MAX];
    let mut count = 0;
    for (at, c) in text.char_indices() {
        if c == ' ' && count > 0 {
            continue;
        }
        if !text::is_syllable(c) || count == NAME_SYLLABLES_MAX {
            break;
        }
        key.push(c);
        ends[count] = (key.len(), at + c.len_utf8());
        count += 1;
    }
    (2..=count).rev().find_map(|n| {
        let (key_end, text_end) = ends[n - 1];
        let name = look_up(&key[..key_end])?;
        (!name.short || is_boundary(&text[text_end..])).then_some((name, text_end))
    })
}

/// What may follow a district name without its 시, 군 or 구.
fn is_boundary(rest: &str) -> bool {
    rest.chars().next().is_none_or(|c| !text::is_syllable(c))
        || [
            "역",
            "전체",
            "전지역",
            "외",
            "등",
            "일대",
            "지역",
            "점",
            "지점",
            "전역",
            "인근",
            "시내",
            "혁신도시",
            "신도시",
            "산단",
            "공단",
            "산업단지",
            "국가산",
        ]
        .iter()
        .any(|w| rest.starts_with(w))
}

/// Ways to write a district: `성남시 분당구` → 성남시분당구, 성남분당구, 분당구, 성남분당, 분당.
fn spellings(rest: &str) -> Vec<(String, bool)> {
    let stem = |word: &str| word.strip_suffix(['시', '군', '구']).filter(|s| s.chars().count() >= 2).map(str::to_owned);
    let mut out = Vec::new();
    match rest.split_once(' ') {
        Some((city, district)) => {
            out.push((format!("{city}{district}"), false));
            if let Some(city) = stem(city) {
                out.push((format!("{city}{district}"), false));
                if let Some(district) = stem(district) {
                    out.push((format!("{city}{district}"), true));
                }
            }
            out.push((district.to_owned(), false));
            if let Some(district) = stem(district) {
                out.push((district, true));
            }
        }
        None => {
            out.push((rest.to_owned(), false));
            if let Some(stem) = stem(rest) {
                out.push((stem, true));
            }
        }
    }
    out
}
