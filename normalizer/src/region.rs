//! Workplaces: administrative codes with the day they are valid on, and the words and addresses that mean them.
//! Codes: 2 digits a 시도, 5 digits a 시군구, `00` nation-wide, `99` abroad; 세종 is always `36110`.

use std::sync::LazyLock;

use chrono::NaiveDate;
use smallvec::SmallVec;

use crate::reading::Reading;
use crate::{Effect, Place, RawField, contact, text};

mod locality;
mod table;
use locality::station;
use table::TABLE;

/// Most workplaces kept of one posting.
pub const PLACES_MAX: usize = 20;
/// Longest street address kept, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 300;
/// Characters of a text that are looked at once more without its spaces.
const SQUEEZED_CHARS: usize = 40;
/// Words behind a 시도 among which its district may stand.
const INSIDE_WORDS: usize = 4;
/// Nation-wide.
pub const NATION: &str = "00";
/// Abroad.
pub const ABROAD: &str = "99";

/// The code in force on a day for any code that ever was: renamed and merged districts follow their successors,
/// a split district falls back to its 시도. `None` for a code that never existed.
pub fn canonical(code: &str, on: NaiveDate) -> Option<&'static str> {
    TABLE.canonical(code, on)
}

/// Canonical words for a code, e.g. `경기 성남시 분당구`.
pub fn name(code: &str) -> Option<&'static str> {
    match code {
        NATION => Some("전국"),
        ABROAD => Some("해외"),
        _ => TABLE.row(code).map(|row| row.name),
    }
}

/// Reads `region_code`, `region`, `address` and, where nothing else says it, `subway`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let on = reading.context.fetched_on;
    let mut places = read_codes(reading);
    let address = reading
        .line(RawField::Address)
        .map(|a| contact::take(text::cut(&a, ADDRESS_BYTES_MAX), &mut reading.out.contact).into_owned());
    if let Some(raw) = reading.line(RawField::Region) {
        let raw = contact::take(&raw, &mut reading.out.contact);
        let worded = said(&raw, on);
        if worded.is_empty() && is_unstated(&raw) {
            reading.took("job_location", &raw, "region.unstated", 1000);
        } else if worded.is_empty() {
            if places.is_empty() && address.as_deref().is_none_or(|a| said(a, on).is_empty()) {
                places.push(Place { code: None, name: text::cut(&raw, 120).to_owned(), address: None });
            }
            reading.doubt("region.not_understood", "job_location", Effect::Lowers, &raw);
        } else {
            reading.took("job_location", &raw, "region.words", 1000);
            join(reading, &mut places, worded, &raw);
        }
    }
    if let Some(address) = address {
        let found = said(&address, on);
        match found.first() {
            Some(place) => {
                reading.took("job_location", &address, "region.address", 950);
                let street = Some(address.clone());
                match places.iter().position(|p| related(p.code.as_deref(), place.code.as_deref())) {
                    Some(at) => {
                        let known = &mut places[at];
                        if is_finer(place.code.as_deref(), known.code.as_deref()) {
                            known.code = place.code.clone();
                            known.name = place.name.clone();
                        }
                        known.address = street;
                    }
                    None if places.is_empty() => places.push(Place { address: street, ..place.clone() }),
                    None => reading.doubt("region.address_differs", "job_location", Effect::Lowers, &address),
                }
            }
            None => match places.first_mut() {
                Some(first) => first.address = Some(address),
                None => {
                    reading.doubt("region.not_understood", "job_location", Effect::Lowers, &address);
                    places.push(Place { code: None, name: String::new(), address: Some(address) });
                }
            },
        }
    }
    if places.iter().all(|p| p.code.is_none())
        && let Some(raw) = reading.line(RawField::Subway)
        && let Some(code) = station(&raw).and_then(|code| canonical(code, on))
    {
        reading.took("job_location", &raw, "region.subway", 700);
        places.push(Place {
            code: Some(code.to_owned()),
            name: name(code).unwrap_or_default().to_owned(),
            address: None,
        });
    }
    places.truncate(PLACES_MAX);
    reading.out.posting.job_location = places;
}

fn read_codes(reading: &mut Reading<'_>) -> Vec<Place> {
    let on = reading.context.fetched_on;
    let mut places: Vec<Place> = Vec::new();
    let Some(raw) = reading.line(RawField::RegionCode) else { return places };
    for part in raw.split([',', '|', ' ', ';', '/']).map(str::trim).filter(|p| !p.is_empty()).take(PLACES_MAX) {
        let digits = if part.len() == 10 && part.bytes().all(|b| b.is_ascii_digit()) { &part[..5] } else { part };
        let code = match digits {
            "00" | "00000" | "0" => Some(NATION),
            "99" | "99000" => Some(ABROAD),
            _ => canonical(digits, on),
        };
        match code {
            Some(code) => push(&mut places, code, None),
            None => {
                // an unknown district of a known 시도 is at least that
                if let Some(wide) = digits
                    .get(..2)
                    .filter(|_| digits.len() == 5 && !digits.starts_with('?'))
                    .and_then(|sido| canonical(sido, on))
                {
                    push(&mut places, wide, None);
                }
                let rule = if part.starts_with('?') { "region.unknown_code" } else { "region.no_such_code" };
                reading.doubt(rule, "job_location", Effect::Lowers, part);
            }
        }
    }
    if !places.is_empty() {
        reading.took("job_location", &raw, "region.code", 1000);
    }
    places
}

/// Adds the places read from words to those read from codes: finer words sharpen a coarse code.
fn join(reading: &mut Reading<'_>, places: &mut Vec<Place>, worded: Vec<Place>, raw: &str) {
    if places.is_empty() {
        *places = worded;
        return;
    }
    for place in worded {
        match places.iter_mut().find(|p| related(p.code.as_deref(), place.code.as_deref())) {
            Some(known) => {
                if is_finer(place.code.as_deref(), known.code.as_deref()) {
                    known.code = place.code;
                    known.name = place.name;
                }
                if known.address.is_none() {
                    known.address = place.address;
                }
            }
            None => reading.doubt("region.differs", "job_location", Effect::Lowers, raw),
        }
    }
}

/// One code contains the other: equal, a 시도 of it, or a city of it.
fn related(a: Option<&str>, b: Option<&str>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    a == b || (short.len() == 2 && long.starts_with(short)) || (TABLE.is_city_of(a, b) || TABLE.is_city_of(b, a))
}

fn is_finer(new: Option<&str>, old: Option<&str>) -> bool {
    match (new, old) {
        (Some(new), Some(old)) => new != old && (new.len() > old.len() || TABLE.is_city_of(old, new)),
        (Some(_), None) => true,
        _ => false,
    }
}

fn push(places: &mut Vec<Place>, code: &str, address: Option<String>) {
    match places.iter_mut().find(|p| p.code.as_deref() == Some(code)) {
        Some(known) => {
            if known.address.is_none() {
                known.address = address;
            }
        }
        None => {
            places.push(Place { code: Some(code.to_owned()), name: name(code).unwrap_or_default().to_owned(), address })
        }
    }
}

/// Reads workplaces in words; empty where none is understood.
pub fn said(raw: &str, on: NaiveDate) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let raw = raw.trim_start_matches(|c: char| c == '[' || c == '(' || c.is_whitespace());
    if abroad(raw) {
        push(&mut places, ABROAD, None);
        places[0].name = format!("해외 {}", text::cut(raw, 60).trim_end_matches(" 외"));
        return places;
    }
    let mut inherited = None;
    let dots = raw.contains('·') && !raw.contains(|c: char| c.is_ascii_digit());
    for piece in
        raw.split(|c: char| matches!(c, ',' | '|' | '\n' | ';' | '/' | '、') || (dots && c == '·')).take(PLACES_MAX * 2)
    {
        read_piece(piece.trim(), raw, on, &mut inherited, &mut places);
        if places.len() >= PLACES_MAX {
            break;
        }
    }
    sharpen(raw, on, &mut places);
    places
}

/// Adds the places of a piece between commas.
fn read_piece(piece: &str, raw: &str, on: NaiveDate, inherited: &mut Option<usize>, places: &mut Vec<Place>) {
    if piece.is_empty() {
        return;
    }
    let compact: String = piece.chars().filter(|c| !c.is_whitespace()).take(12).collect();
    if is_nation(&compact) {
        // `Seoul, South Korea`
        if places.is_empty() || !matches!(compact.as_str(), "대한민국" | "한국" | "Korea" | "SouthKorea" | "국내")
        {
            push(places, NATION, None);
        }
        return;
    }
    if !places.is_empty() && abroad(piece) {
        push(places, ABROAD, None);
        return;
    }
    if let Some(codes) = circle(&compact) {
        for code in codes {
            push(places, canonical(code, on).unwrap_or(code), None);
        }
        return;
    }
    // behind a street address, `3층` or `(역삼동)` are no further places
    let Some(found) = TABLE.find(piece, *inherited, places.is_empty()) else { return };
    *inherited = Some(found.sido);
    let tail = piece[found.used..].trim_start_matches([' ', '>', ')', '-', ':']).trim();
    let mut code = found.code;
    if !tail.is_empty()
        && let Some(finer) = TABLE.find(tail, *inherited, false)
        && (TABLE.is_city_of(code, finer.code)
            || (code.len() == 2 && finer.code.len() == 5 && finer.sido == found.sido))
    {
        code = finer.code;
    }
    let now = |code: &'static str| TABLE.split(code, on, raw).or_else(|| canonical(code, on)).unwrap_or(code);
    let street = looks_like_address(tail).then(|| text::cut(raw, ADDRESS_BYTES_MAX).to_owned());
    push(places, now(code), street);
    for code in only_places(tail, code, found.sido) {
        push(places, now(code), None);
    }
}

/// `천안 아산`, `서울 및 경기`: where the rest of a piece is names of further places and nothing else, they are workplaces too.
fn only_places(tail: &str, first: &'static str, sido: usize) -> Codes {
    let mut out = Codes::new();
    let mut rest = tail;
    let mut near = sido;
    while out.len() < PLACES_MAX {
        rest = rest.trim_start_matches(['및', '과', '와', ' ', '&', '+', ',', '·', '>']);
        if rest.is_empty() || matches!(rest, "외" | "등" | "지역") {
            break;
        }
        let found = TABLE.find(rest, Some(near), false).or_else(|| TABLE.find(rest, None, true));
        let Some(found) = found.filter(|f| is_end_of_place(&rest[f.used..])) else { return Codes::new() };
        let last = out.last().copied().unwrap_or(first);
        rest = &rest[found.used..];
        near = found.sido;
        let wider = found.code == last
            || TABLE.is_city_of(found.code, last)
            || (found.code.len() == 2 && last.starts_with(found.code));
        let finer = TABLE.is_city_of(last, found.code) || (last.len() == 2 && found.code.starts_with(last));
        if finer && let Some(slot) = out.last_mut() {
            *slot = found.code;
        } else if !wider && !finer {
            out.push(found.code);
        }
    }
    out
}

fn is_end_of_place(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '및', '·', '&', '+', ',', '>'])
}

/// Where no district was found, whatever else names one: names with spaces inside them, neighbourhoods, quarters, roads, stations.
fn sharpen(raw: &str, on: NaiveDate, places: &mut Vec<Place>) {
    let within = match places.as_slice() {
        [] => None,
        [only] => match only.code.as_deref() {
            Some(code) if code.len() == 2 && code != NATION && code != ABROAD => Some(code.to_owned()),
            _ => return,
        },
        _ => return,
    };
    let within = within.as_deref();
    let fits = |code: &str| within.is_none_or(|sido| code.len() == 5 && code.starts_with(sido));
    let squeezed: String = raw.chars().filter(|c| !c.is_whitespace()).take(SQUEEZED_CHARS).collect();
    let found = TABLE
        .find(&squeezed, None, true)
        .filter(|_| within.is_none() || squeezed.chars().count() > 4)
        .and_then(|found| TABLE.split(found.code, on, raw).or_else(|| canonical(found.code, on)))
        .filter(|code| fits(code))
        .or_else(|| within.and_then(|sido| inside(raw, sido, on)))
        .or_else(|| locality::district(raw, within, on).filter(|code| fits(code)));
    let Some(code) = found else { return };
    let street = match places.pop() {
        Some(coarse) => coarse.address,
        None => raw.contains(|c: char| c.is_ascii_digit()).then(|| text::cut(raw, ADDRESS_BYTES_MAX).to_owned()),
    };
    push(places, code, street);
}

/// A district of a 시도, with its 시, 군 or 구, at the head of one of the next words: `서울 소재 강남구`, `서울특별사 마포구`.
fn inside(raw: &str, sido: &str, on: NaiveDate) -> Option<&'static str> {
    raw.split([' ', '(', ')', '>']).skip(1).take(INSIDE_WORDS).find_map(|word| {
        let found = TABLE.in_sido(word, sido)?;
        TABLE.split(found, on, raw).or_else(|| canonical(found, on)).filter(|code| code.starts_with(sido))
    })
}

/// Parts of the country under one word; codes are those of 2023, before they moved.
fn circle(compact: &str) -> Option<&'static [&'static str]> {
    const CIRCLES: [(&[&str], &[&str]); 7] = [
        (&["수도권"], &["11", "41", "28"]),
        (&["충청권", "충청도", "충청지역"], &["30", "36110", "43", "44"]),
        (&["대전충청", "대전세종충청"], &["30", "36110", "43", "44"]),
        (&["호남권", "전라권", "호남지역", "전라도", "호남"], &["29", "45", "46"]),
        (&["영남권", "경상권", "영남지역", "경상도", "영남"], &["26", "27", "31", "47", "48"]),
        (&["부울경", "동남권"], &["26", "31", "48"]),
        (&["대경권"], &["27", "47"]),
    ];
    CIRCLES.iter().find(|(words, _)| words.iter().any(|w| compact.starts_with(w))).map(|(_, codes)| *codes)
}

/// Words that say explicitly that the workplace is not settled.
pub fn is_unstated(raw: &str) -> bool {
    let word = text::compact(raw);
    matches!(
        word.as_str(),
        "협의"
            | "추후협의"
            | "협의후결정"
            | "근무지협의"
            | "미정"
            | "근무지미정"
            | "추후결정"
            | "추후공지"
            | "추후배치"
            | "면접후결정"
            | "면접시협의"
            | "면접시결정"
            | "별도협의"
            | "회사내규"
            | "상세요강참조"
            | "공고문참조"
            | "공고참조"
            | "상세내용참조"
            | "배치후결정"
            | "기타"
    )
}

/// Whether a short text is the name of a place alone, with or without its 시, 군 or 구.
pub(crate) fn is_place(text: &str) -> bool {
    TABLE.find(text, None, true).is_some_and(|found| found.used == text.len())
}

fn is_nation(compact: &str) -> bool {
    let word = compact.trim_end_matches(['외', '등']);
    matches!(
        word,
        "전국"
            | "전국전체"
            | "지역무관"
            | "무관"
            | "전지역"
            | "전국각지"
            | "전국전지역"
            | "전체"
            | "재택"
            | "재택근무"
            | "원격근무"
            | "Remote"
            | "remote"
            | "전국지역"
            | "대한민국"
            | "한국"
            | "국내"
            | "국내전지역"
            | "Korea"
            | "SouthKorea"
            | "리모트"
            | "리모트근무"
            | "원격"
            | "풀리모트"
            | "온라인"
            | "무관(재택)"
    ) || word.starts_with("전국(")
        || word.starts_with("전국전")
        || word.starts_with("재택근무")
}

/// A road, a lot number or a building behind the district.
fn looks_like_address(tail: &str) -> bool {
    tail.len() > 3
        && (tail.bytes().any(|b| b.is_ascii_digit())
            || tail.contains("로 ")
            || tail.contains("길 ")
            || tail.ends_with('로')
            || tail.ends_with('동')
            || tail.ends_with('읍')
            || tail.ends_with('면'))
}

/// Countries and continents as portals head their foreign postings.
fn abroad(raw: &str) -> bool {
    static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        include_str!("../data/abroad.tsv").lines().filter(|l| !l.starts_with('#') && *l != "word").collect()
    });
    let raw = raw.trim_start_matches("국외 ").trim_start_matches("해외 > ");
    WORDS.iter().any(|w| {
        raw.starts_with(w) && !raw[w.len()..].starts_with(['동', '로', '길', '시', '구', '군', '읍', '면', '역', '리'])
    })
}

/// A place found at the start of a text.
pub(crate) struct Found {
    /// Code as the table has it, not yet moved to a day.
    pub(crate) code: &'static str,
    /// Which 시도 name it stands under.
    pub(crate) sido: usize,
    /// Bytes of the text it took.
    pub(crate) used: usize,
}

#[cfg(test)]
#[path = "region/tests.rs"]
mod tests;

type Codes = SmallVec<[&'static str; 2]>;
