//! What is said so often that it tells little: titles and employers with a large share of all postings, and lines that
//! employers and portals put under whatever they post. Part of the model, so that a pair scores the same today and tomorrow.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::profile::Profile;

/// Most values of each kind.
pub const COMMON_MAX: usize = 20_000;
/// A title or an employer with this share of all postings, in thousandths, is common.
const SHARE_MIN: usize = 1;
/// Fewest postings of a common title or employer.
const POSTINGS_MIN: usize = 20;
/// Under so many titles of one employer a line is that employer's template.
const TITLES_MIN: usize = 3;
/// A line in this share of all postings, in thousandths, is everybody's.
const LINE_SHARE_MIN: usize = 10;

/// Common values as hashes, each list sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Common {
    titles: Vec<u64>,
    employers: Vec<u64>,
    lines: Vec<u32>,
    /// One bit for the beginning of each line's hash: most lines are not in the list, and this says so at once.
    #[serde(skip)]
    lines_begin: Vec<u64>,
}

/// Bits of a line's hash that are looked up at once.
const BEGIN_BITS: u32 = 18;

impl Common {
    /// Counts what is common among some postings; the same for every order of them.
    pub fn of(profiles: &[Profile]) -> Common {
        let floor = (profiles.len() * SHARE_MIN / 1000).max(POSTINGS_MIN);
        Common {
            titles: frequent(profiles.iter().map(|p| p.title_base), floor),
            employers: frequent(profiles.iter().map(|p| p.company_key), floor),
            lines: template_lines(profiles),
            lines_begin: Vec::new(),
        }
        .sorted()
    }

    /// Whether nothing is known to be common.
    pub fn is_empty(&self) -> bool {
        self.titles.is_empty() && self.employers.is_empty() && self.lines.is_empty()
    }

    pub(crate) fn sorted(mut self) -> Common {
        self.titles.sort_unstable();
        self.employers.sort_unstable();
        self.lines.sort_unstable();
        self.lines_begin = vec![0; if self.lines.is_empty() { 0 } else { 1 << (BEGIN_BITS - 6) }];
        for line in &self.lines {
            let at = line >> (32 - BEGIN_BITS);
            self.lines_begin[(at >> 6) as usize] |= 1 << (at & 63);
        }
        self
    }

    fn template(&self, line: u32) -> bool {
        let at = line >> (32 - BEGIN_BITS);
        let begins = self.lines_begin.get((at >> 6) as usize).is_some_and(|word| word >> (at & 63) & 1 == 1);
        begins && self.lines.binary_search(&line).is_ok()
    }

    pub(crate) fn within_limits(&self) -> bool {
        [self.titles.len(), self.employers.len(), self.lines.len()].iter().all(|n| *n <= COMMON_MAX)
    }

    pub(crate) fn title(&self, hash: u64) -> bool {
        self.titles.binary_search(&hash).is_ok()
    }

    pub(crate) fn employer(&self, hash: u64) -> bool {
        self.employers.binary_search(&hash).is_ok()
    }

    /// Of the lines of two texts: how many of the first are its own, of the second, of both, and template lines of each.
    pub(crate) fn lines(&self, a: &[u32], b: &[u32], most: usize) -> Lines {
        let mut out = Lines::default();
        if self.lines.is_empty() {
            return out;
        }
        // a full list is a sample of the smallest hashes: beyond its end it says nothing
        let end = |list: &[u32]| if list.len() < most { u32::MAX } else { list.last().copied().unwrap_or(u32::MAX) };
        let end = end(a).min(end(b));
        let inside = |list: &[u32]| list.partition_point(|line| *line <= end);
        let (a, b) = (&a[..inside(a)], &b[..inside(b)]);
        let own = |line: &u32| !self.template(*line);
        let of_a = a.iter().filter(|line| own(line)).count();
        let of_b = b.iter().filter(|line| own(line)).count();
        out.own = (of_a, of_b);
        out.template = (a.len() - of_a, b.len() - of_b);
        out.shared = if of_a == 0 || of_b == 0 {
            0
        } else {
            a.iter().filter(|line| b.binary_search(line).is_ok() && own(line)).count()
        };
        out
    }
}

/// Lines of two texts, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) own: (usize, usize),
    pub(crate) template: (usize, usize),
    pub(crate) shared: usize,
}

/// Values that occur at least `floor` times; of too many the most frequent.
fn frequent(values: impl Iterator<Item = u64>, floor: usize) -> Vec<u64> {
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    for value in values.filter(|v| *v != 0) {
        *counts.entry(value).or_default() += 1;
    }
    most_frequent(counts.into_iter().filter(|(_, n)| *n >= floor).collect())
}

fn most_frequent<T: Copy + Ord>(mut counted: Vec<(T, usize)>) -> Vec<T> {
    counted.sort_unstable_by_key(|(value, n)| (std::cmp::Reverse(*n), *value));
    counted.truncate(COMMON_MAX);
    let mut out: Vec<T> = counted.into_iter().map(|(value, _)| value).collect();
    out.sort_unstable();
    out
}

/// Counters of lines, by their hash's highest bits: enough to leave out at once what hardly anybody repeats.
const COUNTER_BITS: u32 = 22;
/// Postings looked at together for employers' templates: bounds the memory.
const PART: usize = 100_000;

fn template_lines(profiles: &[Profile]) -> Vec<u32> {
    let mut counters = vec![0u32; 1 << COUNTER_BITS];
    let at = |line: u32| (line >> (32 - COUNTER_BITS)) as usize;
    for line in profiles.iter().flat_map(|p| &p.lines) {
        counters[at(*line)] += 1;
    }
    let everybody = (profiles.len() * LINE_SHARE_MIN / 1000).max(POSTINGS_MIN);
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    for line in profiles.iter().flat_map(|p| &p.lines).filter(|line| counters[at(**line)] as usize >= everybody) {
        *counts.entry(*line).or_default() += 1;
    }
    let mut found: FxHashMap<u32, usize> = counts.into_iter().filter(|(_, n)| *n >= everybody).collect();
    let parts = (profiles.len() / PART + 1) as u64;
    for part in 0..parts {
        let mut of_employer: Vec<(u64, u32, u64)> = Vec::new();
        let mine = |p: &&Profile| p.company_key != 0 && p.title_base != 0 && p.company_key % parts == part;
        for profile in profiles.iter().filter(mine) {
            let lines = profile.lines.iter().filter(|line| counters[at(**line)] as usize >= TITLES_MIN);
            of_employer.extend(lines.map(|line| (profile.company_key, *line, profile.title_base)));
        }
        of_employer.sort_unstable();
        of_employer.dedup();
        for same in of_employer.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).filter(|same| same.len() >= TITLES_MIN) {
            let count = found.entry(same[0].1).or_default();
            *count = (*count).max(same.len());
        }
    }
    most_frequent(found.into_iter().collect())
}
