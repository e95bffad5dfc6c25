//! Two profiles side by side: for each comparison a level, 0 where one side says nothing. Knows no weights.

use serde::{Deserialize, Serialize};

use crate::common::Common;
use crate::fold;
use crate::profile::{Profile, TITLE_CUT};
use crate::sketch::{LINES_MAX, Salient, overlaps};

/// Number of comparisons.
pub const COMPARISONS: usize = 19;

/// One level for each comparison, in the order of [`TABLE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Levels(pub [u8; COMPARISONS]);

/// A comparison: its name in the model and the words of its levels. Level 0 is always `unknown` and weighs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// Name in the model's file.
    pub name: &'static str,
    /// Levels, from the most alike to the least where there is an order.
    pub levels: &'static [&'static str],
    /// Whether a level never weighs more than the one before it.
    pub ordered: bool,
}

macro_rules! comparisons {
    (@ ordered) => { true };
    (@ unordered) => { false };
    ($($index:ident = $at:literal $name:literal $ordered:ident : $($level:literal),+ ;)+) => {
        $(pub(crate) const $index: usize = $at;)+
        /// All comparisons.
        pub const TABLE: [Comparison; COMPARISONS] =
            [$(Comparison { name: $name, levels: &["unknown", $($level),+], ordered: comparisons!(@ $ordered) }),+];
    };
}

comparisons! {
    ORIGIN = 0 "origin" unordered: "named", "same origin", "named, another job", "other origin";
    REQUISITION = 1 "requisition" ordered: "same", "other";
    BUSINESS = 2 "business" ordered: "same", "other";
    COMPANY = 3 "company" ordered: "same", "same, common", "nearly", "part", "alike", "an agency", "other";
    BRANCH = 4 "branch" ordered: "same", "other";
    TITLE = 5 "title" unordered: "same", "same, common", "same but a note", "very alike", "part", "alike, other note", "alike", "little", "other";
    PLACE = 6 "place" unordered: "same", "same district", "same province", "same words, other code", "some words", "same code, other words", "other district", "other province", "other words";
    PAY = 7 "pay" ordered: "equal", "close", "near", "far", "other";
    HOURS = 8 "hours" ordered: "same", "some", "other";
    NUMBERS = 9 "numbers" ordered: "all", "most", "half", "few", "none";
    CONDITIONS = 10 "conditions" ordered: "all", "most", "half", "few", "none";
    TEXT = 11 "text" ordered: "same", "nearly", "most", "half", "some", "little", "other";
    TIMING = 12 "timing" ordered: "same day", "same week", "overlap", "soon after", "later", "long after";
    CLOSING = 13 "closing" ordered: "same day", "within 3 days", "within 10 days", "other";
    OCCUPATION = 14 "occupation" ordered: "same", "same group", "same field", "other";
    HEADCOUNT = 15 "headcount" ordered: "same", "other";
    CONTRACT = 16 "contract" ordered: "same", "overlap", "other";
    CONTACT = 17 "contact" ordered: "shared", "other";
    ASKED = 18 "asked" ordered: "same", "one other", "other";
}

/// Fewest character pairs of a title that can be a part of another.
const PART_GRAMS_MIN: usize = 4;

/// One line of template to so many of a text's own is too few to matter.
const TEMPLATE_PART: usize = 3;
/// Fewest lines of a text's own that can be compared.
const OWN_LINES_MIN: usize = 2;

/// Days after the end of one posting within which another is its repost, at most.
const SOON_DAYS: i64 = 45;
const LATER_DAYS: i64 = 120;

/// Compares two profiles; `common` is what tells little because many say it. Symmetric.
pub fn compare(a: &Profile, b: &Profile, common: &Common) -> Levels {
    let mut levels = Levels::default();
    at_hand(a, b, &mut levels);
    rest(a, b, common, &mut levels);
    levels
}

/// The comparisons of what lies in the profile itself: quick, and mostly enough to see that two are nothing alike.
pub(crate) fn at_hand(a: &Profile, b: &Profile, levels: &mut Levels) {
    let levels = &mut levels.0;
    let timing = timing(a, b);
    levels[REQUISITION] = equal(a.requisition, b.requisition);
    levels[BUSINESS] = equal(a.business, b.business);
    levels[BRANCH] = equal(u64::from(a.branch), u64::from(b.branch));
    levels[PAY] = pay(a.pay, b.pay);
    levels[TIMING] = timing;
    // a repost has a closing date of its own
    levels[CLOSING] = if timing <= 3 { closing(a.deadline, b.deadline) } else { 0 };
    levels[OCCUPATION] = occupation(a.occupation, b.occupation);
    levels[HEADCOUNT] = equal(u64::from(a.headcount), u64::from(b.headcount));
    levels[CONTRACT] = contract(a.contract, b.contract);
    levels[CONTACT] = contact(&a.contacts, &b.contacts);
    levels[ASKED] = asked(a, b);
}

/// What [`at_hand`] leaves: names, words and texts, and what the portals say.
pub(crate) fn rest(a: &Profile, b: &Profile, common: &Common, levels: &mut Levels) {
    let sets = overlaps(&a.salient, &b.salient);
    let levels = &mut levels.0;
    levels[COMPANY] = company(a, b, common);
    levels[TITLE] = title(a, b, common);
    levels[PLACE] = place(region(&a.regions, &b.regions), in_three(sets[Salient::Place as usize]));
    levels[HOURS] = in_three(sets[Salient::Time as usize]);
    levels[NUMBERS] = in_five(sets[Salient::Number as usize]);
    levels[CONDITIONS] = in_five(sets[Salient::Condition as usize]);
    levels[TEXT] = text(a, b, common);
    levels[ORIGIN] = origin(a, b, levels);
}

/// Comparisons that [`rest`] makes, of those that do not rest on what portals say.
pub(crate) const REST: [usize; 7] = [COMPANY, TITLE, PLACE, HOURS, NUMBERS, CONDITIONS, TEXT];

/// Whether one of two says whose posting it is: then nothing may be concluded before that is looked at.
pub(crate) fn names_an_origin(a: &Profile, b: &Profile) -> bool {
    a.origin.is_some() || b.origin.is_some() || a.origin_url != 0 || b.origin_url != 0
}

/// Whether the source says they are two vacancies: both live at one time in one source that does not repeat itself,
/// and not a word-for-word copy for the same workplace.
pub fn exclusive(a: &Profile, b: &Profile) -> bool {
    a.source == b.source && !a.repeats && !b.repeats && lives_overlap(a, b) && !verbatim(a, b)
}

/// One day of overlap is a repost put up on the day its predecessor closed.
fn lives_overlap(a: &Profile, b: &Profile) -> bool {
    let overlap = |first: Option<i32>, last: Option<i32>| match (first, last) {
        (Some(first), Some(last)) => first < last,
        // an unknown life is taken to overlap: exclusivity errs on the side of two vacancies
        _ => true,
    };
    overlap(a.first_day, b.last_day()) && overlap(b.first_day, a.last_day())
}

fn verbatim(a: &Profile, b: &Profile) -> bool {
    a.text.whole != 0
        && a.text.whole == b.text.whole
        && a.company_key == b.company_key
        && a.title_key == b.title_key
        && a.regions == b.regions
        && a.pay == b.pay
        && a.headcount == b.headcount
        && a.contract == b.contract
        && a.branch == b.branch
        && (a.requisition == b.requisition)
}

fn equal(a: u64, b: u64) -> u8 {
    if a == 0 || b == 0 {
        0
    } else if a == b {
        1
    } else {
        2
    }
}

fn company(a: &Profile, b: &Profile, common: &Common) -> u8 {
    if a.company_key == 0 || b.company_key == 0 {
        return 0;
    }
    if same_company(a, b) {
        return 1 + u8::from(common.employer(a.company_key) || common.employer(b.company_key));
    }
    let likeness = strsim::jaro_winkler(&a.company, &b.company);
    let (short, long) =
        if a.company.len() <= b.company.len() { (&a.company, &b.company) } else { (&b.company, &a.company) };
    let part = short.chars().count() >= 3 && long.contains(short.as_str());
    match likeness {
        l if l >= 0.93 => 3,
        _ if part => 4,
        l if l >= 0.8 => 5,
        _ if fold::is_agency(&a.company) != fold::is_agency(&b.company) => 6,
        _ => 7,
    }
}

/// Whether two employers have one name, with or without the word that may be a branch.
fn same_company(a: &Profile, b: &Profile) -> bool {
    a.company_key == b.company_key
        || a.company_whole != 0 && (a.company_whole == b.company_key || a.company_whole == b.company_whole)
        || b.company_whole != 0 && b.company_whole == a.company_key
}

fn title(a: &Profile, b: &Profile, common: &Common) -> u8 {
    if a.title_key == 0 || b.title_key == 0 {
        return 0;
    }
    let same = || 1 + u8::from(common.title(a.title_base) || common.title(b.title_base));
    if a.title_key == b.title_key {
        return same();
    }
    let badged = |p: &Profile| p.title_unbadged != p.title_key;
    if a.title_unbadged != 0 && a.title_unbadged == b.title_unbadged && !(badged(a) && badged(b)) {
        return same();
    }
    let bracketed = |p: &Profile| p.title_base != p.title_key;
    if a.title_base != 0 && a.title_base == b.title_base {
        return if bracketed(a) && bracketed(b) { 6 } else { 3 };
    }
    let (x, y) = (&a.title_grams, &b.title_grams);
    let cut = (a.title_marks | b.title_marks) & TITLE_CUT != 0;
    if x.is_empty() || y.is_empty() {
        return if cut { 0 } else { 9 };
    }
    let shared = shared(x, y);
    let dice = 2000 * shared / (x.len() + y.len());
    let part = 1000 * shared / x.len().min(y.len());
    let part = if x.len().min(y.len()) < PART_GRAMS_MIN { 0 } else { part };
    match (dice, part) {
        // what follows the cut may be the other's note
        (750.., _) | (_, 850..) if a.title_marks != b.title_marks && !cut => 6,
        (750.., _) => 4,
        (_, 850..) => 5,
        (450.., _) => 7,
        (200.., _) => 8,
        _ => 9,
    }
}

/// Size of the intersection of two sorted bags.
fn shared(a: &[u16], b: &[u16]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                n += 1;
                i += 1;
                j += 1;
            }
        }
    }
    n
}

/// Workplaces by code and by the words of addresses and text, as one piece of evidence: the two say the same thing
/// twice, and each is now and then wrong alone. `code` as [`region`] gives it, `words` as [`in_three`] does.
fn place(code: u8, words: u8) -> u8 {
    match (code, words) {
        (0, 0) => 0,
        (0..=2, 1) => 1,
        (1, 0) => 2,
        (2, 0) | (0, 2) => 3,
        (3 | 4, 1) => 4,
        (1 | 2, 2) => 5,
        (1, 3) => 6,
        (3, _) => 7,
        (4, _) => 8,
        _ => 9,
    }
}

/// The best of all pairs of workplaces: 1 same district, 2 same province, 3 other district, 4 other province.
fn region(a: &[u32], b: &[u32]) -> u8 {
    let mut best = 0u8;
    for x in a {
        for y in b {
            let level = if x / 1000 != y / 1000 {
                4
            } else if x == y && x % 1000 != 0 {
                1
            } else if x % 1000 == 0 || y % 1000 == 0 {
                2
            } else {
                3
            };
            if best == 0 || level < best {
                best = level;
            }
        }
    }
    best
}

fn in_three((a, b, shared): (u16, u16, u16)) -> u8 {
    match (a.min(b), shared) {
        (0, _) => 0,
        (least, shared) if shared == least => 1,
        (_, 0) => 3,
        _ => 2,
    }
}

fn in_five((a, b, shared): (u16, u16, u16)) -> u8 {
    let least = a.min(b);
    if least == 0 {
        return 0;
    }
    match 1000 * u32::from(shared) / u32::from(least) {
        1000.. => 1,
        750.. => 2,
        500.. => 3,
        1.. => 4,
        0 => 5,
    }
}

fn pay(a: Option<(u32, u32)>, b: Option<(u32, u32)>) -> u8 {
    let (Some((a, _)), Some((b, _))) = (a, b) else { return 0 };
    let (low, high) = (u64::from(a.min(b)), u64::from(a.max(b)));
    match (high - low) * 1000 / high.max(1) {
        // months and hours convert to a year to the won
        0..=2 => 1,
        3..=12 => 2,
        13..=80 => 3,
        81..=250 => 4,
        _ => 5,
    }
}

/// Likeness of the descriptions, the employer's and the portal's template taken off.
fn text(a: &Profile, b: &Profile, common: &Common) -> u8 {
    let level = whole_text(a, b);
    if level == 0 {
        return 0;
    }
    let lines = common.lines(&a.lines, &b.lines, LINES_MAX);
    let template = lines.template.0.min(lines.template.1);
    let own = lines.own.0.min(lines.own.1);
    if template * TEMPLATE_PART < own {
        return level;
    }
    if own < OWN_LINES_MIN {
        return if template == 0 { level } else { 0 };
    }
    // a misspelt line is not shared: half of them do
    let least = match lines.shared * 1000 / own {
        500.. => 1,
        300.. => 4,
        100.. => 6,
        _ => 7,
    };
    level.max(least)
}

fn whole_text(a: &Profile, b: &Profile) -> u8 {
    if a.text.whole != 0 && a.text.whole == b.text.whole {
        return 1;
    }
    match a.text.containment(&b.text) {
        None => 0,
        Some(950..) => 1,
        Some(850..) => 2,
        Some(720..) => 3,
        Some(580..) => 4,
        Some(420..) => 5,
        Some(250..) => 6,
        Some(_) => 7,
    }
}

/// How two lives lie to each other.
fn timing(a: &Profile, b: &Profile) -> u8 {
    let (Some(x), Some(y)) = (a.first_day, b.first_day) else { return 0 };
    let earlier = if x <= y { a } else { b };
    let start_gap = (i64::from(x) - i64::from(y)).abs();
    let later_first = i64::from(x.max(y));
    let gap = earlier.last_day().map(|end| later_first - i64::from(end));
    match gap {
        Some(gap) if gap > LATER_DAYS => 6,
        Some(gap) if gap > SOON_DAYS => 5,
        Some(gap) if gap >= 0 => 4,
        _ if start_gap <= 1 => 1,
        _ if start_gap <= 7 => 2,
        _ => 3,
    }
}

fn closing(a: Option<i32>, b: Option<i32>) -> u8 {
    let (Some(a), Some(b)) = (a, b) else { return 0 };
    match (i64::from(a) - i64::from(b)).abs() {
        0 => 1,
        1..=3 => 2,
        4..=10 => 3,
        _ => 4,
    }
}

fn occupation(a: Option<(u32, u8)>, b: Option<(u32, u8)>) -> u8 {
    let (Some((a, a_digits)), Some((b, b_digits))) = (a, b) else { return 0 };
    let digits = a_digits.min(b_digits);
    let cut = |code: u32, have: u8, want: u8| code / 10u32.saturating_pow(u32::from(have.saturating_sub(want)));
    // a code of two digits can agree on the field at most
    let same = |want: u8| digits >= want && cut(a, a_digits, want) == cut(b, b_digits, want);
    [4, 3, 2].iter().position(|want| same(*want)).map_or(4, |level| level as u8 + 1)
}

fn contract(a: u16, b: u16) -> u8 {
    if a == 0 || b == 0 {
        0
    } else if a == b {
        1
    } else if a & b != 0 {
        2
    } else {
        3
    }
}

fn contact(a: &[u32], b: &[u32]) -> u8 {
    if a.is_empty() || b.is_empty() {
        0
    } else if a.iter().any(|x| b.contains(x)) {
        1
    } else {
        2
    }
}

fn asked(a: &Profile, b: &Profile) -> u8 {
    let said = |x: u8, y: u8| x != 0 && y != 0;
    let known = u8::from(said(a.degree, b.degree)) + u8::from(said(a.career, b.career));
    let differ = u8::from(said(a.degree, b.degree) && a.degree != b.degree)
        + u8::from(said(a.career, b.career) && a.career != b.career);
    match (known, differ) {
        (0, _) => 0,
        (_, 0) => 1,
        (2, 1) => 2,
        _ => 3,
    }
}

fn is_id_of(id: u64, p: &Profile) -> bool {
    id == p.own_id || p.own_alias != 0 && id == p.own_alias
}

/// What the portals themselves say, with a guard: one id named for visibly different jobs proves nothing.
fn origin(a: &Profile, b: &Profile, levels: &[u8; COMPARISONS]) -> u8 {
    let names = |x: &Profile, y: &Profile| {
        x.origin.is_some_and(|o| is_id_of(o.id, y) && y.own_names.contains(&o.provider))
            || x.origin_url != 0 && x.origin_url == y.own_url
    };
    let same = a.origin.is_some() && a.origin == b.origin || a.origin_url != 0 && a.origin_url == b.origin_url;
    if names(a, b) || names(b, a) || same {
        let other_job = levels[TITLE] >= 8 && (levels[TEXT] >= 5 || levels[COMPANY] == 7);
        return match (other_job, same) {
            (true, _) => 3,
            (false, false) => 1,
            (false, true) => 2,
        };
    }
    let names_other =
        |x: &Profile, y: &Profile| x.origin.is_some_and(|o| !is_id_of(o.id, y) && y.own_names.contains(&o.provider));
    let both_other = match (a.origin, b.origin) {
        (Some(x), Some(y)) => x.provider == y.provider && x.id != y.id,
        _ => false,
    };
    // two originals one after the other are a repost's chain and say nothing
    let at_once = levels[TIMING] <= 3;
    if at_once && (names_other(a, b) || names_other(b, a) || both_other) { 4 } else { 0 }
}

#[cfg(test)]
mod tests;
